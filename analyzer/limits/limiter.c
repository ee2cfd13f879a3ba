/*
 * limiter.c - who is connected, by limit and by limit and address.
 *
 * A counter stands for one limit (and, where it is a client's or a static's, one address). A
 * connection holds on to the counters it is counted by. Half-open ones that stay so are given up
 * after the firewall's own time (ASA `timeout embryonic`, 30 seconds).
 */
#include <glib.h>
#include <stdlib.h>

#include "esi/limits.h"

#define EMBRYONIC_NANOS ((esi_nanos)30 * 1000000000)

struct counter {
    struct key {
        const struct esi_limits *limits;
        bool of_client;
        struct esi_ip address; /* family 0: of all */
    } key;
    uint32_t connections, half_open;
};

enum { COUNTERS_MOST = 2 * ESI_CHOICE_LIMITS };

struct connection {
    esi_flow_id flow;
    bool counted, half_open;
    struct counter *counters[COUNTERS_MOST];
    size_t counter_count;
    esi_nanos opened;
    struct connection *older, *newer; /* of the half-open ones */
    struct esi_admission_why why;
};

struct esi_limiter {
    GHashTable *counters;    /* by key */
    GHashTable *connections; /* by flow */
    struct connection *oldest, *newest;
};

static guint
hash_key(gconstpointer at)
{
    const struct key *key = at;
    guint hash = g_direct_hash(key->limits) + key->address.family;

    for (size_t i = 0; i < sizeof key->address.bytes; i++)
        hash = hash * 31 + key->address.bytes[i];
    return hash;
}

static gboolean
same_key(gconstpointer a, gconstpointer b)
{
    const struct key *x = a, *y = b;

    return x->limits == y->limits && x->of_client == y->of_client &&
           x->address.family == y->address.family &&
           memcmp(x->address.bytes, y->address.bytes, sizeof x->address.bytes) == 0;
}

struct esi_limiter *
esi_limiter_new(void)
{
    struct esi_limiter *limiter = esi_alloc(sizeof *limiter);

    limiter->counters = g_hash_table_new_full(hash_key, same_key, NULL, free);
    limiter->connections = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free);
    return limiter;
}

static struct connection *
connection_of(const struct esi_limiter *limiter, esi_flow_id flow)
{
    return g_hash_table_lookup(limiter->connections, GUINT_TO_POINTER(flow));
}

static struct counter *
counter_of(struct esi_limiter *limiter, const struct esi_limits *limits, bool of_client,
           const struct esi_ip *address)
{
    struct key key = {.limits = limits, .of_client = of_client};

    if (address)
        key.address = *address;
    struct counter *counter = g_hash_table_lookup(limiter->counters, &key);
    if (counter)
        return counter;
    counter = esi_alloc(sizeof *counter);
    counter->key = key;
    g_hash_table_insert(limiter->counters, &counter->key, counter);
    return counter;
}

static void
leave_half_open(struct esi_limiter *limiter, struct connection *connection)
{
    if (!connection->half_open)
        return;
    connection->half_open = false;
    for (size_t i = 0; i < connection->counter_count; i++)
        connection->counters[i]->half_open--;
    *(connection->older ? &connection->older->newer : &limiter->oldest) = connection->newer;
    *(connection->newer ? &connection->newer->older : &limiter->newest) = connection->older;
    connection->older = connection->newer = NULL;
}

static void
enter_half_open(struct esi_limiter *limiter, struct connection *connection)
{
    connection->half_open = true;
    for (size_t i = 0; i < connection->counter_count; i++)
        connection->counters[i]->half_open++;
    connection->older = limiter->newest;
    *(limiter->newest ? &limiter->newest->newer : &limiter->oldest) = connection;
    limiter->newest = connection;
}

/* uncount - counters that nobody is counted by any more are freed: addresses may come in floods. */
static void
uncount(struct esi_limiter *limiter, struct connection *connection)
{
    leave_half_open(limiter, connection);
    for (size_t i = 0; i < connection->counter_count && connection->counted; i++)
        if (--connection->counters[i]->connections == 0)
            g_hash_table_remove(limiter->counters, &connection->counters[i]->key);
    connection->counted = false;
    connection->counter_count = 0;
}

static void
expire(struct esi_limiter *limiter, esi_nanos now)
{
    while (limiter->oldest && now - limiter->oldest->opened > EMBRYONIC_NANOS)
        uncount(limiter, limiter->oldest);
}

/* exceeds - whether the limit leaves no room for one more; says so. */
static bool
exceeds(struct connection *connection, enum esi_limit_kind kind, const struct counter *counter,
        const struct esi_limit_use *use)
{
    uint32_t most = use->limits->most[kind];
    bool embryonic = kind == ESI_LIMIT_EMBRYONIC || kind == ESI_LIMIT_CLIENT_EMBRYONIC;
    uint32_t count = embryonic ? counter->half_open : counter->connections;

    if (most == 0 || count < most)
        return false;
    connection->why = (struct esi_admission_why){
        .admission = embryonic ? ESI_INTERCEPTED : ESI_REFUSED,
        .kind = kind,
        .count = count,
        .half_open = counter->half_open,
        .most = most,
        .limit = *use,
    };
    return true;
}

/* judge - connections before half-open ones: who is refused is not answered. */
static void
judge(struct connection *connection, const struct esi_choice *choice)
{
    static const struct {
        enum esi_limit_kind kind;
        bool of_client;
    } order[] = {
        {ESI_LIMIT_CONNECTIONS, false},
        {ESI_LIMIT_CLIENT_CONNECTIONS, true},
        {ESI_LIMIT_EMBRYONIC, false},
        {ESI_LIMIT_CLIENT_EMBRYONIC, true},
    };

    for (size_t o = 0; o < ESI_COUNT(order); o++) {
        for (size_t i = 0; i < choice->limit_count; i++) {
            const struct counter *counter = connection->counters[2 * i + order[o].of_client];
            if (exceeds(connection, order[o].kind, counter, &choice->limits[i]))
                return;
        }
    }
}

/* attach - two counters a limit: of all (or of the server's address), and of the client. */
static void
attach(struct esi_limiter *limiter, struct connection *connection, const struct esi_tuple *tuple,
       const struct esi_choice *choice)
{
    for (size_t i = 0; i < choice->limit_count; i++) {
        const struct esi_limit_use *use = &choice->limits[i];
        const struct esi_ip *server = use->by_server ? &tuple->server.ip : NULL;
        connection->counters[connection->counter_count++] =
            counter_of(limiter, use->limits, false, server);
        connection->counters[connection->counter_count++] =
            counter_of(limiter, use->limits, true, &tuple->client.ip);
    }
}

void
esi_limiter_open(struct esi_limiter *limiter, esi_flow_id flow, const struct esi_tuple *tuple,
                 const struct esi_choice *choice, bool half_open, esi_nanos when)
{
    if (choice->limit_count == 0 || connection_of(limiter, flow))
        return;
    struct connection *connection = esi_alloc(sizeof *connection);
    connection->flow = flow;
    connection->opened = when;
    g_hash_table_insert(limiter->connections, GUINT_TO_POINTER(flow), connection);
    expire(limiter, when);
    attach(limiter, connection, tuple, choice);
    if (half_open)
        judge(connection, choice);
    connection->counted = true;
    for (size_t i = 0; i < connection->counter_count; i++)
        connection->counters[i]->connections++;
    if (connection->why.admission == ESI_REFUSED)
        uncount(limiter, connection);
    else if (half_open && connection->why.admission == ESI_ADMITTED)
        enter_half_open(limiter, connection);
}

void
esi_limiter_complete(struct esi_limiter *limiter, esi_flow_id flow)
{
    struct connection *connection = connection_of(limiter, flow);

    if (connection)
        leave_half_open(limiter, connection);
}

void
esi_limiter_close(struct esi_limiter *limiter, esi_flow_id flow)
{
    struct connection *connection = connection_of(limiter, flow);

    if (connection)
        uncount(limiter, connection);
}

const struct esi_admission_why *
esi_limiter_why(const struct esi_limiter *limiter, esi_flow_id flow)
{
    const struct connection *connection = connection_of(limiter, flow);

    return connection && connection->why.admission != ESI_ADMITTED ? &connection->why : NULL;
}

void
esi_limiter_forget(struct esi_limiter *limiter, esi_flow_id flow)
{
    esi_limiter_close(limiter, flow);
    g_hash_table_remove(limiter->connections, GUINT_TO_POINTER(flow));
}

void
esi_limiter_free(struct esi_limiter *limiter)
{
    if (!limiter)
        return;
    g_hash_table_destroy(limiter->connections);
    g_hash_table_destroy(limiter->counters);
    free(limiter);
}
