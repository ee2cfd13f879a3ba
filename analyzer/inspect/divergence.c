/*
 * divergence.c - the point from which on the captured session could not have come about.
 *
 * The capture was taken without the firewall, or with another one. The first change that a peer
 * would have noticed is the point: a masked command that the captured server accepted, or answered
 * otherwise than the NOOP it had become, a masked keyword that the captured client then made use
 * of, a client that went on behind a greeting whose last line it could not have known, a reply to a
 * message whose end was missed, a connection that went on after its end.
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

/* sentence - its parts and a NUL, in a buffer that the next call with it overwrites. */
static const char *
sentence(struct esi_buf *buf, const char *before, const char *name, const char *after)
{
    esi_buf_clear(buf);
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
    return command->verb == ESI_VERB_UNKNOWN ? "a masked command" : esi_verb_name(command->verb);
}

/* What a client does without its command, in one sentence with its name or "it" in between. */
static const struct {
    enum esi_verb verb;
    bool as_noop;
    const char *before, *after;
} without[] = {
    {ESI_VERB_STARTTLS, false,
     "The server would have answered 500 or 502; the client would have gone on without ",
     ", in clear, or given up where it demands TLS."},
    {ESI_VERB_EHLO, false,
     "The server would have answered 500 or 502; the client would have gone on with HELO and "
     "without extensions, or given up where it knows only ",
     "."},
    {ESI_VERB_UNKNOWN, false,
     "The server would have answered 500 or 502; the client would have gone on without ",
     ", or given up."},
    {ESI_VERB_EHLO, true,
     "The server would have answered 250 to the NOOP; the client would have taken that for the "
     "answer to ",
     ", and gone on without extensions."},
    {ESI_VERB_UNKNOWN, true,
     "The server would have answered 250 to the NOOP; the client would have taken ", " for done."},
};

static const char *
consequence(struct esi_buf *buf, const struct pending *command)
{
    for (size_t i = 0;; i++) /* ends at the row of any verb */
        if (without[i].as_noop == command->as_noop &&
            (without[i].verb == command->verb || without[i].verb == ESI_VERB_UNKNOWN))
            return sentence(buf, without[i].before,
                            command->verb == ESI_VERB_UNKNOWN ? "it" : name_of(command),
                            without[i].after);
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
    diverge(session, ESI_TO_CLIENT, reply->offset, reply->frame, (const char *)why.data,
            consequence(&follows, command));
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

/* used_parameter - the first hidden extension that the parameters of MAIL or RCPT make use of. */
static enum extension
used_parameter(const struct esi_session *session, struct esi_slice args)
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
        if (extension != EXTENSION_NONE && (session->hidden >> extension & 1))
            return extension;
        first = first && n == 0;
        args = esi_slice_cut(args, n + 1, args.len);
    }
    return EXTENSION_NONE;
}

void
watch_use(struct esi_session *session, const struct esi_smtp_event *command)
{
    enum esi_verb verb = command->u.command.verb;
    enum extension used = extension_of_verb(verb);
    struct esi_buf why = {0}, follows = {0};

    if (session->hidden == 0 || session->result.divergence.found)
        return;
    bool may_use = session->hidden & extensions_with_parameter();
    if (may_use && (verb == ESI_VERB_MAIL || verb == ESI_VERB_RCPT))
        used = used_parameter(session, command->u.command.args);
    if (used == EXTENSION_NONE || !(session->hidden >> used & 1))
        return;
    diverge(session, ESI_TO_SERVER, command->span.offset, session->frame,
            sentence(&why, "the captured client made use of ", extension_keyword(used),
                     ", which would have been hidden from it"),
            used == EXTENSION_STARTTLS
                ? "A client that does not see STARTTLS goes on in clear, or gives up where it "
                  "demands TLS."
                : sentence(&follows, "A client that does not see ", extension_keyword(used),
                           " does without it, or gives up."));
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
static const struct {
    const char *why, *follows;
} ends[] = {
    {"the captured connection went on, though the firewall would have ended it",
     "The sender would have sent the same segment again into silence until it gave up, and tried "
     "again later, with the same end."},
    {"the captured connection came about, though the firewall would have refused it",
     "The client's SYN would have stayed without an answer until the client gave up, and tried "
     "again later."},
};

void
watch_after_cut(struct esi_session *session, enum esi_dir dir, uint64_t offset)
{
    const struct esi_session_result *result = &session->result;

    if (!result->cut || session->frame == result->cut_at.frame)
        return;
    diverge(session, dir, offset, session->frame, ends[session->refused].why,
            ends[session->refused].follows);
}
