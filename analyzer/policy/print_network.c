/* print_network.c - interfaces, routes and statics as configuration text. */
#include "print_internal.h"

void
put_mask(struct esi_buf *out, unsigned bits)
{
    uint32_t mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);

    esi_buf_printf(out, "%u.%u.%u.%u", mask >> 24, mask >> 16 & 255, mask >> 8 & 255, mask & 255);
}

static void
print_networks(const struct esi_interface *interface, struct esi_buf *out)
{
    char ip[ESI_IP_TEXT];
    bool more = false;

    for (size_t i = 0; i < interface->count; i++) {
        const struct esi_prefix *net = &interface->networks[i];
        if (net->ip.family == 6) {
            esi_buf_printf(out, " ipv6 address %s/%u\n", esi_ip_print(ip, &net->ip), net->bits);
            continue;
        }
        if (net->bits == 0) {
            esi_buf_text(out, " ip address dhcp setroute\n");
            continue;
        }
        esi_buf_printf(out, " ip address %s ", esi_ip_print(ip, &net->ip));
        put_mask(out, net->bits);
        esi_buf_text(out, more ? " secondary\n" : "\n");
        more = true;
    }
}

static void
print_interface(const struct esi_interface *interface, struct esi_buf *out)
{
    esi_buf_text(out, "interface ");
    put_name(out, interface->hardware);
    esi_buf_byte(out, '\n');
    if (interface->shutdown)
        esi_buf_text(out, " shutdown\n");
    if (interface->name) {
        esi_buf_text(out, " nameif ");
        put_name(out, interface->name);
        esi_buf_byte(out, '\n');
    }
    if (interface->security >= 0)
        esi_buf_printf(out, " security-level %d\n", interface->security);
    print_networks(interface, out);
    if (interface->ip_inspect_in) {
        esi_buf_text(out, " ip inspect ");
        put_name(out, interface->ip_inspect_in);
        esi_buf_text(out, " in\n");
    }
    if (interface->ip_inspect_out) {
        esi_buf_text(out, " ip inspect ");
        put_name(out, interface->ip_inspect_out);
        esi_buf_text(out, " out\n");
    }
}

void
print_network(const struct esi_policy *policy, struct esi_buf *out)
{
    const struct esi_config *config = policy->config;

    for (size_t i = 0; i < config->interfaces_count; i++) {
        const struct esi_interface *interface = &config->interfaces[i];
        if (interface->name || interface->ip_inspect_in || interface->ip_inspect_out ||
            (config->ip_inspects_count > 0 && interface->count > 0))
            print_interface(interface, out);
    }
    for (size_t i = 0; i < config->routes_count; i++)
        if (config->routes[i].interface)
            esi_buf_printf(out, "%s\n", config->routes[i].text);
    for (size_t i = 0; i < config->statics_count; i++)
        esi_buf_printf(out, "%s\n", config->statics[i].text);
}
