/*
 * hostile_frames.c - frames with right checksums, Ethernet and IPv4, in a classic capture file.
 */
#include <string.h>

#include "hostile.h"

enum { LINE = 72 /* of text, with its CR LF */ };
struct capture capture = {.gap = GAP};

void
capture_open(const char *path, uint64_t most)
{
    capture.most = most;
    pcap_out_open(&capture.out, path);
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

void
emit_ip(uint32_t from, uint32_t to, uint16_t id, uint16_t where, const uint8_t *bytes, size_t len)
{
    uint8_t head[RECORD_LEN + ETHER_LEN + IP_LEN] = {0};
    uint8_t *ether = head + RECORD_LEN, *ip = ether + ETHER_LEN;

    capture.clock += capture.gap;
    capture.frames++;
    pcap_out_record(head, capture.clock, (uint32_t)(ETHER_LEN + IP_LEN + len));
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
    pcap_out_bytes(&capture.out, head, sizeof head);
    pcap_out_bytes(&capture.out, bytes, len);
}

size_t
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

void
emit_at(const struct talk *talk, bool by_server, uint8_t flags, uint32_t seq, const char *text,
        size_t len)
{
    static uint8_t tcp[TCP_LEN + SEGMENT];
    size_t tcp_len = put_tcp(tcp, talk, by_server, flags, seq, text, len);

    emit_ip(by_server ? talk->server : talk->client, by_server ? talk->client : talk->server,
            (uint16_t)capture.frames, 0x4000, tcp, tcp_len);
}

void
emit(struct talk *talk, bool by_server, uint8_t flags, const char *text, size_t len)
{
    emit_at(talk, by_server, flags, talk->next[by_server], text, len);
    talk->next[by_server] += (uint32_t)len + ((flags & (SYN | FIN)) != 0);
}

void
say(struct talk *talk, bool by_server, const char *text)
{
    emit(talk, by_server, PSH | ACK, text, strlen(text));
}

/* ---- conversations ---- */

void
talk_shake_hands(struct talk *talk, uint32_t session)
{
    *talk = (struct talk){0x0a000001, 0xc0000219, 40000, {session * 64013, session * 7919}};
    emit(talk, false, SYN, NULL, 0);
    emit(talk, true, SYN | ACK, NULL, 0);
    emit(talk, false, ACK, NULL, 0);
}

void
talk_open(struct talk *talk, uint32_t session)
{
    talk_shake_hands(talk, session);
    say(talk, true, "220 mail.example.com ESMTP\r\n");
}

void
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

void
fill_text(char *out, uint64_t at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned column = (unsigned)((at + i) % LINE);
        out[i] = column == LINE - 2 ? '\r' : column == LINE - 1 ? '\n' : (char)('a' + column % 26);
    }
}
