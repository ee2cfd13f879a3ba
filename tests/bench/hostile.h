/* hostile.h - frames of conversations, one behind the other into a file; and families of them. */
#ifndef BENCH_HOSTILE_H
#define BENCH_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcap_out.h"

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

enum {
    ETHER_LEN = 14,
    IP_LEN = 20,
    TCP_LEN = 20,
    SEGMENT = 1448,
    FRAME_BARE = RECORD_LEN + ETHER_LEN + IP_LEN + TCP_LEN,
    GAP = 10 /* microseconds between two frames */
};

/* The one that is written. */
struct capture {
    struct pcap_out out;
    uint64_t clock, gap; /* microseconds: so far, and between two frames */
    uint64_t frames, most;
    uint32_t flows; /* that a table of flows has room for, where that matters */
};
extern struct capture capture;

/* A conversation, and how far each side is. */
struct talk {
    uint32_t client, server;
    uint16_t port;
    uint32_t next[2]; /* sequence numbers: the client's, the server's */
};

void capture_open(const char *path, uint64_t most);
static inline bool
capture_is_full(void)
{
    return capture.out.bytes >= capture.most;
}

/* A frame with `len` bytes behind the IP header. where: its fragment field. */
void emit_ip(uint32_t from, uint32_t to, uint16_t id, uint16_t where, const uint8_t *bytes,
             size_t len);
/* A segment with its text; gives its length. */
size_t put_tcp(uint8_t *tcp, const struct talk *talk, bool by_server, uint8_t flags, uint32_t seq,
               const char *text, size_t len);
void emit_at(const struct talk *talk, bool by_server, uint8_t flags, uint32_t seq, const char *text,
             size_t len);
/* Where that side is; it goes on. */
void emit(struct talk *talk, bool by_server, uint8_t flags, const char *text, size_t len);
void say(struct talk *talk, bool by_server, const char *text);

/* Always on the same ports; the sequence numbers are another session's. */
void talk_shake_hands(struct talk *talk, uint32_t session);
void talk_open(struct talk *talk, uint32_t session); /* and the greeting */
/* Up to the empty line behind a message's headers. */
void talk_to_data(struct talk *talk);
/* The bytes of an endless text of lines, from `at` on. */
void fill_text(char *out, uint64_t at, size_t len);

/* Families: each fills the capture, and gives how many sessions are open together at most. */
uint64_t make_reversed(void);
uint64_t make_overlap(void);
uint64_t make_conflict(void);
uint64_t make_fragments(void);
uint64_t make_lone_fragments(void);
uint64_t make_first_byte(void);
uint64_t make_half_open(void);
uint64_t make_reuse(void);
uint64_t make_one_frame(void);
uint64_t make_expiring(void);
struct dialogue_kind;
uint64_t make_dialogue(const struct dialogue_kind *kind);

#endif
