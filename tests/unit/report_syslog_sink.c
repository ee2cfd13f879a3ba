/* report_syslog_sink.c - what `-o syslog` writes: all lines, in order of time. */
#define _GNU_SOURCE /* fopencookie, open_memstream */

#include <criterion/criterion.h>
#include <errno.h>

#include "unit/report_records.h"

/* make_timed - a session of `number`, from one second to another. */
static struct esi_session_info
make_timed(uint64_t number, int64_t from, int64_t to)
{
    struct esi_session_info session = make_session(number);

    session.connection = number;
    session.first_frame = (uint64_t)from;
    session.closed_frame = session.last_frame = (uint64_t)to;
    session.start = from * 1000000000;
    session.closed = session.end = session.captured_to = to * 1000000000;
    session.closing = ESI_CLOSING_FINS;
    return session;
}

/* brief - of each line the name of its message, and the connection's number if it has one. */
static void
brief(char *out, size_t size, const char *text)
{
    size_t len = 0;

    out[0] = '\0';
    for (const char *at = text; (at = strchr(at, '%')); at++) {
        const char *connection = strstr(at, "connection "), *end = strchr(at, '\n');
        bool has = connection && connection < end && connection[11] >= '0' && connection[11] <= '9';

        len += (size_t)snprintf(out + len, size - len, "%.6s%s%.*s ", at + 7, has ? "/" : "",
                                has ? 1 : 0, has ? connection + 11 : "");
    }
}

/* Sessions are told when they end; lines stand in order of time all the same, and those of a frame
 * in the order in which a box logs them. */
Test(report_syslog_sink, order)
{
    struct esi_session_info early = make_timed(1, 1, 90), late = make_timed(2, 5, 7);
    struct esi_session_result result = {.cut = true, .cut_at = {.frame = 6}};
    struct esi_after_cut after = {.ts = 6000000000};
    struct esi_outcome drop =
        make_verdict(ESI_ACTION_DROP_CONNECTION, ESI_WHAT_HEADER_LINE, ESI_TO_SERVER, 0, "x");
    struct esi_outcome impossible = drop;
    struct written written;
    char lines[256];

    drop.frame = impossible.frame = 6;
    drop.ts = impossible.ts = 6000000000;
    drop.u.verdict.log = true;
    impossible.u.verdict.counterfactual = true;
    open_sink(&written, "syslog", (struct esi_sink_options){0});
    cr_assert(!esi_sink_wants_turns(written.sink, 1));
    put_outcome(&written, &late, &drop);
    put_outcome(&written, &late, &impossible);
    late.after_cut = &after;
    put_session(&written, &late, &result);
    put_session(&written, &early, NULL);
    char *text = close_sink(&written);
    brief(lines, sizeof lines, text);
    cr_assert_str_eq(lines, "302013/1 302013/2 108004 507003 302014/2 302014/1 ", "got %s\n%s",
                     lines, text);
    free(text);
}

Test(report_syslog_sink, places)
{
    struct esi_session_info session = make_timed(1, 1002, 1003);
    struct written written;

    open_sink(&written, "syslog", (struct esi_sink_options){.verbose = true});
    put_session(&written, &session, NULL);
    char *text = close_sink(&written);
    const char *first = "1970-01-01T00:16:42.000000Z b.pcap:2 : %ASA-6-302013: ";
    cr_assert_eq(strncmp(text, first, strlen(first)), 0, "got %s", text);
    cr_assert_not_null(strstr(text, "\n1970-01-01T00:16:43.000000Z b.pcap:3 : %ASA-6-302014: "));
    free(text);
}

/* What is to be known besides: a severity that differs, an end that could not have come about. */
Test(report_syslog_sink, notes)
{
    static const struct {
        const char *platform, *knob;
        bool drops, diverges;
        const char *note; /* a part of it */
    } rows[] = {
        {"asa-8", NULL, true, false, "507003 has severity 4 up to ASA 9.0"},
        {"asa-8", "log_507003_level=3", true, false, NULL},
        {"asa-8.4(7)", NULL, true, false, NULL},
        {"asa-9.4", NULL, true, false, NULL},
        {"asa-8", NULL, false, false, NULL},
        {"asa-8", NULL, false, true, "1 of the connections went on as they could not have"},
    };
    struct esi_session_info session = make_timed(1, 1, 2);
    struct esi_outcome drop =
        make_verdict(ESI_ACTION_DROP_CONNECTION, ESI_WHAT_HEADER_LINE, ESI_TO_SERVER, 0, "x");

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_session_result result = {.divergence.found = rows[i].diverges};
        struct esi_platform of;
        struct written written;

        cr_assert(esi_platform_find(&of, rows[i].platform, NULL));
        cr_assert(!rows[i].knob || esi_platform_turn(&of, rows[i].knob, NULL));
        session.platform = &of;
        open_sink(&written, "syslog", (struct esi_sink_options){0});
        if (rows[i].drops)
            put_outcome(&written, &session, &drop);
        put_session(&written, &session, &result);
        const char *note = esi_sink_note(written.sink);
        if (rows[i].note)
            cr_expect(note && strstr(note, rows[i].note), "row %zu: %s", i, note ? note : "none");
        else
            cr_expect_null(note, "row %zu: %s", i, note);
        free(close_sink(&written));
    }
}

/* A disk that is full at first, and has room again. */
static ssize_t
write_late(void *cookie, const char *bytes, size_t len)
{
    size_t *calls = cookie;

    (void)bytes;
    if ((*calls)++ > 0)
        return (ssize_t)len;
    errno = ENOSPC;
    return 0;
}

/* What failed first is what is said, and nothing is written behind a hole. */
Test(report_syslog_sink, no_hole)
{
    enum { SESSIONS = 1000 }; /* more lines than are written at once */
    size_t calls = 0;
    FILE *file = fopencookie(&calls, "w", (cookie_io_functions_t){.write = write_late});
    struct esi_sink *sink = esi_sink_find("syslog")->open(file, &(struct esi_sink_options){0});
    struct esi_error err;

    setvbuf(file, NULL, _IONBF, 0);
    for (uint64_t i = 1; i <= SESSIONS; i++) {
        struct esi_session_info session = make_timed(i, 1, 2);
        esi_sink_put(sink, &(struct esi_record){.kind = ESI_RECORD_SESSION, .session = &session});
    }
    cr_expect_not(esi_sink_close(sink, &err));
    cr_expect_str_eq(err.text, strerror(ENOSPC), "%s", err.text);
    cr_expect_eq(calls, 1, "%zu", calls);
    fclose(file);
}
