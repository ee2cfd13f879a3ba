/*
 * words.c - what verdicts come to, in words: the first and the last line of a session's block.
 *
 * One table, gravest first; a session's last line is that of its gravest verdict. What senders and
 * servers do next: Cisco documents 117801, 118550 and 118584, Microsoft KB 320027.
 */
#include <string.h>

#include "ladder_internal.h"

enum manner { REFUSES, CUTS, HOLDS_BACK, EDITS, SUBSTITUTES, DISCARDS, LOGS, COUNTS };

static enum manner
manner_of(enum esi_action action)
{
    static const enum manner manners[ESI_ACTION_COUNT] = {
        [ESI_ACTION_ANOMALY] = COUNTS,   [ESI_ACTION_LOG] = LOGS,
        [ESI_ACTION_MASK] = EDITS,       [ESI_ACTION_REPLACE] = SUBSTITUTES,
        [ESI_ACTION_DISCARD] = DISCARDS, [ESI_ACTION_RATE_LIMIT] = HOLDS_BACK,
        [ESI_ACTION_REFUSE] = REFUSES,   [ESI_ACTION_DROP_CONNECTION] = CUTS,
        [ESI_ACTION_RESET] = CUTS,
    };

    return manners[action];
}

/* True whether or not there was mail. What more is to be said of it: put_consequence. */
#define LETS_PASS "The firewall lets mail pass"
#define CUT                                                                                        \
    ", so the firewall {cuts} the connection at frame {frame} and the sender retries until it "    \
    "gives up."
#define CUT_OFF                                                                                    \
    ": the firewall {cuts} the connection at frame {frame} and the sender retries until it gives " \
    "up."

#define ANOTHER_ADDRESS                                                                            \
    "The server sees another address than the one sent: it may refuse it, or the mail goes "       \
    "astray."

/* In the sentences {frame} is the frame that decided, {cuts} what happens to the connection. */
static const struct {
    enum manner manner;
    const char *what;      /* by name; NULL: any */
    const char *word;      /* what the verb or keyword written over is; NULL: any */
    const char *behaviour; /* NULL: any */
    const char *sentence;
} effects[] = {
    {REFUSES, NULL, NULL, NULL,
     "The session never begins: the firewall refuses the connection at frame {frame}, since too "
     "many are open already; the sender tries again later."},
    {CUTS, NULL, NULL, "bare-lf-drop",
     "Nothing from this command on arrives: it ends with LF alone" CUT},
    {CUTS, NULL, NULL, "pipelining-drop",
     "Nothing from this command on arrives: it came before the reply to the last one" CUT},
    {CUTS, NULL, NULL, "unasked-reply-drop",
     "The message never arrives: the server sent a reply that nobody asked for" CUT},
    {CUTS, "recipients", NULL, "invalid-recipients",
     "The message never arrives: the server refused too many recipients" CUT},
    {CUTS, "recipients", NULL, NULL, "The message never arrives: one recipient too many" CUT},
    {CUTS, "relay", NULL, NULL,
     "Mail for this recipient never arrives: its domain is not the one that mail-relay names" CUT},
    {CUTS, "sender", NULL, NULL, "Mail from this sender never arrives" CUT_OFF},
    {CUTS, "address", NULL, NULL, "Mail with this address never arrives" CUT_OFF},
    {CUTS, "command", NULL, NULL, "Nothing from this command on arrives" CUT_OFF},
    {CUTS, "command-line", NULL, NULL, "Nothing from this command on arrives" CUT_OFF},
    {CUTS, "header-name", NULL, NULL,
     "The message never arrives: a header field holds the name of another one" CUT},
    {CUTS, "header-line", NULL, NULL, "The message never arrives: a header line is too long" CUT},
    {CUTS, "header", NULL, NULL, "The message never arrives: its header is too long" CUT},
    {CUTS, "to-fields", NULL, NULL, "The message never arrives: it has too many To: fields" CUT},
    {CUTS, "mime-filename", NULL, NULL,
     "The message never arrives: the name of an attached file is too long" CUT},
    {CUTS, "mime-filetype", NULL, NULL,
     "The message never arrives: a file of this type may not be attached" CUT},
    {CUTS, "mime-encoding", NULL, NULL,
     "The message never arrives: a part of it is encoded as the map forbids" CUT},
    {CUTS, "body-line", NULL, NULL, "The message never arrives: a body line is too long" CUT},
    {CUTS, "body", NULL, NULL, "The message never arrives: its body is too long" CUT},
    {CUTS, "size", NULL, NULL, "The message never arrives: it is too large" CUT},
    {CUTS, "ehlo-keyword", NULL, NULL,
     "No mail arrives: the server offers an extension that the map forbids" CUT},
    {CUTS, "greeting", NULL, NULL,
     "No mail arrives: the firewall takes offence at the greeting" CUT},
    {CUTS, "reply", NULL, NULL,
     "The message never arrives: the firewall takes offence at a reply" CUT},
    {CUTS, "sequence", NULL, NULL,
     "The message never arrives: the firewall takes offence at the order of the dialogue" CUT},
    {CUTS, NULL, NULL, NULL, "The message never arrives" CUT_OFF},
    {EDITS, "greeting", NULL, "greeting-more-lines",
     "A client that waits for the greeting's end sends no mail: the later lines lose their codes, "
     "so it waits until it gives up."},
    {EDITS, NULL, NULL, "bdat-desync",
     "The message never arrives by BDAT: the command is hidden and its bytes are taken for "
     "commands; a sender that uses DATA gets through."},
    {EDITS, NULL, NULL, "typed-bytes",
     "Commands that come a few bytes at a time, as when typed by hand, are blanked piece by piece "
     "and the server refuses them; mail servers, which send whole lines, get through."},
    {COUNTS, NULL, NULL, "end-of-data-missed",
     "The firewall does not see where the message ends: what follows passes as message text, which "
     "it does not look into."},
    {COUNTS, NULL, NULL, "data-on-command",
     "The firewall takes what follows DATA for message text, though the server refused it: it does "
     "not look into that."},
    {HOLDS_BACK, NULL, NULL, NULL,
     "What comes faster than the rate allows is dropped, from frame {frame} on: the sender has to "
     "send it again."},
    {SUBSTITUTES, "command", NULL, NULL,
     "The server answers 250 to the NOOP in place of the command, and the client believes that its "
     "command was taken."},
    {EDITS, "command", "EHLO", NULL,
     "EHLO is blanked: the server answers 500 to XXXX, and the client falls back to HELO: no "
     "STARTTLS, no AUTH, no SIZE."},
    {EDITS, "ehlo-keyword", "STARTTLS", NULL,
     "The sender can't use TLS: STARTTLS is hidden from it; mail goes in clear or, where TLS is "
     "required, stays queued."},
    {EDITS, "command", "STARTTLS", NULL,
     "The sender can't use TLS: its STARTTLS is blanked; mail goes in clear or, where TLS is "
     "required, stays queued."},
    {EDITS, "ehlo-keyword", "AUTH", NULL,
     "The client can't log in: AUTH is hidden from it, and a server that wants it refuses the "
     "mail."},
    {EDITS, "command", "AUTH", NULL,
     "The client can't log in: its AUTH is blanked, and a server that wants it refuses the mail."},
    {EDITS, "address", NULL, NULL, ANOTHER_ADDRESS},
    {SUBSTITUTES, "address", NULL, NULL, ANOTHER_ADDRESS},
    {EDITS, "command", "BDAT", NULL, "BDAT can't be used: the sender must fall back to DATA."},
    {EDITS, "command", NULL, NULL,
     "The server refuses the blanked command; mail passes if the sender can do without it."},
    {EDITS, "ehlo-keyword", NULL, NULL,
     LETS_PASS ", without the extensions that are hidden from the sender."},
    {DISCARDS, NULL, NULL, NULL,
     "What is held back never reaches the other side; the rest passes."},
    {EDITS, "greeting", NULL, NULL,
     LETS_PASS "; only the server's greeting is hidden from the client."},
    {EDITS, NULL, NULL, NULL, LETS_PASS ", altered."},
    {SUBSTITUTES, NULL, NULL, NULL, LETS_PASS ", altered."},
    {LOGS, "connection", NULL, NULL,
     "Mail passes: since too many connections are half-open, the firewall answers the SYN at frame "
     "{frame} itself, and lets the connection through once the client has answered."},
    {LOGS, NULL, NULL, NULL, LETS_PASS " unchanged, and logs it."},
    {COUNTS, NULL, NULL, NULL, LETS_PASS " unchanged, and counts an anomaly."},
};

size_t
effect_none(void)
{
    return ESI_COUNT(effects);
}

/* begins_with_word - whether the bytes written over begin with this verb or keyword. */
static bool
begins_with_word(struct esi_slice bytes, const char *word)
{
    size_t len = strlen(word);

    if (!esi_slice_eq_nocase(esi_slice_cut(bytes, 0, len), esi_slice_of(word)))
        return false;
    return bytes.len == len || bytes.ptr[len] == ' ' || bytes.ptr[len] == '\t';
}

size_t
effect_of(const struct esi_verdict *verdict)
{
    enum manner manner = manner_of(verdict->action);
    const char *what = esi_what_name(verdict->what);
    /* A sentence for a limit that is exceeded is wrong for its opposite. */
    bool plain = manner == CUTS && strncmp(verdict->rule.words, "match not ", 10) == 0;

    for (size_t i = 0; i < ESI_COUNT(effects); i++) {
        if (effects[i].manner != manner || (effects[i].what && strcmp(effects[i].what, what) != 0))
            continue;
        if (plain && effects[i].what)
            continue;
        if (effects[i].word && !begins_with_word(verdict->before, effects[i].word))
            continue;
        if (effects[i].behaviour && strcmp(effects[i].behaviour, verdict->behaviour->id) != 0)
            continue;
        return i;
    }
    return effect_none();
}

static bool
is_whole(const struct esi_session_info *session)
{
    const struct esi_session_quality *quality = &session->quality;

    return !quality->midstream && quality->gaps == 0 && !quality->evicted &&
           quality->corrupt == 0 && quality->side_seen[ESI_TO_SERVER] &&
           quality->side_seen[ESI_TO_CLIENT] && session->bytes[ESI_TO_SERVER] > 0 &&
           session->bytes[ESI_TO_CLIENT] > 0;
}

/* good_end - the sentence of a session that nothing ends: not more than was captured, or read. */
static const char *
good_end(struct esi_buf *out, const char *sentence, const struct esi_session_info *session)
{
    if (session->result->tls)
        return esi_map_on(session->map, ESI_PARAMETER_ALLOW_TLS)
                   ? "The firewall lets TLS through; what is said inside it, mail included, it "
                     "neither sees nor changes."
                   : "TLS is in use, which the firewall would not have let begin; nothing can be "
                     "said about what is inside it.";
    if (is_whole(session))
        return sentence;
    esi_buf_text(out, "As far as it was captured, t");
    return sentence + 1;
}

void
put_consequence(struct esi_buf *out, const struct ladder *ladder,
                const struct esi_session_info *session, uint64_t frame_before)
{
    const char *at, *open;

    bool any = ladder->effect < effect_none();

    if (!any && (!session->inspected || !session->result))
        at = "The firewall does not look into this session: all of it passes as it is.";
    else if (any && !session->inspected)
        at = effects[ladder->effect].sentence;
    else if (session->result->outcome == ESI_SESSION_UNKNOWN && session->bytes[0] == 0 &&
             session->bytes[1] == 0)
        at = "No SMTP was seen in this session, so nothing can be said about its mail.";
    else if (session->result->outcome == ESI_SESSION_UNKNOWN)
        at = "Too little was captured to say what the firewall does to this mail; in what was "
             "captured it finds nothing to do.";
    else if (any)
        at = effects[ladder->effect].sentence;
    else
        at = LETS_PASS " unchanged: it finds nothing to do.";
    if (strncmp(at, LETS_PASS, sizeof LETS_PASS - 1) == 0)
        at = good_end(out, at, session);
    while ((open = strchr(at, '{'))) {
        esi_buf_append(out, (struct esi_slice){(const uint8_t *)at, (size_t)(open - at)});
        if (open[1] == 'f')
            esi_buf_number(out, ladder->effect_frame - frame_before);
        else
            esi_buf_text(out, ladder->effect_resets ? "resets" : "cuts");
        at = strchr(open, '}') + 1;
    }
    esi_buf_text(out, at);
    if (session->result && session->result->cut && session->result->cut_at.reset)
        esi_buf_text(out, " Both ends are told by an RST.");
}

/* put_hidden_keywords - "(STARTTLS, CHUNKING)": those that are in the ladder, each once. */
static void
put_hidden_keywords(struct esi_buf *out, const struct ladder *ladder)
{
    enum { KEYWORDS_MOST = 8 };
    struct esi_slice seen[KEYWORDS_MOST];
    size_t count = 0;

    for (size_t i = 0; i < ladder->len && count < KEYWORDS_MOST; i++) {
        const struct esi_verdict *verdict = &ladder->rows[i].outcome.u.verdict;
        size_t known = 0, len = 0;

        if (ladder->rows[i].outcome.kind != ESI_OUTCOME_VERDICT || verdict->counterfactual ||
            verdict->what != ESI_WHAT_EHLO_KEYWORD)
            continue;
        while (len < verdict->before.len && verdict->before.ptr[len] != ' ')
            len++;
        struct esi_slice keyword = esi_slice_cut(verdict->before, 0, len);
        while (known < count && !esi_slice_eq_nocase(seen[known], keyword))
            known++;
        if (known < count)
            continue;
        esi_buf_text(out, count == 0 ? " (" : ", ");
        put_wire(out, keyword, 0, keyword.len);
        seen[count++] = keyword;
    }
    if (count > 0)
        esi_buf_byte(out, ')');
}

/* has_pieces - whether commands were blanked piece by piece: their count is not one of commands. */
static bool
has_pieces(const struct ladder *ladder)
{
    for (size_t i = 0; i < ladder->len; i++) {
        const struct esi_outcome *outcome = &ladder->rows[i].outcome;

        if (outcome->kind == ESI_OUTCOME_VERDICT && !outcome->u.verdict.counterfactual &&
            strcmp(outcome->u.verdict.behaviour->id, "typed-bytes") == 0)
            return true;
    }
    return false;
}

void
put_outcome_words(struct esi_buf *out, const struct ladder *ladder,
                  const struct esi_session_info *session, uint64_t frame_before)
{
    const struct esi_session_counts *counts;
    const char *between = ": ";
    bool pieces = has_pieces(ladder);

    esi_buf_text(out, outcome_name(session));
    if (!session->result)
        return;
    counts = &session->result->counts;
    if (session->result->cut) {
        bool refused = ladder->effect < effect_none() && effects[ladder->effect].manner == REFUSES;

        esi_buf_printf(out, "%sconnection %s at frame %ju", between, refused ? "refused" : "ended",
                       (uintmax_t)(session->result->cut_at.frame - frame_before));
        between = ", ";
    }
    const struct {
        uint64_t count;
        const char *one, *many;
    } parts[] = {
        {counts->dropped - session->result->cut, "run of bytes held back",
         "runs of bytes held back"},
        {counts->greeting_masked, "greeting hidden", "greetings hidden"},
        {counts->ehlo_keywords_masked, "EHLO keyword hidden", "EHLO keywords hidden"},
        {counts->commands_masked, pieces ? "piece of a command blanked" : "command blanked",
         pieces ? "pieces of commands blanked" : "commands blanked"},
        {counts->addresses_replaced, "address changed", "addresses changed"},
        {counts->logged, "log entry", "log entries"},
        {counts->anomalies, "anomaly counted", "anomalies counted"},
    };
    for (size_t i = 0; i < ESI_COUNT(parts); i++) {
        if (parts[i].count == 0)
            continue;
        esi_buf_text(out, between);
        put_counted(out, parts[i].count, parts[i].one, parts[i].many);
        if (strncmp(parts[i].one, "EHLO", 4) == 0)
            put_hidden_keywords(out, ladder);
        between = ", ";
    }
}
