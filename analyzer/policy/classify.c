/*
 * classify.c - which class of the service policies takes a flow: the order of Cisco's MPF guide.
 *
 * Policies of the flow's interfaces come before the global one; in a policy, classes are asked in
 * their order, class-default last, and the first whose inspection applies takes the flow. A class
 * without an inspection lets it go on, but one that holds no action, or `no inspect esmtp` alone,
 * exempts it where Cisco 117801 is followed (knob empty_class_exempts).
 */
#include <string.h>

#include "choose_internal.h"

/* ---- whether a class takes the flow ---- */

static bool
match_takes(struct asking *asking, const struct ready_class *class, size_t which,
            struct taking *taking)
{
    const struct esi_class_match *match = &class->map->matches[which];
    const struct esi_port_set *ports = &match->service.destination;
    uint16_t port = asking->flow->server.port;

    switch (match->kind) {
    case ESI_CLASS_ANY:
        return true;
    case ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC:
        return taking->default_traffic = true;
    case ESI_CLASS_PORT:
        return match->service.protocol == 6 && ports->low <= port && port <= ports->high;
    case ESI_CLASS_ACCESS_LIST:
        if (!class->lists[which])
            return false;
        taking->list = esi_config_access_list(asking->policy->config, match->name);
        taking->entry = access_find(class->lists[which], &asking->flow->client,
                                    &asking->flow->server, asking->when);
        return taking->entry && taking->entry->permit;
    default:
        return false;
    }
}

static void
note_denial(struct asking *asking, const struct ready_class *class, const struct taking *taking)
{
    bool inspects = false;

    for (size_t i = 0; i < class->of->count; i++)
        inspects |= class->maps[i] != NULL;
    if (!inspects || asking->denied || !taking->entry || taking->entry->permit)
        return;
    asking->denied = taking->entry;
    asking->denied_list = taking->list->name;
    asking->denied_class = class->of->name;
}

bool
class_takes(struct asking *asking, const struct ready_class *class, struct taking *taking)
{
    *taking = (struct taking){0};
    if (class->all)
        return true;
    if (!class->map || class->map->count == 0)
        return false;
    bool any = false, all = true;
    for (size_t i = 0; i < class->map->count; i++) {
        bool takes = match_takes(asking, class, i, taking);
        if (takes && (!any || class->map->matches[i].kind == ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC))
            taking->match = &class->map->matches[i];
        any |= takes;
        all &= takes;
    }
    bool takes = class->map->any ? any : all;
    if (!takes)
        note_denial(asking, class, taking);
    return takes;
}

/* ---- whether a policy is the flow's ---- */

static const char *
where(struct asking *asking, const struct esi_service_policy *by)
{
    return by->interface ? strings_say(&asking->policy->strings, "interface %s", by->interface)
                         : "global";
}

enum ours
policy_is_ours(const struct asking *asking, const struct ready_policy *policy)
{
    const char *interface = policy->by->interface;

    if (!interface)
        return OURS;
    for (int i = 0; i < 2; i++)
        if (asking->side[i] && strcmp(asking->side[i], interface) == 0)
            return OURS;
    return !policy->interface_known && (!asking->side[0] || !asking->side[1]) ? OURS_UNSURE
                                                                              : OURS_NOT;
}

/* ---- the inspection of a class ---- */

/* inspect_of - the class's inspection that takes the flow, or NULL. Of several the one whose own
 * port it is. */
static const struct esi_inspect *
inspect_of(const struct asking *asking, const struct ready_class *class,
           const struct taking *taking)
{
    const struct esi_inspect *found = NULL;
    uint16_t port = asking->flow->server.port;

    for (size_t i = 0; i < class->of->count; i++) {
        const struct esi_inspect *inspect = &class->of->inspects[i];
        if (inspect->no)
            continue;
        if (inspection_takes(inspect->protocol, true, port))
            return inspect;
        if (!found && !taking->default_traffic && inspection_takes(inspect->protocol, false, port))
            found = inspect;
    }
    return found;
}

/* matched - what made the class take the flow. */
static const char *
matched(struct asking *asking, const struct ready_class *class, const struct taking *taking)
{
    struct strings *strings = &asking->policy->strings;
    const char *list = "";

    if (taking->entry && taking->entry->permit)
        list = strings_say(strings, "access-list %s line %zu permitting it", taking->list->name,
                           (size_t)(taking->entry - taking->list->entries) + 1);
    if (class->all)
        return "class-default taking what is left";
    if (taking->default_traffic)
        return strings_say(strings, "default-inspection-traffic being TCP port %u%s%s",
                           asking->flow->server.port, *list ? " and " : "", list);
    if (*list)
        return list;
    if (taking->match->kind == ESI_CLASS_PORT)
        return strings_say(strings, "%s taking it", taking->match->text);
    return "match any taking all";
}

static void
answer_inspected(struct asking *asking, const struct ready_policy *policy,
                 const struct ready_class *class, const struct esi_inspect *inspect,
                 const struct taking *taking, bool unsure, struct esi_choice *out)
{
    struct strings *strings = &asking->policy->strings;

    out->map = class->maps[inspect - class->of->inspects];
    out->place = in_force_of(policy, class, inspect);
    out->at = inspect->at;
    out->policy_map = policy->of->name;
    out->class_map = class->of->name;
    out->why = strings_say(
        strings, "class %s of policy-map %s (%s) holds inspect %s%s%s, %s%s%s", class->of->name,
        policy->of->name, where(asking, policy->by), inspect->protocol, inspect->map ? " " : "",
        inspect->map ? inspect->map : "", matched(asking, class, taking),
        unsure ? "; the configuration does not tell what lies at interface " : "",
        unsure ? policy->by->interface : "");
}

static void
answer_other(struct asking *asking, const struct ready_policy *policy,
             const struct ready_class *class, const struct esi_inspect *inspect,
             const struct taking *taking, struct esi_choice *out)
{
    out->at = inspect->at;
    out->policy_map = policy->of->name;
    out->class_map = class->of->name;
    out->why = strings_say(&asking->policy->strings,
                           "class %s of policy-map %s (%s) holds inspect %s and takes it, %s; a "
                           "flow has one inspection",
                           class->of->name, policy->of->name, where(asking, policy->by),
                           inspect->protocol, matched(asking, class, taking));
}

/* ---- exemption ---- */

static const struct ready_class *
exempting(struct asking *asking, const struct ready_policy *policy)
{
    struct taking taking;

    if (esi_platform_habit(&asking->policy->platform, ESI_KNOB_EMPTY_CLASS_EXEMPTS) !=
        ESI_EMPTY_CLASS_EXEMPTS_YES)
        return NULL;
    for (size_t i = 0; i < policy->count; i++)
        if (policy->classes[i].exempts && class_takes(asking, &policy->classes[i], &taking))
            return &policy->classes[i];
    return NULL;
}

static void
answer_exempt(struct asking *asking, size_t which, const struct ready_class *class,
              struct esi_choice *out)
{
    const struct ready_policy *policy = &asking->policy->policies[which];
    struct esi_choice otherwise = {0};
    bool inspected = ask_policies(asking, which, false, &otherwise) && otherwise.map;

    out->at = class->of->count > 0 ? class->of->inspects[0].at : class->of->at;
    out->policy_map = policy->of->name;
    out->class_map = class->of->name;
    out->why = strings_say(
        &asking->policy->strings, "exempt: class %s holds %s (Cisco 117801)%s%s%s", class->of->name,
        exempting_words(class->of), inspected ? "; by the MPF guide's first-match rule " : "",
        inspected ? otherwise.class_map : "", inspected ? " would still inspect it" : "");
}

/* ---- the order of it all ---- */

/* ask_policy - true if the question is answered. */
static bool
ask_policy(struct asking *asking, const struct ready_policy *policy, bool unsure,
           struct esi_choice *out)
{
    for (size_t i = 0; i < policy->count; i++) {
        const struct ready_class *class = &policy->classes[i];
        struct taking taking;
        const struct esi_inspect *inspect;
        if (!class_takes(asking, class, &taking))
            continue;
        inspect = inspect_of(asking, class, &taking);
        if (!inspect)
            continue;
        if (is_smtp_inspection(inspect->protocol))
            answer_inspected(asking, policy, class, inspect, &taking, unsure, out);
        else
            answer_other(asking, policy, class, inspect, &taking, out);
        return true;
    }
    return false;
}

bool
ask_policies(struct asking *asking, size_t from, bool exempt, struct esi_choice *out)
{
    for (size_t i = from; i < asking->policy->policy_count; i++) {
        const struct ready_policy *policy = &asking->policy->policies[i];
        enum ours ours = policy_is_ours(asking, policy);
        if (ours == OURS_NOT)
            continue;
        const struct ready_class *class = exempt ? exempting(asking, policy) : NULL;
        if (class) {
            answer_exempt(asking, i, class, out);
            return true;
        }
        if (ask_policy(asking, policy, ours == OURS_UNSURE, out))
            return true;
    }
    return false;
}
