/* packet_decode.c - frames of every link type and IP version, whole, cut and malformed. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/packet.h"

#include "support/guard.h"

/* Pieces that frames are put together from. IPv4: 192.0.2.1 to 192.0.2.2; IPv6: 2001:db8::1 to ::2;
 * TCP: 40000 to 25, sequence number 0x01020304, acknowledgement 0x05060708, PSH and ACK. */
#define MAC "\2\0\0\0\0\1\2\0\0\0\0\2"
#define SLL "\0\0\0\1\0\6\2\0\0\0\0\1\0\0"
#define SLL2(type) type "\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0"
#define IPV4_TYPE "\x08\x00"
#define IPV6_TYPE "\x86\xdd"
#define IPV4(len) "\x45\0\0" len "\0\1\x40\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2"
#define IPV4_OPTIONS(len) "\x47\0\0" len "\0\1\x40\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2\1\1\1\1\1\1\1\1"
#define ADDRESS(last) "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0" last
#define IPV6(len, next) "\x60\0\0\0\0" len next "\x40" ADDRESS("\1") ADDRESS("\2")
#define TCP "\x9c\x40\0\x19\1\2\3\4\5\6\7\x08\x50\x18\x10\0\0\0\0\0"
#define TCP_OPTIONS "\x9c\x40\0\x19\1\2\3\4\5\6\7\x08\x70\x18\x10\0\0\0\0\0\1\1\1\1\1\1\1\1"
#define DATA "NOOP\r\n"
#define PADDING "\0\0\0\0\0\0"
#define OPTIONS(next) next "\0\1\4\0\0\0\0"

static const struct {
    const char *what;
    int linktype;
    uint8_t family;
    uint32_t tcp_at, payload_at;
    struct esi_slice frame;
} whole[] = {
    {"Ethernet, IPv4", 1, 4, 34, 54, ESI_LIT(MAC IPV4_TYPE IPV4("\x2e") TCP DATA)},
    {"Ethernet, IPv6", 1, 6, 54, 74, ESI_LIT(MAC IPV6_TYPE IPV6("\x1a", "\6") TCP DATA)},
    {"padded", 1, 4, 34, 54, ESI_LIT(MAC IPV4_TYPE IPV4("\x2e") TCP DATA PADDING)},
    {"IPv6, padded", 1, 6, 54, 74, ESI_LIT(MAC IPV6_TYPE IPV6("\x1a", "\6") TCP DATA PADDING)},
    {"IPv4 length 0: to be cut up by the network card", 1, 4, 34, 54,
     ESI_LIT(MAC IPV4_TYPE IPV4("\0") TCP DATA)},
    {"IPv6 length 0", 1, 6, 54, 74, ESI_LIT(MAC IPV6_TYPE IPV6("\0", "\6") TCP DATA)},
    {"IPv4 options", 1, 4, 42, 62, ESI_LIT(MAC IPV4_TYPE IPV4_OPTIONS("\x36") TCP DATA)},
    {"TCP options", 1, 4, 34, 62, ESI_LIT(MAC IPV4_TYPE IPV4("\x36") TCP_OPTIONS DATA)},
    {"802.1Q", 1, 4, 38, 58, ESI_LIT(MAC "\x81\0\0\x64" IPV4_TYPE IPV4("\x2e") TCP DATA)},
    {"802.1ad over 802.1Q", 1, 6, 62, 82,
     ESI_LIT(MAC "\x88\xa8\0\7\x81\0\0\x64" IPV6_TYPE IPV6("\x1a", "\6") TCP DATA)},
    {"three tags, one 0x9100", 1, 4, 46, 66,
     ESI_LIT(MAC "\x91\0\0\1\x81\0\0\2\x81\0\0\3" IPV4_TYPE IPV4("\x2e") TCP DATA)},
    {"cooked", 113, 4, 36, 56, ESI_LIT(SLL IPV4_TYPE IPV4("\x2e") TCP DATA)},
    {"cooked, IPv6", 113, 6, 56, 76, ESI_LIT(SLL IPV6_TYPE IPV6("\x1a", "\6") TCP DATA)},
    {"cooked, 802.1Q", 113, 4, 40, 60, ESI_LIT(SLL "\x81\0\0\x64" IPV4_TYPE IPV4("\x2e") TCP DATA)},
    {"cooked 2", 276, 4, 40, 60, ESI_LIT(SLL2(IPV4_TYPE) IPV4("\x2e") TCP DATA)},
    {"cooked 2, IPv6", 276, 6, 60, 80, ESI_LIT(SLL2(IPV6_TYPE) IPV6("\x1a", "\6") TCP DATA)},
    {"cooked 2, 802.1Q", 276, 4, 44, 64,
     ESI_LIT(SLL2("\x81\0") "\0\x64" IPV4_TYPE IPV4("\x2e") TCP DATA)},
    {"raw", 12, 4, 20, 40, ESI_LIT(IPV4("\x2e") TCP DATA)},
    {"raw, IPv6", 12, 6, 40, 60, ESI_LIT(IPV6("\x1a", "\6") TCP DATA)},
    {"raw, OpenBSD's number", 14, 4, 20, 40, ESI_LIT(IPV4("\x2e") TCP DATA)},
    {"raw, the file's number", 101, 6, 40, 60, ESI_LIT(IPV6("\x1a", "\6") TCP DATA)},
    {"raw IPv4", 228, 4, 20, 40, ESI_LIT(IPV4("\x2e") TCP DATA)},
    {"raw IPv6", 229, 6, 40, 60, ESI_LIT(IPV6("\x1a", "\6") TCP DATA)},
    {"null, little-endian", 0, 4, 24, 44, ESI_LIT("\2\0\0\0" IPV4("\x2e") TCP DATA)},
    {"null, big-endian", 0, 4, 24, 44, ESI_LIT("\0\0\0\2" IPV4("\x2e") TCP DATA)},
    {"null, NetBSD", 0, 6, 44, 64, ESI_LIT("\x18\0\0\0" IPV6("\x1a", "\6") TCP DATA)},
    {"null, FreeBSD", 0, 6, 44, 64, ESI_LIT("\x1c\0\0\0" IPV6("\x1a", "\6") TCP DATA)},
    {"null, macOS", 0, 6, 44, 64, ESI_LIT("\0\0\0\x1e" IPV6("\x1a", "\6") TCP DATA)},
    {"loop, OpenBSD", 108, 6, 44, 64, ESI_LIT("\0\0\0\x18" IPV6("\x1a", "\6") TCP DATA)},
    {"hop-by-hop options", 12, 6, 48, 68, ESI_LIT(IPV6("\x22", "\0") OPTIONS("\6") TCP DATA)},
    {"hop-by-hop, then destination options", 12, 6, 56, 76,
     ESI_LIT(IPV6("\x2a", "\0") OPTIONS("\x3c") OPTIONS("\6") TCP DATA)},
    {"authentication header", 12, 6, 56, 76,
     ESI_LIT(IPV6("\x2a", "\x33") "\6\2\0\0\0\0\0\1\0\0\0\1\0\0\0\0" TCP DATA)},
    {"atomic fragment", 12, 6, 48, 68, ESI_LIT(IPV6("\x22", "\x2c") "\6\0\0\0\0\0\0\1" TCP DATA)},
    {"route at its end", 12, 6, 64, 84,
     ESI_LIT(IPV6("\x32", "\x2b") "\6\2\0\0\0\0\0\0" ADDRESS("\7") TCP DATA)},
    {"route, one hop to go: the last address counts", 12, 6, 80, 100,
     ESI_LIT("\x60\0\0\0\0\x42\x2b\x40" ADDRESS("\1")
                 ADDRESS("\x09") "\6\4\0\1\0\0\0\0" ADDRESS("\x08") ADDRESS("\2") TCP DATA)},
    {"segment route, one to go: the first address counts", 12, 6, 80, 100,
     ESI_LIT("\x60\0\0\0\0\x42\x2b\x40" ADDRESS("\1")
                 ADDRESS("\x09") "\6\4\4\1\1\0\0\0" ADDRESS("\2") ADDRESS("\x08") TCP DATA)},
};

static enum esi_decoded
decode(struct esi_slice bytes, int linktype, size_t wire_len, struct esi_segment *out)
{
    struct esi_frame frame = {
        .number = 1, .linktype = linktype, .wire_len = (uint32_t)wire_len, .bytes = bytes};

    struct esi_decoder *decoder = esi_decoder_new();
    struct esi_decoding decoding = esi_decoder_frame(decoder, &frame, out);

    esi_decoder_free(decoder);
    return decoding.what;
}

static const char *
words(enum esi_decoded decoded)
{
    static char names[4][ESI_DECODED_NAME_MOST];
    static unsigned turn;

    return esi_decoded_name(decoded, 0, names[turn++ % 4]);
}

static void
check_addresses(const char *what, const struct esi_segment *segment, uint8_t family)
{
    char src[ESI_IP_TEXT], dst[ESI_IP_TEXT];
    bool six = family == 6;

    cr_assert_eq(segment->src.ip.family, family, "%s: family", what);
    cr_assert_str_eq(esi_ip_print(src, &segment->src.ip), six ? "2001:db8::1" : "192.0.2.1", "%s",
                     what);
    cr_assert_str_eq(esi_ip_print(dst, &segment->dst.ip), six ? "2001:db8::2" : "192.0.2.2", "%s",
                     what);
    cr_assert_eq(memcmp(segment->pseudo_dst.bytes, segment->dst.ip.bytes, 16), 0, "%s", what);
    for (size_t b = six ? 16 : 4; b < 16; b++)
        cr_assert_eq(segment->src.ip.bytes[b], 0, "%s: the rest of the address is zero", what);
}

Test(packet, frames_of_every_kind_are_read)
{
    for (size_t r = 0; r < ESI_COUNT(whole); r++) {
        struct esi_segment got;
        const char *what = whole[r].what;
        enum esi_decoded decoded =
            decode(whole[r].frame, whole[r].linktype, whole[r].frame.len, &got);

        cr_assert_eq(decoded, ESI_DECODED_TCP, "%s: %s", what, words(decoded));
        check_addresses(what, &got, whole[r].family);
        cr_assert_eq(got.src.port, 40000, "%s", what);
        cr_assert_eq(got.dst.port, 25, "%s", what);
        cr_assert_eq(got.seq, 0x01020304, "%s", what);
        cr_assert_eq(got.ack, 0x05060708, "%s", what);
        cr_assert_eq(got.window, 0x1000, "%s", what);
        cr_assert_eq(got.flags, ESI_TCP_PSH | ESI_TCP_ACK, "%s", what);
        cr_assert_eq(got.tcp_at, whole[r].tcp_at, "%s: TCP at %u", what, got.tcp_at);
        cr_assert_eq(got.payload_at, whole[r].payload_at, "%s: data at %u", what, got.payload_at);
        cr_assert_eq(got.payload_len, 6, "%s: %u bytes", what, got.payload_len);
        cr_assert(esi_slice_eq(got.payload, ESI_LIT(DATA)), "%s: data", what);
        cr_assert_eq(got.payload.ptr, whole[r].frame.ptr + got.payload_at, "%s: lies there", what);
    }
}

/* Reasons come in the order of the layers, and what is told of a cut segment stays the same. */
Test(packet, a_cut_frame_says_where)
{
    struct guard guard;

    guard_init(&guard, 4096);
    for (size_t r = 0; r < ESI_COUNT(whole); r++) {
        enum esi_decoded before = ESI_DECODED_LINK_CUT;
        for (size_t len = 0; len < whole[r].frame.len; len++) {
            struct esi_slice bytes = guard_lend(&guard, esi_slice_cut(whole[r].frame, 0, len));
            struct esi_segment got;
            enum esi_decoded decoded = decode(bytes, whole[r].linktype, whole[r].frame.len, &got);
            bool is_cut = decoded == ESI_DECODED_LINK_CUT || decoded == ESI_DECODED_IP_CUT ||
                          decoded == ESI_DECODED_TCP_CUT;

            cr_assert_eq(decoded == ESI_DECODED_TCP, len >= whole[r].tcp_at + 20,
                         "%s cut to %zu: %s", whole[r].what, len, words(decoded));
            if (decoded != ESI_DECODED_TCP) {
                cr_assert(is_cut && decoded >= before, "%s cut to %zu: %s after %s", whole[r].what,
                          len, words(decoded), words(before));
                before = decoded;
                continue;
            }
            size_t there = len > whole[r].payload_at ? len - whole[r].payload_at : 0;
            cr_assert_eq(got.payload_len, 6, "%s cut to %zu", whole[r].what, len);
            cr_assert_eq(got.payload_at, whole[r].payload_at, "%s cut to %zu", whole[r].what, len);
            cr_assert_eq(got.payload.len, there < 6 ? there : 6, "%s cut to %zu: %zu bytes",
                         whole[r].what, len, got.payload.len);
            if (there < 6)
                cr_assert_eq(esi_tcp_checksum_check(&got), ESI_CHECKSUM_UNKNOWN, "%s cut to %zu",
                             whole[r].what, len);
        }
    }
    guard_fini(&guard);
}

Test(packet, what_is_no_segment_says_why)
{
    static const struct {
        const char *what;
        int linktype;
        enum esi_decoded want;
        struct esi_slice frame;
    } rows[] = {
        {"an unknown link type", 147, ESI_DECODED_LINK_UNKNOWN, ESI_LIT(IPV4("\x2e") TCP DATA)},
        {"ARP", 1, ESI_DECODED_NOT_IP, ESI_LIT(MAC "\x08\6" DATA)},
        {"LLC", 1, ESI_DECODED_NOT_IP, ESI_LIT(MAC "\0\6" DATA)},
        {"nine VLAN tags", 1, ESI_DECODED_NOT_IP,
         ESI_LIT(MAC
                 "\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1"
                 "\x81\0\0\1" IPV4_TYPE IPV4("\x2e") TCP DATA)},
        {"raw, neither version", 12, ESI_DECODED_NOT_IP, ESI_LIT("\x55" DATA DATA DATA DATA)},
        {"null, AppleTalk", 0, ESI_DECODED_NOT_IP, ESI_LIT("\x10\0\0\0" DATA)},
        {"null, in no byte order", 0, ESI_DECODED_NOT_IP, ESI_LIT("\0\2\2\0" DATA)},
        {"version 5", 1, ESI_DECODED_IP_BAD,
         ESI_LIT(MAC IPV4_TYPE "\x55\0\0\x2e\0\1\x40\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP)},
        {"IPv4 behind IPv6's type", 229, ESI_DECODED_IP_BAD, ESI_LIT(IPV4("\x2e") TCP DATA)},
        {"header of 16 bytes", 12, ESI_DECODED_IP_BAD,
         ESI_LIT("\x44\0\0\x2e\0\1\x40\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"length below the header's", 12, ESI_DECODED_IP_BAD, ESI_LIT(IPV4("\x13") TCP DATA)},
        {"UDP", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT("\x45\0\0\x2e\0\1\x40\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"UDP in IPv6", 12, ESI_DECODED_NOT_TCP, ESI_LIT(IPV6("\x1a", "\x11") TCP DATA)},
        {"nothing behind IPv6", 12, ESI_DECODED_NOT_TCP, ESI_LIT(IPV6("\x1a", "\x3b") TCP DATA)},
        {"first fragment", 12, ESI_DECODED_IP_FRAGMENT,
         ESI_LIT("\x45\0\0\x2e\0\1\x20\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"last fragment", 12, ESI_DECODED_IP_FRAGMENT,
         ESI_LIT("\x45\0\0\x2e\0\1\0\3\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"fragment of UDP", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT("\x45\0\0\x2e\0\1\x20\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"IPv6, first fragment", 12, ESI_DECODED_IP_FRAGMENT,
         ESI_LIT(IPV6("\x22", "\x2c") "\6\0\0\1\0\0\0\1" TCP DATA)},
        {"IPv6, last fragment", 12, ESI_DECODED_IP_FRAGMENT,
         ESI_LIT(IPV6("\x22", "\x2c") "\6\0\0\x10\0\0\0\1" TCP DATA)},
        {"IPv6, fragment of UDP", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT(IPV6("\x22", "\x2c") "\x11\0\0\1\0\0\0\1" TCP DATA)},
        {"extension header longer than the packet", 12, ESI_DECODED_IP_BAD,
         ESI_LIT(IPV6("\x22", "\0") "\6\x08\1\4\0\0\0\0" TCP DATA)},
        {"no room for an extension header", 12, ESI_DECODED_IP_BAD,
         ESI_LIT(IPV6("\4", "\0") "\6\0\1\4" PADDING)},
        {"seventeen extension headers", 12, ESI_DECODED_IP_BAD,
         ESI_LIT(IPV6("\xa2", "\x3c") OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS(
             "\x3c") OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c")
                     OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c")
                         OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\6") TCP DATA)},
        {"no room for a TCP header", 12, ESI_DECODED_TCP_BAD, ESI_LIT(IPV4("\x27") TCP DATA)},
        {"TCP header of 16 bytes", 12, ESI_DECODED_TCP_BAD,
         ESI_LIT(IPV4("\x2e") "\x9c\x40\0\x19\1\2\3\4\5\6\7\x08\x40\x18\x10\0\0\0\0\0" DATA)},
        {"TCP header longer than the packet", 12, ESI_DECODED_TCP_BAD,
         ESI_LIT(IPV4("\x2e") "\x9c\x40\0\x19\1\2\3\4\5\6\7\x08\x70\x18\x10\0\0\0\0\0" DATA DATA)},
    };
    struct guard guard;

    guard_init(&guard, 4096);
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_segment got;
        enum esi_decoded decoded =
            decode(guard_lend(&guard, rows[r].frame), rows[r].linktype, rows[r].frame.len, &got);
        cr_assert_eq(decoded, rows[r].want, "%s: %s", rows[r].what, words(decoded));
    }
    guard_fini(&guard);
}

/* The record's own length is no better witness than the rest of it. */
Test(packet, an_offloaded_packet_has_a_limit)
{
    static const struct esi_slice v4 = ESI_LIT(IPV4("\0") TCP DATA);
    static const struct esi_slice v6 = ESI_LIT(IPV6("\0", "\6") TCP DATA);
    struct esi_segment got;

    cr_assert_eq(decode(v4, 12, 200000, &got), ESI_DECODED_TCP);
    cr_assert_eq(got.payload_len, 199960);
    cr_assert_eq(got.payload.len, 6);
    cr_assert_eq(decode(v6, 12, 200000, &got), ESI_DECODED_TCP);
    cr_assert_eq(got.payload_len, 199940);
    cr_assert_eq(decode(v4, 12, UINT32_MAX, &got), ESI_DECODED_IP_BAD);
    cr_assert_eq(decode(v6, 12, UINT32_MAX, &got), ESI_DECODED_IP_BAD);
    cr_assert_eq(decode(v4, 12, 0, &got), ESI_DECODED_TCP, "fewer bytes on the wire than captured");
    cr_assert_eq(got.payload_len, 6);
}
