/* message_internal.h - a message between 354 and the lone dot. */
#ifndef ESI_SMTP_MESSAGE_INTERNAL_H
#define ESI_SMTP_MESSAGE_INTERNAL_H

#include "line_internal.h"

struct message;

/* What needs no event of its own: whole lines of at most so many bytes; 0: there are none. Where
 * header lines may be short, fields are told only if the structure or a file name is in them, or
 * if `fields` has their bit. */
struct quiet {
    uint64_t body_line, header_line;
    unsigned fields;
};

struct message *message_new(void);
/* Fetches (esi_fetch) what reading on will touch. */
void message_fetch(const struct message *message);
/* A new message begins. What was told of the one before is still lent. */
void message_begin(struct message *message, bool follow_mime);
/* Bytes are missing: the line in progress is given up, the next starts nobody knows where. */
void message_tear(struct message *message);
/* Where the header field in progress starts. False: there is none. */
bool message_field_start(const struct message *message, uint64_t *offset);
/* The next events: none if the push is used up (0), or one in *out (1), or a header field in *out
 * and in message_behind the line that proved it whole (2). Behind MESSAGE_END the message is over.
 */
unsigned message_next(struct message *message, struct line_cutter *cutter,
                      const struct quiet *quiet, struct esi_smtp_event *out);
struct esi_smtp_event *message_behind(struct message *message);
size_t message_memory(const struct message *message); /* NULL: none */
void message_free(struct message *message);

/* An event of one line; dir and u are left to the caller. */
void line_event(enum esi_smtp_kind kind, const struct line *line, struct esi_smtp_event *out);

#endif
