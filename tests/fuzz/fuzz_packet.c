/*
 * fuzz_packet.c - any frames, one after the other, through a decoder.
 *
 * The input is a sequence of frames: a byte for the link type, one for what the capture says of the
 * frame, a 16-bit length, and its bytes. Two decoders must answer alike; what they answer must lie
 * where they say.
 */
#include <stdlib.h>

#include "esi/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A law, broken: the input is a finding. */
#define LAW(holds) ((holds) ? (void)0 : broken(#holds))

enum { HEAD = 4, FRAMES_MOST = 4096, DATAGRAM_MOST = 65535 };

struct run {
    struct esi_frame frames[FRAMES_MOST];
    size_t count;
    uint8_t covered[DATAGRAM_MOST];
};

static void
broken(const char *law)
{
    esi_panic("broken: %s", law);
}

static const int linktypes[] = {1, 12, 0, 9, 50, 51, 104, 108, 113, 166, 228, 229, 276, 147};

/* next_frame - a copy of its own, so that reading too far is seen. Returns how long it was. */
static size_t
next_frame(struct run *run, const uint8_t *data, size_t size)
{
    size_t len = data[2] | (size_t)data[3] << 8;
    struct esi_frame *frame = &run->frames[run->count++];

    if (len > size - HEAD)
        len = size - HEAD;
    uint8_t *bytes = malloc(len > 0 ? len : 1);
    memcpy(bytes, data + HEAD, len);
    *frame = (struct esi_frame){
        .number = run->count,
        .file = data[1] & 1,
        .linktype = linktypes[data[0] % ESI_COUNT(linktypes)],
        .ts = (esi_nanos)(data[1] & 0x80 ? -20 : 1) * (data[1] >> 5 & 3) * 1000000000,
        .wire_len = (uint32_t)(len + (data[1] >> 1 & 3) * 700u),
        .fcs_len = data[1] & 8 ? 4 : 0,
        .bytes = {bytes, len},
    };
    return HEAD + len;
}

static void
check_piece(struct run *run, const struct esi_frame *frame, const struct esi_piece *piece)
{
    LAW(piece->frame >= 1 && piece->frame <= frame->number);
    const struct esi_frame *from = &run->frames[piece->frame - 1];
    LAW(piece->file == from->file);
    LAW((size_t)piece->frame_at + piece->len <= from->bytes.len);
    LAW(piece->at + piece->len <= DATAGRAM_MOST);
    memset(run->covered + piece->at, 1, piece->len);
}

/* check_pieces - all that is captured of the payload came in some frame, unless they are those of a
 * copy, which may be one of a part. */
static void
check_pieces(struct run *run, const struct esi_frame *frame, const struct esi_decoding *decoding,
             const struct esi_segment *segment)
{
    memset(run->covered, 0, sizeof run->covered);
    for (size_t p = 0; p < decoding->piece_count; p++) {
        check_piece(run, frame, &decoding->pieces[p]);
        LAW(p == 0 || decoding->pieces[p - 1].frame < decoding->pieces[p].frame);
        if (decoding->what == ESI_DECODED_TCP)
            LAW(decoding->pieces[p].at + decoding->pieces[p].len <= segment->packet.len);
    }
    if (decoding->what == ESI_DECODED_TCP && decoding->piece_count > 0 && !decoding->again)
        LAW(!memchr(run->covered + segment->tcp_at, 0,
                    segment->payload_at - segment->tcp_at + segment->payload.len) ||
            !segment->payload.ptr);
}

static void
check_segment(const struct esi_frame *frame, const struct esi_decoding *decoding,
              const struct esi_segment *segment)
{
    if (decoding->piece_count == 0) {
        LAW(segment->packet.ptr == frame->bytes.ptr);
        LAW(segment->packet.len == frame->bytes.len);
    }
    LAW(segment->tcp_at + 20 <= segment->payload_at);
    LAW(segment->tcp_at + 20 <= segment->packet.len);
    LAW(segment->payload.len <= segment->payload_len);
    esi_tcp_checksum_check(segment);
    if (!segment->payload.ptr)
        return;
    LAW(segment->payload.ptr == segment->packet.ptr + segment->payload_at);
    LAW(segment->payload_at + segment->payload.len <= segment->packet.len);
}

static void
check_equal(const struct esi_decoding *a, const struct esi_segment *in_a,
            const struct esi_decoding *b, const struct esi_segment *in_b)
{
    char name[ESI_DECODED_NAME_MOST];

    LAW(a->what == b->what && a->code == b->code && a->piece_count == b->piece_count &&
        a->again == b->again);
    LAW(esi_decoded_name(a->what, a->code, name)[0] != '\0');
    for (size_t p = 0; p < a->piece_count; p++)
        LAW(memcmp(&a->pieces[p], &b->pieces[p], sizeof a->pieces[p]) == 0);
    if (a->what != ESI_DECODED_TCP)
        return;
    LAW(in_a->seq == in_b->seq && in_a->payload_len == in_b->payload_len);
    LAW(in_a->src.port == in_b->src.port && in_a->payload_at == in_b->payload_at);
    LAW(esi_slice_eq(in_a->packet, in_b->packet) && esi_slice_eq(in_a->payload, in_b->payload));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run *run = esi_alloc(sizeof *run);
    struct esi_decoder *one = esi_decoder_new(), *other = esi_decoder_new();

    while (size >= HEAD && run->count < FRAMES_MOST) {
        struct esi_segment segment, again;
        size_t used = next_frame(run, data, size);
        const struct esi_frame *frame = &run->frames[run->count - 1];
        struct esi_decoding decoding = esi_decoder_frame(one, frame, &segment);
        struct esi_decoding repeated = esi_decoder_frame(other, frame, &again);

        check_equal(&decoding, &segment, &repeated, &again);
        check_pieces(run, frame, &decoding, &segment);
        if (decoding.what == ESI_DECODED_TCP)
            check_segment(frame, &decoding, &segment);
        data += used;
        size -= used;
    }
    for (size_t f = 0; f < run->count; f++)
        free((void *)run->frames[f].bytes.ptr);
    esi_decoder_free(one);
    esi_decoder_free(other);
    free(run);
    return 0;
}
