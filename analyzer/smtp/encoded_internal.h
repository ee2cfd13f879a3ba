/* encoded_internal.h - the two ways in which header fields carry bytes that are not ASCII. */
#ifndef ESI_SMTP_ENCODED_INTERNAL_H
#define ESI_SMTP_ENCODED_INTERNAL_H

#include "esi/base.h"

/* Appended to *out: text with its encoded words decoded (RFC 2047). */
void encoded_words(struct esi_slice text, struct esi_buf *out);
/* Appended to *out: text with its %XX decoded (RFC 2231 section 4). */
void encoded_percent(struct esi_slice text, struct esi_buf *out);

#endif
