/*
 * capture_bytes.h - capture files made by hand, byte by byte, and what is read from a capture as
 * text.
 */
#ifndef TESTS_CAPTURE_BYTES_H
#define TESTS_CAPTURE_BYTES_H

#include "esi/capture.h"

#include "support/ng.h"

struct classic {
    bool big;
    uint32_t magic; /* 0: microseconds */
    uint16_t minor; /* 0: 4 */
    uint32_t linktype, snaplen;
};
void put_pcap_head(struct esi_buf *out, const struct classic *file);
/* Of `caplen` bytes that say their place. */
void put_pcap_record(struct esi_buf *out, const struct classic *file, uint32_t seconds,
                     uint32_t fraction, uint32_t caplen, uint32_t len);

void write_file(const char *path, struct esi_slice bytes);
/* Standard input becomes a pipe that holds these; they are few. */
void feed_stdin(struct esi_slice bytes);

/* A line a frame, "CAPTURED/LENGTH @SECONDS.NANOS LINKTYPE" and, if there is one, " fcs N"; then,
 * for a file that is not complete, what is wrong with it. The capture is read to its end. */
void tell_capture(struct esi_capture *capture, struct esi_buf *out);
/* The same of one file, twice if it can be rewound: it has to be the same. */
void tell_file(const char *path, bool rewind, struct esi_buf *out);

#endif
