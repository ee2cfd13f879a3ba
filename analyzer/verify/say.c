/*
 * say.c - what did not come as expected, as lines of YAML.
 *
 * In the part of YAML that readers of TAP know: maps and lists by indentation, texts in double
 * quotes. Whatever a capture, a file name or a suite brought is quoted here.
 */
#include <inttypes.h>

#include "verify_internal.h"

void
value_words(const struct value *value, struct esi_buf *out)
{
    switch (value->kind) {
    case VALUE_NULL:
        esi_buf_text(out, "null");
        break;
    case VALUE_BOOL:
        esi_buf_text(out, value->number ? "true" : "false");
        break;
    case VALUE_NUMBER:
        esi_buf_printf(out, "%" PRId64, value->number);
        break;
    case VALUE_TEXT:
        esi_buf_append(out, esi_slice_cut(esi_slice_of(value->text), 0, SHOWN_MOST));
        if (strlen(value->text) > SHOWN_MOST)
            esi_buf_printf(out, "... (%zu bytes)", strlen(value->text));
        break;
    case VALUE_EMPTY:
        esi_buf_text(out, "nothing");
        break;
    }
}

static void
begin(struct esi_buf *out, unsigned depth, bool item, const char *key)
{
    esi_buf_printf(out, "%*s%s%s:", (int)(2 * depth), "", item ? "- " : "", key);
}

void
say_text(struct esi_buf *out, unsigned depth, bool item, const char *key, struct esi_slice text)
{
    struct esi_buf safe = {0};

    begin(out, depth, item, key);
    esi_buf_text(out, " \"");
    esi_escape_text(&safe, text);
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.data[i] == '"' || safe.data[i] == '\\')
            esi_buf_byte(out, '\\');
        esi_buf_byte(out, safe.data[i]);
    }
    esi_buf_text(out, "\"\n");
    esi_buf_free(&safe);
}

void
say_number(struct esi_buf *out, unsigned depth, bool item, const char *key, uint64_t number)
{
    begin(out, depth, item, key);
    esi_buf_printf(out, " %" PRIu64 "\n", number);
}

void
say_key(struct esi_buf *out, unsigned depth, const char *key)
{
    begin(out, depth, false, key);
    esi_buf_byte(out, '\n');
}

const char *
case_place(const struct esi_case_result *result, char *out, size_t size)
{
    snprintf(out, size, "%.400s:%u:%u", result->suite->file, result->suite_case->at.line,
             result->suite_case->at.column);
    return out;
}

void
esi_case_say(struct esi_buf *why, const char *key, const char *text)
{
    say_text(why, 0, true, key, esi_slice_of(text));
}
