/* config_time.c - time ranges and the firewall's clock, from text to lists. */
#include <criterion/criterion.h>

#include "config_show.h"

static void
show_range(struct esi_buf *out, const struct esi_time_range *range)
{
    esi_buf_printf(out, "%s:", range->name);
    if (range->has_start)
        esi_buf_printf(out, " start %lld", (long long)range->start);
    if (range->has_end)
        esi_buf_printf(out, " end %lld", (long long)range->end);
    for (size_t i = 0; i < range->count; i++)
        esi_buf_printf(out, " %02x@%u+%u", range->periods[i].days, range->periods[i].from,
                       range->periods[i].minutes);
    esi_buf_byte(out, '\n');
}

Test(config_time, ranges)
{
    static const struct {
        const char *what, *lines, *expected; /* of `time-range T` */
    } rows[] = {
        {"empty", "", "T:\n"},
        {"both ends", "absolute start 00:00 1 January 1993 end 23:59 29 feb 2024\n",
         /* date -u -d 1993-01-01 +%s / 60; the same of 2024-02-29 23:59 */
         "T: start 12097440 end 28487519\n"},
        {"a start", "absolute start 08:00 1 Jan 2024\n", "T: start 28401600\n"},
        {"an end", "absolute end 08:00 1 Jan 2024\n", "T: end 28401600\n"},
        {"the later counts", "absolute end 08:00 1 Jan 2024\nabsolute start 08:00 1 Jan 2024\n",
         "T: start 28401600\n"},
        {"no absolute", "absolute end 08:00 1 Jan 2024\nno absolute\n", "T:\n"},
        {"weekdays", "periodic weekdays 08:00 to 18:00\n", "T: 3e@480+601\n"},
        {"weekend", "periodic weekend 0:00 to 23:59\n", "T: 41@0+1440\n"},
        {"daily", "periodic daily 8:00 to 8:00\n", "T: 7f@480+1\n"},
        {"over midnight", "periodic daily 22:00 to 06:00\n", "T: 7f@1320+481\n"},
        {"days", "periodic Monday Wed friday 8:00 to 9:00\n", "T: 2a@480+61\n"},
        {"from day to day", "periodic Friday 18:00 to Monday 06:00\n", "T: 20@1080+3601\n"},
        {"two, and one removed",
         "periodic daily 8:00 to 9:00\nperiodic weekdays 8:00 to 9:00\n"
         "no periodic daily 08:00 to 09:00\n",
         "T: 3e@480+61\n"},
        {"no such day", "absolute start 08:00 30 Feb 2024\n",
         "T:\n2:22 error: expected a day of that month\n"},
        {"no such year", "absolute start 08:00 1 Feb 1970\n",
         "T:\n2:28 error: expected a year from 1993 to 2099\n"},
        {"end before start", "absolute start 08:00 2 Feb 2024 end 08:00 1 Feb 2024\n",
         "T:\n2:37 error: expected an end behind the start\n"},
        {"nothing", "absolute\n", "T:\n2:1 error: expected start or end\n"},
        {"days to a day", "periodic daily 8:00 to Friday 9:00\n",
         "T:\n2:24 error: a day behind 'to' needs one day before it\n"},
        {"no such time", "periodic daily 24:00 to 9:00\n",
         "T:\n2:16 warning: expected a day of the week, daily, weekdays or weekend or a time such "
         "as 08:00, found '24:00'\n"},
        {"removed", "no time-range T\ntime-range U\n", "U:\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        char text[256];
        struct esi_buf out = {0};
        snprintf(text, sizeof text, "time-range T\n%s", rows[i].lines);
        struct esi_config *config = read_config(text);
        for (size_t r = 0; r < config->time_ranges_count; r++)
            show_range(&out, &config->time_ranges[r]);
        show_diags(&out, config);
        esi_buf_byte(&out, '\0');
        cr_expect_str_eq((const char *)out.data, rows[i].expected, "%s:\n%s", rows[i].what,
                         (const char *)out.data);
        esi_buf_free(&out);
        esi_config_free(config);
    }
}

Test(config_time, zones)
{
    static const struct {
        const char *line;
        int offset;
        size_t diags;
    } rows[] = {
        {"clock timezone CET 1", 60, 0},
        {"clock timezone PST -8", -480, 0},
        {"clock timezone IST 5 30", 330, 0},
        {"clock timezone NST -3 30", -210, 0},
        {"clock timezone CET 1\nno clock timezone", 0, 0},
        {"clock timezone CET 1\nclock summer-time CEDT recurring", 60, 1},
        {"clock timezone CET 15", 0, 1},
        {"clock timezone CET 1 60", 0, 1},
        {"clock timezone", 0, 1},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = read_config(rows[i].line);
        cr_expect_eq(config->clock_offset, rows[i].offset, "%s", rows[i].line);
        cr_expect_eq(config->diags_count, rows[i].diags, "%s", rows[i].line);
        esi_config_free(config);
    }
}
