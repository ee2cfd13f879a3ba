/* json_outcome.c - turns and verdicts as JSON. */
#include <stdlib.h>
#include <string.h>

#include "json_sink_internal.h"

static void
put_wire_or_null(struct esi_json *json, struct esi_slice key, bool present, struct esi_slice bytes)
{
    if (present)
        esi_json_wire(json, key, bytes);
    else
        esi_json_null(json, key);
}

/* put_said - verb, argument, code and text of a turn, null where they do not apply. */
static void
put_said(struct json_sink *sink, const struct esi_turn *turn)
{
    struct esi_json *json = &sink->json;
    bool command = turn->what == ESI_TURN_COMMAND, header = turn->what == ESI_TURN_HEADER;
    bool known = command && turn->verb != ESI_VERB_UNKNOWN;

    if (known)
        esi_json_word(json, ESI_JSON_KEY("verb"), esi_verb_name(turn->verb));
    else
        put_wire_or_null(json, ESI_JSON_KEY("verb"), command, turn->word);
    put_wire_or_null(json, ESI_JSON_KEY("argument"), command, turn->argument);
    if (turn->code > 0)
        esi_json_number(json, ESI_JSON_KEY("code"), turn->code);
    else
        esi_json_null(json, ESI_JSON_KEY("code"));
    if (header) {
        esi_buf_clear(&sink->scratch);
        esi_buf_append(&sink->scratch, turn->word);
        esi_buf_text(&sink->scratch, ": ");
        esi_buf_append(&sink->scratch, turn->argument);
        esi_json_wire(json, ESI_JSON_KEY("text"), esi_buf_slice(&sink->scratch));
    } else {
        put_wire_or_null(json, ESI_JSON_KEY("text"), turn->text.ptr != NULL, turn->text);
    }
}

void
json_put_turn(struct json_sink *sink, const struct esi_session_info *session,
              const struct esi_outcome *outcome)
{
    struct esi_json *json = &sink->json;

    json_begin_of(sink, "smtp", session, outcome->ts, outcome->frame);
    esi_json_open(json, ESI_JSON_KEY("smtp"), '{');
    esi_json_word(json, ESI_JSON_KEY("direction"), dir_name(outcome->dir));
    esi_json_word(json, ESI_JSON_KEY("what"), esi_turn_name(outcome->u.turn.what));
    esi_json_number(json, ESI_JSON_KEY("offset"), outcome->span.offset);
    esi_json_number(json, ESI_JSON_KEY("length"), outcome->span.len);
    put_said(sink, &outcome->u.turn);
    json_put_frames(sink, outcome->frames, outcome->frame_count);
    esi_json_close(json, '}');
    json_end(sink);
}

static void
put_rule(struct esi_json *json, const struct esi_session_info *session, const struct esi_rule *rule)
{
    esi_json_text(json, ESI_JSON_KEY("rule"), rule->words);
    if (rule->class_no > 0)
        esi_json_number(json, ESI_JSON_KEY("class"), rule->class_no);
    else
        esi_json_null(json, ESI_JSON_KEY("class"));
    esi_json_text(json, ESI_JSON_KEY("map"), session->map ? session->map->name : NULL);
    json_put_place(json, rule->config_file, rule->config_line);
}

/* put_change - `before`, and `after` if something is written over it. */
static void
put_change(struct json_sink *sink, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct esi_json *json = &sink->json;
    bool edits = verdict->action == ESI_ACTION_MASK || verdict->action == ESI_ACTION_REPLACE;
    struct esi_slice before = verdict->before;

    if (!edits)
        before = esi_slice_cut(before, 0, ESI_BEFORE_KEEP);
    esi_json_wire(json, ESI_JSON_KEY("before"), before);
    if (edits) {
        esi_buf_clear(&sink->scratch);
        esi_buf_append(&sink->scratch, before);
        esi_edit_apply(&verdict->edit, outcome->span.offset, sink->scratch.data, before.len);
        esi_json_wire(json, ESI_JSON_KEY("after"), esi_buf_slice(&sink->scratch));
    } else {
        esi_json_null(json, ESI_JSON_KEY("after"));
    }
    if (verdict->clipped || before.len < verdict->before.len)
        esi_json_bool(json, ESI_JSON_KEY("clipped"), true);
}

static void
put_syslog(struct json_sink *sink, const struct esi_session_info *session,
           const struct esi_outcome *outcome)
{
    struct esi_slice lines;
    const uint8_t *end;

    esi_buf_clear(&sink->scratch);
    esi_syslog_lines(&sink->scratch, session, outcome);
    lines = esi_buf_slice(&sink->scratch);
    esi_json_open(&sink->json, ESI_JSON_KEY("syslog"), '[');
    while (lines.len > 0 && (end = memchr(lines.ptr, '\n', lines.len))) {
        size_t len = (size_t)(end - lines.ptr);

        esi_json_own(&sink->json, ESI_JSON_ELEMENT, esi_slice_cut(lines, 0, len));
        lines = esi_slice_cut(lines, len + 1, lines.len);
    }
    esi_json_close(&sink->json, ']');
}

void
json_put_verdict(struct json_sink *sink, const struct esi_session_info *session,
                 const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct esi_json *json = &sink->json;

    json_begin_of(sink, "verdict", session, outcome->ts, outcome->frame);
    esi_json_open(json, ESI_JSON_KEY("verdict"), '{');
    esi_json_word(json, ESI_JSON_KEY("action"), esi_action_name(verdict->action));
    esi_json_word(json, ESI_JSON_KEY("direction"), dir_name(outcome->dir));
    esi_json_word(json, ESI_JSON_KEY("what"), esi_what_name(verdict->what));
    put_rule(json, session, &verdict->rule);
    esi_json_number(json, ESI_JSON_KEY("offset"), outcome->span.offset);
    esi_json_number(json, ESI_JSON_KEY("length"), outcome->span.len);
    put_change(sink, outcome);
    if (verdict->action == ESI_ACTION_ANOMALY && verdict->logged.len > 0)
        esi_json_wire(json, ESI_JSON_KEY("detail"), verdict->logged);
    json_put_frames(sink, outcome->frames, outcome->frame_count);
    esi_json_word(json, ESI_JSON_KEY("behaviour"), verdict->behaviour->id);
    esi_json_word(json, ESI_JSON_KEY("basis"), esi_basis_name(verdict->basis));
    put_syslog(sink, session, outcome);
    esi_json_bool(json, ESI_JSON_KEY("counterfactual"), verdict->counterfactual);
    esi_json_close(json, '}');
    json_end(sink);
}
