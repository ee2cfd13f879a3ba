/*
 * rewritten.c - what a rewritten capture still tells of what was written over.
 *
 * A rewritten capture, inspected again, must not be changed any further. So the dialogue goes by
 * what its commands become, not by what they were: a masked command is of no known verb, unless its
 * form still tells. STARTTLS does, as eight X or as a NOOP of eight bytes; BDAT does, as four X
 * before the size of a chunk, and not where the size is gone, too.
 *
 * Which keywords are hidden by the masked lines of an EHLO reply is ehlo.c's business, who made use
 * of them divergence.c's.
 */
#include "inspect_internal.h"

struct esi_smtp_event
rewritten_line(const struct esi_session *session, const struct esi_smtp_event *line, size_t told,
               struct esi_buf *room)
{
    struct esi_smtp_event out = *line;

    esi_buf_append(room, line->text);
    for (size_t i = 0; i < room->len; i++) {
        bool gone = is_packet_masked(session) || line->span.offset + i < session->judged_to;
        if (gone && room->data[i] != '\r')
            room->data[i] = 'X';
    }
    for (size_t i = told; i < session->out->len; i++) {
        const struct esi_outcome *outcome = &session->out->items[i];
        if (outcome->kind == ESI_OUTCOME_VERDICT && outcome->u.verdict.edit.span.len > 0 &&
            outcome->dir == ESI_TO_SERVER)
            esi_edit_apply(&outcome->u.verdict.edit, line->span.offset, room->data, room->len);
    }
    out.text = esi_buf_slice(room);
    esi_smtp_parse_command(out.text, &out);
    return out;
}

bool
is_x(struct esi_slice word)
{
    return word.len > 0 && esi_smtp_x_run(word) == word.len && memchr(word.ptr, 'X', word.len);
}

/* A client's own NOOP is taken for one, too: only a server that refuses NOOP tells them apart. */
bool
is_written_noop(const struct esi_session *session, const struct esi_smtp_event *line)
{
    struct esi_slice text = line->text;

    if (habit_of(session, ESI_KNOB_BLOCKED_COMMAND) != ESI_BLOCKED_COMMAND_NOOP ||
        !esi_slice_eq(line->u.command.word, ESI_LIT("NOOP")))
        return false;
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text.len == line->u.command.word.len;
}

bool
is_starttls(const struct esi_session *session, const struct esi_smtp_event *line)
{
    const struct esi_slice masked = ESI_LIT("XXXXXXXX");

    return line->u.command.verb == ESI_VERB_STARTTLS ||
           esi_slice_eq(line->u.command.word, masked) ||
           (line->text_len == masked.len && is_written_noop(session, line));
}

/* is_chunk_size - "120", "120 LAST" (RFC 3030 section 2). */
static bool
is_chunk_size(struct esi_slice args)
{
    size_t digits = 0, at;

    while (digits < args.len && args.ptr[digits] >= '0' && args.ptr[digits] <= '9')
        digits++;
    for (at = digits; at < args.len && args.ptr[at] == ' '; at++)
        continue;
    return digits > 0 &&
           (at == args.len || (at > digits && esi_slice_eq_nocase(esi_slice_cut(args, at, args.len),
                                                                  ESI_LIT("LAST"))));
}

bool
is_bdat(const struct esi_smtp_event *line)
{
    return line->u.command.verb == ESI_VERB_BDAT ||
           (esi_slice_eq(line->u.command.word, ESI_LIT("XXXX")) &&
            is_chunk_size(line->u.command.args));
}

/* fits - whether arguments are those of the verb, as far as they tell it from others. A chunk whose
 * size is none is BDAT all the same; nobody's address is one. */
static bool
fits(enum esi_verb verb, struct esi_slice args)
{
    switch (verb) {
    case ESI_VERB_STARTTLS:
        return args.len == 0;
    case ESI_VERB_XCLIENT:
    case ESI_VERB_XFORWARD:
        return args.len > 0 && memchr(args.ptr, '=', args.len);
    case ESI_VERB_BURL:
        return args.len > 0 && memchr(args.ptr, ':', args.len);
    case ESI_VERB_BDAT:
    case ESI_VERB_ATRN:
        return args.len == 0 || !memchr(args.ptr, '@', args.len);
    default:
        return true;
    }
}

bool
may_be_verb(const struct esi_smtp_event *line, enum esi_verb verb)
{
    struct esi_slice word = line->u.command.word;
    bool masked = is_x(word) && word.len == strlen(esi_verb_name(verb));

    return (line->u.command.verb == verb || masked) && fits(verb, line->u.command.args);
}

bool
hides_arguments(const struct esi_session *session, const struct esi_smtp_event *line)
{
    enum { SHORTEST = 4 }; /* of the verbs that make use of a keyword */
    struct esi_slice word = line->u.command.word;
    bool all = habit_of(session, ESI_KNOB_COMMAND_MASK_SCOPE) != ESI_COMMAND_MASK_SCOPE_VERB ||
               session->judged_to > line->span.offset;

    return line->text_len >= SHORTEST && ((all && is_x(word)) || is_written_noop(session, line));
}
