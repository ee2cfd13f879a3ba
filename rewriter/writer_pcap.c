/*
 * writer_pcap.c - frames into a classic pcap file, written by libpcap on a stream of ours.
 *
 * Source: draft-ietf-opsawg-pcap.
 */
#define _DEFAULT_SOURCE /* u_char and its like, for pcap.h */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "rewrite_internal.h"

enum { BUFFER = 1 << 17, NANOS = 1000000000 };

struct writer {
    struct esi_output output;
    pcap_t *pcap;
    pcap_dumper_t *dumper; /* owns output.file */
    char *name;
    bool nanosecond;
    bool failed;
    char *buffer;
};

/* start - writes the file's header, all of which fits the buffer: only the link type can be wrong.
 */
static bool
start(struct writer *writer, const struct writer_config *config, bool *usage, struct esi_error *err)
{
    u_int precision = config->nanosecond ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO;

    writer->pcap =
        pcap_open_dead_with_tstamp_precision(config->linktype, (int)config->snaplen, precision);
    if (!writer->pcap)
        esi_panic("writer: no pcap_t");
    setvbuf(writer->output.file, writer->buffer, _IOFBF, BUFFER);
    __fsetlocking(writer->output.file, FSETLOCKING_BYCALLER); /* one thread */
    writer->dumper = pcap_dump_fopen(writer->pcap, writer->output.file);
    *usage = !writer->dumper;
    return writer->dumper ||
           esi_error_set(err,
                         "%s: not written: frames of link type %d, as the input's are, cannot "
                         "be put in a pcap file",
                         writer->name, config->linktype);
}

struct writer *
writer_open(const struct writer_config *config, bool *usage, struct esi_error *err)
{
    struct writer *writer = esi_alloc(sizeof *writer);

    writer->name = esi_strdup(strcmp(config->path, "-") == 0 ? "standard output" : config->path);
    writer->nanosecond = config->nanosecond;
    writer->buffer = esi_alloc_pages(BUFFER);
    if (esi_output_open(&writer->output, config->path, err) && start(writer, config, usage, err))
        return writer;
    writer_close(writer, false, err);
    return NULL;
}

/* fail - errno is the last write's. */
static bool
fail(struct writer *writer, struct esi_error *err)
{
    if (!writer->failed)
        esi_error_set(err, "%s: cannot be written: %s", writer->name, strerror(errno));
    writer->failed = true;
    return false;
}

bool
writer_put(struct writer *writer, const struct esi_frame *frame, const uint8_t *bytes,
           struct esi_error *err)
{
    esi_nanos seconds = frame->ts / NANOS, fraction = frame->ts % NANOS;

    if (fraction < 0) {
        fraction += NANOS;
        seconds--;
    }
    struct pcap_pkthdr header = {
        .ts = {.tv_sec = seconds, .tv_usec = writer->nanosecond ? fraction : fraction / 1000},
        .caplen = (bpf_u_int32)frame->bytes.len,
        .len = frame->wire_len,
    };
    pcap_dump((u_char *)writer->dumper, &header, bytes);
    return !ferror_unlocked(writer->output.file) || fail(writer, err);
}

/* finish - pcap_dump_close does not say whether the last bytes could be written. */
static bool
finish(struct writer *writer, struct esi_error *err)
{
    if (fflush(writer->output.file) == 0 && !ferror(writer->output.file))
        return true;
    return fail(writer, err);
}

bool
writer_close(struct writer *writer, bool keep, struct esi_error *err)
{
    bool whole = keep && finish(writer, err);

    if (writer->dumper)
        pcap_dump_close(writer->dumper);
    else if (writer->output.file)
        fclose(writer->output.file);
    if (writer->pcap)
        pcap_close(writer->pcap);
    bool kept = whole && esi_output_keep(&writer->output, err);
    esi_output_drop(&writer->output);
    free(writer->name);
    free(writer->buffer);
    free(writer);
    return kept;
}
