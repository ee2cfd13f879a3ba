/*
 * divergence.c - the point from which on the captured session could not have come about.
 *
 * The capture was taken without the firewall, or with another one. The first change that a peer
 * would have noticed is the point: a masked command that the captured server accepted, or answered
 * otherwise than the NOOP it had become, a masked keyword that the captured client then made use
 * of, a client that went on behind a greeting whose last line it could not have known, a reply to a
 * message whose end was missed, a connection that went on after its end.
 *
 * A rewritten capture has to diverge no later than the first time, or what was counterfactual would
 * count the second time. So where the lines of an EHLO reply were masked before, each keyword that
 * one of them may have been counts as hidden, and a command that was masked before makes use of one
 * if it may have been the command of one. That is too many, never too few.
 */
#include "inspect_internal.h"

static void
diverge(struct esi_session *session, enum esi_dir dir, uint64_t offset, uint64_t frame,
        const char *why, const char *follows)
{
    struct esi_divergence *divergence = &session->result.divergence;

    if (divergence->found)
        return;
    session->why = esi_strdup(why);
    session->follows = esi_strdup(follows);
    *divergence = (struct esi_divergence){.found = true,
                                          .frame = frame,
                                          .dir = dir,
                                          .offset = offset,
                                          .why = session->why,
                                          .follows = session->follows};
}

/* sentence - its parts and a NUL, in an empty buffer. */
static const char *
sentence(struct esi_buf *buf, const char *before, const char *name, const char *after)
{
    esi_buf_text(buf, before);
    esi_buf_text(buf, name);
    esi_buf_text(buf, after);
    esi_buf_byte(buf, '\0');
    return (const char *)buf->data;
}

/* name_of - of a command in a sentence. */
static const char *
name_of(const struct pending *command)
{
    return command->sent == ESI_VERB_UNKNOWN ? "a masked command" : esi_verb_name(command->sent);
}

/* What a client does without its command, in one sentence with its name or "it" in between. */
static const struct {
    enum esi_verb verb;
    bool as_noop;
    const char *before, *after;
} without[] = {
    {ESI_VERB_STARTTLS, false, "the client would have gone on without ",
     ", in clear, or given up where it demands TLS."},
    {ESI_VERB_EHLO, false,
     "the client would have gone on with HELO and without extensions, or given up where it knows "
     "only ",
     "."},
    {ESI_VERB_UNKNOWN, false, "the client would have gone on without ", ", or given up."},
    {ESI_VERB_EHLO, true,
     "The server would have answered 250 to the NOOP; the client would have taken that for the "
     "answer to ",
     ", and gone on without extensions."},
    {ESI_VERB_UNKNOWN, true,
     "The server would have answered 250 to the NOOP; the client would have taken ", " for done."},
};

/* put_refusal - what the server would have said to the command as it had become. */
static void
put_refusal(struct esi_buf *out, const struct pending *command)
{
    if (command->as_noop)
        return;
    esi_buf_text(out, "The server would have answered 500 or 502");
    if (command->sent != ESI_VERB_UNKNOWN) {
        esi_buf_text(out, " to ");
        for (const char *at = esi_verb_name(command->sent); *at != '\0'; at++)
            esi_buf_byte(out, 'X');
    }
    esi_buf_text(out, "; ");
}

/* put_helo - what Postfix makes of a greeting of nothing but stars, blanks, 2 and 0 (its source:
 * smtp_pix_workarounds, disable_esmtp). */
static void
put_helo(struct esi_buf *out, const struct esi_session *session)
{
    if (session->greeting_masked && habit_of(session, ESI_KNOB_GREETING) != ESI_GREETING_CMAP)
        esi_buf_text(out, " Postfix would have seen the starred greeting and said HELO at once.");
}

/* consequence - of a command that did not reach the server. */
static void
consequence(struct esi_buf *out, const struct esi_session *session, const struct pending *command)
{
    size_t row = 0;

    while (without[row].as_noop != command->as_noop ||
           (without[row].verb != command->sent && without[row].verb != ESI_VERB_UNKNOWN))
        row++; /* ends at the row of any verb */
    put_refusal(out, command);
    esi_buf_text(out, without[row].before);
    esi_buf_text(out, command->sent == ESI_VERB_UNKNOWN ? "it" : name_of(command));
    esi_buf_text(out, without[row].after);
    if (command->sent == ESI_VERB_EHLO)
        put_helo(out, session);
    esi_buf_byte(out, '\0');
}

/* is_impossible - whether a masked command would have been answered otherwise; 421 may come at any
 * time (RFC 5321 section 3.8). */
static bool
is_impossible(const struct pending *command, const struct reply *reply)
{
    if (command->as_noop)
        return reply->code != 421 && (reply->code != 250 || reply->lines > 1);
    return command->masked && reply->code >= 200 && reply->code <= 399;
}

static void
watch_masked(struct esi_session *session, const struct pending *command, const struct reply *reply)
{
    struct esi_buf why = {0}, follows = {0};

    if (!is_impossible(command, reply) || session->result.divergence.found)
        return;
    if (command->as_noop)
        sentence(&why, "the captured server answered ", name_of(command),
                 " otherwise than the NOOP that would have reached it");
    else
        sentence(&why, "the captured server accepted ", name_of(command),
                 ", which would have reached it as X");
    consequence(&follows, session, command);
    diverge(session, ESI_TO_CLIENT, reply->offset, reply->frame, (const char *)why.data,
            (const char *)follows.data);
    esi_buf_free(&why);
    esi_buf_free(&follows);
}

void
watch_reply(struct esi_session *session, const struct pending *command, const struct reply *reply)
{
    if (!command->end_missed) {
        watch_masked(session, command, reply);
        return;
    }
    diverge(session, ESI_TO_CLIENT, reply->offset, reply->frame,
            "the captured client was told that its message was accepted, though the firewall had "
            "not seen the message's end",
            "The client would have waited for the answer to its message until it gave up, some ten "
            "minutes, and sent the message again: the recipients get it twice, or more often.");
}

/* ---- hidden keywords that were used ---- */

static bool
is_in(uint32_t set, enum extension extension)
{
    return extension != EXTENSION_NONE && (set >> extension & 1);
}

/* used_parameter - the first of these extensions that the parameters of MAIL or RCPT make use of.
 */
static enum extension
used_parameter(uint32_t hidden, struct esi_slice args)
{
    bool first = true; /* the address */

    while (args.len > 0) {
        size_t n = 0, name = 0;
        while (n < args.len && args.ptr[n] != ' ' && args.ptr[n] != '\t')
            n++;
        while (name < n && args.ptr[name] != '=')
            name++;
        enum extension extension =
            first ? EXTENSION_NONE : extension_of_parameter(esi_slice_cut(args, 0, name));
        if (is_in(hidden, extension))
            return extension;
        first = false;
        args = esi_slice_cut(args, n + 1, args.len);
    }
    return EXTENSION_NONE;
}

/* used_verb - the first of these extensions whose command it is, or may have been. */
static enum extension
used_verb(uint32_t hidden, const struct esi_smtp_event *command)
{
    for (int i = 0; i < EXTENSION_COUNT; i++) {
        enum esi_verb verb = verb_of_extension((enum extension)i);
        if ((hidden >> i & 1) && verb != ESI_VERB_UNKNOWN && may_be_verb(command, verb))
            return (enum extension)i;
    }
    return EXTENSION_NONE;
}

/* hidden_from - the extensions that a command of a verb may show to be in use. Masked, it may be
 * one of those that are guessed; so it may if it passes, be it for message text. A verb that would
 * be masked and is not stands in no capture that was rewritten: its client said it, whatever it
 * saw.
 */
static uint32_t
hidden_from(const struct esi_session *session, const struct esi_smtp_event *command)
{
    if (is_x(command->u.command.word))
        return session->guessed;
    if (session->taken != TAKEN_RIGHT || lets_through(session, command->u.command.verb))
        return session->hidden | session->guessed;
    return session->hidden;
}

static enum extension
used_extension(const struct esi_session *session, const struct esi_smtp_event *command)
{
    enum esi_verb verb = command->u.command.verb;
    bool masked = is_x(command->u.command.word);
    uint32_t hidden = session->hidden | session->guessed;
    enum extension used = EXTENSION_NONE;

    if (is_in(hidden, EXTENSION_PIPELINING) && is_pipelined(session))
        return EXTENSION_PIPELINING;
    if (extension_of_verb(verb) != EXTENSION_NONE || (masked && session->guessed))
        used = used_verb(hidden_from(session, command), command);
    if (used == EXTENSION_NONE && (verb == ESI_VERB_MAIL || verb == ESI_VERB_RCPT || masked) &&
        (hidden & extensions_with_parameter()))
        used = used_parameter(hidden, command->u.command.args);
    return used;
}

/* name_of_use - where the command was masked, only STARTTLS and BDAT have a form of their own. */
static const char *
name_of_use(enum extension used, const struct esi_smtp_event *command)
{
    bool of_verb = used != EXTENSION_NONE && verb_of_extension(used) != ESI_VERB_UNKNOWN;
    bool own = used == EXTENSION_STARTTLS || (used == EXTENSION_CHUNKING && is_bdat(command));

    if (used == EXTENSION_NONE || (of_verb && !own && is_x(command->u.command.word)))
        return "a keyword";
    return extension_keyword(used);
}

void
watch_use(struct esi_session *session, const struct esi_smtp_event *command)
{
    struct esi_buf why = {0}, follows = {0};

    if ((session->hidden | session->guessed) == 0 || session->result.divergence.found)
        return;
    enum extension used = used_extension(session, command);
    bool any = session->guessed && hides_arguments(session, command);
    if (used == EXTENSION_NONE && !any)
        return;
    const char *name = name_of_use(used, command);
    sentence(&follows, "A client that does not see ", name,
             used == EXTENSION_STARTTLS ? " goes on in clear, or gives up where it demands TLS."
                                        : " does without it, or gives up.");
    follows.len--; /* its NUL */
    put_helo(&follows, session);
    esi_buf_byte(&follows, '\0');
    diverge(session, ESI_TO_SERVER, command->span.offset, session->frame,
            sentence(&why, "the captured client made use of ", name,
                     ", which would have been hidden from it"),
            (const char *)follows.data);
    esi_buf_free(&why);
    esi_buf_free(&follows);
}

void
watch_after_greeting(struct esi_session *session, const struct esi_smtp_event *command)
{
    if (session->greeting == GREETING_ENDLESS)
        diverge(session, ESI_TO_SERVER, command->span.offset, session->frame,
                "the captured client went on behind a greeting of several lines, whose last line "
                "it would not have seen as one",
                "A client that sees no last line of the greeting waits until it gives up.");
    if (session->greeting == GREETING_SPLIT && session->result.counts.commands > 0)
        diverge(session, ESI_TO_SERVER, command->span.offset, session->frame,
                "the captured client sent a second command behind a greeting of several lines, of "
                "which it would have taken the second for the reply to its first command",
                "A client that reads 220 in answer to its first command gives up, or is out of "
                "step with the server from there on.");
}

/* What would have followed the end of a connection, and the refusal of one. */
enum end { END_SILENT, END_RESET, END_REFUSED };

static const struct {
    const char *why, *follows;
} ends[] = {
    [END_SILENT] = {"the captured connection went on, though the firewall would have ended it",
                    "The sender would have sent the same segment again into silence until it gave "
                    "up, and tried again later, with the same end."},
    [END_RESET] = {"the captured connection went on, though the firewall would have ended it",
                   "The sender would have been told by the RST, and tried again later, with the "
                   "same end."},
    [END_REFUSED] = {"the captured connection came about, though the firewall would have refused "
                     "it",
                     "The client's SYN would have stayed without an answer until the client gave "
                     "up, and tried again later."},
};

static enum end
end_of(const struct esi_session *session)
{
    if (session->refused)
        return END_REFUSED;
    return session->result.cut_at.reset ? END_RESET : END_SILENT;
}

void
watch_after_cut(struct esi_session *session, enum esi_dir dir, uint64_t offset)
{
    const struct esi_session_result *result = &session->result;

    if (!result->cut || session->frame == result->cut_at.frame)
        return;
    enum end end = end_of(session);
    diverge(session, dir, offset, session->frame, ends[end].why, ends[end].follows);
}
