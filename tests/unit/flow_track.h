/* flow_track.h - captures made of a few segments, and the walk over them. */
#ifndef TESTS_FLOW_TRACK_H
#define TESTS_FLOW_TRACK_H

#include "esi/flow.h"

#include "support/frames.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, RAW = 101, SECOND = 1000000000 };
enum { UP, DOWN }; /* to the server, to the client */

struct segment {
    int direction;
    uint8_t flags;
    uint32_t seq, ack;
    const char *data;
};

struct track {
    char *folder;
    const char *path;
    struct frame_file file;
    struct esi_ports ports;
    struct esi_capture *capture;
    struct esi_walk *walk;
    struct esi_visit visit;
    esi_flow_id forgotten[4]; /* the last ones */
    uint64_t forgotten_count;
    uint64_t evicted;
    size_t memory; /* for the walk; 0: the default */
    bool rising;   /* they came in order of id */
};

void start_file(struct track *track);
/* client_port 0: any. */
void add(struct track *track, uint16_t client_port, const struct segment *segment);
/* The same, with the payload spoiled behind its checksum. */
void add_corrupt(struct track *track, const struct segment *segment);
void start_walk(struct track *track, const char *ports);
/* The next visit, which must be of a TCP segment. */
const struct esi_visit *next(struct track *track);
void stop(struct track *track);

#endif
