/*
 * policy_internal.h - a policy taken apart.
 *
 * policy.c puts a configuration on a platform; maps.c resolves inspection maps; ready.c resolves
 * classes; classify.c and choose.c decide on a flow; interfaces.c knows on which side an address
 * lies, translate.c what statics make of it; in_force.c lists inspections; strings.c keeps
 * sentences; findings.c says what is odd; print.c writes the policy down.
 */
#ifndef ESI_POLICY_INTERNAL_H
#define ESI_POLICY_INTERNAL_H

#include "esi/policy.h"

#include "access_internal.h"

/* ---- strings.c: sentences, each once ---- */

struct strings {
    const char **table;
    size_t count, cap; /* cap: a power of two */
    struct esi_arena arena;
};
/* As printf; the same text is the same pointer. */
const char *strings_say(struct strings *strings, const char *fmt, ...) ESI_PRINTF(2, 3);
/* Whether it was said. */
bool strings_has(const struct strings *strings, const char *text);
void strings_free(struct strings *strings);

/* ---- interfaces.c: which side ---- */

struct sides;
enum { SIDES_STATICS_MOST = 8 };
struct sides *sides_new(const struct esi_config *config);
void sides_free(struct sides *sides);
/* The interface by longest prefix among statics, interface networks and routes, or NULL. */
const char *sides_find(const struct sides *sides, const struct esi_endpoint *end);
/* Whether anything tells what lies at the interface. */
bool sides_know(const struct sides *sides, const char *interface);
/* The interface's own IPv4 address; false: the configuration does not tell. */
bool interface_address(const struct esi_config *config, const char *name, struct esi_ip *out);
/* Places (in config->statics) of those for TCP whose mapped or real address this is. */
size_t sides_statics(const struct sides *sides, const struct esi_endpoint *end,
                     size_t places[SIDES_STATICS_MOST]);

/* ---- ready.c: classes with their names resolved ---- */

struct ready_class {
    const struct esi_policy_class *of;
    const struct esi_class_map *map; /* NULL: class-default, or nobody defined it */
    bool all;                        /* class-default */
    bool exempts;                    /* no action at all, or `no inspect esmtp` alone */
    const struct access **lists;     /* by match of map; NULL: no such list, or no list */
    const struct esi_map **maps;     /* by inspect of `of`; NULL: another protocol's */
};
struct ready_policy {
    const struct esi_service_policy *by;
    const struct esi_policy_map *of;
    bool interface_known;        /* the configuration tells what lies at by->interface */
    size_t first_place;          /* of its inspections, among the policy's places */
    struct ready_class *classes; /* shared by all that bind the policy-map */
    size_t count;
};

struct esi_policy {
    struct esi_config *config; /* or NULL */
    struct esi_platform platform;
    struct esi_ports ports;
    bool bound;                    /* something in the configuration says what is inspected */
    const struct esi_map *forced;  /* --map */
    const struct esi_map *unbound; /* in force where nothing is bound */
    struct esi_map own_default, own_smtp, own_esmtp; /* maps nobody configured */
    const struct esi_map **maps;                     /* those a choice may name */
    size_t map_count, map_cap;
    const struct esi_map *inspect_smtp, *ip_inspect[2]; /* by esi_ip_inspect.esmtp */
    struct esi_class_map *implied; /* inspection_default, which every box has; NULL: configured */
    struct ready_policy *policies; /* of interfaces, then the global one */
    size_t policy_count;
    struct ready_class **classes; /* by place in config->policy_maps; NULL: not bound */
    struct access **lists;        /* by place in config->access_lists; NULL: nobody asks it */
    struct access_cache *cache;
    struct sides *sides;
    struct esi_limits *static_limits;   /* by place in config->statics */
    struct esi_limits *mailhost_limits; /* by place in config->mailhosts */
    struct esi_place_in_force *places;  /* by service-policy and class; */
    size_t place_count, place_cap;
    size_t first_plain; /* from here on those that no service-policy binds, by map */
    struct strings strings;
    const char *port_why; /* what was said last of a port, */
    uint16_t port_of_why; /* and of which */
    struct esi_arena arena;
};

/* ---- maps.c ---- */

/* Completes the configuration's maps and finds their regular expressions. */
void maps_prepare(struct esi_policy *policy);
/* A map of the configuration, or the platform's default map under its name; NULL. */
const struct esi_map *maps_find(struct esi_policy *policy, const char *name);
/* The map in force where none is named. */
const struct esi_map *maps_default(struct esi_policy *policy);
/* The map of an inspection: `inspect esmtp [MAP]`, `inspect smtp`. Says what is undefined. */
const struct esi_map *maps_of_inspect(struct esi_policy *policy, const struct esi_inspect *inspect);
/* From now on a choice may name it. */
const struct esi_map *maps_use(struct esi_policy *policy, const struct esi_map *map);

/* ---- ready.c ---- */

bool is_smtp_inspection(const char *protocol);
/* What a class that exempts holds: "only no inspect esmtp" or "no action". */
const char *exempting_words(const struct esi_policy_class *class);
/* Whether the inspection takes a TCP connection: to that port, in a class of
 * default-inspection-traffic or another. */
bool inspection_takes(const char *protocol, bool default_traffic, uint16_t port);
const struct esi_class_map *class_map_find(const struct esi_policy *policy, const char *name);
void ready_new(struct esi_policy *policy);
void ready_free(struct esi_policy *policy);

/* ---- in_force.c: the inspections in force ---- */

void in_force_new(struct esi_policy *policy);
/* The place of a class's inspection. */
size_t in_force_of(const struct ready_policy *ready, const struct ready_class *class,
                   const struct esi_inspect *inspect);
/* The place of a map that no service-policy binds. */
size_t in_force_plain(const struct esi_policy *policy, const struct esi_map *map);

/* ---- findings.c ---- */

/* Says in the configuration's diagnostics what is undefined, unused, or cannot come about. */
void findings_say(struct esi_policy *policy);

#endif
