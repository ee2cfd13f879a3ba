/*
 * rewrite_options.c - what the options make of frames, fragments among them.
 *
 * One capture: session 1 in whole frames, session 2 with a segment in two fragments, and a frame
 * that is no session's. Each row tells the fate of every frame by a letter: "." as it was, "e" as
 * edited, "s" its checksum set right, "-" not there.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "rewrite/rewrite_internal.h"

#include "rewrite_run.h"
#include "support/frames.h"

enum { ACK = ESI_TCP_ACK, FRAMES = 9, ISN = 1000, OTHER_PORT = 41000 };

static const char payload[] = "MAIL FROM:<a@example.net>\r\n"; /* 47 bytes with the header */

/* The frames, in order. Checksums are wrong where it says so. */
enum frame_kind { WHOLE, PIECE_ONE, PIECE_TWO, STRANGER };
static const struct line {
    enum frame_kind kind;
    bool second, to_client, bad;
    uint32_t at;
    const char *payload, *edited;
} lines[FRAMES] = {
    {WHOLE, false, true, false, 0, "220 a\r\n", "220 X\r\n"},
    {WHOLE, true, true, false, 0, "220 a\r\n", NULL},
    {STRANGER, false, false, false, 0, NULL, NULL},
    {WHOLE, false, false, false, 0, "EHLO a\r\n", "XXXX a\r\n"},
    {PIECE_ONE, true, false, true, 0, payload, NULL},
    {PIECE_TWO, true, false, true, 0, payload, NULL},
    {WHOLE, false, false, true, 8, "MAIL\r\n", NULL},
    {WHOLE, false, true, false, 7, "250 a\r\n", NULL},
    {WHOLE, true, true, false, 7, "250 b\r\n", NULL},
};

static struct frame_spec
spec_of(const struct line *line, bool edited, bool set_right)
{
    return (struct frame_spec){.to_client = line->to_client,
                               .client_port = line->second ? OTHER_PORT : 0,
                               .ip_id = line->second ? 7 : 8,
                               .seq = ISN + line->at,
                               .ack = ISN,
                               .flags = ACK,
                               .payload = esi_slice_of(edited ? line->edited : line->payload),
                               .bad_checksum = line->bad && !edited && !set_right};
}

static void
add_frame(struct frame_file *file, const struct line *line, char fate)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_piece pieces[] = {{0, 24}, {24, 23}};
    size_t len = 60;

    if (line->kind == STRANGER) {
        memset(bytes, 0xff, len); /* ARP, about */
    } else {
        struct frame_spec spec = spec_of(line, fate == 'e', fate == 's');
        len = line->kind == WHOLE ? frame_build(bytes, &spec)
                                  : frame_build_piece(bytes, &spec, pieces[line->kind - PIECE_ONE]);
    }
    frame_file_add(file, bytes, len, 0);
}

/* write_frames - fates NULL: as they were. */
static void
write_frames(const char *path, const char *fates)
{
    struct frame_file file;

    frame_file_open(&file, path, 1, 65535, false);
    for (size_t l = 0; l < FRAMES; l++) {
        if (fates && fates[l] == '-')
            file.now += file.step;
        else
            add_frame(&file, &lines[l], fates ? fates[l] : '.');
    }
    frame_file_close(&file);
}

static bool
is_first(void *ctx, esi_flow_id flow)
{
    (void)ctx;
    return flow == 1;
}

static bool
is_second(void *ctx, esi_flow_id flow)
{
    (void)ctx;
    return flow == 2;
}

enum planned {
    EDITS = 1,
    CUT_OF_FIRST = 2,
    CUT_OF_SECOND = 4,
    DIVERGENCE = 8,
    LATE_DIVERGENCE = 16
};
enum { BOTH_CUTS = CUT_OF_FIRST | CUT_OF_SECOND };

static struct esi_plan *
plan_of(unsigned planned)
{
    struct esi_plan *plan = esi_plan_new();

    if (planned & EDITS) {
        esi_plan_add_edit(plan, 1,
                          &(struct esi_edit){.dir = ESI_TO_CLIENT, .span = {4, 1}, .fill = 'X'});
        esi_plan_add_edit(plan, 1, &(struct esi_edit){.span = {0, 4}, .fill = 'X'});
    }
    if (planned & CUT_OF_FIRST)
        esi_plan_add_cut(plan, 1, &(struct esi_cut){.frame = 7, .offset = 8});
    if (planned & CUT_OF_SECOND)
        esi_plan_add_cut(plan, 2, &(struct esi_cut){.frame = 6, .offset = 0});
    if (planned & DIVERGENCE)
        esi_plan_add_divergence(plan, 1, 4, "esi counterfactual why=\"x\"");
    if (planned & LATE_DIVERGENCE)
        esi_plan_add_divergence(plan, 1, 7, "esi counterfactual why=\"x\"");
    esi_plan_seal(plan);
    return plan;
}

Test(rewrite_options, fates_of_frames)
{
    static const struct {
        const char *what;
        unsigned planned;
        struct esi_rewrite_config how;
        const char *fates;
        uint64_t dropped, left_out, marked, lost, set;
    } rows[] = {
        {"nothing", 0, {.format = 0}, ".........", 0, 0, 0, 0, 0},
        {"edits", EDITS, {.format = 0}, "e..e.....", 0, 0, 0, 2, 0},
        {"of one side", EDITS, {.view = ESI_VIEW_TO_SERVER}, "...e.....", 0, 0, 0, 1, 0},
        {"of the other", EDITS, {.view = ESI_VIEW_TO_CLIENT}, "e........", 0, 0, 0, 1, 0},
        {"cuts in every view", BOTH_CUTS, {.view = ESI_VIEW_TO_CLIENT}, "....-----", 5, 0, 0, 0, 0},
        {"dropped and kept", EDITS | BOTH_CUTS, {.keep_dropped = true}, "e..e.....", 0, 0, 5, 7, 0},
        {"one session", EDITS, {.flow_wanted = is_first}, "e--e--..-", 0, 5, 0, 2, 0},
        {"the other, in fragments", 0, {.flow_wanted = is_second}, "-.--..--.", 0, 5, 0, 0, 0},
        {"and cut", CUT_OF_SECOND, {.flow_wanted = is_second}, "-.-------", 3, 5, 0, 0, 0},
        {"cut, kept, not wanted",
         CUT_OF_SECOND,
         {.flow_wanted = is_first, .keep_dropped = true},
         ".--.--..-",
         0,
         5,
         0,
         0,
         0},
        {"behind a divergence",
         EDITS | DIVERGENCE,
         {.after = ESI_AFTER_CUT},
         "e..-..--.",
         0,
         3,
         0,
         1,
         0},
        {"marked", EDITS | DIVERGENCE, {.after = ESI_AFTER_MARK}, "e..e.....", 0, 0, 3, 4, 0},
        {"kept", EDITS | DIVERGENCE, {.after = ESI_AFTER_KEEP}, "e..e.....", 0, 0, 0, 2, 0},
        {"dropped before left out",
         CUT_OF_FIRST | LATE_DIVERGENCE,
         {.after = ESI_AFTER_CUT},
         "......--.",
         2,
         0,
         0,
         0,
         0},
        {"of what is dropped and kept, too",
         CUT_OF_FIRST | LATE_DIVERGENCE,
         {.after = ESI_AFTER_CUT, .keep_dropped = true},
         "......--.",
         0,
         2,
         0,
         0,
         0},
        {"a cut behind a divergence is none",
         CUT_OF_FIRST | DIVERGENCE,
         {.after = ESI_AFTER_MARK},
         ".........",
         0,
         0,
         3,
         3,
         0},
        {"unless divergences do not matter",
         CUT_OF_FIRST | DIVERGENCE,
         {.after = ESI_AFTER_KEEP},
         "......--.",
         2,
         0,
         0,
         0,
         0},
        {"all checksums", EDITS, {.checksums = ESI_CHECKSUMS_ALL}, "e..es.s..", 0, 0, 0, 2, 2},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        char *folder = temp_folder_new();
        const char *in = temp_path(folder, "in"), *out = temp_path(folder, "out"),
                   *wanted = temp_path(folder, "wanted");
        struct esi_plan *plan = plan_of(rows[r].planned);
        struct esi_rewrite_config how = rows[r].how;
        struct esi_rewrite_stats stats;

        how.in_fragments = true;
        write_frames(in, NULL);
        write_frames(wanted, rows[r].fates);
        rewrite_how(in, out, plan, &how, &stats);
        check_same_file(out, wanted, rows[r].what);
        cr_assert_eq(stats.frames_dropped, rows[r].dropped, "%s", rows[r].what);
        cr_assert_eq(stats.frames_left_out, rows[r].left_out, "%s", rows[r].what);
        cr_assert_eq(stats.frames_marked, rows[r].marked, "%s: %d", rows[r].what,
                     (int)stats.frames_marked);
        cr_assert_eq(stats.comments_lost, rows[r].lost, "%s: %d", rows[r].what,
                     (int)stats.comments_lost);
        cr_assert_eq(stats.checksums_set, rows[r].set, "%s: %d", rows[r].what,
                     (int)stats.checksums_set);
        esi_plan_free(plan);
        temp_folder_free(folder);
    }
}
