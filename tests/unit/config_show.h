/* config_show.h - what a configuration holds, as short text to compare. */
#ifndef CONFIG_SHOW_H
#define CONFIG_SHOW_H

#include "esi/config.h"

static inline struct esi_config *
read_config(const char *text)
{
    struct esi_config *config = esi_config_new();

    esi_config_read(config, "t", esi_slice_of(text));
    return config;
}

static inline void
show_address(struct esi_buf *out, const struct esi_address *address)
{
    static const char *const kinds[] = {"any",    "any4",  "any6",      "",     "",
                                        "object", "group", "interface", "fqdn", "none"};
    char text[ESI_IP_TEXT];

    esi_buf_text(out, kinds[address->kind]);
    if (address->kind == ESI_ADDRESS_MASK)
        esi_buf_printf(out, "%s/", esi_ip_print(text, &address->ip));
    if (address->kind == ESI_ADDRESS_MASK)
        esi_buf_text(out, esi_ip_print(text, &address->mask));
    if (address->kind == ESI_ADDRESS_RANGE)
        esi_buf_printf(out, "%s-", esi_ip_print(text, &address->ip));
    if (address->kind == ESI_ADDRESS_RANGE)
        esi_buf_text(out, esi_ip_print(text, &address->last));
    if (address->name)
        esi_buf_printf(out, "(%s)", address->name);
}

static inline void
show_ports(struct esi_buf *out, const char *side, const struct esi_port_set *ports)
{
    if (ports->kind == ESI_PORT_RANGE)
        esi_buf_printf(out, " %s%u-%u", side, ports->low, ports->high);
    if (ports->kind == ESI_PORT_NOT)
        esi_buf_printf(out, " %s!%u", side, ports->low);
    if (ports->kind == ESI_PORT_GROUP)
        esi_buf_printf(out, " %sgroup(%s)", side, ports->name);
}

static inline void
show_service(struct esi_buf *out, const struct esi_service *service)
{
    if (service->protocol == ESI_PROTOCOL_ANY)
        esi_buf_text(out, "ip");
    else
        esi_buf_printf(out, "%u%s", service->protocol, service->tcp_udp ? "+17" : "");
    show_ports(out, "from ", &service->source);
    show_ports(out, "to ", &service->destination);
}

/* "17:3 error: text; ..." */
static inline void
show_diags(struct esi_buf *out, const struct esi_config *config)
{
    static const char *const kinds[] = {"error", "warning", "note"};

    for (size_t i = 0; i < config->diags_count; i++) {
        const struct esi_diag *diag = &config->diags[i];
        esi_buf_printf(out, "%u:%u %s: %s\n", diag->at.line, diag->column, kinds[diag->kind],
                       diag->text);
    }
}

#endif
