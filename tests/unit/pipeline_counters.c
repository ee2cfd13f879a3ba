/* pipeline_counters.c - what a box would have counted, of conversations made by hand. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/packet.h"
#include "esi/report.h"

#include "support/run_pipeline.h"

enum { RAW = 101, HANDSHAKE = 2, MANY = 100 };

/* Places of a conversation between 192.0.2.1 and 192.0.2.2. */
struct segment {
    unsigned flow;
    char dir; /* 'C' the client sent it, 'S' the server */
    uint32_t at;
    const char *text;
};

struct wanted {
    const char *what; /* "packet", ... */
    uint64_t count, frame_count;
};

static void
put(struct frame_file *file, unsigned flow, char dir, uint8_t flags, uint32_t at, const char *text)
{
    static uint8_t bytes[FRAME_MOST];

    frame_file_add(file, bytes,
                   frame_build(bytes, &(struct frame_spec){.link = FRAME_RAW,
                                                           .client_port = (uint16_t)(1000 + flow),
                                                           .to_client = dir == 'S',
                                                           .seq = flags & ESI_TCP_SYN ? 0 : 1 + at,
                                                           .ack = 1,
                                                           .flags = flags,
                                                           .payload = esi_slice_of(text)}),
                   0);
}

static void
open_flows(struct frame_file *file, const char *path, unsigned flows)
{
    frame_file_open(file, path, RAW, 65535, false);
    for (unsigned flow = 0; flow < flows; flow++) {
        put(file, flow, 'C', ESI_TCP_SYN, 0, "");
        put(file, flow, 'S', ESI_TCP_SYN | ESI_TCP_ACK, 0, "");
    }
}

/* ---- packets, and sessions that go over to TLS ---- */

static const struct segment late[] = {
    {0, 'S', 0, "220 m\r\n"}, {0, 'C', 4, " abc\r\n"}, {0, 'C', 2, "LO"},
    {0, 'C', 0, "EH"},        {0, 'C', 0, "EH"}, /* again */
};
static const struct segment tls[] = {
    {0, 'S', 0, "220 m\r\n"},      {1, 'S', 0, "220 m\r\n"},      {0, 'C', 0, "STARTTLS\r\n"},
    {1, 'C', 0, "STARTTLS\r\n"},   {0, 'S', 7, "220 go\r\n"},     {1, 'S', 7, "220 go\r\n"},
    {0, 'C', 10, "\x16\x03\x01z"}, {1, 'C', 10, "\x16\x03\x01z"}, {1, 'S', 15, "\x16\x03\x01z"},
};
static const struct segment dropped[] = {
    {0, 'S', 0, "220 m\r\n"},
    {0, 'C', 0, "VRFY a\r\nVRFY b\r\n"},
    {0, 'C', 16, "NOOP\r\n"},
    {0, 'S', 7, "250 ok\r\n"},
};

#define MAP "ASA Version 9.1(2)\npolicy-map type inspect esmtp M\n"
static const struct {
    const char *what, *config;
    const struct segment *segments;
    size_t count;
    unsigned flows;
    struct wanted wanted[6];
} rows[] = {
    {"three segments waited for one frame",
     MAP " parameters\n  mask-banner\n",
     late,
     ESI_COUNT(late),
     1,
     {{"packet", 4, 2}, {"mask-banner", 1, 1}, {"allow-tls", 0, 0}, {"drop", 0, 0}}},
    {"two sessions go over to TLS, and log it",
     MAP " parameters\n  allow-tls action log\n",
     tls,
     ESI_COUNT(tls),
     2,
     {{"packet", 6, 6}, {"mask-banner", 0, 0}, {"allow-tls", 2, 2}, {"allow-tls log", 2, 2}}},
    {"two sessions go over to TLS, and log nothing",
     MAP " parameters\n  mask-banner\n  allow-tls\n",
     tls,
     ESI_COUNT(tls),
     2,
     {{"packet", 6, 6}, {"mask-banner", 2, 2}, {"allow-tls", 2, 2}, {"allow-tls log", 0, 0}}},
    {"nothing behind a cut",
     MAP " match cmd verb vrfy\n  drop-connection\n",
     dropped,
     ESI_COUNT(dropped),
     1,
     {{"packet", 2, 2}, {"drop", 1, 1}, {"reset-drop", 0, 0}, {"match", 1, 1}}},
    {"nothing behind a reset",
     MAP " match cmd verb vrfy\n  reset log\n",
     dropped,
     ESI_COUNT(dropped),
     1,
     {{"packet", 2, 2}, {"drop", 0, 0}, {"reset-drop", 1, 1}, {"match", 1, 1}}},
    {"two verdicts, one packet",
     MAP " match cmd verb vrfy\n  mask\n",
     dropped,
     ESI_COUNT(dropped),
     1,
     {{"packet", 4, 4}, {"drop", 0, 0}, {"match", 1, 1}, {"hits", 2, 2}}},
};

static const struct esi_counter *
find(const struct esi_inspection *inspection, const char *what, struct esi_counter *hits)
{
    const struct {
        const char *what;
        const struct esi_counter *counter;
    } counters[] = {
        {"packet", &inspection->packet},
        {"drop", &inspection->drop},
        {"reset-drop", &inspection->reset_drop},
        {"mask-banner", &inspection->parameter[ESI_PARAMETER_MASK_BANNER]},
        {"allow-tls", &inspection->parameter[ESI_PARAMETER_ALLOW_TLS]},
        {"allow-tls log", &inspection->logged[ESI_PARAMETER_ALLOW_TLS]},
        {"match", &inspection->matches[0].packet},
        {"hits", hits},
    };

    hits->count = hits->frame_count = inspection->matches[0].hits;
    for (size_t i = 0; i < ESI_COUNT(counters); i++)
        if (strcmp(counters[i].what, what) == 0)
            return counters[i].counter;
    esi_panic("there is no counter %s", what);
}

static void
check_row(void *ctx, const struct esi_record *record)
{
    size_t r = *(const size_t *)ctx;

    if (record->kind != ESI_RECORD_SUMMARY)
        return;
    cr_assert_eq(record->summary->inspection_count, 1);
    for (const struct wanted *wanted = rows[r].wanted; wanted->what; wanted++) {
        struct esi_counter hits = {0};
        const struct esi_counter *got = find(&record->summary->inspections[0], wanted->what, &hits);
        cr_expect_eq(got->count, wanted->count, "%s: %s: %d", rows[r].what, wanted->what,
                     (int)got->count);
        cr_expect_eq(got->frame_count, wanted->frame_count, "%s: %s: %d frames", rows[r].what,
                     wanted->what, (int)got->frame_count);
    }
}

Test(pipeline_counters, rows)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        char *folder = temp_folder_new();
        const char *path = temp_path(folder, "a.pcap");
        struct frame_file file;

        open_flows(&file, path, rows[r].flows);
        for (size_t s = 0; s < rows[r].count; s++) {
            const struct segment *segment = &rows[r].segments[s];
            put(&file, segment->flow, segment->dir, ESI_TCP_ACK, segment->at, segment->text);
        }
        frame_file_close(&file);
        run_pipeline(path, rows[r].config, 0, check_row, &r);
        temp_folder_free(folder);
    }
}

/* ---- which inspection counts ---- */

#define CLASSES                                                                                    \
    "ASA Version 9.1(2)\n"                                                                         \
    "interface GigabitEthernet0/0\n nameif dmz\n ip address 192.0.2.9 255.255.255.0\n"             \
    "interface GigabitEthernet0/1\n nameif lan\n ip address 10.0.0.9 255.255.255.0\n"              \
    "access-list OTHERS extended permit tcp any host 192.0.2.77 eq 25\n"                           \
    "class-map OTHERS\n match access-list OTHERS\nclass-map MAIL\n match port tcp eq 25\n"         \
    "policy-map type inspect esmtp M\n match cmd verb noop\n  log\n"                               \
    "policy-map P\n class OTHERS\n  inspect ftp\n  inspect esmtp\n class MAIL\n  inspect esmtp "   \
    "M\n"

static const struct {
    const char *what, *config;
    const char *places; /* interface/class/map=sessions, in order */
} bindings[] = {
    {"an interface's", CLASSES "service-policy P interface dmz\nservice-policy P global\n",
     "-/OTHERS/_default_esmtp_map=0 -/MAIL/M=0 dmz/OTHERS/_default_esmtp_map=0 dmz/MAIL/M=1 "},
    {"the global one", CLASSES "service-policy P interface lan\nservice-policy P global\n",
     "-/OTHERS/_default_esmtp_map=0 -/MAIL/M=1 lan/OTHERS/_default_esmtp_map=0 lan/MAIL/M=0 "},
    {"none", CLASSES "policy-map Q\n class MAIL\n  inspect ftp\nservice-policy Q global\n", ""},
    {"nothing bound", "ASA Version 9.1(2)\n", "-/inspection_default/_default_esmtp_map=1 "},
    {"the only map", MAP, "-/inspection_default/M=1 "},
    {"fixup", "PIX Version 6.3(5)\nfixup protocol smtp 25\n", "-/inspection_default/mailguard=1 "},
    {"mailhost", "PIX Version 4.1(7)\nmailhost 203.0.113.25 192.0.2.2\n",
     "-/inspection_default/mailguard=1 "},
    {"ip inspect",
     "version 12.4\nip inspect name X esmtp\nip inspect name Y smtp\n"
     "interface FastEthernet0\n ip address 192.0.2.9 255.255.255.0\n ip inspect X in\n",
     "-/inspection_default/esmtp=1 -/inspection_default/smtp=0 "},
};

static void
list_places(void *ctx, const struct esi_record *record)
{
    const struct esi_summary_info *summary = record->summary;

    for (size_t i = 0; record->kind == ESI_RECORD_SUMMARY && i < summary->inspection_count; i++) {
        const struct esi_inspection *inspection = &summary->inspections[i];
        cr_expect_eq(inspection->packet.count > 0, inspection->sessions > 0);
        esi_buf_printf(ctx, "%s/%s/%s=%d ", inspection->interface ? inspection->interface : "-",
                       inspection->class_map, inspection->map->name, (int)inspection->sessions);
    }
}

Test(pipeline_counters, places)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");
    struct frame_file file;

    open_flows(&file, path, 1);
    put(&file, 0, 'S', ESI_TCP_ACK, 0, "220 m\r\n");
    put(&file, 0, 'C', ESI_TCP_ACK, 0, "NOOP\r\n");
    frame_file_close(&file);
    for (size_t b = 0; b < ESI_COUNT(bindings); b++) {
        struct esi_buf got = {0};

        run_pipeline(path, bindings[b].config, 0, list_places, &got);
        esi_buf_byte(&got, '\0');
        cr_expect_str_eq((const char *)got.data, bindings[b].places, "%s: %s", bindings[b].what,
                         (const char *)got.data);
        esi_buf_free(&got);
    }
    temp_folder_free(folder);
}

/* ---- what is kept ---- */

static void
check_kept(void *ctx, const struct esi_record *record)
{
    (void)ctx;
    if (record->kind != ESI_RECORD_SUMMARY)
        return;
    const struct esi_counter *packet = &record->summary->inspections[0].packet;
    cr_expect_eq(packet->count, MANY);
    cr_expect_eq(packet->frame_count, MANY);
    cr_expect_eq(esi_counter_kept(packet), ESI_COUNTER_FRAMES);
    for (size_t i = 0; i < ESI_COUNTER_FRAMES; i++)
        cr_expect_eq(packet->frames[i], HANDSHAKE + 1 + i);
}

Test(pipeline_counters, the_first_frames_are_kept)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");
    struct frame_file file;

    open_flows(&file, path, 1);
    for (unsigned i = 0; i < MANY; i++)
        put(&file, 0, 'C', ESI_TCP_ACK, i * 6, "NOOP\r\n");
    frame_file_close(&file);
    run_pipeline(path, "ASA Version 9.1(2)\n", 0, check_kept, NULL);
    temp_folder_free(folder);
}

/* check_lowest - session 1 is told last, its packet came first. */
static void
check_lowest(void *ctx, const struct esi_record *record)
{
    (void)ctx;
    if (record->kind != ESI_RECORD_SUMMARY)
        return;
    const struct esi_counter *packet = &record->summary->inspections[0].matches[0].packet;
    cr_expect_eq(packet->frame_count, MANY);
    for (size_t i = 0; i < ESI_COUNTER_FRAMES; i++)
        cr_expect_eq(packet->frames[i], MANY * HANDSHAKE + 1 + 2 * i, "place %zu: %d", i,
                     (int)packet->frames[i]);
}

Test(pipeline_counters, the_lowest_frames_are_kept)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");
    struct frame_file file;

    open_flows(&file, path, MANY);
    for (unsigned flow = 0; flow < MANY; flow++) {
        put(&file, flow, 'C', ESI_TCP_ACK, 0, "NOOP\r\n");
        put(&file, flow, 'C', ESI_TCP_ACK | (flow > 0 ? ESI_TCP_RST : 0), 6, "");
    }
    frame_file_close(&file);
    run_pipeline(path, MAP " match cmd verb noop\n  log\n", 0, check_lowest, NULL);
    temp_folder_free(folder);
}

/* Of inspections that no session falls under there may be many: they take no room of their own. */
static void
check_shared(void *ctx, const struct esi_record *record)
{
    (void)ctx;
    if (record->kind != ESI_RECORD_SUMMARY)
        return;
    const struct esi_inspection *inspections = record->summary->inspections;
    cr_assert_eq(record->summary->inspection_count, 4);
    cr_expect_eq(inspections[3].sessions, 1);
    cr_expect_eq(inspections[0].matches, inspections[1].matches);
    cr_expect_eq(inspections[1].matches, inspections[2].matches);
    cr_expect_neq(inspections[2].matches, inspections[3].matches);
}

Test(pipeline_counters, the_unused_share_their_zeros)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");
    struct frame_file file;

    open_flows(&file, path, 1);
    put(&file, 0, 'S', ESI_TCP_ACK, 0, "220 m\r\n");
    frame_file_close(&file);
    run_pipeline(path, CLASSES "service-policy P interface dmz\nservice-policy P global\n", 0,
                 check_shared, NULL);
    temp_folder_free(folder);
}
