/*
 * build_time.c - time-range, clock timezone.
 *
 * The last minute named counts: `periodic weekdays 0:00 to 23:59` is how Cisco writes whole days.
 * A period that ends before it begins goes over midnight (inferred). Source: Cisco ASA command
 * reference, time-range, absolute, periodic, clock timezone.
 */
#include <stdlib.h>

#include "reader_internal.h"

enum {
    TIME_RANGE_NAME_MOST = 64,
    DAY_MINUTES = 24 * 60,
    WEEK_MINUTES = 7 * DAY_MINUTES,
    YEAR_LEAST = 1993, /* what the box takes */
    YEAR_MOST = 2099
};

struct esi_time_range *
esi_config_time_range(const struct esi_config *config, const char *name)
{
    size_t place;

    return index_find(config->index, INDEX_TIME_RANGE, esi_slice_of(name), &place)
               ? &config->time_ranges[place]
               : NULL;
}

static void
remove_time_range(struct esi_config *config, size_t place)
{
    free(config->time_ranges[place].periods);
    size_t last = --config->time_ranges_count;
    index_unlist(config->index, INDEX_TIME_RANGE, config->time_ranges[place].name,
                 config->time_ranges[last].name, place);
    config->time_ranges[place] = config->time_ranges[last];
}

void
build_time_range(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    const struct arg *name = find_arg(args, ARGUMENT_NAME);

    if (!check_name(reader, name, TIME_RANGE_NAME_MOST))
        return;
    bool known = index_find(config->index, INDEX_TIME_RANGE, name->text, &reader->time_range);
    if (args->no) {
        if (known)
            remove_time_range(config, reader->time_range);
        else
            warn(reader, name, "there is no such time-range");
        return;
    }
    if (!known) {
        reader->time_range = config->time_ranges_count;
        config->time_ranges = esi_grow(config->time_ranges, &config->time_ranges_cap,
                                       config->time_ranges_count + 1, sizeof *config->time_ranges);
        config->time_ranges[config->time_ranges_count++] =
            (struct esi_time_range){.name = text_of(reader, name->text), .at = place_of(reader)};
        index_set(config->index, INDEX_TIME_RANGE, config->time_ranges[reader->time_range].name,
                  reader->time_range);
    }
    reader->mode = MODE_TIME_RANGE;
}

static bool
is_leap(uint64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned
month_days(uint64_t year, uint64_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

static int64_t
days_since_epoch(uint64_t year, uint64_t month, uint64_t day)
{
    int64_t days = 0;

    for (uint64_t y = 1970; y < year; y++)
        days += is_leap(y) ? 366 : 365;
    for (uint64_t m = 1; m < month; m++)
        days += month_days(year, m);
    return days + (int64_t)day - 1;
}

/* read_moment - <clock> <day> <month> <year> as minutes since the epoch. */
static bool
read_moment(struct reader *reader, const struct arg *clock, int64_t *out)
{
    const struct arg *day = clock + 1, *month = clock + 2, *year = clock + 3;

    if (year->number < YEAR_LEAST || year->number > YEAR_MOST) {
        refuse(reader, year, "expected a year from %d to %d", YEAR_LEAST, YEAR_MOST);
        return false;
    }
    if (day->number < 1 || day->number > month_days(year->number, month->number)) {
        refuse(reader, day, "expected a day of that month");
        return false;
    }
    *out = days_since_epoch(year->number, month->number, day->number) * DAY_MINUTES +
           (int64_t)clock->number;
    return true;
}

static const struct arg *
behind(const struct args *args, const char *word)
{
    for (size_t i = 1; i + 1 < args->count; i++)
        if (args->list[i].literal && strcmp(args->list[i].word, word) == 0)
            return &args->list[i + 1];
    return NULL;
}

void
build_absolute(struct reader *reader, const struct args *args)
{
    struct esi_time_range *range = &reader->config->time_ranges[reader->time_range];
    const struct arg *start = behind(args, "start"), *end = behind(args, "end");
    int64_t from = 0, to = 0;

    if (args->no) {
        range->has_start = range->has_end = false;
        return;
    }
    if (!start && !end) {
        refuse(reader, NULL, "expected start or end");
        return;
    }
    if ((start && !read_moment(reader, start, &from)) || (end && !read_moment(reader, end, &to)))
        return;
    if (start && end && to < from) {
        refuse(reader, end, "expected an end behind the start");
        return;
    }
    range->has_start = start != NULL;
    range->has_end = end != NULL;
    range->start = from;
    range->end = to;
}

static unsigned
first_day(uint64_t days)
{
    unsigned day = 0;

    while (day < 6 && !(days >> day & 1))
        day++;
    return day;
}

static bool
is_one_day(uint64_t days)
{
    return (days & (days - 1)) == 0;
}

/* read_period - the days before `to`, and at most one behind it. */
static bool
read_period(struct reader *reader, const struct args *args, struct esi_period *out)
{
    size_t at = 1;
    unsigned last = 0;

    *out = (struct esi_period){0};
    for (; args->list[at].type == ARGUMENT_WEEKDAY; at++)
        out->days |= (unsigned)args->list[at].number;
    out->from = (unsigned)args->list[at].number;
    const struct arg *to = &args->list[at + 2]; /* behind the time and `to` */
    unsigned end = (unsigned)args->list[args->count - 1].number;
    if (to->type != ARGUMENT_WEEKDAY) {
        out->minutes = (end + DAY_MINUTES - out->from) % DAY_MINUTES + 1;
        return true;
    }
    if (!is_one_day(out->days) || !is_one_day(to->number)) {
        refuse(reader, to, "a day behind 'to' needs one day before it");
        return false;
    }
    last = (first_day(to->number) + 7 - first_day(out->days)) * DAY_MINUTES + end;
    out->minutes = (last + WEEK_MINUTES - out->from) % WEEK_MINUTES + 1;
    return true;
}

static void
remove_period(struct reader *reader, struct esi_time_range *range, const struct esi_period *period)
{
    if (!may_visit(reader, range->count))
        return;
    for (size_t i = 0; i < range->count; i++) {
        if (memcmp(&range->periods[i], period, sizeof *period) != 0)
            continue;
        range->count--;
        memmove(&range->periods[i], &range->periods[i + 1],
                (range->count - i) * sizeof *range->periods);
        return;
    }
    warn(reader, NULL, "there is no such period in '%s'", range->name);
}

void
build_periodic(struct reader *reader, const struct args *args)
{
    struct esi_time_range *range = &reader->config->time_ranges[reader->time_range];
    struct esi_period period;

    if (!read_period(reader, args, &period))
        return;
    if (args->no) {
        remove_period(reader, range, &period);
        return;
    }
    range->periods =
        esi_grow(range->periods, &range->cap, range->count + 1, sizeof *range->periods);
    range->periods[range->count++] = period;
}

void
build_clear_time_ranges(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    size_t place;

    if (name && index_find(config->index, INDEX_TIME_RANGE, name->text, &place))
        remove_time_range(config, place);
    while (!name && config->time_ranges_count > 0)
        remove_time_range(config, config->time_ranges_count - 1);
}

void
build_timezone(struct reader *reader, const struct args *args)
{
    const struct arg *hours = find_arg(args, ARGUMENT_HOURS);
    const struct arg *minutes = find_arg(args, ARGUMENT_NUMBER);
    int offset = hours ? (int)(int64_t)hours->number : 0;

    if (!hours && !args->no) {
        refuse(reader, NULL, "expected a name and the hours east of UTC");
        return;
    }
    if (minutes && minutes->number > 59) {
        refuse(reader, minutes, "expected minutes from 0 to 59");
        return;
    }
    if (minutes) /* west of UTC they count to the west */
        offset += hours->text.ptr[0] == '-' ? -(int)minutes->number : (int)minutes->number;
    reader->config->clock_offset = args->no ? 0 : offset;
}

void
build_summer_time(struct reader *reader, const struct args *args)
{
    const struct text_line *line = reader->line;

    if (!args->no)
        diag_add(reader->config, ESI_DIAG_NOTE, place_of(reader), line->words[0].column, line->text,
                 false, "summer time is not applied: time-ranges are judged by the standard time");
}
