/*
 * time_match.c - whether a time range holds.
 *
 * Periods count within what `absolute` says only; a range without any of both always holds. Source:
 * Cisco ASA command reference, time-range, absolute, periodic.
 */
#include "access_sets_internal.h"

enum { DAY_MINUTES = 24 * 60, WEEK_MINUTES = 7 * DAY_MINUTES };

int64_t
minute_of(esi_nanos when, int clock_offset)
{
    const esi_nanos minute = (esi_nanos)60 * 1000000000;
    esi_nanos rest = when % minute;

    return (when - rest) / minute - (rest < 0) + clock_offset;
}

static unsigned
minute_of_week(int64_t minute)
{
    /* The epoch began on a Thursday. */
    int64_t of_week = (minute + 4 * DAY_MINUTES) % WEEK_MINUTES;

    return (unsigned)(of_week < 0 ? of_week + WEEK_MINUTES : of_week);
}

static bool
period_holds(const struct esi_period *period, unsigned minute)
{
    for (unsigned day = 0; day < 7; day++) {
        unsigned start = day * DAY_MINUTES + period->from;
        if ((period->days >> day & 1) &&
            (minute + WEEK_MINUTES - start) % WEEK_MINUTES < period->minutes)
            return true;
    }
    return false;
}

bool
time_range_holds(const struct esi_time_range *range, int64_t minute)
{
    if ((range->has_start && minute < range->start) || (range->has_end && minute > range->end))
        return false;
    for (size_t i = 0; i < range->count; i++)
        if (period_holds(&range->periods[i], minute_of_week(minute)))
            return true;
    return range->count == 0;
}
