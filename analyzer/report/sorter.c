/*
 * sorter.c - an external sort: sorted runs, merged at the end.
 *
 * Lines wait in memory; when they take too much, they are sorted and become a run of the temporary
 * file. Runs are read back side by side, each through a buffer. When there are so many runs that
 * their buffers would count, they are merged into one first.
 */
#define _DEFAULT_SOURCE /* pread, fseeko */

#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "sorter_internal.h"

enum {
    RUNS_MOST = 64,
    READ_AHEAD = 65536 /* bytes of a run that are read at once */
};

struct entry {
    struct sorter_key key;
    size_t at, len; /* in `text` */
};

/* As it stands in the file, with the line behind it. */
struct record {
    struct sorter_key key;
    uint64_t len;
};

struct run {
    uint64_t from, to; /* in the file; from: what was not read yet */
    uint8_t *ahead;
    size_t ahead_at, ahead_len;
    struct record head; /* of the line at hand, */
    struct esi_buf line;
};

struct sorter {
    size_t memory;
    struct entry *entries;
    size_t count, cap;
    struct esi_buf text;
    FILE *file; /* NULL: nothing was written out yet */
    uint64_t written;
    struct run runs[RUNS_MOST];
    size_t run_count;
};

struct sorter *
sorter_new(size_t memory)
{
    struct sorter *sorter = esi_alloc(sizeof *sorter);

    sorter->memory = memory;
    return sorter;
}

static int
compare(const struct sorter_key *a, const struct sorter_key *b)
{
    if (a->ts != b->ts)
        return a->ts < b->ts ? -1 : 1;
    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int
compare_entries(const void *left, const void *right)
{
    return compare(&((const struct entry *)left)->key, &((const struct entry *)right)->key);
}

/* last_errno - of a function that need not set it. */
static int
last_errno(void)
{
    return errno != 0 ? errno : EIO;
}

/* ---- runs out ---- */

struct writer {
    FILE *file;
    uint64_t written;
    int broken;
};

static void
write_record(void *ctx, const struct sorter_key *key, struct esi_slice line)
{
    struct writer *writer = ctx;
    struct record record = {*key, line.len};

    if (writer->broken)
        return;
    errno = 0;
    if (fwrite(&record, sizeof record, 1, writer->file) != 1 ||
        fwrite(line.ptr, 1, line.len, writer->file) != line.len)
        writer->broken = last_errno();
    writer->written += sizeof record + line.len;
}

static int
flush(struct writer *writer)
{
    errno = 0;
    if (!writer->broken && fflush(writer->file) != 0)
        writer->broken = last_errno();
    return writer->broken;
}

/* tell_entries - what waits in memory, in order; then nothing does. */
static void
tell_entries(struct sorter *sorter, sorter_fn *fn, void *ctx)
{
    if (sorter->count > 1)
        qsort(sorter->entries, sorter->count, sizeof *sorter->entries, compare_entries);
    for (size_t e = 0; e < sorter->count; e++) {
        const struct entry *entry = &sorter->entries[e];
        fn(ctx, &entry->key, esi_slice_cut(esi_buf_slice(&sorter->text), entry->at, entry->len));
    }
    sorter->count = 0;
    esi_buf_clear(&sorter->text);
}

/* ---- runs in ---- */

/* run_take - the next bytes of the run. */
static int
run_take(const struct sorter *sorter, struct run *run, void *to, size_t len)
{
    for (uint8_t *at = to; len > 0;) {
        size_t some = run->ahead_len - run->ahead_at;

        if (some == 0) {
            uint64_t left = run->to - run->from;
            ssize_t got = pread(fileno(sorter->file), run->ahead,
                                left < READ_AHEAD ? (size_t)left : READ_AHEAD, (off_t)run->from);
            if (got <= 0)
                return got < 0 ? errno : EIO;
            run->from += (uint64_t)got;
            run->ahead_at = 0;
            run->ahead_len = (size_t)got;
            continue;
        }
        some = some < len ? some : len;
        memcpy(at, run->ahead + run->ahead_at, some);
        run->ahead_at += some;
        at += some;
        len -= some;
    }
    return 0;
}

static bool
run_is_over(const struct run *run)
{
    return run->from == run->to && run->ahead_at == run->ahead_len;
}

static int
run_next(const struct sorter *sorter, struct run *run)
{
    int broken = run_take(sorter, run, &run->head, sizeof run->head);

    if (broken)
        return broken;
    run->line.data = esi_grow(run->line.data, &run->line.cap, (size_t)run->head.len + 1, 1);
    run->line.len = (size_t)run->head.len;
    return run_take(sorter, run, run->line.data, run->line.len);
}

static void
run_close(struct run *run)
{
    free(run->ahead);
    esi_buf_free(&run->line);
    *run = (struct run){0};
}

/* sift - puts the run at place `at` of the heap where it belongs, which is further down. */
static void
sift(struct run **heap, size_t count, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        struct run *run = heap[at];

        if (child + 1 < count && compare(&heap[child + 1]->head.key, &heap[child]->head.key) < 0)
            child++;
        if (compare(&run->head.key, &heap[child]->head.key) <= 0)
            return;
        heap[at] = heap[child];
        heap[child] = run;
    }
}

static int
open_runs(struct sorter *sorter, struct run **heap)
{
    for (size_t r = 0; r < sorter->run_count; r++) {
        struct run *run = heap[r] = &sorter->runs[r];
        run->ahead = esi_alloc(READ_AHEAD);
        int broken = run_next(sorter, run);
        if (broken)
            return broken;
    }
    return 0;
}

/* merge - tells all runs as one; then there are none. */
static int
merge(struct sorter *sorter, sorter_fn *fn, void *ctx)
{
    struct run *heap[RUNS_MOST];
    size_t count = sorter->run_count;
    int broken = open_runs(sorter, heap);

    for (size_t at = count / 2; !broken && at-- > 0;)
        sift(heap, count, at);
    while (!broken && count > 0) {
        fn(ctx, &heap[0]->head.key, esi_buf_slice(&heap[0]->line));
        if (run_is_over(heap[0]))
            heap[0] = heap[--count];
        else
            broken = run_next(sorter, heap[0]);
        sift(heap, count, 0);
    }
    for (size_t r = 0; r < sorter->run_count; r++)
        run_close(&sorter->runs[r]);
    sorter->run_count = 0;
    return broken;
}

/* ---- */

/* merge_to_one - into a file of its own, which takes the place of the old one. */
static int
merge_to_one(struct sorter *sorter)
{
    struct writer writer = {.file = tmpfile()};

    if (!writer.file)
        return last_errno();
    int broken = merge(sorter, write_record, &writer);
    if (!broken)
        broken = flush(&writer);
    fclose(sorter->file);
    sorter->file = writer.file;
    sorter->written = writer.written;
    sorter->runs[sorter->run_count++] = (struct run){.to = writer.written};
    return broken;
}

/* spill - what waits in memory becomes a run. */
static int
spill(struct sorter *sorter)
{
    int broken = sorter->run_count == RUNS_MOST ? merge_to_one(sorter) : 0;

    if (broken)
        return broken;
    errno = 0;
    if (!sorter->file && !(sorter->file = tmpfile()))
        return last_errno();
    struct writer writer = {.file = sorter->file, .written = sorter->written};
    tell_entries(sorter, write_record, &writer);
    sorter->runs[sorter->run_count++] = (struct run){.from = sorter->written, .to = writer.written};
    sorter->written = writer.written;
    return flush(&writer);
}

int
sorter_add(struct sorter *sorter, const struct sorter_key *key, struct esi_slice line)
{
    size_t taken = sorter->text.len + sorter->count * sizeof *sorter->entries;
    int broken = sorter->count > 0 && taken + line.len > sorter->memory ? spill(sorter) : 0;

    if (broken)
        return broken;
    sorter->entries =
        esi_grow(sorter->entries, &sorter->cap, sorter->count + 1, sizeof *sorter->entries);
    sorter->entries[sorter->count++] = (struct entry){*key, sorter->text.len, line.len};
    esi_buf_append(&sorter->text, line);
    return 0;
}

int
sorter_finish(struct sorter *sorter, sorter_fn *fn, void *ctx)
{
    if (sorter->run_count == 0) {
        tell_entries(sorter, fn, ctx);
        return 0;
    }
    int broken = sorter->count > 0 ? spill(sorter) : 0;
    return broken ? broken : merge(sorter, fn, ctx);
}

void
sorter_free(struct sorter *sorter)
{
    if (!sorter)
        return;
    for (size_t r = 0; r < sorter->run_count; r++)
        run_close(&sorter->runs[r]);
    if (sorter->file)
        fclose(sorter->file);
    free(sorter->entries);
    esi_buf_free(&sorter->text);
    free(sorter);
}
