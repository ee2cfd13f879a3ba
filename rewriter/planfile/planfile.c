/*
 * planfile.c - what a plan's text holds, in memory: captures, sessions, and which flows were
 * wanted.
 *
 * A flow is wanted if a session of the plan has its tuple and the time of its first frame. The
 * first reading asked the same of its policy, which answers by just these two; a flow for which it
 * said yes became a session, so that no other question gets another answer.
 */
#include "esi/planfile.h"

#include <stdlib.h>
#include <string.h>

#include "planfile_internal.h"

void
esi_planfile_describe(struct esi_planfile *file, const struct esi_capture *capture)
{
    size_t count = esi_capture_file_count(capture);

    for (size_t c = 0; c < count; c++) {
        const struct esi_capture_file *input = esi_capture_file(capture, c);

        file->captures =
            esi_grow(file->captures, &file->capture_cap, c + 1, sizeof *file->captures);
        struct esi_planfile_capture *told = &file->captures[c];
        file->capture_count = c + 1;
        told->name = esi_strdup(input->name);
        told->frames = input->frames;
        told->why_not = input->complete ? NULL : esi_strdup(input->why_not);
        if (!esi_capture_sha256(capture, c, told->sha256, NULL))
            told->sha256[0] = '\0';
    }
}

void
esi_planfile_add_session(struct esi_planfile *file, const struct esi_planfile_session *session)
{
    file->sessions = esi_grow(file->sessions, &file->session_cap, file->session_count + 1,
                              sizeof *file->sessions);
    file->sessions[file->session_count++] = *session;
}

static int
compare_flows(const void *left, const void *right)
{
    const struct esi_planfile_session *a = left, *b = right;

    return a->flow < b->flow ? -1 : a->flow > b->flow;
}

static int
compare_endpoints(const struct esi_endpoint *a, const struct esi_endpoint *b)
{
    if (a->port != b->port)
        return a->port < b->port ? -1 : 1;
    if (a->ip.family != b->ip.family)
        return a->ip.family < b->ip.family ? -1 : 1;
    return memcmp(a->ip.bytes, b->ip.bytes, sizeof a->ip.bytes);
}

static int
compare_starts(const struct esi_planfile_session *a, const struct esi_planfile_session *b)
{
    int clients;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    clients = compare_endpoints(&a->tuple.client, &b->tuple.client);
    return clients != 0 ? clients : compare_endpoints(&a->tuple.server, &b->tuple.server);
}

/* sort_by_start - merges sorted halves: qsort has no context to find the sessions by. */
static void
sort_by_start(const struct esi_planfile *file, uint32_t *order, uint32_t *room, size_t count)
{
    size_t half = count / 2, left = 0, right = half;

    if (count < 2)
        return;
    sort_by_start(file, order, room, half);
    sort_by_start(file, order + half, room, count - half);
    for (size_t i = 0; i < count; i++) {
        bool from_right =
            left == half || (right < count && compare_starts(&file->sessions[order[right]],
                                                             &file->sessions[order[left]]) < 0);
        room[i] = from_right ? order[right++] : order[left++];
    }
    memcpy(order, room, count * sizeof *order);
}

void
esi_planfile_settle(struct esi_planfile *file)
{
    size_t count = file->session_count;

    if (count > 1)
        qsort(file->sessions, count, sizeof *file->sessions, compare_flows);
    file->by_start = esi_alloc((count + 1) * sizeof *file->by_start);
    for (size_t s = 0; s < count; s++)
        file->by_start[s] = (uint32_t)s;
    uint32_t *room = esi_alloc((count + 1) * sizeof *room);
    sort_by_start(file, file->by_start, room, count);
    free(room);
}

const struct esi_planfile_session *
planfile_session_of(const struct esi_planfile *file, esi_flow_id flow)
{
    struct esi_planfile_session wanted = {.flow = flow};

    return file->session_count == 0 ? NULL
                                    : bsearch(&wanted, file->sessions, file->session_count,
                                              sizeof *file->sessions, compare_flows);
}

bool
esi_planfile_wants(void *ctx, const struct esi_tuple *tuple, esi_nanos when)
{
    const struct esi_planfile *file = ctx;
    struct esi_planfile_session wanted = {.tuple = *tuple, .start = when};
    size_t low = 0, high = file->session_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int side = compare_starts(&file->sessions[file->by_start[middle]], &wanted);

        if (side == 0)
            return true;
        if (side < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

void
esi_planfile_free(struct esi_planfile *file)
{
    for (size_t c = 0; c < file->capture_count; c++) {
        free(file->captures[c].name);
        free(file->captures[c].why_not);
    }
    free(file->captures);
    free(file->version);
    free(file->filter);
    free(file->sessions);
    free(file->by_start);
    esi_plan_free(file->plan);
    *file = (struct esi_planfile){0};
}
