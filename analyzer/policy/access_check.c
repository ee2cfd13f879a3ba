/*
 * access_check.c - entries of an access list that no flow reaches.
 *
 * Said of what is certain by the text alone: inactive entries, entries with the conditions of an
 * earlier one, and what stands behind an entry that takes all of a protocol. Entries that earlier
 * ones cover bit by bit are not looked for.
 */
#include <stdlib.h>

#include "access_internal.h"

static bool
takes_part(const struct esi_access_entry *entry)
{
    return !entry->inactive && !entry->remark;
}

/* takes_all - of its protocol, at all times. */
static bool
takes_all(const struct esi_access_entry *entry)
{
    return takes_part(entry) && entry->by == ESI_BY_SERVICE && !entry->time_range &&
           entry->source.kind == ESI_ADDRESS_ANY && entry->destination.kind == ESI_ADDRESS_ANY &&
           entry->service.source.kind == ESI_PORT_ANY &&
           entry->service.destination.kind == ESI_PORT_ANY;
}

/* by_conditions - those that match the same together, in their order. */
static int
by_conditions(const void *a, const void *b)
{
    const struct esi_access_entry *one = *(const struct esi_access_entry *const *)a;
    const struct esi_access_entry *other = *(const struct esi_access_entry *const *)b;
    int order = esi_access_compare(one, other);

    return order != 0 ? order : (one > other) - (one < other);
}

static void
say_repetitions(struct esi_config *config, const struct esi_access_list *list)
{
    const struct esi_access_entry **sorted = esi_alloc((list->count + 1) * sizeof *sorted);
    size_t count = 0, first = 0;

    for (size_t i = 0; i < list->count; i++)
        if (takes_part(&list->entries[i]))
            sorted[count++] = &list->entries[i];
    qsort(sorted, count, sizeof *sorted, by_conditions);
    for (size_t i = 1; i < count; i++) {
        if (esi_access_compare(sorted[first], sorted[i]) != 0)
            first = i;
        else
            esi_config_say(config, ESI_DIAG_WARNING, sorted[i]->at,
                           "never reached: line %u of access list '%s' matches the same",
                           sorted[first]->at.line, list->name);
    }
    free(sorted);
}

/* count_behind - entries behind one that takes all, of what it takes. */
static size_t
count_behind(const struct esi_access_list *list, size_t from, unsigned protocol)
{
    size_t count = 0;

    for (size_t i = from; i < list->count; i++) {
        const struct esi_access_entry *entry = &list->entries[i];
        count += takes_part(entry) &&
                 (protocol == ESI_PROTOCOL_ANY ||
                  (entry->by == ESI_BY_SERVICE && entry->service.protocol == protocol));
    }
    return count;
}

/* say_shadows - once a protocol, so that the entries are gone through 257 times at most; nothing
 * behind one that takes all of IP is looked at. */
static void
say_shadows(struct esi_config *config, const struct esi_access_list *list)
{
    bool seen[ESI_PROTOCOL_ANY + 1] = {false};

    for (size_t i = 0; i < list->count && !seen[ESI_PROTOCOL_ANY]; i++) {
        const struct esi_access_entry *entry = &list->entries[i];
        if (!takes_all(entry) || seen[entry->service.protocol])
            continue;
        seen[entry->service.protocol] = true;
        size_t behind = count_behind(list, i + 1, entry->service.protocol);
        if (behind > 0)
            esi_config_say(config, ESI_DIAG_WARNING, entry->at,
                           "access list '%s': %zu %s behind this entry, which takes all they "
                           "match, %s never reached",
                           list->name, behind, behind == 1 ? "entry" : "entries",
                           behind == 1 ? "is" : "are");
    }
}

void
access_check(struct esi_config *config, const struct esi_access_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->entries[i].inactive)
            esi_config_say(config, ESI_DIAG_WARNING, list->entries[i].at,
                           "never reached: the entry is inactive");
    say_repetitions(config, list);
    say_shadows(config, list);
}
