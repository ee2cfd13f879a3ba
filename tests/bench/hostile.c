/*
 * hostile.c - makes captures that want to cost more than their size.
 *
 *     bench_hostile KIND SIZE OUT.pcap
 *
 * KIND is a row of the table kinds. SIZE is that of the file, about, in bytes or with K, M or G
 * behind it. Same words, same file. Twice the SIZE is twice the work, if whoever reads it does no
 * more for a frame than a frame is worth: doubling.sh measures that.
 *
 * All frames are Ethernet and IPv4, with right checksums. The last line of what is printed says
 * how many sessions are open together at most.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

enum {
    RECORD_LEN = 16,
    ETHER_LEN = 14,
    IP_LEN = 20,
    TCP_LEN = 20,
    SEGMENT = 1448,
    OVERLAPPING = 100, /* bytes of a segment that overlaps by half */
    FRAGMENT = 8,      /* bytes: what an MTU of 28 leaves */
    DATAGRAM = 65512,  /* behind its IP header: 8,189 fragments; with the header all that fits */
    FRAME_BARE = RECORD_LEN + ETHER_LEN + IP_LEN + TCP_LEN,
    LINE = 72, /* of text, with its CR LF */
    MICROSECONDS = 1000000,
    START_OF_TIME = 1704448800,
    GAP = 10 /* microseconds between two frames */
};

/* A conversation, and how far each side is. */
struct talk {
    uint32_t client, server;
    uint16_t port;
    uint32_t next[2]; /* sequence numbers: the client's, the server's */
};

static struct {
    FILE *file;
    const char *name;
    uint64_t clock, frames, bytes, most;
} capture;

_Noreturn static void
panic(const char *what, const char *which)
{
    fprintf(stderr, "bench_hostile: %s: %s\n", which, what);
    exit(2);
}

/* ---- frames ---- */

static void
put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static void
put_little(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void
write_bytes(const void *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, capture.file) != len)
        panic(strerror(errno), capture.name);
    capture.bytes += len;
}

static void
write_file_header(void)
{
    uint8_t header[24] = {0};

    put_little(header, 0xa1b2c3d4);
    header[4] = 2; /* version 2.4 */
    header[6] = 4;
    put_little(header + 16, 262144);
    put_little(header + 20, 1); /* Ethernet */
    write_bytes(header, sizeof header);
}

/* checksum - RFC 1071, of words in the network's order. */
static uint16_t
checksum(const uint8_t *bytes, size_t len, uint64_t sum)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    if (len % 2 != 0)
        sum += (uint32_t)bytes[len - 1] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* emit_ip - a frame with `len` bytes behind the IP header. where: its fragment field. */
static void
emit_ip(uint32_t from, uint32_t to, uint16_t id, uint16_t where, const uint8_t *bytes, size_t len)
{
    uint8_t head[RECORD_LEN + ETHER_LEN + IP_LEN] = {0};
    uint8_t *ether = head + RECORD_LEN, *ip = ether + ETHER_LEN;
    uint32_t frame_len = (uint32_t)(ETHER_LEN + IP_LEN + len);

    capture.clock += GAP;
    capture.frames++;
    put_little(head, (uint32_t)(START_OF_TIME + capture.clock / MICROSECONDS));
    put_little(head + 4, (uint32_t)(capture.clock % MICROSECONDS));
    put_little(head + 8, frame_len);
    put_little(head + 12, frame_len);
    ether[0] = ether[6] = 2;
    put16(ether + 12, 0x0800);
    ip[0] = 0x45;
    put16(ip + 2, (uint32_t)(IP_LEN + len));
    put16(ip + 4, id);
    put16(ip + 6, where);
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, from);
    put32(ip + 16, to);
    put16(ip + 10, checksum(ip, IP_LEN, 0));
    write_bytes(head, sizeof head);
    write_bytes(bytes, len);
}

/* put_tcp - a segment with its text; gives its length. */
static size_t
put_tcp(uint8_t *tcp, const struct talk *talk, bool by_server, uint8_t flags, uint32_t seq,
        const char *text, size_t len)
{
    uint64_t pseudo = (talk->client >> 16) + (talk->client & 0xffff) + (talk->server >> 16) +
                      (talk->server & 0xffff) + 6 + TCP_LEN + len;

    memset(tcp, 0, TCP_LEN);
    put16(tcp, by_server ? 25 : talk->port);
    put16(tcp + 2, by_server ? talk->port : 25);
    put32(tcp + 4, seq);
    put32(tcp + 8, flags & ACK ? talk->next[!by_server] : 0);
    tcp[12] = TCP_LEN / 4 << 4;
    tcp[13] = flags;
    put16(tcp + 14, 65535);
    if (len > 0)
        memcpy(tcp + TCP_LEN, text, len);
    put16(tcp + 16, checksum(tcp, TCP_LEN + len, pseudo));
    return TCP_LEN + len;
}

static void
emit_at(const struct talk *talk, bool by_server, uint8_t flags, uint32_t seq, const char *text,
        size_t len)
{
    static uint8_t tcp[TCP_LEN + SEGMENT];
    size_t tcp_len = put_tcp(tcp, talk, by_server, flags, seq, text, len);

    emit_ip(by_server ? talk->server : talk->client, by_server ? talk->client : talk->server,
            (uint16_t)capture.frames, 0x4000, tcp, tcp_len);
}

static void
emit(struct talk *talk, bool by_server, uint8_t flags, const char *text, size_t len)
{
    emit_at(talk, by_server, flags, talk->next[by_server], text, len);
    talk->next[by_server] += (uint32_t)len + ((flags & (SYN | FIN)) != 0);
}

static void
say(struct talk *talk, bool by_server, const char *text)
{
    emit(talk, by_server, PSH | ACK, text, strlen(text));
}

static bool
is_full(void)
{
    return capture.bytes >= capture.most;
}

/* ---- conversations ---- */

/* talk_open - always on the same ports; the sequence numbers are another session's. */
static void
talk_open(struct talk *talk, uint32_t session)
{
    *talk = (struct talk){0x0a000001, 0xc0000219, 40000, {session * 64013, session * 7919}};
    emit(talk, false, SYN, NULL, 0);
    emit(talk, true, SYN | ACK, NULL, 0);
    emit(talk, false, ACK, NULL, 0);
    say(talk, true, "220 mail.example.com ESMTP\r\n");
}

static void
talk_to_data(struct talk *talk)
{
    static const char *const lines[] = {"EHLO a.example.net\r\n", "MAIL FROM:<a@example.net>\r\n",
                                        "RCPT TO:<b@example.com>\r\n", "DATA\r\n"};

    for (unsigned i = 0; i < 4; i++) {
        say(talk, false, lines[i]);
        say(talk, true, i == 3 ? "354 go ahead\r\n" : "250 fine\r\n");
    }
    say(talk, false, "Subject: x\r\n\r\n");
}

/* fill_text - the bytes of an endless text of lines, from `at` on. */
static void
fill_text(char *out, uint64_t at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned column = (unsigned)((at + i) % LINE);
        out[i] = column == LINE - 2 ? '\r' : column == LINE - 1 ? '\n' : (char)('a' + column % 26);
    }
}

/* ---- kinds; each gives how many sessions are open together at most ---- */

/* make_reversed - a message in segments of one byte, the last one first. */
static uint64_t
make_reversed(void)
{
    struct talk talk;
    uint64_t count = capture.most / (FRAME_BARE + 1);

    talk_open(&talk, 1);
    talk_to_data(&talk);
    while (count-- > 0) {
        char byte;
        fill_text(&byte, count, 1);
        emit_at(&talk, false, ACK, talk.next[0] + (uint32_t)count, &byte, 1);
    }
    return 1;
}

static uint64_t
make_overlaps(bool conflict)
{
    struct talk talk;

    talk_open(&talk, 1);
    talk_to_data(&talk);
    for (uint64_t at = 0; !is_full(); at += OVERLAPPING / 2) {
        char text[OVERLAPPING];
        fill_text(text, at, sizeof text);
        for (unsigned i = 0; conflict && at / (OVERLAPPING / 2) % 2 && i < sizeof text; i++)
            text[i] = text[i] > ' ' ? 'X' : text[i];
        emit_at(&talk, false, ACK, talk.next[0], text, sizeof text);
        talk.next[0] += OVERLAPPING / 2;
        if (at % (OVERLAPPING * 8) == 0)
            emit(&talk, true, ACK, NULL, 0);
    }
    return 1;
}

static uint64_t
make_overlap(void)
{
    return make_overlaps(false);
}

static uint64_t
make_conflict(void)
{
    return make_overlaps(true);
}

static uint64_t
make_half_open(void)
{
    uint32_t count = 0;

    for (; !is_full(); count++) {
        struct talk talk = {
            0x0b000000 + count, 0xc0000219, (uint16_t)(1024 + count % 60000), {count * 64013, 0}};
        emit(&talk, false, SYN, NULL, 0);
    }
    return count;
}

static uint64_t
make_long_lines(bool in_message)
{
    struct talk talk;
    char text[SEGMENT];

    memset(text, 'a', sizeof text);
    talk_open(&talk, 1);
    if (in_message)
        talk_to_data(&talk);
    for (unsigned i = 0; !is_full(); i++) {
        emit(&talk, false, ACK, text, sizeof text);
        if (i % 2 == 1)
            emit(&talk, true, ACK, NULL, 0);
    }
    return 1;
}

static uint64_t
make_line(void)
{
    return make_long_lines(false);
}

static uint64_t
make_body_line(void)
{
    return make_long_lines(true);
}

/* make_fragments - segments of 64 KB, in fragments of eight bytes, each of which comes twice. */
static uint64_t
make_fragments(void)
{
    static char text[DATAGRAM - TCP_LEN];
    static uint8_t tcp[DATAGRAM];
    struct talk talk;

    talk_open(&talk, 1);
    talk_to_data(&talk);
    for (uint16_t id = 1; !is_full(); id++) {
        fill_text(text, 0, sizeof text);
        size_t len = put_tcp(tcp, &talk, false, ACK, talk.next[0], text, sizeof text);
        for (size_t twice = 0; twice < 2 * len; twice += FRAGMENT) {
            size_t at = twice / 2 / FRAGMENT * FRAGMENT;
            bool more = at + FRAGMENT < len;
            emit_ip(talk.client, talk.server, id, (uint16_t)(at / 8 | (more ? 0x2000 : 0)),
                    tcp + at, more ? FRAGMENT : len - at);
        }
        talk.next[0] += (uint32_t)sizeof text;
        emit(&talk, true, ACK, NULL, 0);
    }
    return 1;
}

/* make_lone_fragments - datagrams of which nothing but one fragment ever comes. */
static uint64_t
make_lone_fragments(void)
{
    static const uint8_t bytes[FRAGMENT * 3] = {0x80, 0, 0, 25};

    for (uint32_t n = 0; !is_full(); n++)
        emit_ip(0x0b000000 + (n >> 12), 0xc0000219, (uint16_t)n, (uint16_t)(0x2000 | n % 7), bytes,
                sizeof bytes);
    return 1;
}

/* make_reuse - one 4-tuple: a session up to its reset, then the next. */
static uint64_t
make_reuse(void)
{
    for (uint32_t n = 1; !is_full(); n++) {
        struct talk talk;
        talk_open(&talk, n);
        say(&talk, false, "EHLO a.example.net\r\n");
        emit(&talk, true, RST | ACK, NULL, 0);
    }
    return 1;
}

/* make_first_byte - between any two segments of a message comes its first byte again. */
static uint64_t
make_first_byte(void)
{
    struct talk talk;

    talk_open(&talk, 1);
    talk_to_data(&talk);
    uint32_t first = talk.next[0];
    for (uint64_t at = 0; !is_full(); at += OVERLAPPING) {
        char text[OVERLAPPING];
        fill_text(text, at, sizeof text);
        emit(&talk, false, ACK, text, sizeof text);
        emit_at(&talk, false, ACK, first, "a", 1);
        emit(&talk, true, ACK, NULL, 0);
    }
    return 1;
}

static const struct {
    const char *name;
    uint64_t (*make)(void);
} kinds[] = {
    {"reversed", make_reversed},   {"overlap", make_overlap},
    {"conflict", make_conflict},   {"half-open", make_half_open},
    {"line", make_line},           {"body-line", make_body_line},
    {"fragments", make_fragments}, {"lone-fragments", make_lone_fragments},
    {"reuse", make_reuse},         {"first-byte", make_first_byte},
};

/* size_of - the bytes that a word like 64M means; 0: none. */
static uint64_t
size_of(const char *word)
{
    static const char units[] = "KMG";
    char *end;
    uint64_t size = strtoull(word, &end, 10);

    if (*end == '\0')
        return size;
    const char *unit = strchr(units, *end);
    if (!unit || end[1] != '\0' || size > UINT64_MAX >> 40)
        return 0;
    return size << 10 * (unit - units + 1);
}

static void
make(const char *name, const char *path, uint64_t size)
{
    size_t k = 0;

    while (k < sizeof kinds / sizeof *kinds && strcmp(kinds[k].name, name) != 0)
        k++;
    if (k == sizeof kinds / sizeof *kinds)
        panic("no such kind", name);
    capture.name = path;
    capture.most = size;
    capture.file = fopen(path, "wb");
    if (!capture.file || setvbuf(capture.file, NULL, _IOFBF, 1 << 20) != 0)
        panic(strerror(errno), path);
    write_file_header();
    uint64_t open = kinds[k].make();
    if (fclose(capture.file) != 0)
        panic(strerror(errno), path);
    printf("%s: %" PRIu64 " frames, %" PRIu64 " bytes\nopen: %" PRIu64 "\n", path, capture.frames,
           capture.bytes, open);
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--kinds") == 0) {
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            puts(kinds[k].name);
        return 0;
    }
    uint64_t size = argc == 4 ? size_of(argv[2]) : 0;
    if (size == 0) {
        fputs("usage: bench_hostile KIND SIZE[K|M|G] OUT.pcap\n       bench_hostile --kinds\n",
              stderr);
        return 2;
    }
    make(argv[1], argv[3], size);
    return 0;
}
