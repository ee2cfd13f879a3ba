/*
 * syslog_inserts.c - what stands for {name} in the words of a message.
 *
 * Interfaces have the names of the configuration where it tells the side of an address. Addresses
 * are the real ones; only what is named mapped, or came in a packet from the other side, is what
 * statics of the configuration make of them.
 */
#include <string.h>

#include "syslog_internal.h"

static void
put_ip(struct esi_buf *out, const struct esi_ip *ip)
{
    char text[ESI_IP_TEXT];

    esi_buf_text(out, esi_ip_print(text, ip));
}

static void
put_end(struct esi_buf *out, const struct esi_endpoint *end, char between)
{
    put_ip(out, &end->ip);
    esi_buf_byte(out, (uint8_t)between);
    esi_buf_number(out, end->port);
}

/* ---- sides ---- */

/* Named by the way that their bytes go. */
#define CLIENT ESI_TO_SERVER
#define SERVER ESI_TO_CLIENT

/* interface_of - of a side that the configuration does not tell: clients are outside, servers
 * inside, unless the other side has that name. */
static const char *
interface_of(const struct esi_session_info *session, enum esi_dir sender)
{
    bool server = sender == SERVER;
    const char *usual = server ? "inside" : "outside", *other = server ? "outside" : "inside";
    const char *peer = session->interface[esi_dir_other(sender)];

    if (session->interface[sender])
        return session->interface[sender];
    return peer && strcmp(peer, usual) == 0 ? other : usual;
}

/* level_of - a box gives the interface that is named inside 100, others 0, unless it is told. */
static int
level_of(const struct esi_session_info *session, enum esi_dir sender)
{
    if (session->interface[sender] && session->security[sender] >= 0)
        return session->security[sender];
    return strcmp(interface_of(session, sender), "inside") == 0 ? 100 : 0;
}

bool
syslog_is_high(const struct esi_session_info *session, enum esi_dir sender)
{
    bool server = level_of(session, SERVER) >= level_of(session, CLIENT);

    return server == (sender == SERVER);
}

static enum esi_dir
high(const struct esi_session_info *session)
{
    return syslog_is_high(session, SERVER) ? SERVER : CLIENT;
}

static enum esi_dir
low(const struct esi_session_info *session)
{
    return esi_dir_other(high(session));
}

static const struct esi_endpoint *
real_of(const struct esi_session_info *session, enum esi_dir sender)
{
    if (session->translation)
        return &session->translation->real[sender];
    return sender == SERVER ? &session->tuple.server : &session->tuple.client;
}

static const struct esi_endpoint *
mapped_of(const struct esi_session_info *session, enum esi_dir sender)
{
    return session->translation ? &session->translation->mapped[sender] : real_of(session, sender);
}

/* put_at - "outside:192.0.2.1/25". */
static void
put_at(struct esi_buf *out, const struct esi_session_info *session, enum esi_dir sender)
{
    esi_buf_text(out, interface_of(session, sender));
    esi_buf_byte(out, ':');
    put_end(out, real_of(session, sender), '/');
}

/* SIDE(name, sender): its interface, its addresses, and how they stand in a line. */
#define SIDE(name, sender)                                                                         \
    static void put_##name(struct esi_buf *out, const struct syslog_line *line)                    \
    {                                                                                              \
        put_end(out, real_of(line->session, sender), '/');                                         \
    }                                                                                              \
    static void put_##name##_mapped(struct esi_buf *out, const struct syslog_line *line)           \
    {                                                                                              \
        put_end(out, mapped_of(line->session, sender), '/');                                       \
    }                                                                                              \
    static void put_##name##_at(struct esi_buf *out, const struct syslog_line *line)               \
    {                                                                                              \
        put_at(out, line->session, sender);                                                        \
    }
SIDE(client, CLIENT)
SIDE(server, SERVER)
SIDE(low, low(line->session))
SIDE(high, high(line->session))
#undef SIDE

static void
put_client_colon(struct esi_buf *out, const struct syslog_line *line)
{
    put_end(out, real_of(line->session, CLIENT), ':');
}

static void
put_server_colon(struct esi_buf *out, const struct syslog_line *line)
{
    put_end(out, real_of(line->session, SERVER), ':');
}

static void
put_client_interface(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_text(out, interface_of(line->session, CLIENT));
}

static void
put_from(struct esi_buf *out, const struct syslog_line *line)
{
    put_end(out, real_of(line->session, line->dir), '/');
}

/* put_to - as the sender addresses it. */
static void
put_to(struct esi_buf *out, const struct syslog_line *line)
{
    put_end(out, mapped_of(line->session, esi_dir_other(line->dir)), '/');
}

static void
put_from_at(struct esi_buf *out, const struct syslog_line *line)
{
    put_at(out, line->session, line->dir);
}

static void
put_to_at(struct esi_buf *out, const struct syslog_line *line)
{
    put_at(out, line->session, esi_dir_other(line->dir));
}

static void
put_from_interface(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_text(out, interface_of(line->session, line->dir));
}

static void
put_out(struct esi_buf *out, const struct syslog_line *line)
{
    put_ip(out, &real_of(line->session, CLIENT)->ip);
}

static void
put_in(struct esi_buf *out, const struct syslog_line *line)
{
    put_ip(out, &real_of(line->session, SERVER)->ip);
}

static void
put_global(struct esi_buf *out, const struct syslog_line *line)
{
    put_ip(out, &mapped_of(line->session, SERVER)->ip);
}

/* ---- connections ---- */

static void
put_direction(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_text(out, syslog_is_high(line->session, CLIENT) ? "outbound" : "inbound");
}

static void
put_id(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_number(out, line->session->connection);
}

/* put_duration - "1:02:03"; of what never is before its begin. */
static void
put_duration(struct esi_buf *out, const struct syslog_line *line)
{
    uint64_t seconds = (uint64_t)line->duration / 1000000000;
    unsigned minute = (unsigned)(seconds / 60 % 60), second = (unsigned)(seconds % 60);
    uint8_t rest[] = {':', (uint8_t)('0' + minute / 10), (uint8_t)('0' + minute % 10),
                      ':', (uint8_t)('0' + second / 10), (uint8_t)('0' + second % 10)};

    esi_buf_number(out, seconds / 3600);
    esi_buf_append(out, (struct esi_slice){rest, sizeof rest});
}

static void
put_bytes(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_number(out, line->bytes[0] + line->bytes[1]);
}

static void
put_client_bytes(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_number(out, line->bytes[CLIENT]);
}

static void
put_server_bytes(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_number(out, line->bytes[SERVER]);
}

/* put_flags - a box puts a blank behind each. */
static void
put_flags(struct esi_buf *out, const struct syslog_line *line)
{
    static const char *const names[] = {"FIN ", "SYN ", "RST ", "PSH ", "ACK ", "URG "};

    for (size_t bit = 0; bit < ESI_COUNT(names); bit++)
        if (line->flags >> bit & 1)
            esi_buf_text(out, names[bit]);
}

/* ---- inspection ---- */

static void
put_class(struct esi_buf *out, const struct syslog_line *line)
{
    bool class = line->verdict->rule.class_no > 0;

    esi_buf_text(out, class ? "ESMTP Classification" : "ESMTP Parameter");
}

static void
put_words(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_text(out, line->words);
}

static void
put_what(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_text(out, line->dir == SERVER ? "Response" : "Request");
}

static void
put_data(struct esi_buf *out, const struct syslog_line *line)
{
    const struct esi_verdict *verdict = line->verdict;

    esi_escape_wire(out, esi_slice_cut(verdict->logged.len > 0 ? verdict->logged : verdict->before,
                                       0, ESI_BEFORE_KEEP));
}

/* put_info - "matched Class 4: header line length gt 998", or the words of a parameter or of a
 * built-in rule. */
static void
put_info(struct esi_buf *out, const struct syslog_line *line)
{
    static const char match[] = "match ";
    const struct esi_rule *rule = &line->verdict->rule;
    const char *words = rule->words;

    if (rule->class_no == 0 && strcmp(esi_what_name(line->verdict->what), "relay") == 0)
        words = "mail-relay: No Mail Relay allowed";
    if (rule->class_no > 0) {
        esi_buf_text(out, "matched Class ");
        esi_buf_number(out, rule->class_no);
        esi_buf_text(out, ": ");
        if (strncmp(words, match, sizeof match - 1) == 0)
            words += sizeof match - 1;
    }
    esi_buf_text(out, words);
}

static void
put_count(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_number(out, line->verdict->limit.count);
}

static void
put_limit(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_number(out, line->verdict->limit.most);
}

static void
put_half_open(struct esi_buf *out, const struct syslog_line *line)
{
    esi_buf_number(out, line->verdict->limit.half_open_now);
}

/* Looked up for every insert of every line: by length first. */
#define INSERT(name, put)                                                                          \
    {                                                                                              \
        {(const uint8_t *)(name), sizeof(name) - 1}, put                                           \
    }
static const struct {
    struct esi_slice name;
    void (*put)(struct esi_buf *out, const struct syslog_line *line);
} inserts[] = {
    INSERT("client", put_client),
    INSERT("client-mapped", put_client_mapped),
    INSERT("client-at", put_client_at),
    INSERT("client-colon", put_client_colon),
    INSERT("client-interface", put_client_interface),
    INSERT("client-bytes", put_client_bytes),
    INSERT("server", put_server),
    INSERT("server-mapped", put_server_mapped),
    INSERT("server-at", put_server_at),
    INSERT("server-colon", put_server_colon),
    INSERT("server-bytes", put_server_bytes),
    INSERT("low", put_low),
    INSERT("low-mapped", put_low_mapped),
    INSERT("low-at", put_low_at),
    INSERT("high", put_high),
    INSERT("high-mapped", put_high_mapped),
    INSERT("high-at", put_high_at),
    INSERT("from", put_from),
    INSERT("from-at", put_from_at),
    INSERT("from-interface", put_from_interface),
    INSERT("to", put_to),
    INSERT("to-at", put_to_at),
    INSERT("out", put_out),
    INSERT("in", put_in),
    INSERT("global", put_global),
    INSERT("direction", put_direction),
    INSERT("id", put_id),
    INSERT("duration", put_duration),
    INSERT("bytes", put_bytes),
    INSERT("reason", put_words),
    INSERT("action", put_words),
    INSERT("flags", put_flags),
    INSERT("class", put_class),
    INSERT("what", put_what),
    INSERT("data", put_data),
    INSERT("info", put_info),
    INSERT("count", put_count),
    INSERT("limit", put_limit),
    INSERT("half-open", put_half_open),
};
#undef INSERT

void
syslog_put_insert(struct esi_buf *out, struct esi_slice name, const struct syslog_line *line)
{
    for (size_t i = 0; i < ESI_COUNT(inserts); i++) {
        if (esi_slice_eq(name, inserts[i].name)) {
            inserts[i].put(out, line);
            return;
        }
    }
    esi_panic("syslog_messages.def: {%.*s} is unknown", (int)name.len, (const char *)name.ptr);
}
