/*
 * pcap_record.c - headers of a classic pcap file, and where records can be made out in garbage.
 *
 * A record has no mark of its own. But its header says where the next one is, so that a chain of
 * plausible headers is one by chance as good as never. Each byte of garbage is looked at as the
 * beginning of one chain at most, and a chain ends after a few headers.
 *
 * Source: draft-ietf-opsawg-pcap sections 4 and 5; the older versions' swapped lengths and the
 * "modified" format's longer header as libpcap knows them.
 */
#include "esi/bytes.h"

#include "pcap_record_internal.h"

enum {
    CAPLEN_MOST = 262144, /* libpcap reads no longer records */
    LEN_MOST = 1 << 24,   /* of a frame on the wire: offloaded segments have up to 512 kB */
    CHAIN = 3,            /* so many headers in a row make a place good */
    DAY = 86400,
    NORMAL_RECORD = 16,   /* seconds, fraction, captured length, original length */
    MODIFIED_RECORD = 24, /* and interface, protocol, packet type */
    VERSION_MINOR_AT = 6,
    SNAPLEN_AT = 16,
    LINKTYPE_AT = 20,
    FCS_IS_KNOWN = 1 << 26, /* in the link type's word; its length lies in the top four bits, */
    FCS_LENGTH_BIT = 28,
    FCS_UNIT = 2 /* in words of so many bytes */
};

static const struct magic {
    uint32_t word;
    bool nanosecond;
    size_t record;
} magics[] = {
    {0xa1b2c3d4, false, NORMAL_RECORD},
    {0xa1b23c4d, true, NORMAL_RECORD},
    {0xa1b2cd34, false, MODIFIED_RECORD}, /* by Alexey Kuznetsov */
};

static const struct magic *
find_magic(const uint8_t *bytes, bool big_endian)
{
    for (size_t m = 0; m < ESI_COUNT(magics); m++)
        if (esi_u32(bytes, big_endian) == magics[m].word)
            return &magics[m];
    return NULL;
}

bool
pcap_file_is(struct esi_slice head)
{
    return head.len >= 4 && (find_magic(head.ptr, true) || find_magic(head.ptr, false));
}

/* lengths_of - up to version 2.2 they are swapped, in 2.3 by some. */
static enum pcap_lengths
lengths_of(const uint8_t *bytes, bool big_endian)
{
    unsigned minor = bytes[VERSION_MINOR_AT + big_endian];

    if (minor < 3)
        return LENGTHS_SWAPPED;
    return minor == 3 ? LENGTHS_PERHAPS_SWAPPED : LENGTHS_IN_ORDER;
}

bool
pcap_head_read(struct pcap_head *out, struct esi_slice bytes)
{
    if (!pcap_file_is(bytes) || bytes.len < INPUT_HEAD)
        return false;
    bool big_endian = find_magic(bytes.ptr, true) != NULL;
    const struct magic *magic = find_magic(bytes.ptr, big_endian);
    uint32_t linktype = esi_u32(bytes.ptr + LINKTYPE_AT, big_endian);

    *out = (struct pcap_head){.big_endian = big_endian,
                              .nanosecond = magic->nanosecond,
                              .record = magic->record,
                              .snaplen = esi_u32(bytes.ptr + SNAPLEN_AT, big_endian)};
    out->lengths = lengths_of(bytes.ptr, big_endian);
    if (linktype & FCS_IS_KNOWN)
        out->fcs_len = (uint8_t)((linktype >> FCS_LENGTH_BIT) * FCS_UNIT);
    /* A snap length of 0 means "unlimited" to libpcap; one above its limit is left, too. */
    out->changed = out->snaplen > 0 && out->snaplen < CAPLEN_MOST;
    memcpy(out->bytes, bytes.ptr, INPUT_HEAD);
    if (out->changed)
        memset(out->bytes + SNAPLEN_AT, 0, sizeof(uint32_t));
    return true;
}

bool
pcap_head_is_usual(const struct pcap_head *head)
{
    return head->big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) &&
           head->record == NORMAL_RECORD && head->lengths == LENGTHS_IN_ORDER;
}

struct pcap_record
pcap_record_read(const struct pcap_head *head, const uint8_t *at)
{
    struct pcap_record record = {esi_u32(at, head->big_endian), esi_u32(at + 4, head->big_endian),
                                 esi_u32(at + 8, head->big_endian),
                                 esi_u32(at + 12, head->big_endian)};

    if (head->lengths == LENGTHS_SWAPPED ||
        (head->lengths == LENGTHS_PERHAPS_SWAPPED && record.caplen > record.len)) {
        uint32_t len = record.caplen;
        record.caplen = record.len;
        record.len = len;
    }
    return record;
}

bool
pcap_record_is_sound(const struct pcap_head *head, const struct pcap_record *record)
{
    return record->caplen <= CAPLEN_MOST && record->caplen <= record->len && record->len > 0 &&
           record->fraction < (head->nanosecond ? 1000000000U : 1000000U);
}

static bool
within_a_day(uint32_t a, uint32_t b)
{
    return (a > b ? a - b : b - a) <= DAY;
}

bool
pcap_moment_is_near(const struct pcap_moment *last, uint32_t seconds)
{
    return !last->known || within_a_day(last->seconds, seconds);
}

/* is_likely - what is searched for: stricter than what is taken in its turn. */
static bool
is_likely(const struct pcap_head *head, const struct pcap_record *record)
{
    return record->caplen > 0 && record->len <= LEN_MOST && pcap_record_is_sound(head, record);
}

bool
pcap_record_is_borne_out(const struct pcap_head *head, struct tape *tape)
{
    if (tape_fill(tape, head->record) < head->record)
        return false;
    struct pcap_record record = pcap_record_read(head, tape_bytes(tape));
    if (record.caplen > CAPLEN_MOST ||
        (record.caplen == 0 && record.len == 0 && record.seconds == 0))
        return false;
    size_t next_at = head->record + record.caplen;
    size_t have = tape_fill(tape, next_at + head->record);
    bool sound = pcap_record_is_sound(head, &record); /* but at an odd time */
    if (have < next_at + head->record)
        return have == next_at || (have > next_at && sound);
    struct pcap_record next = pcap_record_read(head, tape_bytes(tape) + next_at);
    if (sound || record.len == 0) /* zeros behind any number look like that */
        return is_likely(head, &next);
    return next.caplen > 0 && next.caplen <= CAPLEN_MOST && next.len <= LEN_MOST &&
           within_a_day(next.seconds, record.seconds);
}

/* chain_begins - whether the tape stands at one: some headers, or fewer up to the file's end, which
 * may cut off one more. */
static bool
chain_begins(const struct pcap_head *head, struct tape *tape, const struct pcap_moment *last)
{
    struct pcap_record record, first = {0}, before = {0};
    size_t at = 0;

    for (unsigned links = 0; links < CHAIN; links++) {
        size_t have = tape_fill(tape, at + head->record);
        if (have < at + head->record)
            return links > 0 && have >= at && pcap_moment_is_near(last, first.seconds);
        record = pcap_record_read(head, tape_bytes(tape) + at);
        if (!is_likely(head, &record) ||
            (links > 0 && !within_a_day(record.seconds, before.seconds)))
            return false;
        if (links == 0)
            first = record;
        before = record;
        at += head->record + record.caplen;
    }
    return true;
}

/* find_likely - how far it is to the next header in what is there. */
static size_t
find_likely(const struct pcap_head *head, const struct tape *tape)
{
    size_t most = tape_there(tape) - head->record + 1;
    const uint8_t *bytes = tape_bytes(tape);
    size_t at;

    for (at = 0; at < most; at++) {
        struct pcap_record record = pcap_record_read(head, bytes + at);
        if (is_likely(head, &record))
            break;
    }
    return at;
}

bool
pcap_record_search(const struct pcap_head *head, struct tape *tape, const struct pcap_moment *last)
{
    while (tape_fill(tape, head->record) >= head->record) {
        tape_skip(tape, find_likely(head, tape));
        if (tape_there(tape) < head->record)
            continue;
        if (chain_begins(head, tape, last))
            return true;
        tape_skip(tape, 1);
    }
    tape_skip(tape, tape_there(tape));
    return false;
}
