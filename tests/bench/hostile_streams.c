/*
 * hostile_streams.c - one conversation, and what its segments and fragments cost.
 */
#include "hostile.h"

enum {
    OVERLAPPING = 100, /* bytes of a segment that overlaps by half */
    FRAGMENT = 8,      /* bytes: what an MTU of 28 leaves */
    DATAGRAM = 65512   /* behind its IP header: 8,189 fragments; with the header all that fits */
};

/* make_reversed - a message in segments of one byte, the last one first. */
uint64_t
make_reversed(void)
{
    struct talk talk;
    uint64_t count = capture.most / (FRAME_BARE + 1);

    talk_open(&talk, 1);
    talk_to_data(&talk);
    while (count-- > 0) {
        char byte;
        fill_text(&byte, count, 1);
        emit_at(&talk, false, ACK, talk.next[0] + (uint32_t)count, &byte, 1);
    }
    return 1;
}

static uint64_t
make_overlaps(bool conflict)
{
    struct talk talk;

    talk_open(&talk, 1);
    talk_to_data(&talk);
    for (uint64_t at = 0; !capture_is_full(); at += OVERLAPPING / 2) {
        char text[OVERLAPPING];
        fill_text(text, at, sizeof text);
        for (unsigned i = 0; conflict && at / (OVERLAPPING / 2) % 2 && i < sizeof text; i++)
            text[i] = text[i] > ' ' ? 'X' : text[i];
        emit_at(&talk, false, ACK, talk.next[0], text, sizeof text);
        talk.next[0] += OVERLAPPING / 2;
        if (at % (OVERLAPPING * 8) == 0)
            emit(&talk, true, ACK, NULL, 0);
    }
    return 1;
}

uint64_t
make_overlap(void)
{
    return make_overlaps(false);
}

uint64_t
make_conflict(void)
{
    return make_overlaps(true);
}

/* make_fragments - segments of 64 KB, in fragments of eight bytes, each of which comes twice. */
uint64_t
make_fragments(void)
{
    static char text[DATAGRAM - TCP_LEN];
    static uint8_t tcp[DATAGRAM];
    struct talk talk;

    talk_open(&talk, 1);
    talk_to_data(&talk);
    for (uint16_t id = 1; !capture_is_full(); id++) {
        fill_text(text, 0, sizeof text);
        size_t len = put_tcp(tcp, &talk, false, ACK, talk.next[0], text, sizeof text);
        for (size_t twice = 0; twice < 2 * len; twice += FRAGMENT) {
            size_t at = twice / 2 / FRAGMENT * FRAGMENT;
            bool more = at + FRAGMENT < len;
            emit_ip(talk.client, talk.server, id, (uint16_t)(at / 8 | (more ? 0x2000 : 0)),
                    tcp + at, more ? FRAGMENT : len - at);
        }
        talk.next[0] += (uint32_t)sizeof text;
        emit(&talk, true, ACK, NULL, 0);
    }
    return 1;
}

/* make_lone_fragments - datagrams of which nothing but one fragment ever comes. */
uint64_t
make_lone_fragments(void)
{
    static const uint8_t bytes[FRAGMENT * 3] = {0x80, 0, 0, 25};

    for (uint32_t n = 0; !capture_is_full(); n++)
        emit_ip(0x0b000000 + (n >> 12), 0xc0000219, (uint16_t)n, (uint16_t)(0x2000 | n % 7), bytes,
                sizeof bytes);
    return 1;
}

/* make_first_byte - between any two segments of a message comes its first byte again. */
uint64_t
make_first_byte(void)
{
    struct talk talk;

    talk_open(&talk, 1);
    talk_to_data(&talk);
    uint32_t first = talk.next[0];
    for (uint64_t at = 0; !capture_is_full(); at += OVERLAPPING) {
        char text[OVERLAPPING];
        fill_text(text, at, sizeof text);
        emit(&talk, false, ACK, text, sizeof text);
        emit_at(&talk, false, ACK, first, "a", 1);
        emit(&talk, true, ACK, NULL, 0);
    }
    return 1;
}
