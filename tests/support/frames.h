/*
 * frames.h - TCP segments as frames, and capture files of them, made by hand.
 *
 * Shares no code with what it is to test: headers and checksums are built the plain way.
 */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include <stdio.h>

#include "esi/net.h"

enum frame_link { FRAME_ETHERNET, FRAME_VLAN, FRAME_QINQ, FRAME_COOKED, FRAME_RAW, FRAME_LINKS };
enum frame_ip { FRAME_IPV4, FRAME_IPV6, FRAME_IPV6_ROUTED, FRAME_IPS };
enum { FRAME_MOST = 70000, FRAME_CLIENT_PORT = 40000 };

/* A segment between 192.0.2.1 / 2001:db8::1 and 192.0.2.2 / 2001:db8::2, port 25. ROUTED: the
 * client's by way of 2001:db8::9 still to come, so that the checksum is made over another
 * destination than the IP header's. */
struct frame_spec {
    enum frame_link link;
    enum frame_ip ip;
    bool to_client;
    uint16_t client_port; /* 0: FRAME_CLIENT_PORT */
    uint32_t seq, ack;
    uint8_t flags;
    uint8_t options; /* bytes of TCP options, a multiple of four */
    struct esi_slice payload;
    bool bad_checksum;
};
/* Returns the frame's length on the wire. */
size_t frame_build(uint8_t out[FRAME_MOST], const struct frame_spec *spec);
int frame_linktype(enum frame_link link); /* as in a file */

/* A classic pcap file in the machine's byte order. Fails by abort. */
struct frame_file {
    FILE *file;
    bool nanosecond;
    esi_nanos step; /* from frame to frame */
    esi_nanos now;
};
void frame_file_open(struct frame_file *out, const char *path, int linktype, uint32_t snaplen,
                     bool nanosecond);
/* captured: at most that many bytes of it; 0: all. */
void frame_file_add(struct frame_file *file, const uint8_t *frame, size_t wire_len,
                    size_t captured);
void frame_file_close(struct frame_file *file);

/* A folder of its own for a test's files, emptied and removed by temp_folder_free. */
char *temp_folder_new(void);
/* Static storage, eight of them in turn. */
const char *temp_path(const char *folder, const char *name);
void temp_folder_free(char *folder);
/* A whole file, or nothing if there is none. To be freed by esi_buf_free. */
struct esi_buf read_whole_file(const char *path);

#endif
