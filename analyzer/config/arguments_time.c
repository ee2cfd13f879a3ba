/* arguments_time.c - typed arguments that stand for times and days. */
#include "arguments_internal.h"

size_t
take_clock(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    const uint8_t *colon = memchr(words->text.ptr, ':', words->text.len);
    uint64_t hours, minutes;

    (void)reader;
    (void)count;
    if (!colon)
        return 0;
    size_t at = (size_t)(colon - words->text.ptr);
    if (!read_number(esi_slice_cut(words->text, 0, at), 23, &hours) || words->text.len - at != 3 ||
        !read_number(esi_slice_cut(words->text, at + 1, 2), 59, &minutes))
        return 0;
    out->number = hours * 60 + minutes;
    return 1;
}

/* begins - the word is the name's beginning, three letters at least. */
static bool
begins(const struct word *word, const char *name)
{
    struct esi_slice full = esi_slice_of(name);

    return !word->quoted && word->text.len >= 3 && word->text.len <= full.len &&
           esi_slice_same_nocase(word->text, esi_slice_cut(full, 0, word->text.len));
}

size_t
take_month(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};

    (void)reader;
    (void)count;
    for (size_t i = 0; i < ESI_COUNT(names); i++) {
        out->number = i + 1;
        if (begins(words, names[i]))
            return 1;
    }
    return 0;
}

/* take_weekday - number: a bit a day, Sunday the lowest. */
size_t
take_weekday(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    static const struct {
        const char *name;
        unsigned days;
    } names[] = {
        {"sunday", 0x01},   {"monday", 0x02},  {"tuesday", 0x04},  {"wednesday", 0x08},
        {"thursday", 0x10}, {"friday", 0x20},  {"saturday", 0x40}, {"daily", 0x7f},
        {"weekdays", 0x3e}, {"weekend", 0x41},
    };

    (void)reader;
    (void)count;
    for (size_t i = 0; i < ESI_COUNT(names); i++) {
        out->number = names[i].days;
        if (begins(words, names[i].name))
            return 1;
    }
    return 0;
}

/* take_hours - number: minutes, as a two's complement. */
size_t
take_hours(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    bool west = words->text.len > 0 && words->text.ptr[0] == '-';
    uint64_t hours;

    (void)reader;
    (void)count;
    if (!read_number(esi_slice_cut(words->text, west, words->text.len), west ? 12 : 14, &hours))
        return 0;
    out->number = west ? 0 - hours * 60 : hours * 60;
    return 1;
}
