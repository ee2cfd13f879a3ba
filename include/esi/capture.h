/*
 * capture.h - frames out of capture files: several files as one timeline.
 *
 * Files are put in the order of their first frame and read one after the other. Trouble with one
 * file (it cannot be opened, it is damaged or cut off) never stops the others: what could be read
 * is handed out, and the file's esi_capture_file says what happened. Behind garbage in a file's
 * middle reading goes on where records can be made out again.
 *
 * Source of the formats: draft-ietf-opsawg-pcap, read by libpcap; draft-ietf-opsawg-pcapng.
 */
#ifndef ESI_CAPTURE_H
#define ESI_CAPTURE_H

#include "esi/digest.h"
#include "esi/net.h"

struct esi_frame {
    uint64_t number; /* 1.. over all files, frames that the filter holds back included */
    uint32_t file;   /* index for esi_capture_file */
    int linktype;    /* DLT_* as libpcap numbers them */
    esi_nanos ts;
    uint32_t wire_len;      /* bytes.len < wire_len: cut by the snap length */
    uint8_t fcs_len;        /* of wire_len, the last bytes: a frame check sequence, if known */
    struct esi_slice bytes; /* borrowed until the next esi_capture_next */
    /* Of a frame in a pcapng file: the whole block it came in, `bytes` in it, and its byte order;
     * else empty. Borrowed likewise. */
    struct esi_slice block;
    bool big_endian;
};

/* Kinds of blocks of a pcapng file: draft-ietf-opsawg-pcapng section 10.1. */
enum esi_pcapng_type {
    ESI_PCAPNG_INTERFACE = 1,
    ESI_PCAPNG_PACKET = 2, /* obsolete */
    ESI_PCAPNG_SIMPLE_PACKET = 3,
    ESI_PCAPNG_ENHANCED_PACKET = 6,
    ESI_PCAPNG_CUSTOM_NOT_COPIED = 0x40000bad,
    ESI_PCAPNG_SECTION = 0x0a0d0d0a /* reads the same in both byte orders */
};

/*
 * A block of a pcapng file that is no frame's (draft-ietf-opsawg-pcapng section 4), for whoever
 * copies the file. One too large to be held at once comes in parts, one after the other.
 */
struct esi_pcapng_block {
    uint32_t file; /* index for esi_capture_file */
    uint32_t type; /* enum esi_pcapng_type, or another kind's */
    bool big_endian;
    uint64_t length;        /* of all of the block, its two lengths included */
    uint64_t at;            /* of `bytes` in it */
    struct esi_slice bytes; /* borrowed during the call */
};

enum { ESI_LINKTYPES_MOST = 8 };

/* What is known of one file so far; complete once esi_capture_next has answered END. */
struct esi_capture_file {
    const char *name;      /* as given; "-" is standard input */
    uint64_t before;       /* frames of the files before it: frame.number - before is Wireshark's */
    uint64_t frames;       /* read */
    uint64_t filtered_out; /* of those, held back by the filter */
    esi_nanos first_ts, last_ts; /* 0 while frames is 0 */
    int linktype;                /* DLT_* of its first interface, -1 if it could not be opened */
    int linktypes[ESI_LINKTYPES_MOST]; /* of the frames read, in order of appearance; of more than
                                        */
    size_t linktype_count;             /* that many, the first */
    const char *compression;           /* "gzip", "zstd", ...; NULL: none */
    uint32_t snaplen;       /* as the file's header says, the largest of its interfaces */
    uint32_t longest;       /* frame read, in bytes captured: files break their own snap length */
    bool nanosecond;        /* its time stamps are finer than a microsecond */
    uint64_t garbage_bytes; /* in which no record could be made out, in its middle or to its end */
    uint64_t garbage_places;
    /* A pcapng file with what is right only while nothing of it changes: lengths of sections,
     * custom blocks that are not to be copied. */
    bool fragile;
    bool complete;     /* read to its regular end, and nothing left aside */
    char why_not[256]; /* if not complete: what is wrong, without the file's name */
};

/* Frames of a classic file one behind the other, as their records lie there: in this machine's byte
 * order, and as libpcap would write them again. */
struct esi_run {
    uint64_t count;
    struct esi_slice records; /* borrowed until the next frame or run */
};

struct esi_capture;

/*
 * filter: a BPF expression (pcap-filter(7)) or NULL; frames it does not let through are counted
 * and numbered, never handed out. NULL only for a filter that is wrong. A path is borrowed for the
 * capture's life. rereadable: the capture will be rewound, so standard input is spooled to an
 * unlinked temporary file.
 */
struct esi_capture *esi_capture_open(const char *const *paths, size_t count, const char *filter,
                                     bool rereadable, struct esi_error *err);
/* ITEM or END, never FAILED: see esi_capture_file.why_not. */
enum esi_step esi_capture_next(struct esi_capture *capture, struct esi_frame *out);
/* The bytes of a frame that comes later: of the first that was not asked for before, at most
 * ESI_PEEK_MOST ahead. Borrowed until the next esi_capture_next, which may still hand out others.
 * False: none is at hand. */
enum { ESI_PEEK_MOST = 32 };
bool esi_capture_peek(struct esi_capture *capture, struct esi_slice *bytes);
/* Instead of esi_capture_next, for whoever only copies them: some of the next frames, as many as
 * are at hand; they have been read then. None is numbered `before` or higher; their times are in
 * nanoseconds, if that is wanted, or else in microseconds. False: there are none to be had so, but
 * perhaps by esi_capture_next. */
bool esi_capture_run(struct esi_capture *capture, uint64_t before, bool nanosecond,
                     struct esi_run *out);
/* Has every block that is no frame's told, in its place between the frames, by esi_capture_next:
 * from the next esi_capture_rewind on. What is damaged is not told. NULL: no more. */
void esi_capture_watch(struct esi_capture *capture,
                       void (*block)(void *ctx, const struct esi_pcapng_block *block), void *ctx);
/* From the first frame again, in the same order with the same numbers. */
bool esi_capture_rewind(struct esi_capture *capture, struct esi_error *err);
size_t esi_capture_file_count(const struct esi_capture *capture);
/* Calls fn every few thousand frames read, whether the filter lets them through or not, in each
 * reading. NULL: no more. */
void esi_capture_pace(struct esi_capture *capture, void (*fn)(void *ctx), void *ctx);
/* How far the reading is, in bytes of the files as they lie there, compressed or not. */
struct esi_capture_progress {
    uint64_t read, total;
    bool total_known; /* not of what comes out of a pipe */
};
struct esi_capture_progress esi_capture_progress(const struct esi_capture *capture);
/* In the order they are read. Valid until close; the contents grow with esi_capture_next. */
const struct esi_capture_file *esi_capture_file(const struct esi_capture *capture, size_t index);
/* Of that file as it lies there, compressed or not: one more reading of it. False: it cannot be
 * read (or only once: see `rereadable`). */
bool esi_capture_sha256(const struct esi_capture *capture, size_t index, char out[ESI_SHA256_TEXT],
                        struct esi_error *err);
void esi_capture_close(struct esi_capture *capture);

/* "gzip, zstd, ...": what captures may be compressed with. */
const char *esi_capture_compressions(void);

/* "libpcap version 1.10.3 (...)": what reads the captures, as linked. */
const char *esi_capture_library(void);

/* "EN10MB", "LINUX_SLL2", ...: libpcap's name of a DLT_*, or a number in text, in storage that the
 * eighth call behind this one uses again. */
const char *esi_linktype_name(int linktype);

#endif
