/*
 * translate.c - the addresses of a connection on both sides of the firewall.
 *
 * What a `static` or a `mailhost` of the configuration translates is known here, whichever of its
 * addresses the capture shows. Translations of other kinds (nat and global, nat of an object) are
 * not read: such addresses stay as captured.
 */
#include <string.h>

#include "policy_internal.h"

/* moved - the address `ip` of network `from` in network `to` of the same size. */
static struct esi_ip
moved(const struct esi_ip *ip, const struct esi_ip *to, unsigned bits)
{
    struct esi_ip out = *to;
    size_t len = ip->family == 4 ? 4 : 16;

    for (size_t i = 0; i < len; i++) {
        unsigned keep = bits > 8 * i ? bits - 8 * (unsigned)i : 0;
        uint8_t mask = (uint8_t)(0xff00u >> (keep < 8 ? keep : 8));
        out.bytes[i] = (uint8_t)((to->bytes[i] & mask) | (ip->bytes[i] & ~mask));
    }
    return out;
}

static bool
is_in(const struct esi_endpoint *end, const struct esi_ip *net, unsigned bits, uint16_t port,
      bool one_port)
{
    struct esi_ip there = moved(&end->ip, net, bits);

    return end->ip.family == net->family && esi_ip_same(&there, &end->ip) &&
           (!one_port || end->port == port);
}

/* by_static - false: it is not about this end, or changes nothing. */
static bool
by_static(const struct esi_config *config, const struct esi_static *of, struct esi_endpoint *real,
          struct esi_endpoint *mapped)
{
    struct esi_ip global = of->mapped;

    if (of->mapped_interface_address && !interface_address(config, of->mapped_interface, &global))
        return false;
    if (is_in(real, &of->real, of->bits, of->real_port, of->one_port)) {
        mapped->ip = moved(&real->ip, &global, of->bits);
        mapped->port = of->one_port ? of->mapped_port : real->port;
    } else if (is_in(mapped, &global, of->bits, of->mapped_port, of->one_port)) {
        real->ip = moved(&mapped->ip, &of->real, of->bits);
        real->port = of->one_port ? of->real_port : mapped->port;
    }
    return !esi_ip_same(&real->ip, &mapped->ip) || real->port != mapped->port;
}

static bool
by_mailhost(const struct esi_mailhost *of, struct esi_endpoint *real, struct esi_endpoint *mapped)
{
    if (esi_ip_same(&real->ip, &of->local))
        mapped->ip = of->global;
    else if (esi_ip_same(&mapped->ip, &of->global))
        real->ip = of->local;
    return !esi_ip_same(&real->ip, &mapped->ip);
}

/* translate - one end; the other lies at `peer` (NULL: not known), to which the mapped address is
 * shown. */
static bool
translate(const struct esi_policy *policy, const char *peer, struct esi_endpoint *real,
          struct esi_endpoint *mapped)
{
    const struct esi_config *config = policy->config;
    size_t places[SIDES_STATICS_MOST];
    size_t count = sides_statics(policy->sides, real, places);

    for (size_t i = 0; i < count; i++) {
        const struct esi_static *of = &config->statics[places[i]];
        bool shown = !peer || !of->mapped_interface || strcmp(peer, of->mapped_interface) == 0;
        if (shown && by_static(config, of, real, mapped))
            return true;
    }
    for (size_t i = 0; i < config->mailhosts_count; i++)
        if (by_mailhost(&config->mailhosts[i], real, mapped))
            return true;
    return false;
}

bool
esi_policy_translate(const struct esi_policy *policy, const struct esi_tuple *flow,
                     const char *const interface[2], struct esi_endpoint real[2],
                     struct esi_endpoint mapped[2])
{
    bool any = false;

    real[ESI_TO_SERVER] = mapped[ESI_TO_SERVER] = flow->client;
    real[ESI_TO_CLIENT] = mapped[ESI_TO_CLIENT] = flow->server;
    if (!policy->config ||
        (policy->config->statics_count == 0 && policy->config->mailhosts_count == 0))
        return false;
    for (int dir = ESI_TO_SERVER; dir <= ESI_TO_CLIENT; dir++)
        any |= translate(policy, interface[esi_dir_other((enum esi_dir)dir)], &real[dir],
                         &mapped[dir]);
    return any;
}

int
esi_policy_security(const struct esi_policy *policy, const char *interface)
{
    const struct esi_config *config = policy->config;

    for (size_t i = 0; config && interface && i < config->interfaces_count; i++)
        if (config->interfaces[i].name && strcmp(config->interfaces[i].name, interface) == 0)
            return config->interfaces[i].security;
    return -1;
}
