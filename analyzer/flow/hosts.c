/* hosts.c - what is known of a host's checksums, whatever the session. */
#include "flow_internal.h"

/* The place depends on the address alone, so that every walk finds the same. Who sends from many
 * addresses only makes hosts unknown again. */
static size_t
place_of(const struct esi_ip *ip)
{
    uint64_t low, high;

    memcpy(&low, ip->bytes, sizeof low);
    memcpy(&high, ip->bytes + sizeof low, sizeof high);
    return (size_t)((low ^ high) * 0x9e3779b97f4a7c15 >> 32) % HOSTS;
}

struct esi_flow_sums *
hosts_sums(struct hosts *hosts, const struct esi_ip *ip)
{
    struct host *host = &hosts->hosts[place_of(ip)];

    if (host->ip.family != ip->family || memcmp(host->ip.bytes, ip->bytes, sizeof ip->bytes) != 0)
        *host = (struct host){.ip = *ip};
    return &host->sums;
}
