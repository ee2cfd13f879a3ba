/*
 * refusal.c - a connection that a limit kept out, or had the firewall answer itself.
 *
 * Who is refused is decided elsewhere (connections are counted over the whole capture); here it
 * becomes the session's first verdict, and all that the captured session did all the same is
 * counterfactual.
 */
#include "inspect_internal.h"

void
esi_session_refuse(struct esi_session *session, const struct esi_refusal *refusal,
                   struct esi_outcomes *out)
{
    session->out = out;
    session->frame = refusal->frame;
    session->ts = refusal->ts;
    add_verdict(session, &(struct finding){
                             .action = refusal->intercepted ? ESI_ACTION_LOG : ESI_ACTION_REFUSE,
                             .what = ESI_WHAT_CONNECTION,
                             .dir = ESI_TO_SERVER,
                             .behaviour = refusal->intercepted ? BEHAVIOUR_EMBRYONIC_LIMIT
                                                               : BEHAVIOUR_CONNECTION_LIMIT,
                             .words = refusal->rule.words,
                             .log = true,
                         });
    struct esi_verdict *verdict = &out->items[out->len - 1].u.verdict;
    verdict->rule = refusal->rule;
    verdict->limit = refusal->limit;
    session->refused = !refusal->intercepted;
    session->out = NULL;
}

void
esi_refusal_tell(const struct esi_refusal *refusal, struct esi_session_result *result,
                 struct esi_outcomes *out)
{
    struct esi_session session = {.result = *result};

    esi_session_refuse(&session, refusal, out);
    *result = session.result;
}
