/* pipeline_admission.c - connections that a limit keeps out, of sessions inspected and not. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/packet.h"
#include "esi/report.h"

#include "support/run_pipeline.h"

enum { SYN = ESI_TCP_SYN, ACK = ESI_TCP_ACK, RAW = 101, FLOWS = 3 };

struct told {
    uint64_t refused, real, dropped, diverged; /* verdicts; sessions */
    uint64_t refused_at;                       /* frame */
    struct esi_summary_info summary;
};

static void
take_outcome(struct told *told, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    if (outcome->kind != ESI_OUTCOME_VERDICT)
        return;
    if (verdict->action == ESI_ACTION_REFUSE) {
        told->refused++;
        told->refused_at = outcome->frame;
        cr_assert(!verdict->counterfactual);
        cr_assert_eq(verdict->limit.most, 1);
        cr_assert_eq(outcome->frame_count, 1);
    } else {
        told->real += !verdict->counterfactual;
    }
}

static void
take_record(void *ctx, const struct esi_record *record)
{
    struct told *told = ctx;

    if (record->kind == ESI_RECORD_OUTCOME)
        take_outcome(told, record->outcome);
    if (record->kind == ESI_RECORD_SUMMARY)
        told->summary = *record->summary;
    if (record->kind != ESI_RECORD_SESSION || !record->session->result)
        return;
    told->dropped += record->session->result->outcome == ESI_SESSION_DROPPED;
    told->diverged += record->session->result->divergence.found;
    if (record->session->result->cut)
        cr_assert_eq(record->session->result->cut_at.frame, record->session->first_frame);
}

static void
run(const char *path, const char *config, struct told *told)
{
    memset(told, 0, sizeof *told);
    run_pipeline(path, config, 0, take_record, told);
}

#define LIMIT                                                                                      \
    "ASA Version 9.1(2)\nclass-map all\n match any\npolicy-map p\n class all\n"                    \
    "  set connection conn-max 1\n"

static const struct {
    const char *what, *config;
    bool greets; /* else nothing but the SYNs was captured */
    uint64_t refused, real, dropped, diverged, inspected;
} rows[] = {
    {"inspected", LIMIT "  inspect esmtp\nservice-policy p global\n", true, 2, 1, 2, 2, 3},
    {"not inspected", LIMIT "service-policy p global\n", true, 2, 0, 2, 0, 0},
    {"SYNs alone", LIMIT "  inspect esmtp\nservice-policy p global\n", false, 2, 0, 2, 0, 3},
    {"no limit", "ASA Version 9.1(2)\n", true, 0, 3, 0, 0, 3},
};

Test(pipeline_admission, refused)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        char *folder = temp_folder_new();
        const char *path = temp_path(folder, "a.pcap");
        struct frame_file file;
        struct told told;

        frame_file_open(&file, path, RAW, 65535, false);
        for (unsigned n = 0; n < FLOWS; n++)
            add_segment(&file, n, SYN, NULL);
        for (unsigned n = 0; n < FLOWS && rows[i].greets; n++)
            add_segment(&file, n, ACK, "220 mail.example.com ESMTP\r\n");
        frame_file_close(&file);
        run(path, rows[i].config, &told);
        cr_assert_eq(told.refused, rows[i].refused, "%s", rows[i].what);
        cr_assert_eq(told.real, rows[i].real, "%s", rows[i].what);
        cr_assert_eq(told.dropped, rows[i].dropped, "%s", rows[i].what);
        cr_assert_eq(told.diverged, rows[i].diverged, "%s", rows[i].what);
        cr_assert_eq(told.summary.inspected, rows[i].inspected, "%s", rows[i].what);
        cr_assert(rows[i].refused == 0 || told.refused_at == FLOWS, "%s", rows[i].what);
        temp_folder_free(folder);
    }
}
