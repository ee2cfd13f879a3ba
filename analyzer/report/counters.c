/*
 * counters.c - the sink of `-o counters`: what the box would show of its mail inspection after the
 * captured traffic, as `show service-policy inspect esmtp` prints it there.
 *
 * Lines are those of counters.def; what a release prints otherwise is its habit (knob `counters`).
 * Every inspection in force is told, with zeros where no session fell under it. With -v lines that
 * begin with blanks and `!` are added: under each line the frames that turned its counters, numbers
 * in their files, and at the end what is counted and how sure that is. Without those lines it is
 * the plain layout again.
 *
 * Source: Cisco document 117801; see counters.def.
 */
#include <stdlib.h>
#include <string.h>

#include "counters_internal.h"

enum line {
#define ESI_COUNTERS_LINE(id, indent, words, basis, source) LINE_##id,
#include "counters.def"
};

static const struct form {
    unsigned indent;
    const char *words;
    enum esi_basis basis;
    const char *source;
} lines[] = {
#define ESI_COUNTERS_LINE(id, indent, words, basis, source)                                        \
    {indent, words, ESI_BASIS_##basis, source},
#include "counters.def"
};

/* By the value of knob `counters`. */
static const struct {
    enum esi_habit habit;
    const char *inspect; /* NULL: there is no such command; */
    const char *instead; /* what is said then */
} habits[] = {
#define ESI_COUNTERS_INSPECT(id, words) {ESI_COUNTERS_##id, words, NULL},
#define ESI_COUNTERS_INSTEAD(id, words) {ESI_COUNTERS_##id, NULL, words},
#include "counters.def"
};

static const struct {
    enum line line; /* GLOBAL: of every Inspect line */
    const char *name;
    enum esi_basis basis;
    const char *words, *source;
} meanings[] = {
#define ESI_COUNTERS_MEANING(line, name, basis, words, source)                                     \
    {LINE_##line, name, ESI_BASIS_##basis, words, source},
#include "counters.def"
};

static const enum line parameter_lines[] = {
    [ESI_PARAMETER_MASK_BANNER] = LINE_BANNER,
    [ESI_PARAMETER_MAIL_RELAY] = LINE_RELAY,
    [ESI_PARAMETER_SPECIAL_CHARACTER] = LINE_SPECIAL,
    [ESI_PARAMETER_ALLOW_TLS] = LINE_TLS,
};

enum { INSPECT_INDENT = 6, WRITE_AT = 65536 };

/* ---- lines ---- */

static void
put_line(struct counters_sink *sink, enum line line, const struct subject *subject)
{
    counters_put_words(sink, lines[line].words, lines[line].indent, subject);
    sink->printed |= 1U << line;
}

static void
put_map(struct counters_sink *sink, const struct subject *about)
{
    const struct esi_inspection *inspection = about->inspection;
    const struct esi_map *map = inspection->map;
    struct subject subject = *about;

    for (size_t p = 0; p < ESI_PARAMETER_COUNT; p++) {
        if (!map->parameter[p].on)
            continue;
        subject.domain = map->parameter[p].domain ? map->parameter[p].domain : "";
        subject.count = &inspection->parameter[p];
        subject.log = &inspection->logged[p];
        put_line(sink, parameter_lines[p], &subject);
    }
    for (size_t m = 0; m < map->match_count; m++) {
        subject.match = &map->matches[m];
        subject.count = &inspection->matches[m].packet;
        put_line(sink, LINE_MATCH, &subject);
        if (subject.match->acts)
            put_line(sink, LINE_ACTION, &subject);
    }
}

static bool
is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* put_inspection - with the heads that the one before it does not share. */
static void
put_inspection(struct counters_sink *sink, const char *words, const struct subject *subject,
               const struct esi_inspection *before)
{
    const struct esi_inspection *inspection = subject->inspection;
    bool same = before && is_same(before->interface, inspection->interface) &&
                is_same(before->policy_map, inspection->policy_map);

    if (!same) {
        if (before)
            esi_buf_byte(&sink->out, '\n');
        put_line(sink, inspection->interface ? LINE_INTERFACE : LINE_GLOBAL, subject);
        put_line(sink, LINE_POLICY, subject);
    }
    if (!same || !is_same(before->class_map, inspection->class_map))
        put_line(sink, LINE_CLASS, subject);
    counters_put_words(sink, words, INSPECT_INDENT, subject);
    if (counters_has_map(subject))
        put_map(sink, subject);
}

/* ---- how sure ---- */

static void
put_certainty(struct esi_buf *out, const char *what, const char *words, enum esi_basis basis,
              const char *source)
{
    esi_buf_printf(out, "! %s: %s; %s (%s)\n", what, words, esi_basis_name(basis), source);
}

/* put_certainties - of what was printed. */
static void
put_certainties(struct counters_sink *sink, const struct esi_platform *platform,
                const char *inspect)
{
    const struct esi_setting *setting = &platform->setting[ESI_KNOB_COUNTERS];
    unsigned printed = sink->printed | 1U << LINE_GLOBAL;

    esi_buf_printf(&sink->out, "!\n! Predicted for %s. What is counted:\n", platform->name);
    for (size_t i = 0; i < ESI_COUNT(meanings); i++)
        if (printed >> meanings[i].line & 1)
            put_certainty(&sink->out, meanings[i].name, meanings[i].words, meanings[i].basis,
                          meanings[i].source);
    esi_buf_text(&sink->out, "! How it is printed:\n");
    put_certainty(&sink->out, "Inspect", inspect + strlen("Inspect: "), setting->basis,
                  setting->source);
    for (size_t i = 0; i < ESI_COUNT(lines); i++)
        if (sink->printed >> i & 1)
            esi_buf_printf(&sink->out, "! %s; %s (%s)\n", lines[i].words,
                           esi_basis_name(lines[i].basis), lines[i].source);
}

/* ---- the sink ---- */

/* form_of - the platform's, among habits. */
static size_t
form_of(const struct esi_platform *platform)
{
    enum esi_habit habit = esi_platform_habit(platform, ESI_KNOB_COUNTERS);

    for (size_t i = 0; i < ESI_COUNT(habits); i++)
        if (habits[i].habit == habit)
            return i;
    esi_panic("counters.def: no form for %s", esi_habit_name(habit));
}

static void
put_inspections(struct counters_sink *sink, const struct esi_summary_info *summary,
                const char *words)
{
    for (size_t i = 0; i < summary->inspection_count && !sink->sink.broken_errno; i++) {
        put_inspection(sink, words,
                       &(struct subject){.platform = summary->platform,
                                         .inspection = &summary->inspections[i]},
                       i > 0 ? &summary->inspections[i - 1] : NULL);
        if (sink->out.len >= WRITE_AT) /* there may be many */
            sink_write(&sink->sink, &sink->out);
    }
    if (summary->inspection_count == 0)
        esi_buf_text(&sink->out, "! Nothing in the configuration has mail inspected.\n");
    else if (sink->sink.options.verbose)
        put_certainties(sink, summary->platform, words);
}

static void
put_summary_of(struct counters_sink *sink, const struct esi_summary_info *summary)
{
    const struct esi_platform *platform = summary->platform;
    size_t form = form_of(platform);

    if (habits[form].inspect)
        put_inspections(sink, summary, habits[form].inspect);
    else
        esi_buf_printf(&sink->out, "! %s %s.\n! What this program counted is in -o json.\n",
                       platform->name, habits[form].instead);
}

static void
put(struct esi_sink *base, const struct esi_record *record)
{
    struct counters_sink *sink = (struct counters_sink *)base;

    if (record->kind != ESI_RECORD_SUMMARY)
        return;
    put_summary_of(sink, record->summary);
    sink_write(base, &sink->out);
}

static void
finish(struct esi_sink *base)
{
    esi_buf_free(&((struct counters_sink *)base)->out);
}

struct esi_sink *
counters_sink_open(FILE *out, const struct esi_sink_options *options)
{
    static const struct sink_kind kind = {sink_wants_no_turns, put, finish};
    struct counters_sink *sink = esi_alloc(sizeof *sink);

    sink_begin(&sink->sink, &kind, out, options);
    return &sink->sink;
}
