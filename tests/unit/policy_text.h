/* policy_text.h - policies out of configuration text, for tests. */
#ifndef POLICY_TEXT_H
#define POLICY_TEXT_H

#include <criterion/criterion.h>
#include <stdlib.h>

#include "esi/policy.h"

static inline struct esi_policy *
policy_of_bytes(struct esi_slice text, const char *platform, const char *knob, const char *map,
                struct esi_error *err)
{
    struct esi_policy_options options = {.platform = platform,
                                         .knobs = &knob,
                                         .knob_count = knob ? 1 : 0,
                                         .map = map,
                                         .config = text.ptr ? esi_config_new() : NULL};
    struct esi_ports *ports = esi_alloc(sizeof *ports);

    esi_ports_add(ports, 25);
    options.ports = ports;
    if (text.ptr)
        esi_config_read(options.config, "asa.cfg", text);
    struct esi_policy *policy = esi_policy_new(&options, err);
    free(ports);
    return policy;
}

static inline struct esi_policy *
policy_of(const char *text, const char *platform, const char *knob, const char *map,
          struct esi_error *err)
{
    return policy_of_bytes(text ? esi_slice_of(text) : (struct esi_slice){NULL, 0}, platform, knob,
                           map, err);
}

static inline struct esi_endpoint
endpoint_of(const char *ip, uint16_t port)
{
    struct esi_endpoint end = {.port = port};

    cr_assert(esi_ip_parse(&end.ip, ip), "%s", ip);
    return end;
}

#endif
