/* pcap_record_internal.h - a classic pcap file as it stands: its header, its records' headers. */
#ifndef PCAP_RECORD_INTERNAL_H
#define PCAP_RECORD_INTERNAL_H

#include "capture_internal.h"

struct pcap_head {
    uint8_t bytes[INPUT_HEAD]; /* as libpcap is to see it, without a snap length */
    bool changed;              /* it is not as it stands in the file */
    bool big_endian, nanosecond;
    enum pcap_lengths { LENGTHS_IN_ORDER, LENGTHS_PERHAPS_SWAPPED, LENGTHS_SWAPPED } lengths;
    size_t record; /* length of a record's header */
    uint32_t snaplen;
    uint8_t fcs_len; /* of each frame, in bytes */
};
/* False: no header of this format, or not all of it. */
bool pcap_head_read(struct pcap_head *out, struct esi_slice bytes);

/* As libpcap would write it on this machine, but for the snap length. */
bool pcap_head_is_usual(const struct pcap_head *head);

struct pcap_record {
    uint32_t seconds, fraction, caplen, len;
};
/* at: head->record bytes. */
struct pcap_record pcap_record_read(const struct pcap_head *head, const uint8_t *at);
/* Whether a header can be right in itself. */
bool pcap_record_is_sound(const struct pcap_head *head, const struct pcap_record *record);
/* The time of the last good record. */
struct pcap_moment {
    bool known;
    uint32_t seconds;
};
/* Whether a record may follow that one: a network that is silent for a day is rarely captured. */
bool pcap_moment_is_near(const struct pcap_moment *last, uint32_t seconds);
/* Whether the tape stands at a record that is odd, but that another follows right behind, or the
 * file's end. */
bool pcap_record_is_borne_out(const struct pcap_head *head, struct tape *tape);
/* Moves the tape to the next place where records follow one another. False: there is none, and the
 * tape has ended. */
bool pcap_record_search(const struct pcap_head *head, struct tape *tape,
                        const struct pcap_moment *last);

#endif
