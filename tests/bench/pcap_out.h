/* pcap_out.h - a classic capture file of Ethernet frames, as the generators write it. */
#ifndef BENCH_PCAP_OUT_H
#define BENCH_PCAP_OUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    RECORD_LEN = 16, /* pcap's header of a frame */
    MICROSECONDS = 1000000,
    START_OF_TIME = 1704448800 /* Fri, 5 Jan 2024 10:00:00 UTC */
};

struct pcap_out {
    FILE *file;
    const char *name;
    uint64_t bytes;
};
void pcap_out_open(struct pcap_out *out, const char *path);
/* Fills a frame's record header. clock: microseconds since the start of time. */
void pcap_out_record(uint8_t record[RECORD_LEN], uint64_t clock, uint32_t frame_len);
void pcap_out_bytes(struct pcap_out *out, const void *bytes, size_t len);
void pcap_out_close(struct pcap_out *out);

/* Numbers in the network's order. */
void put16(uint8_t *at, uint32_t value);
void put32(uint8_t *at, uint32_t value);

/* Says what is wrong and leaves. */
_Noreturn void panic(const char *what, const char *which);

#endif
