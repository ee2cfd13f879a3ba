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

/* put_counter - members of an object: how often, the frames, how many more there were. */
static void
put_counter(struct json_sink *sink, struct esi_slice key, const struct esi_counter *counter)
{
    size_t kept = esi_counter_kept(counter);

    json_number(&sink->json, key, counter->count);
    json_put_frames(sink, counter->frames, kept);
    json_number(&sink->json, JSON_KEY("frames_more"), counter->frame_count - kept);
}

static void
put_named_counter(struct json_sink *sink, struct esi_slice key, const struct esi_counter *counter)
{
    json_open(&sink->json, key, '{');
    put_counter(sink, JSON_KEY("count"), counter);
    json_close(&sink->json, '}');
}

static void
put_parameters(struct json_sink *sink, const struct esi_inspection *inspection)
{
    struct json *json = &sink->json;

    json_open(json, JSON_KEY("parameters"), '[');
    for (size_t p = 0; p < ESI_PARAMETER_COUNT; p++) {
        if (!inspection->map->parameter[p].on)
            continue;
        json_open(json, JSON_ELEMENT, '{');
        json_word(json, JSON_KEY("parameter"), esi_parameter_name((enum esi_parameter_kind)p));
        put_counter(sink, JSON_KEY("count"), &inspection->parameter[p]);
        put_named_counter(sink, JSON_KEY("logged"), &inspection->logged[p]);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_matches(struct json_sink *sink, const struct esi_inspection *inspection)
{
    const struct esi_map *map = inspection->map;
    struct json *json = &sink->json;

    json_open(json, JSON_KEY("matches"), '[');
    for (size_t i = 0; i < map->match_count; i++) {
        json_open(json, JSON_ELEMENT, '{');
        json_number(json, JSON_KEY("class"), map->matches[i].rule.class_no);
        json_text(json, JSON_KEY("rule"), map->matches[i].rule.words);
        json_number(json, JSON_KEY("hits"), inspection->matches[i].hits);
        put_counter(sink, JSON_KEY("packets"), &inspection->matches[i].packet);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_inspection(struct json_sink *sink, const struct esi_inspection *inspection)
{
    struct json *json = &sink->json;

    json_open(json, JSON_ELEMENT, '{');
    json_text(json, JSON_KEY("map"), inspection->map->name);
    json_text(json, JSON_KEY("interface"), inspection->interface);
    json_text(json, JSON_KEY("policy_map"), inspection->policy_map);
    json_text(json, JSON_KEY("class_map"), inspection->class_map);
    json_number(json, JSON_KEY("sessions"), inspection->sessions);
    put_named_counter(sink, JSON_KEY("packet"), &inspection->packet);
    put_named_counter(sink, JSON_KEY("drop"), &inspection->drop);
    put_named_counter(sink, JSON_KEY("reset_drop"), &inspection->reset_drop);
    put_parameters(sink, inspection);
    put_matches(sink, inspection);
    json_close(json, '}');
}

static void
put_counters(struct json_sink *sink, const struct esi_summary_info *summary)
{
    json_open(&sink->json, JSON_KEY("counters"), '[');
    for (size_t i = 0; i < summary->inspection_count; i++)
        if (esi_summary_tells(summary, i))
            put_inspection(sink, &summary->inspections[i]);
    json_close(&sink->json, ']');
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
    put_counters(sink, summary);
    json_close(json, '}');
    json_end(sink);
}
