/* Expectations, held against one record. */
#include <criterion/criterion.h>

#include "esi/verify.h"

static const struct esi_suite_option option = {"captures", ESI_SUITE_LIST, true, NULL};

#define HEAD "{\"schema\":1,\"event_type\":"
#define VERDICT                                                                                    \
    HEAD "\"verdict\",\"pcap_filename\":\"a.pcap\",\"pcap_cnt\":7,\"tcp_stream\":0,"               \
         "\"verdict\":{\"action\":\"mask\",\"class\":null,\"config\":null,\"offset\":4,"           \
         "\"length\":30,\"before\":\"NO\\\\x00 250\",\"after\":null,\"frames\":[3,5],"             \
         "\"syslog\":[],\"counterfactual\":false}}"
#define SESSION                                                                                    \
    HEAD "\"session\",\"session\":{\"number\":1,\"diverges\":{\"pcap_cnt\":9,\"why\":\"x\"},"      \
         "\"quality\":{\"gap_list\":[{\"offset\":1},{\"offset\":5}]}}}"
#define CAPTURE HEAD "\"capture\",\"capture\":{\"skipped\":{\"UDP\":2},\"complete\":true}}"

static bool
holds(const char *expectation, const char *line, struct esi_buf *why)
{
    struct esi_buf text = {0};
    struct esi_error err = {""};

    esi_buf_printf(&text, "cases: [{name: a, captures: b, expect: [%s]}]", expectation);
    struct esi_suite *suite = esi_suite_read("s", esi_buf_slice(&text), &option, 1, &err);
    esi_buf_free(&text);
    cr_assert(suite, "%s: %s", expectation, err.text);
    struct esi_check *check = esi_check_new(&suite->cases[0]);
    esi_check_line(check, esi_slice_of(line));
    bool all = esi_check_finish(check, why);
    esi_check_free(check);
    esi_suite_free(suite);
    return all;
}

Test(verify_match, values)
{
    static const struct {
        const char *expectation, *line;
        bool holds;
    } rows[] = {
        {"verdict: {}", VERDICT, true},
        {"session: {}", VERDICT, false},
        {"verdict: {action: mask, offset: 4, counterfactual: no}", VERDICT, true},
        {"verdict: {action: mask, offset: 5}", VERDICT, false},
        {"verdict: {verdict.action: mask}", VERDICT, true},
        {"verdict: {pcap_cnt: 7, tcp_stream: 0, pcap_filename: a.pcap}", VERDICT, true},
        {"verdict: {class: null, config: null, after: ~}", VERDICT, true},
        {"verdict: {class: 0}", VERDICT, false},
        {"verdict: {offset: null}", VERDICT, false},
        {"verdict: {before: 'NO\\x00 250'}", VERDICT, true},
        {"verdict: {before: NO}", VERDICT, false},
        {"verdict: {before: {regex: ^NO}}", VERDICT, true},
        {"verdict: {before: {regex: '250$'}}", VERDICT, true},
        {"verdict: {before: {regex: '^250'}}", VERDICT, false},
        {"verdict: {before: {regex: '(?i)no.*0$'}}", VERDICT, true},
        {"verdict: {before: {regex: 'a|0'}}", VERDICT, true},
        {"verdict: {after: {regex: '.'}}", VERDICT, false},
        {"{verdict: {before: {regex: 'N\\KO'}}, count: 0}", VERDICT, false},
        {"{verdict: {action: log, before: {regex: 'N\\KO'}}, count: 0}", VERDICT, true},
        {"verdict: {length: {gt: 29, lt: 31}}", VERDICT, true},
        {"verdict: {length: {gt: 30}}", VERDICT, false},
        {"verdict: {length: {lt: 30}}", VERDICT, false},
        {"verdict: {class: {gt: -1}}", VERDICT, false},
        {"verdict: {frames: 5}", VERDICT, true},
        {"verdict: {frames: 4}", VERDICT, false},
        {"verdict: {frames: [3, 5]}", VERDICT, true},
        {"verdict: {frames: [3]}", VERDICT, false},
        {"verdict: {frames: [5, 3]}", VERDICT, false},
        {"verdict: {frames: [3, 5, 7]}", VERDICT, false},
        {"verdict: {frames: {gt: 4}}", VERDICT, true},
        {"verdict: {syslog: []}", VERDICT, true},
        {"verdict: {frames: []}", VERDICT, false},
        {"verdict: {clipped: false, detail: null}", VERDICT, true},
        {"verdict: {clipped: true}", VERDICT, false},
        {"{verdict: {}, count: 1}", VERDICT, true},
        {"{verdict: {}, count: 0}", VERDICT, false},
        {"{verdict: {}, count: {max: 1}}", VERDICT, true},
        {"{verdict: {}, count: {min: 2, max: 3}}", VERDICT, false},
        {"{session: {}, count: 0}", VERDICT, true},
        {"session: {diverges: null}", SESSION, false},
        {"session: {diverges.pcap_cnt: 9, diverges.why: x}", SESSION, true},
        {"session: {quality.gap_list.offset: 5}", SESSION, true},
        {"session: {quality.gap_list: []}", SESSION, false},
        {"capture: {skipped.UDP: 2}", CAPTURE, true},
        {"capture: {skipped.ICMP: 0, complete: true}", CAPTURE, true},
        {"capture: {skipped.ICMP: {gt: 0}}", CAPTURE, false},
        {"{verdict: {}, count: 0}", "no record", true},
        {"session: {}", HEAD "\"session\",", false},
        {"{session: {}, count: 0}", HEAD "\"session\",", false},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_buf why = {0};

        cr_expect(holds(rows[i].expectation, rows[i].line, &why) == rows[i].holds, "%s",
                  rows[i].expectation);
        cr_expect((why.len > 0) == !rows[i].holds, "%s: why", rows[i].expectation);
        esi_buf_free(&why);
    }
}

Test(verify_match, says_what_came_instead)
{
    struct esi_buf why = {0};
    static const char said[] = "- expected: \"verdict\"\n"
                               "  line: 1\n"
                               "  with:\n"
                               "    action: \"mask\"\n"
                               "    length: \"less than 5\"\n"
                               "    frames: \"1, 2\"\n"
                               "    before: \"\\\"\\\\\\\\\\\"\"\n"
                               "  count: \"from 2 to 3\"\n"
                               "  came: 0\n"
                               "  of_verdict_records: 1\n"
                               "  nearest:\n"
                               "    - record: \"verdict mask, frame 7 of a.pcap, tcp.stream 0\"\n"
                               "      has:\n"
                               "        length: \"30\"\n"
                               "        frames: \"3, 5\"\n"
                               "        before: \"NO\\\\x00 250\"\n";

    holds("{verdict: {action: mask, length: {lt: 5}, frames: [1, 2], before: '\"\\\\\"'}, "
          "count: {min: 2, max: 3}}",
          VERDICT, &why);
    esi_buf_byte(&why, '\0');
    cr_expect(strcmp((const char *)why.data, said) == 0, "said:\n%s", (const char *)why.data);
    esi_buf_free(&why);
}
