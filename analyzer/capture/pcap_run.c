/*
 * pcap_run.c - records of a classic pcap file as they lie in memory: some of the next for whoever
 * only copies them, and a look at those that come later.
 */
#define _GNU_SOURCE /* u_char and its like, for pcap.h */
#include <stdio.h>

#include "pcap_file_internal.h"

/* is_as_written - whether libpcap makes no record another than it is in the file, and would write
 * it so again. */
static bool
is_as_written(const struct pcap_reader *file)
{
    /* Of some link types it changes lengths. */
    static const int untouched[] = {DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL};
    const struct pcap_head *head = &file->head;

    for (size_t t = 0; t < ESI_COUNT(untouched); t++)
        if (file->reader.linktype == untouched[t])
            return pcap_head_is_usual(head);
    return false;
}

static esi_nanos
time_of(const struct pcap_reader *file, const struct pcap_record *record)
{
    return (int64_t)record->seconds * PCAP_NANOS +
           record->fraction * (int64_t)(file->head.nanosecond ? 1 : 1000);
}

/* whole_record - false: not all of it is there. */
static bool
whole_record(const struct pcap_head *head, struct esi_slice there, struct pcap_record *out)
{
    if (there.len < head->record)
        return false;
    *out = pcap_record_read(head, there.ptr);
    return there.len - head->record >= out->caplen;
}

/* add_record - if there is a whole one on the tape at out->told.records.len, which libpcap would be
 * believed. */
static bool
add_record(struct pcap_reader *file, struct run *out)
{
    struct esi_slice *records = &out->told.records;
    struct esi_slice there = {tape_bytes(&file->tape) + records->len,
                              tape_there(&file->tape) - records->len};
    struct pcap_record record;

    if (!whole_record(&file->head, there, &record) || !pcap_record_is_sound(&file->head, &record) ||
        !pcap_moment_is_near(&file->last, record.seconds))
        return false;
    file->last = (struct pcap_moment){true, record.seconds};
    out->told.count++;
    out->last_ts = time_of(file, &record);
    if (out->longest < record.caplen)
        out->longest = record.caplen;
    records->len += file->head.record + record.caplen;
    return true;
}

bool
pcap_next_run(struct reader *reader, uint64_t most, bool nanosecond, struct run *out)
{
    struct pcap_reader *file = (struct pcap_reader *)reader;

    *out = (struct run){0};
    if (!file->pcap || file->head.nanosecond != nanosecond || !is_as_written(file) ||
        (file->road != ROAD_TAPE && !pcap_change_to_tape(file)))
        return false;
    pcap_follow(file);
    tape_fill(&file->tape, file->head.record);
    while (out->told.count < most && add_record(file, out))
        ;
    if (out->told.count == 0)
        return false;
    out->told.records.ptr = tape_bytes(&file->tape);
    tape_skip(&file->tape, out->told.records.len);
    pcap_go_on_at_tape(file);
    return true;
}

/* at_hand - what the stream has read ahead. stdio has no function for it; glibc keeps these two
 * names for programs that were built with them inlined. */
static struct esi_slice
at_hand(const FILE *stream)
{
#ifdef __GLIBC__
    const char *from = stream->_IO_read_ptr;

    return (struct esi_slice){(const uint8_t *)from, (size_t)(stream->_IO_read_end - from)};
#else
    (void)stream;
    return (struct esi_slice){0};
#endif
}

bool
pcap_peek(struct reader *reader, struct esi_slice *bytes)
{
    struct pcap_reader *file = (struct pcap_reader *)reader;

    if (file->peek_at < file->at) {
        file->peek_at = file->at;
        file->peeked = 0;
    }
    if (!file->pcap || file->peeked == ESI_PEEK_MOST)
        return false;
    struct esi_slice there =
        esi_slice_cut(at_hand(pcap_file(file->pcap)), (size_t)(file->peek_at - file->at), SIZE_MAX);
    struct pcap_record record;
    if (!whole_record(&file->head, there, &record))
        return false;
    *bytes = esi_slice_cut(there, file->head.record, record.caplen);
    file->peek_at += file->head.record + record.caplen;
    file->peeked++;
    return true;
}
