/*
 * pattern.c - runs the firewall's regular expressions by PCRE2.
 *
 * By pcre2_dfa_match, which follows all ways through the pattern at once and never goes back. That
 * function tries one place to begin at after the other, which is quadratic; so the pattern is
 * anchored, and any bytes may come before it: then one way more is followed, and all places are
 * tried in one go. The first end that is reached is answer enough.
 *
 * Whether a text is of the dialect, and what it is to PCRE2, pattern_translate.c knows.
 */
#include "esi/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "pattern_internal.h"

enum {
    /* Ways followed at once: one for each item, and as many more as a pattern has bytes, since
     * PCRE2 lists a way once for each that leads there. For each byte it compares each with each,
     * and so this is also what bounds the time. */
    WAYS_MOST = ESI_PATTERN_ITEMS_MOST + ESI_PATTERN_MOST,
    /* PCRE2 writes three numbers for a way, has two lists of them, and needs two numbers more. */
    WORKSPACE = 2 + 2 * 3 * WAYS_MOST
};

struct esi_pattern {
    pcre2_code *code;
    pcre2_match_data *match;
};

static void *
allocate(size_t size, void *data)
{
    (void)data;
    return esi_alloc(size);
}

static void
deallocate(void *block, void *data)
{
    (void)data;
    free(block);
}

/* compile - NULL where PCRE2 was built with narrower limits than ours. */
static pcre2_code *
compile(pcre2_general_context *general, struct esi_slice source, struct esi_error *err)
{
    static const uint32_t options =
        PCRE2_ANCHORED | PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_UTF;
    pcre2_compile_context *context = pcre2_compile_context_create(general);
    int number;
    PCRE2_SIZE offset;

    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_code *code = pcre2_compile(source.ptr, source.len, options, &number, &offset, context);
    pcre2_compile_context_free(context);
    if (!code)
        esi_error_set(err, "a pattern that PCRE2 compiles was expected (its error %d)", number);
    return code;
}

struct esi_pattern *
esi_pattern_new(struct esi_slice text, struct esi_error *err, size_t *at)
{
    struct esi_buf source = {0};
    struct esi_pattern *pattern = NULL;

    esi_buf_text(&source, ".*?(?:");
    if (pattern_translate(text, &source, err, at)) {
        pcre2_general_context *general = pcre2_general_context_create(allocate, deallocate, NULL);
        esi_buf_byte(&source, ')');
        pcre2_code *code = compile(general, esi_buf_slice(&source), err);
        *at = text.len;
        if (code) {
            pattern = esi_alloc(sizeof *pattern);
            pattern->code = code;
            pattern->match = pcre2_match_data_create(1, general);
        }
        pcre2_general_context_free(general);
    }
    esi_buf_free(&source);
    return pattern;
}

enum esi_pattern_result
esi_pattern_search(const struct esi_pattern *pattern, struct esi_slice bytes)
{
    int workspace[WORKSPACE];
    PCRE2_SPTR subject = bytes.len > 0 ? bytes.ptr : (PCRE2_SPTR) "";
    int result = pcre2_dfa_match(pattern->code, subject, bytes.len, 0, PCRE2_DFA_SHORTEST,
                                 pattern->match, NULL, workspace, WORKSPACE);

    if (result == PCRE2_ERROR_NOMATCH)
        return ESI_PATTERN_NO;
    return result >= 0 ? ESI_PATTERN_FOUND : ESI_PATTERN_GAVE_UP;
}

void
esi_pattern_free(struct esi_pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_match_data_free(pattern->match);
    pcre2_code_free(pattern->code);
    free(pattern);
}
