/*
 * greeting.c - what the engine does to the greeting.
 *
 * A greeting that begins with 220 is masked: from its fifth byte on, over all its lines, so that
 * the codes of later lines go, too; or line by line, where a habit keeps their codes or where each
 * line is replaced. Which bytes survive is the habit `greeting`; sources in behaviours.def.
 *
 * Of a capture that was rewritten before, the greeting's lines are told by how they read, for where
 * each is replaced the first looks like the last.
 */
#include "inspect_internal.h"

/* What is written over a greeting, by habit from ESI_GREETING_CMAP on. */
static const struct form {
    enum behaviour behaviour;
    bool by_line; /* each line is written anew */
    struct esi_edit edit;
} forms[] = {
    [ESI_GREETING_CMAP] = {BEHAVIOUR_GREETING_CMAP, true, {.fill = '_'}},
    [ESI_GREETING_ALLSTAR] = {BEHAVIOUR_GREETING_ALLSTAR, false, {.fill = '*', .keep_eol = true}},
    [ESI_GREETING_CLASS20] = {BEHAVIOUR_GREETING_CLASS20,
                              false,
                              {.fill = '*', .keep_eol = true, .keep_20 = true}},
    [ESI_GREETING_KEEP4] = {BEHAVIOUR_GREETING_KEEP4, false, {.fill = '*', .keep_eol = true}},
};
_Static_assert(ESI_GREETING_CMAP == 0, "forms are found by the greeting's habit");

static const struct form *
form_of(const struct esi_session *session)
{
    return &forms[habit_of(session, ESI_KNOB_GREETING)];
}

static bool
keeps_codes(const struct esi_session *session)
{
    return habit_of(session, ESI_KNOB_GREETING_MORE_LINES) == ESI_GREETING_MORE_LINES_KEEP_CODES;
}

static bool
is_by_line(const struct esi_session *session)
{
    return keeps_codes(session) || form_of(session)->by_line;
}

/* kept - how many bytes before the written ones; the habits it hangs on are added. */
static size_t
kept(const struct esi_session *session, bool first, uint32_t *habits)
{
    enum esi_habit greeting = habit_of(session, ESI_KNOB_GREETING);
    bool separator = greeting == ESI_GREETING_CLASS20 && first &&
                     habit_of(session, ESI_KNOB_GREETING_SEPARATOR) == ESI_GREETING_SEPARATOR_MASK;

    if (separator)
        *habits |= BY_KNOB(GREETING_SEPARATOR);
    return separator || (greeting == ESI_GREETING_CMAP && !keeps_codes(session)) ? CODE_LEN
                                                                                 : TEXT_AT;
}

/* write_cmap - "220 SMTP/cmap____ read", cut to what there is room for. */
static void
write_cmap(struct esi_edit *edit, size_t from, uint64_t len)
{
    static const char text[] = "220 SMTP/cmap read";
    enum { TAIL = sizeof " read" - 1, WHOLE = sizeof text - 1 };
    size_t room = WHOLE - from;
    bool fits = len >= room;

    edit->head_len = (uint8_t)(fits ? room - TAIL : len);
    memcpy(edit->head, text + from, edit->head_len);
    edit->tail_len = fits ? TAIL : 0;
    memcpy(edit->tail, text + WHOLE - TAIL, edit->tail_len);
}

/* row_of - the row that tells most about what happens to these lines. */
static enum behaviour
row_of(const struct esi_session *session, bool first)
{
    const struct form *form = form_of(session);

    if (first && (session->reply.lines <= 1 || is_by_line(session)))
        return form->behaviour;
    if (keeps_codes(session))
        return BEHAVIOUR_GREETING_CODES;
    return form->by_line ? form->behaviour : BEHAVIOUR_GREETING_LINES;
}

/* mask_span - of `len` bytes at `offset`, as they are in `bytes`. */
static void
mask_span(struct esi_session *session, uint64_t offset, uint64_t len, struct esi_slice bytes)
{
    const struct esi_parameter *banner = &session->map->parameter[ESI_PARAMETER_MASK_BANNER];
    bool first = offset == session->reply.offset;
    uint32_t habits = BY_KNOB(GREETING);
    size_t from = kept(session, first, &habits);
    struct esi_edit edit = form_of(session)->edit;

    if (len <= from)
        return;
    if (!first || session->reply.lines > 1)
        habits |= BY_KNOB(GREETING_MORE_LINES);
    if (habit_of(session, ESI_KNOB_GREETING) == ESI_GREETING_CMAP)
        write_cmap(&edit, from, len - from);
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_MASK,
                             .what = ESI_WHAT_GREETING,
                             .dir = ESI_TO_CLIENT,
                             .span = {offset + from, len - from},
                             .behaviour = row_of(session, first),
                             .habits = habits,
                             .parameter = banner,
                             .words = "greeting masked by the engine itself",
                             .before = esi_slice_cut(bytes, from, (size_t)(len - from)),
                             .edit = &edit,
                             .decided_at = offset,
                         });
}

/* joined - a greeting's kept bytes as a turn shows them: without code, lines joined by LF. */
static struct esi_slice
joined(struct esi_session *session, struct esi_buf *out)
{
    struct esi_slice rest = esi_buf_slice(&session->reply.text);

    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != '\n')
            n++;
        struct esi_slice line = esi_slice_cut(rest, 0, n);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (out->len > 0)
            esi_buf_byte(out, '\n');
        esi_buf_append(out, behind_code(line));
        rest = esi_slice_cut(rest, n + 1, rest.len);
    }
    return esi_buf_slice(out);
}

/* outlook - what its client makes of a greeting of so many lines. */
static enum greeting
outlook(const struct esi_session *session, uint64_t lines)
{
    if (!session->greeting_masked || lines < 2 || keeps_codes(session))
        return GREETING_WHOLE;
    return form_of(session)->by_line ? GREETING_SPLIT : GREETING_ENDLESS;
}

static void
finish_greeting(struct esi_session *session)
{
    struct reply *reply = &session->reply;
    struct esi_buf text = {0};

    if (session->turns)
        add_reply_turn(session, ESI_TURN_GREETING, joined(session, &text));
    esi_buf_free(&text);
    if (session->greeting_masked && !is_by_line(session))
        mask_span(session, reply->offset, reply->end - reply->offset - (uint64_t)reply->eol,
                  esi_buf_slice(&reply->text));
    session->greeting = outlook(session, reply->lines);
    if (!session->turns)
        esi_buf_free(&reply->text); /* hardly ever needed again */
    reply->open = false;
    session->replies++;
    set_phase(session, PHASE_COMMANDS);
}

/* mask_line - of a greeting that is masked line by line; the last kept bytes are the line's. */
static void
mask_line(struct esi_session *session, uint64_t offset, uint64_t len, struct esi_slice bytes)
{
    if (session->greeting_masked && is_by_line(session))
        mask_span(session, offset, len, bytes);
}

/* ---- written before ---- */

/* has_lost_lines - whether a masked greeting of several lines looks like one of a single line, and
 * replies. */
static bool
has_lost_lines(const struct esi_session *session)
{
    return session->greeting_masked && !keeps_codes(session) &&
           habit_of(session, ESI_KNOB_GREETING) == ESI_GREETING_CMAP;
}

/* has_lost_separator - whether the first line does not tell any more that others follow. */
static bool
has_lost_separator(const struct esi_session *session)
{
    return session->greeting_masked &&
           habit_of(session, ESI_KNOB_GREETING) == ESI_GREETING_CLASS20 &&
           habit_of(session, ESI_KNOB_GREETING_SEPARATOR) == ESI_GREETING_SEPARATOR_MASK;
}

/* hides_lines - whether the greeting may have more lines than it seems to have, for one of these,
 * or since its later lines are written over whole: then the second looks like the last. */
static bool
hides_lines(const struct esi_session *session)
{
    return has_lost_lines(session) || has_lost_separator(session) ||
           session->greeting == GREETING_ENDLESS;
}

/* kept_later - how many bytes of a later line are not written over. */
static size_t
kept_later(const struct esi_session *session)
{
    uint32_t habits = 0;

    return is_by_line(session) ? kept(session, false, &habits) : 0;
}

/* is_written - whether a line stands there as it is masked, from its byte `from` on. */
static bool
is_written(const struct esi_session *session, const struct esi_smtp_event *line, size_t from)
{
    struct esi_edit edit = form_of(session)->edit;
    struct esi_buf bytes = {0};

    if (line->text_len <= from)
        return false;
    edit.span = (struct esi_span){from, line->text_len - from};
    if (habit_of(session, ESI_KNOB_GREETING) == ESI_GREETING_CMAP)
        write_cmap(&edit, from, edit.span.len);
    esi_buf_append(&bytes, line->text);
    esi_edit_apply(&edit, 0, bytes.data, bytes.len);
    bool same = esi_slice_eq(esi_buf_slice(&bytes), line->text);
    esi_buf_free(&bytes);
    return same;
}

/* is_later - a line behind the greeting's first, where lines are lost. Only one that tells again
 * what it was counts as the greeting's: with its code, and bytes to write over. */
static bool
is_later(const struct esi_session *session, const struct esi_smtp_event *line)
{
    return line->span.offset != session->reply.offset && has_lost_lines(session);
}

static bool
tells_again(const struct esi_smtp_event *line)
{
    return line->u.reply.code == 220 && line->text_len > CODE_LEN;
}

bool
is_more_greeting(const struct esi_session *session, const struct esi_smtp_event *line)
{
    return session->replies == 1 && hides_lines(session) &&
           (!has_lost_lines(session) || tells_again(line)) &&
           is_written(session, line, kept_later(session));
}

void
on_more_greeting(struct esi_session *session, const struct esi_smtp_event *line)
{
    open_reply(session, line);
    session->reply.lines = 1;
    session->reply.end = line->span.offset + line->span.len;
    session->reply.open = false;
    session->greeting = outlook(session, 2);
    add_reply_turn(session, ESI_TURN_REPLY, line->u.reply.text);
}

void
end_greeting(struct esi_session *session)
{
    const struct reply *reply = &session->reply;

    if (session->phase != PHASE_GREETING)
        return;
    if (reply->eol == ESI_EOL_NONE)
        mask_line(session, reply->line, reply->end - reply->line,
                  esi_slice_cut(esi_buf_slice(&reply->text), reply->settled, reply->text.len));
    finish_greeting(session);
}

/* goes_on - whether the fourth byte promises another line. */
static bool
goes_on(const struct esi_smtp_event *event)
{
    return event->text.len >= TEXT_AT && event->text.ptr[CODE_LEN] == '-';
}

static void
begin_greeting(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct reply *reply = &session->reply;

    if (session->phase == PHASE_OPENED) {
        set_phase(session, PHASE_GREETING);
        open_reply(session, event);
    }
    if (event->span.offset != reply->offset)
        return;
    reply->code = event->u.reply.code;
    session->greeting_masked = esi_map_on(session->map, ESI_PARAMETER_MASK_BANNER) &&
                               habit_of(session, ESI_KNOB_GREETING) != ESI_GREETING_NONE &&
                               reply->code == 220;
}

void
on_greeting_line(struct esi_session *session, const struct esi_smtp_event *event)
{
    static const char *const line_ends[] = {"", "\n", "\r\n"};
    struct reply *reply = &session->reply;

    begin_greeting(session, event);
    if (is_later(session, event) && !tells_again(event)) {
        if (!event->done)
            return;
        finish_greeting(session);
        on_reply_line(session, event);
        return;
    }
    reply->text.len = reply->settled;
    keep_text(session, event->text);
    keep_text(session, esi_slice_of(line_ends[event->eol]));
    reply->line = event->span.offset;
    reply->end = event->span.offset + event->span.len;
    reply->eol = event->eol;
    if (!event->done)
        return;
    reply->settled = reply->text.len;
    reply->lines++;
    mask_line(session, event->span.offset, event->text_len, event->text);
    if (!goes_on(event))
        finish_greeting(session);
}
