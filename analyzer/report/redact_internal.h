/* redact_internal.h - between redact.c, which knows records, and redact_text.c, which knows texts.
 */
#ifndef REDACT_INTERNAL_H
#define REDACT_INTERNAL_H

#include "esi/smtp.h"

/* A text that is written over in place: what is hidden becomes as many #. CR and LF stay. */
struct hidden {
    uint8_t *at;
    size_t len;
};

/* All of it, but a lone dot, and what is nothing but X. */
void hide_all(struct hidden text);
/* Words with an @ in them. */
void hide_addresses(struct hidden text);
/* A line of an EHLO reply, if it names anyone. */
void hide_keyword(struct hidden text);
/* Lines that clients say, or that were taken for such. */
void hide_commands(struct hidden text);
/* What stands behind the verb. host: that of EHLO and HELO may stay. */
void hide_argument(struct hidden text, enum esi_verb verb, bool host);
/* <alice@example.org> SIZE=4 */
void hide_path(struct hidden text);
/* A sender, or the whole line of MAIL. */
void hide_sender(struct hidden text);
/* A reply with its code; the text behind codes, line by line. */
void hide_reply(struct hidden text);
void hide_behind_code(struct hidden text);
/* A header field or line; the name of one. */
void hide_field(struct hidden text);
void hide_field_name(struct hidden text);
/* What an anomaly of the dialogue tells besides. */
void hide_detail(struct hidden text);

#endif
