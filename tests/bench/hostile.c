/*
 * hostile.c - makes captures that want to cost more than their size.
 *
 *     bench_hostile KIND SIZE OUT.pcap [FLOWS]
 *
 * KIND is a row of the table kinds, or of that of dialogue.h, all in one conversation. SIZE is that
 * of the file, about, in bytes or with K, M or G behind it. Same words, same file. Twice the SIZE
 * is twice the work, if whoever reads it does no more for a frame than a frame is worth:
 * doubling.sh measures that.
 *
 * FLOWS: those that the table of flows has room for, for the family "expiring" (default: what the
 * analyzer has room for with --max-memory 64M).
 *
 * All frames are Ethernet and IPv4, with right checksums. The last line of what is printed says
 * how many sessions are open together at most.
 */
#include "hostile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dialogue.h"

static const struct {
    const char *name;
    uint64_t (*make)(void);
} kinds[] = {
    {"reversed", make_reversed},   {"overlap", make_overlap},
    {"conflict", make_conflict},   {"half-open", make_half_open},
    {"fragments", make_fragments}, {"lone-fragments", make_lone_fragments},
    {"reuse", make_reuse},         {"first-byte", make_first_byte},
    {"one-frame", make_one_frame}, {"expiring", make_expiring},
};

/* size_of - the bytes that a word like 64M means; 0: none. */
static uint64_t
size_of(const char *word)
{
    static const char units[] = "KMG";
    char *end;
    uint64_t size = strtoull(word, &end, 10);

    if (*end == '\0')
        return size;
    const char *unit = strchr(units, *end);
    if (!unit || end[1] != '\0' || size > UINT64_MAX >> 40)
        return 0;
    return size << 10 * (unit - units + 1);
}

/* make_kind - how many sessions are open together at most; 0: there is no such kind. */
static uint64_t
make_kind(const char *name)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kinds[k].name, name) == 0)
            return kinds[k].make();
    for (size_t k = 0; k < dialogue_kind_count; k++)
        if (strcmp(dialogue_kinds[k].name, name) == 0)
            return make_dialogue(&dialogue_kinds[k]);
    return 0;
}

static void
make(const char *name, const char *path, uint64_t size)
{
    capture_open(path, size);
    uint64_t open = make_kind(name);
    if (open == 0)
        panic("no such kind", name);
    pcap_out_close(&capture.out);
    printf("%s: %" PRIu64 " frames, %" PRIu64 " bytes\nopen: %" PRIu64 "\n", path, capture.frames,
           capture.out.bytes, open);
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--kinds") == 0) {
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            puts(kinds[k].name);
        for (size_t k = 0; k < dialogue_kind_count; k++)
            puts(dialogue_kinds[k].name);
        return 0;
    }
    uint64_t size = argc == 4 || argc == 5 ? size_of(argv[2]) : 0;
    if (size == 0) {
        fputs("usage: bench_hostile KIND SIZE[K|M|G] OUT.pcap [FLOWS]\n       bench_hostile "
              "--kinds\n",
              stderr);
        return 2;
    }
    if (argc == 5)
        capture.flows = (uint32_t)strtoul(argv[4], NULL, 10);
    if (argc == 5 && capture.flows < 3)
        panic("no number of flows, or too few", argv[4]);
    make(argv[1], argv[3], size);
    return 0;
}
