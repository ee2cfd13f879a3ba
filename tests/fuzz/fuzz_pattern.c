/*
 * fuzz_pattern.c - any pattern, searched in any bytes.
 *
 * The input is a pattern, a NUL and the bytes to be searched. A refusal has its place in the
 * pattern; an answer stays the same when asked again; and what is found is never denied again,
 * whatever follows it and whatever lines come before.
 */
#include <stdlib.h>

#include "esi/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A law, broken: the input is a finding. */
#define LAW(holds) ((holds) ? (void)0 : esi_panic("broken: %s", #holds))

/* found - in exact storage, so that reading on is noticed. */
static enum esi_pattern_result
found(const struct esi_pattern *pattern, struct esi_slice before, struct esi_slice bytes,
      struct esi_slice after)
{
    struct esi_buf whole = {0};
    size_t len = before.len + bytes.len + after.len;

    esi_buf_append(&whole, before);
    esi_buf_append(&whole, bytes);
    esi_buf_append(&whole, after);
    uint8_t *copy = malloc(len > 0 ? len : 1);
    if (len > 0)
        memcpy(copy, whole.data, len);
    esi_buf_free(&whole);
    enum esi_pattern_result result = esi_pattern_search(pattern, (struct esi_slice){copy, len});
    LAW(result == esi_pattern_search(pattern, (struct esi_slice){copy, len}));
    free(copy);
    return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct esi_slice nothing = {(const uint8_t *)"", 0};
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    struct esi_slice text = {data, nul ? (size_t)(nul - data) : size};
    struct esi_slice bytes = nul ? (struct esi_slice){nul + 1, size - text.len - 1} : nothing;
    struct esi_error err = {""};
    size_t at = SIZE_MAX;
    struct esi_pattern *pattern = esi_pattern_new(text, &err, &at);

    if (!pattern) {
        LAW(at <= text.len && err.text[0] != '\0');
        LAW(!strstr(err.text, "PCRE2"));
        return 0;
    }
    LAW(text.len > 0 && text.len <= ESI_PATTERN_MOST);
    if (found(pattern, nothing, bytes, nothing) == ESI_PATTERN_FOUND) {
        LAW(found(pattern, nothing, bytes, ESI_LIT("a\n")) != ESI_PATTERN_NO);
        LAW(found(pattern, nothing, bytes, bytes) != ESI_PATTERN_NO);
        LAW(found(pattern, ESI_LIT("\n"), bytes, nothing) != ESI_PATTERN_NO);
    }
    esi_pattern_free(pattern);
    return 0;
}
