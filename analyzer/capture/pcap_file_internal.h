/* pcap_file_internal.h - a classic pcap file that is being read, between the parts of its reader.
 */
#ifndef ESI_PCAP_FILE_INTERNAL_H
#define ESI_PCAP_FILE_INTERNAL_H

#include <pcap/pcap.h>

#include "pcap_record_internal.h"

enum { PCAP_NANOS = 1000000000 };

struct pcap_reader {
    struct reader reader;
    struct input *input;
    struct pcap_head head;
    pcap_t *pcap;
    char *buffer;
    size_t head_at; /* so much of the header was handed to libpcap, */
    enum road {
        ROAD_PLAIN,  /* or all of the file, by no function of ours */
        ROAD_DIRECT, /* the input's bytes behind it */
        ROAD_TAPE    /* the tape's */
    } road;
    struct tape tape; /* stands at the record read last, or the next one */
    uint64_t served;  /* of the tape, up to this offset */
    size_t chunk;     /* at once */
    uint64_t at;      /* where the next record begins */
    struct pcap_moment last;
    uint64_t peek_at; /* where the first one begins that was not peeked at, */
    size_t peeked;    /* so many behind the next */
};

/* The tape stands where the next record begins. */
void pcap_follow(struct pcap_reader *file);
/* From here on libpcap reads the tape. False: it does not even read the header so. */
bool pcap_change_to_tape(struct pcap_reader *file);
void pcap_go_on_at_tape(struct pcap_reader *file);

/* pcap_run.c: as struct reader_kind has them. */
bool pcap_next_run(struct reader *reader, uint64_t most, bool nanosecond, struct run *out);
bool pcap_peek(struct reader *reader, struct esi_slice *bytes);

#endif
