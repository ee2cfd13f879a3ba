/* net_print.c - addresses, ports, times and Community IDs. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "esi/net.h"

static struct esi_endpoint
endpoint(const char *address, uint16_t port)
{
    struct esi_endpoint out = {.port = port};
    bool six = strchr(address, ':') != NULL;

    out.ip.family = six ? 6 : 4;
    cr_assert_eq(inet_pton(six ? AF_INET6 : AF_INET, address, out.ip.bytes), 1);
    return out;
}

Test(net, addresses)
{
    static const char *const addresses[] = {
        "0.0.0.0",
        "192.0.2.1",
        "10.20.99.100",
        "109.9.200.0",
        "255.255.255.255",
        "::",
        "::1",
        "2001:db8::1",
        "2001:db8:0:1:1:1:1:1",
        "2001:db8::1:0:0:1",
        "fe80::ff:fe00:1",
        "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
    };
    char text[ESI_IP_TEXT];

    for (size_t i = 0; i < ESI_COUNT(addresses); i++) {
        struct esi_endpoint at = endpoint(addresses[i], 25);
        cr_assert_str_eq(esi_ip_print(text, &at.ip), addresses[i]);
    }
}

Test(net, ports)
{
    static const struct {
        const char *list;
        unsigned count; /* 0: refused */
        uint16_t one, other;
    } rows[] = {
        {"25", 1, 25, 25},
        {"25,587", 2, 25, 587},
        {"25-30,2525", 7, 30, 2525},
        {"1-65535", 65535, 1, 65535},
        {"25,25", 1, 25, 25},
        {"", 0, 0, 0},
        {"0", 0, 0, 0},
        {"65536", 0, 0, 0},
        {"30-25", 0, 0, 0},
        {"25,", 0, 0, 0},
        {",25", 0, 0, 0},
        {"25-", 0, 0, 0},
        {"-25", 0, 0, 0},
        {"25 ", 0, 0, 0},
        {" 25", 0, 0, 0},
        {"smtp", 0, 0, 0},
        {"+25", 0, 0, 0},
        {"99999999999999999999", 0, 0, 0},
        {"25-30-35", 0, 0, 0},
    };
    struct esi_ports ports;
    struct esi_error err;

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        unsigned count = 0;

        cr_assert_eq(esi_ports_parse(&ports, rows[i].list, &err), rows[i].count > 0, "'%s'",
                     rows[i].list);
        if (rows[i].count == 0)
            continue;
        for (unsigned port = 0; port < 65536; port++)
            count += esi_ports_has(&ports, (uint16_t)port);
        cr_assert_eq(count, rows[i].count, "'%s': %u", rows[i].list, count);
        cr_assert(esi_ports_has(&ports, rows[i].one) && esi_ports_has(&ports, rows[i].other),
                  "'%s'", rows[i].list);
    }
}

Test(net, times)
{
    static const struct {
        esi_nanos when;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000000000Z"},
        {-1, "1969-12-31T23:59:59.999999999Z"},
        {951782400000000000, "2000-02-29T00:00:00.000000000Z"},
        {1767225600123456789, "2026-01-01T00:00:00.123456789Z"},
        {4102444799000000001, "2099-12-31T23:59:59.000000001Z"},
        {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
        {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
    };
    char text[ESI_TIME_TEXT];

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        cr_assert_str_eq(esi_time_print(text, rows[i].when), rows[i].text);
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        esi_nanos when;
        cr_assert(esi_time_parse(&when, rows[i].text), "%s", rows[i].text);
        cr_assert_eq(when, rows[i].when, "%s", rows[i].text);
    }
}

Test(net, no_times)
{
    static const char *const rows[] = {
        "",
        "now",
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.00000000Z",
        "2026-01-31T12:00:00.000000000",
        "2026-01-31T12:00:00.000000000Z ",
        "2026-01-31 12:00:00.000000000Z",
        "2026-02-30T12:00:00.000000000Z",
        "2026-00-01T12:00:00.000000000Z",
        "2026-13-01T12:00:00.000000000Z",
        "2026-01-00T12:00:00.000000000Z",
        "2026-01-01T24:00:00.000000000Z",
        "2026-01-01T00:60:00.000000000Z",
        "2026-01-01T00:00:60.000000000Z",
        "-026-01-01T00:00:00.000000000Z",
        "2262-04-11T23:47:16.854775808Z",
        "1677-09-21T00:12:43.145224191Z",
        "9999-01-01T00:00:00.000000000Z",
        "0000-01-01T00:00:00.000000000Z",
    };
    esi_nanos when;

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        cr_assert(!esi_time_parse(&when, rows[i]), "'%s'", rows[i]);
}

Test(net, ports_back)
{
    static const struct {
        const char *list, *want;
    } rows[] = {
        {"25", "25"},           {"587,25,465", "25,465,587"},       {"25-30,28-40", "25-40"},
        {"1-65535", "1-65535"}, {"65535,65534,1", "1,65534-65535"},
    };
    struct esi_ports ports;

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_buf out = {0};

        cr_assert(esi_ports_parse(&ports, rows[i].list, NULL));
        esi_ports_print(&out, &ports);
        esi_buf_byte(&out, '\0');
        cr_assert_str_eq((const char *)out.data, rows[i].want);
        esi_buf_free(&out);
    }
}

Test(net, community_ids)
{
    static const struct {
        const char *client, *server;
        uint16_t client_port, server_port;
        const char *want;
    } rows[] = {
        /* both from the specification's own test data */
        {"128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
        {"2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25,
         "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
        {"192.0.2.1", "192.0.2.1", 1000, 25, "1:HqDBx2WwzHPvzImc+TL55JFq5Io="},
    };
    char text[ESI_COMMUNITY_ID_TEXT], back[ESI_COMMUNITY_ID_TEXT];

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_tuple tuple = {endpoint(rows[i].client, rows[i].client_port),
                                  endpoint(rows[i].server, rows[i].server_port)};
        struct esi_tuple turned = {tuple.server, tuple.client};

        cr_assert_str_eq(esi_community_id(text, &tuple), rows[i].want);
        cr_assert_str_eq(esi_community_id(back, &turned), rows[i].want, "whoever opened it");
    }
}
