/* json_totals.c - what was read of a file, and what all comes to, as JSON. */
#include "json_sink_internal.h"

static void
put_skipped(struct esi_json *json, const struct esi_capture_info *capture)
{
    esi_json_open(json, ESI_JSON_KEY("skipped"), '{');
    for (size_t i = 0; i < capture->skipped_count; i++)
        esi_json_named_number(json, capture->skipped[i].words, capture->skipped[i].frames);
    esi_json_close(json, '}');
}

void
json_put_capture(struct json_sink *sink, const struct esi_capture_info *capture)
{
    struct esi_json *json = &sink->json;

    json_begin(sink, "capture");
    esi_json_text(json, ESI_JSON_KEY("pcap_filename"), capture->file);
    esi_json_open(json, ESI_JSON_KEY("capture"), '{');
    esi_json_number(json, ESI_JSON_KEY("frames"), capture->frames);
    esi_json_number(json, ESI_JSON_KEY("filtered_out"), capture->filtered_out);
    esi_json_number(json, ESI_JSON_KEY("tcp_frames"), capture->tcp_frames);
    esi_json_number(json, ESI_JSON_KEY("smtp_frames"), capture->smtp_frames);
    put_skipped(json, capture);
    esi_json_open(json, ESI_JSON_KEY("link_types"), '[');
    for (size_t t = 0; t < capture->linktype_count; t++)
        esi_json_text(json, ESI_JSON_ELEMENT, capture->linktypes[t]);
    esi_json_close(json, ']');
    if (capture->frames > 0) {
        json_put_time(sink, ESI_JSON_KEY("first"), capture->first_ts);
        json_put_time(sink, ESI_JSON_KEY("last"), capture->last_ts);
    } else {
        esi_json_null(json, ESI_JSON_KEY("first"));
        esi_json_null(json, ESI_JSON_KEY("last"));
    }
    esi_json_text(json, ESI_JSON_KEY("compression"), capture->compression);
    esi_json_number(json, ESI_JSON_KEY("garbage_bytes"), capture->garbage_bytes);
    esi_json_number(json, ESI_JSON_KEY("garbage_places"), capture->garbage_places);
    esi_json_bool(json, ESI_JSON_KEY("complete"), capture->complete);
    esi_json_text(json, ESI_JSON_KEY("why_not"), capture->complete ? NULL : capture->why_not);
    esi_json_close(json, '}');
    json_end(sink);
}

static void
put_outcomes(struct esi_json *json, const struct esi_summary_info *summary)
{
    esi_json_open(json, ESI_JSON_KEY("outcomes"), '{');
    for (size_t i = 0; i < ESI_COUNT(summary->outcomes); i++)
        esi_json_named_number(json, result_name((enum esi_session_outcome)i), summary->outcomes[i]);
    esi_json_named_number(json, "not-inspected", not_inspected(summary));
    esi_json_close(json, '}');
}

/* put_counter - members of an object: how often, the frames, how many more there were. */
static void
put_counter(struct json_sink *sink, struct esi_slice key, const struct esi_counter *counter)
{
    size_t kept = esi_counter_kept(counter);

    esi_json_number(&sink->json, key, counter->count);
    json_put_frames(sink, counter->frames, kept);
    esi_json_number(&sink->json, ESI_JSON_KEY("frames_more"), counter->frame_count - kept);
}

static void
put_named_counter(struct json_sink *sink, struct esi_slice key, const struct esi_counter *counter)
{
    esi_json_open(&sink->json, key, '{');
    put_counter(sink, ESI_JSON_KEY("count"), counter);
    esi_json_close(&sink->json, '}');
}

static void
put_parameters(struct json_sink *sink, const struct esi_inspection *inspection)
{
    struct esi_json *json = &sink->json;

    esi_json_open(json, ESI_JSON_KEY("parameters"), '[');
    for (size_t p = 0; p < ESI_PARAMETER_COUNT; p++) {
        if (!inspection->map->parameter[p].on)
            continue;
        esi_json_open(json, ESI_JSON_ELEMENT, '{');
        esi_json_word(json, ESI_JSON_KEY("parameter"),
                      esi_parameter_name((enum esi_parameter_kind)p));
        put_counter(sink, ESI_JSON_KEY("count"), &inspection->parameter[p]);
        put_named_counter(sink, ESI_JSON_KEY("logged"), &inspection->logged[p]);
        esi_json_close(json, '}');
    }
    esi_json_close(json, ']');
}

static void
put_matches(struct json_sink *sink, const struct esi_inspection *inspection)
{
    const struct esi_map *map = inspection->map;
    struct esi_json *json = &sink->json;

    esi_json_open(json, ESI_JSON_KEY("matches"), '[');
    for (size_t i = 0; i < map->match_count; i++) {
        esi_json_open(json, ESI_JSON_ELEMENT, '{');
        esi_json_number(json, ESI_JSON_KEY("class"), map->matches[i].rule.class_no);
        esi_json_text(json, ESI_JSON_KEY("rule"), map->matches[i].rule.words);
        esi_json_number(json, ESI_JSON_KEY("hits"), inspection->matches[i].hits);
        put_counter(sink, ESI_JSON_KEY("packets"), &inspection->matches[i].packet);
        esi_json_close(json, '}');
    }
    esi_json_close(json, ']');
}

static void
put_inspection(struct json_sink *sink, const struct esi_inspection *inspection)
{
    struct esi_json *json = &sink->json;

    esi_json_open(json, ESI_JSON_ELEMENT, '{');
    esi_json_text(json, ESI_JSON_KEY("map"), inspection->map->name);
    esi_json_text(json, ESI_JSON_KEY("interface"), inspection->interface);
    esi_json_text(json, ESI_JSON_KEY("policy_map"), inspection->policy_map);
    esi_json_text(json, ESI_JSON_KEY("class_map"), inspection->class_map);
    esi_json_number(json, ESI_JSON_KEY("sessions"), inspection->sessions);
    put_named_counter(sink, ESI_JSON_KEY("packet"), &inspection->packet);
    put_named_counter(sink, ESI_JSON_KEY("drop"), &inspection->drop);
    put_named_counter(sink, ESI_JSON_KEY("reset_drop"), &inspection->reset_drop);
    put_parameters(sink, inspection);
    put_matches(sink, inspection);
    esi_json_close(json, '}');
}

static void
put_counters(struct json_sink *sink, const struct esi_summary_info *summary)
{
    esi_json_open(&sink->json, ESI_JSON_KEY("counters"), '[');
    for (size_t i = 0; i < summary->inspection_count; i++)
        if (esi_summary_tells(summary, i))
            put_inspection(sink, &summary->inspections[i]);
    esi_json_close(&sink->json, ']');
}

static void
put_evidence(struct esi_json *json, const struct esi_evidence_totals *totals)
{
    if (!totals) {
        esi_json_null(json, ESI_JSON_KEY("evidence"));
        return;
    }
    esi_json_open(json, ESI_JSON_KEY("evidence"), '{');
    json_put_touched(json, ESI_JSON_KEY("sessions"), totals->sessions);
    esi_json_number(json, ESI_JSON_KEY("servers"), totals->servers);
    esi_json_number(json, ESI_JSON_KEY("servers_touched"), totals->servers_touched);
    esi_json_number(json, ESI_JSON_KEY("servers_intermittent"), totals->servers_intermittent);
    json_put_touched(json, ESI_JSON_KEY("of_other_servers"), totals->left);
    esi_json_close(json, '}');
}

void
json_put_summary(struct json_sink *sink, const struct esi_summary_info *summary)
{
    struct esi_json *json = &sink->json;

    json_begin(sink, "summary");
    esi_json_open(json, ESI_JSON_KEY("summary"), '{');
    esi_json_number(json, ESI_JSON_KEY("frames"), summary->frames);
    esi_json_number(json, ESI_JSON_KEY("tcp_flows"), summary->tcp_flows);
    esi_json_number(json, ESI_JSON_KEY("sessions"), summary->sessions);
    esi_json_number(json, ESI_JSON_KEY("not_told"), summary->not_told);
    esi_json_number(json, ESI_JSON_KEY("inspected"), summary->inspected);
    put_outcomes(json, summary);
    esi_json_number(json, ESI_JSON_KEY("evicted"), summary->evicted);
    esi_json_number(json, ESI_JSON_KEY("diverged"), summary->diverged);
    json_put_counts(json, &summary->counts);
    esi_json_open(json, ESI_JSON_KEY("verdicts"), '{');
    for (size_t i = 0; i < ESI_ACTION_COUNT; i++)
        esi_json_named_number(json, esi_action_name((enum esi_action)i), summary->verdicts[i]);
    esi_json_close(json, '}');
    esi_json_number(json, ESI_JSON_KEY("counterfactual"), summary->counterfactual);
    put_evidence(json, summary->evidence);
    esi_json_text(json, ESI_JSON_KEY("platform"), summary->platform->name);
    put_counters(sink, summary);
    esi_json_close(json, '}');
    json_end(sink);
}
