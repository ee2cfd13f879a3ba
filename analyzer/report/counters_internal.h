/* counters_internal.h - the sink of `-o counters`, and one line of what it prints. */
#ifndef ESI_COUNTERS_INTERNAL_H
#define ESI_COUNTERS_INTERNAL_H

#include "report_internal.h"

struct counters_sink {
    struct esi_sink sink;
    struct esi_buf out;
    unsigned printed; /* bits of the lines of counters.def that were */
};

/* What a line is about; members that its words do not name are not set. */
struct subject {
    const struct esi_platform *platform;
    const struct esi_inspection *inspection;
    const struct esi_match *match;
    const char *domain;
    const struct esi_counter *count, *log;
};

/* What a box without inspection maps, or `inspect smtp`, goes by has no name there. */
bool counters_has_map(const struct subject *subject);
/* A line of counters.def with what is inserted; with -v the frames of its counters under it. */
void counters_put_words(struct counters_sink *sink, const char *words, unsigned indent,
                        const struct subject *subject);

#endif
