/*
 * policy.h - which engine is imitated, and which inspection map a flow falls under.
 *
 * A platform is a row of habits; an inspection map is a list of matches with actions, in the words
 * of the firewall's own configuration. Both are plain tables that never change once made.
 * Source: Cisco ASA CLI guides (policy-map type inspect esmtp), Cisco document 117801.
 */
#ifndef ESI_POLICY_H
#define ESI_POLICY_H

#include "esi/net.h"

enum esi_action {
#define ESI_ACTION(id, name, gravity) ESI_ACTION_##id,
#include "esi/actions.def"
#undef ESI_ACTION
    ESI_ACTION_COUNT
};
const char *esi_action_name(enum esi_action action);
unsigned esi_action_gravity(enum esi_action action); /* 1 log, 2 mask, 3 drop */

enum esi_criterion {
#define ESI_CRITERION(id, words) ESI_CRITERION_##id,
#include "esi/criteria.def"
#undef ESI_CRITERION
    ESI_CRITERION_COUNT
};

/* How sure it is that the firewall does so. Printed as "confirmed", "likely", "assumed". */
enum esi_basis { ESI_BASIS_CONFIRMED, ESI_BASIS_LIKELY, ESI_BASIS_ASSUMED };
const char *esi_basis_name(enum esi_basis basis);

/* What a verdict is by: configuration words, or a built-in habit's. */
struct esi_rule {
    const char *words; /* "mask-banner", "match ehlo-reply-parameter others", "verb not allowed" */
    unsigned class_no; /* 1-based place of the match in its map; 0: none */
    const char *config_file; /* NULL: built in */
    unsigned config_line;    /* 1-based; 0: built in */
};

struct esi_match {
    struct esi_rule rule;
    enum esi_criterion criterion;
    uint64_t limit; /* of `gt N`; 0 where the criterion has none */
    enum esi_action action;
    bool log;
};

/* One `policy-map type inspect esmtp`. */
struct esi_map {
    const char *name;
    bool mask_banner;
    bool allow_tls;
    const struct esi_match *matches; /* in map order */
    size_t match_count;
};
/* The first match of that criterion, or NULL. */
const struct esi_match *esi_map_find(const struct esi_map *map, enum esi_criterion criterion);

/* A product and its habits: a row of policy/profiles.def. */
struct esi_profile {
    const char *name;      /* "asa-8" */
    const char *words;     /* what it stands for */
    const char *map_name;  /* its default inspection map */
    bool allow_tls;        /* of that map, when no release says otherwise */
    enum esi_basis pipe;   /* how sure it is that a pipe in an address ends the connection */
    unsigned level_507003; /* severity of syslog message 507003 */
};
size_t esi_profile_count(void);
const struct esi_profile *esi_profile_at(size_t index);

/* What the programs run with: profile and map, chosen by --platform. */
struct esi_policy {
    const struct esi_profile *profile;
    char platform[32]; /* as chosen: "asa-8", "asa-8.4(7)" */
    struct esi_map map;
    enum esi_basis pipe; /* as in the profile, unless the release says otherwise */
    unsigned level_507003;
};
/*
 * platform: a row's name, or a release such as "asa-8.4(7)" or "asa-9.12.4", which picks its row
 * and its release-dependent habits. False, and what is known, for any other name.
 */
bool esi_policy_for_platform(struct esi_policy *out, const char *platform, struct esi_error *err);

#endif
