/*
 * counters_words.c - a line of counters.def: its words, what is inserted into them, and the frames
 * that turned its counters.
 */
#include <string.h>

#include "counters_internal.h"
#include "ladder_internal.h"

/* ---- what is inserted ---- */

static void
put_interface(struct esi_buf *out, const struct subject *subject)
{
    put_safe(out, subject->inspection->interface);
}

static void
put_policy_map(struct esi_buf *out, const struct subject *subject)
{
    put_safe(out, subject->inspection->policy_map);
}

static void
put_class_map(struct esi_buf *out, const struct subject *subject)
{
    put_safe(out, subject->inspection->class_map);
}

bool
counters_has_map(const struct subject *subject)
{
    return subject->inspection->map->config_file ||
           (subject->platform->profile->has_maps &&
            strcmp(subject->inspection->protocol, "esmtp") == 0);
}

static void
put_inspect(struct esi_buf *out, const struct subject *subject)
{
    put_safe(out, subject->inspection->protocol);
    if (!counters_has_map(subject))
        return;
    esi_buf_byte(out, ' ');
    put_safe(out, subject->inspection->map->name);
}

static void
put_match(struct esi_buf *out, const struct subject *subject)
{
    struct esi_buf words = {0};

    esi_match_words(subject->match, &words);
    esi_escape_text(out, esi_buf_slice(&words));
    esi_buf_free(&words);
}

static void
put_action(struct esi_buf *out, const struct subject *subject)
{
    const struct esi_match *match = subject->match;

    esi_buf_text(out, esi_action_name(match->action));
    if (match->action == ESI_ACTION_RATE_LIMIT) {
        esi_buf_byte(out, ' ');
        esi_buf_number(out, match->rate);
    } else if (match->log && match->action != ESI_ACTION_LOG)
        esi_buf_text(out, " log");
}

static void
put_domain(struct esi_buf *out, const struct subject *subject)
{
    put_safe(out, subject->domain);
}

static const struct esi_counter *
packet_of(const struct subject *subject)
{
    return &subject->inspection->packet;
}

static const struct esi_counter *
drop_of(const struct subject *subject)
{
    return &subject->inspection->drop;
}

static const struct esi_counter *
reset_drop_of(const struct subject *subject)
{
    return &subject->inspection->reset_drop;
}

static const struct esi_counter *
count_of_line(const struct subject *subject)
{
    return subject->count;
}

static const struct esi_counter *
log_of(const struct subject *subject)
{
    return subject->log;
}

/* Of each one of the functions: words or a counter. */
static const struct insert {
    const char *name;
    void (*put)(struct esi_buf *out, const struct subject *subject);
    const struct esi_counter *(*counter)(const struct subject *subject);
} inserts[] = {
    {"interface", put_interface, NULL},
    {"policy-map", put_policy_map, NULL},
    {"class-map", put_class_map, NULL},
    {"inspect", put_inspect, NULL},
    {"match", put_match, NULL},
    {"action", put_action, NULL},
    {"domain", put_domain, NULL},
    {"packet", NULL, packet_of},
    {"drop", NULL, drop_of},
    {"reset-drop", NULL, reset_drop_of},
    {"count", NULL, count_of_line},
    {"packets", NULL, count_of_line},
    {"log", NULL, log_of},
};

/* next_insert - the next {name} from *at on, what stands before it in *plain; *at moves on. NULL
 * at the end of the words. */
static const struct insert *
next_insert(const char **at, struct esi_slice *plain)
{
    const char *open = strchr(*at, '{'), *close = open ? strchr(open, '}') : NULL;

    *plain =
        open ? (struct esi_slice){(const uint8_t *)*at, (size_t)(open - *at)} : esi_slice_of(*at);
    if (!open)
        return NULL;
    struct esi_slice name = {(const uint8_t *)open + 1, (size_t)(close - open) - 1};
    *at = close + 1;
    for (size_t i = 0; i < ESI_COUNT(inserts); i++)
        if (esi_slice_eq(name, esi_slice_of(inserts[i].name)))
            return &inserts[i];
    esi_panic("counters.def: {%.*s} is unknown", (int)name.len, (const char *)name.ptr);
}

/* ---- frames ---- */

static void
put_blanks(struct esi_buf *out, unsigned count)
{
    while (count-- > 0)
        esi_buf_byte(out, ' ');
}

/* put_frames - "b.pcap 4,9, c.pcap 1 and 3 more". */
static void
put_frames(struct counters_sink *sink, const struct esi_counter *counter)
{
    const char *file = NULL;

    for (size_t i = 0; i < esi_counter_kept(counter); i++) {
        struct esi_source source = sink_locate(&sink->sink, counter->frames[i]);

        if (source.file != file) {
            esi_buf_text(&sink->out, file ? ", " : " ");
            put_safe(&sink->out, source.file);
        }
        esi_buf_byte(&sink->out, source.file == file ? ',' : ' ');
        esi_buf_number(&sink->out, counter->frames[i] - source.before);
        file = source.file;
    }
    if (counter->frame_count > ESI_COUNTER_FRAMES) {
        esi_buf_text(&sink->out, " and ");
        put_counted(&sink->out, counter->frame_count - ESI_COUNTER_FRAMES, "more", "more");
    }
}

/* put_trace - under a line, of each of its counters that was turned. */
static void
put_trace(struct counters_sink *sink, const char *words, unsigned indent,
          const struct subject *subject)
{
    const struct insert *insert;
    struct esi_slice plain;

    while ((insert = next_insert(&words, &plain))) {
        const struct esi_counter *counter = insert->counter ? insert->counter(subject) : NULL;

        if (!counter || counter->frame_count == 0)
            continue;
        put_blanks(&sink->out, indent + 2);
        esi_buf_text(&sink->out, "! ");
        esi_buf_text(&sink->out, insert->name);
        esi_buf_byte(&sink->out, ':');
        put_frames(sink, counter);
        esi_buf_byte(&sink->out, '\n');
    }
}

void
counters_put_words(struct counters_sink *sink, const char *words, unsigned indent,
                   const struct subject *subject)
{
    const struct insert *insert;
    const char *at = words;
    struct esi_slice plain;

    put_blanks(&sink->out, indent);
    do {
        insert = next_insert(&at, &plain);
        esi_buf_append(&sink->out, plain);
        if (insert && insert->put)
            insert->put(&sink->out, subject);
        else if (insert)
            esi_buf_number(&sink->out, insert->counter(subject)->count);
    } while (insert);
    esi_buf_byte(&sink->out, '\n');
    if (sink->sink.options.verbose)
        put_trace(sink, words, indent, subject);
}
