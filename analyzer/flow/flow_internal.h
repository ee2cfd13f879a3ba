/* flow_internal.h - the table of flows, and sequence numbers as offsets. */
#ifndef FLOW_INTERNAL_H
#define FLOW_INTERNAL_H

#include <string.h>

#include "esi/flow.h"

static inline bool
endpoint_eq(const struct esi_endpoint *a, const struct esi_endpoint *b)
{
    return a->port == b->port && memcmp(a->ip.bytes, b->ip.bytes, sizeof a->ip.bytes) == 0 &&
           a->ip.family == b->ip.family;
}

/* A flow with what only the walk knows of it. */
struct entry {
    struct esi_flow flow;
    uint32_t isn[2]; /* by esi_dir of who sent it: Wireshark's base_seq */
    uint32_t tag;    /* of the tuple's hash */
    uint32_t index;  /* in the table's pool */
    bool live;
};

struct table {
    uint32_t *slots;   /* below slot_count: the entry's index, from 1; above: its tag. 0: empty */
    size_t slot_count; /* a power of two, at least twice the flows */
    void **chunks;     /* as allocated; entries lie aligned in them */
    size_t chunk_count, chunk_cap;
    uint32_t *spare; /* indices of entries that may be used again */
    size_t spare_count, spare_cap;
    uint32_t used; /* entries ever used; the next new one's index is used + 1 */
    size_t count;  /* live */
    uint64_t seed[3];
};

void table_init(struct table *table);
/* The same for both directions. */
uint32_t table_tag(const struct table *table, const struct esi_segment *segment);
/* NULL: not known. *dir: which way the segment goes. */
struct entry *table_find(const struct table *table, uint32_t tag, const struct esi_segment *segment,
                         enum esi_dir *dir);
/* Before that: fetches what a search begins with; then, the entry that it most likely ends with,
 * without a look at it. NULL: none is known. */
void table_fetch(const struct table *table, uint32_t tag);
struct entry *table_guess(const struct table *table, uint32_t tag);
/* Bytes that a flow takes, about: its entry, and its share of the slots. */
enum { TABLE_FLOW_COST = sizeof(struct entry) + 16 };
/* A new one, zeroed; the tuple must not be in the table. */
struct entry *table_add(struct table *table, uint32_t tag);
/* For each live entry, in an order that depends on the capture alone. */
void table_each(const struct table *table, void (*fn)(void *ctx, struct entry *entry), void *ctx);
/* Takes entries out; one walk through the slots, however many. */
void table_remove(struct table *table, struct entry *const *entries, size_t count);
void table_free(struct table *table);

/* The stream offset of sequence number seq, the one nearest to `reached`, where offset 0 has the
 * sequence number base. Streams are longer than 2^32; segments are not further apart than 2^31.
 * False: before offset 0. */
bool offset_of(uint32_t base, uint64_t reached, uint32_t seq, uint64_t *out);

/* What is known of a host's checksums, whatever the session. Few hosts send mail in a capture; of
 * those that share a place the last one is known. */
enum { HOSTS = 1024 };
struct hosts {
    struct host {
        struct esi_ip ip;
        struct esi_flow_sums sums;
    } hosts[HOSTS];
};
struct esi_flow_sums *hosts_sums(struct hosts *hosts, const struct esi_ip *ip);

/* Frames that were looked at before their turn. */
struct ahead {
    bool on;
    const struct ip_form *form; /* of the IP header of the last segment; NULL: there was none, */
    size_t ip_at;               /* and where it began in the frame */
    struct coming {
        struct entry *entry; /* NULL: not known. Entries stay where they are */
        uint32_t tag;        /* if it is a segment, */
        bool segment;
        bool payload; /* and has some */
    } ring[ESI_PEEK_MOST];
    size_t seen;
};

struct esi_walk {
    struct esi_capture *capture;
    struct esi_walk_config config;
    struct esi_decoder *decoder;
    struct table table;
    struct hosts hosts;
    struct ahead ahead;
    size_t bound;   /* flows at which it is time to forget some */
    size_t most;    /* flows that there is room for */
    uint64_t begun; /* flows so far */
};

/* place.c: fills what a visit says of its segment's place, and notes it. */
void place(struct esi_walk *walk, struct esi_flow *flow, struct esi_visit *visit);

/* ahead.c: from a segment, which is how those after it are expected to look. */
void ahead_look(struct esi_walk *walk, const struct esi_visit *visit);

/* forget.c */
void forget_init(struct esi_walk *walk);
void forget(struct esi_walk *walk, struct esi_flow *flow, bool evicted);
void forget_some(struct esi_walk *walk, esi_nanos now);

#endif
