/*
 * pipeline_evidence.c - what segments tell besides the dialogue: repeats into silence, a dot alone,
 * an end of data in pieces, keys; of sessions that are inspected, and of those that are not.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/packet.h"
#include "esi/report.h"

#include "support/run_pipeline.h"

enum { SYN = ESI_TCP_SYN, RST = ESI_TCP_RST, ACK = ESI_TCP_ACK, RAW = 101, MOST = 32 };

/* A segment, `at` milliseconds from the start. Of both directions offsets are counted on; `again`:
 * the client's last one is sent again. deaf: what the server acknowledges is what it did before. */
struct said {
    char who; /* c, s; 0: no more */
    unsigned at;
    const char *data; /* "L": a header line of 1,200 bytes, and another */
    uint8_t flags;
    bool again, deaf, lost;
};

static const char *
text_of(const char *data)
{
    static char line[1300];

    if (!data || strcmp(data, "L") != 0)
        return data ? data : "";
    memset(line, 'h', 1200);
    memcpy(line, "X-Long: ", 8);
    strcpy(line + 1200, "\r\nSubject: x\r\n");
    return line;
}

static void
write_talk(const char *path, const struct said *talk, bool server)
{
    static uint8_t bytes[FRAME_MOST];
    uint32_t next[2] = {0, 0}, last = 0, heard = 0; /* by to_client */
    struct frame_file file;

    frame_file_open(&file, path, RAW, 65535, false);
    esi_nanos start = file.now;
    for (size_t i = 0; i < MOST && talk[i].who; i++) {
        const struct said *said = &talk[i];
        const char *text = text_of(said->data);
        bool to_client = said->who == 's';
        uint32_t seq = said->again ? last : next[to_client];
        if (to_client && !said->deaf)
            heard = next[0];
        struct frame_spec spec = {.link = FRAME_RAW,
                                  .client_port = 1000,
                                  .to_client = to_client,
                                  .seq = seq,
                                  .ack = to_client ? heard : next[1],
                                  .flags = said->flags ? said->flags : ACK,
                                  .payload = esi_slice_of(text)};
        if (!to_client && !said->again)
            last = seq;
        if (!said->again)
            next[to_client] += (uint32_t)strlen(text) + (said->flags & SYN ? 1 : 0);
        file.now = start + (esi_nanos)said->at * 1000000;
        if ((server || !to_client) && !said->lost)
            frame_file_add(&file, bytes, frame_build(bytes, &spec), 0);
    }
    frame_file_close(&file);
}

struct told {
    struct esi_buf detectors;
    enum esi_touched touched;
    unsigned evidence, sessions, servers, outcomes;
    bool late; /* EVIDENCE came behind an OUTCOME */
    bool differs;
};

static void
take_result(struct told *told, const struct esi_evidence_result *result)
{
    told->evidence++;
    told->late |= told->outcomes > 0;
    told->touched = result->touched;
    for (size_t i = 0; i < result->ground_count; i++)
        if (result->grounds[i].detector->strength <= ESI_STRENGTH_WEAK)
            esi_buf_printf(&told->detectors, "%s%s", told->detectors.len > 0 ? " " : "",
                           result->grounds[i].detector->id);
}

static void
take_record(void *ctx, const struct esi_record *record)
{
    struct told *told = ctx;

    if (record->kind == ESI_RECORD_EVIDENCE && record->server)
        told->servers++;
    else if (record->kind == ESI_RECORD_EVIDENCE)
        take_result(told, record->session->evidence);
    else if (record->kind == ESI_RECORD_OUTCOME)
        told->outcomes++;
    else if (record->kind == ESI_RECORD_SESSION) {
        told->sessions++;
        told->differs |= record->session->evidence->touched != told->touched;
    }
}

static void
expect(const char *what, const struct said *talk, bool server, const char *detectors)
{
    static const char none[] = "policy-map global_policy\n"
                               " class inspection_default\n"
                               "service-policy global_policy global\n";
    const char *const configs[] = {NULL, none};
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");

    write_talk(path, talk, server);
    for (size_t c = 0; c < ESI_COUNT(configs); c++) {
        struct told told = {0};

        run_pipeline(path, configs[c], 0, take_record, &told);
        esi_buf_byte(&told.detectors, '\0');
        cr_expect_str_eq((const char *)told.detectors.data, detectors, "%s%s: got '%s'", what,
                         c > 0 ? ", not inspected" : "", told.detectors.data);
        cr_expect(told.evidence == 1 && told.sessions == 1 && told.servers == 1, "%s: records",
                  what);
        cr_expect(!told.late && !told.differs, "%s: order", what);
        cr_expect(c == 0 || told.outcomes == 0, "%s: verdicts of whom nobody inspects", what);
        esi_buf_free(&told.detectors);
    }
    temp_folder_free(folder);
}

/* clang-format off */
#define C(ms, text) {.who = 'c', .at = (ms), .data = (text)}
#define S(ms, text) {.who = 's', .at = (ms), .data = (text)}
#define AGAIN(ms, text) {.who = 'c', .at = (ms), .data = (text), .again = true}
#define SHAKE {.who = 'c', .flags = SYN}, {.who = 's', .at = 1, .flags = SYN | ACK}, C(2, NULL)
#define HELLO                                                                                      \
    SHAKE, S(10, "220 mail.example.com ESMTP Thing\r\n"), C(20, "HELO a.example.org\r\n"),         \
        S(30, "250 mail.example.com\r\n"), C(40, "MAIL FROM:<a@example.org>\r\n"),                 \
        S(50, "250 ok\r\n"), C(60, "RCPT TO:<b@example.com>\r\n"), S(70, "250 ok\r\n"),            \
        C(80, "DATA\r\n"), S(90, "354 go on\r\n")
/* clang-format on */

Test(pipeline_evidence, silence)
{
    static const struct {
        const char *what;
        struct said talk[MOST];
        bool one_sided;
        const char *detectors;
    } rows[] = {
        {"a long header line, and nothing any more",
         {HELLO, C(100, "L"), AGAIN(300, "L"), AGAIN(700, "L"), AGAIN(1500, "L")},
         false,
         "silence-header-line"},
        {"sent again once", {HELLO, C(100, "L"), AGAIN(300, "L")}, false, ""},
        {"each frame is in the capture twice",
         {HELLO, C(100, "L"), AGAIN(101, "L"), AGAIN(102, "L"), AGAIN(103, "L")},
         false,
         ""},
        {"acknowledged in the end",
         {HELLO, C(100, "L"), AGAIN(300, "L"), AGAIN(700, "L"), S(800, NULL)},
         false,
         ""},
        {"the server goes on, and does not have it",
         {HELLO,
          C(100, "L"),
          AGAIN(300, "L"),
          {.who = 's', .at = 400, .deaf = true},
          AGAIN(700, "L")},
         false,
         "silence-header-line"},
        {"ended by the server",
         {HELLO,
          C(100, "L"),
          AGAIN(300, "L"),
          AGAIN(700, "L"),
          {.who = 's', .at = 800, .flags = RST, .deaf = true}},
         false,
         ""},
        {"the client goes on",
         {HELLO, C(100, "L"), AGAIN(300, "L"), AGAIN(700, "L"), C(900, "x\r\n")},
         false,
         ""},
        {"the server's side is not in the capture",
         {HELLO, C(100, "L"), AGAIN(300, "L"), AGAIN(700, "L"), AGAIN(1500, "L")},
         true,
         ""},
        {"something harmless",
         {HELLO, C(100, "x\r\n"), AGAIN(300, "x\r\n"), AGAIN(700, "x\r\n")},
         false,
         ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        expect(rows[i].what, rows[i].talk, !rows[i].one_sided, rows[i].detectors);
}

#define MESSAGE                                                                                    \
    "Subject: something that is as long as what a mail server sends at once\r\n"                   \
    "Received: from a.example.org by b.example.org with SMTP id 1; Mon, 5 Jan 2026\r\n\r\nx"

Test(pipeline_evidence, end_of_data)
{
    static const struct {
        const char *what;
        struct said talk[MOST];
        const char *detectors;
    } rows[] = {
        {"a dot alone, at once",
         {HELLO, C(100, MESSAGE "\r\n"), C(200, ".\r\n"), S(300, "250 ok\r\n")},
         ""},
        {"after ten seconds",
         {HELLO, C(100, MESSAGE "\r\n"), C(10100, ".\r\n"), S(10200, "250 ok\r\n")},
         "pause-before-dot-clear"},
        {"after eight seconds",
         {HELLO, C(100, MESSAGE "\r\n"), C(8100, ".\r\n"), S(8200, "250 ok\r\n")},
         ""},
        {"of two messages one, which is a stall",
         {HELLO, C(100, MESSAGE "\r\n"), C(10100, ".\r\n"), S(10200, "250 ok\r\n"),
          C(10300, "MAIL FROM:<a@example.org>\r\n"), S(10310, "250 ok\r\n"),
          C(10320, "RCPT TO:<b@example.com>\r\n"), S(10330, "250 ok\r\n"), C(10340, "DATA\r\n"),
          S(10350, "354 go on\r\n"), C(10360, MESSAGE "\r\n.\r\n"), S(10370, "250 ok\r\n")},
         ""},
        {"not alone",
         {HELLO, C(100, MESSAGE "\r\n"), C(10100, "y\r\n.\r\n"), S(10200, "250 ok\r\n")},
         ""},
        {"typed line by line",
         {HELLO, C(100, "Subject: x\r\n"), C(200, "x\r\n"), C(20000, ".\r\n"),
          S(20100, "250 ok\r\n")},
         ""},
        {"no end, but a line of the dialogue",
         {HELLO, C(100, MESSAGE "\r\n.\r\n"), S(200, "250 ok\r\n"), C(10200, ".\r\n"),
          S(10300, "500 what?\r\n")},
         ""},
        {"split behind its CRLF, and no answer",
         {HELLO, C(100, MESSAGE "\r"), C(110, "\n.\r\n"), S(70000, NULL)},
         "end-of-data-split"},
        {"split, and the capture ends before an answer is due",
         {HELLO, C(100, MESSAGE "\r"), C(110, "\n.\r\n"), S(120, NULL)},
         ""},
        {"split in its dot",
         {HELLO, C(100, MESSAGE "\r\n."), C(110, "\r\n"), S(70000, NULL)},
         "end-of-data-split"},
        {"split before the dot, which old boxes see",
         {HELLO, C(100, MESSAGE "\r\n"), C(110, ".\r\n"), S(120, NULL)},
         ""},
        {"in one, and no answer", {HELLO, C(100, MESSAGE "\r\n.\r\n"), S(120, NULL)}, ""},
        {"split, and answered",
         {HELLO, C(100, MESSAGE "\r\n."), C(110, "\r\n"), S(120, "250 ok\r\n")},
         ""},
        {"the segment before is not in the capture",
         {HELLO,
          C(100, MESSAGE),
          {.who = 'c', .at = 110, .data = "y\r", .lost = true},
          C(120, "\n.\r\n"),
          S(130, NULL)},
         ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        expect(rows[i].what, rows[i].talk, true, rows[i].detectors);
}

Test(pipeline_evidence, keys)
{
    static const struct {
        const char *what;
        struct said talk[MOST];
        const char *detectors;
    } rows[] = {
        {"a first XXXX and a name", /* an EHLO, written over */
         {SHAKE, S(10, "220 mail ESMTP\r\n"), C(20, "XXXX a.example.org\r\n")},
         "command-x-first"},
        {"typed, it may be anything",
         {SHAKE, S(10, "220 mail ESMTP\r\n"), C(20, "XX"), C(30, "XX"),
          C(40, " a.example.org\r\n")},
         "command-x"},
        {"a line's end alone is no key",
         {SHAKE, S(10, "220 mail ESMTP\r\n"), C(20, "XXXX a.example.org"), C(30, "\r\n")},
         "command-x-first"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        expect(rows[i].what, rows[i].talk, true, rows[i].detectors);
}

Test(pipeline_evidence, both_sides_of_a_box)
{
    static const struct {
        const char *what;
        struct said talk[MOST];
        enum esi_touched touched;
    } rows[] = {
        {"sent twice", {HELLO, AGAIN(100, "DATA\r\n")}, ESI_TOUCHED_NO},
        {"sent twice, and not the same", {HELLO, AGAIN(100, "XXXX\r\n")}, ESI_TOUCHED_UNKNOWN},
    };
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct told told = {0};
        write_talk(path, rows[i].talk, true);
        run_pipeline(path, NULL, 0, take_record, &told);
        cr_expect_eq(told.touched, rows[i].touched, "%s", rows[i].what);
        esi_buf_free(&told.detectors);
    }
    temp_folder_free(folder);
}
