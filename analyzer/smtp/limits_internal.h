/* limits_internal.h - every bound of the tokenizer that the public header does not name, and why.
 */
#ifndef ESI_SMTP_LIMITS_INTERNAL_H
#define ESI_SMTP_LIMITS_INTERNAL_H

enum {
    /* Storage that an idle direction may keep for its next straddling line: most commands and
       replies fit, and a hundred thousand open sessions stay cheap. */
    HELD_IDLE = 256,
    /* RFC 2046 section 5.1.1 allows 70 bytes of boundary; senders exceed it, none by this much. A
       longer one is not followed. */
    BOUNDARY_KEEP = 256,
    /* RFC 2231 section 3 sets no bound to the pieces of a parameter. So many of them, of 60 bytes
       each, are a longer file name than any system takes. */
    PARAM_SECTIONS = 128
};

#endif
