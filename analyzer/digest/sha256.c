/* sha256.c - SHA-256, by GLib. */
#include <glib.h>
#include <string.h>

#include "esi/digest.h"

/* One type under two names: GLib's stays in this file. */
static GChecksum *
glib_of(struct esi_sha256 *sha256)
{
    return (GChecksum *)(void *)sha256;
}

struct esi_sha256 *
esi_sha256_new(void)
{
    return (struct esi_sha256 *)(void *)g_checksum_new(G_CHECKSUM_SHA256);
}

void
esi_sha256_add(struct esi_sha256 *sha256, const void *bytes, size_t len)
{
    if (len > 0)
        g_checksum_update(glib_of(sha256), bytes, (gssize)len);
}

void
esi_sha256_end(struct esi_sha256 *sha256, char out[ESI_SHA256_TEXT])
{
    memcpy(out, g_checksum_get_string(glib_of(sha256)), ESI_SHA256_TEXT);
    g_checksum_free(glib_of(sha256));
}
