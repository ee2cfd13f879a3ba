/* verify_members.c - members of the lines of a proof; digests of files. */
#include "verify_members.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_int_t
member_number(const json_t *of, const char *key)
{
    const json_t *value = json_object_get(of, key);

    if (!json_is_integer(value) || json_integer_value(value) < 0)
        verify_fail("%s: no number", key);
    return json_integer_value(value);
}

const char *
member_text(const json_t *of, const char *key)
{
    const json_t *value = json_object_get(of, key);

    if (!json_is_string(value))
        verify_fail("%s: no text", key);
    return json_string_value(value);
}

static size_t
nibble(char digit)
{
    const char *digits = "0123456789abcdef", *at = digit != '\0' ? strchr(digits, digit) : NULL;

    if (!at)
        verify_fail("'%c' is no hexadecimal digit", digit);
    return (size_t)(at - digits);
}

uint8_t *
member_bytes(const json_t *of, const char *key, size_t *len)
{
    const char *at = member_text(of, key);
    uint8_t *bytes = malloc(strlen(at) + 1);

    *len = 0;
    for (; bytes && *at != '\0'; at++) {
        if (*at < ' ' || *at > '~')
            verify_fail("%s: a byte that is not escaped", key);
        if (*at != '\\') {
            bytes[(*len)++] = (uint8_t)*at;
        } else if (*++at == '\\') {
            bytes[(*len)++] = '\\';
        } else {
            if (*at != 'x')
                verify_fail("%s: a backslash before '%c'", key, *at);
            bytes[(*len)++] = (uint8_t)(nibble(at[1]) << 4 | nibble(at[2]));
            at += 2;
        }
    }
    return bytes;
}

void
member_digest(const char *path, char out[DIGEST])
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    FILE *file = fopen(path, "rb");
    uint8_t part[65536];
    size_t len;

    if (!file)
        verify_fail("%s cannot be read", path);
    while ((len = fread(part, 1, sizeof part, file)) > 0)
        g_checksum_update(sum, part, (gssize)len);
    fclose(file);
    memcpy(out, g_checksum_get_string(sum), DIGEST);
    g_checksum_free(sum);
}

/* ---- ranges ---- */

static void
check_range_bytes(const uint8_t *before, const uint8_t *after, size_t len)
{
    size_t equal = 0;

    for (size_t i = 0; i < len; i++) {
        equal = before[i] == after[i] ? equal + 1 : 0;
        if (equal > EQUAL_MOST || (equal > 0 && (i == 0 || i == len - 1)))
            verify_fail("a range with bytes that are the same");
    }
}

/* check_kind - a TCP checksum has two bytes. */
static void
check_kind(const char *kind, size_t len)
{
    bool checksum = strncmp(kind, "checksum-", 9) == 0;

    if (checksum ? len > 2 : strcmp(kind, "payload") != 0)
        verify_fail("%zu bytes of kind %s", len, kind);
}

size_t
member_range(uint8_t *bytes, size_t caplen, const json_t *range, size_t behind)
{
    size_t at = (size_t)member_number(range, "offset"),
           len = (size_t)member_number(range, "length");
    size_t before_len, after_len;
    uint8_t *before = member_bytes(range, "before", &before_len);
    uint8_t *after = member_bytes(range, "after", &after_len);

    if (len == 0 || before_len != len || after_len != len || at < behind || at > caplen ||
        len > caplen - at)
        verify_fail("a range that is none");
    if (memcmp(bytes + at, before, len) != 0)
        verify_fail("at %zu the input has other bytes before", at);
    check_range_bytes(before, after, len);
    check_kind(member_text(range, "kind"), len);
    memcpy(bytes + at, after, len);
    free(before);
    free(after);
    return at + len;
}
