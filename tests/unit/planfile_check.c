/* planfile_check.c - plans held against captures: what a walk finds, and what is not so. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "esi/flow.h"
#include "esi/planfile.h"

#include "support/frames.h"

enum { SYN = 2, ACK = 16, RAW = 101, OTHER = 50000 };

/* The first flow is opened by both sides, and the server's SYN comes first: that it is one of SMTP
 * is known behind the second flow only. The last two have the same tuple. */
static void
make_capture(const char *path)
{
    static const struct {
        bool to_client;
        uint16_t client_port;
        uint8_t flags;
        uint32_t seq, ack;
        const char *data;
    } rows[] = {
        {true, OTHER, SYN, 900, 0, ""},
        {false, 40000, SYN, 99, 0, ""},
        {true, 40000, SYN | ACK, 499, 100, ""},
        {false, OTHER, SYN, 700, 0, ""},
        {true, OTHER, SYN | ACK, 900, 701, ""},
        {true, 40000, ACK, 500, 100, "220 mail\r\n"},
        {false, 40000, ACK, 100, 510, "QUIT\r\n"},
        {false, 40001, SYN, 99, 0, ""},
        {false, 40001, SYN, 199, 0, ""},
    };
    static uint8_t frame[FRAME_MOST];
    struct frame_file file;

    frame_file_open(&file, path, RAW, 65535, true);
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        size_t len =
            frame_build(frame, &(struct frame_spec){.link = FRAME_RAW,
                                                    .to_client = rows[r].to_client,
                                                    .client_port = rows[r].client_port,
                                                    .seq = rows[r].seq,
                                                    .ack = rows[r].ack,
                                                    .flags = rows[r].flags,
                                                    .payload = esi_slice_of(rows[r].data)});
        frame_file_add(&file, frame, len, 0);
    }
    frame_file_close(&file);
}

static struct esi_capture *
open_capture(const char *path)
{
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, true, NULL);

    cr_assert(capture);
    return capture;
}

static void
take_flow(void *ctx, struct esi_flow *flow, bool evicted)
{
    struct esi_planfile *file = ctx;

    (void)evicted;
    if (flow->wanted)
        esi_planfile_add_session(file,
                                 &(struct esi_planfile_session){file->session_count + 1, flow->id,
                                                                flow->tuple, flow->first_ts});
}

static void
take_rest(void *ctx, struct esi_flow *flow)
{
    take_flow(ctx, flow, false);
}

/* make_plan - what a first reading by ports alone finds. */
static void
make_plan(struct esi_planfile *file, const char *path)
{
    struct esi_capture *capture = open_capture(path);
    struct esi_visit visit;

    *file = (struct esi_planfile){.flow_memory = 1 << 20, .plan = esi_plan_new()};
    esi_ports_add(&file->ports, 25);
    struct esi_walk *walk = esi_walk_new(
        capture, &(struct esi_walk_config){
                     .memory = 1 << 20, .ports = &file->ports, .forget = take_flow, .ctx = file});
    while (esi_walk_next(walk, &visit) == ESI_STEP_ITEM)
        continue;
    esi_walk_each(walk, take_rest, file);
    esi_planfile_describe(file, capture);
    esi_walk_free(walk);
    esi_capture_close(capture);
}

static void
as_it_is(struct esi_planfile *file)
{
    (void)file;
}

static void
another_start(struct esi_planfile *file)
{
    file->sessions[1].start++;
}

static void
another_server(struct esi_planfile *file)
{
    file->sessions[0].tuple.server.ip.bytes[3]++;
}

static void
another_flow(struct esi_planfile *file)
{
    file->sessions[file->session_count - 1].flow += 5;
}

static void
flows_exchanged(struct esi_planfile *file)
{
    file->sessions[0].flow = 2;
    file->sessions[1].flow = 1;
}

static void
one_less(struct esi_planfile *file)
{
    file->session_count--;
}

static void
one_more(struct esi_planfile *file)
{
    struct esi_planfile_session session = file->sessions[0];

    session.flow = 90;
    session.start--;
    esi_planfile_add_session(file, &session);
}

static void
more_frames(struct esi_planfile *file)
{
    file->captures[0].frames++;
}

static void
not_whole(struct esi_planfile *file)
{
    file->captures[0].why_not = esi_strdup("cut off");
}

static void
fragments(struct esi_planfile *file)
{
    file->any_fragments = true;
}

static const struct {
    void (*change)(struct esi_planfile *file);
    const char *said; /* NULL: it fits */
} rows[] = {
    {as_it_is, NULL},
    {another_start, "is not in the capture as the plan has it"},
    {another_server, "is not in the capture as the plan has it"},
    {another_flow, "is not in the capture as the plan has it"},
    {flows_exchanged, "is not in the capture as the plan has it"},
    /* Its beginning is not wanted, and so it is no session of the second reading, either. */
    {one_less, NULL},
    {one_more, "is not in the capture as the plan has it"},
    {more_frames, "by the plan"},
    {not_whole, "by the plan"},
    {fragments, "has no fragments"},
};

Test(planfile, against_a_capture)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");

    make_capture(path);
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_capture *capture = open_capture(path);
        struct esi_planfile file;
        struct esi_error err = {""};
        bool readable, unreadable;

        make_plan(&file, path);
        cr_assert_eq(file.session_count, 4u, "%zu sessions", file.session_count);
        rows[r].change(&file);
        esi_planfile_settle(&file);
        cr_assert(esi_planfile_same_input(&file, capture, &unreadable, &err), "%s", err.text);
        bool fits = esi_planfile_check(&file, capture, &readable, &err);
        cr_assert(fits == !rows[r].said && (fits || strstr(err.text, rows[r].said)), "row %zu: %s",
                  r, err.text);
        cr_assert(readable);
        esi_planfile_free(&file);
        esi_capture_close(capture);
    }
    temp_folder_free(folder);
}

Test(planfile, another_capture)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap"), *other = temp_path(folder, "b.pcap");
    struct esi_planfile file;
    struct esi_error err = {""};
    bool unreadable;

    make_capture(path);
    make_plan(&file, path);
    struct esi_buf bytes = read_whole_file(path);
    write_whole_file(other, esi_buf_slice(&bytes));
    struct esi_capture *capture = open_capture(other);
    cr_assert(esi_planfile_same_input(&file, capture, &unreadable, &err), "another name");
    esi_capture_close(capture);
    bytes.data[bytes.len - 1] ^= 1;
    write_whole_file(other, esi_buf_slice(&bytes));
    capture = open_capture(other);
    cr_assert(!esi_planfile_same_input(&file, capture, &unreadable, &err));
    cr_assert(strstr(err.text, "SHA-256") && !unreadable, "%s", err.text);
    esi_capture_close(capture);
    capture = open_capture(temp_path(folder, "none.pcap"));
    cr_assert(!esi_planfile_same_input(&file, capture, &unreadable, &err));
    cr_assert(unreadable && strstr(err.text, "none.pcap"), "%s", err.text);
    esi_capture_close(capture);
    esi_buf_free(&bytes);
    esi_planfile_free(&file);
    temp_folder_free(folder);
}
