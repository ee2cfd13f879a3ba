/* report_json.c - JSON Lines: every field of every record. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

#define ENVELOPE(type, time, file, frame)                                                          \
    "{\"schema\":1,\"event_type\":\"" type "\",\"timestamp\":\"" time                              \
    "\",\"pcap_filename\":\"" file "\",\"pcap_cnt\":" frame                                        \
    ",\"tcp_stream\":0,\"flow_id\":1,\"community_id\":\"1:7Ty2WcaP/BUPoAkj15ETWj6boUI=\","         \
    "\"client_ip\":\"192.0.2.10\",\"client_port\":40012,\"server_ip\":\"192.0.2.25\","             \
    "\"server_port\":25,"

/* says - whether the sink writes this line for these records, and nothing else. */
static void
says(const char *what, struct written *written, const char *line)
{
    char *text = close_sink(written);

    cr_assert_str_eq(text, line, "%s: got\n%s", what, text);
    free(text);
}

Test(report_json, mask)
{
    struct esi_session_info session = make_session(1);
    struct esi_outcome outcome =
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 40, "A\"\\\xff ");
    uint64_t frames[] = {8, 1003};
    struct written written;

    outcome.frames = frames;
    outcome.frame_count = 2;
    open_sink(&written, "json", (struct esi_sink_options){0});
    put_outcome(&written, &session, &outcome);
    says("wire bytes escaped twice; frames in two files", &written,
         ENVELOPE("verdict", "1970-01-01T00:00:02.000000003Z", "a.pcap",
                  "8") "\"verdict\":{\"action\":\"mask\",\"direction\":\"to_client\",\"what\":"
                       "\"ehlo-keyword\","
                       "\"rule\":\"some "
                       "rule\",\"class\":null,\"map\":\"_default_esmtp_map\",\"config\":null,"
                       "\"offset\":40,\"length\":5,\"before\":\"A\\\"\\\\\\\\\\\\xff "
                       "\",\"after\":\"XXXXA\","
                       "\"frames\":[8,3],\"frames_files\":[\"a.pcap\",\"b.pcap\"],\"behaviour\":"
                       "\"some-habit\","
                       "\"basis\":\"likely\",\"syslog\":[],\"counterfactual\":false}}\n");
}

Test(report_json, drop)
{
    struct esi_session_info session = make_session(1);
    char line[301] = "";
    struct esi_outcome outcome;
    struct written written;
    char expected[4096];

    memset(line, 'h', 300);
    outcome = make_verdict(ESI_ACTION_RESET, ESI_WHAT_HEADER_LINE, ESI_TO_SERVER, 500, line);
    outcome.frame = 1002;
    outcome.u.verdict.rule = matches[1].rule;
    outcome.u.verdict.counterfactual = true;
    open_sink(&written, "json", (struct esi_sink_options){0});
    put_outcome(&written, &session, &outcome);
    snprintf(
        expected, sizeof expected,
        ENVELOPE(
            "verdict", "1970-01-01T00:00:02.000000003Z", "b.pcap",
            "2") "\"verdict\":{\"action\":\"reset\",\"direction\":\"to_server\",\"what\":\"header-"
                 "line\","
                 "\"rule\":\"match header line length gt 998\",\"class\":2,"
                 "\"map\":\"_default_esmtp_map\",\"config\":{\"file\":\"asa.cfg\",\"line\":31},"
                 "\"offset\":500,\"length\":300,\"before\":\"%.200s\",\"after\":null,\"clipped\":"
                 "true,"
                 "\"frames\":[],\"behaviour\":\"some-habit\",\"basis\":\"likely\",\"syslog\":["
                 "\"%%ASA-4-507003: tcp flow from outside:192.0.2.10/40012 to inside:192.0.2.25/25 "
                 "terminated by inspection engine, reason - inspector drop reset.\"],"
                 "\"counterfactual\":true}}\n",
        line);
    says("a clipped line, configuration, syslog", &written, expected);
}

Test(report_json, turns)
{
    struct esi_session_info session = make_session(1);
    struct esi_outcome command = make_command(ESI_VERB_MAIL, "mail", "FROM:<a@b>", 25, 9);
    struct esi_outcome reply = make_reply(250, "one\ntwo", 2, 0, 10);
    struct esi_outcome header = make_turn(ESI_TURN_HEADER, ESI_TO_SERVER, 60, 12, 11);
    struct written written;

    header.u.turn.word = ESI_LIT("Subject");
    header.u.turn.argument = ESI_LIT("hi");
    open_sink(&written, "json", (struct esi_sink_options){0});
    cr_assert(!esi_sink_wants_turns(written.sink, 1));
    put_outcome(&written, &session, &command);
    says("turns are told only on demand", &written, "");
    open_sink(&written, "json", (struct esi_sink_options){.all_events = true});
    cr_assert(esi_sink_wants_turns(written.sink, 1000000));
    put_outcome(&written, &session, &command);
    put_outcome(&written, &session, &reply);
    put_outcome(&written, &session, &header);
    says("command, reply, header", &written,
         ENVELOPE("smtp", "1970-01-01T00:00:00.000000000Z", "a.pcap",
                  "9") "\"smtp\":{\"direction\":\"to_server\",\"what\":\"command\",\"offset\":25,"
                       "\"length\":17,"
                       "\"verb\":\"MAIL\",\"argument\":\"FROM:<a@b>\",\"code\":null,\"text\":null,"
                       "\"frames\":[]}}\n" ENVELOPE(
                           "smtp", "1970-01-01T00:00:00.000000000Z", "a.pcap",
                           "10") "\"smtp\":{\"direction\":\"to_client\",\"what\":\"reply\","
                                 "\"offset\":0,\"length\":18,"
                                 "\"verb\":null,\"argument\":null,\"code\":250,\"text\":"
                                 "\"one\\\\x0atwo\",\"frames\":[]}}\n" ENVELOPE(
                                     "smtp", "1970-01-01T00:00:00.000000000Z", "a.pcap",
                                     "11") "\"smtp\":{\"direction\":\"to_server\",\"what\":"
                                           "\"header\",\"offset\":60,\"length\":12,"
                                           "\"verb\":null,\"argument\":null,\"code\":null,\"text\":"
                                           "\"Subject: hi\",\"frames\":[]}}\n");
}

Test(report_json, session)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {
        .outcome = ESI_SESSION_ALTERED,
        .counts = {.commands = 5, .greeting_masked = 1, .anomalies = 2},
        .divergence = {.found = true, .frame = 12, .why = "it was hidden", .follows = "no"}};
    struct written written;

    session.last_frame = 1020;
    session.policy_map = "global_policy";
    session.class_map = "mail";
    session.config_file = "asa.cfg";
    session.config_line = 40;
    session.connection = 3;
    session.closing = ESI_CLOSING_RESET_BY_SERVER;
    open_sink(&written, "json", (struct esi_sink_options){0});
    put_session(&written, &session, &result);
    says(
        "a session over two files that diverges in the first", &written,
        ENVELOPE(
            "session", "1970-01-01T00:00:03.500000001Z", "b.pcap",
            "20") "\"session\":{\"number\":1,\"first_frame\":1,\"last_frame\":20,"
                  "\"frames_files\":[\"a.pcap\",\"b.pcap\"],\"start\":\"1970-01-01T00:00:01."
                  "000000000Z\","
                  "\"duration_ns\":2500000001,\"platform\":\"asa-8\",\"map\":\"_default_esmtp_"
                  "map\","
                  "\"inspected\":true,\"inspected_why\":\"server port 25 carries "
                  "SMTP\",\"policy\":{\"policy_map\":\"global_policy\",\"class_map\":\"mail\","
                  "\"config\":{\"file\":\"asa.cfg\",\"line\":40}},\"evidence\":{\"touched\":\"no\","
                  "\"family\":null,\"product\":null,"
                  "\"side\":{\"to_server\":\"unknown\",\"to_client\":\"unknown\"},"
                  "\"reproduced_by\":[],\"grounds\":[],\"against\":[],\"keywords\":[],"
                  "\"means\":[],\"cure\":[]},"
                  "\"outcome\":\"altered\",\"diverges\":{\"pcap_filename\":\"a.pcap\",\"pcap_cnt\":"
                  "12,"
                  "\"why\":\"it was hidden\"},\"connection\":3,\"closed\":\"reset-by-server\","
                  "\"bytes\":{\"to_server\":100,\"to_client\":200},"
                  "\"quality\":{\"start\":\"handshake\",\"sides\":\"both\",\"gaps\":0,\"gap_"
                  "bytes\":0,"
                  "\"gap_list\":[],\"given_up\":0,\"cut_frames\":0,\"bad_checksums\":0,"
                  "\"doubtful\":0,\"left_"
                  "aside\":{\"corrupt\":"
                  "0,\"before_"
                  "start\":0,\"behind_end\":0,\"late\":0,\"stray\":0},\"overlap_conflicts\":0,"
                  "\"conflicts\":[],\"fragment_conflicts\":0,\"evicted\":false},"
                  "\"counts\":{\"commands\":5,\"commands_masked\":0,\"greeting_masked\":1,"
                  "\"ehlo_keywords_masked\":0,\"addresses_replaced\":0,\"logged\":0,\"dropped\":0,"
                  "\"anomalies\":2}}}\n");
}

Test(report_json, not_inspected)
{
    struct esi_session_info session = make_session(1);
    struct written written;

    session.inspected = false;
    session.inspected_why = NULL;
    session.quality.midstream = true;
    session.quality.side_seen[ESI_TO_SERVER] = false;
    open_sink(&written, "json", (struct esi_sink_options){0});
    put_session(&written, &session, NULL);
    says("no map, no result, one side", &written,
         ENVELOPE(
             "session", "1970-01-01T00:00:03.500000001Z", "a.pcap",
             "20") "\"session\":{\"number\":1,\"first_frame\":1,\"last_frame\":20,"
                   "\"start\":\"1970-01-01T00:00:01.000000000Z\",\"duration_ns\":2500000001,"
                   "\"platform\":\"asa-8\",\"map\":null,\"inspected\":false,\"inspected_why\":null,"
                   "\"policy\":{\"policy_map\":null,\"class_map\":null,\"config\":null},"
                   "\"evidence\":{\"touched\":\"no\",\"family\":null,\"product\":null,"
                   "\"side\":{\"to_server\":\"unknown\",\"to_client\":\"unknown\"},"
                   "\"reproduced_by\":[],\"grounds\":[],\"against\":[],\"keywords\":[],"
                   "\"means\":[],\"cure\":[]},\"outcome\":\"not-inspected\",\"diverges\":null,"
                   "\"connection\":null,\"closed\":\"open\","
                   "\"bytes\":{\"to_server\":100,\"to_client\":200},"
                   "\"quality\":{\"start\":\"midstream\",\"sides\":\"to_client\",\"gaps\":0,\"gap_"
                   "bytes\":0,"
                   "\"gap_list\":[],\"given_up\":0,\"cut_frames\":0,\"bad_checksums\":0,"
                   "\"doubtful\":0,\"left_"
                   "aside\":{"
                   "\"corrupt\":0,\"before_"
                   "start\":0,\"behind_end\":0,\"late\":0,\"stray\":0},\"overlap_conflicts\":0,"
                   "\"conflicts\":[],\"fragment_conflicts\":0,\"evicted\":false},"
                   "\"counts\":{\"commands\":0,\"commands_masked\":0,\"greeting_masked\":0,"
                   "\"ehlo_keywords_masked\":0,\"addresses_replaced\":0,\"logged\":0,\"dropped\":0,"
                   "\"anomalies\":0}}}\n");
}

Test(report_json, capture_and_summary)
{
    struct esi_capture_info capture = {.file = "caf\xc3\xa9\xff.pcap",
                                       .frames = 10,
                                       .tcp_frames = 8,
                                       .smtp_frames = 7,
                                       .linktypes = {"EN10MB"},
                                       .linktype_count = 1,
                                       .first_ts = 1,
                                       .last_ts = 2,
                                       .why_not = "cut off in frame 11",
                                       .skipped_count = 1,
                                       .skipped = {{"not IP", 2}}};
    uint64_t frames[] = {3, 4, 9}, tls = 12;
    struct esi_match_counter counts[2] = {
        [1] = {.hits = 4, .packet = {.count = 3, .frame_count = 3, .frames = frames}}};
    struct esi_map with_tls = map;
    with_tls.parameter[ESI_PARAMETER_ALLOW_TLS].on = true;
    struct esi_inspection inspection = {.policy_map = "global_policy",
                                        .class_map = "inspection_default",
                                        .protocol = "esmtp",
                                        .map = &with_tls,
                                        .sessions = 1,
                                        .packet = {.count = 5},
                                        .parameter = {[ESI_PARAMETER_ALLOW_TLS] = {1, 1, &tls, 0}},
                                        .matches = counts};
    struct esi_summary_info summary = {
        .frames = 10,
        .tcp_flows = 2,
        .sessions = 2,
        .inspected = 1,
        .outcomes = {[ESI_SESSION_ALTERED] = 1},
        .verdicts = {[ESI_ACTION_MASK] = 3},
        .evidence = &(struct esi_evidence_totals){.sessions = {1, 1}, .servers = 1},
        .platform = &platform,
        .inspections = &inspection,
        .inspection_count = 1};
    struct written written;

    open_sink(&written, "json", (struct esi_sink_options){0});
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_CAPTURE, .capture = &capture});
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &summary});
    says("capture and summary", &written,
         "{\"schema\":1,\"event_type\":\"capture\",\"pcap_filename\":\"caf\xc3\xa9\xef\xbf\xbd."
         "pcap\","
         "\"capture\":{\"frames\":10,\"filtered_out\":0,\"tcp_frames\":8,\"smtp_frames\":7,"
         "\"skipped\":{\"not IP\":2},\"link_types\":[\"EN10MB\"],"
         "\"first\":\"1970-01-01T00:00:00.000000001Z\",\"last\":\"1970-01-01T00:00:00.000000002Z\","
         "\"compression\":null,\"garbage_bytes\":0,\"garbage_places\":0,\"complete\":false,\"why_"
         "not\":\"cut off in "
         "frame 11\"}}\n"
         "{\"schema\":1,\"event_type\":\"summary\",\"summary\":{\"frames\":10,\"tcp_flows\":2,"
         "\"sessions\":2,\"not_told\":0,\"inspected\":1,\"outcomes\":{\"untouched\":0,\"altered\":"
         "1,\"dropped\":0,"
         "\"reset\":0,\"unknown\":0,\"not-inspected\":1},\"evicted\":0,\"diverged\":0,\"counts\":{"
         "\"commands\":0,"
         "\"commands_masked\":0,\"greeting_masked\":0,\"ehlo_keywords_masked\":0,"
         "\"addresses_replaced\":0,\"logged\":0,\"dropped\":0,\"anomalies\":0},"
         "\"verdicts\":{\"anomaly\":0,\"log\":0,\"mask\":3,\"replace\":0,\"discard\":0,"
         "\"rate-limit\":0,\"refuse\":0,\"drop-connection\":0,\"reset\":0},\"counterfactual\":0,"
         "\"evidence\":{\"sessions\":{\"unknown\":1,\"no\":1,\"probably\":0,\"yes\":0},"
         "\"servers\":1,\"servers_touched\":0,\"servers_intermittent\":0,"
         "\"of_other_servers\":{\"unknown\":0,\"no\":0,\"probably\":0,\"yes\":0}},"
         "\"platform\":\"asa-8\","
         "\"counters\":[{\"map\":\"_default_esmtp_map\",\"interface\":null,"
         "\"policy_map\":\"global_policy\",\"class_map\":\"inspection_default\",\"sessions\":1,"
         "\"packet\":{\"count\":5,\"frames\":[],\"frames_more\":0},"
         "\"drop\":{\"count\":0,\"frames\":[],\"frames_more\":0},"
         "\"reset_drop\":{\"count\":0,\"frames\":[],\"frames_more\":0},"
         "\"parameters\":[{\"parameter\":\"allow-tls\",\"count\":1,\"frames\":[12],"
         "\"frames_more\":0,\"logged\":{\"count\":0,\"frames\":[],\"frames_more\":0}}],"
         "\"matches\":[{\"class\":1,\"rule\":\"match cmd line length gt 512\",\"hits\":0,"
         "\"packets\":0,\"frames\":[],\"frames_more\":0},"
         "{\"class\":2,\"rule\":\"match header line length gt 998\",\"hits\":4,"
         "\"packets\":3,\"frames\":[3,4,9],\"frames_more\":0}]}]}}\n");
}

Test(report_json, times_before_the_epoch_and_in_one_second)
{
    static const struct {
        esi_nanos when;
        const char *text;
    } rows[] = {{-1, "1969-12-31T23:59:59.999999999Z"},
                {-1000000000, "1969-12-31T23:59:59.000000000Z"},
                {0, "1970-01-01T00:00:00.000000000Z"},
                {5, "1970-01-01T00:00:00.000000005Z"},
                {999999999, "1970-01-01T00:00:00.999999999Z"},
                {-999999999, "1969-12-31T23:59:59.000000001Z"},
                {1000000000, "1970-01-01T00:00:01.000000000Z"}};
    struct esi_session_info session = make_session(1);
    struct esi_outcome outcome = make_command(ESI_VERB_QUIT, "QUIT", "", 0, 1);
    struct written written;

    open_sink(&written, "json", (struct esi_sink_options){.all_events = true});
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        outcome.ts = rows[i].when;
        put_outcome(&written, &session, &outcome);
    }
    char *text = close_sink(&written), *at = text;
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        at = strstr(at, "\"timestamp\":\"") + 13;
        cr_assert(strncmp(at, rows[i].text, strlen(rows[i].text)) == 0, "%s: got %.32s",
                  rows[i].text, at);
    }
    free(text);
}

Test(report_json, a_full_disk_is_told)
{
    struct esi_session_info session = make_session(1);
    struct esi_outcome outcome = make_command(ESI_VERB_QUIT, "QUIT", "", 0, 1);
    struct esi_sink_options options = {.all_events = true, .locate = locate_in_two};
    FILE *full = fopen("/dev/full", "w");
    struct esi_error err;

    cr_assert_not_null(full);
    struct esi_sink *sink = esi_sink_find("json")->open(full, &options);
    cr_assert(!esi_sink_broken(sink));
    esi_sink_put(sink, &(struct esi_record){
                           .kind = ESI_RECORD_OUTCOME, .session = &session, .outcome = &outcome});
    cr_assert(esi_sink_broken(sink));
    cr_assert(!esi_sink_close(sink, &err));
    cr_assert_str_eq(err.text, "No space left on device");
    fclose(full);
}
