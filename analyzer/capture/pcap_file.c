/*
 * pcap_file.c - the records of a capture file, read by libpcap.
 *
 * libpcap takes one link type a file. Seconds of a classic file are unsigned (the format's draft
 * says so), libpcap takes them for signed: put right here, for the years from 2038 to 2106.
 */
#define _DEFAULT_SOURCE /* u_char and its like, for pcap.h */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_internal.h"

enum { NANOS = 1000000000 };

struct pcap_reader {
    struct reader reader;
    pcap_t *pcap;
    bool classic;
};

/* Time stamps of pcapng have 64 bits of whatever unit: what does not fit is held at the edge. */
static esi_nanos
time_of(const struct pcap_reader *file, const struct pcap_pkthdr *header)
{
    const int64_t most = INT64_MAX / NANOS - 5; /* the fraction of a damaged record may be large */
    int64_t seconds = header->ts.tv_sec;
    int64_t fraction = header->ts.tv_usec; /* nanoseconds, as asked for */

    if (file->classic)
        seconds = (uint32_t)seconds;
    if (seconds > most)
        seconds = most;
    if (seconds < 0)
        seconds = 0;
    return seconds * NANOS + fraction % ((int64_t)4 * NANOS);
}

/* say_why - libpcap's words, without what ours say already. */
static void
say_why(struct pcap_reader *file)
{
    static const char known[] = "truncated dump file; ";
    FILE *stream = pcap_file(file->pcap);
    const char *text = pcap_geterr(file->pcap);
    const char *what = "unreadable from";

    if (!ferror(stream) && feof(stream))
        what = "cut off in";
    if (strncmp(text, known, sizeof known - 1) == 0)
        text += sizeof known - 1;
    snprintf(file->reader.trouble, WHY_NOT, "%s frame %%: %s", what, text);
}

static enum esi_step
next_frame(struct reader *reader, struct esi_frame *out)
{
    struct pcap_reader *file = (struct pcap_reader *)reader;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int got = pcap_next_ex(file->pcap, &header, &bytes);

    if (got == PCAP_ERROR_BREAK)
        return ESI_STEP_END;
    if (got != 1) {
        say_why(file);
        return ESI_STEP_FAILED;
    }
    out->ts = time_of(file, header);
    out->wire_len = header->len > header->caplen ? header->len : header->caplen;
    out->linktype = reader->linktype;
    out->bytes = (struct esi_slice){bytes, header->caplen};
    return ESI_STEP_ITEM;
}

static void
close_file(struct reader *reader)
{
    struct pcap_reader *file = (struct pcap_reader *)reader;

    pcap_close(file->pcap); /* and the stream */
    free(file);
}

static const struct reader_kind kind = {next_frame, close_file};

struct reader *
pcap_file_open(struct input *input, char why[WHY_NOT])
{
    char text[PCAP_ERRBUF_SIZE];
    FILE *stream = input_stream(input);
    pcap_t *pcap =
        pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, text);

    if (!pcap) {
        fclose(stream);
        snprintf(why, WHY_NOT, "unreadable header: %.200s", text);
        return NULL;
    }
    struct pcap_reader *file = esi_alloc(sizeof *file);
    file->reader.kind = &kind;
    file->reader.linktype = pcap_datalink(pcap);
    file->pcap = pcap;
    file->classic = input_format(input) == INPUT_PCAP;
    return &file->reader;
}

const char *
esi_linktype_name(int linktype)
{
    static char numbers[ESI_LINKTYPES_MOST][16];
    static unsigned turn;
    const char *name = pcap_datalink_val_to_name(linktype);

    if (name)
        return name;
    char *number = numbers[turn++ % ESI_LINKTYPES_MOST];
    snprintf(number, sizeof numbers[0], "%d", linktype);
    return number;
}
