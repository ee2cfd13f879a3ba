/*
 * order_tortures.c - segments that arrive in another order, more than once, or once more and
 * different.
 *
 * What goes one way is only moved among what goes the same way, but for a reply and the command
 * it answers: which was first is then told by their acknowledgement numbers.
 */
#include <string.h>

#include "esi/packet.h"

#include "property/road.h"

enum { OVERLAP = 7, WINDOW = 5 };

static void
twice(const struct road *in, struct road *out)
{
    for (size_t s = 0; s < in->count; s++)
        for (int times = has_payload(&in->shots[s]) ? 2 : 1; times > 0; times--)
            road_add(out, &in->shots[s]);
}

/* by_runs - runs through fn, in stretches of at most `most` shots; the rest as it is. */
static void
by_runs(const struct road *in, struct road *out, size_t most,
        void (*fn)(const struct road *in, struct road *out, size_t from, size_t to))
{
    for (size_t s = 0, run; s<in->count; s += run> 0 ? run : 1) {
        run = road_run(in, s);
        run = run < most ? run : most;
        if (run == 0)
            road_add(out, &in->shots[s]);
        else
            fn(in, out, s, s + run);
    }
}

static void
put_reversed(const struct road *in, struct road *out, size_t from, size_t to)
{
    while (to > from)
        road_add(out, &in->shots[--to]);
}

static void
neighbours_swapped(const struct road *in, struct road *out)
{
    by_runs(in, out, 2, put_reversed);
}

static void
windows_reversed(const struct road *in, struct road *out)
{
    by_runs(in, out, WINDOW, put_reversed);
}

static void
runs_reversed(const struct road *in, struct road *out)
{
    by_runs(in, out, SIZE_MAX, put_reversed);
}

static void
put_first_last(const struct road *in, struct road *out, size_t from, size_t to)
{
    road_add_range(out, in, from + 1, to);
    road_add(out, &in->shots[from]);
}

static void
one_late(const struct road *in, struct road *out)
{
    by_runs(in, out, SIZE_MAX, put_first_last);
}

static bool
answers(const struct shot *reply, const struct shot *command)
{
    return has_payload(reply) && has_payload(command) &&
           reply->spec.to_client != command->spec.to_client &&
           reply->spec.ack == command->spec.seq + (uint32_t)command->spec.payload.len;
}

static void
answers_first(const struct road *in, struct road *out, bool to_client)
{
    for (size_t s = 0; s < in->count; s++) {
        const struct shot *shot = &in->shots[s];
        if (s + 1 < in->count && shot[1].spec.to_client == to_client && answers(&shot[1], shot))
            road_add(out, &in->shots[++s]);
        road_add(out, shot);
    }
}

static void
replies_first(const struct road *in, struct road *out)
{
    answers_first(in, out, true);
}

static void
commands_first(const struct road *in, struct road *out)
{
    answers_first(in, out, false);
}

/* add_copy - the shot once more, with other bytes. */
static struct shot *
add_copy(struct road *out, const struct shot *shot)
{
    struct shot copy = *shot;
    uint8_t *bytes = esi_arena_alloc(&out->bytes, shot->spec.payload.len);

    for (size_t i = 0; i < shot->spec.payload.len; i++)
        bytes[i] = shot->spec.payload.ptr[i] ^ 0x15;
    copy.spec.payload.ptr = bytes;
    return road_add(out, &copy);
}

static void
other_bytes_second(const struct road *in, struct road *out)
{
    for (size_t s = 0; s < in->count; s++) {
        road_add(out, &in->shots[s]);
        if (has_payload(&in->shots[s]))
            add_copy(out, &in->shots[s]);
    }
}

static void
put_other_while_waiting(const struct road *in, struct road *out, size_t from, size_t to)
{
    for (size_t s = from + 1; s < to; s++) {
        road_add(out, &in->shots[s]);
        add_copy(out, &in->shots[s]);
    }
    road_add(out, &in->shots[from]);
}

static void
other_bytes_while_waiting(const struct road *in, struct road *out)
{
    by_runs(in, out, SIZE_MAX, put_other_while_waiting);
}

/* corrupted_first - only when two segments of that sender, both of them right, have shown that
 * its checksums are to be trusted. */
static void
corrupted_first(const struct road *in, struct road *out)
{
    unsigned right[2] = {0};

    for (size_t s = 0; s < in->count; s++) {
        const struct shot *shot = &in->shots[s];
        if (has_payload(shot) && right[shot->spec.to_client] >= 2)
            add_copy(out, shot)->spec.bad_checksum = true;
        road_add(out, shot);
        right[shot->spec.to_client] += has_payload(shot);
    }
}

/* joined - the end of one and all of the next, in one segment. */
static void
add_joined(struct road *out, const struct shot *first, const struct shot *next, size_t overlap)
{
    struct shot shot = *next;
    struct esi_slice head = first->spec.payload, tail = next->spec.payload;
    uint8_t *bytes;

    if (overlap > head.len)
        overlap = head.len;
    bytes = esi_arena_alloc(&out->bytes, overlap + tail.len);
    memcpy(bytes, head.ptr + head.len - overlap, overlap);
    memcpy(bytes + overlap, tail.ptr, tail.len);
    shot.spec.seq -= (uint32_t)overlap;
    shot.spec.payload = (struct esi_slice){bytes, overlap + tail.len};
    road_add(out, &shot);
}

static bool
follows(const struct shot *next, const struct shot *last)
{
    return last && has_payload(next) &&
           next->spec.seq == last->spec.seq + (uint32_t)last->spec.payload.len;
}

static void
start_earlier(const struct road *in, struct road *out)
{
    const struct shot *last[2] = {NULL, NULL};

    for (size_t s = 0; s < in->count; s++) {
        const struct shot *shot = &in->shots[s], **before = &last[shot->spec.to_client];
        if (follows(shot, *before))
            add_joined(out, *before, shot, OVERLAP);
        else
            road_add(out, shot);
        if (has_payload(shot))
            *before = shot;
    }
}

/* put_longer - each once more together with the next, which then comes by itself. */
static void
put_longer(const struct road *in, struct road *out, size_t from, size_t to)
{
    for (size_t s = from; s < to; s++) {
        road_add(out, &in->shots[s]);
        if (s + 1 < to && follows(&in->shots[s + 1], &in->shots[s]))
            add_joined(out, &in->shots[s], &in->shots[s + 1], SIZE_MAX);
    }
}

static void
end_later(const struct road *in, struct road *out)
{
    by_runs(in, out, SIZE_MAX, put_longer);
}

/* What comes before what it acknowledges waits for it; but one byte acknowledged beyond all that
 * was seen may be a FIN's number, and where the capture begins inside the session nobody knows what
 * is acknowledged. */
enum { ANSWERS_EARLY = NEEDS_NO_CUT | NEEDS_NO_HOLES | NEEDS_HANDSHAKE | NEEDS_NO_SINGLE_BYTES };

static const struct torture rows[] = {
    {"in order", .bend = NULL},
    {"every segment twice", .bend = twice},
    {"neighbours swapped", NEEDS_NO_CUT, .bend = neighbours_swapped},
    {"windows of five reversed", NEEDS_NO_CUT, .bend = windows_reversed},
    {"all that goes one way reversed", NEEDS_NO_CUT, .bend = runs_reversed},
    {"all waits for one late segment", NEEDS_NO_CUT, .bend = one_late},
    {"reply before its command", ANSWERS_EARLY, .bend = replies_first},
    {"command before the reply it follows", ANSWERS_EARLY, .bend = commands_first},
    {"other bytes the second time", NEEDS_NO_HOLES | NOT_REWRITTEN, .bend = other_bytes_second},
    {"other bytes while it waits", NEEDS_NO_HOLES | NEEDS_NO_CUT | NOT_REWRITTEN,
     .bend = other_bytes_while_waiting},
    {"a corrupted copy first", HAS_CORRUPT | NOT_REWRITTEN, .bend = corrupted_first},
    {"retransmitted from earlier on", 0, .bend = start_earlier},
    {"retransmitted with what follows", 0, .bend = end_later},
};
const struct torture_table order_tortures = {rows, ESI_COUNT(rows)};
