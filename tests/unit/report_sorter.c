/* report_sorter.c - lines in any order in, in order out, whatever the memory. */
#define _DEFAULT_SOURCE /* setrlimit */

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>

#include "report/sorter_internal.h"

enum { LINE_MOST = 64 };

struct got {
    uint64_t count, bytes;
    bool in_order, as_given;
    struct sorter_key last;
};

static uint64_t
draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* make_line - what its key says, and some bytes more, so that lines differ in length. */
static struct esi_slice
make_line(char out[LINE_MOST], const struct sorter_key *key)
{
    int len = snprintf(out, LINE_MOST, "%" PRId64 " %" PRIu64 " %" PRIu64 "%.*s", key->ts,
                       key->frame, key->order, (int)(key->order % 16), "----------------");

    return (struct esi_slice){(const uint8_t *)out, (size_t)len};
}

static bool
is_below(const struct sorter_key *a, const struct sorter_key *b)
{
    if (a->ts != b->ts)
        return a->ts < b->ts;
    return a->frame != b->frame ? a->frame < b->frame : a->order < b->order;
}

static void
take(void *ctx, const struct sorter_key *key, struct esi_slice line)
{
    struct got *got = ctx;
    char text[LINE_MOST];

    got->as_given &= esi_slice_eq(line, make_line(text, key));
    got->in_order &= got->count == 0 || is_below(&got->last, key);
    got->last = *key;
    got->bytes += line.len;
    got->count++;
}

/* Of few times and fewer frames, so that all parts of a key decide somewhere. */
static struct sorter_key
draw_key(uint64_t *state, uint64_t order)
{
    return (struct sorter_key){(esi_nanos)(draw(state) % 50) - 5, draw(state) % 5, order};
}

Test(report_sorter, law)
{
    static const struct {
        const char *what;
        size_t memory;
        uint64_t lines;
    } rows[] = {
        {"none", 1000, 0},          {"all fit", 1 << 20, 5000},  {"two runs", 40000, 1000},
        {"a run a line", 1, 300}, /* more runs than are merged at once, several times over */
        {"many runs", 4000, 20000}, {"one line, no room", 0, 1},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct sorter *sorter = sorter_new(rows[r].memory);
        struct got got = {.in_order = true, .as_given = true};
        uint64_t state = 88172645463325252u, bytes = 0;

        for (uint64_t n = 0; n < rows[r].lines; n++) {
            struct sorter_key key = draw_key(&state, n);
            char text[LINE_MOST];
            struct esi_slice line = make_line(text, &key);

            bytes += line.len;
            cr_assert_eq(sorter_add(sorter, &key, line), 0, "%s", rows[r].what);
        }
        cr_assert_eq(sorter_finish(sorter, take, &got), 0, "%s", rows[r].what);
        cr_assert_eq(got.count, rows[r].lines, "%s: %" PRIu64 " lines", rows[r].what, got.count);
        cr_assert_eq(got.bytes, bytes, "%s", rows[r].what);
        cr_assert(got.in_order && got.as_given, "%s", rows[r].what);
        sorter_free(sorter);
    }
}

/* A line is longer than what is read at once. */
Test(report_sorter, long_lines)
{
    enum { LEN = 200000 };
    uint8_t *line = esi_alloc(LEN);
    struct sorter *sorter = sorter_new(1);
    struct got got = {0};

    for (int64_t n = 9; n >= 0; n--)
        cr_assert_eq(
            sorter_add(sorter, &(struct sorter_key){n, 0, 0}, (struct esi_slice){line, LEN}), 0);
    cr_assert_eq(sorter_finish(sorter, take, &got), 0);
    cr_assert_eq(got.bytes, 10 * LEN);
    cr_assert_eq(got.last.ts, 9);
    sorter_free(sorter);
    free(line);
}

/* The temporary file cannot grow: that is said, once and at the latest at the end. */
Test(report_sorter, full_disk)
{
    struct sorter *sorter = sorter_new(1000);
    struct got got = {.in_order = true, .as_given = true};
    int broken = 0;

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096}), 0);
    for (uint64_t n = 0; n < 1000 && !broken; n++) {
        struct sorter_key key = {(esi_nanos)(1000 - n), 0, n};
        char text[LINE_MOST];

        broken = sorter_add(sorter, &key, make_line(text, &key));
    }
    if (!broken)
        broken = sorter_finish(sorter, take, &got);
    cr_assert_eq(broken, EFBIG, "%d", broken);
    sorter_free(sorter);
}
