/* sessions.c - a list of session numbers, and which flows these are. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "esi/cli.h"

/* parse_number - false: it is none, or 0. */
static bool
parse_number(const char **at, uint64_t *out)
{
    char *end;

    if (!isdigit((unsigned char)**at))
        return false;
    errno = 0;
    *out = strtoull(*at, &end, 10);
    *at = end;
    return errno == 0 && *out > 0;
}

static bool
parse_range(const char **at, struct esi_cli_range *out)
{
    *out = (struct esi_cli_range){0};
    if (!parse_number(at, &out->first))
        return false;
    out->last = out->first;
    if (**at == '-') {
        ++*at;
        return parse_number(at, &out->last) && out->last >= out->first;
    }
    return true;
}

static int
compare_ranges(const void *left, const void *right)
{
    const struct esi_cli_range *a = left, *b = right;

    return a->first < b->first ? -1 : a->first > b->first;
}

/* unite - ranges that overlap become one. */
static void
unite(struct esi_cli_sessions *sessions)
{
    size_t kept = 0;

    qsort(sessions->ranges, sessions->count, sizeof *sessions->ranges, compare_ranges);
    for (size_t r = 0; r < sessions->count; r++) {
        const struct esi_cli_range *range = &sessions->ranges[r];
        struct esi_cli_range *last = kept > 0 ? &sessions->ranges[kept - 1] : NULL;

        if (!last || range->first > last->last)
            sessions->ranges[kept++] = *range;
        else if (range->last > last->last)
            last->last = range->last;
    }
    sessions->count = kept;
}

/* put_words - the list, in order. */
static void
put_words(struct esi_cli_sessions *sessions)
{
    struct esi_buf *words = &sessions->words;

    esi_buf_clear(words);
    for (size_t r = 0; r < sessions->count; r++) {
        const struct esi_cli_range *range = &sessions->ranges[r];

        if (r > 0)
            esi_buf_byte(words, ',');
        esi_buf_number(words, range->first);
        if (range->last > range->first) {
            esi_buf_byte(words, '-');
            esi_buf_number(words, range->last);
        }
    }
    esi_buf_byte(words, '\0');
}

bool
esi_cli_sessions_parse(struct esi_cli_sessions *sessions, const char *list, struct esi_error *err)
{
    const char *at = list;
    struct esi_cli_range range;

    do {
        if (!parse_range(&at, &range) || (*at != ',' && *at != '\0'))
            return esi_error_set(err, "'%s' is not a list of session numbers such as 1,4-7", list);
        sessions->ranges = esi_grow(sessions->ranges, &sessions->cap, sessions->count + 1,
                                    sizeof *sessions->ranges);
        sessions->ranges[sessions->count++] = range;
    } while (*at++ == ',');
    unite(sessions);
    put_words(sessions);
    return true;
}

const char *
esi_cli_sessions_words(const struct esi_cli_sessions *sessions)
{
    return (const char *)sessions->words.data;
}

static struct esi_cli_range *
find(const struct esi_cli_sessions *sessions, uint64_t number)
{
    size_t low = 0, high = sessions->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct esi_cli_range *range = &sessions->ranges[middle];

        if (number >= range->first && number <= range->last)
            return range;
        if (number < range->first)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void
esi_cli_sessions_note(struct esi_cli_sessions *sessions, uint64_t number, esi_flow_id flow)
{
    struct esi_cli_range *range = find(sessions, number);

    if (!range)
        return;
    range->found = true;
    sessions->flows =
        esi_grow(sessions->flows, &sessions->flows_cap, flow / 64u + 1, sizeof *sessions->flows);
    sessions->flows[flow / 64] |= (uint64_t)1 << flow % 64;
}

bool
esi_cli_sessions_has(const struct esi_cli_sessions *sessions, uint64_t number)
{
    return sessions->count == 0 || find(sessions, number) != NULL;
}

bool
esi_cli_sessions_has_flow(const struct esi_cli_sessions *sessions, esi_flow_id flow)
{
    return flow / 64 < sessions->flows_cap && (sessions->flows[flow / 64] >> flow % 64 & 1) != 0;
}

void
esi_cli_say_missing_sessions(const struct esi_program *program,
                             const struct esi_cli_sessions *sessions)
{
    for (size_t r = 0; r < sessions->count; r++) {
        const struct esi_cli_range *range = &sessions->ranges[r];

        if (range->found)
            continue;
        if (range->first == range->last)
            esi_cli_say(program, "there is no session %" PRIu64, range->first);
        else
            esi_cli_say(program, "there are no sessions %" PRIu64 " to %" PRIu64, range->first,
                        range->last);
    }
}
