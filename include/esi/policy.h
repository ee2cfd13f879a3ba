/*
 * policy.h - which inspection a flow falls under, and why.
 *
 * A policy is a configuration (or none) put on a platform: names are resolved, what is missing is
 * taken from the platform, and what cannot be is said in the configuration's diagnostics.
 * Source: Cisco ASA CLI guides (Modular Policy Framework), Cisco document 117801.
 */
#ifndef ESI_POLICY_H
#define ESI_POLICY_H

#include "esi/config.h"
#include "esi/platform.h"

struct esi_policy;

struct esi_policy_options {
    struct esi_config *config; /* NULL: none. The policy takes it over */
    const char *platform;      /* --platform; NULL: the configuration's version line, else asa-8 */
    const char *const *knobs;  /* --knob arguments */
    size_t knob_count;
    const char *map;               /* --map; NULL: not given */
    const struct esi_ports *ports; /* --ports: what carries SMTP when nothing is bound. Copied */
};
/*
 * NULL, and why, if the options are wrong (unknown platform, knob or map; several maps, none bound,
 * and no --map): the configuration is freed then, too. Everything else that is wrong in the
 * configuration is in its diagnostics (esi_policy_config): whoever runs with the policy looks at
 * esi_config_has_errors first.
 */
struct esi_policy *esi_policy_new(const struct esi_policy_options *options, struct esi_error *err);
const struct esi_platform *esi_policy_platform(const struct esi_policy *policy);
const struct esi_config *esi_policy_config(const struct esi_policy *policy); /* or NULL */
void esi_policy_free(struct esi_policy *policy);

/* What may be said of limits on one flow: a `set connection` of the class it falls under, a static,
 * or a mailhost. */
enum { ESI_CHOICE_LIMITS = 4 };
struct esi_limit_use {
    const struct esi_limits *limits; /* also tells limits with one another apart */
    const char *words;               /* the class's name; "static ..." or "mailhost ..." */
    bool by_server;                  /* counted by server address (static), not by class */
};

struct esi_choice {
    const struct esi_map *map; /* NULL: not inspected */
    bool smtp;           /* worth telling: inspected, exempted, or on a port that carries SMTP */
    const char *why;     /* one sentence without a dot; lives as long as the policy */
    struct esi_place at; /* the line that decided; file NULL: none */
    const char *policy_map, *class_map; /* of that line; NULL: none */
    size_t place;                       /* among the inspections in force; of a map only */
    /* nameif of the side of each, by enum esi_dir's sender: [ESI_TO_SERVER] the client's; NULL:
     * the configuration does not tell */
    const char *interface[2];
    struct esi_limit_use limits[ESI_CHOICE_LIMITS];
    size_t limit_count;
};
/* An inspection of SMTP in force: a line `inspect esmtp [MAP]` of a class that a service-policy
 * binds; where none does, the policy of a new box stands for what has it inspected. */
struct esi_place_in_force {
    const char *interface; /* whose policy it is; NULL: the global one */
    const char *policy_map, *class_map;
    const char *protocol; /* "esmtp", "smtp" */
    const struct esi_map *map;
};
/* In the order in which a box tells them: global, interfaces; by class. There may be none. */
size_t esi_policy_place_count(const struct esi_policy *policy);
const struct esi_place_in_force *esi_policy_place_at(const struct esi_policy *policy, size_t index);

/* Of a flow whose first segment came at `when`: client is who opened it. Always the same for the
 * same arguments. */
void esi_policy_choose(struct esi_policy *policy, const struct esi_tuple *flow, esi_nanos when,
                       struct esi_choice *out);
/* "set connection conn-max 5 (class SMTP)", "static ..."; lives as long as the policy. */
const char *esi_policy_limit_words(struct esi_policy *policy, const struct esi_limit_use *use,
                                   enum esi_limit_kind kind);
/* The addresses of both ends, real and as the other side sees them, by the statics of the
 * configuration; each by the esi_dir that names the sender, as esi_choice.interface, which is
 * given. False: none is about them, and all are as captured. */
bool esi_policy_translate(const struct esi_policy *policy, const struct esi_tuple *flow,
                          const char *const interface[2], struct esi_endpoint real[2],
                          struct esi_endpoint mapped[2]);
/* The security-level of an interface, 0..100; -1: the configuration does not say. */
int esi_policy_security(const struct esi_policy *policy, const char *interface);
/* Whether any choice has limits. */
bool esi_policy_has_limits(const struct esi_policy *policy);
/* The maps that a choice may name, for tables by map; at least one. */
size_t esi_policy_map_count(const struct esi_policy *policy);
const struct esi_map *esi_policy_map_at(const struct esi_policy *policy, size_t index);

/* The effective policy as configuration text, defaults included. Read back on the same platform,
 * it gives the same choices. */
void esi_policy_print(const struct esi_policy *policy, struct esi_buf *out);

#endif
