/*
 * community_id.c - the Community ID flow hash, version 1, of a TCP flow.
 *
 * SHA-1 over seed, ordered endpoints, protocol, a zero byte and ports; base64 behind "1:".
 * Source: the Community ID specification (corelight/community-id-spec). SHA-1 and base64 are
 * GLib's, which libnids brings along anyway.
 */
#include <glib.h>
#include <string.h>

#include "esi/net.h"

enum { SHA1_LEN = 20, MOST_BYTES = 2 + 16 + 16 + 2 + 2 + 2 };

/* is_before - whether endpoint a goes first: by address, then by port. */
static bool
is_before(const struct esi_endpoint *a, const struct esi_endpoint *b, size_t address_len)
{
    int order = memcmp(a->ip.bytes, b->ip.bytes, address_len);

    return order != 0 ? order < 0 : a->port <= b->port;
}

static uint8_t *
put(uint8_t *at, const void *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return at + len;
}

static uint8_t *
put_port(uint8_t *at, uint16_t port)
{
    return put(at, (uint8_t[]){(uint8_t)(port >> 8), (uint8_t)port}, 2);
}

char *
esi_community_id(char out[ESI_COMMUNITY_ID_TEXT], const struct esi_tuple *tuple)
{
    size_t address_len = tuple->client.ip.family == 6 ? 16 : 4;
    const struct esi_endpoint *first = &tuple->client, *second = &tuple->server;
    uint8_t bytes[MOST_BYTES], digest[SHA1_LEN];
    gsize digest_len = sizeof digest;

    if (!is_before(first, second, address_len)) {
        first = &tuple->server;
        second = &tuple->client;
    }
    uint8_t *at = put(bytes, (uint8_t[]){0, 0}, 2); /* the seed */
    at = put(at, first->ip.bytes, address_len);
    at = put(at, second->ip.bytes, address_len);
    at = put(at, (uint8_t[]){6, 0}, 2); /* TCP, and padding */
    at = put_port(at, first->port);
    at = put_port(at, second->port);

    GChecksum *sha1 = g_checksum_new(G_CHECKSUM_SHA1);
    g_checksum_update(sha1, bytes, at - bytes);
    g_checksum_get_digest(sha1, digest, &digest_len);
    g_checksum_free(sha1);
    gchar *text = g_base64_encode(digest, digest_len);
    memcpy(out, "1:", 2);
    memcpy(out + 2, text, strlen(text) + 1);
    g_free(text);
    return out;
}
