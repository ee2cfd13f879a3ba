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
