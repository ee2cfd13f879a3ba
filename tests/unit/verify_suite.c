/* Suites: what is wrong with them is told with its place. */
#include <criterion/criterion.h>

#include "esi/verify.h"

static const struct esi_suite_option options[] = {
    {"captures", ESI_SUITE_LIST, true, NULL},
    {"config", ESI_SUITE_LIST, false, "configs"},
    {"platform", ESI_SUITE_ONE, false, NULL},
    {"strict", ESI_SUITE_FLAG, false, NULL},
};

static struct esi_suite *
read_suite(const char *text, struct esi_error *err)
{
    return esi_suite_read("s.yaml", esi_slice_of(text), options, ESI_COUNT(options), err);
}

#define CASE "cases: [{name: a, captures: a.pcap, "
#define VERDICT CASE "expect: [verdict: "

Test(verify_suite, refusals)
{
    static const struct {
        const char *what, *text, *said;
    } rows[] = {
        {"nothing", "", "s.yaml: is empty: no cases"},
        {"null", "~", "s.yaml:1:1: a suite: keys with values were expected"},
        {"no cases", "suite: x", "s.yaml:1:1: no cases: a list of them was expected"},
        {"empty cases", "cases: []", "s.yaml:1:8: no cases: a list of them was expected"},
        {"no YAML", "cases: [", "s.yaml:2:1: is no YAML: while parsing a flow node: did not find"},
        {"unknown key", "suite: x\ncase: []",
         "s.yaml:2:1: 'case' is no key of a suite; did you mean 'cases'?"},
        {"unknown key of a case", CASE "expects: []}]",
         "s.yaml:1:37: 'expects' is no key of a case; did you mean 'expect'?"},
        {"unknown option", CASE "platfrom: asa-8}]",
         "s.yaml:1:37: 'platfrom' is no key of a case; did you mean 'platform'?"},
        {"the beginning of a field", CASE "expect: [session: {quality: 1}]}]",
         "s.yaml:1:56: 'quality' is no field of a session; did you mean 'quality.start'?"},
        {"unknown default", "defaults: {name: x}",
         "s.yaml:1:12: 'name' is no key of defaults; did you mean 'config'?"},
        {"key twice", "suite: a\nsuite: b", "s.yaml:2:1: 'suite' is here twice"},
        {"anchor", "suite: &a x", "s.yaml:1:8: anchors (&name) and aliases (*name) are not for"},
        {"alias", "suite: *a", "s.yaml:1:8: anchors (&name) and aliases (*name) are not for"},
        {"tag", "suite: !!str x", "s.yaml:1:8: tags (!name) are not for suites"},
        {"second document", "suite: x\n---\nsuite: y", "s.yaml:2:1: a second document"},
        {"deep", "[[[[[[[[[[[[[[[[", "s.yaml:1:13: too deep"},
        {"key no word", "[a]: b", "s.yaml:1:1: a key has to be a word"},
        {"NUL", "suite: \"\\0\"", "s.yaml:1:8: a byte 0 in a text"},
        {"no name", "cases: [{captures: a}]", "s.yaml:1:9: the case has no name"},
        {"name no text", "cases: [{name: [a]}]", "s.yaml:1:16: name: a text was expected"},
        {"name null", "cases: [{name: }]", "s.yaml:1:16: name: a text was expected"},
        {"no capture", "cases: [{name: a, golden: b}]", "s.yaml:1:9: 'a' has no captures"},
        {"empty captures", "cases: [{name: a, captures: [], golden: b}]",
         "s.yaml:1:29: captures: the list is empty"},
        {"expects nothing", "cases: [{name: a, captures: a.pcap}]",
         "s.yaml:1:9: 'a' expects nothing: neither expect nor golden"},
        {"a list for one", CASE "platform: [a]}]", "s.yaml:1:47: platform: a text was expected"},
        {"flag no bool", CASE "strict: maybe}]", "s.yaml:1:45: strict: true or false was expected"},
        {"events", CASE "events: some}]", "s.yaml:1:45: events: verdicts or all was expected"},
        {"expect empty", CASE "expect: []}]", "s.yaml:1:45: expect: a list was expected"},
        {"expectation no map", CASE "expect: [x]}]", "s.yaml:1:46: an expectation was expected"},
        {"unknown record", CASE "expect: [verdicts: {}]}]",
         "s.yaml:1:46: 'verdicts' is not to be expected"},
        {"two records", CASE "expect: [{verdict: {}, session: {}}]}]",
         "s.yaml:1:60: one kind of record to an expectation"},
        {"count alone", CASE "expect: [count: 1]}]", "s.yaml:1:46: expects nothing"},
        {"unknown field", VERDICT "{actoin: mask}]}]",
         "s.yaml:1:56: 'actoin' is no field of a verdict; did you mean 'action'?"},
        {"field without its parents", CASE "expect: [session: {gap_bytes: 1}]}]",
         "s.yaml:1:56: 'gap_bytes' is no field of a session; did you mean 'quality.gap_bytes'?"},
        {"of another record", CASE "expect: [summary: {client_ip: x}]}]",
         "s.yaml:1:56: 'client_ip' is no field of a summary"},
        {"unknown word", VERDICT "{action: drop}]}]",
         "s.yaml:1:64: action: there is no 'drop'; did you mean 'drop-connection'?"},
        {"field twice", VERDICT "{action: mask, verdict.action: mask}]}]",
         "s.yaml:1:70: 'verdict.action' is here twice"},
        {"number", VERDICT "{length: long}]}]", "s.yaml:1:64: length: a whole number was expected"},
        {"number in quotes", VERDICT "{length: '5'}]}]", "s.yaml:1:64: length: a whole number"},
        {"octal", VERDICT "{length: 010}]}]", "s.yaml:1:64: length: a whole number"},
        {"bool", VERDICT "{counterfactual: 1}]}]",
         "s.yaml:1:72: counterfactual: true or false was expected"},
        {"object", CASE "expect: [session: {diverges: true}]}]",
         "s.yaml:1:66: diverges: null or [] (its fields are written with dots"},
        {"fields within", CASE "expect: [session: {quality: {gaps: 1}}]}]",
         "s.yaml:1:56: 'quality' is no field of a session"},
        {"no comparison", VERDICT "{length: {ge: 1}}]}]",
         "s.yaml:1:65: length: regex, gt or lt was expected, not 'ge'"},
        {"empty comparison", VERDICT "{length: {}}]}]", "s.yaml:1:64: length: regex, gt or lt"},
        {"gt of a text", VERDICT "{before: {gt: 1}}]}]", "s.yaml:1:69: before: is no number"},
        {"regex of a number", VERDICT "{length: {regex: 1}}]}]",
         "s.yaml:1:72: length: is no text: regex does not apply"},
        {"regex", VERDICT "{before: {regex: 'a('}}]}]",
         "s.yaml:1:72: before: is no regular expression: at its byte 3: missing closing paren"},
        {"regex of two halves", VERDICT "{before: {regex: 'a)(b'}}]}]",
         "s.yaml:1:72: before: is no regular expression: at its byte 2: unmatched closing paren"},
        {"back reference", VERDICT "{before: {regex: '(a)\\1'}}]}]",
         "s.yaml:1:72: before: is no regular expression: back references are not known here"},
        {"count no number", CASE "expect: [{verdict: {}, count: many}]}]",
         "s.yaml:1:67: count: a number from 0 on was expected"},
        {"count negative", CASE "expect: [{verdict: {}, count: -1}]}]",
         "s.yaml:1:67: count: a number from 0 on was expected"},
        {"count null", CASE "expect: [{verdict: {}, count: }]}]",
         "s.yaml:1:67: count: a number from 0 on was expected"},
        {"count unknown", CASE "expect: [{verdict: {}, count: {least: 1}}]}]",
         "s.yaml:1:68: count: min or max was expected, not 'least'"},
        {"count empty", CASE "expect: [{verdict: {}, count: {}}]}]",
         "s.yaml:1:67: count: min or max was expected"},
        {"count impossible", CASE "expect: [{verdict: {}, count: {min: 2, max: 1}}]}]",
         "s.yaml:1:67: count: min is more than max"},
        {"conditions no map", VERDICT "mask]}]", "s.yaml:1:55: verdict: fields were expected"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_error err = {"nothing was said"};
        struct esi_suite *suite = read_suite(rows[i].text, &err);

        cr_expect(!suite, "%s: taken", rows[i].what);
        cr_expect(strncmp(err.text, rows[i].said, strlen(rows[i].said)) == 0, "%s: said %s",
                  rows[i].what, err.text);
        if (suite)
            esi_suite_free(suite);
    }
}

Test(verify_suite, defaults_and_cases)
{
    struct esi_error err = {""};
    struct esi_suite *suite =
        read_suite("suite: t\n"
                   "defaults: {config: [a, b], platform: asa-8, events: all}\n"
                   "cases:\n"
                   "- {name: one, captures: [x, y], golden: g}\n"
                   "- {name: two, captures: x, configs: c, strict: yes, "
                   "events: verdicts, expect: [verdict: {}]}\n",
                   &err);
    static const struct {
        const char *option, *value;
    } expected[2][5] = {
        {{"captures", "x"},
         {"captures", "y"},
         {"config", "a"},
         {"config", "b"},
         {"platform", "asa-8"}},
        {{"captures", "x"}, {"config", "c"}, {"strict", ""}, {"platform", "asa-8"}},
    };

    cr_assert(suite, "%s", err.text);
    cr_assert(suite->case_count == 2 && strcmp(suite->title, "t") == 0);
    for (size_t c = 0; c < 2; c++) {
        const struct esi_suite_case *suite_case = &suite->cases[c];

        cr_assert(suite_case->setting_count == (c == 0 ? 5 : 4));
        for (size_t i = 0; i < suite_case->setting_count; i++)
            cr_expect(strcmp(suite_case->settings[i].option->name, expected[c][i].option) == 0 &&
                          strcmp(suite_case->settings[i].value, expected[c][i].value) == 0,
                      "case %zu, setting %zu: %s", c, i, suite_case->settings[i].value);
        cr_expect(suite_case->at.line == 4 + c && suite_case->all_events == (c == 0));
    }
    cr_expect(strcmp(suite->cases[0].golden, "g") == 0 && !suite->cases[1].golden);
    esi_suite_free(suite);
}
