/* message_internal.h - a message between 354 and the lone dot. */
#ifndef ESI_SMTP_MESSAGE_INTERNAL_H
#define ESI_SMTP_MESSAGE_INTERNAL_H

#include "line_internal.h"

struct message;

struct message *message_new(void);
/* A new message begins. What was told of the one before is still lent. */
void message_begin(struct message *message, bool follow_mime);
/* Bytes are missing: the line in progress is given up, the next starts nobody knows where. */
void message_tear(struct message *message);
/* Where the header field in progress starts. False: there is none. */
bool message_field_start(const struct message *message, uint64_t *offset);
/* The next events: none if the push is used up (0), or one in *out (1), or a header field in *out
 * and in *behind the line that proved it whole (2). Behind MESSAGE_END the message is over.
 * short_line 0: every body line gets an event of its own. */
unsigned message_next(struct message *message, struct line_cutter *cutter, uint64_t short_line,
                      struct esi_smtp_event *out, struct esi_smtp_event *behind);
void message_free(struct message *message);

/* An event of one line; dir and u are left to the caller. */
void line_event(enum esi_smtp_kind kind, const struct line *line, struct esi_smtp_event *out);

#endif
