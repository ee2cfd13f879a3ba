/* inspect_refusal.c - what the verdict on a connection says that a limit kept out, or answered. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/inspect.h"

static const struct {
    const char *what;
    bool intercepted;
    enum esi_action action;
    const char *behaviour, *why; /* why: a word of the divergence; NULL: there is none */
} rows[] = {
    {"kept out", false, ESI_ACTION_REFUSE, "connection-limit", "refused"},
    {"answered by the firewall", true, ESI_ACTION_LOG, "embryonic-limit", NULL},
};

static void
check_verdict(const struct esi_outcome *outcome, size_t row)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    cr_expect(outcome->frame == 7 && outcome->ts == 9 && outcome->dir == ESI_TO_SERVER &&
                  outcome->span.offset == 0 && outcome->span.len == 0,
              "%s: frame, time or place", rows[row].what);
    cr_expect(verdict->action == rows[row].action && verdict->what == ESI_WHAT_CONNECTION,
              "%s: action or subject", rows[row].what);
    cr_expect(strcmp(verdict->behaviour->id, rows[row].behaviour) == 0, "%s: %s", rows[row].what,
              verdict->behaviour->id);
    cr_expect(verdict->basis == ESI_BASIS_CONFIRMED, "%s: how sure", rows[row].what);
    cr_expect(verdict->log && !verdict->counterfactual, "%s: logged, and real", rows[row].what);
    cr_expect(verdict->rule.config_line == 3 && verdict->limit.most == 5, "%s: by which limit",
              rows[row].what);
}

Test(inspect, what_is_said_of_a_refusal)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_platform platform;
        struct esi_map map;
        struct esi_outcomes out = {0};
        struct esi_slice bytes = ESI_LIT("220 m\r\n");

        cr_assert(esi_platform_find(&platform, "asa-8", NULL));
        esi_platform_map(&platform, &map);
        struct esi_session *session = esi_session_new(&platform, &map, true, false);
        const struct esi_session_result *result = esi_session_result(session);
        esi_session_refuse(session,
                           &(struct esi_refusal){.rule = {.words = "conn-max", .config_line = 3},
                                                 .limit = {.most = 5},
                                                 .intercepted = rows[r].intercepted,
                                                 .frame = 7,
                                                 .ts = 9},
                           &out);
        cr_assert(out.len == 1, "%s: %zu outcomes", rows[r].what, out.len);
        check_verdict(&out.items[0], r);
        esi_session_feed(session,
                         &(struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                                    .dir = ESI_TO_CLIENT,
                                                    .span = {0, bytes.len},
                                                    .bytes = bytes,
                                                    .frame = 8,
                                                    .ends_segment = true},
                         &out);
        cr_expect(result->divergence.found == (rows[r].why != NULL), "%s", rows[r].what);
        if (rows[r].why)
            cr_expect(strstr(result->divergence.why, rows[r].why), "%s: %s", rows[r].what,
                      result->divergence.why);
        esi_session_free(session);
        esi_outcomes_free(&out);
    }
}
