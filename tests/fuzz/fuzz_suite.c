/*
 * fuzz_suite.c - any bytes as a suite: refused in words that have the suite's name, or taken; and
 * what is taken is held against records and told.
 *
 * The input is a suite, perhaps a NUL, and behind it lines that are handed in as records.
 */
#include <stdlib.h>

#include "esi/verify.h"

#include "support/fuzzed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct esi_suite_option options[] = {
    {"captures", ESI_SUITE_LIST, true, NULL},
    {"platform", ESI_SUITE_ONE, false, NULL},
    {"strict", ESI_SUITE_FLAG, false, NULL},
};

static void
each_line(struct esi_check *check, struct esi_slice lines)
{
    while (lines.len > 0) {
        const uint8_t *end = memchr(lines.ptr, '\n', lines.len);
        size_t len = end ? (size_t)(end - lines.ptr) : lines.len;

        esi_check_line(check, esi_slice_cut(lines, 0, len));
        lines = esi_slice_cut(lines, len + 1, lines.len);
    }
}

/* judge - one case, told both ways. */
static void
judge(const struct esi_suite *suite, size_t index, struct esi_slice lines, struct esi_junit *junit)
{
    struct esi_case_result result = {.suite = suite, .suite_case = &suite->cases[index]};
    struct esi_check *check = esi_check_new(result.suite_case);
    struct esi_buf why = {0}, tap = {0};

    each_line(check, lines);
    bool passed = esi_check_finish(check, &why);
    must(passed == (why.len == 0), "failed without a word, or passed with one");
    result.end = passed ? ESI_CASE_PASSED : ESI_CASE_FAILED;
    result.why = esi_buf_slice(&why);
    esi_tap_case(&tap, index + 1, &result);
    must(memcmp(tap.data, passed ? "ok " : "not ", passed ? 3 : 4) == 0, "is told as the other");
    esi_junit_case(junit, &result);
    esi_buf_free(&tap);
    esi_buf_free(&why);
    esi_check_free(check);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    struct esi_slice all = {data, size};
    struct esi_slice text = esi_slice_cut(all, 0, nul ? (size_t)(nul - data) : size);
    struct esi_error err = {""};
    struct esi_suite *suite = esi_suite_read("suite", text, options, ESI_COUNT(options), &err);

    if (!suite) {
        must(strncmp(err.text, "suite:", 6) == 0, "refused without a word");
        return 0;
    }
    struct esi_junit junit = {0};
    struct esi_buf out = {0};
    must(suite->case_count > 0, "a suite without cases");
    for (size_t i = 0; i < suite->case_count; i++)
        judge(suite, i, esi_slice_cut(all, text.len + 1, size), &junit);
    esi_junit_finish(&junit, &out);
    for (size_t i = 0; i < out.len; i++)
        must(out.data[i] >= 0x20 || out.data[i] == '\n', "a control character in XML");
    esi_buf_free(&out);
    esi_suite_free(suite);
    return 0;
}
