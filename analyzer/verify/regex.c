/*
 * regex.c - regular expressions of a suite, by PCRE2.
 *
 * They are PCRE2's own, not the firewall's: whoever writes a suite knows these. They are run by the
 * breadth-first matcher, which never goes back. Back references, which that does not know, are
 * refused when the suite is read. Its work is bounded: where it gives up, nobody knows whether the
 * text fits.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "verify_internal.h"

enum {
    /* Ways through a pattern that are followed at once, and so the bound of its time for a byte;
     * PCRE2 writes three numbers for each, twice, and needs a few more. */
    WAYS_MOST = 1000,
    WORKSPACE = 24 + 2 * 3 * WAYS_MOST
};

struct regex {
    pcre2_code *code;
    pcre2_match_data *match;
};

/* compile - NULL: err says where, and why. */
static pcre2_code *
compile(const char *lead, const char *text, const char *tail, uint32_t options,
        struct esi_error *err)
{
    struct esi_buf source = {0};
    int number;
    PCRE2_SIZE offset;
    PCRE2_UCHAR words[160];

    esi_buf_text(&source, lead);
    esi_buf_text(&source, text);
    esi_buf_text(&source, tail);
    pcre2_code *code =
        pcre2_compile(source.data, source.len,
                      options | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C,
                      &number, &offset, NULL);
    esi_buf_free(&source);
    if (!code && pcre2_get_error_message(number, words, sizeof words) >= 0)
        esi_error_set(err, "at its byte %zu: %s", (size_t)offset + 1, (const char *)words);
    return code;
}

/* compile_anchored - any bytes may come before it. So all places to begin at are tried in one go;
 * PCRE2 would try one after the other. Alone first: what is wrong with it is told as the suite has
 * it, and its parentheses have to be its own. */
static pcre2_code *
compile_anchored(const char *text, struct esi_error *err)
{
    uint32_t references = 0;
    pcre2_code *alone = compile("", text, "", 0, err);

    if (!alone)
        return NULL;
    pcre2_pattern_info(alone, PCRE2_INFO_BACKREFMAX, &references);
    pcre2_code_free(alone);
    esi_error_set(err, references > 0 ? "back references are not known here"
                                      : "something in it is not known here");
    return references > 0 ? NULL : compile("(?s:.)*?(?:", text, ")", PCRE2_ANCHORED, NULL);
}

struct regex *
regex_new(const char *text, struct esi_error *err)
{
    pcre2_code *code = compile_anchored(text, err);

    if (!code)
        return NULL;
    struct regex *regex = esi_alloc(sizeof *regex);
    regex->code = code;
    regex->match = pcre2_match_data_create(1, NULL);
    if (!regex->match)
        esi_no_memory(0);
    enum holding holding = regex_holds(regex, "");
    if (holding != HOLDS_PERHAPS)
        return regex;
    regex_free(regex);
    return NULL;
}

enum holding
regex_holds(const struct regex *regex, const char *text)
{
    int workspace[WORKSPACE];
    int result = pcre2_dfa_match(regex->code, (PCRE2_SPTR)text, strlen(text), 0, PCRE2_DFA_SHORTEST,
                                 regex->match, NULL, workspace, WORKSPACE);

    return result >= 0 ? HOLDS : result == PCRE2_ERROR_NOMATCH ? HOLDS_NOT : HOLDS_PERHAPS;
}

void
regex_free(struct regex *regex)
{
    if (!regex)
        return;
    pcre2_match_data_free(regex->match);
    pcre2_code_free(regex->code);
    free(regex);
}
