/* rewrite_rst.c - what an RST can be modelled on: all kinds of links, and of damage. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "rewrite/rewrite_internal.h"

#include "support/frames.h"

enum { ACK = ESI_TCP_ACK };

static bool
is_model(struct rst_model *model, struct esi_frame *frame)
{
    struct esi_decoder *decoder = esi_decoder_new();
    struct esi_visit visit = {.frame = *frame};
    bool is = false;

    visit.decoding = esi_decoder_frame(decoder, frame, &visit.segment);
    if (visit.decoding.what == ESI_DECODED_TCP)
        is = rst_model_of(model, &visit);
    esi_decoder_free(decoder);
    return is;
}

static struct esi_frame
frame_of(const uint8_t *bytes, size_t len, int linktype)
{
    return (struct esi_frame){
        .number = 1, .linktype = linktype, .wire_len = (uint32_t)len, .bytes = {bytes, len}};
}

Test(rewrite_rst, what_can_be_a_model)
{
    static const struct {
        const char *what;
        enum frame_layer layers[FRAME_LAYERS_MOST];
        bool is;
    } links[] = {
        {"Ethernet", {LAYER_ETHERNET}, true},
        {"VLAN", {LAYER_ETHERNET, LAYER_VLAN}, true},
        {"QinQ", {LAYER_ETHERNET, LAYER_SERVICE_VLAN, LAYER_VLAN}, true},
        {"cooked", {LAYER_COOKED}, true},
        {"cooked, version 2", {LAYER_COOKED_2}, true},
        {"raw", {LAYER_RAW}, true},
        {"null", {LAYER_NULL}, true},
        {"null, the other way", {LAYER_NULL_BIG}, true},
        {"loop", {LAYER_LOOP}, true},
        {"HDLC", {LAYER_HDLC}, true},
        {"PPP", {LAYER_PPP}, false},
        {"MPLS", {LAYER_ETHERNET, LAYER_MPLS}, false},
        {"PPPoE", {LAYER_ETHERNET, LAYER_PPPOE}, false},
        {"SNAP", {LAYER_ETHERNET, LAYER_SNAP}, false},
        {"IP in IP", {LAYER_ETHERNET, LAYER_IPV4}, false},
        {"IP in IPv6", {LAYER_ETHERNET, LAYER_IPV6}, false},
        {"GRE", {LAYER_ETHERNET, LAYER_IPV4, LAYER_GRE}, false},
        {"VXLAN", {LAYER_ETHERNET, LAYER_IPV4, LAYER_VXLAN, LAYER_ETHERNET}, false},
    };
    static uint8_t bytes[FRAME_MOST];

    for (size_t l = 0; l < ESI_COUNT(links); l++) {
        for (int ip = 0; ip < FRAME_IPS; ip++) {
            for (int extended = 0; extended < 2; extended++) {
                struct frame_spec spec = {.layers = links[l].layers,
                                          .ip = (enum frame_ip)ip,
                                          .extended = extended,
                                          .seq = 7,
                                          .flags = ACK,
                                          .payload = ESI_LIT("QUIT\r\n")};
                size_t len = frame_build(bytes, &spec);
                struct esi_frame frame =
                    frame_of(bytes, len, frame_layer_linktype(links[l].layers[0]));
                struct rst_model model;
                cr_assert_eq(is_model(&model, &frame), links[l].is, "%s, IP %d", links[l].what, ip);
            }
        }
    }
}

/* build_both - whatever the model, what is built is a segment of its length. */
static void
build_both(const struct rst_model *model, uint8_t family)
{
    for (int turned = 0; turned < 2; turned++) {
        struct rst_spec spec = {.src = {.ip.family = family, .port = 1},
                                .dst = {.ip.family = family, .port = 2},
                                .turned = turned};
        uint8_t out[RST_MOST];
        size_t len = rst_build(out, model, &spec);

        cr_assert_leq(len, (size_t)RST_MOST);
        cr_assert_geq(len, (size_t)(model->link_len + (family == 4 ? 40 : 60)));
    }
}

Test(rewrite_rst, damaged_frames_as_models)
{
    static const int linktypes[] = {0, 1, 12, 101, 104, 108, 113, 228, 229, 276, 9, 51, 147, -1};
    static uint8_t bytes[FRAME_MOST];
    uint32_t seed = 1;

    for (int n = 0; n < 20000; n++) {
        struct frame_spec spec = {.link = (enum frame_link)(n % FRAME_LINKS),
                                  .ip = (enum frame_ip)(n / 7 % FRAME_IPS),
                                  .extended = n % 11 == 0,
                                  .flags = ACK,
                                  .payload = ESI_LIT("QUIT\r\n")};
        size_t len = frame_build(bytes, &spec);
        struct rst_model model;

        for (int flips = n % 4; flips > 0; flips--) {
            seed = seed * 1664525u + 1013904223u;
            bytes[(seed >> 8) % len] ^= (uint8_t)(1u << (seed >> 29));
        }
        seed = seed * 1664525u + 1013904223u;
        /* a copy of just that length, so that a sanitizer sees an over-read */
        size_t captured = n % 3 == 0 ? (seed >> 8) % len : len;
        uint8_t *copy = esi_alloc(captured + 1);
        memcpy(copy + 1, bytes, captured);
        struct esi_frame frame = frame_of(copy + 1, captured, frame_linktype(spec.link));
        if (n % 5 == 0)
            frame.linktype = linktypes[(seed >> 10) % ESI_COUNT(linktypes)];
        frame.fcs_len = n % 13 == 0 ? (uint8_t)(seed >> 24) : 0;
        if (is_model(&model, &frame))
            build_both(&model, spec.ip == FRAME_IPV4 ? 4 : 6);
        free(copy);
    }
}

Test(rewrite_rst, frame_check_sequence)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_spec spec = {.flags = ACK, .payload = ESI_LIT("QUIT\r\n")};
    size_t len = frame_build(bytes, &spec);
    struct esi_frame frame = frame_of(bytes, len, 1);
    struct rst_model model;
    uint8_t out[RST_MOST];
    uint32_t check = UINT32_MAX;

    frame.fcs_len = 4;
    frame.wire_len = (uint32_t)len + 4;
    cr_assert(is_model(&model, &frame));
    cr_assert_eq(rst_build(out, &model, &(struct rst_spec){.src.ip.family = 4, .dst.ip.family = 4}),
                 64);
    for (size_t i = 0; i < 64 * 8; i++) { /* of a frame with its check: the well-known residue */
        check ^= out[i / 8] >> i % 8 & 1;
        check = check >> 1 ^ (check & 1 ? 0xedb88320u : 0);
    }
    cr_assert_eq(check, 0xdebb20e3u);
}
