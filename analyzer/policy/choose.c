/*
 * choose.c - which inspection a flow falls under, and why: service policies (classify.c), the
 * commands of old boxes, or, where nothing is bound, its port.
 *
 * Limits are a feature of their own: the first class with limits counts, whatever inspects, and so
 * do the statics of the server.
 */
#include <inttypes.h>
#include <string.h>

#include "choose_internal.h"

/* inspect_plainly - with a map that no service-policy binds. */
static void
inspect_plainly(const struct asking *asking, const struct esi_map *map, struct esi_choice *out)
{
    out->map = map;
    out->place = in_force_plain(asking->policy, map);
}

/* ---- old boxes ---- */

static bool
ask_fixups(struct asking *asking, struct esi_choice *out)
{
    const struct esi_config *config = asking->policy->config;
    uint16_t port = asking->flow->server.port;

    for (size_t i = 0; i < config->fixups_count; i++) {
        const struct esi_fixup *fixup = &config->fixups[i];
        if (port < fixup->low || port > fixup->high)
            continue;
        inspect_plainly(asking, maps_default(asking->policy), out);
        out->at = fixup->at;
        out->why =
            fixup->low == fixup->high
                ? strings_say(&asking->policy->strings,
                              "fixup protocol smtp %u takes server port %u", fixup->low, port)
                : strings_say(&asking->policy->strings,
                              "fixup protocol smtp %u-%u takes server port %u", fixup->low,
                              fixup->high, port);
        return true;
    }
    return false;
}

/* names_server - the mailhost's address, on either side. */
static bool
names_server(const struct esi_mailhost *host, const struct esi_tuple *flow)
{
    return esi_ip_same(&flow->server.ip, &host->global) ||
           esi_ip_same(&flow->server.ip, &host->local);
}

static bool
ask_mailhosts(struct asking *asking, struct esi_choice *out)
{
    const struct esi_config *config = asking->policy->config;

    for (size_t i = 0; asking->flow->server.port == 25 && i < config->mailhosts_count; i++) {
        const struct esi_mailhost *host = &config->mailhosts[i];
        if (!names_server(host, asking->flow))
            continue;
        inspect_plainly(asking, maps_default(asking->policy), out);
        out->at = host->at;
        out->why = strings_say(&asking->policy->strings, "%s names the server", host->text);
        return true;
    }
    return false;
}

static const struct esi_ip_inspect *
find_ip_inspect(const struct esi_config *config, const char *name)
{
    for (size_t i = 0; name && i < config->ip_inspects_count; i++)
        if (strcmp(config->ip_inspects[i].name, name) == 0)
            return &config->ip_inspects[i];
    return NULL;
}

/* may_be_at - the side is that interface, or nobody can tell. */
static bool
may_be_at(const struct asking *asking, enum esi_dir side, const char *interface)
{
    const char *here = asking->side[side], *there = asking->side[esi_dir_other(side)];

    return here ? strcmp(here, interface) == 0 : !there || strcmp(there, interface) != 0;
}

/* ask_ip_inspect - `in` looks at who opens a connection at that interface, `out` at who is called
 * behind it. */
static bool
ask_ip_inspect(struct asking *asking, struct esi_choice *out)
{
    const struct esi_config *config = asking->policy->config;

    for (size_t i = 0; asking->flow->server.port == 25 && i < config->interfaces_count; i++) {
        const struct esi_interface *interface = &config->interfaces[i];
        const char *name = interface->name ? interface->name : interface->hardware;
        for (int way = 0; way < 2; way++) {
            const struct esi_ip_inspect *rule = find_ip_inspect(
                config, way == 0 ? interface->ip_inspect_in : interface->ip_inspect_out);
            if (!rule || !may_be_at(asking, way == 0 ? ESI_TO_SERVER : ESI_TO_CLIENT, name))
                continue;
            inspect_plainly(asking, asking->policy->ip_inspect[rule->esmtp], out);
            out->at = rule->at;
            out->why = strings_say(&asking->policy->strings,
                                   "ip inspect name %s %s, applied %s on %s", rule->name,
                                   rule->esmtp ? "esmtp" : "smtp", way == 0 ? "in" : "out", name);
            return true;
        }
    }
    return false;
}

/* ---- limits ---- */

static bool
has_limits(const struct esi_limits *limits)
{
    for (int i = 0; i < ESI_LIMIT_COUNT; i++)
        if (limits->most[i] > 0)
            return true;
    return false;
}

static void
add_limits(struct esi_choice *out, const struct esi_limits *limits, const char *words,
           bool by_server)
{
    if (out->limit_count < ESI_CHOICE_LIMITS)
        out->limits[out->limit_count++] = (struct esi_limit_use){limits, words, by_server};
}

/* class_limits - of the first class of the flow's policies that has any. */
static void
class_limits(struct asking *asking, struct esi_choice *out)
{
    for (size_t p = 0; p < asking->policy->policy_count; p++) {
        const struct ready_policy *policy = &asking->policy->policies[p];
        for (size_t i = 0; policy_is_ours(asking, policy) != OURS_NOT && i < policy->count; i++) {
            const struct ready_class *class = &policy->classes[i];
            struct taking taking;
            if (!has_limits(&class->of->limits) || !class_takes(asking, class, &taking))
                continue;
            add_limits(out, &class->of->limits, class->of->name, false);
            return;
        }
    }
}

static void
static_limits(struct asking *asking, struct esi_choice *out)
{
    const struct esi_policy *policy = asking->policy;
    size_t places[SIDES_STATICS_MOST];
    size_t count = sides_statics(policy->sides, &asking->flow->server, places);

    for (size_t i = 0; i < count; i++)
        if (has_limits(&policy->static_limits[places[i]]))
            add_limits(out, &policy->static_limits[places[i]],
                       policy->config->statics[places[i]].text, true);
}

/* mailhost_limits - of all ports: a mailhost is a static of old. */
static void
mailhost_limits(struct asking *asking, struct esi_choice *out)
{
    const struct esi_policy *policy = asking->policy;

    for (size_t i = 0; i < policy->config->mailhosts_count; i++)
        if (has_limits(&policy->mailhost_limits[i]) &&
            names_server(&policy->config->mailhosts[i], asking->flow))
            add_limits(out, &policy->mailhost_limits[i], policy->config->mailhosts[i].text, true);
}

const char *
esi_policy_limit_words(struct esi_policy *policy, const struct esi_limit_use *use,
                       enum esi_limit_kind kind)
{
    if (use->by_server)
        return use->words;
    return strings_say(&policy->strings, "set connection %s %" PRIu32 " (class %s)",
                       esi_limit_name(kind), use->limits->most[kind], use->words);
}

bool
esi_policy_has_limits(const struct esi_policy *policy)
{
    for (size_t p = 0; p < policy->policy_count; p++)
        for (size_t i = 0; i < policy->policies[p].count; i++)
            if (has_limits(&policy->policies[p].classes[i].of->limits))
                return true;
    for (size_t i = 0; policy->config && i < policy->config->statics_count; i++)
        if (has_limits(&policy->static_limits[i]))
            return true;
    for (size_t i = 0; policy->config && i < policy->config->mailhosts_count; i++)
        if (has_limits(&policy->mailhost_limits[i]))
            return true;
    return false;
}

/* ---- answers ---- */

static void
answer_nothing(struct asking *asking, struct esi_choice *out)
{
    const struct esi_policy *policy = asking->policy;
    struct strings *strings = &asking->policy->strings;

    if (asking->denied) {
        const struct esi_access_list *list =
            esi_config_access_list(policy->config, asking->denied_list);
        out->at = asking->denied->at;
        out->class_map = asking->denied_class;
        out->why = strings_say(strings,
                               "access-list %s line %zu denies it to class %s; no later class "
                               "inspects it",
                               list->name, (size_t)(asking->denied - list->entries) + 1,
                               asking->denied_class);
        return;
    }
    if (policy->config->fixup_said && policy->policy_count == 0)
        out->why = strings_say(strings, "no fixup protocol smtp takes server port %u",
                               asking->flow->server.port);
    else
        out->why = policy->policy_count > 0 ? "no class that takes it holds inspect esmtp"
                                            : "nothing in the configuration has it inspected";
    for (size_t i = 0; i < policy->policy_count; i++)
        if (policy_is_ours(asking, &policy->policies[i]) != OURS_NOT) {
            out->at = policy->policies[i].by->at;
            out->policy_map = policy->policies[i].of->name;
        }
}

/* say_port - kept, since the next flow mostly has the same port. */
static void
say_port(struct esi_policy *policy, uint16_t port)
{
    policy->port_of_why = port;
    if (policy->forced)
        policy->port_why = strings_say(&policy->strings, "server port %u carries SMTP (--map %s)",
                                       port, policy->forced->name);
    else
        policy->port_why = strings_say(
            &policy->strings, "server port %u carries SMTP%s", port,
            policy->config ? " (nothing in the configuration binds an inspection)" : "");
}

static void
answer_by_port(struct asking *asking, struct esi_choice *out)
{
    const struct esi_policy *policy = asking->policy;
    uint16_t port = asking->flow->server.port;

    out->smtp = esi_ports_has(&policy->ports, port);
    if (!out->smtp) {
        out->why = "server port is none that carries SMTP";
        return;
    }
    inspect_plainly(asking, policy->forced ? policy->forced : policy->unbound, out);
    if (!policy->port_why || policy->port_of_why != port)
        say_port(asking->policy, port);
    out->why = policy->port_why;
}

/* answer_bound - as the configuration says. */
static void
answer_bound(struct asking *asking, struct esi_choice *out)
{
    const struct esi_policy *policy = asking->policy;

    if (!ask_policies(asking, 0, true, out) && !ask_fixups(asking, out) &&
        !ask_mailhosts(asking, out) && !ask_ip_inspect(asking, out))
        answer_nothing(asking, out);
    if (out->map && policy->forced) {
        out->why =
            strings_say(&asking->policy->strings, "--map %s; %s", policy->forced->name, out->why);
        inspect_plainly(asking, policy->forced, out);
    }
    out->smtp = out->map || asking->flow->server.port == 25 ||
                esi_ports_has(&policy->ports, asking->flow->server.port);
}

void
esi_policy_choose(struct esi_policy *policy, const struct esi_tuple *flow, esi_nanos when,
                  struct esi_choice *out)
{
    struct asking asking = {.policy = policy, .flow = flow, .when = when};

    *out = (struct esi_choice){0};
    if (policy->config) {
        asking.side[ESI_TO_SERVER] = sides_find(policy->sides, &flow->client);
        asking.side[ESI_TO_CLIENT] = sides_find(policy->sides, &flow->server);
        memcpy(out->interface, asking.side, sizeof out->interface);
        class_limits(&asking, out);
        static_limits(&asking, out);
        mailhost_limits(&asking, out);
        asking.denied = NULL; /* on the way to limits */
    }
    if (!policy->bound || (policy->forced && esi_ports_has(&policy->ports, flow->server.port)))
        answer_by_port(&asking, out);
    else
        answer_bound(&asking, out);
}
