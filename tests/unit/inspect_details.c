/* inspect_details.c - what an anomaly tells beyond its rule. */
#include <criterion/criterion.h>

#include "esi/inspect.h"

static const esi_nanos milli = 1000000;

struct said {
    enum esi_dir dir;
    unsigned ms; /* since the session's start */
    const char *text;
};

#define MESSAGE_BEGINS                                                                             \
    {ESI_TO_CLIENT, 0, "220 m\r\n"}, {ESI_TO_SERVER, 1, "DATA\r\n"},                               \
    {                                                                                              \
        ESI_TO_CLIENT, 2, "354 go on\r\n"                                                          \
    }

#define TEN "0123456789"

enum { SAID_MOST = 10 };

static const struct {
    const char *what;
    struct said said[SAID_MOST];
    const char *platform;
    const char *expected;
} rows[] = {
    {"cut behind the first CR, an hour later",
     {MESSAGE_BEGINS, {ESI_TO_SERVER, 10, "\r\nx\r"}, {ESI_TO_SERVER, 3600010, "\n.\r\n"}},
     "pix-6.3",
     "CRLF.CRLF split behind byte 1, 3600.000 s behind the segment before"},
    {"cut behind the dot",
     {MESSAGE_BEGINS,
      {ESI_TO_SERVER, 10, "message-id: <1@a>\r\nSubject: x\r\n\r\nx\r\n."},
      {ESI_TO_SERVER, 11, "\r\n"}},
     "pix-6.3",
     "CRLF.CRLF split behind byte 3, 0.001 s behind the segment before; Message-ID <1@a>"},
    {"cut behind the last CR; the last cut counts",
     {MESSAGE_BEGINS,
      {ESI_TO_SERVER, 10, "\r\nx\r\n"},
      {ESI_TO_SERVER, 20, ".\r"},
      {ESI_TO_SERVER, 1520, "\n"}},
     "pix-4.4",
     "CRLF.CRLF split behind byte 4, 1.500 s behind the segment before"},
    {"a clock that went back",
     {MESSAGE_BEGINS, {ESI_TO_SERVER, 10, "\r\nx\r\n."}, {ESI_TO_SERVER, 9, "\r\n"}},
     "pix-4.4",
     "CRLF.CRLF split behind byte 3, 0.000 s behind the segment before"},
    {"the Message-ID of the message before is not told",
     {MESSAGE_BEGINS,
      {ESI_TO_SERVER, 3, "Message-ID: <1@a>\r\n\r\n.\r\n"},
      {ESI_TO_CLIENT, 4, "250 ok\r\n"},
      {ESI_TO_SERVER, 5, "DATA\r\n"},
      {ESI_TO_CLIENT, 6, "354 go on\r\n"},
      {ESI_TO_SERVER, 10, "\r\n."},
      {ESI_TO_SERVER, 11, "\r\n"}},
     "pix-6.3",
     "CRLF.CRLF split behind byte 3, 0.001 s behind the segment before"},
    {"of two names, the last",
     {MESSAGE_BEGINS,
      {ESI_TO_SERVER, 10, "Message-ID: <1@a>\r\nMessage-ID: <2@a>\r\n\r\nx\r\n."},
      {ESI_TO_SERVER, 11, "\r\n"}},
     "pix-6.3",
     "CRLF.CRLF split behind byte 3, 0.001 s behind the segment before; Message-ID <2@a>"},
    {"the first 200 bytes of a Message-ID",
     {MESSAGE_BEGINS,
      {ESI_TO_SERVER, 10,
       "Message-ID: <" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
           TEN ">\r\n\r\nx\r\n."},
      {ESI_TO_SERVER, 11, "\r\n"}},
     "pix-6.3",
     "CRLF.CRLF split behind byte 3, 0.001 s behind the segment before; Message-ID <" TEN TEN TEN
         TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "012345678"},
    {"more than was declared",
     {{ESI_TO_CLIENT, 0, "220 m\r\n"},
      {ESI_TO_SERVER, 1, "MAIL FROM:<a> SIZE=2\r\n"},
      {ESI_TO_CLIENT, 2, "250 ok\r\n"},
      {ESI_TO_SERVER, 3, "DATA\r\n"},
      {ESI_TO_CLIENT, 4, "354 go on\r\n"},
      {ESI_TO_SERVER, 5, "\r\nx\r\n.\r\n"}},
     "asa-8",
     "declared size is: 2, actual size is 5"},
};

/* feed - everything that is said; the details of the anomalies, joined. */
static void
feed(const struct said *said, const char *name, struct esi_buf *got)
{
    struct esi_platform platform;
    struct esi_map map;
    struct esi_outcomes outcomes = {0};
    uint64_t offset[2] = {0};

    cr_assert(esi_platform_find(&platform, name, NULL));
    esi_platform_map(&platform, &map);
    struct esi_session *session = esi_session_new(&platform, &map, false, false);
    for (size_t i = 0; i < SAID_MOST && said[i].text; i++) {
        struct esi_slice bytes = esi_slice_of(said[i].text);
        esi_session_feed(session,
                         &(struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                                    .dir = said[i].dir,
                                                    .span = {offset[said[i].dir], bytes.len},
                                                    .bytes = bytes,
                                                    .ts = said[i].ms * milli,
                                                    .ends_segment = true},
                         &outcomes);
        offset[said[i].dir] += bytes.len;
    }
    for (size_t i = 0; i < outcomes.len; i++)
        if (outcomes.items[i].u.verdict.action == ESI_ACTION_ANOMALY)
            esi_buf_append(got, outcomes.items[i].u.verdict.logged);
    esi_buf_byte(got, '\0');
    esi_session_free(session);
    esi_outcomes_free(&outcomes);
}

Test(inspect, details_of_anomalies)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_buf got = {0};

        feed(rows[r].said, rows[r].platform, &got);
        cr_expect_str_eq((const char *)got.data, rows[r].expected, "%s: %s", rows[r].what,
                         (const char *)got.data);
        esi_buf_free(&got);
    }
}
