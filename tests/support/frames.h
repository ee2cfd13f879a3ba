/*
 * frames.h - TCP segments as frames, and capture files of them, made by hand.
 *
 * Shares no code with what it is to test: headers and checksums are built the plain way. The
 * layers around a segment are a list, from the outside in; a segment can be cut into IP fragments,
 * a frame each.
 */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include <stdio.h>

#include "esi/net.h"

enum frame_link { FRAME_ETHERNET, FRAME_VLAN, FRAME_QINQ, FRAME_COOKED, FRAME_RAW, FRAME_LINKS };
enum frame_ip { FRAME_IPV4, FRAME_IPV6, FRAME_IPV6_ROUTED, FRAME_IPS };
enum { FRAME_MOST = 72000, FRAME_CLIENT_PORT = 40000, FRAME_LAYERS_MOST = 8 };

/* What may stand around a segment's IP packet. The first of a list is the link layer. */
enum frame_layer {
    LAYER_END,
    LAYER_ETHERNET, /* behind VXLAN, ERSPAN and GRE, too */
    LAYER_COOKED,   /* Linux' SLL */
    LAYER_COOKED_2, /* SLL2 */
    LAYER_RAW,
    LAYER_NULL,        /* BSD loopback: the family in little-endian order */
    LAYER_NULL_BIG,    /* in big-endian order */
    LAYER_LOOP,        /* OpenBSD's, big-endian */
    LAYER_LOOP_LITTLE, /* not as it should be */
    LAYER_PPP,
    LAYER_HDLC, /* Cisco's */
    LAYER_VLAN,
    LAYER_SERVICE_VLAN, /* the outer tag of QinQ */
    LAYER_MPLS,         /* two labels */
    LAYER_PPPOE,
    LAYER_SNAP, /* LLC and SNAP; up to 1,500 bytes */
    LAYER_IPV4, /* a tunnel's: IP-in-IP, 6in4, or of what follows */
    LAYER_IPV6,
    LAYER_GRE,
    LAYER_GRE_KEYED, /* with key and sequence number */
    LAYER_VXLAN,
    LAYER_ERSPAN, /* type II */
    LAYER_COUNT
};

enum frame_sum { /* of TCP */
                 FRAME_SUM_RIGHT,
                 FRAME_SUM_ZERO,       /* left to the network card, */
                 FRAME_SUM_PSEUDO,     /* with the sum over the pseudo-header */
                 FRAME_SUM_PSEUDO_BARE /* without its length */
};

/* A segment between 192.0.2.1 / 2001:db8::1 and 192.0.2.2 / 2001:db8::2, port 25. ROUTED: the
 * client's by way of 2001:db8::9 still to come, so that the checksum is made over another
 * destination than the IP header's. */
struct frame_spec {
    enum frame_link link;
    const enum frame_layer *layers; /* instead of `link`, up to LAYER_END; NULL: none */
    enum frame_ip ip;
    bool extended;  /* IPv4: with options; IPv6: with hop-by-hop and destination options */
    bool offloaded; /* IPv4: total length 0 */
    bool padded;    /* to Ethernet's 60 bytes at least, and with a frame check sequence */
    bool to_client;
    uint16_t ip_id;       /* 0: 0x1234 */
    uint16_t client_port; /* 0: FRAME_CLIENT_PORT */
    uint32_t seq, ack;
    uint8_t flags;
    uint8_t options; /* bytes of TCP options, a multiple of four */
    bool zero_window;
    struct esi_slice payload;
    bool bad_checksum;
    enum frame_sum sum;
};
/* Returns the frame's length on the wire. */
size_t frame_build(uint8_t out[FRAME_MOST], const struct frame_spec *spec);
int frame_linktype(enum frame_link link); /* as in a file */
int frame_layer_linktype(enum frame_layer layer);

/* Part of what IP carries for a segment; at: a multiple of eight, and so is all but the last len.
 */
struct frame_piece {
    uint32_t at, len;
};
/* What the pieces of a segment cover together: the bytes behind the IP header and what may not be
 * in a fragment. */
uint32_t frame_pieces_len(const struct frame_spec *spec);
/* A fragment of the segment; pieces of one segment may come in any order, and overlap. */
size_t frame_build_piece(uint8_t out[FRAME_MOST], const struct frame_spec *spec,
                         struct frame_piece piece);

/* A classic pcap file. Fails by abort. */
struct frame_file {
    FILE *file;
    bool nanosecond;
    bool swapped;   /* not in the machine's byte order */
    esi_nanos step; /* from frame to frame */
    esi_nanos now;
};
void frame_file_open(struct frame_file *out, const char *path, int linktype, uint32_t snaplen,
                     bool nanosecond);
void frame_file_open_swapped(struct frame_file *out, const char *path, int linktype,
                             uint32_t snaplen, bool nanosecond);
/* captured: at most that many bytes of it; 0: all. */
void frame_file_add(struct frame_file *file, const uint8_t *frame, size_t wire_len,
                    size_t captured);
void frame_file_close(struct frame_file *file);

/* A pcapng file: sections one behind the other, each with its interfaces. Fails by abort. */
enum { NG_INTERFACES_MOST = 8 };
struct frame_ng {
    FILE *file;
    bool swapped;
    unsigned interfaces; /* of this section */
    uint8_t resolution[NG_INTERFACES_MOST];
    esi_nanos step, now;
};
void frame_ng_open(struct frame_ng *out, const char *path);
/* All that follows is written in that byte order, until the next section. */
void frame_ng_section(struct frame_ng *ng, bool swapped);
/* resolution: if_tsresol, 6 and 0 microseconds, 0x80 + n a second's 2^n-th. Returns its number. */
unsigned frame_ng_interface(struct frame_ng *ng, int linktype, uint8_t resolution);
/* captured: as with frame_file_add. */
void frame_ng_add(struct frame_ng *ng, unsigned interface, const uint8_t *frame, size_t wire_len,
                  size_t captured);
void frame_ng_add_simple(struct frame_ng *ng, const uint8_t *frame, size_t wire_len);
/* A block of a type that nobody knows. */
void frame_ng_unknown(struct frame_ng *ng, struct esi_slice bytes);
void frame_ng_close(struct frame_ng *ng);

/* A folder of its own for a test's files, emptied and removed by temp_folder_free. */
char *temp_folder_new(void);
/* Static storage, eight of them in turn. */
const char *temp_path(const char *folder, const char *name);
void temp_folder_free(char *folder);
/* A whole file, or nothing if there is none. To be freed by esi_buf_free. */
struct esi_buf read_whole_file(const char *path);
void write_whole_file(const char *path, struct esi_slice bytes); /* fails by abort */

#endif
