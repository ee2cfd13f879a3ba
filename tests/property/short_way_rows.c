/*
 * short_way_rows.c - conversations of which the frames that change are hard to tell beforehand,
 * rewritten by every way.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/packet.h"

#include "property/laws.h"
#include "property/reading.h"
#include "support/frames.h"

enum { FIN = ESI_TCP_FIN, SYN = ESI_TCP_SYN, ACK = ESI_TCP_ACK };
enum {
    LINES = 16,
    TURNS = 12,      /* in which all ways are taken */
    SEGMENTS = 4200, /* of a byte: more than are remembered of a line */
    BASE = 1000,     /* sequence number of offset 0, */
    APART = 77777,   /* and so much more of the server's */
    LONGER = 10      /* seconds: than a session lingers */
};

struct line {
    const char *payload;
    bool to_client;
    uint8_t flags; /* besides ACK */
    int32_t at;    /* stream offset */
    bool bare;     /* no byte of the payload was captured */
    bool corrupt;
    unsigned seconds; /* before it */
    unsigned times;   /* one byte further each time; 0: once */
};
#define S(at_, text, ...)                                                                          \
    {                                                                                              \
        .payload = text, .to_client = true, .at = at_, __VA_ARGS__                                 \
    }
#define C(at_, text, ...)                                                                          \
    {                                                                                              \
        .payload = text, .at = at_, __VA_ARGS__                                                    \
    }
#define SHAKES C(-1, "", .flags = SYN), S(-1, "", .flags = SYN)
#define A16 "aaaaaaaaaaaaaaaa"
#define A128 A16 A16 A16 A16 A16 A16 A16 A16
#define GREETING S(0, "220 mx one\r\n")

static const struct row {
    const char *what;
    struct line lines[LINES];
    uint64_t touched; /* frames, of a classic file; 0: all have to be looked at */
} rows[] = {
    {"copies behind the verdict",
     {SHAKES, GREETING, C(0, "FOOBAR\r\n"), C(0, "FOOBAR\r\n"), C(2, "OBAR"), S(4, "mx o")},
     5},
    {"a letter that becomes another",
     {SHAKES, GREETING, C(0, "MAIL FROM:<a<b@example.org>\r\n"), C(9, ":<a<b@")},
     3},
    {"copies before it",
     {SHAKES, GREETING, C(0, "FOO"), C(1, "OO"), C(0, "FOOBA"), C(3, "BAR\r\n"), C(0, "F")},
     6},
    {"in the wrong order", {SHAKES, GREETING, C(3, "BAR\r\n"), C(5, "R\r\n"), C(0, "FOOBAR")}, 4},
    {"copies behind the end",
     {SHAKES, GREETING, C(0, "", .flags = FIN), S(12, "", .flags = FIN), GREETING,
      S(0, "220 mx one\r\n", .seconds = LONGER), C(0, "FOOBAR\r\n")},
     3},
    {"kept back, and come again, without a byte captured",
     {SHAKES, GREETING, C(0, "NOOP a"), C(0, "NOOP a", .bare = true), C(4, " ", .bare = true),
      C(6, "", .flags = FIN), S(12, "", .flags = FIN), C(0, "NOOP a", .bare = true)},
     5},
    {"what was missing comes after the verdict on it",
     {SHAKES, S(0, "220 mx one\r\n"), C(0, "EHLO a\r\n"), S(12, "250-mx\r\n250-STAR"),
      C(8, "RSET\r\n"), S(32, "S\r\n250 HELP\r\n"), C(14, ""), C(14, "", .seconds = 1), C(14, ""),
      C(14, ""), C(14, "NOOP\r\n"), S(28, "TTLS\r\n25"), S(24, "STARTTLS\r\n250 HELP\r\n")},
     4},
    {"corrupt copies, before the verdict and behind it",
     {SHAKES, GREETING, C(0, "HELO a\r\n"), C(8, "NOOP\r\n"), C(14, "FOOBAR\r\n", .corrupt = true),
      C(14, "FOOBAR\r\n"), C(14, "FOOBAR\r\n", .corrupt = true)},
     4},
    {"picked up in its middle, and what lies before it comes again",
     {S(0, "250 ok\r\n"), C(0, "FOOBAR\r\n"), S(8, "500 what\r\n"), C(-5, "abcde"),
      C(-5, "abcdeFOO")},
     0},
    {"picked up in its middle, and only what lies before it",
     {S(0, "250 ok\r\n"), C(0, "FOOBAR\r\n"), S(8, "500 what\r\n"), C(-5, "abcde")},
     1},
    {"the server's SYN first, with data",
     {S(-1, "220 m one\r\n", .flags = SYN), C(-1, "FOOBAR\r\n", .flags = SYN), C(0, "FOOBAR\r\n"),
      S(0, "220 m one\r\n"), C(0, "FOO")},
     4},
    {"more segments in a line than are remembered",
     {SHAKES, S(0, "2"), S(1, "2"), S(2, "0"), S(3, " "), S(4, "x", .times = SEGMENTS),
      S(4 + SEGMENTS, "\r\n"), C(0, "FOOBAR\r\n")},
     0},
    {"a cut", {SHAKES, GREETING, C(0, "EHLO a\r\n"), C(8, "NOOP " A128 A128 A128 A128 "\r\n")}, 0},
};

static void
add_line(struct frame_file *file, const struct line *line, int32_t at)
{
    static uint8_t frame[FRAME_MOST];
    uint32_t isn = line->to_client ? BASE + APART : BASE;
    struct frame_spec spec = {.to_client = line->to_client,
                              .seq = isn + (uint32_t)at,
                              .flags = line->flags == SYN ? SYN : line->flags | ACK,
                              .ack = BASE + (line->to_client ? 0 : APART),
                              .payload = esi_slice_of(line->payload),
                              .bad_checksum = line->corrupt};
    size_t len = frame_build(frame, &spec);

    file->now += (esi_nanos)line->seconds * 1000000000;
    frame_file_add(file, frame, len, line->bare ? len - strlen(line->payload) : 0);
}

static void
write_row(const struct row *row, const char *path)
{
    struct frame_file file;

    frame_file_open(&file, path, frame_linktype(FRAME_ETHERNET), 65535, false);
    for (size_t l = 0; l < LINES && row->lines[l].payload; l++) {
        const struct line *line = &row->lines[l];
        for (unsigned t = 0; t < (line->times > 0 ? line->times : 1); t++)
            add_line(&file, line, line->at + (int32_t)t);
    }
    frame_file_close(&file);
}

static void
check_row(const struct row *row, const char *folder, struct esi_policy *policy)
{
    char path[4096];
    struct esi_buf why = {0};
    struct attempt attempt = {.paths = (const char *const[]){path},
                              .path_count = 1,
                              .policy = policy,
                              .folder = folder,
                              .why = &why};
    size_t touched = 0;
    bool right = true;

    snprintf(path, sizeof path, "%s", temp_path(folder, "row.pcap"));
    write_row(row, path);
    for (attempt.turn = 0; attempt.turn < TURNS; attempt.turn++) {
        right = law_of_short_way(&attempt) && right;
        if (attempt.turn == 0)
            touched = attempt.edited / 2; /* a classic file and a pcapng */
    }
    esi_buf_byte(&why, '\0');
    cr_expect(right, "%s: %s", row->what, (const char *)why.data);
    cr_expect_eq(touched, row->touched, "%s: %zu frames", row->what, touched);
    esi_buf_free(&why);
}

Test(short_way, hard_to_tell, .timeout = 120)
{
    struct esi_policy *policy =
        esi_policy_new(&(struct esi_policy_options){.ports = reading_ports()}, NULL);
    char *folder = temp_folder_new();

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        check_row(&rows[r], folder, policy);
    temp_folder_free(folder);
    esi_policy_free(policy);
}
