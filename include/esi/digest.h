/*
 * digest.h - SHA-256 (FIPS 180-4) of bytes that come in parts.
 */
#ifndef ESI_DIGEST_H
#define ESI_DIGEST_H

#include "esi/base.h"

enum { ESI_SHA256_TEXT = 65 }; /* 64 hexadecimal digits in lower case, and '\0' */

struct esi_sha256;

struct esi_sha256 *esi_sha256_new(void);
void esi_sha256_add(struct esi_sha256 *sha256, const void *bytes, size_t len);
/* Of what was added so far. Frees it. */
void esi_sha256_end(struct esi_sha256 *sha256, char out[ESI_SHA256_TEXT]);

#endif
