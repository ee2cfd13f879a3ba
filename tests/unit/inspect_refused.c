/* inspect_refused.c - a connection that a limit keeps out: what its capture holds all the same. */
#include <criterion/criterion.h>

#include "esi/inspect.h"

static void
feed(struct esi_session *session, enum esi_dir dir, const char *text, uint64_t frame,
     struct esi_outcomes *out)
{
    struct esi_slice bytes = esi_slice_of(text);

    esi_session_feed(session,
                     &(struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                                .dir = dir,
                                                .frame = frame,
                                                .span = {0, bytes.len},
                                                .bytes = bytes,
                                                .ends_segment = true},
                     out);
}

/* refused - a session of two segments behind its refusal. */
static struct esi_session_result
refused(bool intercepted, const char *knob, size_t *real)
{
    struct esi_platform platform;
    struct esi_map map;
    struct esi_outcomes out = {0};

    cr_assert(esi_platform_find(&platform, "asa-8", NULL));
    cr_assert(!knob || esi_platform_turn(&platform, knob, NULL));
    esi_platform_map(&platform, &map);
    struct esi_session *session = esi_session_new(&platform, &map, false, false);
    esi_session_refuse(session, &(struct esi_refusal){.intercepted = intercepted, .frame = 7},
                       &out);
    feed(session, ESI_TO_CLIENT, "220 mail.example.com\r\n", 9, &out);
    feed(session, ESI_TO_SERVER, "EXPN staff\r\n", 10, &out);
    *real = 0;
    for (size_t i = 0; i < out.len; i++)
        *real += !out.items[i].u.verdict.counterfactual;
    struct esi_session_result result = *esi_session_result(session);
    result.divergence.why = result.divergence.follows = NULL;
    esi_session_free(session);
    esi_outcomes_free(&out);
    return result;
}

Test(inspect, refused_connections)
{
    size_t real;
    struct esi_session_result result = refused(false, NULL, &real);

    cr_expect(result.cut && result.cut_at.frame == 7 && result.cut_at.offset == 0 &&
                  !result.cut_at.reset,
              "the SYN's frame and all behind it do not pass");
    cr_expect(result.outcome == ESI_SESSION_DROPPED, "outcome %d", (int)result.outcome);
    cr_expect(result.divergence.found && result.divergence.frame == 9);
    cr_expect(real == 1, "%zu verdicts that count", real);

    result = refused(false, "drop_sends_rst=yes", &real);
    cr_expect(!result.cut_at.reset, "no packet was inspected: the habit is about those");

    result = refused(true, NULL, &real);
    cr_expect(!result.cut && !result.divergence.found, "an intercepted one is let through");
    cr_expect(real == 3, "%zu verdicts that count", real);
}

Test(inspect, refused_without_inspection)
{
    struct esi_session_result result = {0};
    struct esi_outcomes out = {0};

    esi_refusal_tell(&(struct esi_refusal){.frame = 3}, &result, &out);
    cr_expect(result.cut && result.cut_at.frame == 3 && out.len == 1);
    esi_outcomes_free(&out);
}
