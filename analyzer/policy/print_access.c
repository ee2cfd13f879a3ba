/*
 * print_access.c - access lists in use as configuration text, with the names, objects, groups and
 * time ranges they refer to, one through the other.
 *
 * Every word of what is printed is looked up once; what has that name is printed, too.
 */
#include <stdlib.h>

#include "print_internal.h"

struct words {
    struct strings seen;
    const char **list;
    size_t count, cap;
};

static void
add_word(struct words *words, struct esi_slice word)
{
    size_t before = words->seen.count;
    const char *text =
        strings_say(&words->seen, "%.*s", (int)(word.len < 512 ? word.len : 512), word.ptr);

    if (words->seen.count == before)
        return;
    words->list = esi_grow(words->list, &words->cap, words->count + 1, sizeof *words->list);
    words->list[words->count++] = text;
}

static void
add_words(struct words *words, struct esi_slice text)
{
    size_t from = 0;

    for (size_t at = 0; at <= text.len; at++) {
        if (at < text.len && text.ptr[at] != ' ' && text.ptr[at] != '\n')
            continue;
        if (at > from)
            add_word(words, esi_slice_cut(text, from, at - from));
        from = at + 1;
    }
}

static bool
has_word(struct words *words, const char *word)
{
    size_t before = words->seen.count;

    strings_say(&words->seen, "%.512s", word);
    return words->seen.count == before;
}

/* follow - words lead to objects and groups, whose words lead on. */
static void
follow(const struct esi_config *config, struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct esi_group *group = esi_config_group(config, words->list[i]);
        const struct esi_object *object =
            esi_config_object(config, ESI_OBJECT_NETWORK, words->list[i]);
        const struct esi_object *service =
            esi_config_object(config, ESI_OBJECT_SERVICE, words->list[i]);
        for (size_t m = 0; group && m < group->count; m++)
            add_words(words, esi_slice_of(group->members[m].text));
        if (object && object->text)
            add_words(words, esi_slice_of(object->text));
        if (service && service->text)
            add_words(words, esi_slice_of(service->text));
    }
}

static void
print_names(const struct esi_config *config, struct words *words, struct esi_buf *out)
{
    char ip[ESI_IP_TEXT];

    for (size_t i = 0; i < config->names_count; i++)
        if (has_word(words, config->names[i].name)) {
            esi_buf_printf(out, "name %s ", esi_ip_print(ip, &config->names[i].ip));
            put_name(out, config->names[i].name);
            esi_buf_byte(out, '\n');
        }
}

static void
print_objects(const struct esi_config *config, struct words *words, struct esi_buf *out)
{
    for (size_t i = 0; i < config->objects_count; i++) {
        const struct esi_object *object = &config->objects[i];
        if (!has_word(words, object->name))
            continue;
        esi_buf_printf(out, "object %s ",
                       object->kind == ESI_OBJECT_NETWORK ? "network" : "service");
        put_name(out, object->name);
        esi_buf_byte(out, '\n');
        if (object->text)
            esi_buf_printf(out, " %s\n", object->text);
    }
}

static void
print_groups(const struct esi_config *config, struct words *words, struct esi_buf *out)
{
    static const char *const kinds[] = {"network", "service", "protocol"};

    for (size_t i = 0; i < config->groups_count; i++) {
        const struct esi_group *group = &config->groups[i];
        if (group->kind == ESI_GROUP_OTHER || !has_word(words, group->name))
            continue;
        esi_buf_printf(out, "object-group %s ", kinds[group->kind]);
        put_name(out, group->name);
        if (group->ports_of)
            esi_buf_printf(out, " %s", group->ports_of);
        esi_buf_byte(out, '\n');
        for (size_t m = 0; m < group->count; m++)
            esi_buf_printf(out, " %s\n", group->members[m].text);
    }
}

/* ---- time ---- */

enum { DAY_MINUTES = 24 * 60 };

static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

static void
put_clock(struct esi_buf *out, unsigned minute)
{
    esi_buf_printf(out, " %02u:%02u", minute / 60 % 24, minute % 60);
}

/* put_moment - minutes since the epoch as "08:00 1 January 2026". Howard Hinnant's civil_from_days.
 */
static void
put_moment(struct esi_buf *out, const char *word, int64_t minutes)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    int64_t days = minutes / DAY_MINUTES + 719468; /* from 0000-03-01 on; none is before 1993 */
    int64_t era = days / 146097, of_era = days % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;

    month = month < 10 ? month + 2 : month - 10;
    esi_buf_printf(out, " %s", word);
    put_clock(out, (unsigned)(minutes % DAY_MINUTES));
    esi_buf_printf(out, " %d %s %d", (int)day, months[month],
                   (int)(year + era * 400 + (month <= 1)));
}

static void
print_period(const struct esi_period *period, struct esi_buf *out)
{
    unsigned end = period->from + period->minutes - 1, last = 0;

    esi_buf_text(out, " periodic");
    for (unsigned day = 0; day < 7; day++)
        if (period->days >> day & 1) {
            esi_buf_printf(out, " %s", weekdays[day]);
            last = day;
        }
    put_clock(out, period->from);
    esi_buf_text(out, " to");
    if (period->minutes > DAY_MINUTES)
        esi_buf_printf(out, " %s", weekdays[(last + end / DAY_MINUTES) % 7]);
    put_clock(out, end % DAY_MINUTES);
    esi_buf_byte(out, '\n');
}

static void
print_time_ranges(const struct esi_config *config, struct words *words, struct esi_buf *out)
{
    for (size_t i = 0; i < config->time_ranges_count; i++) {
        const struct esi_time_range *range = &config->time_ranges[i];
        if (!has_word(words, range->name))
            continue;
        esi_buf_text(out, "time-range ");
        put_name(out, range->name);
        esi_buf_byte(out, '\n');
        if (range->has_start || range->has_end)
            esi_buf_text(out, " absolute");
        if (range->has_start)
            put_moment(out, "start", range->start);
        if (range->has_end)
            put_moment(out, "end", range->end);
        if (range->has_start || range->has_end)
            esi_buf_byte(out, '\n');
        for (size_t p = 0; p < range->count; p++)
            print_period(&range->periods[p], out);
    }
}

static void
print_clock(const struct esi_config *config, struct esi_buf *out)
{
    int offset = config->clock_offset;

    if (offset != 0)
        esi_buf_printf(out, "clock timezone LOCAL %d %d\n", offset / 60, abs(offset % 60));
}

void
print_access(const struct esi_policy *policy, struct esi_slice rest, struct esi_buf *out)
{
    const struct esi_config *config = policy->config;
    struct words words = {0};
    struct esi_buf lists = {0};

    for (size_t i = 0; i < config->access_lists_count; i++)
        for (size_t e = 0; policy->lists[i] && e < config->access_lists[i].count; e++)
            esi_buf_printf(&lists, "%s\n", config->access_lists[i].entries[e].text);
    add_words(&words, esi_buf_slice(&lists));
    follow(config, &words);
    add_words(&words, rest);
    print_names(config, &words, out);
    print_objects(config, &words, out);
    print_groups(config, &words, out);
    print_clock(config, out);
    print_time_ranges(config, &words, out);
    esi_buf_append(out, esi_buf_slice(&lists));
    strings_free(&words.seen);
    free(words.list);
    esi_buf_free(&lists);
}
