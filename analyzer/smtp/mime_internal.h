/* mime_internal.h - the structure of a MIME message: which header section a line begins. */
#ifndef ESI_SMTP_MIME_INTERNAL_H
#define ESI_SMTP_MIME_INTERNAL_H

#include "esi/smtp.h"

#include "limits_internal.h"

/* What an entity holds, by its Content-Type. */
enum mime_content { MIME_LEAF, MIME_MULTIPART, MIME_MESSAGE };

/* An open multipart, or an embedded message (which has no boundary of its own: len 0). */
struct mime_level {
    bool digest; /* its parts are messages unless they say otherwise */
    uint16_t len;
    uint8_t boundary[BOUNDARY_KEEP];
};

/* Zero-initialised is a message without structure so far. */
struct mime {
    struct mime_level *levels; /* the one behind those in use: what the section would open */
    size_t cap;
    unsigned depth;            /* levels in use: also the depth of the section being read */
    enum mime_content content; /* of the entity whose section is being read */
    bool typed;                /* it has had a Content-Type */
};

/* What a delimiter line does. */
enum mime_mark {
    MIME_NO_MARK, /* it is none */
    MIME_PART,    /* a part begins: its header section comes next */
    MIME_CLOSE    /* the multipart is over */
};

void mime_reset(struct mime *mime);
/* A header section begins. */
void mime_section(struct mime *mime);
/* One of its fields, whole. */
void mime_field(struct mime *mime, const struct esi_smtp_event *header);
/* It is over. True: the entity is a message, whose own header section comes next. */
bool mime_enter(struct mime *mime);
/* A whole line of body or of a part's header section. */
enum mime_mark mime_line(struct mime *mime, struct esi_slice text);
void mime_fini(struct mime *mime);

#endif
