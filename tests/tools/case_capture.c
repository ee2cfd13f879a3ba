/*
 * case_capture.c - the conversation of a case file as a capture, for what reads captures.
 *
 *     case_capture CASE OUT.pcap [TIMES]
 *
 * TIMES: so often, one session behind the other. What the capture of the case lacks is left out;
 * FIN and RST are frames of their own; at its end both sides send a FIN.
 */
#include <stdlib.h>

#include "support/cases.h"
#include "support/frames.h"

enum { FIN = 1, SYN = 2, RST = 4, PUSH = 8, ACK = 16, SEQUENCE = 1000, PORTS = 20000 };

struct talk {
    struct frame_file file;
    uint16_t port;
    uint32_t next[2]; /* by esi_dir: the sequence number of what it says next */
};

static void
say(struct talk *talk, enum esi_dir dir, uint8_t flags, struct esi_slice payload)
{
    static uint8_t frame[FRAME_MOST];
    struct frame_spec spec = {
        .to_client = dir == ESI_TO_CLIENT,
        .client_port = talk->port,
        .seq = talk->next[dir],
        .ack = flags & ACK ? talk->next[esi_dir_other(dir)] : 0,
        .flags = flags,
        .payload = payload,
    };
    size_t len = frame_build(frame, &spec);

    frame_file_add(&talk->file, frame, len, len);
    talk->next[dir] += (uint32_t)payload.len + (flags & (SYN | FIN) ? 1 : 0);
}

static void
say_step(struct talk *talk, const struct talk_step *step)
{
    switch (step->kind) {
    case TALK_BYTES:
        say(talk, step->dir, PUSH | ACK, esi_buf_slice(&step->bytes));
        break;
    case TALK_HOLE:
        talk->next[step->dir] += (uint32_t)step->hole;
        break;
    case TALK_FIN:
        say(talk, step->dir, FIN | ACK, (struct esi_slice){0});
        break;
    case TALK_RST:
        say(talk, step->dir, RST | ACK, (struct esi_slice){0});
        break;
    }
}

static void
say_all(struct talk *talk, const struct test_case *test, uint16_t port)
{
    talk->port = port;
    talk->next[0] = talk->next[1] = SEQUENCE;
    say(talk, ESI_TO_SERVER, SYN, (struct esi_slice){0});
    say(talk, ESI_TO_CLIENT, SYN | ACK, (struct esi_slice){0});
    say(talk, ESI_TO_SERVER, ACK, (struct esi_slice){0});
    for (size_t i = 0; i < test->count; i++)
        say_step(talk, &test->steps[i]);
    say(talk, ESI_TO_SERVER, FIN | ACK, (struct esi_slice){0});
    say(talk, ESI_TO_CLIENT, FIN | ACK, (struct esi_slice){0});
}

int
main(int argc, char **argv)
{
    struct test_case test = {0};
    struct talk talk = {0};
    struct esi_error err;
    long times = argc == 4 ? strtol(argv[3], NULL, 10) : 1;

    if (argc < 3 || times < 1 || times > PORTS) {
        fprintf(stderr, "usage: case_capture CASE OUT.pcap [TIMES]\n");
        return 2;
    }
    if (!case_read(&test, argv[1], &err)) {
        fprintf(stderr, "case_capture: %s\n", err.text);
        return 2;
    }
    frame_file_open(&talk.file, argv[2], frame_linktype(FRAME_ETHERNET), FRAME_MOST, false);
    for (long i = 0; i < times; i++)
        say_all(&talk, &test, (uint16_t)(FRAME_CLIENT_PORT + i % PORTS));
    frame_file_close(&talk.file);
    case_free(&test);
    return 0;
}
