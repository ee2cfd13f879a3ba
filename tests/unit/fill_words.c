/* fill_words.c - verdicts as words, and which frames of samples they are said of. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "esi/fill.h"
#include "esi/pipeline.h"
#include "esi/rewrite.h"

#include "rewrite/rewrite_internal.h"

/* ---- one verdict ---- */

static const struct esi_behaviour behaviour = {.id = "some-habit"};

struct note {
    char text[2000];
    size_t count;
};

static void
take(void *ctx, const char *text)
{
    struct note *note = ctx;

    snprintf(note->text, sizeof note->text, "%s", text);
    note->count++;
}

static void
take_outcome(struct esi_fill *fill, const struct esi_outcome *outcome)
{
    struct esi_session_info session = {.flow = 1};

    esi_fill_take(fill, &(struct esi_record){
                            .kind = ESI_RECORD_OUTCOME, .session = &session, .outcome = outcome});
}

Test(fill_words, of_a_verdict)
{
    static const struct {
        const char *what;
        enum esi_action action;
        struct esi_rule rule;
        enum esi_basis basis;
        struct esi_slice before;
        uint64_t len;
        char fill;
        bool counterfactual, words_off;
        const char *wanted; /* NULL: nothing is said */
    } rows[] = {
        {"a keyword",
         ESI_ACTION_MASK,
         {"match ehlo-reply-parameter others", 7, "/etc/asa.cfg", 12},
         ESI_BASIS_CONFIRMED,
         {(const uint8_t *)"STARTTLS", 8},
         8,
         'X',
         false,
         false,
         "esi verdict=mask rule=\"match ehlo-reply-parameter others\" class=7 config=asa.cfg:12 "
         "basis=confirmed before=\"STARTTLS\" after=\"XXXXXXXX\""},
        {"built in, and bytes of all kinds",
         ESI_ACTION_REPLACE,
         {"verb not \"allowed\"", 0, NULL, 0},
         ESI_BASIS_ASSUMED,
         {(const uint8_t *)"a\"b\\\xff\n", 6},
         6,
         ' ',
         true,
         false,
         "esi verdict=replace rule=\"verb not \\x22allowed\\x22\" basis=assumed "
         "before=\"a\\x22b\\\\\\xff\\x0a\" after=\"     \\x0a\""},
        {"a name of a configuration with a blank, and not all of the bytes",
         ESI_ACTION_DISCARD,
         {"x", 0, "my asa.cfg", 3},
         ESI_BASIS_LIKELY,
         {(const uint8_t *)"abc", 3},
         1000,
         0,
         false,
         false,
         "esi verdict=discard rule=\"x\" config=\"my asa.cfg:3\" basis=likely before=\"abc\" "
         "length=1000"},
        {"no words of a rule, no bytes",
         ESI_ACTION_RATE_LIMIT,
         {NULL, 2, NULL, 0},
         ESI_BASIS_LIKELY,
         {NULL, 0},
         4,
         0,
         false,
         false,
         "esi verdict=rate-limit rule=\"some-habit\" class=2 basis=likely"},
        {"nothing changes", ESI_ACTION_LOG, {"x", 0, NULL, 0}, 0, {NULL, 0}, 4, 0, 0, 0, NULL},
        {"nothing is wanted", ESI_ACTION_MASK, {"x", 0, 0, 0}, 0, {NULL, 0}, 4, 0, 0, true, NULL},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_plan *plan = esi_plan_new();
        struct esi_fill *fill =
            esi_fill_new(&(struct esi_fill_config){.plan = plan, .words = !rows[r].words_off});
        struct note note = {.count = 0};
        struct esi_outcome outcome = {.kind = ESI_OUTCOME_VERDICT,
                                      .dir = ESI_TO_CLIENT,
                                      .span = {100, rows[r].len},
                                      .u.verdict = {.action = rows[r].action,
                                                    .rule = rows[r].rule,
                                                    .behaviour = &behaviour,
                                                    .basis = rows[r].basis,
                                                    .before = rows[r].before,
                                                    .counterfactual = rows[r].counterfactual,
                                                    .edit = {.dir = ESI_TO_CLIENT,
                                                             .span = {100, rows[r].len},
                                                             .keep_eol = true,
                                                             .fill = (uint8_t)rows[r].fill}}};

        take_outcome(fill, &outcome);
        esi_plan_seal(plan);
        esi_plan_notes(plan, 1, ESI_TO_CLIENT, (struct esi_span){0, 200}, take, &note);
        cr_assert_eq(note.count, (size_t)(rows[r].wanted != NULL), "%s", rows[r].what);
        cr_assert(!rows[r].wanted || strcmp(note.text, rows[r].wanted) == 0, "%s: %s", rows[r].what,
                  note.text);
        esi_fill_free(fill);
        esi_plan_free(plan);
    }
}

Test(fill_words, have_a_bound)
{
    struct esi_plan *plan = esi_plan_new();
    struct esi_fill *fill = esi_fill_new(&(struct esi_fill_config){.plan = plan, .words = true});
    uint8_t bytes[500];

    memset(bytes, 0xff, sizeof bytes);
    for (uint64_t n = 0; n < 200000; n++) {
        memcpy(bytes, &n, sizeof n); /* each another one */
        take_outcome(fill, &(struct esi_outcome){.kind = ESI_OUTCOME_VERDICT,
                                                 .span = {n * 500, 500},
                                                 .u.verdict = {.action = ESI_ACTION_DISCARD,
                                                               .rule.words = "long",
                                                               .behaviour = &behaviour,
                                                               .before = {bytes, sizeof bytes}}});
    }
    cr_assert_gt(esi_fill_brief(fill), 0);
    cr_assert_leq(esi_plan_words(plan), (size_t)65 << 20, "%zu", esi_plan_words(plan));
    esi_fill_free(fill);
    esi_plan_free(plan);
}

/* ---- samples ---- */

/* What becomes of a sample's frames, those of which there is something to say: a line each, the
 * frame's number first, "-" for one that is not written. */
static void
put_frames(struct esi_buf *out, const struct esi_rewrite_config *config)
{
    struct locator *locator = locator_new(config);
    struct esi_walk *walk = rewrite_walk(config);
    struct patches patches;
    struct esi_visit visit;

    while (esi_walk_next(walk, &visit) == ESI_STEP_ITEM) {
        locate(locator, &visit, &patches);
        if (patches.fate == FATE_WRITTEN && patches.comment.len == 0)
            continue;
        esi_buf_printf(out, "%u: ", (unsigned)visit.frame.number);
        if (patches.fate != FATE_WRITTEN)
            esi_buf_byte(out, '-');
        esi_buf_append(out, patches.comment);
        esi_buf_byte(out, '\n');
    }
    esi_walk_free(walk);
    locator_free(locator);
}

static void
take_record(void *ctx, const struct esi_record *record)
{
    esi_fill_take(ctx, record);
}

/* put_sample - the same, of a sample from its name and a configuration. */
static void
put_sample(struct esi_buf *out, const char *path, const char *text, struct esi_rewrite_config *how)
{
    struct esi_error err = {0};
    struct esi_ports ports = {0};
    struct esi_pipeline_result result;
    struct esi_config *config = text ? esi_config_new() : NULL;

    if (config)
        esi_config_read(config, "reset.cfg", esi_slice_of(text));
    esi_ports_add(&ports, 25);
    struct esi_policy *policy =
        esi_policy_new(&(struct esi_policy_options){.config = config, .ports = &ports}, &err);
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, true, &err);
    struct esi_plan *plan = esi_plan_new();
    struct esi_fill *fill =
        esi_fill_new(&(struct esi_fill_config){.plan = plan, .words = true, .divergence = true});

    cr_assert(policy && capture, "%s", err.text);
    esi_pipeline_run(&(struct esi_pipeline_config){.capture = capture,
                                                   .policy = policy,
                                                   .ports = &ports,
                                                   .record = take_record,
                                                   .ctx = fill},
                     &result);
    esi_plan_seal(plan);
    how->capture = capture;
    how->plan = plan;
    how->ports = &ports;
    how->format = ESI_REWRITE_PCAPNG;
    cr_assert(esi_capture_rewind(capture, &err), "%s", err.text);
    put_frames(out, how);
    esi_fill_free(fill);
    esi_plan_free(plan);
    esi_capture_close(capture);
    esi_policy_free(policy);
}

#define GREETING                                                                                   \
    "4: esi verdict=mask rule=\"mask-banner\" basis=likely before=\"mail.example.com ESMTP "       \
    "Postfix\" after=\"******************************\"\n"
#define OTHERS                                                                                     \
    "esi verdict=mask rule=\"match ehlo-reply-parameter others\" class=7 basis=confirmed "
#define KEYWORDS                                                                                   \
    "8: " OTHERS "before=\"STARTTLS\" after=\"XXXXXXXA\"\n" OTHERS                                 \
    "before=\"SMTPUTF8\" after=\"XXXXXXXB\"\n" OTHERS "before=\"CHUNKING\" after=\"XXXXXXXC\"\n"
#define MASKED                                                                                     \
    "esi verdict=mask rule=\"no allow-tls\" basis=likely before=\"STARTTLS\" "                     \
    "after=\"XXXXXXXX\"\n"
#define BEHIND                                                                                     \
    "esi counterfactual why=\"the captured client made use of STARTTLS, which would have been "    \
    "hidden from it\"\n"
#define RESET                                                                                      \
    "esi verdict=reset rule=\"match cmd verb data\" class=1 config=reset.cfg:2 basis=confirmed "   \
    "before=\"DATA\" dropped\n"
#define WENT_ON                                                                                    \
    "esi counterfactual why=\"the captured connection went on, though the firewall would have "    \
    "ended it\"\n"

static const char config_text[] =
    "policy-map type inspect esmtp M\n match cmd verb DATA\n  reset\n";

Test(fill_words, frames_of_samples)
{
    static const struct {
        const char *what, *path;
        bool resets;
        struct esi_rewrite_config how;
        const char *wanted; /* as far as it goes */
    } rows[] = {
        {"a mask, and what could not have come about",
         "samples/captures/starttls-postfix.pcap",
         false,
         {.after = ESI_AFTER_MARK},
         GREETING KEYWORDS "9: " MASKED BEHIND "10: " BEHIND "11: " BEHIND},
        {"kept without a word",
         "samples/captures/starttls-postfix.pcap",
         false,
         {.after = ESI_AFTER_KEEP},
         GREETING KEYWORDS "9: " MASKED},
        {"left out",
         "samples/captures/starttls-postfix.pcap",
         false,
         {.after = ESI_AFTER_CUT},
         GREETING KEYWORDS "9: -\n10: -\n"},
        {"one side only",
         "samples/captures/starttls-postfix.pcap",
         false,
         {.view = ESI_VIEW_TO_SERVER},
         "9: " MASKED},
        {"dropped",
         "samples/captures/plain-delivery.pcap",
         true,
         {.after = ESI_AFTER_MARK},
         "13: -\n14: -\n"},
        {"dropped, and kept",
         "samples/captures/plain-delivery.pcap",
         true,
         {.after = ESI_AFTER_MARK, .keep_dropped = true},
         "13: " RESET "14: " RESET WENT_ON "15: " RESET WENT_ON},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_rewrite_config how = rows[r].how;
        struct esi_buf got = {0};

        put_sample(&got, rows[r].path, rows[r].resets ? config_text : NULL, &how);
        esi_buf_byte(&got, '\0');
        cr_assert(strncmp((const char *)got.data, rows[r].wanted, strlen(rows[r].wanted)) == 0,
                  "%s:\n%s", rows[r].what, (const char *)got.data);
        esi_buf_free(&got);
    }
}
