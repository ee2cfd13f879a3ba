/* time.c - capture time as RFC 3339 text in UTC. No clock, no time zone, no locale. */
#include <stdio.h>

#include "esi/net.h"

/* civil - days since 1970-01-01 to a date of the proleptic Gregorian calendar, by walking whole
 * 400-year, then shorter cycles counted from 0000-03-01, where leap days end a year. */
static void
civil(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    int64_t shifted = days + 719468; /* days from 0000-03-01 to 1970-01-01 */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    unsigned of_era = (unsigned)(shifted - era * 146097);
    unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned from_march = (5 * of_year + 2) / 153;

    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}

char *
esi_time_print(char out[ESI_TIME_TEXT], esi_nanos when)
{
    int64_t seconds = when / 1000000000;
    int64_t nanos = when % 1000000000;
    int64_t year;
    unsigned month, day;

    if (nanos < 0) {
        nanos += 1000000000;
        seconds--;
    }
    int64_t days = seconds / 86400, of_day = seconds % 86400;
    if (of_day < 0) {
        of_day += 86400;
        days--;
    }
    civil(days, &year, &month, &day);
    snprintf(out, ESI_TIME_TEXT, "%04d-%02u-%02uT%02u:%02u:%02u.%09uZ", (int)year, month, day,
             (unsigned)(of_day / 3600), (unsigned)(of_day / 60 % 60), (unsigned)(of_day % 60),
             (unsigned)nanos);
    return out;
}

/* days_to - the way back from civil. */
static int64_t
days_to(int64_t year, unsigned month, unsigned day)
{
    int64_t shifted = month > 2 ? year : year - 1; /* years begin in March */
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    unsigned of_era = (unsigned)(shifted - era * 400);
    unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + (int64_t)of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* take_digits - that many, and the character behind them. */
static bool
take_digits(const char **at, unsigned count, char behind, unsigned *out)
{
    *out = 0;
    for (; count > 0; count--, ++*at) {
        if (**at < '0' || **at > '9')
            return false;
        *out = *out * 10 + (unsigned)(**at - '0');
    }
    return *(*at)++ == behind;
}

bool
esi_time_parse(esi_nanos *out, const char *text)
{
    static const struct {
        unsigned digits;
        char behind;
    } parts[] = {{4, '-'}, {2, '-'}, {2, 'T'}, {2, ':'}, {2, ':'}, {2, '.'}, {9, 'Z'}};
    enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, NANOS, PARTS };
    enum { YEAR_LEAST = 1677, YEAR_MOST = 2262, BILLION = 1000000000 };
    unsigned found[PARTS];
    const char *at = text;
    char back[ESI_TIME_TEXT];
    int64_t whole, rest;

    for (size_t p = 0; p < PARTS; p++)
        if (!take_digits(&at, parts[p].digits, parts[p].behind, &found[p]))
            return false;
    if (*at != '\0' || found[YEAR] < YEAR_LEAST || found[YEAR] > YEAR_MOST || found[MONTH] < 1 ||
        found[MONTH] > 12)
        return false;
    int64_t seconds = days_to(found[YEAR], found[MONTH], found[DAY]) * 86400 + found[HOUR] * 3600 +
                      found[MINUTE] * 60 + found[SECOND];
    rest = found[NANOS];
    if (seconds < 0 && rest > 0) { /* the second before may not be one of 64 bits */
        seconds++;
        rest -= BILLION;
    }
    return !__builtin_mul_overflow(seconds, (int64_t)BILLION, &whole) &&
           !__builtin_add_overflow(whole, rest, out) &&
           strcmp(esi_time_print(back, *out), text) == 0; /* no 31st of February */
}
