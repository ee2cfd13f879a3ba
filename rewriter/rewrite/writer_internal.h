/* writer_internal.h - what the formats of output share: a stream that becomes a file when it is
 * whole. */
#ifndef WRITER_INTERNAL_H
#define WRITER_INTERNAL_H

#include "rewrite_internal.h"

struct writer {
    const struct writer_kind *kind;
    struct esi_output output; /* its file is NULL where nothing is written */
    char *name;
    char *buffer;
    struct proof *proof; /* the caller's; NULL: none */
    int error;           /* errno of the first write that failed */
};
struct writer_kind {
    size_t size; /* of the writer, of which struct writer is the beginning */
    /* The file is open. False, and *err; *usage as with writer_open. */
    bool (*start)(struct writer *writer, const struct writer_config *config, bool *usage,
                  struct esi_error *err);
    /* What could not be written is found by writer_put and writer_close. */
    void (*put)(struct writer *writer, const struct esi_frame *frame, const uint8_t *bytes,
                struct esi_slice comment);
    /* NULL: it takes none. */
    void (*put_run)(struct writer *writer, const struct esi_run *run);
    void (*block)(struct writer *writer, const struct esi_pcapng_block *block);
    /* False, and *err: what was told does not go together. */
    bool (*finish)(struct writer *writer, struct esi_error *err);
    void (*close)(struct writer *writer); /* its file, too */
};
extern const struct writer_kind writer_pcap, writer_pcapng;

/* The number in files of a link type as libpcap gives it to programs; -1: libpcap has none. */
int writer_linktype(int linktype);

#endif
