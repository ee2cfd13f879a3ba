/* sink.c - the table of sinks, and what they all do alike. */
#define _DEFAULT_SOURCE /* fileno */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report_internal.h"

const struct esi_sink_def esi_sinks[] = {
    {"text", "for people: a block a session", text_sink_open, ESI_SINK_EVIDENCE_ALONE},
    {"json", "for programs: JSON Lines, an object a record", json_sink_open,
     ESI_SINK_EVIDENCE_ALONE},
    {"html", "for people: one page with all of it, for a browser", html_sink_open,
     ESI_SINK_EVIDENCE_ALONE},
    {"syslog", "what the box would have logged, in order of time; connections count from 1",
     syslog_sink_open, ESI_SINK_NO_EVIDENCE},
    {"counters", "what show service-policy inspect esmtp would print", counters_sink_open,
     ESI_SINK_NO_EVIDENCE},
    {"mermaid", "for tickets: Markdown, a sequence diagram a session", mermaid_sink_open,
     ESI_SINK_EVIDENCE},
    {NULL, NULL, NULL, ESI_SINK_NO_EVIDENCE},
};

const struct esi_sink_def *
esi_sink_find(const char *name)
{
    for (const struct esi_sink_def *def = esi_sinks; def->name; def++)
        if (strcmp(def->name, name) == 0)
            return def;
    return NULL;
}

void
sink_begin(struct esi_sink *sink, const struct sink_kind *kind, FILE *out,
           const struct esi_sink_options *options)
{
    struct stat status;
    int fd = fileno(out);

    sink->kind = kind;
    sink->out = out;
    sink->options = *options;
    sink->live = fd >= 0 && fstat(fd, &status) == 0 && !S_ISREG(status.st_mode);
}

void
sink_write(struct esi_sink *sink, struct esi_buf *buf)
{
    if (!sink->broken_errno && buf->len > 0) {
        errno = 0;
        bool whole = fwrite(buf->data, 1, buf->len, sink->out) == buf->len;

        if (!whole || (sink->live && fflush(sink->out) != 0))
            sink->broken_errno = errno != 0 ? errno : EIO;
    }
    esi_buf_clear(buf);
}

bool
sink_wants_no_turns(const struct esi_sink *sink, uint64_t number)
{
    (void)sink;
    (void)number;
    return false;
}

struct esi_source
sink_locate(const struct esi_sink *sink, uint64_t frame)
{
    if (!sink->options.locate)
        return (struct esi_source){"", 0};
    return sink->options.locate(sink->options.locate_ctx, frame);
}

bool
esi_sink_wants_turns(const struct esi_sink *sink, uint64_t number)
{
    return sink->kind->wants_turns(sink, number);
}

void
esi_sink_put(struct esi_sink *sink, const struct esi_record *record)
{
    if (!sink->broken_errno)
        sink->kind->put(sink, record);
}

bool
esi_sink_broken(const struct esi_sink *sink)
{
    return sink->broken_errno != 0;
}

const char *
esi_sink_note(struct esi_sink *sink)
{
    return sink->note ? sink->note(sink) : NULL;
}

bool
esi_sink_close(struct esi_sink *sink, struct esi_error *err)
{
    sink->kind->finish(sink);
    if (!sink->broken_errno) {
        errno = 0;
        if (fflush(sink->out) != 0 || ferror(sink->out))
            sink->broken_errno = errno != 0 ? errno : EIO;
    }
    int broken = sink->broken_errno;
    const char *at = sink->broken_at;
    free(sink);
    return broken == 0 ||
           esi_error_set(err, "%s%s%s", at ? at : "", at ? ": " : "", strerror(broken));
}

struct esi_slice
conflict_bytes(const struct esi_conflict *conflict, const uint8_t version[ESI_CONFLICT_SHOWN])
{
    return esi_slice_cut((struct esi_slice){version, ESI_CONFLICT_SHOWN}, 0,
                         (size_t)conflict->span.len);
}

const char *
dir_name(enum esi_dir dir)
{
    return dir == ESI_TO_SERVER ? "to_server" : "to_client";
}

const char *
result_name(enum esi_session_outcome outcome)
{
    static const char *const names[] = {
        [ESI_SESSION_UNTOUCHED] = "untouched", [ESI_SESSION_ALTERED] = "altered",
        [ESI_SESSION_DROPPED] = "dropped",     [ESI_SESSION_RESET] = "reset",
        [ESI_SESSION_UNKNOWN] = "unknown",
    };

    return names[outcome];
}

const char *
outcome_name(const struct esi_session_info *session)
{
    return session->result ? result_name(session->result->outcome) : "not-inspected";
}

const char *
esi_closing_name(enum esi_closing closing)
{
    static const char *const names[] = {
        [ESI_CLOSING_OPEN] = "open",
        [ESI_CLOSING_HALF_OPEN] = "half-open",
        [ESI_CLOSING_HALF_CLOSED] = "half-closed",
        [ESI_CLOSING_FINS] = "fins",
        [ESI_CLOSING_RESET_BY_CLIENT] = "reset-by-client",
        [ESI_CLOSING_RESET_BY_SERVER] = "reset-by-server",
        [ESI_CLOSING_UNKNOWN] = "unknown",
    };

    return names[closing];
}

#define FIELD(name)                                                                                \
    {                                                                                              \
        {(const uint8_t *)"\"" #name "\":", sizeof "\"" #name "\":" - 1},                          \
            offsetof(struct esi_session_counts, name)                                              \
    }
const struct count_field count_fields[] = {
    FIELD(commands),
    FIELD(commands_masked),
    FIELD(greeting_masked),
    FIELD(ehlo_keywords_masked),
    FIELD(addresses_replaced),
    FIELD(logged),
    FIELD(dropped),
    FIELD(anomalies),
};
const size_t count_field_count = ESI_COUNT(count_fields);

uint64_t
count_of(const struct esi_session_counts *counts, const struct count_field *field)
{
    uint64_t count;

    memcpy(&count, (const uint8_t *)counts + field->at, sizeof count);
    return count;
}
