/* packet_checksum.c - the laws of the Internet checksum. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "esi/bytes.h"
#include "esi/packet.h"

#include "support/frames.h"
#include "support/guard.h"

/* RFC 1071 section 1, word by word. */
static uint16_t
plain_checksum(struct esi_slice bytes)
{
    uint64_t sum = 0;

    for (size_t b = 0; b < bytes.len; b++)
        sum += b % 2 == 0 ? (uint64_t)bytes.ptr[b] << 8 : bytes.ptr[b];
    while (sum > 65535)
        sum = (sum & 65535) + (sum >> 16);
    return (uint16_t)(65535 - sum);
}

static void
fill(uint8_t *bytes, size_t len, unsigned seed)
{
    srand(seed);
    for (size_t b = 0; b < len; b++)
        bytes[b] = rand() % 3 == 0 ? 0xff : (uint8_t)rand();
}

Test(packet_checksum, known_sums)
{
    static const struct {
        const char *what;
        struct esi_slice bytes;
        uint16_t want;
    } rows[] = {
        {"RFC 1071 section 3", ESI_LIT("\0\1\xf2\3\xf4\xf5\xf6\xf7"), 0x220d},
        {"an IPv4 header", ESI_LIT("\x45\0\0\x73\0\0\x40\0\x40\x11\0\0\xc0\xa8\0\1\xc0\xa8\0\xc7"),
         0xb861},
        {"nothing", ESI_LIT(""), 0xffff},
        {"an odd byte is the high one", ESI_LIT("\x12"), 0xedff},
        {"zeros", ESI_LIT("\0\0\0\0"), 0xffff},
        {"ones", ESI_LIT("\xff\xff\xff\xff"), 0},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        cr_assert_eq(esi_checksum(0, rows[r].bytes), rows[r].want, "%s", rows[r].what);
    cr_assert_eq(esi_checksum(0xf5f6 + 0x1f6f7, ESI_LIT("\0\1\xf2\3")),
                 plain_checksum(ESI_LIT("\0\1\xf2\3\xf5\xf6\xf6\xf7\0\1")), "a seed is more words");
}

Test(packet_checksum, any_length_at_any_place)
{
    enum { MOST = 300 };
    uint8_t bytes[MOST];
    struct guard guard;

    fill(bytes, sizeof bytes, 1);
    guard_init(&guard, MOST);
    for (size_t len = 0; len <= MOST; len++) {
        struct esi_slice slice = guard_lend(&guard, (struct esi_slice){bytes, len});
        cr_assert_eq(esi_checksum(0, slice), plain_checksum(slice), "%zu bytes", len);
    }
    for (size_t at = 0; at < 40; at++)
        cr_assert_eq(esi_checksum(0, (struct esi_slice){bytes + at, 150}),
                     plain_checksum((struct esi_slice){bytes + at, 150}), "from %zu on", at);
    guard_fini(&guard);
}

Test(packet_checksum, carries_of_long_runs_come_back_in)
{
    enum { LONG = (5 << 19) + 37 };
    uint8_t *bytes = esi_alloc(LONG);

    memset(bytes, 0xff, LONG);
    cr_assert_eq(esi_checksum(UINT32_MAX, (struct esi_slice){bytes, LONG}), 255, "all ones");
    fill(bytes, LONG, 2);
    cr_assert_eq(esi_checksum(0, (struct esi_slice){bytes, LONG}),
                 plain_checksum((struct esi_slice){bytes, LONG}));
    free(bytes);
}

Test(packet_checksum, adjusting_is_computing_anew)
{
    uint8_t bytes[64];

    for (unsigned round = 0; round < 2000; round++) {
        fill(bytes, sizeof bytes, round);
        size_t at = (size_t)(rand() % 32) * 2;
        uint16_t before = esi_checksum(0, (struct esi_slice){bytes, sizeof bytes});
        uint16_t was = esi_be16(bytes + at), is = (uint16_t)rand();
        if (round % 8 == 0)
            is = round % 16 == 0 ? 0 : 0xffff;
        esi_put_be16(bytes + at, is);
        cr_assert_eq(esi_checksum_adjust(before, was, is),
                     esi_checksum(0, (struct esi_slice){bytes, sizeof bytes}), "%04x to %04x", was,
                     is);
    }
    cr_assert_eq(esi_checksum_adjust(0xdd2f, 0x5555, 0x3285), 0, "RFC 1624 section 4");
}

Test(packet_checksum, of_segments)
{
    static uint8_t bytes[FRAME_MOST];
    static const struct esi_slice payloads[] = {ESI_LIT(""), ESI_LIT("odd"), ESI_LIT("NOOP\r\n")};
    struct esi_decoder *decoder = esi_decoder_new();
    const unsigned combinations = FRAME_LINKS * FRAME_IPS * ESI_COUNT(payloads) * 2;

    for (unsigned c = 0; c < combinations; c++) {
        struct frame_spec spec = {.link = c % FRAME_LINKS,
                                  .ip = c / FRAME_LINKS % FRAME_IPS,
                                  .to_client = c / FRAME_LINKS / FRAME_IPS % 2,
                                  .seq = c * 77777777,
                                  .flags = ESI_TCP_ACK,
                                  .options = c % 3 * 4,
                                  .payload = payloads[c / FRAME_LINKS / FRAME_IPS / 2]};
        size_t len = frame_build(bytes, &spec);
        struct esi_frame frame = {.linktype = frame_linktype(spec.link),
                                  .wire_len = (uint32_t)len,
                                  .bytes = {bytes, len}};
        struct esi_segment segment;

        cr_assert_eq(esi_decoder_frame(decoder, &frame, &segment).what, ESI_DECODED_TCP, "case %u",
                     c);
        uint16_t there = esi_be16(bytes + segment.tcp_at + 16);
        cr_assert_eq(esi_tcp_checksum_check(&segment), ESI_CHECKSUM_GOOD, "case %u", c);
        cr_assert_eq(esi_tcp_checksum(&segment, bytes), there, "case %u", c);
        esi_put_be16(bytes + segment.tcp_at + 16, there ^ 0x0101);
        cr_assert_eq(esi_tcp_checksum_check(&segment), ESI_CHECKSUM_BAD, "case %u", c);
        cr_assert_eq(esi_tcp_checksum(&segment, bytes), there, "case %u: what it should be", c);
    }
    esi_decoder_free(decoder);
}

/* What a sender leaves to its network card is no damage, unless it happens to be right. */
Test(packet_checksum, left_to_the_network_card)
{
    static uint8_t bytes[FRAME_MOST];
    struct esi_decoder *decoder = esi_decoder_new();

    for (enum frame_ip ip = FRAME_IPV4; ip < FRAME_IPS; ip++) {
        struct frame_spec spec = {.ip = ip, .flags = ESI_TCP_ACK, .payload = ESI_LIT("NOOP\r\n")};
        size_t len = frame_build(bytes, &spec);
        struct esi_frame frame = {.linktype = frame_linktype(spec.link),
                                  .wire_len = (uint32_t)len,
                                  .bytes = {bytes, len}};
        struct esi_segment segment;
        uint8_t pseudo[40] = {0};

        cr_assert_eq(esi_decoder_frame(decoder, &frame, &segment).what, ESI_DECODED_TCP);
        memcpy(pseudo, segment.src.ip.bytes, 16);
        memcpy(pseudo + 16, segment.pseudo_dst.bytes, 16);
        pseudo[35] = 6;
        uint8_t *field = bytes + segment.tcp_at + 16;
        uint16_t good = esi_be16(field);
        uint16_t without = (uint16_t)~plain_checksum((struct esi_slice){pseudo, sizeof pseudo});
        esi_put_be16(pseudo + 36, (uint16_t)(len - segment.tcp_at));
        uint16_t with = (uint16_t)~plain_checksum((struct esi_slice){pseudo, sizeof pseudo});
        const struct {
            uint16_t value;
            enum esi_checksum_state want;
        } rows[] = {
            {good, ESI_CHECKSUM_GOOD},           {0, ESI_CHECKSUM_UNFINISHED},
            {with, ESI_CHECKSUM_UNFINISHED},     {without, ESI_CHECKSUM_UNFINISHED},
            {(uint16_t)~with, ESI_CHECKSUM_BAD}, {(uint16_t)(good + 1), ESI_CHECKSUM_BAD},
        };
        for (size_t r = 0; r < ESI_COUNT(rows); r++) {
            esi_put_be16(field, rows[r].value);
            cr_assert_eq(esi_tcp_checksum_check(&segment), rows[r].want, "IP %d, row %zu", ip, r);
        }
        /* A first word of the payload that makes the sum come out as the field stands. */
        uint8_t *word = bytes + segment.payload_at;
        esi_put_be16(field, with);
        esi_put_be16(word, 0);
        esi_put_be16(word, esi_checksum_adjust(esi_tcp_checksum(&segment, bytes), 0xffff, with));
        cr_assert_eq(esi_tcp_checksum(&segment, bytes), with, "IP %d", ip);
        cr_assert_eq(esi_tcp_checksum_check(&segment), ESI_CHECKSUM_GOOD, "IP %d", ip);
    }
    esi_decoder_free(decoder);
}
