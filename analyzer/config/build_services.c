/*
 * build_services.c - service-policy: which policy-map is bound where.
 *
 * An interface, and the box as a whole, has one. Source: Cisco ASA CLI guide, service-policy.
 */
#include "reader_internal.h"

enum { SERVICES_MOST = 5000 }; /* ours: no box has as many interfaces */

static void
remove_service_policy(struct esi_config *config, size_t place)
{
    struct esi_service_policy *list = config->service_policies;
    const char *interface = list[place].interface;

    index_remove(config->index, INDEX_SERVICE_POLICY, interface ? interface : "");
    list[place] = list[--config->service_policies_count];
    if (place == config->service_policies_count)
        return;
    interface = list[place].interface;
    index_set(config->index, INDEX_SERVICE_POLICY, interface ? interface : "", place);
}

static void
set_service_policy(struct reader *reader, const struct arg *name, const struct arg *interface,
                   size_t place)
{
    struct esi_config *config = reader->config;

    if (place == config->service_policies_count)
        config->service_policies =
            esi_grow(config->service_policies, &config->service_policies_cap,
                     ++config->service_policies_count, sizeof *config->service_policies);
    struct esi_service_policy *service = &config->service_policies[place];
    *service = (struct esi_service_policy){.policy_map = text_of(reader, name->text),
                                           .interface =
                                               interface ? text_of(reader, interface->text) : NULL,
                                           .at = place_of(reader)};
    index_set(config->index, INDEX_SERVICE_POLICY, interface ? service->interface : "", place);
}

void
build_service_policy(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    size_t at = 0, place = config->service_policies_count;
    const struct arg *name = next_arg(args, ARGUMENT_NAME, &at);
    const struct arg *interface = next_arg(args, ARGUMENT_NAME, &at);
    struct esi_slice key = interface ? interface->text : (struct esi_slice){name->text.ptr, 0};
    bool known = index_find(config->index, INDEX_SERVICE_POLICY, key, &place);
    const char *was = known ? config->service_policies[place].policy_map : "";
    bool same = known && esi_slice_eq(esi_slice_of(was), name->text);

    if (args->no) {
        if (same)
            remove_service_policy(config, place);
        else
            warn(reader, name, "there is no such service-policy");
        return;
    }
    if (place == SERVICES_MOST) {
        refuse(reader, NULL, "there are at most %d service-policies here", SERVICES_MOST);
        return;
    }
    if (known && !same)
        warn(reader, name,
             "policy-map %s was bound there before; the box takes one policy %s and would refuse "
             "this line, here the later one counts",
             was, interface ? "an interface" : "globally");
    set_service_policy(reader, name, interface, place);
}

void
build_clear_service_policies(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;

    (void)args;
    while (config->service_policies_count > 0)
        remove_service_policy(config, config->service_policies_count - 1);
}
