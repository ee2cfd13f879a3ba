/* pipeline_closing.c - how connections end, in the capture and by inspection. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/packet.h"
#include "esi/report.h"

#include "support/run_pipeline.h"

enum {
    FIN = ESI_TCP_FIN,
    SYN = ESI_TCP_SYN,
    RST = ESI_TCP_RST,
    PSH = ESI_TCP_PSH,
    ACK = ESI_TCP_ACK,
    RAW = 101,
    FRAMES_MOST = 16
};

/* A segment: sequence numbers are stream offsets + 1, the SYN's is 0. */
struct segment {
    char who; /* 'c' or 's'; 0: no more. 'x': frames of another client follow, to the end */
    uint8_t flags;
    uint32_t seq, ack;
    const char *data;
};

struct told {
    struct esi_session_info info;
    struct esi_after_cut after;
    struct esi_late_segment late[ESI_AFTER_CUT_KEPT];
    uint64_t sessions, connections; /* the highest number */
    bool cut;
};

static void
take_record(void *ctx, const struct esi_record *record)
{
    struct told *told = ctx;

    if (record->kind != ESI_RECORD_SESSION)
        return;
    told->sessions++;
    if (record->session->connection > told->connections)
        told->connections = record->session->connection;
    if (record->session->number > 1)
        return;
    told->info = *record->session;
    told->cut = record->session->result && record->session->result->cut;
    if (!record->session->after_cut)
        return;
    told->after = *record->session->after_cut;
    for (size_t i = 0; i < told->after.kept; i++)
        told->late[i] = told->after.segments[i];
}

static void
put(struct frame_file *file, const struct segment *segment, uint16_t port)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_spec spec = {.link = FRAME_RAW,
                              .client_port = port,
                              .to_client = segment->who == 's',
                              .seq = segment->seq,
                              .ack = segment->ack,
                              .flags = segment->flags};

    if (segment->data)
        spec.payload = esi_slice_of(segment->data);
    frame_file_add(file, bytes, frame_build(bytes, &spec), 0);
}

static void
write_segments(struct frame_file *file, const struct segment *segments)
{
    uint16_t port = 1000;

    for (size_t i = 0; i < FRAMES_MOST && segments[i].who; i++) {
        if (segments[i].who == 'x')
            port++;
        else
            put(file, &segments[i], port);
    }
}

static void
run(const char *path, const char *config, struct told *told)
{
    memset(told, 0, sizeof *told);
    run_pipeline(path, config, 0, take_record, told);
}

static void
play(const struct segment *segments, const char *config, esi_nanos step, struct told *told)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");
    struct frame_file file;

    frame_file_open(&file, path, RAW, 65535, false);
    if (step > 0)
        file.step = step;
    write_segments(&file, segments);
    frame_file_close(&file);
    run(path, config, told);
    temp_folder_free(folder);
}

#define SHAKE                                                                                      \
    {'c', SYN, 0, 0, NULL}, {'s', SYN | ACK, 0, 1, NULL},                                          \
    {                                                                                              \
        'c', ACK, 1, 1, NULL                                                                       \
    }
#define GREETING "220 mail\r\n" /* 10 bytes */

Test(pipeline_closing, in_the_capture)
{
    static const struct {
        const char *what;
        struct segment segments[FRAMES_MOST];
        enum esi_closing closing;
        uint64_t frame; /* that closed it */
        bool midstream;
    } rows[] = {
        {"open", {SHAKE, {'s', ACK, 1, 1, GREETING}}, ESI_CLOSING_OPEN, 0, false},
        {"nothing was ever said", {SHAKE}, ESI_CLOSING_OPEN, 0, false},
        {"a SYN",
         {{'c', SYN, 0, 0, NULL}, {'c', SYN, 0, 0, NULL}},
         ESI_CLOSING_HALF_OPEN,
         0,
         false},
        {"a SYN and its answer",
         {{'c', SYN, 0, 0, NULL}, {'s', SYN | ACK, 0, 1, NULL}},
         ESI_CLOSING_HALF_OPEN,
         0,
         false},
        {"refused by its peer",
         {{'c', SYN, 0, 0, NULL}, {'s', RST | ACK, 0, 1, NULL}},
         ESI_CLOSING_RESET_BY_SERVER,
         2,
         false},
        {"FINs",
         {SHAKE,
          {'s', ACK, 1, 1, GREETING},
          {'s', FIN | ACK, 11, 1, NULL},
          {'c', FIN | ACK, 1, 12, NULL},
          {'s', ACK, 12, 2, NULL}},
         ESI_CLOSING_FINS,
         6,
         false},
        {"one FIN",
         {SHAKE,
          {'s', ACK, 1, 1, GREETING},
          {'s', FIN | ACK, 11, 1, NULL},
          {'c', ACK, 1, 12, NULL}},
         ESI_CLOSING_HALF_CLOSED,
         0,
         false},
        {"reset by the client",
         {SHAKE, {'s', ACK, 1, 1, GREETING}, {'c', RST, 1, 0, NULL}},
         ESI_CLOSING_RESET_BY_CLIENT,
         5,
         false},
        {"reset by the server, behind a FIN",
         {SHAKE, {'s', FIN | ACK, 1, 1, GREETING}, {'s', RST, 12, 0, NULL}},
         ESI_CLOSING_RESET_BY_SERVER,
         5,
         false},
        {"picked up in its middle",
         {{'s', ACK, 1, 1, GREETING}, {'c', RST, 1, 0, NULL}},
         ESI_CLOSING_RESET_BY_CLIENT,
         2,
         true},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct told told;

        play(rows[r].segments, NULL, 0, &told);
        cr_expect_eq(told.sessions, 1, "%s", rows[r].what);
        cr_expect_eq(told.info.connection, 1, "%s", rows[r].what);
        cr_expect_eq(told.info.closing, rows[r].closing, "%s: %s", rows[r].what,
                     esi_closing_name(told.info.closing));
        cr_expect_eq(told.info.closed_frame, rows[r].frame, "%s: frame %d", rows[r].what,
                     (int)told.info.closed_frame);
        cr_expect_eq(told.info.quality.midstream, rows[r].midstream, "%s", rows[r].what);
        cr_expect_eq(told.info.captured_to, told.info.end, "%s", rows[r].what);
    }
}

/* What goes on behind the end of one connection counts for how long it was silent. */
Test(pipeline_closing, captured_to)
{
    static const struct segment segments[] = {{'c', SYN, 0, 0, NULL},
                                              {'x', 0, 0, 0, NULL},
                                              {'c', SYN, 0, 0, NULL},
                                              {'s', RST | ACK, 0, 1, NULL},
                                              {0, 0, 0, 0, NULL}};
    struct told told;

    play(segments, NULL, (esi_nanos)20 * 1000000000, &told);
    cr_assert_eq(told.sessions, 2);
    cr_assert_eq(told.connections, 2);
    cr_assert_eq(told.info.closing, ESI_CLOSING_HALF_OPEN);
    cr_assert_eq(told.info.captured_to - told.info.start, (esi_nanos)40 * 1000000000);
}

/* HELO is dropped: 6 bytes at offset 0 of the client, behind a greeting of 10. */
#define DROPS(action) "policy-map type inspect esmtp M\n match cmd verb helo\n  " action "\n"
#define CUT                                                                                        \
    {'s', ACK, 1, 1, GREETING},                                                                    \
    {                                                                                              \
        'c', PSH | ACK, 1, 11, "HELO\r\n"                                                          \
    }

Test(pipeline_closing, by_inspection)
{
    static const struct {
        const char *what;
        struct segment segments[FRAMES_MOST];
        uint64_t count;
        uint64_t first_frame;
        uint8_t first_flags;
        const char *config;
    } rows[] = {
        {"nothing behind it", {SHAKE, CUT}, 0, 0, 0, DROPS("drop-connection")},
        {"sent again, and given up",
         {SHAKE,
          CUT,
          {'c', PSH | ACK, 1, 11, "HELO\r\n"},
          {'c', FIN | ACK, 7, 11, NULL},
          {'c', RST | ACK, 8, 11, NULL}},
         3,
         6,
         PSH | ACK,
         DROPS("drop-connection")},
        {"the greeting is acknowledged once more",
         {SHAKE, CUT, {'c', ACK, 7, 11, NULL}},
         1,
         6,
         ACK,
         DROPS("drop-connection")},
        {"the server acknowledges what it never got",
         {SHAKE, CUT, {'s', ACK, 11, 7, NULL}, {'c', ACK, 7, 11, NULL}},
         0,
         0,
         0,
         DROPS("drop-connection")},
        {"the server answers it",
         {SHAKE, CUT, {'s', ACK, 11, 1, "250 x\r\n"}, {'c', ACK, 7, 18, NULL}},
         0,
         0,
         0,
         DROPS("drop-connection")},
        {"more of the client behind a hole",
         {SHAKE, CUT, {'c', PSH | ACK, 99, 11, "DATA\r\n"}, {'c', PSH | ACK, 1, 11, "HELO\r\n"}},
         2,
         6,
         PSH | ACK,
         DROPS("drop-connection")},
        {"more of the client was under way, until the server acknowledges it",
         {SHAKE,
          CUT,
          {'c', ACK, 7, 11, "DATA\r\n"},
          {'c', PSH | ACK, 1, 11, "HELO\r\n"},
          {'s', ACK, 11, 13, NULL},
          {'c', ACK, 13, 11, "QUIT\r\n"}},
         2,
         6,
         ACK,
         DROPS("drop-connection")},
        {"more of the client, behind an answer that is not captured",
         {SHAKE, CUT, {'c', PSH | ACK, 7, 18, "DATA\r\n"}},
         0,
         0,
         0,
         DROPS("drop-connection")},
        {"more of the client, which acknowledges nothing",
         {SHAKE, CUT, {'c', PSH, 7, 0, "DATA\r\n"}},
         0,
         0,
         0,
         DROPS("drop-connection")},
        {"more of the server",
         {SHAKE, CUT, {'s', PSH | ACK, 11, 1, "250 x\r\n"}},
         0,
         0,
         0,
         DROPS("drop-connection")},
        {"the server's FIN, and who acknowledges it",
         {SHAKE, CUT, {'s', FIN | ACK, 11, 1, NULL}, {'c', ACK, 7, 12, NULL}},
         1,
         6,
         FIN | ACK,
         DROPS("drop-connection")},
        {"reset",
         {SHAKE, CUT, {'c', PSH | ACK, 1, 11, "HELO\r\n"}},
         1,
         6,
         PSH | ACK,
         DROPS("reset")},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct told told;

        play(rows[r].segments, rows[r].config, 0, &told);
        cr_assert(told.cut && told.info.after_cut, "%s", rows[r].what);
        cr_expect_eq(told.after.forwarded[ESI_TO_SERVER], 0, "%s", rows[r].what);
        cr_expect_eq(told.after.forwarded[ESI_TO_CLIENT], 10, "%s", rows[r].what);
        cr_expect_eq(told.after.count, rows[r].count, "%s: %d segments", rows[r].what,
                     (int)told.after.count);
        cr_expect_eq(told.after.kept, rows[r].count, "%s", rows[r].what);
        cr_expect_eq(told.late[0].frame, rows[r].first_frame, "%s", rows[r].what);
        cr_expect_eq(told.late[0].flags, rows[r].first_flags, "%s", rows[r].what);
    }
}

/* Of what comes behind the cut only so much is kept; all is counted. */
Test(pipeline_closing, many_behind_the_cut)
{
    enum { AGAIN = 200 };
    static const struct segment begin[FRAMES_MOST] = {SHAKE, CUT},
                                again = {'c', PSH | ACK, 1, 11, "HELO\r\n"};
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");
    struct frame_file file;
    struct told told;

    frame_file_open(&file, path, RAW, 65535, false);
    write_segments(&file, begin);
    for (unsigned n = 0; n < AGAIN; n++)
        put(&file, &again, 1000);
    frame_file_close(&file);
    run(path, DROPS("drop-connection"), &told);
    cr_assert_eq(told.after.count, AGAIN);
    cr_assert_eq(told.after.kept, ESI_AFTER_CUT_KEPT);
    temp_folder_free(folder);
}

/* A refused connection is none: the next one has the next number. */
Test(pipeline_closing, refused)
{
    static const char limit[] = "ASA Version 9.1(2)\nclass-map all\n match any\npolicy-map p\n"
                                " class all\n  set connection conn-max 1\n  inspect esmtp\n"
                                "service-policy p global\n";
    static const struct segment segments[] = {
        SHAKE, {'x', 0, 0, 0, NULL}, SHAKE, {'s', ACK, 1, 1, GREETING}, {0, 0, 0, 0, NULL}};
    struct told told;

    play(segments, limit, 0, &told);
    cr_assert_eq(told.sessions, 2);
    cr_assert_eq(told.connections, 1);
    cr_assert_eq(told.info.connection, 1);
}
