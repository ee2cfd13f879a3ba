/*
 * pcap_file.c - the records of a classic pcap file, read by libpcap.
 *
 * libpcap reads a stdio stream with a large buffer and without locks, which is half of its speed.
 * It cuts a record short, without a word, when it is longer than the snap length in the file's
 * header, which happens in the wild. So the header is changed on its way in: it tells no snap
 * length. A stream that changes bytes is one of ours (fopencookie), which stdio reads more slowly
 * than a plain one; so a file whose header can stay is read plainly.
 *
 * Seconds of a classic file are unsigned (the format's draft says so), libpcap takes them for
 * signed: put right here, for the years from 2038 to 2106.
 *
 * Where a record cannot be right, libpcap is read through a tape, on which what it has read already
 * can be looked at once more; it goes on where pcap_record.c makes out records again.
 */
#define _GNU_SOURCE /* fopencookie; u_char and its like, for pcap.h */
#include <inttypes.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "pcap_file_internal.h"

enum {
    BUFFER = 1 << 16, /* a larger one takes room in the cache, and saves nothing any more */
    /* Behind garbage, so much is read ahead at first: more garbage may come, and what was read
     * ahead is read again then. */
    CHUNK_LEAST = 512
};

static enum esi_step next_frame(struct reader *reader, struct esi_frame *out);
static void close_file(struct reader *reader);
static const struct reader_kind kind = {next_frame, pcap_next_run, pcap_peek, close_file};

void
pcap_follow(struct pcap_reader *file)
{
    if (file->tape.offset < file->at)
        tape_skip(&file->tape, (size_t)(file->at - file->tape.offset));
}

static ssize_t
read_tape(struct pcap_reader *file, void *to, size_t len)
{
    pcap_follow(file);
    size_t at = (size_t)(file->served - file->tape.offset);
    size_t there = tape_fill(&file->tape, at + 1);
    size_t got = there > at ? there - at : 0;

    if (got > len)
        got = len;
    if (got > file->chunk)
        got = file->chunk;
    if (file->chunk < BUFFER)
        file->chunk *= 2;
    memcpy(to, tape_bytes(&file->tape) + at, got);
    file->served += got;
    return (ssize_t)got;
}

static ssize_t
read_cookie(void *cookie, char *to, size_t len)
{
    struct pcap_reader *file = cookie;
    size_t left = INPUT_HEAD - file->head_at;

    if (left > 0) {
        if (len < left)
            left = len;
        memcpy(to, file->head.bytes + file->head_at, left);
        file->head_at += left;
        return (ssize_t)left;
    }
    return file->road == ROAD_TAPE ? read_tape(file, to, len)
                                   : (ssize_t)input_read(file->input, to, len);
}

/* open_pcap - a pcap_t for the reader's road. NULL, and why. */
static pcap_t *
open_pcap(struct pcap_reader *file, char text[PCAP_ERRBUF_SIZE])
{
    FILE *stream = file->road == ROAD_PLAIN
                       ? input_plain(file->input)
                       : fopencookie(file, "r", (cookie_io_functions_t){.read = read_cookie});

    if (!stream) {
        snprintf(text, PCAP_ERRBUF_SIZE, "cannot be opened again");
        return NULL;
    }
    file->head_at = 0;
    setvbuf(stream, file->buffer, _IOFBF, BUFFER);
    __fsetlocking(stream, FSETLOCKING_BYCALLER);
    pcap_t *pcap =
        pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, text);
    if (!pcap)
        fclose(stream);
    return pcap;
}

/* take_road - how the bytes behind the header come. */
static void
take_road(struct pcap_reader *file)
{
    file->at = INPUT_HEAD;
    file->served = INPUT_HEAD;
    file->chunk = BUFFER;
    if (!input_seekable(file->input)) {
        file->road = ROAD_TAPE;
        tape_init(&file->tape, file->input, 0);
        tape_drop(&file->tape, INPUT_HEAD);
        return;
    }
    file->road = file->head.changed ? ROAD_DIRECT : ROAD_PLAIN;
    if (file->road == ROAD_DIRECT)
        input_seek(file->input, INPUT_HEAD);
}

/* pcap_change_to_tape - the record that was read last comes once more. */
bool
pcap_change_to_tape(struct pcap_reader *file)
{
    char text[PCAP_ERRBUF_SIZE];

    pcap_close(file->pcap); /* first, since it moves the place in the file */
    file->road = ROAD_TAPE;
    input_seek(file->input, file->at);
    tape_init(&file->tape, file->input, file->at);
    file->served = file->at;
    file->pcap = open_pcap(file, text);
    return file->pcap != NULL;
}

/* pcap_go_on_at_tape - libpcap reads on where the tape stands. */
void
pcap_go_on_at_tape(struct pcap_reader *file)
{
    FILE *stream = pcap_file(file->pcap);

    __fpurge(stream);
    clearerr(stream);
    file->at = file->served = file->tape.offset;
    file->chunk = CHUNK_LEAST;
}

/* say_cut - libpcap's words, without what ours say already. */
static void
say_cut(struct pcap_reader *file)
{
    static const char known[] = "truncated dump file; ";
    const char *text = pcap_geterr(file->pcap);

    if (strncmp(text, known, sizeof known - 1) == 0)
        text += sizeof known - 1;
    snprintf(file->reader.trouble, WHY_NOT, "cut off in frame %%: %.200s", text);
}

static void
say_unreadable(struct pcap_reader *file, const char *why, uint64_t from)
{
    file->reader.garbage.tail = file->tape.offset - from;
    snprintf(file->reader.trouble, WHY_NOT,
             "unreadable from frame %% on: %.120s; no record in the %" PRIu64
             " bytes from byte %" PRIu64 " on",
             why, file->reader.garbage.tail, from);
}

/* How sure it is that the file ends in the record at which the tape stands. */
enum cut { CUT_NOT, CUT_PERHAPS, CUT_SURELY };

static enum cut
is_cut_off(struct pcap_reader *file)
{
    size_t record = file->head.record;

    if (tape_fill(&file->tape, record) < record)
        return CUT_SURELY;
    struct pcap_record header = pcap_record_read(&file->head, tape_bytes(&file->tape));
    if (!pcap_record_is_sound(&file->head, &header) ||
        tape_fill(&file->tape, record + header.caplen) >= record + header.caplen)
        return CUT_NOT;
    return pcap_moment_is_near(&file->last, header.seconds) ? CUT_SURELY : CUT_PERHAPS;
}

/* find_way - from a record that is none. False: there is no way, and the reader says why. */
static bool
find_way(struct pcap_reader *file, const char *why)
{
    uint64_t from = file->at;
    enum cut cut = is_cut_off(file);

    if (cut != CUT_SURELY) {
        tape_skip(&file->tape, 1);
        if (pcap_record_search(&file->head, &file->tape, &file->last)) {
            garbage_add(&file->reader.garbage, from, file->tape.offset - from);
            pcap_go_on_at_tape(file);
            return true;
        }
    }
    if (cut == CUT_NOT)
        say_unreadable(file, why, from);
    else
        say_cut(file);
    return false;
}

/* fraction_of - in nanoseconds. A doubtful record's may be anything, more than a second included;
 * libpcap takes it for a signed number of 32 bits, or not, by the file's byte order. */
static int64_t
fraction_of(const struct pcap_reader *file, const struct pcap_pkthdr *header)
{
    int64_t unit = file->head.nanosecond ? 1 : 1000;

    return (uint32_t)(header->ts.tv_usec / unit) * unit;
}

static enum esi_step
take(struct pcap_reader *file, const struct pcap_pkthdr *header, const u_char *bytes,
     struct esi_frame *out)
{
    file->at += file->head.record + header->caplen;
    file->peeked -= file->peeked > 0;
    file->last = (struct pcap_moment){true, (uint32_t)header->ts.tv_sec};
    out->ts = (int64_t)file->last.seconds * PCAP_NANOS + fraction_of(file, header);
    out->wire_len = header->len > header->caplen ? header->len : header->caplen;
    out->linktype = file->reader.linktype;
    out->fcs_len = file->head.fcs_len;
    out->bytes = (struct esi_slice){bytes, header->caplen};
    out->block = (struct esi_slice){0};
    out->big_endian = false;
    return ESI_STEP_ITEM;
}

/* is_sound - whether libpcap's word is taken; its fractions are nanoseconds. */
static bool
is_sound(const struct pcap_reader *file, const struct pcap_pkthdr *header)
{
    return header->caplen <= header->len && header->len > 0 &&
           (uint64_t)header->ts.tv_usec < PCAP_NANOS &&
           pcap_moment_is_near(&file->last, (uint32_t)header->ts.tv_sec);
}

static enum esi_step
next_frame(struct reader *reader, struct esi_frame *out)
{
    struct pcap_reader *file = (struct pcap_reader *)reader;
    struct pcap_pkthdr *header;
    const u_char *bytes;

    while (file->pcap) {
        int got = pcap_next_ex(file->pcap, &header, &bytes);
        if (got == 1 && is_sound(file, header))
            return take(file, header, bytes, out);
        if (got == PCAP_ERROR_BREAK)
            return ESI_STEP_END;
        if (file->road != ROAD_TAPE) {
            if (!pcap_change_to_tape(file))
                break;
            continue;
        }
        pcap_follow(file);
        if (got == 1 && pcap_record_is_borne_out(&file->head, &file->tape))
            return take(file, header, bytes, out);
        if (!find_way(file, got == 1 ? "a header that is none" : pcap_geterr(file->pcap)))
            return ESI_STEP_FAILED;
    }
    snprintf(reader->trouble, WHY_NOT, "unreadable from frame %% on");
    return ESI_STEP_FAILED;
}

static void
close_file(struct reader *reader)
{
    struct pcap_reader *file = (struct pcap_reader *)reader;

    if (file->pcap)
        pcap_close(file->pcap); /* and the stream */
    tape_free(&file->tape);
    free(file->buffer);
    free(file);
}

struct reader *
pcap_file_open(struct input *input, struct watch *watch, char why[WHY_NOT])
{
    char text[PCAP_ERRBUF_SIZE];
    struct pcap_reader *file = esi_alloc(sizeof *file);

    (void)watch; /* there are no blocks */
    file->reader.kind = &kind;
    file->input = input;
    if (!pcap_head_read(&file->head, input_head(input))) {
        free(file);
        snprintf(why, WHY_NOT, "cut off in the file's header");
        return NULL;
    }
    file->buffer = esi_alloc_pages(BUFFER);
    take_road(file);
    file->pcap = open_pcap(file, text);
    if (!file->pcap) {
        close_file(&file->reader);
        snprintf(why, WHY_NOT, "unreadable header: %.200s", text);
        return NULL;
    }
    file->reader.linktype = pcap_datalink(file->pcap);
    file->reader.snaplen = file->head.snaplen;
    file->reader.nanosecond = file->head.nanosecond;
    return &file->reader;
}
