/* json_session.c - a session as JSON: how it went, and what of it was not whole. */
#include "json_sink_internal.h"

/* put_gaps - where the first of them are: what the files of --streams leave out. */
static void
put_gaps(struct json *json, const struct esi_session_quality *quality)
{
    json_open(json, JSON_KEY("gap_list"), '[');
    for (size_t i = 0; i < quality->gap_count; i++) {
        const struct esi_gap *gap = &quality->gap_list[i];

        json_open(json, JSON_ELEMENT, '{');
        json_word(json, JSON_KEY("direction"), dir_name(gap->dir));
        json_number(json, JSON_KEY("offset"), gap->span.offset);
        json_number(json, JSON_KEY("length"), gap->span.len);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_left_aside(struct json *json, const struct esi_session_quality *quality)
{
    json_open(json, JSON_KEY("left_aside"), '{');
    json_number(json, JSON_KEY("corrupt"), quality->corrupt);
    json_number(json, JSON_KEY("before_start"), quality->before_start);
    json_number(json, JSON_KEY("behind_end"), quality->after_end);
    json_number(json, JSON_KEY("late"), quality->late);
    json_number(json, JSON_KEY("stray"), quality->stray);
    json_close(json, '}');
}

/* put_conflicts - bytes of which the capture has two versions. */
static void
put_conflicts(struct json_sink *sink, const struct esi_session_quality *quality)
{
    struct json *json = &sink->json;

    json_open(json, JSON_KEY("conflicts"), '[');
    for (size_t i = 0; i < quality->conflict_count; i++) {
        const struct esi_conflict *conflict = &quality->conflicts[i];

        json_open(json, JSON_ELEMENT, '{');
        json_word(json, JSON_KEY("direction"), dir_name(conflict->dir));
        json_number(json, JSON_KEY("offset"), conflict->span.offset);
        json_number(json, JSON_KEY("length"), conflict->span.len);
        json_wire(json, JSON_KEY("first"), conflict_bytes(conflict, conflict->first));
        json_wire(json, JSON_KEY("second"), conflict_bytes(conflict, conflict->second));
        json_put_frames(sink, (uint64_t[]){conflict->first_frame, conflict->second_frame}, 2);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_quality(struct json_sink *sink, const struct esi_session_quality *quality)
{
    struct json *json = &sink->json;
    bool both = quality->side_seen[ESI_TO_SERVER] && quality->side_seen[ESI_TO_CLIENT];
    enum esi_dir seen = quality->side_seen[ESI_TO_SERVER] ? ESI_TO_SERVER : ESI_TO_CLIENT;

    json_open(json, JSON_KEY("quality"), '{');
    json_word(json, JSON_KEY("start"), quality->midstream ? "midstream" : "handshake");
    json_word(json, JSON_KEY("sides"), both ? "both" : dir_name(seen));
    json_number(json, JSON_KEY("gaps"), quality->gaps);
    json_number(json, JSON_KEY("gap_bytes"), quality->gap_bytes);
    put_gaps(json, quality);
    json_number(json, JSON_KEY("given_up"), quality->given_up);
    json_number(json, JSON_KEY("cut_frames"), quality->cut_frames);
    json_number(json, JSON_KEY("bad_checksums"), quality->bad_checksums);
    json_number(json, JSON_KEY("doubtful"), quality->doubtful);
    put_left_aside(json, quality);
    json_number(json, JSON_KEY("overlap_conflicts"), quality->overlap_conflicts);
    put_conflicts(sink, quality);
    json_number(json, JSON_KEY("fragment_conflicts"), quality->fragment_conflicts);
    json_bool(json, JSON_KEY("evicted"), quality->evicted);
    json_close(json, '}');
}

void
json_put_counts(struct json *json, const struct esi_session_counts *counts)
{
    json_open(json, JSON_KEY("counts"), '{');
    for (size_t i = 0; i < count_field_count; i++)
        json_named_number(json, count_fields[i].name, count_of(counts, &count_fields[i]));
    json_close(json, '}');
}

static void
put_divergence(struct json_sink *sink, const struct esi_session_result *result,
               const struct esi_source *record)
{
    struct json *json = &sink->json;

    if (!result || !result->divergence.found) {
        json_null(json, JSON_KEY("diverges"));
        return;
    }
    struct esi_source source = sink_locate(&sink->sink, result->divergence.frame);
    json_open(json, JSON_KEY("diverges"), '{');
    if (source.file != record->file)
        json_text(json, JSON_KEY("pcap_filename"), source.file);
    json_number(json, JSON_KEY("pcap_cnt"), result->divergence.frame - source.before);
    json_text(json, JSON_KEY("why"), result->divergence.why);
    json_close(json, '}');
}

/* put_extent - from where to where the session goes; `last` is the source of its last frame. */
static void
put_extent(struct json_sink *sink, const struct esi_session_info *session,
           const struct esi_source *last)
{
    struct json *json = &sink->json;
    struct esi_source first = sink_locate(&sink->sink, session->first_frame);

    json_number(json, JSON_KEY("first_frame"), session->first_frame - first.before);
    json_number(json, JSON_KEY("last_frame"), session->last_frame - last->before);
    if (first.file != last->file) {
        json_open(json, JSON_KEY("frames_files"), '[');
        json_text(json, JSON_ELEMENT, first.file);
        json_text(json, JSON_ELEMENT, last->file);
        json_close(json, ']');
    }
    json_put_time(sink, JSON_KEY("start"), session->start);
    json_number(json, JSON_KEY("duration_ns"),
                session->end > session->start ? (uint64_t)(session->end - session->start) : 0);
}

static void
put_bytes(struct json *json, const struct esi_session_info *session)
{
    json_open(json, JSON_KEY("bytes"), '{');
    json_number(json, JSON_KEY("to_server"), session->bytes[ESI_TO_SERVER]);
    json_number(json, JSON_KEY("to_client"), session->bytes[ESI_TO_CLIENT]);
    json_close(json, '}');
}

/* put_connection - the firewall's, by its predicted number (null: it was refused), and how it was
 * closed in the capture. */
static void
put_connection(struct json *json, const struct esi_session_info *session)
{
    if (session->connection > 0)
        json_number(json, JSON_KEY("connection"), session->connection);
    else
        json_null(json, JSON_KEY("connection"));
    json_word(json, JSON_KEY("closed"), esi_closing_name(session->closing));
}

/* put_policy - whose word it is that the session is inspected, or is not. */
static void
put_policy(struct json *json, const struct esi_session_info *session)
{
    json_open(json, JSON_KEY("policy"), '{');
    json_text(json, JSON_KEY("policy_map"), session->policy_map);
    json_text(json, JSON_KEY("class_map"), session->class_map);
    json_put_place(json, session->config_file, session->config_line);
    json_close(json, '}');
}

void
json_put_session(struct json_sink *sink, const struct esi_session_info *session)
{
    static const struct esi_session_counts none;
    struct json *json = &sink->json;
    struct esi_source last =
        json_begin_of(sink, "session", session, session->end, session->last_frame);

    json_open(json, JSON_KEY("session"), '{');
    json_number(json, JSON_KEY("number"), session->number);
    put_extent(sink, session, &last);
    json_text(json, JSON_KEY("platform"), session->platform->name);
    json_text(json, JSON_KEY("map"), session->inspected ? session->map->name : NULL);
    json_bool(json, JSON_KEY("inspected"), session->inspected);
    json_text(json, JSON_KEY("inspected_why"), session->inspected_why);
    put_policy(json, session);
    json_null(json, JSON_KEY("evidence"));
    json_word(json, JSON_KEY("outcome"), outcome_name(session));
    put_divergence(sink, session->result, &last);
    put_connection(json, session);
    put_bytes(json, session);
    put_quality(sink, &session->quality);
    json_put_counts(json, session->result ? &session->result->counts : &none);
    json_close(json, '}');
    json_end(sink);
}
