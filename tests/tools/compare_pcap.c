/*
 * compare_pcap.c - whether one capture is what a rewriter may have made of another.
 *
 *     compare_pcap [-l] [-a | -A] BEFORE AFTER
 *
 * Frames may be missing, never in another order. New are RSTs only: without payload or options,
 * with right checksums, at the time of a frame that is missing, or was there all the same. A frame
 * keeps its time stamp to the nanosecond, its lengths, and every byte but payload bytes of TCP and
 * the TCP checksum. A payload byte is only ever overwritten by a star, a blank or a capital letter,
 * and never a line end. The checksum of a changed frame verifies; that of a frame cut by the snap
 * length has moved by just the difference that the payload made.
 *
 * -a: the checksum of every changed frame moved by the difference. -A: the checksum of every whole
 * segment verifies; that of a frame of which nothing else changed may have been set right.
 * -l: a line "missing N", "changed N" or "made N" for each of those first; N counts the frames of
 * BEFORE for the first, those of AFTER for the others.
 *
 * Prints "N frames, N missing, N changed, N made" and exits 0, or says what is wrong and exits 1.
 * Reads packets by itself: shares no code with the rewriter.
 */
#define _DEFAULT_SOURCE /* u_char, for pcap.h */
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct frame {
    struct timeval ts; /* microseconds are nanoseconds here */
    uint32_t caplen, len;
    const uint8_t *bytes;
};

/* Where TCP lies in a frame. */
struct tcp {
    size_t at, payload_at, end; /* end: of the segment as the IP header has it, captured or not */
    uint8_t pseudo[40];
    size_t pseudo_len;
};

struct input {
    const char *path;
    pcap_t *pcap;
    int linktype;
    uint64_t number; /* of the frame read last */
};

static struct {
    uint64_t frames, missing, changed, made;
} counts;

static bool listing; /* -l */

static enum { SUMS_OF_CHANGED, SUMS_ADJUSTED, SUMS_ALL } sums;

static void
fail(const struct input *in, const char *what)
{
    fprintf(stderr, "%s: frame %llu: %s\n", in->path, (unsigned long long)in->number, what);
    exit(1);
}

static void
list(const char *what, const struct input *in)
{
    if (listing)
        printf("%s %llu\n", what, (unsigned long long)in->number);
}

static void
open_input(struct input *in, const char *path)
{
    char why[PCAP_ERRBUF_SIZE];

    *in = (struct input){.path = path};
    in->pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
    if (!in->pcap) {
        fprintf(stderr, "%s\n", why);
        exit(1);
    }
    in->linktype = pcap_datalink(in->pcap);
}

/* next_frame - false at the end, and where the file is cut off: what is whole is compared. */
static bool
next_frame(struct input *in, struct frame *out)
{
    struct pcap_pkthdr *head;

    if (pcap_next_ex(in->pcap, &head, &out->bytes) != 1)
        return false;
    in->number++;
    out->ts = head->ts;
    out->caplen = head->caplen;
    out->len = head->len;
    return true;
}

/* ---- packets ---- */

static unsigned
word(const struct frame *frame, size_t at)
{
    return at + 2 <= frame->caplen ? (unsigned)(frame->bytes[at] << 8 | frame->bytes[at + 1]) : 0;
}

/* ip_start - behind the link header; 0 for anything but IP. */
static size_t
ip_start(const struct frame *frame, int linktype)
{
    size_t at = 14;

    switch (linktype) {
    case DLT_RAW:
        return 0;
    case DLT_NULL:
    case DLT_LOOP:
        return 4;
    case DLT_LINUX_SLL:
        return 16;
    case DLT_LINUX_SLL2:
        return 20;
    case DLT_EN10MB:
        while (word(frame, at - 2) == 0x8100 || word(frame, at - 2) == 0x88a8)
            at += 4;
        return at;
    default:
        return frame->caplen;
    }
}

static void
add_pseudo(struct tcp *tcp, const uint8_t *bytes, size_t len)
{
    memcpy(tcp->pseudo + tcp->pseudo_len, bytes, len);
    tcp->pseudo_len += len;
}

static bool
find_in_ipv4(const struct frame *frame, size_t ip, struct tcp *out)
{
    const uint8_t *head = frame->bytes + ip;

    if (head[9] != 6 || (word(frame, ip + 6) & 0x3fff) != 0)
        return false;
    out->at = ip + (size_t)(head[0] & 15) * 4;
    out->end = ip + word(frame, ip + 2);
    add_pseudo(out, head + 12, 8);
    return true;
}

static bool
find_in_ipv6(const struct frame *frame, size_t ip, struct tcp *out)
{
    const uint8_t *head = frame->bytes + ip, *to = head + 24;
    unsigned next = head[6];
    size_t at = ip + 40;

    while ((next == 0 || next == 43 || next == 60) && at + 8 <= frame->caplen) {
        size_t len = ((size_t)frame->bytes[at + 1] + 1) * 8;

        if (next == 43 && frame->bytes[at + 3] > 0 && at + len <= frame->caplen)
            to = frame->bytes + at + len - 16; /* the last one still to come */
        next = frame->bytes[at];
        at += len;
    }
    out->at = at;
    out->end = ip + 40 + word(frame, ip + 4);
    add_pseudo(out, head + 8, 16);
    add_pseudo(out, to, 16);
    return next == 6;
}

static bool
find_tcp(const struct frame *frame, int linktype, struct tcp *out)
{
    size_t ip = ip_start(frame, linktype);
    unsigned version;

    *out = (struct tcp){0};
    if (ip + 40 > frame->caplen)
        return false;
    version = frame->bytes[ip] >> 4;
    if (!(version == 4 ? find_in_ipv4(frame, ip, out)
                       : version == 6 && find_in_ipv6(frame, ip, out)))
        return false;
    if (out->at + 20 > frame->caplen)
        return false;
    out->payload_at = out->at + (size_t)(frame->bytes[out->at + 12] >> 4) * 4;
    size_t len = out->end - out->at;
    add_pseudo(out, (uint8_t[]){0, 6, (uint8_t)(len >> 8), (uint8_t)len}, 4);
    return out->end > out->at;
}

static uint32_t
add_words(uint32_t sum, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* ---- the comparison ---- */

static bool
is_whole(const struct frame *frame, const struct tcp *tcp)
{
    return frame->caplen >= tcp->end;
}

static void
check_checksum(const struct input *after, const struct frame *old, const struct frame *new,
               const struct tcp *tcp)
{
    size_t len = (is_whole(new, tcp) ? tcp->end : new->caplen) - tcp->at;
    uint32_t was = add_words(0, old->bytes + tcp->at, len);
    uint32_t is = add_words(0, new->bytes + tcp->at, len);

    if (is_whole(new, tcp) && sums != SUMS_ADJUSTED) {
        if (add_words(is, tcp->pseudo, tcp->pseudo_len) != 0xffff)
            fail(after, "the TCP checksum does not verify");
    } else if (was % 0xffff != is % 0xffff) {
        fail(after, "the TCP checksum of a cut frame is not off by the difference");
    }
}

static bool
may_be_written(uint8_t old, uint8_t new)
{
    return old != '\r' && old != '\n' && (new == '*' || new == ' ' || (new >= 'A' && new <= 'Z'));
}

static void
check_changed(const struct input *after, const struct frame *old, const struct frame *new)
{
    struct tcp tcp;
    size_t payload = 0;

    if (!find_tcp(old, after->linktype, &tcp))
        fail(after, "changed, and not a whole TCP segment");
    for (size_t i = 0; i < old->caplen; i++) {
        if (old->bytes[i] == new->bytes[i] || i == tcp.at + 16 || i == tcp.at + 17)
            continue;
        if (i < tcp.payload_at || i >= tcp.end)
            fail(after, "changed outside of the TCP payload");
        if (!may_be_written(old->bytes[i], new->bytes[i]))
            fail(after, "a payload byte became one that the firewall does not write");
        payload++;
    }
    if (payload == 0 && sums != SUMS_ALL)
        fail(after, "the checksum changed and the payload did not");
    check_checksum(after, old, new, &tcp);
    if (payload > 0) {
        counts.changed++;
        list("changed", after);
    }
}

/* could_be - whether `new` may be `old`, changed or not: same time and lengths, same headers. */
static bool
could_be(const struct frame *old, const struct frame *new, int linktype)
{
    struct tcp tcp;
    size_t same = old->caplen;

    if (old->ts.tv_sec != new->ts.tv_sec || old->ts.tv_usec != new->ts.tv_usec ||
        old->caplen != new->caplen || old->len != new->len)
        return false;
    if (find_tcp(old, linktype, &tcp))
        same = tcp.at + 16;
    return memcmp(old->bytes, new->bytes, same) == 0;
}

/* ---- frames that were made ---- */

/* Times of the frames before, and of those that are RSTs: in the order of the file. */
struct times {
    struct timeval *items;
    size_t len, cap;
};

static void
add_time(struct times *times, struct timeval ts)
{
    if (times->len == times->cap) {
        times->cap = times->cap > 0 ? 2 * times->cap : 256;
        times->items = realloc(times->items, times->cap * sizeof *times->items);
        if (!times->items)
            exit(2);
    }
    times->items[times->len++] = ts;
}

static bool
has_time(const struct times *times, struct timeval ts)
{
    for (size_t i = 0; i < times->len; i++)
        if (times->items[i].tv_sec == ts.tv_sec && times->items[i].tv_usec == ts.tv_usec)
            return true;
    return false;
}

static bool
is_rst(const struct frame *frame, int linktype)
{
    struct tcp tcp;

    return find_tcp(frame, linktype, &tcp) && (frame->bytes[tcp.at + 13] & 4) != 0;
}

static struct times frame_times, rst_times;

static void
read_times(const char *path)
{
    struct input in;
    struct frame frame;

    open_input(&in, path);
    while (next_frame(&in, &frame)) {
        add_time(&frame_times, frame.ts);
        if (is_rst(&frame, in.linktype))
            add_time(&rst_times, frame.ts);
    }
    pcap_close(in.pcap);
}

static void
check_made(const struct input *after, const struct frame *new)
{
    struct tcp tcp;
    size_t ip = ip_start(new, after->linktype);

    find_tcp(new, after->linktype, &tcp);
    if (!has_time(&frame_times, new->ts))
        fail(after, "made, at no frame's time");
    if (tcp.end != tcp.at + 20 || tcp.payload_at != tcp.end || !is_whole(new, &tcp))
        fail(after, "made, with options or payload, or not whole");
    if (new->bytes[ip] >> 4 == 4 && add_words(0, new->bytes + ip, tcp.at - ip) != 0xffff)
        fail(after, "made, and its IPv4 checksum does not verify");
    if (add_words(add_words(0, new->bytes + tcp.at, 20), tcp.pseudo, tcp.pseudo_len) != 0xffff)
        fail(after, "made, and its TCP checksum does not verify");
    counts.made++;
    list("made", after);
}

static void
check_sum(const struct input *after, const struct frame *new)
{
    struct tcp tcp;

    if (find_tcp(new, after->linktype, &tcp) && is_whole(new, &tcp))
        check_checksum(after, new, new, &tcp);
}

static void
find_before(struct input *before, const struct input *after, const struct frame *new)
{
    struct frame old;

    for (;;) {
        if (!next_frame(before, &old))
            fail(after, "is none of the frames before, or not in their order");
        if (could_be(&old, new, before->linktype))
            break;
        counts.missing++;
        list("missing", before);
    }
    if (memcmp(old.bytes, new->bytes, old.caplen) != 0)
        check_changed(after, &old, new);
}

static void
compare(struct input *before, struct input *after)
{
    struct frame old, new;

    if (before->linktype != after->linktype)
        fail(after, "another link type");
    while (next_frame(after, &new)) {
        counts.frames++;
        if (is_rst(&new, after->linktype) && !has_time(&rst_times, new.ts))
            check_made(after, &new);
        else
            find_before(before, after, &new);
        if (sums == SUMS_ALL)
            check_sum(after, &new);
    }
    while (next_frame(before, &old)) {
        counts.missing++;
        list("missing", before);
    }
}

int
main(int argc, char **argv)
{
    struct input before, after;

    (void)argc;
    for (argv++; argv[0] && argv[0][0] == '-'; argv++) {
        listing |= strcmp(argv[0], "-l") == 0;
        if (strcmp(argv[0], "-a") == 0)
            sums = SUMS_ADJUSTED;
        else if (strcmp(argv[0], "-A") == 0)
            sums = SUMS_ALL;
    }
    if (!argv[0] || !argv[1] || argv[2]) {
        fputs("usage: compare_pcap [-l] [-a | -A] BEFORE AFTER\n", stderr);
        return 2;
    }
    read_times(argv[0]);
    open_input(&before, argv[0]);
    open_input(&after, argv[1]);
    compare(&before, &after);
    printf("%llu frames, %llu missing, %llu changed, %llu made\n",
           (unsigned long long)counts.frames, (unsigned long long)counts.missing,
           (unsigned long long)counts.changed, (unsigned long long)counts.made);
    pcap_close(before.pcap);
    pcap_close(after.pcap);
    free(frame_times.items);
    free(rst_times.items);
    return 0;
}
