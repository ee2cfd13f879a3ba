/* config_network.c - interfaces, routes and statics, line by line. */
#include "config_lists.h"

static void
put_prefix(struct esi_buf *out, const struct esi_prefix *prefix)
{
    char ip[ESI_IP_TEXT];

    esi_buf_printf(out, " %s/%u", esi_ip_print(ip, &prefix->ip), prefix->bits);
}

static void
show_interfaces(const struct esi_config *config, struct esi_buf *out)
{
    for (size_t i = 0; i < config->interfaces_count; i++) {
        const struct esi_interface *interface = &config->interfaces[i];
        esi_buf_printf(out, "%s %s %d%s", interface->hardware,
                       interface->name ? interface->name : "-", interface->security,
                       interface->shutdown ? " down" : "");
        for (size_t n = 0; n < interface->count; n++)
            put_prefix(out, &interface->networks[n]);
        if (interface->ip_inspect_in)
            esi_buf_printf(out, " in=%s", interface->ip_inspect_in);
        if (interface->ip_inspect_out)
            esi_buf_printf(out, " out=%s", interface->ip_inspect_out);
        esi_buf_text(out, "; ");
    }
    for (size_t i = 0; i < config->routes_count; i++)
        if (config->routes[i].interface) {
            esi_buf_printf(out, "route %s", config->routes[i].interface);
            put_prefix(out, &config->routes[i].to);
            esi_buf_text(out, "; ");
        }
}

#define E0 "interface Ethernet0/0\n"

static const struct config_row interface_rows[] = {
    {"an interface", E0, OK, "Ethernet0/0 - -1; ", NULL},
    {"with a blank in its name", "interface GigabitEthernet 0/1", OK, "GigabitEthernet0/1 - -1; ",
     NULL},
    {"nameif", E0 " nameif outside", OK, "Ethernet0/0 outside -1; ", NULL},
    {"no nameif", E0 " nameif outside\n no nameif", OK, "Ethernet0/0 - -1; ", NULL},
    {"security-level", E0 " security-level 100", OK, "Ethernet0/0 - 100; ", NULL},
    {"too high a level", E0 " security-level 101", WRONG, "Ethernet0/0 - -1; ", "from 0 to 100"},
    {"shutdown", E0 " shutdown", OK, "Ethernet0/0 - -1 down; ", NULL},
    {"no shutdown", E0 " shutdown\n no shutdown", OK, "Ethernet0/0 - -1; ", NULL},
    {"ip address", E0 " ip address 192.0.2.1 255.255.255.0", OK, "Ethernet0/0 - -1 192.0.2.1/24; ",
     NULL},
    {"ip address, standby", E0 " ip address 192.0.2.1 255.255.255.0 standby 192.0.2.2", OK,
     "Ethernet0/0 - -1 192.0.2.1/24; ", NULL},
    {"a second address replaces",
     E0 " ip address 192.0.2.1 255.255.255.0\n"
        " ip address 198.51.100.1 255.255.255.128",
     OK, "Ethernet0/0 - -1 198.51.100.1/25; ", NULL},
    {"secondary",
     E0 " ip address 192.0.2.1 255.255.255.0\n"
        " ip address 198.51.100.1 255.255.255.0 secondary",
     OK, "Ethernet0/0 - -1 192.0.2.1/24 198.51.100.1/24; ", NULL},
    {"no ip address", E0 " ip address 192.0.2.1 255.255.255.0\n no ip address", OK,
     "Ethernet0/0 - -1; ", NULL},
    {"a mask with holes", E0 " ip address 192.0.2.1 255.0.255.0", WRONG, "Ethernet0/0 - -1; ",
     "has its ones in front"},
    {"dhcp", E0 " ip address dhcp", OK, "Ethernet0/0 - -1; ", NULL},
    {"dhcp setroute", E0 " ip address dhcp setroute", OK, "Ethernet0/0 - -1 0.0.0.0/0; ", NULL},
    {"pppoe setroute", E0 " ip address pppoe setroute", OK, "Ethernet0/0 - -1 0.0.0.0/0; ", NULL},
    {"ipv6 address", E0 " ipv6 address 2001:db8::1/64", OK, "Ethernet0/0 - -1 2001:db8::1/64; ",
     NULL},
    {"ipv6 address, standby", E0 " ipv6 address 2001:db8::1/64 standby 2001:db8::2", OK,
     "Ethernet0/0 - -1 2001:db8::1/64; ", NULL},
    {"no ipv6 address", E0 " ipv6 address 2001:db8::1/64\n no ipv6 address 2001:db8::1/64", OK,
     "Ethernet0/0 - -1; ", NULL},
    {"ipv6 autoconfig", E0 " ipv6 address autoconfig", ASIDE, "Ethernet0/0 - -1; ", NULL},
    {"ip inspect", E0 " ip inspect FW in\n ip inspect GW out", OK,
     "Ethernet0/0 - -1 in=FW out=GW; ", NULL},
    {"no ip inspect", E0 " ip inspect FW in\n no ip inspect FW in", OK, "Ethernet0/0 - -1; ", NULL},
    {"what is not ours", E0 " duplex full", ASIDE, "Ethernet0/0 - -1; ", NULL},
    {"no interface", E0 "interface Vlan2\n nameif dmz\nno interface Ethernet0/0", OK,
     "Vlan2 dmz -1; ", NULL},
    {"of old", "nameif ethernet0 outside security0", OK, "ethernet0 outside 0; ", NULL},
    {"of old, its address",
     "nameif ethernet0 outside security0\ninterface ethernet0 auto\n"
     "ip address outside 203.0.113.1 255.255.255.0",
     OK, "ethernet0 outside 0 203.0.113.1/24; ", NULL},
    {"of old, no mask", "nameif ethernet1 inside security100\nip address inside 192.0.2.1", OK,
     "ethernet1 inside 100 192.0.2.1/24; ", NULL},
    {"of old, learned", "nameif ethernet0 outside security0\nip address outside dhcp setroute", OK,
     "ethernet0 outside 0 0.0.0.0/0; ", NULL},
    {"of old, taken away", "nameif ethernet0 dmz security50\nno ip address dmz", OK,
     "ethernet0 dmz 50; ", NULL},
    {"of old, shut down", "interface ethernet2 auto shutdown", OK, "ethernet2 - -1 down; ", NULL},
    {"of old, no level", "nameif ethernet0 outside low", UNKNOWN, "",
     "expected a level such as security50, found 'low'"},
    {"of old, another word", "nameif ethernet0 outside level9", UNKNOWN, "",
     "expected a level such as security50, found 'level9'"},
    {"of old, in short", "nameif ethernet0 outside sec50", OK, "ethernet0 outside 50; ", NULL},
    {"of old, too high", "nameif ethernet0 outside security101", WRONG, "ethernet0 - -1; ",
     "a level such as security50"},
    {"route", "route outside 0.0.0.0 0.0.0.0 203.0.113.254 1", OK, "route outside 0.0.0.0/0; ",
     NULL},
    {"route, short", "route outside 0 0 203.0.113.254", OK, "route outside 0.0.0.0/0; ", NULL},
    {"route by a name", "name 198.51.100.0 lan\nroute inside lan 255.255.255.0 192.0.2.254 1", OK,
     "route inside 198.51.100.0/24; ", NULL},
    {"no route",
     "route inside 198.51.100.0 255.255.255.0 192.0.2.254 1\n"
     "no route inside 198.51.100.0 255.255.255.0 192.0.2.254 1",
     OK, "", NULL},
    {"ipv6 route", "ipv6 route outside ::/0 2001:db8::fe", OK, "route outside ::/0; ", NULL},
    {"routes cleared", "route outside 0 0 203.0.113.254\nclear configure route", OK, "", NULL},
};

static void
show_statics(const struct esi_config *config, struct esi_buf *out)
{
    char mapped[ESI_IP_TEXT], real[ESI_IP_TEXT];

    for (size_t i = 0; i < config->statics_count; i++) {
        const struct esi_static *of = &config->statics[i];
        esi_buf_printf(out, "%s,%s %s/%u %s", of->real_interface, of->mapped_interface,
                       of->mapped_interface_address ? "interface"
                                                    : esi_ip_print(mapped, &of->mapped),
                       of->bits, esi_ip_print(real, &of->real));
        if (of->one_port)
            esi_buf_printf(out, " %s %u %u", of->udp ? "udp" : "tcp", of->mapped_port,
                           of->real_port);
        esi_buf_printf(out, " %u %u; ", of->connections, of->embryonic);
    }
}

#define S "static (inside,outside) 203.0.113.25 192.0.2.25"
#define SHOWN "inside,outside 203.0.113.25/32 192.0.2.25 "

static const struct config_row static_rows[] = {
    {"bare", S, OK, SHOWN "0 0; ", NULL},
    {"netmask", "static (inside,dmz) 192.0.2.0 192.0.2.0 netmask 255.255.255.0", OK,
     "inside,dmz 192.0.2.0/24 192.0.2.0 0 0; ", NULL},
    {"limits", S " netmask 255.255.255.255 50 100", OK, SHOWN "50 100; ", NULL},
    {"limits of TCP, Cisco 117801", S " tcp 50 100", OK, SHOWN "50 100; ", NULL},
    {"one limit", S " tcp 50", OK, SHOWN "50 0; ", NULL},
    {"limits of UDP", S " tcp 50 100 udp 7", OK, SHOWN "50 100; ", NULL},
    {"dns and norandomseq", S " dns netmask 255.255.255.255 10 20 norandomseq", OK, SHOWN "10 20; ",
     NULL},
    {"of a port",
     "static (inside,outside) tcp 203.0.113.25 25 192.0.2.25 2525 netmask "
     "255.255.255.255 5 6",
     OK, "inside,outside 203.0.113.25/32 192.0.2.25 tcp 25 2525 5 6; ", NULL},
    {"of a port, UDP", "static (inside,outside) udp 203.0.113.25 53 192.0.2.25 53", OK,
     "inside,outside 203.0.113.25/32 192.0.2.25 udp 53 53 0 0; ", NULL},
    {"the interface's address", "static (inside,outside) tcp interface smtp 192.0.2.25 smtp", OK,
     "inside,outside interface/32 192.0.2.25 tcp 25 25 0 0; ", NULL},
    {"the interface, all ports", "static (inside,outside) interface 192.0.2.25", OK,
     "inside,outside interface/32 192.0.2.25 0 0; ", NULL},
    {"by access list", "static (inside,outside) 203.0.113.25 access-list L", ASIDE, "", NULL},
    {"of a port by access list", "static (inside,outside) tcp interface 25 access-list L 0 0",
     ASIDE, "", NULL},
    {"twice", S "\n" S, OK, SHOWN "0 0; ", NULL},
    {"taken away", S "\nno " S, OK, "", NULL},
    {"taken away, unknown", "no " S, OK, "", "there is no such static"},
    {"no interfaces", "static inside 203.0.113.25 192.0.2.25", WRONG, "", "in brackets"},
    {"a mask with holes", S " netmask 255.0.255.0", WRONG, "", "has its ones in front"},
    {"cleared", S "\nclear static", OK, "", NULL},
};

Test(config_network, interfaces_and_routes)
{
    check_rows(interface_rows, ESI_COUNT(interface_rows), show_interfaces);
}

Test(config_network, statics)
{
    check_rows(static_rows, ESI_COUNT(static_rows), show_statics);
}
