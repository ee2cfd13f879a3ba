/*
 * count_nids.c - the yardstick: a plain libnids program that counts the bytes of both directions.
 *
 *     bench_count_nids FILE [STREAMS]
 *
 * It is written as libnids' own samples are, and is not to be made faster. Only what would make
 * the comparison unfair or the count wrong is set: no checksums, no scan detection (which can
 * read and write out of bounds), a quiet log, and room for STREAMS streams (default 262,144) so
 * that none is thrown out: libnids keeps three quarters of them.
 */
#include <inttypes.h>
#include <nids.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { STREAMS = 262144 };

static uint64_t sessions;
static uint64_t bytes;

static void
count(struct tcp_stream *stream, void **user)
{
    (void)user;
    if (stream->nids_state == NIDS_JUST_EST) {
        stream->client.collect = 1;
        stream->server.collect = 1;
        sessions++;
    } else if (stream->nids_state == NIDS_DATA) {
        bytes += (uint64_t)stream->client.count_new + (uint64_t)stream->server.count_new;
    }
}

static void
quiet(int type, int number, struct ip *header, void *data)
{
    (void)type;
    (void)number;
    (void)header;
    (void)data;
}

int
main(int argc, char **argv)
{
    static struct nids_chksum_ctl no_checksums = {0, 0, NIDS_DONT_CHKSUM, 0};
    /* nids.h takes the function as a void pointer, to which ISO C knows no conversion. */
    union {
        void (*function)(struct tcp_stream *, void **);
        void *pointer;
    } listener = {count};

    if (argc < 2 || argc > 3) {
        fputs("usage: bench_count_nids FILE [STREAMS]\n", stderr);
        return 2;
    }
    nids_params.filename = argv[1];
    nids_params.n_tcp_streams = argc == 3 ? atoi(argv[2]) : STREAMS;
    nids_params.scan_num_hosts = 0;
    nids_params.syslog = quiet;
    if (!nids_init()) {
        fprintf(stderr, "bench_count_nids: %s\n", nids_errbuf);
        return 2;
    }
    nids_register_chksum_ctl(&no_checksums, 1);
    nids_register_tcp(listener.pointer);
    nids_run();
    printf("%" PRIu64 " sessions, %" PRIu64 " bytes\n", sessions, bytes);
    return 0;
}
