/*
 * verbs.c - match cmd verb.
 *
 * Judged before the engine's own list of commands. A verb that a match masks is not masked once
 * more, and its arguments are judged all the same: masks combine with what comes later. What a rate
 * limit drops is gone: the command is judged no further, and its bytes do not pass. What was
 * written over a command before is not asked about: that it is no NOOP, and none of a list, means
 * nothing.
 */
#include "inspect_internal.h"

/* holds - unknown verbs are of no set; a line without a verb is no command. */
static bool
holds(const struct esi_match *match, const struct esi_smtp_event *command)
{
    enum esi_verb verb = command->u.command.verb;
    bool in_set = verb != ESI_VERB_UNKNOWN && (match->set >> verb & 1);

    return in_set != match->negated;
}

/* drop_excess - the line with its end: the frame that brings no more than that does not pass. */
static bool
drop_excess(struct esi_session *session, const struct esi_match *match, struct finding finding,
            uint64_t offset, const struct esi_smtp_event *command)
{
    static const char *const line_ends[] = {"", "\n", "\r\n"};
    struct esi_buf line = {0};

    esi_buf_append(&line, esi_slice_cut(command->text, 0, ESI_BEFORE_KEEP));
    if (!command->clipped)
        esi_buf_text(&line, line_ends[command->eol]);
    finding.before = esi_buf_slice(&line);
    finding.span = (struct esi_span){offset, command->span.len};
    finding.behaviour = BEHAVIOUR_RATE_LIMIT;
    bool dropped = act(session, match, finding);
    esi_buf_free(&line);
    return dropped;
}

static enum verb_fate
judge_matches(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *command)
{
    struct finding finding = {
        .what = ESI_WHAT_COMMAND,
        .dir = ESI_TO_SERVER,
        .span = {offset, command->text_len},
        .before = command->text,
        .decided_at = offset + command->span.len - 1,
    };
    bool masked = false;

    for (const struct esi_match *match = NULL;
         (match = next_match(session, bit_of(ESI_CRITERION_CMD_VERB), match));) {
        finding.behaviour = match->negated ? BEHAVIOUR_MATCH_NOT : BEHAVIOUR_CMD_VERB;
        if (!holds(match, command))
            continue;
        if (match->action == ESI_ACTION_RATE_LIMIT) {
            if (drop_excess(session, match, finding, offset, command))
                return VERB_GONE;
        } else if (match->action != ESI_ACTION_MASK) {
            act(session, match, finding);
        } else if (!masked) {
            mask_command(session, offset, command,
                         &(struct finding){.behaviour = finding.behaviour, .match = match});
            masked = true;
        }
    }
    return masked ? VERB_MASKED : VERB_STAYS;
}

enum verb_fate
check_verb(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *command)
{
    if (!judges(session, bit_of(ESI_CRITERION_CMD_VERB)) || command->u.command.word.len == 0 ||
        is_x(command->u.command.word) || is_written_noop(session, command))
        return VERB_STAYS;
    return judge_matches(session, offset, command);
}
