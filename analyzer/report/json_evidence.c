/*
 * json_evidence.c - what a session, or a server, was touched by before it was captured, as JSON.
 *
 * Records of both have the same members, so that a reader need not tell them apart; of a server's,
 * those that belong to one session are empty. Odds are in percent.
 */
#include "json_sink_internal.h"

static void
put_list(struct esi_json *json, struct esi_slice key, size_t count, const char *const *items)
{
    esi_json_open(json, key, '[');
    for (size_t i = 0; i < count; i++)
        esi_json_text(json, ESI_JSON_ELEMENT, items[i]);
    esi_json_close(json, ']');
}

/* put_more - how many more there were than are listed; left out if none were. */
static void
put_more(struct esi_json *json, struct esi_slice key, uint64_t count)
{
    if (count > 0)
        esi_json_number(json, key, count);
}

static void
put_family(struct esi_json *json, enum esi_box family)
{
    esi_json_text(json, ESI_JSON_KEY("family"),
                  family == ESI_BOX_NONE ? NULL : esi_box_name(family));
}

static void
put_also(struct esi_json *json, uint32_t also)
{
    if (also == 0)
        return;
    esi_json_open(json, ESI_JSON_KEY("also"), '[');
    for (int box = ESI_BOX_NONE + 1; box < ESI_BOX_COUNT; box++)
        if ((also >> box) & 1)
            esi_json_word(json, ESI_JSON_ELEMENT, esi_box_name((enum esi_box)box));
    esi_json_close(json, ']');
}

static void
put_side(struct esi_json *json, const enum esi_tap side[2])
{
    esi_json_open(json, ESI_JSON_KEY("side"), '{');
    esi_json_word(json, ESI_JSON_KEY("to_server"), esi_tap_name(side[ESI_TO_SERVER]));
    esi_json_word(json, ESI_JSON_KEY("to_client"), esi_tap_name(side[ESI_TO_CLIENT]));
    esi_json_close(json, '}');
}

/* put_frame - null: it is of none in particular. */
static void
put_frame(struct json_sink *sink, uint64_t frame, const struct esi_source *record)
{
    struct esi_json *json = &sink->json;

    if (frame == 0) {
        esi_json_null(json, ESI_JSON_KEY("pcap_cnt"));
        return;
    }
    struct esi_source source = sink_locate(&sink->sink, frame);
    if (source.file != record->file)
        esi_json_text(json, ESI_JSON_KEY("pcap_filename"), source.file);
    esi_json_number(json, ESI_JSON_KEY("pcap_cnt"), frame - source.before);
}

static void
put_ground(struct json_sink *sink, const struct esi_ground *ground, const struct esi_source *record)
{
    struct esi_json *json = &sink->json;

    esi_json_open(json, ESI_JSON_ELEMENT, '{');
    esi_json_word(json, ESI_JSON_KEY("detector"), ground->detector->id);
    put_frame(sink, ground->frame, record);
    esi_json_word(json, ESI_JSON_KEY("direction"), dir_name(ground->dir));
    esi_json_number(json, ESI_JSON_KEY("offset"), ground->span.offset);
    esi_json_number(json, ESI_JSON_KEY("length"), ground->span.len);
    if (ground->seen.len > 0)
        esi_json_wire(json, ESI_JSON_KEY("seen"), ground->seen);
    else
        esi_json_null(json, ESI_JSON_KEY("seen"));
    esi_json_number(json, ESI_JSON_KEY("times"), ground->times);
    esi_json_text(json, ESI_JSON_KEY("means"), ground->detector->words);
    if (ground->detail)
        esi_json_text(json, ESI_JSON_KEY("detail"), ground->detail);
    esi_json_word(json, ESI_JSON_KEY("strength"), esi_strength_name(ground->detector->strength));
    esi_json_word(json, ESI_JSON_KEY("basis"), esi_basis_name(ground->detector->basis));
    esi_json_text(json, ESI_JSON_KEY("source"), ground->detector->source);
    esi_json_close(json, '}');
}

static void
put_odds(struct esi_json *json, struct esi_slice key, const struct esi_keyword_odds *odds)
{
    esi_json_word(json, key, odds->keyword);
    esi_json_number(json, ESI_JSON_KEY("odds"), (uint64_t)(odds->odds * 100 + 0.5));
}

static void
put_keyword(struct esi_json *json, const struct esi_keyword_guess *guess)
{
    esi_json_open(json, ESI_JSON_ELEMENT, '{');
    esi_json_wire(json, ESI_JSON_KEY("seen"), guess->seen);
    esi_json_number(json, ESI_JSON_KEY("length"), guess->len);
    if (guess->count > 0) {
        put_odds(json, ESI_JSON_KEY("likely"), &guess->odds[0]);
    } else {
        esi_json_null(json, ESI_JSON_KEY("likely"));
        esi_json_number(json, ESI_JSON_KEY("odds"), 0);
    }
    esi_json_open(json, ESI_JSON_KEY("others"), '[');
    for (size_t i = 1; i < guess->count; i++) {
        esi_json_open(json, ESI_JSON_ELEMENT, '{');
        put_odds(json, ESI_JSON_KEY("likely"), &guess->odds[i]);
        esi_json_close(json, '}');
    }
    esi_json_close(json, ']');
    esi_json_close(json, '}');
}

/* put_result - members of an open object. */
static void
put_result(struct json_sink *sink, const struct esi_evidence_result *result,
           const struct esi_source *record)
{
    struct esi_json *json = &sink->json;

    esi_json_word(json, ESI_JSON_KEY("touched"), esi_touched_name(result->touched));
    put_family(json, result->family);
    put_also(json, result->also);
    esi_json_text(json, ESI_JSON_KEY("product"), result->product);
    if (result->server)
        esi_json_text(json, ESI_JSON_KEY("mail_server"), result->server);
    put_side(json, result->side);
    put_list(json, ESI_JSON_KEY("reproduced_by"), result->reproduced_count, result->reproduced_by);
    esi_json_open(json, ESI_JSON_KEY("grounds"), '[');
    for (size_t i = 0; i < result->ground_count; i++)
        put_ground(sink, &result->grounds[i], record);
    esi_json_close(json, ']');
    put_more(json, ESI_JSON_KEY("grounds_more"), result->grounds_left);
    put_list(json, ESI_JSON_KEY("against"), result->against_count, result->against);
    esi_json_open(json, ESI_JSON_KEY("keywords"), '[');
    for (size_t i = 0; i < result->keyword_count; i++)
        put_keyword(json, &result->keywords[i]);
    esi_json_close(json, ']');
    put_more(json, ESI_JSON_KEY("keywords_more"), result->keywords_left);
    put_list(json, ESI_JSON_KEY("means"), result->means_count, result->means);
    put_list(json, ESI_JSON_KEY("cure"), result->cure_count, result->cure);
}

/* put_untouched - put_result of one that nothing was found in: most are. */
static void
put_untouched(struct esi_json *json, const struct esi_evidence_result *result)
{
    esi_json_members(json, ESI_LIT("\"touched\":\"no\",\"family\":null,\"product\":null"));
    if (result->server)
        esi_json_word(json, ESI_JSON_KEY("mail_server"), result->server);
    esi_json_members(json, ESI_LIT("\"side\":{\"to_server\":\"unknown\",\"to_client\":\"unknown\"},"
                                   "\"reproduced_by\":[],\"grounds\":[],\"against\":[],"
                                   "\"keywords\":[],\"means\":[],\"cure\":[]"));
}

/* is_untouched - and nothing is to be shown of it. */
static bool
is_untouched(const struct esi_evidence_result *result)
{
    return result->touched == ESI_TOUCHED_NO && !result->product && result->ground_count == 0 &&
           result->keyword_count == 0 && result->against_count == 0;
}

void
json_put_evidence_of(struct json_sink *sink, const struct esi_session_info *session,
                     const struct esi_source *record)
{
    if (!session->evidence) {
        esi_json_null(&sink->json, ESI_JSON_KEY("evidence"));
        return;
    }
    esi_json_open(&sink->json, ESI_JSON_KEY("evidence"), '{');
    if (is_untouched(session->evidence))
        put_untouched(&sink->json, session->evidence);
    else
        put_result(sink, session->evidence, record);
    esi_json_close(&sink->json, '}');
}

static void
put_session(struct json_sink *sink, const struct esi_session_info *session)
{
    struct esi_source last =
        json_begin_of(sink, "evidence", session, session->end, session->last_frame);

    json_put_evidence_of(sink, session, &last);
    json_end(sink);
}

/* ---- of a server ---- */

void
json_put_touched(struct esi_json *json, struct esi_slice key,
                 const uint64_t counts[ESI_TOUCHED_COUNT])
{
    esi_json_open(json, key, '{');
    for (int touched = 0; touched < ESI_TOUCHED_COUNT; touched++)
        esi_json_named_number(json, esi_touched_name((enum esi_touched)touched), counts[touched]);
    esi_json_close(json, '}');
}

static void
put_families(struct esi_json *json, const struct esi_evidence_server *server)
{
    esi_json_open(json, ESI_JSON_KEY("families"), '{');
    for (int box = ESI_BOX_NONE + 1; box < ESI_BOX_COUNT; box++)
        if (server->families[box] > 0)
            esi_json_named_number(json, esi_box_name((enum esi_box)box), server->families[box]);
    esi_json_close(json, '}');
}

/* put_times - of the first session and the last, and of those that were touched. */
static void
put_times(struct json_sink *sink, const struct esi_evidence_server *server)
{
    bool any = esi_touched_alarms(server->touched);

    json_put_time(sink, ESI_JSON_KEY("first"), server->first);
    json_put_time(sink, ESI_JSON_KEY("last"), server->last);
    if (any) {
        json_put_time(sink, ESI_JSON_KEY("first_touched"), server->first_touched);
        json_put_time(sink, ESI_JSON_KEY("last_touched"), server->last_touched);
    } else {
        esi_json_null(&sink->json, ESI_JSON_KEY("first_touched"));
        esi_json_null(&sink->json, ESI_JSON_KEY("last_touched"));
    }
}

static void
put_changes(struct json_sink *sink, const struct esi_evidence_server *server)
{
    struct esi_json *json = &sink->json;
    uint64_t kept = server->changes < ESI_CHANGES_KEPT ? server->changes : ESI_CHANGES_KEPT;

    esi_json_open(json, ESI_JSON_KEY("changes"), '[');
    for (size_t i = 0; i < kept; i++) {
        esi_json_open(json, ESI_JSON_ELEMENT, '{');
        json_put_time(sink, ESI_JSON_KEY("time"), server->kept[i].ts);
        esi_json_bool(json, ESI_JSON_KEY("touched"), server->kept[i].touched);
        esi_json_close(json, '}');
    }
    esi_json_close(json, ']');
    put_more(json, ESI_JSON_KEY("changes_more"), server->changes - kept);
}

/* put_not_always - keywords that it offered in the clear in some sessions, and not in others. */
static void
put_not_always(struct esi_json *json, const struct esi_evidence_server *server)
{
    esi_json_open(json, ESI_JSON_KEY("not_always"), '[');
    for (unsigned bit = 0; bit < 64; bit++)
        if ((server->not_always >> bit) & 1)
            esi_json_word(json, ESI_JSON_ELEMENT, esi_evidence_keyword(bit));
    esi_json_close(json, ']');
}

static void
put_server(struct json_sink *sink, const struct esi_evidence_server *server)
{
    struct esi_json *json = &sink->json;
    struct esi_evidence_result sum = {
        .touched = server->touched,
        .family = server->family,
        .product = server->family == ESI_BOX_NONE ? NULL : esi_box_words(server->family)};
    char ip[ESI_IP_TEXT];

    json_begin(sink, "evidence");
    esi_json_word(json, ESI_JSON_KEY("server_ip"), esi_ip_print(ip, &server->server.ip));
    esi_json_number(json, ESI_JSON_KEY("server_port"), server->server.port);
    esi_json_open(json, ESI_JSON_KEY("evidence"), '{');
    put_result(sink, &sum, NULL);
    json_put_touched(json, ESI_JSON_KEY("sessions"), server->sessions);
    put_families(json, server);
    put_times(sink, server);
    esi_json_bool(json, ESI_JSON_KEY("intermittent"), server->intermittent);
    put_changes(sink, server);
    esi_json_number(json, ESI_JSON_KEY("messages_again"), server->again);
    put_not_always(json, server);
    esi_json_close(json, '}');
    json_end(sink);
}

void
json_put_evidence(struct json_sink *sink, const struct esi_record *record)
{
    if (record->server)
        put_server(sink, record->server);
    else
        put_session(sink, record->session);
}
