/* field_internal.h - header fields out of the lines of a header section. */
#ifndef ESI_SMTP_FIELD_INTERNAL_H
#define ESI_SMTP_FIELD_INTERNAL_H

#include "line_internal.h"

/* What a line of a header section is. */
enum field_look {
    FIELD_FIRST,  /* "name:" */
    FIELD_MORE,   /* begins with a blank, and there is something to continue */
    FIELD_MBOX,   /* "From " as the section's first line */
    FIELD_UNSURE, /* unfinished, and may become one of these */
    FIELD_NOT     /* none of these: the section is over, this is body */
};

/* The field in progress. Zero-initialised is ready; one section after the other. */
struct fields {
    struct esi_buf text; /* unfolded so far, ESI_SMTP_HEADER_KEEP at most */
    struct esi_buf told; /* the field told last: its event is lent from here */
    uint64_t len;        /* unfolded, kept or not */
    struct esi_span span;
    enum esi_eol eol;
    unsigned more; /* brief: bits of the other fields that are told */
    bool brief;    /* only fields that say how the entity is built, or name its file, are told */
    bool open;     /* there is a field in progress */
    bool any;      /* this section has had a line: a continuation has something to continue */
};

/* A section begins. The field in progress is given up. */
void fields_begin(struct fields *fields);
/* The field in progress is given up; what it was may still be continued. */
void fields_tear(struct fields *fields);
enum field_look fields_look(const struct fields *fields, const struct line *line);
/* A line that looks FIRST, MORE or MBOX. Before FIRST, close the field in progress. */
void fields_add(struct fields *fields, enum field_look look, const struct line *line);
/* A whole line that is part of a field which is not told, and ends none that is; false: it is not.
 */
bool fields_skip(struct fields *fields, struct esi_slice text);
/* Tells the field in progress, if there is one; lent until the next close. */
bool fields_close(struct fields *fields, unsigned depth, struct esi_smtp_event *out);
/* No section is being read, and what was told is no longer lent: gives storage back. */
void fields_rest(struct fields *fields);
void fields_fini(struct fields *fields);

#endif
