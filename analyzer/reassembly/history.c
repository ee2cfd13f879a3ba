/*
 * history.c - what came shortly before, to hold what comes again against it.
 *
 * One ring takes a copy of all that arrives, whoever's it is. A record knows where the same
 * direction's record before it is; what was overwritten is known by its position, which only ever
 * grows. Nobody looks back unless bytes come again, so that a plain stream costs a copy.
 */
#include <stdlib.h>

#include "history_internal.h"

enum {
    SIZE = 4 << 20, /* some thousand full segments; a power of two. reassembly.h tells it */
    KEPT_MAX = 1 << 16,
    LOOKS_MAX = 1024, /* records a look passes by: more than a window of 1 MB */
    /* Looking back is paid for by frames, or else a capture of nothing but repetitions would take
     * hundreds of times as long as another. */
    LOOKS_A_FRAME = 8,
    LOOKS_AHEAD = 1 << 16,
    BYTES_A_LOOK = 256
};

struct record { /* its bytes follow */
    uint64_t before;
    uint64_t reach; /* of all before it */
    uint64_t offset;
    uint64_t frame;
    uint64_t len;
};

struct overlap {
    struct esi_span span;
    const uint8_t *first, *second;
};

void
history_init(struct history *history)
{
    *history = (struct history){.ring = esi_alloc(SIZE), .at = sizeof(struct record)};
}

static struct record *
record_at(const struct history *history, uint64_t position)
{
    return (struct record *)(void *)(history->ring + position % SIZE);
}

static bool
is_kept(const struct history *history, uint64_t position)
{
    return position > 0 && history->at - position <= SIZE;
}

void
history_add(struct history *history, struct trace *trace, uint64_t frame, uint64_t offset,
            struct esi_slice bytes)
{
    size_t len = bytes.len < KEPT_MAX ? bytes.len : KEPT_MAX;
    size_t size = (sizeof(struct record) + len + 7) / 8 * 8;

    if (len == 0)
        return;
    if (history->at % SIZE + size > SIZE)
        history->at += SIZE - history->at % SIZE;
    struct record *record = record_at(history, history->at);
    *record = (struct record){trace->newest, trace->reach, offset, frame, len};
    memcpy(record + 1, bytes.ptr, len);
    trace->newest = history->at;
    history->at += size;
    if (offset + len > trace->reach)
        trace->reach = offset + len;
}

static struct overlap
overlap_of(const struct record *record, uint64_t offset, struct esi_slice bytes)
{
    uint64_t from = record->offset > offset ? record->offset : offset;
    uint64_t record_end = record->offset + record->len, end = offset + bytes.len;
    uint64_t to = record_end < end ? record_end : end;

    if (from >= to)
        return (struct overlap){0};
    return (struct overlap){.span = {from, to - from},
                            .first = (const uint8_t *)(record + 1) + (from - record->offset),
                            .second = bytes.ptr + (from - offset)};
}

/* narrow - to what lies between the first byte that differs and the last; there is one. */
static void
narrow(struct overlap *overlap)
{
    while (*overlap->first == *overlap->second) {
        overlap->first++;
        overlap->second++;
        overlap->span.offset++;
        overlap->span.len--;
    }
    while (overlap->first[overlap->span.len - 1] == overlap->second[overlap->span.len - 1])
        overlap->span.len--;
}

static void
show(const struct overlap *overlap, struct esi_conflict *out)
{
    size_t len = overlap->span.len < ESI_CONFLICT_SHOWN ? overlap->span.len : ESI_CONFLICT_SHOWN;

    out->span = overlap->span;
    memcpy(out->first, overlap->first, len);
    memcpy(out->second, overlap->second, len);
}

bool
history_differs(struct history *history, const struct trace *trace, uint64_t frame, uint64_t offset,
                struct esi_slice bytes, struct esi_conflict *out)
{
    uint64_t position = trace->newest, reach = trace->reach;
    uint64_t most = history->looked + LOOKS_MAX, paid = frame * LOOKS_A_FRAME + LOOKS_AHEAD;
    bool found = false;

    *out = (struct esi_conflict){.second_frame = frame};
    most = most < paid ? most : paid;
    while (reach > offset && is_kept(history, position) && history->looked < most) {
        const struct record *record = record_at(history, position);
        struct overlap overlap = overlap_of(record, offset, bytes);
        history->looked += 1 + overlap.span.len / BYTES_A_LOOK;
        if (overlap.span.len > 0 && memcmp(overlap.first, overlap.second, overlap.span.len) != 0) {
            narrow(&overlap);
            if (!found || overlap.span.offset <= out->span.offset) {
                show(&overlap, out);
                out->first_frame = record->frame;
            }
            found = true;
        }
        position = record->before;
        reach = record->reach;
    }
    return found;
}

void
history_fini(struct history *history)
{
    free(history->ring);
    *history = (struct history){0};
}
