/*
 * arguments_network.c - typed arguments that stand for addresses, protocols and ports.
 *
 * Names within addresses (of objects, groups, interfaces) are left for the builder to copy: they
 * are the argument's second word. Source: Cisco ASA command reference, access-list extended.
 */
#include <string.h>

#include "arguments_internal.h"

static bool
is_word(const struct word *word, const char *text)
{
    return !word->quoted && esi_slice_eq_nocase(word->text, esi_slice_of(text));
}

static bool
is_one_of(const struct word *word, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_word(word, names[i]))
            return true;
    return false;
}

/* ---- addresses ---- */

size_t
take_ip6(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    char text[ESI_IP_TEXT];

    (void)reader;
    (void)count;
    if (words->text.len >= sizeof text || !memchr(words->text.ptr, ':', words->text.len))
        return 0;
    memcpy(text, words->text.ptr, words->text.len);
    text[words->text.len] = '\0';
    return esi_ip_parse(&out->ip, text) && out->ip.family == 6;
}

size_t
take_prefix6(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    const uint8_t *slash = memchr(words->text.ptr, '/', words->text.len);
    struct word address = *words;
    uint64_t bits;

    if (!slash)
        return 0;
    address.text.len = (size_t)(slash - words->text.ptr);
    if (!take_ip6(reader, &address, count, out) ||
        !read_number(esi_slice_cut(words->text, address.text.len + 1, words->text.len), 128, &bits))
        return 0;
    out->prefix = (struct esi_prefix){out->ip, (unsigned)bits};
    return 1;
}

size_t
take_host(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    size_t taken = take_ip6(reader, words, count, out);

    return taken > 0 ? taken : take_ip(reader, words, count, out);
}

static struct esi_ip
mask_of_bits(uint8_t family, unsigned bits)
{
    struct esi_ip mask = {.family = family};

    for (unsigned i = 0; i < bits; i++)
        mask.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
    return mask;
}

/* set_network - (address & mask) == ip; the mask that takes everything is one of the `any`s. */
static void
set_network(struct esi_address *out, const struct esi_ip *ip, const struct esi_ip *mask)
{
    bool all = true;

    *out = (struct esi_address){.kind = ESI_ADDRESS_MASK, .ip = *ip, .mask = *mask};
    for (size_t i = 0; i < sizeof ip->bytes; i++) {
        out->ip.bytes[i] &= mask->bytes[i];
        all = all && mask->bytes[i] == 0;
    }
    if (all)
        *out = (struct esi_address){.kind = ip->family == 4 ? ESI_ADDRESS_ANY4 : ESI_ADDRESS_ANY6};
}

/* reads_as_mask - a second address behind an address is its mask only if it looks like one: two
 * addresses may stand for two hosts. Masks with holes begin with 255 or 0 in all that is known. */
static bool
reads_as_mask(struct esi_slice text, struct esi_ip *mask)
{
    if (esi_slice_eq(text, ESI_LIT("0"))) {
        *mask = (struct esi_ip){.family = 4};
        return true;
    }
    if (!read_ip(text, mask))
        return false;
    uint32_t bits = (uint32_t)mask->bytes[0] << 24 | (uint32_t)mask->bytes[1] << 16 |
                    (uint32_t)mask->bytes[2] << 8 | mask->bytes[3];
    return mask->bytes[0] == 0 || mask->bytes[0] == 255 || (~bits & (~bits + 1)) == 0;
}

size_t
take_network(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    struct esi_ip mask;

    if (count > 1 && is_word(words, "host")) {
        if (take_host(reader, words + 1, count - 1, out) == 0)
            return 0;
        out->address = taken_host(&out->ip);
        return 2;
    }
    if (count > 1 && is_word(words, "object")) {
        out->address = (struct esi_address){.kind = ESI_ADDRESS_OBJECT};
        return 2;
    }
    if (take_prefix6(reader, words, count, out) > 0) {
        mask = mask_of_bits(6, out->prefix.bits);
        set_network(&out->address, &out->prefix.ip, &mask);
        return 1;
    }
    if (count < 2 || !reads_as_mask(words[1].text, &mask))
        return 0;
    if (is_word(words, "0")) /* `0 0`, as PIX had it */
        out->ip = (struct esi_ip){.family = 4};
    else if (take_ip(reader, words, count, out) == 0 || out->ip.family != 4)
        return 0;
    set_network(&out->address, &out->ip, &mask);
    return 2;
}

static const struct {
    const char *word;
    enum esi_address_kind kind;
    size_t words;
} address_words[] = {
    {"any", ESI_ADDRESS_ANY, 1},
    {"any4", ESI_ADDRESS_ANY4, 1},
    {"any6", ESI_ADDRESS_ANY6, 1},
    {"interface", ESI_ADDRESS_INTERFACE, 2},
    {"object-group", ESI_ADDRESS_GROUP, 2},
};

/* is_service_group - the group named is known, and is of ports or services. */
static bool
is_service_group(const struct reader *reader, const struct word *name)
{
    size_t place;

    return index_find(reader->config->index, INDEX_GROUP, name->text, &place) &&
           reader->config->groups[place].kind == ESI_GROUP_SERVICE;
}

/* take_address - also an address alone, for a host: Cisco 117801 writes `permit ip any 192.0.2.1`.
 */
size_t
take_address(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    for (size_t i = 0; i < ESI_COUNT(address_words); i++) {
        if (!is_word(words, address_words[i].word) || count < address_words[i].words)
            continue;
        if (address_words[i].kind == ESI_ADDRESS_GROUP && is_service_group(reader, &words[1]))
            return 0;
        out->address = (struct esi_address){.kind = address_words[i].kind};
        return address_words[i].words;
    }
    size_t taken = take_network(reader, words, count, out);
    if (taken > 0)
        return taken;
    if (take_host(reader, words, count, out) == 0)
        return 0;
    out->address = taken_host(&out->ip);
    return 1;
}

/* ---- ports ---- */

static const struct {
    const char *name;
    uint16_t port;
} port_names[] = {
#define ESI_PORT_NAME(name, port) {name, port},
#include "ports.def"
#undef ESI_PORT_NAME
};

static bool
read_port(const struct word *word, uint64_t *out)
{
    if (read_number(word->text, UINT16_MAX, out))
        return true;
    for (size_t i = 0; i < ESI_COUNT(port_names); i++) {
        *out = port_names[i].port;
        if (is_word(word, port_names[i].name))
            return true;
    }
    return false;
}

size_t
take_port(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    return read_port(words, &out->number);
}

/* set_ports - "eq 25" and its like; false: there is no such set. A range may end before it begins:
 * the builder says so. */
static bool
set_ports(const struct word *words, size_t count, struct esi_port_set *out)
{
    uint64_t port, last;

    if (!read_port(&words[1], &port))
        return false;
    *out = (struct esi_port_set){ESI_PORT_RANGE, (uint16_t)port, (uint16_t)port, NULL};
    if (is_word(words, "eq"))
        return true;
    if (is_word(words, "neq")) {
        out->kind = ESI_PORT_NOT;
        return true;
    }
    if (is_word(words, "lt") && port > 0) {
        *out = (struct esi_port_set){ESI_PORT_RANGE, 0, (uint16_t)(port - 1), NULL};
        return true;
    }
    if (is_word(words, "gt") && port < UINT16_MAX) {
        *out = (struct esi_port_set){ESI_PORT_RANGE, (uint16_t)(port + 1), UINT16_MAX, NULL};
        return true;
    }
    if (!is_word(words, "range") || count < 3 || !read_port(&words[2], &last))
        return false;
    out->high = (uint16_t)last;
    return true;
}

/* say_lack - where "eq" or its like stands, but no port behind it. */
static void
say_lack(const struct word *words, size_t count, struct arg *out)
{
    static const char *const begins[] = {"eq", "neq", "lt", "gt", "range"};
    uint64_t port;

    if (!is_one_of(words, begins, ESI_COUNT(begins)))
        return;
    out->fitted = count > 1 && is_word(words, "range") && read_port(&words[1], &port) ? 2 : 1;
    out->lacks = argument_expected(ARGUMENT_PORT);
}

/* take_ports - an object-group only if it is known to be of services: it may also be the next
 * address. */
size_t
take_ports(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    if (count > 1 && is_word(words, "object-group") && is_service_group(reader, &words[1]))
        return take_end_ports(reader, words, count, out);
    if (count > 1 && set_ports(words, count, &out->ports))
        return is_word(words, "range") ? 3 : 2;
    say_lack(words, count, out);
    return 0;
}

size_t
take_end_ports(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    if (count < 2 || !is_word(words, "object-group"))
        return take_ports(reader, words, count, out);
    out->ports = (struct esi_port_set){.kind = ESI_PORT_GROUP};
    return 2;
}

/* ---- protocols ---- */

static const struct {
    const char *name;
    unsigned number;
} protocol_names[] = {
#define ESI_PROTOCOL_NAME(name, number) {name, number},
#include "protocols.def"
#undef ESI_PROTOCOL_NAME
};

size_t
take_protocol_name(const struct reader *reader, const struct word *words, size_t count,
                   struct arg *out)
{
    bool known = read_number(words->text, 255, &out->number);

    (void)reader;
    (void)count;
    for (size_t i = 0; i < ESI_COUNT(protocol_names) && !known; i++) {
        out->number = protocol_names[i].number;
        known = is_word(words, protocol_names[i].name);
    }
    if (out->number == 0)
        out->number = ESI_PROTOCOL_ANY;
    return known;
}

/* take_protocol - of an access list: an object or an object-group, too. */
size_t
take_protocol(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    if (count > 1 && (is_word(words, "object") || is_word(words, "object-group")))
        return 2;
    return take_protocol_name(reader, words, count, out);
}

size_t
take_service(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    if (!is_word(words, "tcp-udp"))
        return take_protocol_name(reader, words, count, out);
    out->number = 6;
    return 1;
}

size_t
take_icmp_type(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    static const char *const names[] = {
#define ESI_ICMP_TYPE(name) name,
#include "icmp_types.def"
#undef ESI_ICMP_TYPE
    };

    (void)reader;
    (void)count;
    return read_number(words->text, 255, &out->number) || is_one_of(words, names, ESI_COUNT(names));
}

size_t
take_log_level(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    static const char *const names[] = {
        "emergencies",   "alerts",        "critical",  "errors",  "warnings",
        "notifications", "informational", "debugging", "disable", "default"};

    (void)reader;
    (void)count;
    return read_number(words->text, 7, &out->number) || is_one_of(words, names, ESI_COUNT(names));
}
