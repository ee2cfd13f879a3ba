/*
 * ledger.c - how much of a configuration was understood: a block a file, with what was left aside
 * and why. What was said of the lines is shown by whoever asks for both.
 */
#include <stdlib.h>

#include "reader_internal.h"

enum { FATES = ESI_LINE_WRONG + 1 };

/* What was left aside for one reason. */
struct pile {
    const char *reason;
    size_t lines, order; /* order: of the first of them */
};

struct piles {
    struct pile *list;
    size_t count, cap;
};

/* file_end - behind the last line of the file whose first line is at `from`. */
static size_t
file_end(const struct esi_config *config, size_t from)
{
    size_t end = from;

    while (end < config->lines_count && config->lines[end].at.file == config->lines[from].at.file)
        end++;
    return end;
}

static void
add_to_pile(struct piles *piles, const char *reason)
{
    for (size_t i = 0; i < piles->count; i++)
        if (strcmp(piles->list[i].reason, reason) == 0) {
            piles->list[i].lines++;
            return;
        }
    piles->list = esi_grow(piles->list, &piles->cap, piles->count + 1, sizeof *piles->list);
    piles->list[piles->count] = (struct pile){reason, 1, piles->count};
    piles->count++;
}

static int
larger_first(const void *a, const void *b)
{
    const struct pile *one = a, *other = b;

    if (one->lines != other->lines)
        return one->lines > other->lines ? -1 : 1;
    return one->order < other->order ? -1 : 1;
}

static void
print_row(struct esi_buf *out, const char *what, size_t lines)
{
    if (lines > 0)
        esi_buf_printf(out, "  %-18s %7zu\n", what, lines);
}

static void
print_piles(struct piles *piles, struct esi_buf *out)
{
    if (piles->count > 0)
        qsort(piles->list, piles->count, sizeof *piles->list, larger_first);
    for (size_t i = 0; i < piles->count; i++)
        esi_buf_printf(out, "    %7zu  %s\n", piles->list[i].lines, piles->list[i].reason);
    free(piles->list);
}

static void
print_file(const struct esi_config *config, size_t from, size_t end, struct esi_buf *out)
{
    size_t fates[FATES] = {0};
    struct piles piles = {0};

    for (size_t i = from; i < end; i++) {
        const struct esi_line *line = &config->lines[i];
        fates[line->fate]++;
        if (line->fate == ESI_LINE_ASIDE && line->reason)
            add_to_pile(&piles, line->reason);
    }
    esi_buf_printf(out, "%s: %zu line%s\n", config->lines[from].at.file, end - from,
                   end - from == 1 ? "" : "s");
    print_row(out, "understood", fates[ESI_LINE_UNDERSTOOD]);
    print_row(out, "not understood", fates[ESI_LINE_NOT_UNDERSTOOD]);
    print_row(out, "refused", fates[ESI_LINE_WRONG]);
    print_row(out, "empty or comments", fates[ESI_LINE_EMPTY]);
    print_row(out, "left aside", fates[ESI_LINE_ASIDE]);
    print_piles(&piles, out);
}

void
esi_config_print_ledger(const struct esi_config *config, struct esi_buf *out)
{
    for (size_t from = 0, end; from < config->lines_count; from = end) {
        end = file_end(config, from);
        print_file(config, from, end, out);
    }
}
