/*
 * read.c - a plan out of JSON Lines.
 *
 * First {"event_type":"plan"}; then for each session {"event_type":"session"} and its items, by
 * flow_id; last {"event_type":"end"}. Items of a flow stand in the order in which esi_plan_each
 * tells them, so that a plan that is written again is the same text, and overlaps are seen by who
 * stands next to each other. Frames are numbered over all captures, in the header's order.
 *
 * The text may be anybody's. Numbers are held against what the header says of the captures, the
 * header against the captures by check.c. Memory follows from the length of the text
 * alone.
 */
#define _DEFAULT_SOURCE /* getline */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "esi/planfile.h"

#include "planfile_internal.h"

static bool
take(struct reading *reading, const struct member *members, size_t count)
{
    return record_take(&reading->line, reading->record, 0, members, count);
}

/* ---- the header ---- */

static bool
is_sha256(const char *text)
{
    return strlen(text) == ESI_SHA256_TEXT - 1 &&
           strspn(text, "0123456789abcdef") == ESI_SHA256_TEXT - 1;
}

static bool
take_capture(struct reading *reading, const struct json_t *record, size_t nth)
{
    struct esi_planfile *file = reading->file;
    const char *name, *sha256, *why_not;
    uint64_t frames;
    bool complete;
    const struct member members[] = {
        {"pcap_filename", VALUE_TEXT, &name, 0, 0},
        {"sha256", VALUE_TEXT_OR_NULL, &sha256, 0, 0},
        {"frames", VALUE_NUMBER, &frames, 0, INT64_MAX},
        {"complete", VALUE_BOOL, &complete, 0, 0},
        {"why_not", VALUE_TEXT_OR_NULL, &why_not, 0, 0},
    };

    if (!record_take(&reading->line, record, nth, members, ESI_COUNT(members)))
        return false;
    if (sha256 && !is_sha256(sha256))
        return line_refuse(&reading->line, "sha256", nth,
                           "sha256: expected 64 hexadecimal digits in lower case, or null");
    if (complete != !why_not)
        return line_refuse(&reading->line, "why_not", nth, "why_not: expected %s",
                           complete ? "null, as the capture is complete" : "a reason");
    if (reading->frames > INT64_MAX - frames)
        return line_refuse(&reading->line, "frames", nth, "frames: more than can be counted");
    reading->frames += frames;
    file->captures = esi_grow(file->captures, &file->capture_cap, nth + 1, sizeof *file->captures);
    struct esi_planfile_capture *capture = &file->captures[file->capture_count++];
    capture->name = esi_strdup(name);
    capture->frames = frames;
    capture->why_not = why_not ? esi_strdup(why_not) : NULL;
    if (sha256)
        memcpy(capture->sha256, sha256, sizeof capture->sha256);
    return true;
}

static bool
take_ports(struct reading *reading, const char *list)
{
    struct esi_error why;

    return esi_ports_parse(&reading->file->ports, list, &why) ||
           line_refuse(&reading->line, "ports", 0, "ports: %.100s", why.text);
}

static bool
take_header(struct reading *reading)
{
    struct esi_planfile *file = reading->file;
    const char *event_type, *version, *filter, *ports;
    const struct json_t *captures;
    uint64_t schema;
    const struct member members[] = {
        {"schema", VALUE_NUMBER, &schema, PLANFILE_SCHEMA, PLANFILE_SCHEMA},
        {"event_type", VALUE_TEXT, &event_type, 0, 0},
        {"version", VALUE_TEXT, &version, 0, 0},
        {"captures", VALUE_LIST, &captures, 0, 0},
        {"filter", VALUE_TEXT_OR_NULL, &filter, 0, 0},
        {"ports", VALUE_TEXT, &ports, 0, 0},
        {"flow_memory", VALUE_NUMBER, &file->flow_memory, 1, INT64_MAX},
        {"in_fragments", VALUE_BOOL, &file->in_fragments, 0, 0},
        {"any_fragments", VALUE_BOOL, &file->any_fragments, 0, 0},
    };

    if (record_schema(reading->record) > PLANFILE_SCHEMA)
        return line_refuse(&reading->line, "schema", 0,
                           "is a plan of schema %" PRIu64
                           ", which a newer version wrote; this one reads schema %d",
                           record_schema(reading->record), PLANFILE_SCHEMA);
    if (!take(reading, members, ESI_COUNT(members)) || !take_ports(reading, ports))
        return false;
    if (file->in_fragments && !file->any_fragments)
        return line_refuse(&reading->line, "any_fragments", 0,
                           "any_fragments: expected true, as in_fragments is");
    file->version = esi_strdup(version);
    file->filter = filter ? esi_strdup(filter) : NULL;
    for (size_t c = 0; c < list_length(captures); c++)
        if (!take_capture(reading, list_at(captures, c), c))
            return false;
    reading->stage = AT_SESSIONS;
    return true;
}

/* ---- sessions ---- */

static bool
take_endpoint(struct reading *reading, const char *name, const char *ip, uint64_t port,
              struct esi_endpoint *out)
{
    out->port = (uint16_t)port;
    return esi_ip_parse(&out->ip, ip) ||
           line_refuse(&reading->line, name, 0, "%s: expected an IP address, found \"%.46s\"", name,
                       ip);
}

esi_flow_id
reading_flow(const struct reading *reading)
{
    const struct esi_planfile *file = reading->file;

    return file->session_count > 0 ? file->sessions[file->session_count - 1].flow : 0;
}

/* flow_most - each flow has a frame. */
static uint64_t
flow_most(const struct reading *reading)
{
    return reading->frames < INT32_MAX ? reading->frames : INT32_MAX;
}

static bool
take_session(struct reading *reading)
{
    struct esi_planfile_session session = {0};
    const char *event_type, *start, *client_ip, *server_ip;
    uint64_t flow, client_port, server_port;
    const struct member members[] = {
        {"event_type", VALUE_TEXT, &event_type, 0, 0},
        {"flow_id", VALUE_NUMBER, &flow, 1, flow_most(reading)},
        {"number", VALUE_NUMBER, &session.number, 1, flow_most(reading)},
        {"start", VALUE_TEXT, &start, 0, 0},
        {"client_ip", VALUE_TEXT, &client_ip, 0, 0},
        {"client_port", VALUE_NUMBER, &client_port, 0, UINT16_MAX},
        {"server_ip", VALUE_TEXT, &server_ip, 0, 0},
        {"server_port", VALUE_NUMBER, &server_port, 0, UINT16_MAX},
    };

    if (!take(reading, members, ESI_COUNT(members)))
        return false;
    if (flow <= reading_flow(reading))
        return line_refuse(&reading->line, "flow_id", 0,
                           "flow_id: sessions go by it, and %" PRIu64 " stands behind %" PRIu32,
                           flow, reading_flow(reading));
    if (!esi_time_parse(&session.start, start))
        return line_refuse(&reading->line, "start", 0,
                           "start: expected a time such as 2026-01-31T12:00:00.000000000Z, found "
                           "\"%.40s\"",
                           start);
    if (!take_endpoint(reading, "client_ip", client_ip, client_port, &session.tuple.client) ||
        !take_endpoint(reading, "server_ip", server_ip, server_port, &session.tuple.server))
        return false;
    session.flow = (esi_flow_id)flow;
    esi_planfile_add_session(reading->file, &session);
    reading->flow = (struct flow_items){0};
    return true;
}

/* ---- the end, and what goes where ---- */

/* check_numbers - those of n sessions are 1 to n, in any order. */
static bool
check_numbers(const struct reading *reading)
{
    const struct esi_planfile *file = reading->file;
    bool *seen = esi_alloc(file->session_count + 1), all = true;

    for (size_t s = 0; s < file->session_count && all; s++) {
        uint64_t number = file->sessions[s].number;
        all = number <= file->session_count && !seen[number];
        if (all)
            seen[number] = true;
    }
    free(seen);
    return all || line_refuse(&reading->line, NULL, 0,
                              "the numbers of the %zu sessions are not 1 to %zu, each once",
                              file->session_count, file->session_count);
}

static bool
take_end(struct reading *reading)
{
    const char *event_type;
    uint64_t items;
    const struct member members[] = {
        {"event_type", VALUE_TEXT, &event_type, 0, 0},
        {"items", VALUE_NUMBER, &items, 0, INT64_MAX},
    };

    if (!take(reading, members, ESI_COUNT(members)))
        return false;
    if (items != reading->items)
        return line_refuse(&reading->line, "items", 0,
                           "items: there are to be %" PRIu64 ", and there are %" PRIu64, items,
                           reading->items);
    if (!check_numbers(reading))
        return false;
    reading->stage = AT_END;
    return true;
}

static bool
take_record(struct reading *reading, const char *type)
{
    if ((strcmp(type, "plan") == 0) != (reading->stage == AT_HEADER))
        return line_refuse(&reading->line, "event_type", 0,
                           reading->stage == AT_HEADER ? "expected a plan's header, found \"%.40s\""
                                                       : "\"%.40s\" is the first line alone",
                           type);
    if (reading->stage == AT_HEADER)
        return take_header(reading);
    if (strcmp(type, "session") == 0)
        return take_session(reading);
    if (strcmp(type, "end") == 0)
        return take_end(reading);
    for (size_t k = 0; k < ESI_COUNT(planfile_kinds); k++)
        if (strcmp(type, planfile_kinds[k]) == 0)
            return reading_take_item(reading, (enum esi_plan_kind)k);
    return line_refuse(&reading->line, "event_type", 0, "event_type: \"%.40s\" is none of a plan",
                       type);
}

static bool
take_line(struct reading *reading)
{
    struct json_t *record;
    const char *type;

    if (reading->stage == AT_END)
        return line_refuse(&reading->line, NULL, 0, "expected nothing behind the end");
    record = record_parse(&reading->line);
    if (!record)
        return false;
    reading->record = record;
    type = record_type(&reading->line, record);
    bool taken = type && take_record(reading, type);
    record_free(record);
    return taken;
}

static bool
take_lines(struct reading *reading, FILE *in)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t len;
    bool taken = true;

    while (taken && (len = getline(&text, &size, in)) >= 0) {
        size_t whole = (size_t)len - (text[len - 1] == '\n');

        reading->line.number++;
        reading->line.text = (struct esi_slice){(const uint8_t *)text, whole};
        taken = take_line(reading);
    }
    if (taken && !feof(in))
        taken = esi_error_set(reading->line.err, "%s: cannot be read: %s", reading->line.file,
                              strerror(errno));
    free(text);
    return taken;
}

bool
esi_planfile_read(struct esi_planfile *file, FILE *in, const char *name, struct esi_error *err)
{
    struct reading reading = {.file = file, .line = {.file = name, .err = err}};

    *file = (struct esi_planfile){.plan = esi_plan_new()};
    bool taken = take_lines(&reading, in);
    if (taken && reading.stage != AT_END) {
        reading.line.number++;
        reading.line.text = (struct esi_slice){0};
        taken =
            line_refuse(&reading.line, NULL, 0,
                        reading.stage == AT_HEADER ? "expected a plan's header, found nothing"
                                                   : "the end is missing: the plan was cut off");
    }
    if (taken)
        esi_planfile_settle(file);
    else
        esi_planfile_free(file);
    return taken;
}
