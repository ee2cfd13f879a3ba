/*
 * check.c - whether a capture is the one that a plan is of.
 *
 * The same bytes, first of all; then a walk with the plan's answers: every session of the plan has
 * to be a flow of that number, with that tuple and that beginning, and every flow that is wanted a
 * session. So a plan that was tampered with, or that was made by a version that numbers flows
 * otherwise, is refused before anything is written.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "esi/flow.h"
#include "esi/planfile.h"

#include "planfile_internal.h"

enum { DIGITS_SHOWN = 12 };

static bool
same_sha256(const struct esi_planfile_capture *planned, const struct esi_capture *capture,
            size_t index, bool *unreadable, struct esi_error *err)
{
    char found[ESI_SHA256_TEXT];
    const char *name = esi_capture_file(capture, index)->name;

    *unreadable = !esi_capture_sha256(capture, index, found, err);
    if (*unreadable)
        return planned->sha256[0] == '\0'; /* then neither */
    if (strcmp(planned->sha256, found) == 0)
        return true;
    return esi_error_set(err,
                         "%.100s: is not the capture that the plan is of: its SHA-256 is %.*s..., "
                         "that of %.100s %.*s%s",
                         name, DIGITS_SHOWN, found, planned->name, DIGITS_SHOWN,
                         planned->sha256[0] ? planned->sha256 : "is not known",
                         planned->sha256[0] ? "..." : "");
}

bool
esi_planfile_same_input(const struct esi_planfile *file, const struct esi_capture *capture,
                        bool *unreadable, struct esi_error *err)
{
    size_t count = esi_capture_file_count(capture);

    *unreadable = false;
    if (count != file->capture_count)
        return esi_error_set(err, "the plan is of %zu capture%s, not of %zu", file->capture_count,
                             file->capture_count == 1 ? "" : "s", count);
    for (size_t c = 0; c < count; c++)
        if (!same_sha256(&file->captures[c], capture, c, unreadable, err))
            return false;
    return true;
}

struct check {
    struct esi_planfile *file;
    bool *found;      /* by session: it is in the capture as the plan has it */
    bool any_unknown; /* a flow that should be a session, and is none */
    uint64_t unknown; /* frames of link types that nobody can read */
    bool in_fragments, any_fragments;
};

static bool
wants(void *ctx, const struct esi_tuple *tuple, esi_nanos when)
{
    struct check *check = ctx;

    return esi_planfile_wants(check->file, tuple, when);
}

static bool
same_endpoint(const struct esi_endpoint *a, const struct esi_endpoint *b)
{
    return a->port == b->port && esi_ip_same(&a->ip, &b->ip);
}

/* leave - what becomes of a flow is settled when the walk is done with it: till then its sides may
 * turn round. */
static void
leave(void *ctx, struct esi_flow *flow, bool evicted)
{
    struct check *check = ctx;
    const struct esi_planfile *file = check->file;

    (void)evicted;
    if (!flow->wanted)
        return;
    const struct esi_planfile_session *session = planfile_session_of(file, flow->id);
    if (!session)
        check->any_unknown = true;
    else
        check->found[session - file->sessions] =
            session->start == flow->first_ts &&
            same_endpoint(&session->tuple.client, &flow->tuple.client) &&
            same_endpoint(&session->tuple.server, &flow->tuple.server);
}

static void
leave_rest(void *ctx, struct esi_flow *flow)
{
    leave(ctx, flow, false);
}

static void
note_visit(struct check *check, const struct esi_visit *visit)
{
    check->unknown += visit->decoding.what == ESI_DECODED_LINK_UNKNOWN;
    if (visit->decoding.what != ESI_DECODED_TCP || visit->decoding.piece_count == 0)
        return;
    check->any_fragments = true;
    check->in_fragments = check->in_fragments || visit->flow->wanted;
}

static void
walk(struct check *check, struct esi_capture *capture)
{
    const struct esi_planfile *file = check->file;
    struct esi_visit visit;
    struct esi_walk *walk =
        esi_walk_new(capture, &(struct esi_walk_config){.memory = (size_t)file->flow_memory,
                                                        .ports = &file->ports,
                                                        .wants = wants,
                                                        .forget = leave,
                                                        .ctx = check});

    while (esi_walk_next(walk, &visit) == ESI_STEP_ITEM)
        note_visit(check, &visit);
    esi_walk_each(walk, leave_rest, check);
    esi_walk_free(walk);
}

static bool
check_files(const struct check *check, const struct esi_capture *capture, struct esi_error *err)
{
    const struct esi_planfile *file = check->file;

    for (size_t c = 0; c < file->capture_count; c++) {
        const struct esi_capture_file *input = esi_capture_file(capture, c);
        const struct esi_planfile_capture *planned = &file->captures[c];

        if (input->frames != planned->frames)
            return esi_error_set(err, "%.100s: has %" PRIu64 " frames, and %" PRIu64 " by the plan",
                                 input->name, input->frames, planned->frames);
        if (input->complete != !planned->why_not)
            return esi_error_set(err, "%.100s: is %s, and by the plan it is not", input->name,
                                 input->complete ? "whole" : "damaged or cut off");
    }
    return true;
}

static bool
check_sessions(const struct check *check, struct esi_error *err)
{
    const struct esi_planfile *file = check->file;

    for (size_t s = 0; s < file->session_count; s++)
        if (!check->found[s])
            return esi_error_set(err,
                                 "session %" PRIu64 " (flow_id %" PRIu32
                                 ") is not in the capture as the plan has it",
                                 file->sessions[s].number, file->sessions[s].flow);
    if (check->any_unknown)
        return esi_error_set(err, "the capture has a session that the plan has not");
    if (check->in_fragments != file->in_fragments || check->any_fragments != file->any_fragments)
        return esi_error_set(err, "the capture %s fragments, and by the plan it is otherwise",
                             check->any_fragments ? "has" : "has no");
    return true;
}

bool
esi_planfile_check(struct esi_planfile *file, struct esi_capture *capture, bool *readable,
                   struct esi_error *err)
{
    struct check check = {.file = file, .found = esi_alloc(file->session_count + 1)};

    walk(&check, capture);
    bool fits = check_files(&check, capture, err) && check_sessions(&check, err);
    uint64_t frames = 0;
    for (size_t c = 0; c < file->capture_count; c++)
        frames += esi_capture_file(capture, c)->frames;
    *readable = frames > check.unknown;
    free(check.found);
    return fits;
}
