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
#define IPV4_OF(len, protocol) "\x45\0\0" len "\0\1\x40\0\x40" protocol "\0\0\x0a\0\0\1\x0a\0\0\2"
#define IPV6_OF(len, next) "\x60\0\0\0\0" len next "\x40" ADDRESS("\x0a") ADDRESS("\x0b")
#define SNAP "\xaa\xaa\3\0\0\0"
#define IPV4_WHOLE IPV4("\x2e") TCP DATA
#define IPV6_WHOLE IPV6("\x1a", "\6") TCP DATA
#define ETHERNET_WHOLE MAC IPV4_TYPE IPV4_WHOLE
#define LABELS "\0\1\0\x40\0\1\1\x40"
#define UDP(port) "\xc3\x50" port "\0\x4c\0\0"
#define VXLAN "\x08\0\0\0\0\0\x4d\0"

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
    {"a length of 802.3, SNAP", 1, 4, 42, 62,
     ESI_LIT(MAC "\0\x36" SNAP IPV4_TYPE IPV4_WHOLE PADDING)},
    {"SNAP of a bridge tunnel", 1, 4, 42, 62,
     ESI_LIT(MAC "\0\x36\xaa\xaa\3\0\0\xf8" IPV4_TYPE IPV4_WHOLE)},
    {"IP over LLC", 1, 4, 37, 57, ESI_LIT(MAC "\0\x31\6\6\3" IPV4_WHOLE)},
    {"802.1Q, a length, SNAP", 1, 4, 46, 66,
     ESI_LIT(MAC "\x81\0\0\x64\0\x36" SNAP IPV4_TYPE IPV4_WHOLE)},
    {"802.3 bounds what IP leaves open", 1, 4, 42, 62,
     ESI_LIT(MAC "\0\x36" SNAP IPV4_TYPE IPV4("\0") TCP DATA PADDING)},
    {"cooked, LLC", 113, 4, 44, 64, ESI_LIT(SLL "\0\4" SNAP IPV4_TYPE IPV4_WHOLE)},
    {"nine tags", 1, 4, 70, 90,
     ESI_LIT(MAC "\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1\x81\0\0\1"
                 "\x81\0\0\1" IPV4_TYPE IPV4_WHOLE)},
    {"PPP", 9, 4, 24, 44, ESI_LIT("\xff\3\0\x21" IPV4_WHOLE)},
    {"PPP, IPv6", 9, 6, 44, 64, ESI_LIT("\xff\3\0\x57" IPV6_WHOLE)},
    {"PPP without address", 9, 4, 22, 42, ESI_LIT("\0\x21" IPV4_WHOLE)},
    {"PPP, one byte of protocol", 9, 4, 21, 41, ESI_LIT("\x21" IPV4_WHOLE)},
    {"PPP, address, one byte of protocol", 50, 4, 23, 43, ESI_LIT("\xff\3\x21" IPV4_WHOLE)},
    {"PPP, MPLS", 9, 4, 32, 52, ESI_LIT("\xff\3\2\x81" LABELS IPV4_WHOLE)},
    {"serial line with Cisco's framing", 50, 4, 24, 44, ESI_LIT("\x0f\0" IPV4_TYPE IPV4_WHOLE)},
    {"pppd, in", 166, 4, 24, 44, ESI_LIT("\0\3\0\x21" IPV4_WHOLE)},
    {"pppd, out", 166, 4, 24, 44, ESI_LIT("\1\3\0\x21" IPV4_WHOLE)},
    {"PPPoE link", 51, 4, 28, 48, ESI_LIT("\x11\0\0\7\0\x30\0\x21" IPV4_WHOLE PADDING)},
    {"Cisco HDLC", 104, 4, 24, 44, ESI_LIT("\x0f\0" IPV4_TYPE IPV4_WHOLE)},
    {"Cisco HDLC, to all", 104, 6, 44, 64, ESI_LIT("\x8f\0" IPV6_TYPE IPV6_WHOLE)},
    {"PPPoE", 1, 4, 42, 62, ESI_LIT(MAC "\x88\x64\x11\0\0\7\0\x30\0\x21" IPV4_WHOLE PADDING)},
    {"PPPoE bounds what IP leaves open", 1, 4, 42, 62,
     ESI_LIT(MAC "\x88\x64\x11\0\0\7\0\x30\0\x21" IPV4("\0") TCP DATA PADDING)},
    {"MPLS", 1, 4, 42, 62, ESI_LIT(MAC "\x88\x47" LABELS IPV4_WHOLE)},
    {"MPLS multicast, IPv6", 1, 6, 62, 82, ESI_LIT(MAC "\x88\x48" LABELS IPV6_WHOLE)},
    {"pseudo-wire with a control word", 1, 4, 60, 80,
     ESI_LIT(MAC "\x88\x47" LABELS "\0\0\0\0" ETHERNET_WHOLE)},
    {"pseudo-wire without", 1, 4, 56, 76, ESI_LIT(MAC "\x88\x47" LABELS ETHERNET_WHOLE)},
    {"GRE", 12, 4, 44, 64, ESI_LIT(IPV4_OF("\x46", "\x2f") "\0\0" IPV4_TYPE IPV4_WHOLE)},
    {"GRE over IPv6, IPv6", 12, 6, 84, 104,
     ESI_LIT(IPV6_OF("\x46", "\x2f") "\0\0" IPV6_TYPE IPV6_WHOLE)},
    {"GRE with checksum, key and sequence", 12, 4, 56, 76,
     ESI_LIT(IPV4_OF("\x52", "\x2f") "\xb0\0" IPV4_TYPE "\0\0\0\0\0\0\0\7\0\0\0\1" IPV4_WHOLE)},
    {"GRE, Ethernet", 12, 4, 58, 78,
     ESI_LIT(IPV4_OF("\x54", "\x2f") "\0\0\x65\x58" ETHERNET_WHOLE)},
    {"GRE, MPLS", 12, 4, 52, 72, ESI_LIT(IPV4_OF("\x4e", "\x2f") "\0\0\x88\x47" LABELS IPV4_WHOLE)},
    {"PPTP", 12, 4, 60, 80,
     ESI_LIT(IPV4_OF("\x56",
                     "\x2f") "\x30\x81\x88\x0b\0\x32\0\1\0\0\0\1\0\0\0\1\xff\3\0\x21" IPV4_WHOLE)},
    {"ERSPAN I", 12, 4, 58, 78, ESI_LIT(IPV4_OF("\x54", "\x2f") "\0\0\x88\xbe" ETHERNET_WHOLE)},
    {"ERSPAN II", 12, 4, 70, 90,
     ESI_LIT(IPV4_OF("\x60", "\x2f") "\x10\0\x88\xbe\0\0\0\1\x10\1\0\1\0\0\0\5" ETHERNET_WHOLE)},
    {"ERSPAN III", 12, 4, 74, 94,
     ESI_LIT(IPV4_OF("\x64",
                     "\x2f") "\x10\0\x22\xeb\0\0\0\1\x20\1\0\1\0\0\0\5\0\0\0\0" ETHERNET_WHOLE)},
    {"ERSPAN III with a subheader", 12, 4, 82, 102,
     ESI_LIT(IPV4_OF("\x6c", "\x2f") "\x10\0\x22\xeb\0\0\0\1\x20\1\0\1\0\0\0\5\0\0\0\1\x0c\0\0\0\0"
                                     "\0\0\0" ETHERNET_WHOLE)},
    {"IP in IP", 12, 4, 40, 60, ESI_LIT(IPV4_OF("\x42", "\4") IPV4_WHOLE)},
    {"IPv6 in IPv4", 12, 6, 60, 80, ESI_LIT(IPV4_OF("\x56", "\x29") IPV6_WHOLE)},
    {"IPv4 in IPv6", 12, 4, 60, 80, ESI_LIT(IPV6_OF("\x2e", "\4") IPV4_WHOLE)},
    {"IPv6 in IPv6", 12, 6, 80, 100, ESI_LIT(IPV6_OF("\x42", "\x29") IPV6_WHOLE)},
    {"inner length 0", 12, 4, 40, 60, ESI_LIT(IPV4_OF("\x42", "\4") IPV4("\0") TCP DATA PADDING)},
    {"both lengths 0", 12, 4, 40, 60, ESI_LIT(IPV4_OF("\0", "\4") IPV4("\0") TCP DATA)},
    {"MPLS in IP", 12, 4, 48, 68, ESI_LIT(IPV4_OF("\x4a", "\x89") LABELS IPV4_WHOLE)},
    {"MPLS over UDP", 12, 4, 56, 76,
     ESI_LIT(IPV4_OF("\x52", "\x11") "\xc3\x50\x19\xeb\0\x3e\0\0" LABELS IPV4_WHOLE)},
    {"VXLAN", 12, 4, 70, 90, ESI_LIT(IPV4_OF("\x60", "\x11") UDP("\x12\xb5") VXLAN ETHERNET_WHOLE)},
    {"VXLAN bounds what IP leaves open", 12, 4, 70, 90,
     ESI_LIT(IPV4_OF("\0", "\x11") UDP("\x12\xb5") VXLAN MAC IPV4_TYPE IPV4("\0")
                 TCP DATA PADDING)},
    {"VXLAN from its port", 12, 4, 70, 90,
     ESI_LIT(IPV4_OF("\x60", "\x11") "\x12\xb5\xc3\x50\0\x4c\0\0" VXLAN ETHERNET_WHOLE)},
    {"authentication header in IPv4", 12, 4, 36, 56,
     ESI_LIT("\x45\0\0\x3e\0\1\x40\0\x40\x33\0\0\xc0\0\2\1\xc0\0\2\2"
             "\6\2\0\0\0\0\0\1\0\0\0\1\0\0\0\0" TCP DATA)},
};

static struct esi_decoding
decode_whole(struct esi_slice bytes, int linktype, size_t wire_len, struct esi_segment *out)
{
    struct esi_frame frame = {
        .number = 1, .linktype = linktype, .wire_len = (uint32_t)wire_len, .bytes = bytes};

    struct esi_decoder *decoder = esi_decoder_new();
    struct esi_decoding decoding = esi_decoder_frame(decoder, &frame, out);

    esi_decoder_free(decoder);
    return decoding;
}

static enum esi_decoded
decode(struct esi_slice bytes, int linktype, size_t wire_len, struct esi_segment *out)
{
    return decode_whole(bytes, linktype, wire_len, out).what;
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

/* What is told of a cut segment stays the same. */
Test(packet, a_cut_frame_says_where)
{
    struct guard guard;

    guard_init(&guard, 4096);
    for (size_t r = 0; r < ESI_COUNT(whole); r++) {
        for (size_t len = 0; len < whole[r].frame.len; len++) {
            struct esi_slice bytes = guard_lend(&guard, esi_slice_cut(whole[r].frame, 0, len));
            struct esi_segment got;
            enum esi_decoded decoded = decode(bytes, whole[r].linktype, whole[r].frame.len, &got);
            bool is_cut = decoded == ESI_DECODED_LINK_CUT || decoded == ESI_DECODED_IP_CUT ||
                          decoded == ESI_DECODED_TUNNEL_CUT || decoded == ESI_DECODED_TCP_CUT ||
                          decoded == ESI_DECODED_NOT_TCP; /* UDP without its ports */

            cr_assert_eq(decoded == ESI_DECODED_TCP, len >= whole[r].tcp_at + 20,
                         "%s cut to %zu: %s", whole[r].what, len, words(decoded));
            if (decoded != ESI_DECODED_TCP) {
                cr_assert(is_cut, "%s cut to %zu: %s", whole[r].what, len, words(decoded));
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

#define FOUR OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c") OPTIONS("\x3c")
#define EIGHT FOUR FOUR

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
         ESI_LIT("\x45\0\0\x2c\0\1\x20\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"last fragment", 12, ESI_DECODED_IP_FRAGMENT,
         ESI_LIT("\x45\0\0\x2e\0\1\0\3\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"fragment of ICMP", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT("\x45\0\0\x2e\0\1\x20\0\x40\1\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"IPv6, first fragment", 12, ESI_DECODED_IP_FRAGMENT,
         ESI_LIT(IPV6("\x20", "\x2c") "\6\0\0\1\0\0\0\1" TCP DATA)},
        {"IPv6, last fragment", 12, ESI_DECODED_IP_FRAGMENT,
         ESI_LIT(IPV6("\x22", "\x2c") "\6\0\0\x10\0\0\0\1" TCP DATA)},
        {"IPv6, fragment of ICMPv6", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT(IPV6("\x22", "\x2c") "\x3a\0\0\1\0\0\0\1" TCP DATA)},
        {"extension header longer than the packet", 12, ESI_DECODED_IP_BAD,
         ESI_LIT(IPV6("\x22", "\0") "\6\x08\1\4\0\0\0\0" TCP DATA)},
        {"no room for an extension header", 12, ESI_DECODED_IP_BAD,
         ESI_LIT(IPV6("\4", "\0") "\6\0\1\4" PADDING)},
        {"32 extension headers", 12, ESI_DECODED_TOO_DEEP,
         ESI_LIT("\x60\0\0\0\1\x1a\x3c\x40" ADDRESS("\1") ADDRESS("\2")
                     EIGHT EIGHT EIGHT EIGHT TCP DATA)},
        {"GRE without a payload", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT(IPV4_OF("\x18", "\x2f") "\0\0\0\0" PADDING)},
        {"GRE with a source route", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT(IPV4_OF("\x4a", "\x2f") "\x40\0" IPV4_TYPE "\0\0\0\0" IPV4_WHOLE)},
        {"GRE version 2", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT(IPV4_OF("\x46", "\x2f") "\0\2" IPV4_TYPE IPV4_WHOLE)},
        {"PPTP, an acknowledgement only", 12, ESI_DECODED_NOT_TCP,
         ESI_LIT(IPV4_OF("\x24", "\x2f") "\x20\x81\x88\x0b\0\0\0\1\0\0\0\1" IPV4_WHOLE)},
        {"a fragment of nothing", 12, ESI_DECODED_IP_BAD,
         ESI_LIT("\x45\0\0\x14\0\1\x20\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"a first fragment of 26 bytes", 12, ESI_DECODED_IP_BAD,
         ESI_LIT("\x45\0\0\x2e\0\1\x20\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
        {"a fragment that ends behind 65,535", 12, ESI_DECODED_IP_BAD,
         ESI_LIT("\x45\0\0\x2e\0\1\x1f\xfe\x40\6\0\0\xc0\0\2\1\xc0\0\2\2" TCP DATA)},
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

Test(packet, what_is_left_aside_has_a_name)
{
    static const struct {
        const char *words;
        int linktype;
        struct esi_slice frame;
    } rows[] = {
        {"link layer IEEE802_11", 105, ESI_LIT(DATA)},
        {"link layer 4711", 4711, ESI_LIT(DATA)},
        {"ARP", 1, ESI_LIT(MAC "\x08\6" DATA)},
        {"LLDP", 1, ESI_LIT(MAC "\x81\0\0\1\x88\xcc" DATA)},
        {"ethertype 0x1234", 1, ESI_LIT(MAC "\x12\x34" DATA)},
        {"spanning tree (STP)", 1, ESI_LIT(MAC "\0\6\x42\x42\3\0\0\0")},
        {"CDP", 1, ESI_LIT(MAC "\0\x0a\xaa\xaa\3\0\0\x0c\x20\0" DATA)},
        {"spanning tree (PVST+)", 1, ESI_LIT(MAC "\0\x0a\xaa\xaa\3\0\0\x0c\1\x0b" DATA)},
        {"IEEE 802.3 SNAP", 1, ESI_LIT(MAC "\0\x0a\xaa\xaa\3\0\0\x0d\x20\0" DATA)},
        {"IEEE 802.3 LLC", 1, ESI_LIT(MAC "\0\6\x04\x04\3" DATA)},
        {"not IP", 113, ESI_LIT(SLL "\0\x0c" DATA)},
        {"PPPoE discovery", 1, ESI_LIT(MAC "\x88\x63" DATA)},
        {"PPPoE", 1, ESI_LIT(MAC "\x88\x64\x11\xa7\0\7\0\0")},
        {"PPP, not IP", 1, ESI_LIT(MAC "\x88\x64\x11\0\0\7\0\4\xc0\x21\0\0")},
        {"MPLS, not IP", 1, ESI_LIT(MAC "\x88\x47" LABELS "\x10\0\0\0")},
        {"ERSPAN, not Ethernet", 12,
         ESI_LIT(IPV4_OF("\x28", "\x2f") "\x10\0\x22\xeb\0\0\0\1\x20\1\0\1\0\0\0\5\0\0\x08\0")},
        {"UDP", 12, ESI_LIT(IPV4_OF("\x22", "\x11") UDP("\0\x35") DATA)},
        {"ICMP", 12, ESI_LIT(IPV4_OF("\x1a", "\1") DATA)},
        {"ICMPv6", 12, ESI_LIT(IPV6_OF("\6", "\x3a") DATA)},
        {"ESP", 12, ESI_LIT(IPV6_OF("\6", "\x32") DATA)},
        {"IP protocol 99", 12, ESI_LIT(IPV4_OF("\x1a", "\x63") DATA)},
        {"IP protocol 0", 12, ESI_LIT(IPV4_OF("\x1a", "\0") DATA)},
        {"GRE", 12, ESI_LIT(IPV4_OF("\x18", "\x2f") "\0\0\0\0")},
        {"ARP", 12, ESI_LIT(IPV4_OF("\x40", "\x11") UDP("\x12\xb5") VXLAN MAC "\x08\6" PADDING)},
        {"cut in a tunnel header", 12, ESI_LIT(IPV4_OF("\x17", "\x2f") "\0\0\0")},
        {"malformed IP header", 12, ESI_LIT("\x44\0\0\x14" PADDING PADDING PADDING)},
        {"IP fragment of a datagram that is not whole", 12,
         ESI_LIT(IPV6("\x20", "\x2c") "\6\0\0\1\0\0\0\1" TCP "DATA")},
    };
    struct guard guard;

    guard_init(&guard, 4096);
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        char name[ESI_DECODED_NAME_MOST];
        struct esi_segment got;
        struct esi_decoding decoding = decode_whole(guard_lend(&guard, rows[r].frame),
                                                    rows[r].linktype, rows[r].frame.len, &got);
        cr_assert_str_eq(esi_decoded_name(decoding.what, decoding.code, name), rows[r].words);
    }
    guard_fini(&guard);
}

/* Mirrors and programs that shorten captures leave the headers as they were. */
Test(packet, a_packet_longer_than_what_it_travels_in_is_cut)
{
    static const struct esi_slice bytes =
        ESI_LIT(IPV4_OF("\x40", "\4") IPV4("\x2e") TCP DATA PADDING);
    struct esi_segment got;

    cr_assert_eq(decode(bytes, 12, bytes.len, &got), ESI_DECODED_TCP);
    cr_assert_eq(got.payload_len, 6);
    cr_assert_eq(got.payload.len, 4, "two bytes lie behind the outer packet");
    cr_assert_eq(esi_tcp_checksum_check(&got), ESI_CHECKSUM_UNKNOWN);
}

Test(packet, a_frame_check_sequence_is_no_payload)
{
    static const struct esi_slice bytes = ESI_LIT(MAC IPV4_TYPE IPV4("\0") TCP DATA "\1\2\3\4");
    struct esi_decoder *decoder = esi_decoder_new();

    for (uint8_t fcs = 0; fcs <= 8; fcs += 4) {
        struct esi_frame frame = {
            .linktype = 1, .wire_len = (uint32_t)bytes.len, .fcs_len = fcs, .bytes = bytes};
        struct esi_segment got;

        cr_assert_eq(esi_decoder_frame(decoder, &frame, &got).what, ESI_DECODED_TCP);
        cr_assert_eq(got.payload_len, 10u - fcs);
        cr_assert_eq(got.payload.len, 10u - fcs);
    }
    esi_decoder_free(decoder);
}
