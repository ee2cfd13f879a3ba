/*
 * servers.c - results by server: how many of its sessions were touched, and when that changed.
 *
 * A masked path is often masked at times only: by another route, after a failover, at one of
 * several addresses. So changes are kept with their times. Servers are found by open addressing;
 * when there is no room for more, sessions of others are counted.
 */
#include <stdlib.h>

#include "evidence_internal.h"

enum { WAITING_MOST = 64 }; /* messages whose end got no reply, of all servers */

struct entry {
    struct esi_evidence_server told;
    bool listed; /* some session of it offered a keyword */
    int8_t last; /* of its sessions that tell: 1 touched, 0 not, -1: none yet */
    /* Sessions that were touched, by their greeting or only behind it; and such that were not, by
     * what was seen clear. */
    bool greeting_touched, rest_touched, greeting_clear, list_clear;
};

struct waiting_message {
    uint64_t message;
    uint32_t entry;
};

struct esi_evidence_servers {
    struct entry *entries;
    uint32_t *slots; /* place in entries + 1; 0: free */
    size_t count, cap, most, slot_count;
    uint64_t left[ESI_TOUCHED_COUNT];
    struct waiting_message waiting[WAITING_MOST];
    size_t waiting_at;
};

struct esi_evidence_servers *
esi_evidence_servers_new(size_t most)
{
    struct esi_evidence_servers *servers = esi_alloc(sizeof *servers);

    servers->most = most < UINT32_MAX / 4 ? most : UINT32_MAX / 4;
    servers->slot_count = 16;
    servers->slots = esi_alloc(servers->slot_count * sizeof *servers->slots);
    return servers;
}

static uint64_t
hash_of(const struct esi_endpoint *server)
{
    uint64_t hash = 1469598103934665603u; /* FNV-1a */

    for (size_t i = 0; i < sizeof server->ip.bytes; i++)
        hash = (hash ^ server->ip.bytes[i]) * 1099511628211u;
    hash = (hash ^ server->port) * 1099511628211u;
    return hash ^ hash >> 29;
}

static bool
is_same(const struct esi_endpoint *a, const struct esi_endpoint *b)
{
    return a->port == b->port && esi_ip_same(&a->ip, &b->ip);
}

/* slot_for - where the server stands, or would. */
static uint32_t *
slot_for(struct esi_evidence_servers *servers, const struct esi_endpoint *server)
{
    size_t at = (size_t)hash_of(server) & (servers->slot_count - 1);

    while (servers->slots[at] &&
           !is_same(&servers->entries[servers->slots[at] - 1].told.server, server))
        at = (at + 1) & (servers->slot_count - 1);
    return &servers->slots[at];
}

static void
widen(struct esi_evidence_servers *servers)
{
    free(servers->slots);
    servers->slot_count *= 2;
    servers->slots = esi_alloc(servers->slot_count * sizeof *servers->slots);
    for (size_t i = 0; i < servers->count; i++)
        *slot_for(servers, &servers->entries[i].told.server) = (uint32_t)i + 1;
}

/* entry_for - NULL: there is no room for it. */
static struct entry *
entry_for(struct esi_evidence_servers *servers, const struct esi_endpoint *server, esi_nanos ts)
{
    uint32_t *slot = slot_for(servers, server);

    if (*slot)
        return &servers->entries[*slot - 1];
    if (servers->count == servers->most)
        return NULL;
    servers->entries =
        esi_grow(servers->entries, &servers->cap, servers->count + 1, sizeof *servers->entries);
    struct entry *entry = &servers->entries[servers->count++];
    *entry = (struct entry){.told = {.server = *server, .first = ts, .last = ts}, .last = -1};
    *slot = (uint32_t)servers->count;
    if (servers->count * 2 > servers->slot_count)
        widen(servers);
    return entry;
}

static void
note_change(struct entry *entry, esi_nanos ts, bool touched)
{
    struct esi_evidence_server *told = &entry->told;

    if (entry->last == (int8_t)touched)
        return;
    if (entry->last >= 0) {
        if (told->changes < ESI_CHANGES_KEPT)
            told->kept[told->changes] = (struct esi_evidence_change){ts, touched};
        told->changes++;
    }
    entry->last = (int8_t)touched;
}

static void
note_touched(struct entry *entry, esi_nanos ts, const struct esi_evidence_result *result)
{
    struct esi_evidence_server *told = &entry->told;

    told->families[result->family]++;
    if (told->first_touched == 0 || ts < told->first_touched)
        told->first_touched = ts;
    if (ts > told->last_touched)
        told->last_touched = ts;
}

/* sum_up - what the counts come to. */
static void
sum_up(struct entry *entry)
{
    struct esi_evidence_server *told = &entry->told;
    uint64_t yes = told->sessions[ESI_TOUCHED_YES], probably = told->sessions[ESI_TOUCHED_PROBABLY];
    uint64_t no = told->sessions[ESI_TOUCHED_NO];

    told->touched = yes > 0        ? ESI_TOUCHED_YES
                    : probably > 0 ? ESI_TOUCHED_PROBABLY
                    : no > 0       ? ESI_TOUCHED_NO
                                   : ESI_TOUCHED_UNKNOWN;
    told->intermittent = (entry->greeting_touched && entry->greeting_clear) ||
                         (entry->rest_touched && entry->list_clear);
    told->family = ESI_BOX_NONE;
    for (int box = ESI_BOX_NONE + 1; box < ESI_BOX_COUNT; box++)
        if (told->families[box] > 0 &&
            (told->family == ESI_BOX_NONE || told->families[box] > told->families[told->family]))
            told->family = (enum esi_box)box;
}

static bool
is_by_greeting(const struct esi_evidence_result *result)
{
    for (size_t i = 0; i < result->ground_count; i++)
        if (result->grounds[i].greeting &&
            result->grounds[i].detector->strength <= ESI_STRENGTH_WEAK)
            return true;
    return false;
}

/* note_kind - what of a session may be held against others: where a box does not mask the greeting,
 * or the tap is behind it, a session without EHLO shows nothing. */
static void
note_kind(struct entry *entry, const struct esi_evidence_result *result)
{
    if (esi_evidence_alarms(result)) {
        bool by_greeting = is_by_greeting(result);
        entry->greeting_touched |= by_greeting;
        /* Between box and server, lists are in the clear all the time. */
        entry->rest_touched |= !by_greeting && result->side[ESI_TO_CLIENT] != ESI_TAP_BEFORE;
    } else if (result->touched == ESI_TOUCHED_NO) {
        entry->greeting_clear |= result->greeted_220;
        entry->list_clear |= result->listed;
    }
}

/* note_message - a message that comes again behind an end without a reply. */
static void
note_message(struct esi_evidence_servers *servers, struct entry *entry,
             const struct esi_evidence_result *result)
{
    uint32_t number = (uint32_t)(entry - servers->entries);

    if (result->message == 0)
        return;
    for (size_t i = 0; i < WAITING_MOST; i++)
        if (servers->waiting[i].message == result->message && servers->waiting[i].entry == number) {
            entry->told.again++;
            if (!result->unanswered)
                servers->waiting[i].message = 0;
            return;
        }
    if (!result->unanswered)
        return;
    servers->waiting[servers->waiting_at] = (struct waiting_message){result->message, number};
    servers->waiting_at = (servers->waiting_at + 1) % WAITING_MOST;
}

static void
note_keywords(struct entry *entry, uint64_t offered)
{
    struct esi_evidence_server *told = &entry->told;

    if (offered == 0)
        return;
    if (entry->listed)
        told->not_always |= told->keywords ^ offered;
    told->keywords |= offered;
    entry->listed = true;
}

void
esi_evidence_servers_see(struct esi_evidence_servers *servers, const struct esi_endpoint *server,
                         esi_nanos ts, const struct esi_evidence_result *result)
{
    struct entry *entry = entry_for(servers, server, ts);

    if (!entry) {
        servers->left[result->touched]++;
        return;
    }
    struct esi_evidence_server *told = &entry->told;
    told->sessions[result->touched]++;
    told->first = ts < told->first ? ts : told->first;
    told->last = ts > told->last ? ts : told->last;
    if (esi_evidence_alarms(result))
        note_touched(entry, ts, result);
    note_kind(entry, result);
    if (esi_evidence_alarms(result) || (result->touched == ESI_TOUCHED_NO && result->greeted_220))
        note_change(entry, ts, esi_evidence_alarms(result));
    note_keywords(entry, result->offered);
    note_message(servers, entry, result);
}

size_t
esi_evidence_servers_count(const struct esi_evidence_servers *servers)
{
    return servers->count;
}

const struct esi_evidence_server *
esi_evidence_servers_at(struct esi_evidence_servers *servers, size_t index)
{
    sum_up(&servers->entries[index]);
    return &servers->entries[index].told;
}

const uint64_t *
esi_evidence_servers_left(const struct esi_evidence_servers *servers)
{
    return servers->left;
}

void
esi_evidence_servers_free(struct esi_evidence_servers *servers)
{
    if (!servers)
        return;
    free(servers->entries);
    free(servers->slots);
    free(servers);
}
