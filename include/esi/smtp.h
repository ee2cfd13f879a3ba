/*
 * smtp.h - stream bytes in, SMTP events out. Knows RFC 5321 and its extensions, knows no policy.
 *
 * Two directions, one tokenizer. Pull, not callbacks: between two pulls the dialogue may change
 * the mode of the very next byte. Nothing here can fail; any bytes are some events. Memory is
 * bounded: of an unfinished line ESI_SMTP_LINE_KEEP bytes are kept, of an unfolded header
 * ESI_SMTP_HEADER_KEEP; lengths are exact all the same.
 *
 * A line that is not finished at the end of a push is told as well (done = false), once a push
 * that added to it: so limits can fire at the frame whose byte crosses them, and engines that
 * judge segment by segment can.
 */
#ifndef ESI_SMTP_H
#define ESI_SMTP_H

#include "esi/net.h"

enum { ESI_SMTP_LINE_KEEP = 4096, ESI_SMTP_HEADER_KEEP = 16384, ESI_SMTP_MIME_DEPTH = 16 };

enum esi_verb {
#define ESI_VERB(id, word, group_last, since) ESI_VERB_##id,
#include "esi/smtp_verbs.def"
#undef ESI_VERB
    ESI_VERB_UNKNOWN
};
const char *esi_verb_name(enum esi_verb verb);      /* "EHLO"; "?" for UNKNOWN */
enum esi_verb esi_verb_find(struct esi_slice word); /* ASCII case ignored */
bool esi_verb_ends_group(enum esi_verb verb);       /* RFC 2920 section 3.1 */

/* How one direction's bytes are to be read next. Both directions start with LINES. */
enum esi_mode {
    ESI_MODE_LINES,   /* commands (to server), or replies (to client) */
    ESI_MODE_AUTH,    /* SASL response lines (RFC 4954): one ESI_SMTP_AUTH_LINE each */
    ESI_MODE_MESSAGE, /* after 354: headers, body, lone dot; falls back to LINES behind it */
    ESI_MODE_CHUNK,   /* BDAT: a counted run of bytes; falls back to LINES behind it */
    ESI_MODE_OPAQUE   /* TLS, or we lost track: bytes pass by unread */
};

enum esi_smtp_kind {
    ESI_SMTP_COMMAND,
    ESI_SMTP_REPLY_LINE,
    ESI_SMTP_AUTH_LINE,
    ESI_SMTP_HEADER_LINE, /* one physical line of the message's header section */
    ESI_SMTP_HEADER,      /* a whole header field, after its last line: of the message or of a MIME
                             part; comes right before the line event that proved it whole */
    ESI_SMTP_HEADERS_END, /* the empty line behind the message's header section; none if that
                             section ends at a line that can't belong to it, which is then the
                             body's first */
    ESI_SMTP_BODY_LINE,   /* a body line that is unfinished or longer than the short-line bound */
    ESI_SMTP_BODY,        /* a run of one or more whole body lines, none longer than that bound */
    ESI_SMTP_MESSAGE_END, /* the lone dot; span covers ".CRLF" */
    ESI_SMTP_CHUNK,       /* bytes of a BDAT chunk; done with the chunk's last byte */
    ESI_SMTP_PASSED,      /* opaque bytes */
    ESI_SMTP_GAP          /* bytes that the capture lacks; what was unfinished is given up */
};

enum esi_eol { ESI_EOL_NONE, ESI_EOL_LF, ESI_EOL_CRLF };

struct esi_smtp_event {
    enum esi_smtp_kind kind;
    enum esi_dir dir;
    bool done;    /* lines: terminated by LF; false: so far, more may come */
    bool clipped; /* text is only the beginning (text_len is right) */
    enum esi_eol eol;
    struct esi_span span;  /* of the whole line(s) so far, terminator included */
    uint64_t text_len;     /* bytes of the line without its terminator; while unfinished, a
                              trailing CR is left out too */
    struct esi_slice text; /* these bytes, ESI_SMTP_LINE_KEEP at most; until the next pull.
                              HEADER: the field unfolded (line ends taken out), name to end.
                              BODY: what of the run lies in this push, line ends included;
                              clipped if the run began in an earlier one (text_len and span are
                              of all of it). CHUNK, PASSED: the bytes. MESSAGE_END: the dot */
    union {
        struct {
            enum esi_verb verb;
            struct esi_slice word; /* up to blank, TAB, ':' or end (the verb as typed) */
            struct esi_slice args; /* behind it, leading blanks and TABs taken off; a ':' that
                                      ends the word belongs to args */
        } command;
        struct {
            unsigned code;         /* 0: not three digits, the first of them 2-5 */
            bool last;             /* no '-' after the code */
            struct esi_slice text; /* behind code and separator */
        } reply;
        struct {
            struct esi_slice name, value; /* value: unfolded, leading blank taken off */
            unsigned depth;               /* 0 the message, 1.. MIME parts */
        } header;
        struct {
            uint64_t lines;
        } body;
    } u;
};

struct esi_smtp;

struct esi_smtp *esi_smtp_new(void);
/* Body lines of at most this many bytes (without terminator) need no event of their own. Default 0:
 * every body line gets its own ESI_SMTP_BODY_LINE. */
void esi_smtp_set_short_line(struct esi_smtp *smtp, uint64_t len);
/* Whole header lines of at most this many bytes need no event of their own, nor do fields other
 * than those whose names begin with Content-Type or Content-Disposition, or with what
 * esi_smtp_set_fields names. Default 0: all are told.
 */
void esi_smtp_set_short_header(struct esi_smtp *smtp, uint64_t len);
/* Bits of fields that are told though header lines may be short. Default 0: no more of them. */
enum { ESI_FIELD_TO = 1, ESI_FIELD_TRANSFER_ENCODING = 2 };
void esi_smtp_set_fields(struct esi_smtp *smtp, unsigned fields);
/* Whether MIME structure is followed (HEADER events of depth > 0). Default yes. */
void esi_smtp_set_mime(struct esi_smtp *smtp, bool follow);
/* Lends `bytes` to the tokenizer. Pull until esi_smtp_next is false, then push again (either
 * direction; a push before the last was pulled dry panics). Offsets of a direction are contiguous
 * but for what esi_smtp_gap announces. */
void esi_smtp_push(struct esi_smtp *smtp, enum esi_dir dir, uint64_t offset,
                   struct esi_slice bytes);
/* Makes one ESI_SMTP_GAP event, to be pulled like others. In LINES mode the line in progress is
 * given up, and what follows the gap up to the next LF is told only if it is a command with a known
 * verb, or with four X or more in its place, or a reply with a code; in AUTH mode reading goes on
 * behind that LF. In MESSAGE and CHUNK mode the gap counts as content (the chunk is shorter by it;
 * a message goes on in a line of unknown start). */
void esi_smtp_gap(struct esi_smtp *smtp, enum esi_dir dir, struct esi_span missing);
bool esi_smtp_next(struct esi_smtp *smtp, struct esi_smtp_event *out);
/* May be called between two pulls; takes effect at the next unread byte. An unfinished line's kept
 * beginning is dropped: call it at line ends. chunk_len: for CHUNK. Changing to MESSAGE starts a
 * new message. CHUNK of no bytes is over at once: the mode is LINES, and there is no event. Setting
 * the mode it already has, other than CHUNK and MESSAGE, does nothing. */
void esi_smtp_set_mode(struct esi_smtp *smtp, enum esi_dir dir, enum esi_mode mode,
                       uint64_t chunk_len);
enum esi_mode esi_smtp_mode(const struct esi_smtp *smtp, enum esi_dir dir);
/* Where the line in progress in that direction starts; where the next byte is due if none is. */
uint64_t esi_smtp_line_start(const struct esi_smtp *smtp, enum esi_dir dir);
/* No event to come, of the modes as they are, has a span that starts before this offset. */
uint64_t esi_smtp_low_water(const struct esi_smtp *smtp, enum esi_dir dir);
/* Before a push: fetches (esi_fetch) what it will touch; first with step 0, and when that is there,
 * with step 1. */
void esi_smtp_fetch(const struct esi_smtp *smtp, unsigned step);
/* Bytes that it takes now, about. */
size_t esi_smtp_memory(const struct esi_smtp *smtp);
void esi_smtp_free(struct esi_smtp *smtp);

/* How many X, and CR between them, the word begins with: what a firewall writes over a verb. */
size_t esi_smtp_x_run(struct esi_slice word);
/* A command line's text -> verb, word, args. The slices lie in text. Also for a part of a line. */
void esi_smtp_parse_command(struct esi_slice text, struct esi_smtp_event *out);
void esi_smtp_parse_reply(struct esi_slice text, struct esi_smtp_event *out);

/*
 * The value of a parameter of a MIME header field's value (RFC 2045 section 5.1): quoted or not,
 * comments skipped, RFC 2231 continuations joined, its charset and percent encoding taken off.
 * Appended to *out. False: no such parameter.
 */
bool esi_mime_param(struct esi_slice value, const char *name, struct esi_buf *out);

#endif
