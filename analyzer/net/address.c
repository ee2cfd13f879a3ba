/* address.c - addresses and port lists, printed and read. IPv6 text: RFC 5952, by inet_ntop. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "esi/net.h"

/* print_four - inet_ntop reads a format for each; -o syslog and -o json print millions. */
static char *
print_four(char *out, const uint8_t bytes[4])
{
    char *at = out;

    for (size_t i = 0; i < 4; i++) {
        unsigned byte = bytes[i];

        if (byte >= 100)
            *at++ = (char)('0' + byte / 100);
        if (byte >= 10)
            *at++ = (char)('0' + byte / 10 % 10);
        *at++ = (char)('0' + byte % 10);
        *at++ = i < 3 ? '.' : '\0';
    }
    return out;
}

char *
esi_ip_print(char out[ESI_IP_TEXT], const struct esi_ip *ip)
{
    if (ip->family != 6)
        return print_four(out, ip->bytes);
    if (!inet_ntop(AF_INET6, ip->bytes, out, ESI_IP_TEXT))
        esi_panic("esi_ip_print: family %u", ip->family);
    return out;
}

bool
esi_ip_parse(struct esi_ip *out, const char *text)
{
    *out = (struct esi_ip){.family = 4};
    if (inet_pton(AF_INET, text, out->bytes) == 1)
        return true;
    out->family = 6;
    return inet_pton(AF_INET6, text, out->bytes) == 1;
}

void
esi_ports_add(struct esi_ports *ports, uint16_t port)
{
    ports->bits[port >> 6] |= (uint64_t)1 << (port & 63);
}

/* read_port - a decimal port number at *at, which moves behind it; -1 if there is none. */
static long
read_port(const char **at)
{
    char *end;

    if (**at < '0' || **at > '9')
        return -1;
    errno = 0;
    long port = strtol(*at, &end, 10);
    if (errno != 0 || port > 65535)
        return -1;
    *at = end;
    return port;
}

bool
esi_ports_parse(struct esi_ports *ports, const char *list, struct esi_error *err)
{
    const char *at = list;

    *ports = (struct esi_ports){0};
    for (;;) {
        long low = read_port(&at), high = low;

        if (low >= 0 && *at == '-') {
            at++;
            high = read_port(&at);
        }
        if (low < 1 || high < low || (*at != ',' && *at != '\0'))
            return esi_error_set(err, "'%s' is not a list of ports such as 25,587 or 25-30", list);
        for (long port = low; port <= high; port++)
            esi_ports_add(ports, (uint16_t)port);
        if (*at++ == '\0')
            return true;
    }
}

void
esi_ports_print(struct esi_buf *out, const struct esi_ports *ports)
{
    enum { PORTS = 65536 };
    const char *comma = "";

    for (unsigned first = 0, end; first < PORTS; first = end + 1) {
        for (end = first; end < PORTS && esi_ports_has(ports, (uint16_t)end);)
            end++;
        if (end == first)
            continue;
        esi_buf_printf(out, end - first > 1 ? "%s%u-%u" : "%s%u", comma, first, end - 1);
        comma = ",";
    }
}
