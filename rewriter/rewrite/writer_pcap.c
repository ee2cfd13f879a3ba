/*
 * writer_pcap.c - frames into a classic pcap file, written by libpcap on a stream of ours.
 *
 * Source: draft-ietf-opsawg-pcap.
 */
#define _GNU_SOURCE /* fmemopen, fwrite_unlocked; u_char and its like, for pcap.h */
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "writer_internal.h"

enum { NANOS = 1000000000 };

struct pcap_writer {
    struct writer writer;
    pcap_t *pcap;
    pcap_dumper_t *dumper; /* owns writer.output.file */
    bool nanosecond;
    uint64_t *comments_lost;
};

/* start - writes the file's header, all of which fits the buffer: only the link type can be wrong.
 */
static bool
start(struct writer *writer, const struct writer_config *config, bool *usage, struct esi_error *err)
{
    struct pcap_writer *file = (struct pcap_writer *)writer;
    u_int precision = config->nanosecond ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO;

    file->nanosecond = config->nanosecond;
    file->comments_lost = config->comments_lost;
    file->pcap =
        pcap_open_dead_with_tstamp_precision(config->linktype, (int)config->snaplen, precision);
    if (!file->pcap)
        esi_panic("writer: no pcap_t");
    file->dumper = pcap_dump_fopen(file->pcap, writer->output.file);
    *usage = !file->dumper;
    return file->dumper ||
           esi_error_set(err,
                         "%s: not written: frames of link type %d, as the input's are, cannot "
                         "be put in a pcap file",
                         writer->name, config->linktype);
}

static void
put(struct writer *writer, const struct esi_frame *frame, const uint8_t *bytes,
    struct esi_slice comment)
{
    struct pcap_writer *file = (struct pcap_writer *)writer;
    esi_nanos seconds = frame->ts / NANOS, fraction = frame->ts % NANOS;

    *file->comments_lost += comment.len > 0;
    if (fraction < 0) {
        fraction += NANOS;
        seconds--;
    }
    struct pcap_pkthdr header = {
        .ts = {.tv_sec = seconds, .tv_usec = file->nanosecond ? fraction : fraction / 1000},
        .caplen = (bpf_u_int32)frame->bytes.len,
        .len = frame->wire_len,
    };
    pcap_dump((u_char *)file->dumper, &header, bytes);
}

/* put_run - to the stream that libpcap writes to. */
static void
put_run(struct writer *writer, const struct esi_run *run)
{
    fwrite_unlocked(run->records.ptr, 1, run->records.len, writer->output.file);
}

static void
close_file(struct writer *writer)
{
    struct pcap_writer *file = (struct pcap_writer *)writer;

    if (file->dumper)
        pcap_dump_close(file->dumper);
    else if (writer->output.file)
        fclose(writer->output.file);
    if (file->pcap)
        pcap_close(file->pcap);
}

const struct writer_kind writer_pcap = {
    .size = sizeof(struct pcap_writer),
    .start = start,
    .put = put,
    .put_run = put_run,
    .close = close_file,
};

/* libpcap tells the number only in a file's header: so it writes one. */
int
writer_linktype(int linktype)
{
    struct pcap_file_header header = {0};
    pcap_t *pcap = pcap_open_dead(linktype, 0);
    FILE *stream = fmemopen(&header, sizeof header, "wb");

    if (!pcap || !stream)
        esi_panic("writer_linktype: %d", linktype);
    pcap_dumper_t *dumper = pcap_dump_fopen(pcap, stream);
    if (dumper)
        pcap_dump_close(dumper);
    else
        fclose(stream);
    pcap_close(pcap);
    return dumper ? (int)header.linktype : -1;
}
