/* json_totals.c - what was read of a file, and what all comes to, as JSON. */
#include "json_sink_internal.h"

static void
put_skipped(struct json *json, const struct esi_capture_info *capture)
{
    json_open(json, JSON_KEY("skipped"), '{');
    for (size_t i = 0; i < capture->skipped_count; i++)
        json_named_number(json, capture->skipped[i].words, capture->skipped[i].frames);
    json_close(json, '}');
}

void
json_put_capture(struct json_sink *sink, const struct esi_capture_info *capture)
{
    struct json *json = &sink->json;

    json_begin(sink, "capture");
    json_text(json, JSON_KEY("pcap_filename"), capture->file);
    json_open(json, JSON_KEY("capture"), '{');
    json_number(json, JSON_KEY("frames"), capture->frames);
    json_number(json, JSON_KEY("filtered_out"), capture->filtered_out);
    json_number(json, JSON_KEY("tcp_frames"), capture->tcp_frames);
    json_number(json, JSON_KEY("smtp_frames"), capture->smtp_frames);
    put_skipped(json, capture);
    json_open(json, JSON_KEY("link_types"), '[');
    for (size_t t = 0; t < capture->linktype_count; t++)
        json_text(json, JSON_ELEMENT, capture->linktypes[t]);
    json_close(json, ']');
    if (capture->frames > 0) {
        json_put_time(sink, JSON_KEY("first"), capture->first_ts);
        json_put_time(sink, JSON_KEY("last"), capture->last_ts);
    } else {
        json_null(json, JSON_KEY("first"));
        json_null(json, JSON_KEY("last"));
    }
    json_text(json, JSON_KEY("compression"), capture->compression);
    json_number(json, JSON_KEY("garbage_bytes"), capture->garbage_bytes);
    json_number(json, JSON_KEY("garbage_places"), capture->garbage_places);
    json_bool(json, JSON_KEY("complete"), capture->complete);
    json_text(json, JSON_KEY("why_not"), capture->complete ? NULL : capture->why_not);
    json_close(json, '}');
    json_end(sink);
}

static void
put_outcomes(struct json *json, const struct esi_summary_info *summary)
{
    json_open(json, JSON_KEY("outcomes"), '{');
    for (size_t i = 0; i < ESI_COUNT(summary->outcomes); i++)
        json_named_number(json, result_name((enum esi_session_outcome)i), summary->outcomes[i]);
    json_named_number(json, "not-inspected", not_inspected(summary));
    json_close(json, '}');
}

static void
put_map_counters(struct json *json, const struct esi_map_hits *hits)
{
    const struct esi_map *map = hits->map;

    json_open(json, JSON_ELEMENT, '{');
    json_text(json, JSON_KEY("map"), map->name);
    json_open(json, JSON_KEY("matches"), '[');
    for (size_t i = 0; i < map->match_count; i++) {
        json_open(json, JSON_ELEMENT, '{');
        json_number(json, JSON_KEY("class"), map->matches[i].rule.class_no);
        json_text(json, JSON_KEY("rule"), map->matches[i].rule.words);
        json_number(json, JSON_KEY("hits"), hits->hits[i]);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void
put_counters(struct json *json, const struct esi_summary_info *summary)
{
    json_open(json, JSON_KEY("counters"), '[');
    for (size_t i = 0; i < summary->map_count; i++)
        put_map_counters(json, &summary->maps[i]);
    json_close(json, ']');
}

void
json_put_summary(struct json_sink *sink, const struct esi_summary_info *summary)
{
    struct json *json = &sink->json;

    json_begin(sink, "summary");
    json_open(json, JSON_KEY("summary"), '{');
    json_number(json, JSON_KEY("frames"), summary->frames);
    json_number(json, JSON_KEY("tcp_flows"), summary->tcp_flows);
    json_number(json, JSON_KEY("sessions"), summary->sessions);
    json_number(json, JSON_KEY("inspected"), summary->inspected);
    put_outcomes(json, summary);
    json_number(json, JSON_KEY("evicted"), summary->evicted);
    json_number(json, JSON_KEY("diverged"), summary->diverged);
    json_put_counts(json, &summary->counts);
    json_open(json, JSON_KEY("verdicts"), '{');
    for (size_t i = 0; i < ESI_ACTION_COUNT; i++)
        json_named_number(json, esi_action_name((enum esi_action)i), summary->verdicts[i]);
    json_close(json, '}');
    json_number(json, JSON_KEY("counterfactual"), summary->counterfactual);
    json_text(json, JSON_KEY("platform"), summary->platform->name);
    put_counters(json, summary);
    json_close(json, '}');
    json_end(sink);
}
