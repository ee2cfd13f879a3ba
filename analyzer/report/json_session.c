/* json_session.c - a session as JSON: how it went, and what of it was not whole. */
#include "json_sink_internal.h"

/* put_gaps - where the first of them are: what the files of --streams leave out. */
static void
put_gaps(struct esi_json *json, const struct esi_session_quality *quality)
{
    esi_json_open(json, ESI_JSON_KEY("gap_list"), '[');
    for (size_t i = 0; i < quality->gap_count; i++) {
        const struct esi_gap *gap = &quality->gap_list[i];

        esi_json_open(json, ESI_JSON_ELEMENT, '{');
        esi_json_word(json, ESI_JSON_KEY("direction"), dir_name(gap->dir));
        esi_json_number(json, ESI_JSON_KEY("offset"), gap->span.offset);
        esi_json_number(json, ESI_JSON_KEY("length"), gap->span.len);
        esi_json_close(json, '}');
    }
    esi_json_close(json, ']');
}

static void
put_left_aside(struct esi_json *json, const struct esi_session_quality *quality)
{
    esi_json_open(json, ESI_JSON_KEY("left_aside"), '{');
    esi_json_number(json, ESI_JSON_KEY("corrupt"), quality->corrupt);
    esi_json_number(json, ESI_JSON_KEY("before_start"), quality->before_start);
    esi_json_number(json, ESI_JSON_KEY("behind_end"), quality->after_end);
    esi_json_number(json, ESI_JSON_KEY("late"), quality->late);
    esi_json_number(json, ESI_JSON_KEY("stray"), quality->stray);
    esi_json_close(json, '}');
}

/* put_conflicts - bytes of which the capture has two versions. */
static void
put_conflicts(struct json_sink *sink, const struct esi_session_quality *quality)
{
    struct esi_json *json = &sink->json;

    esi_json_open(json, ESI_JSON_KEY("conflicts"), '[');
    for (size_t i = 0; i < quality->conflict_count; i++) {
        const struct esi_conflict *conflict = &quality->conflicts[i];

        esi_json_open(json, ESI_JSON_ELEMENT, '{');
        esi_json_word(json, ESI_JSON_KEY("direction"), dir_name(conflict->dir));
        esi_json_number(json, ESI_JSON_KEY("offset"), conflict->span.offset);
        esi_json_number(json, ESI_JSON_KEY("length"), conflict->span.len);
        esi_json_wire(json, ESI_JSON_KEY("first"), conflict_bytes(conflict, conflict->first));
        esi_json_wire(json, ESI_JSON_KEY("second"), conflict_bytes(conflict, conflict->second));
        json_put_frames(sink, (uint64_t[]){conflict->first_frame, conflict->second_frame}, 2);
        esi_json_close(json, '}');
    }
    esi_json_close(json, ']');
}

static void
put_quality(struct json_sink *sink, const struct esi_session_quality *quality)
{
    struct esi_json *json = &sink->json;
    bool both = quality->side_seen[ESI_TO_SERVER] && quality->side_seen[ESI_TO_CLIENT];
    enum esi_dir seen = quality->side_seen[ESI_TO_SERVER] ? ESI_TO_SERVER : ESI_TO_CLIENT;

    esi_json_open(json, ESI_JSON_KEY("quality"), '{');
    esi_json_word(json, ESI_JSON_KEY("start"), quality->midstream ? "midstream" : "handshake");
    esi_json_word(json, ESI_JSON_KEY("sides"), both ? "both" : dir_name(seen));
    esi_json_number(json, ESI_JSON_KEY("gaps"), quality->gaps);
    esi_json_number(json, ESI_JSON_KEY("gap_bytes"), quality->gap_bytes);
    put_gaps(json, quality);
    esi_json_number(json, ESI_JSON_KEY("given_up"), quality->given_up);
    esi_json_number(json, ESI_JSON_KEY("cut_frames"), quality->cut_frames);
    esi_json_number(json, ESI_JSON_KEY("bad_checksums"), quality->bad_checksums);
    esi_json_number(json, ESI_JSON_KEY("doubtful"), quality->doubtful);
    put_left_aside(json, quality);
    esi_json_number(json, ESI_JSON_KEY("overlap_conflicts"), quality->overlap_conflicts);
    put_conflicts(sink, quality);
    esi_json_number(json, ESI_JSON_KEY("fragment_conflicts"), quality->fragment_conflicts);
    esi_json_bool(json, ESI_JSON_KEY("evicted"), quality->evicted);
    esi_json_close(json, '}');
}

void
json_put_counts(struct esi_json *json, const struct esi_session_counts *counts)
{
    esi_json_open(json, ESI_JSON_KEY("counts"), '{');
    for (size_t i = 0; i < count_field_count; i++)
        esi_json_number(json, count_fields[i].key, count_of(counts, &count_fields[i]));
    esi_json_close(json, '}');
}

static void
put_divergence(struct json_sink *sink, const struct esi_session_result *result,
               const struct esi_source *record)
{
    struct esi_json *json = &sink->json;

    if (!result || !result->divergence.found) {
        esi_json_null(json, ESI_JSON_KEY("diverges"));
        return;
    }
    struct esi_source source = sink_locate(&sink->sink, result->divergence.frame);
    esi_json_open(json, ESI_JSON_KEY("diverges"), '{');
    if (source.file != record->file)
        esi_json_text(json, ESI_JSON_KEY("pcap_filename"), source.file);
    esi_json_number(json, ESI_JSON_KEY("pcap_cnt"), result->divergence.frame - source.before);
    esi_json_text(json, ESI_JSON_KEY("why"), result->divergence.why);
    esi_json_close(json, '}');
}

/* put_extent - from where to where the session goes; `last` is the source of its last frame. */
static void
put_extent(struct json_sink *sink, const struct esi_session_info *session,
           const struct esi_source *last)
{
    struct esi_json *json = &sink->json;
    struct esi_source first = sink_locate(&sink->sink, session->first_frame);

    esi_json_number(json, ESI_JSON_KEY("first_frame"), session->first_frame - first.before);
    esi_json_number(json, ESI_JSON_KEY("last_frame"), session->last_frame - last->before);
    if (first.file != last->file) {
        esi_json_open(json, ESI_JSON_KEY("frames_files"), '[');
        esi_json_text(json, ESI_JSON_ELEMENT, first.file);
        esi_json_text(json, ESI_JSON_ELEMENT, last->file);
        esi_json_close(json, ']');
    }
    json_put_time(sink, ESI_JSON_KEY("start"), session->start);
    esi_json_number(json, ESI_JSON_KEY("duration_ns"),
                    session->end > session->start ? (uint64_t)(session->end - session->start) : 0);
}

static void
put_bytes(struct esi_json *json, const struct esi_session_info *session)
{
    esi_json_open(json, ESI_JSON_KEY("bytes"), '{');
    esi_json_number(json, ESI_JSON_KEY("to_server"), session->bytes[ESI_TO_SERVER]);
    esi_json_number(json, ESI_JSON_KEY("to_client"), session->bytes[ESI_TO_CLIENT]);
    esi_json_close(json, '}');
}

/* put_connection - the firewall's, by its predicted number (null: it was refused), and how it was
 * closed in the capture. */
static void
put_connection(struct esi_json *json, const struct esi_session_info *session)
{
    if (session->connection > 0)
        esi_json_number(json, ESI_JSON_KEY("connection"), session->connection);
    else
        esi_json_null(json, ESI_JSON_KEY("connection"));
    esi_json_word(json, ESI_JSON_KEY("closed"), esi_closing_name(session->closing));
}

/* put_policy - whose word it is that the session is inspected, or is not. */
static void
put_policy(struct esi_json *json, const struct esi_session_info *session)
{
    esi_json_open(json, ESI_JSON_KEY("policy"), '{');
    esi_json_text(json, ESI_JSON_KEY("policy_map"), session->policy_map);
    esi_json_text(json, ESI_JSON_KEY("class_map"), session->class_map);
    json_put_place(json, session->config_file, session->config_line);
    esi_json_close(json, '}');
}

void
json_put_session(struct json_sink *sink, const struct esi_session_info *session)
{
    static const struct esi_session_counts none;
    struct esi_json *json = &sink->json;
    struct esi_source last =
        json_begin_of(sink, "session", session, session->end, session->last_frame);

    esi_json_open(json, ESI_JSON_KEY("session"), '{');
    esi_json_number(json, ESI_JSON_KEY("number"), session->number);
    put_extent(sink, session, &last);
    esi_json_text(json, ESI_JSON_KEY("platform"), session->platform->name);
    esi_json_text(json, ESI_JSON_KEY("map"), session->inspected ? session->map->name : NULL);
    esi_json_bool(json, ESI_JSON_KEY("inspected"), session->inspected);
    esi_json_text(json, ESI_JSON_KEY("inspected_why"), session->inspected_why);
    put_policy(json, session);
    json_put_evidence_of(sink, session, &last);
    esi_json_word(json, ESI_JSON_KEY("outcome"), outcome_name(session));
    put_divergence(sink, session->result, &last);
    put_connection(json, session);
    put_bytes(json, session);
    put_quality(sink, &session->quality);
    json_put_counts(json, session->result ? &session->result->counts : &none);
    esi_json_close(json, '}');
    json_end(sink);
}
