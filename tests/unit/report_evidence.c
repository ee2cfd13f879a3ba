/* report_evidence.c - what sessions were before they were captured, in JSON and in text, redacted
 * and not: what samples happen not to hold. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

static const struct esi_detector decides = {"decides-it", "something that decides",
                                            ESI_STRENGTH_DECIDES, ESI_BASIS_CONFIRMED, "a page"},
                                 weakens = {"weakens-it", "something weak", ESI_STRENGTH_WEAK,
                                            ESI_BASIS_ASSUMED, "a guess"},
                                 narrows = {"narrows-it", "something beside", ESI_STRENGTH_NOTE,
                                            ESI_BASIS_LIKELY, "a note"};

#define WIRE(text) ESI_LIT(text)

/* Of two files, the second of which the record is of. */
static struct esi_ground grounds[] = {
    {.detector = &decides,
     .dir = ESI_TO_CLIENT,
     .span = {0, 40},
     .greeting = true,
     .frame = 4,
     .seen = WIRE("mx a@b ready\\"),
     .detail = "and more of it",
     .times = 1},
    {.detector = &weakens,
     .dir = ESI_TO_SERVER,
     .span = {9, 8},
     .frame = 1006,
     .seen = WIRE("XXXX alice"),
     .times = 3},
    {.detector = &narrows, .dir = ESI_TO_SERVER, .times = 1},
    {.detector = &decides,
     .dir = ESI_TO_CLIENT,
     .span = {90, 20},
     .frame = 1008,
     .seen = WIRE("5.5.1 alice: XXXX"),
     .times = 1},
};
static struct esi_keyword_guess keywords[] = {
    {.seen = WIRE("XXXXXXXA"),
     .len = 8,
     .count = 3,
     .odds = {{"STARTTLS", 0.6}, {"CHUNKING", 0.254}, {"SMTPUTF8", 0.004}}},
    {.seen = WIRE("XXXXXXXXXXXXB"), .len = 300},
};
static const char *const platforms[] = {"asa-8", "asa-9.4 allow_tls=no"};
static const char *const contradicts[] = {"It may be otherwise.", "Or so."};
static const char *const follows[] = {"Mail waits.", "TLS is gone."};
static const char *const cures[] = {"! a release that mends it",
                                    "! a map:",
                                    "policy-map global",
                                    " class c",
                                    "! none:",
                                    "no policy"};

static struct esi_evidence_result
make_result(void)
{
    return (struct esi_evidence_result){
        .touched = ESI_TOUCHED_YES,
        .family = ESI_BOX_ASA,
        .also = 1u << ESI_BOX_FWSM | 1u << ESI_BOX_PROXY,
        .product = "some \"box\"",
        .server = "Postfix",
        .side = {ESI_TAP_BEFORE, ESI_TAP_BEHIND},
        .ground_count = ESI_COUNT(grounds),
        .grounds = grounds,
        .grounds_left = 2,
        .keyword_count = ESI_COUNT(keywords),
        .keywords = keywords,
        .keywords_left = 1,
        .reproduced_count = ESI_COUNT(platforms),
        .reproduced_by = platforms,
        .against_count = ESI_COUNT(contradicts),
        .against = contradicts,
        .means_count = ESI_COUNT(follows),
        .means = follows,
        .cure_count = ESI_COUNT(cures),
        .cure = cures,
    };
}

static void
says(const char *what, struct written *written, const char *wanted)
{
    char *text = close_sink(written);

    cr_expect_str_eq(text, wanted, "%s: got\n%s", what, text);
    free(text);
}

#define ENVELOPE                                                                                   \
    "{\"schema\":1,\"event_type\":\"evidence\",\"timestamp\":\"1970-01-01T00:00:03.500000001Z\","  \
    "\"pcap_filename\":\"b.pcap\",\"pcap_cnt\":20,\"tcp_stream\":0,\"flow_id\":1,"                 \
    "\"community_id\":\"1:7Ty2WcaP/BUPoAkj15ETWj6boUI=\",\"client_ip\":\"192.0.2.10\","            \
    "\"client_port\":40012,\"server_ip\":\"192.0.2.25\",\"server_port\":25,\"evidence\":"
#define AS_JSON(greeting, command, reply)                                                          \
    ENVELOPE                                                                                       \
    "{\"touched\":\"yes\",\"family\":\"asa\",\"also\":[\"fwsm\",\"proxy\"],"                       \
    "\"product\":\"some \\\"box\\\"\",\"mail_server\":\"Postfix\","                                \
    "\"side\":{\"to_server\":\"before\",\"to_client\":\"behind\"},"                                \
    "\"reproduced_by\":[\"asa-8\",\"asa-9.4 allow_tls=no\"],"                                      \
    "\"grounds\":[{\"detector\":\"decides-it\",\"pcap_filename\":\"a.pcap\",\"pcap_cnt\":4,"       \
    "\"direction\":\"to_client\",\"offset\":0,\"length\":40,\"seen\":\"" greeting "\","            \
    "\"times\":1,\"means\":\"something that decides\",\"detail\":\"and more of it\","              \
    "\"strength\":\"decides\",\"basis\":\"confirmed\",\"source\":\"a page\"},"                     \
    "{\"detector\":\"weakens-it\",\"pcap_cnt\":6,\"direction\":\"to_server\",\"offset\":9,"        \
    "\"length\":8,\"seen\":\"" command "\",\"times\":3,\"means\":\"something weak\","              \
    "\"strength\":\"weak\",\"basis\":\"assumed\",\"source\":\"a guess\"},"                         \
    "{\"detector\":\"narrows-it\",\"pcap_cnt\":null,\"direction\":\"to_server\",\"offset\":0,"     \
    "\"length\":0,\"seen\":null,\"times\":1,\"means\":\"something beside\","                       \
    "\"strength\":\"note\",\"basis\":\"likely\",\"source\":\"a note\"},"                           \
    "{\"detector\":\"decides-it\",\"pcap_cnt\":8,\"direction\":\"to_client\",\"offset\":90,"       \
    "\"length\":20,\"seen\":\"" reply "\",\"times\":1,\"means\":\"something that decides\","       \
    "\"strength\":\"decides\",\"basis\":\"confirmed\",\"source\":\"a page\"}],"                    \
    "\"grounds_more\":2,\"against\":[\"It may be otherwise.\",\"Or so.\"],"                        \
    "\"keywords\":[{\"seen\":\"XXXXXXXA\",\"length\":8,\"likely\":\"STARTTLS\",\"odds\":60,"       \
    "\"others\":[{\"likely\":\"CHUNKING\",\"odds\":25},{\"likely\":\"SMTPUTF8\",\"odds\":0}]},"    \
    "{\"seen\":\"XXXXXXXXXXXXB\",\"length\":300,\"likely\":null,\"odds\":0,\"others\":[]}],"       \
    "\"keywords_more\":1,\"means\":[\"Mail waits.\",\"TLS is gone.\"],"                            \
    "\"cure\":[\"! a release that mends it\",\"! a map:\",\"policy-map global\",\" class c\","     \
    "\"! none:\",\"no policy\"]}}\n"

/* put_evidence - a session's record, redacted or not. */
static void
put_evidence(struct written *written, const struct esi_session_info *session, bool redacted)
{
    struct esi_redactor *redactor = redacted ? esi_redactor_new() : NULL;
    struct esi_record record = {.kind = ESI_RECORD_EVIDENCE, .session = session};

    esi_sink_put(written->sink, redacted ? esi_redact(redactor, &record) : &record);
    esi_redactor_free(redactor);
}

Test(report_evidence, json)
{
    struct esi_session_info session = make_session(1);
    struct esi_evidence_result result = make_result();
    struct written written;

    session.evidence = &result;
    session.last_frame = 1020;
    open_sink(&written, "json", (struct esi_sink_options){0});
    put_evidence(&written, &session, false);
    says("a session", &written, AS_JSON("mx a@b ready\\\\\\\\", "XXXX alice", "5.5.1 alice: XXXX"));
    open_sink(&written, "json", (struct esi_sink_options){0});
    put_evidence(&written, &session, true);
    says("redacted", &written, AS_JSON("mx ### ready\\\\\\\\", "XXXX #####", "5.5.1 ###########"));
    cr_expect(memcmp(grounds[1].seen.ptr, "XXXX alice", 10) == 0, "the record stays as it is");
}

#define TIME(second) "1970-01-01T00:00:0" second ".000000000Z"

Test(report_evidence, json_of_a_server)
{
    struct esi_evidence_server server = {
        .server = {{4, {192, 0, 2, 25}}, 25},
        .sessions = {1, 2, 3, 4},
        .families = {[ESI_BOX_ASA] = 5, [ESI_BOX_IOS] = 2},
        .first = 1000000000,
        .last = 9000000000,
        .first_touched = 2000000000,
        .last_touched = 8000000000,
        .touched = ESI_TOUCHED_YES,
        .family = ESI_BOX_ASA,
        .intermittent = true,
        .changes = 1,
        .kept = {{3000000000, true}},
        .again = 7,
        .keywords = 3,
        .not_always = 1,
    };
    struct written written;

    open_sink(&written, "json", (struct esi_sink_options){.evidence_only = true});
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_EVIDENCE, .server = &server});
    says(
        "a server", &written,
        "{\"schema\":1,\"event_type\":\"evidence\",\"server_ip\":\"192.0.2.25\","
        "\"server_port\":25,\"evidence\":{\"touched\":\"yes\",\"family\":\"asa\","
        "\"product\":\"Cisco ASA, or PIX 7.0 and later, inspect esmtp\","
        "\"side\":{\"to_server\":\"unknown\",\"to_client\":\"unknown\"},"
        "\"reproduced_by\":[],\"grounds\":[],\"against\":[],\"keywords\":[],\"means\":[],"
        "\"cure\":[],\"sessions\":{\"unknown\":1,\"no\":2,\"probably\":3,\"yes\":4},"
        "\"families\":{\"asa\":5,\"ios\":2},\"first\":\"" TIME("1") "\",\"last\":\"" TIME(
            "9") "\",\"first_touched\":\"" TIME("2") "\",\"last_touched\":\"" TIME("8") "\","
                                                                                        "\"intermit"
                                                                                        "tent\":"
                                                                                        "true,"
                                                                                        "\"changes"
                                                                                        "\":[{"
                                                                                        "\"time\":"
                                                                                        "\"" TIME(
                                                                                            "3") "\",\"touched\":true}],\"messages_again\":7,\"not_always\":[\"STARTTLS\"]}}\n");
}

Test(report_evidence, text)
{
    static const char *const wanted =
        "session 1  192.0.2.10:40012 -> 192.0.2.25:25  tcp.stream 0  "
        "1970-01-01T00:00:01.000000000Z\n"
        "  frames 1 of a.pcap to 20 of b.pcap\n"
        "  Touched already when it was captured, by: some \"box\"\n"
        "    captured: between the box and the client\n"
        "    - something that decides (confirmed, frame 4); and more of it\n"
        "        mx a@b ready\\\\\n"
        "    - something weak (assumed, frame 6 of b.pcap, 3 times)\n"
        "        XXXX alice\n"
        "    - something that decides (confirmed, frame 8 of b.pcap)\n"
        "        5.5.1 alice: XXXX\n"
        "    - and 2 more\n"
        "    besides: something beside\n"
        "    keywords hidden, by estimate: XXXXXXXA most likely STARTTLS (60 %) or CHUNKING (25 "
        "%),\n"
        "      XXXXXXXXXXXXB...(300 bytes) nothing that is "
        "known, and 1 more\n"
        "    the same would come from: asa-8, asa-9.4 allow_tls=no\n"
        "    against it: It may be otherwise. Or so.\n"
        "    for the mail: Mail waits. TLS is gone.\n"
        "    cure, the least invasive first:\n"
        "      ! a release that mends it\n"
        "      ! a map:\n"
        "      policy-map global\n"
        "       class c\n"
        "      ! none\n"
        "      (-v shows the lines of each)\n"
        "\n";
    struct esi_session_info session = make_session(1);
    struct esi_evidence_result result = make_result();
    struct written written;

    session.evidence = &result;
    session.last_frame = 1020;
    open_sink(&written, "text", (struct esi_sink_options){.evidence_only = true});
    put_session(&written, &session, NULL);
    says("a session", &written, wanted);
}

Test(report_evidence, unlikely_keyword)
{
    struct esi_session_info session = make_session(1);
    struct esi_evidence_result result = make_result();
    struct esi_keyword_guess guess = {
        .seen = WIRE("XXXXXXXA"), .len = 8, .count = 1, .odds = {{"STARTTLS", 0.3}}};
    struct written written;

    session.evidence = &result;
    result.keywords = &guess;
    result.keyword_count = 1;
    open_sink(&written, "text", (struct esi_sink_options){.evidence_only = true});
    put_session(&written, &session, NULL);
    char *text = close_sink(&written);
    cr_expect(strstr(text, "XXXXXXXA perhaps STARTTLS (30 %)"), "got\n%s", text);
    free(text);
}

/* The first lines that servers share, and how many there are beyond. */
Test(report_evidence, servers_in_text)
{
    struct esi_evidence_totals totals = {.sessions = {4, 3, 2, 1}};
    struct esi_summary_info summary = {.sessions = 10, .platform = &platform, .evidence = &totals};
    struct esi_evidence_server server = {.server = {{4, {192, 0, 2, 1}}, 25},
                                         .sessions = {0, 1, 1, 2},
                                         .touched = ESI_TOUCHED_YES,
                                         .intermittent = true,
                                         .first_touched = 2000000000,
                                         .last_touched = 8000000000,
                                         .changes = 2};
    struct written written;

    open_sink(&written, "text", (struct esi_sink_options){.evidence_only = true});
    for (int i = 0; i < 23; i++) {
        server.server.port = (uint16_t)(25 + i);
        esi_sink_put(written.sink,
                     &(struct esi_record){.kind = ESI_RECORD_EVIDENCE, .server = &server});
    }
    server.touched = ESI_TOUCHED_NO;
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_EVIDENCE, .server = &server});
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &summary});
    char *text = close_sink(&written);
    cr_expect(strstr(text, "summary (before the capture)\n  10 sessions: 1 touched, 2 probably "
                           "touched, 3 not touched, 4 of which it cannot be told\n"),
              "got\n%s", text);
    cr_expect(strstr(text, "  server 192.0.2.1:25: 3 of 4 sessions touched, 1 of them probably, at "
                           "times only: first "
                           "1970-01-01T00:00:02.000000000Z, last 1970-01-01T00:00:08.000000000Z; "
                           "it changed 2 times\n"),
              "got\n%s", text);
    cr_expect(strstr(text, ":44: ") && !strstr(text, ":45: "), "got\n%s", text);
    cr_expect(strstr(text, "  and 3 more servers with such sessions; of all of them, at times "
                           "only: 23\n"),
              "got\n%s", text);
    free(text);
}

/* Sessions that were touched otherwise are of another kind. */
Test(report_evidence, kinds_differ)
{
    struct esi_evidence_result result = make_result();
    struct written written;

    open_sink(&written, "text", (struct esi_sink_options){0});
    for (uint64_t i = 1; i <= 60; i++) {
        struct esi_session_info session = make_session(i);
        if (i % 20 == 0)
            session.evidence = &result;
        put_session(&written, &session, NULL);
    }
    char *text = close_sink(&written);
    cr_expect(strstr(text, "and 2 more like it (sessions 40, 60)"), "got\n%s", text);
    cr_expect(strstr(text, "and 56 more like it"), "got\n%s", text);
    free(text);
}
