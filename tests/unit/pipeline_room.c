/* pipeline_room.c - sessions that never begin, and sessions for which there is no room. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/packet.h"
#include "esi/report.h"

#include "support/run_pipeline.h"

enum { SYN = ESI_TCP_SYN, ACK = ESI_TCP_ACK, RAW = 101, SESSIONS = 3000, SEEN_MOST = 4096 };

struct told {
    uint8_t times[SEEN_MOST]; /* by session number */
    uint64_t sessions, evicted, in_order, bytes;
    struct esi_summary_info summary;
};

static void
take_record(void *ctx, const struct esi_record *record)
{
    struct told *told = ctx;

    if (record->kind == ESI_RECORD_SUMMARY)
        told->summary = *record->summary;
    if (record->kind != ESI_RECORD_SESSION)
        return;
    cr_assert_lt(record->session->number, SEEN_MOST);
    told->times[record->session->number]++;
    told->sessions++;
    told->evicted += record->session->quality.evicted;
    told->bytes += record->session->bytes[ESI_TO_CLIENT];
}

static void
run(const char *path, size_t max_memory, struct told *told)
{
    memset(told, 0, sizeof *told);
    run_pipeline(path, NULL, max_memory, take_record, told);
}

static void
each_once(const struct told *told, const char *what)
{
    cr_assert_eq(told->sessions, SESSIONS, "%s: %llu sessions", what,
                 (unsigned long long)told->sessions);
    for (unsigned n = 1; n <= SESSIONS; n++)
        cr_assert_eq(told->times[n], 1, "%s: session %u was told %u times", what, n,
                     told->times[n]);
    cr_assert_eq(told->evicted, told->summary.evicted, "%s", what);
}

/* Sessions are told, each once, however little was said, and whether or not there is room. */
Test(pipeline_room, every_session_is_told_once)
{
    static const struct {
        const char *what;
        bool greets, greets_late; /* right behind its SYN; when all SYNs were sent */
        size_t max_memory;
        bool evicts;
    } rows[] = {
        {"nothing but attempts", false, false, 0, false},
        {"nothing but attempts, little room", false, false, 1 << 20, true},
        {"greetings", true, false, 0, false},
        {"greetings, little room", true, false, 2 << 20, true},
        {"late greetings", false, true, 0, false},
    };
    char *folder = temp_folder_new();
    struct told told;

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        const char *path = temp_path(folder, "room.pcap");
        struct frame_file file;

        frame_file_open(&file, path, RAW, 65535, false);
        for (unsigned n = 0; n < SESSIONS; n++) {
            add_segment(&file, n, SYN, NULL);
            if (rows[r].greets)
                add_segment(&file, n, ACK, "220 mail.example.com ESMTP\r\n");
        }
        for (unsigned n = 0; n < SESSIONS && rows[r].greets_late; n++)
            add_segment(&file, n, ACK, "220 mail.example.com ESMTP\r\n");
        frame_file_close(&file);
        run(path, rows[r].max_memory, &told);
        each_once(&told, rows[r].what);
        cr_assert_eq(told.evicted > 0, rows[r].evicts, "%s: %llu evicted", rows[r].what,
                     (unsigned long long)told.evicted);
        cr_assert_eq(told.bytes, rows[r].greets || rows[r].greets_late ? SESSIONS * 28 : 0, "%s",
                     rows[r].what);
    }
    temp_folder_free(folder);
}
