/*
 * generate.c - makes captures of mail traffic to measure with.
 *
 *     bench_generate KIND SIZE OUT.pcap
 *
 * KIND is a row of the table KINDS: small, bulk or conc. SIZE is that of the file, about, in bytes
 * or with K, M or G behind it. Same words, same file: all that looks like chance is derived from
 * the number of the session, and the clock starts at a fixed time.
 *
 * A session is a walk over a script, one frame a step. Little of it is kept, so that a hundred
 * thousand may be open together: what is said is made anew from the session's seed whenever it
 * goes into a frame, and the body of a message is a window on text that all sessions share.
 *
 * The traffic is of the harmless kind: no loss, no reordering, valid checksums. Hostile captures
 * are the business of the tests.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pcap_out.h"

enum {
    ETHER_LEN = 14,
    IP_LEN = 20,
    TCP_LEN = 20,
    TCP_AT = ETHER_LEN + IP_LEN,
    OPTIONS_SYN = 20,        /* MSS, SACK, timestamps, window scale */
    OPTIONS = 12,            /* on all others: timestamps, two NOPs before it */
    MSS = 1460,              /* as announced */
    SEGMENT = MSS - OPTIONS, /* as filled: 1448 */
    FRAME_MAX = TCP_AT + TCP_LEN + OPTIONS_SYN + MSS, /* RECORD_LEN not in it */
    FRAME_BARE = RECORD_LEN + TCP_AT + TCP_LEN + OPTIONS,
};

enum { FIN = 0x01, SYN = 0x02, PSH = 0x08, ACK = 0x10 };

enum {
    SMTP_PORT = 25,
    EPHEMERAL_FIRST = 32768, /* Linux' own range */
    EPHEMERAL_COUNT = 28232,
    CLIENT_HOSTS = 8000,
    SERVER_HOSTS = 12,
    POOL_LINES = 16384,
    BASE64_LINE = 76, /* RFC 2045 section 6.8 */
};

enum side_name { CLIENT, SERVER };

struct side {
    uint32_t addr;
    uint32_t next; /* sequence number of the next byte it sends */
    uint32_t boot; /* what its timestamp clock showed at the start of time */
    uint32_t stamp;
    uint16_t port;
    uint16_t ip_id;
    uint8_t ttl;
};

struct session {
    uint64_t seed;
    time_t born;
    struct side side[2];
    const struct script *script;
    uint32_t head_len;
    uint32_t tail_len;
    uint64_t body_at; /* in the pool, which is a ring */
    uint64_t body_len;
    uint64_t sent;    /* bytes of the message */
    uint32_t unacked; /* segments of it */
    uint16_t step;
    bool live;
};

/* Lines of body text one behind the other, line i at line[i]. */
struct pool {
    char *text;
    size_t len;
    size_t line[POOL_LINES + 1];
};

struct kind {
    const char *name;
    bool attachment;
    uint32_t open;    /* sessions at a time; 0: all there are */
    uint32_t turn;    /* frames at most before another session has its turn */
    uint32_t per_gib; /* sessions in a file of 1G; 0: as many as fill it */
    uint32_t body_min;
    uint32_t body_max;
    uint32_t gap; /* microseconds between two frames, on the average */
};

/* conc: the bodies are of the lengths with which 100,000 sessions fill 1 GiB. */
static const struct kind KINDS[] = {
    {"small", false, 200, 3, 0, 60, 420, 20},
    {"bulk", true, 4, 24, 0, 6000000, 13600000, 12},
    {"conc", false, 0, 1, 100000, 3800, 11200, 20},
};

static const char *const USERS[] = {
    "anna", "bernd",   "carla.rossi", "d.okafor", "elena",    "f.moreau", "g.tanaka", "heike",
    "ivan", "j.smith", "katrin",      "li.wei",   "m.garcia", "nadia",    "office",   "p.novak",
};
static const char *const CLIENT_NAMES[] = {"mail", "mta", "relay", "smtp-out", "mx", "post"};
static const char *const SUBJECTS[] = {
    "Re: minutes of the meeting",
    "Offer 2024-118",
    "Your order has been shipped",
    "Delivery on Thursday",
    "Fwd: photos",
    "Re: Re: question about the invoice",
    "Weekly report",
    "Server room",
};
static const char *const WORDS[] = {
    "the",   "of",     "and",     "to",     "we",     "have",   "that",    "for",      "with",
    "this",  "from",   "your",    "will",   "order",  "please", "about",   "which",    "when",
    "next",  "week",   "meeting", "report", "should", "before", "because", "delivery", "number",
    "price", "office", "morning", "letter", "answer", "could",  "again",   "already",  "question",
    "send",  "note",   "as",      "is",     "are",    "on",     "at",      "be",       "not",
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct pool pool;
static const struct kind *kind;

/* mix - a number that looks like chance, from one that does not (splitmix64). */
static uint64_t
mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/* What a session draws by chance: each has a number, so that asking twice gives the same. */
enum draw {
    DRAW_SEQ_CLIENT,
    DRAW_SEQ_SERVER,
    DRAW_IP_ID,
    DRAW_SCRIPT,
    DRAW_BODY_LEN,
    DRAW_BODY_AT,
    DRAW_SENDER,
    DRAW_RECIPIENT,
    DRAW_RECIPIENT_2,
    DRAW_SUBJECT,
    DRAW_IDS,
};

static uint64_t
draw(const struct session *session, enum draw which)
{
    return mix(session->seed ^ mix((uint64_t)which + 1000));
}

static const char *
pick(const struct session *session, enum draw which, const char *const *list, size_t count)
{
    return list[draw(session, which) % count];
}

/* ---- the text of a session ---- */

/* say - prints text of at most a segment. */
__attribute__((format(printf, 2, 3))) static size_t
say(char *out, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(out, SEGMENT, format, args);
    va_end(args);
    if (n < 0 || n >= SEGMENT)
        panic("text longer than a segment", format);
    return (size_t)n;
}

static uint32_t
client_number(const struct session *session)
{
    return session->side[CLIENT].addr & 0xffff;
}

static const char *
client_name(const struct session *session)
{
    return CLIENT_NAMES[session->side[CLIENT].addr % COUNT(CLIENT_NAMES)];
}

static uint32_t
server_number(const struct session *session)
{
    return session->side[SERVER].addr & 0xff;
}

static uint64_t
message_len(const struct session *session)
{
    return session->head_len + session->body_len + session->tail_len;
}

static size_t
say_greeting(const struct session *session, char *out)
{
    return say(out, "220 mx%" PRIu32 ".example.com ESMTP Postfix (Debian/GNU)\r\n",
               server_number(session));
}

static size_t
say_ehlo(const struct session *session, char *out)
{
    return say(out, "EHLO %s%" PRIu32 ".example.net\r\n", client_name(session),
               client_number(session));
}

static size_t
say_keywords(const struct session *session, char *out)
{
    return say(out,
               "250-mx%" PRIu32 ".example.com\r\n"
               "250-PIPELINING\r\n"
               "250-SIZE 52428800\r\n"
               "250-VRFY\r\n"
               "250-ETRN\r\n"
               "250-STARTTLS\r\n"
               "250-ENHANCEDSTATUSCODES\r\n"
               "250-8BITMIME\r\n"
               "250 DSN\r\n",
               server_number(session));
}

static size_t
say_mail(const struct session *session, char *out)
{
    return say(out, "MAIL FROM:<%s@example.net> SIZE=%" PRIu64 "\r\n",
               pick(session, DRAW_SENDER, USERS, COUNT(USERS)), message_len(session));
}

static size_t
say_mail_ok(const struct session *session, char *out)
{
    (void)session;
    return say(out, "250 2.1.0 Ok\r\n");
}

static size_t
say_rcpt(const struct session *session, char *out)
{
    return say(out, "RCPT TO:<%s@example.com>\r\n",
               pick(session, DRAW_RECIPIENT, USERS, COUNT(USERS)));
}

static size_t
say_rcpt_2(const struct session *session, char *out)
{
    return say(out, "RCPT TO:<%s@dept%u.example.com>\r\n",
               pick(session, DRAW_RECIPIENT_2, USERS, COUNT(USERS)),
               (unsigned)(draw(session, DRAW_RECIPIENT_2) >> 32) % 20);
}

static size_t
say_rcpt_ok(const struct session *session, char *out)
{
    (void)session;
    return say(out, "250 2.1.5 Ok\r\n");
}

static size_t
say_data(const struct session *session, char *out)
{
    (void)session;
    return say(out, "DATA\r\n");
}

static size_t
say_go_ahead(const struct session *session, char *out)
{
    (void)session;
    return say(out, "354 End data with <CR><LF>.<CR><LF>\r\n");
}

/* say_envelope - RFC 2920: all of it in one segment, as Postfix likes to send it. */
static size_t
say_envelope(const struct session *session, char *out)
{
    size_t n = say_mail(session, out);

    n += say_rcpt(session, out + n);
    return n + say_data(session, out + n);
}

static size_t
say_envelope_ok(const struct session *session, char *out)
{
    size_t n = say_mail_ok(session, out);

    n += say_rcpt_ok(session, out + n);
    return n + say_go_ahead(session, out + n);
}

static size_t
say_queued(const struct session *session, char *out)
{
    return say(out, "250 2.0.0 Ok: queued as %010" PRIX64 "\r\n",
               draw(session, DRAW_IDS) & 0xffffffffff);
}

static size_t
say_quit(const struct session *session, char *out)
{
    (void)session;
    return say(out, "QUIT\r\n");
}

static size_t
say_bye(const struct session *session, char *out)
{
    (void)session;
    return say(out, "221 2.0.0 Bye\r\n");
}

/* say_part - the end of a header: what leads over to the body. */
static size_t
say_part(const struct session *session, char *out)
{
    uint64_t id = draw(session, DRAW_IDS);

    if (!kind->attachment)
        return say(out, "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: 7bit\r\n"
                        "\r\n");
    return say(out,
               "Content-Type: multipart/mixed; boundary=\"------------%016" PRIX64 "\"\r\n"
               "\r\n"
               "This is a multi-part message in MIME format.\r\n"
               "--------------%016" PRIX64 "\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: 7bit\r\n"
               "\r\n"
               "Please find the drawings attached.\r\n"
               "\r\n"
               "--------------%016" PRIX64 "\r\n"
               "Content-Type: application/pdf; name=\"drawings-%u.pdf\"\r\n"
               "Content-Disposition: attachment; filename=\"drawings-%u.pdf\"\r\n"
               "Content-Transfer-Encoding: base64\r\n"
               "\r\n",
               id, id, id, (unsigned)(id % 1000), (unsigned)(id % 1000));
}

/* say_head - the message up to where its body takes over from the pool. */
static size_t
say_head(const struct session *session, char *out)
{
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    const struct tm *tm = gmtime(&session->born);
    uint64_t id = draw(session, DRAW_IDS);
    const char *sender = pick(session, DRAW_SENDER, USERS, COUNT(USERS));
    char date[64];
    size_t n;

    snprintf(date, sizeof date, "%s, %d Jan 2024 %02d:%02d:%02d +0000", DAYS[tm->tm_wday],
             tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec);
    n = say(out,
            "Received: by %s%" PRIu32 ".example.net (Postfix, from userid 1000)\r\n"
            "\tid %010" PRIX64 "; %s\r\n"
            "From: %s@example.net\r\n"
            "To: %s@example.com\r\n"
            "Subject: %s\r\n"
            "Date: %s\r\n"
            "Message-ID: <%" PRIx64 "@example.net>\r\n"
            "User-Agent: Mutt/2.2.9\r\n"
            "MIME-Version: 1.0\r\n",
            client_name(session), client_number(session), id >> 24, date, sender,
            pick(session, DRAW_RECIPIENT, USERS, COUNT(USERS)),
            pick(session, DRAW_SUBJECT, SUBJECTS, COUNT(SUBJECTS)), date, id);
    return n + say_part(session, out + n);
}

/* say_tail - the message from the end of its body on, with the dot that ends it. */
static size_t
say_tail(const struct session *session, char *out)
{
    if (!kind->attachment)
        return say(out, "\r\n-- \r\n%s\r\n.\r\n", pick(session, DRAW_SENDER, USERS, COUNT(USERS)));
    return say(out, "JSVFT0YK\r\n\r\n--------------%016" PRIX64 "--\r\n.\r\n",
               draw(session, DRAW_IDS));
}

/* ---- bodies ---- */

static size_t
make_base64_line(uint64_t seed, char *out)
{
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (unsigned i = 0; i < BASE64_LINE; i++)
        out[i] = ALPHABET[mix(seed + i) % 64];
    return BASE64_LINE;
}

/* make_text_line - an empty one now and then, and now and then a dot that had to be stuffed. */
static size_t
make_text_line(uint64_t seed, char *out)
{
    size_t n = 0;
    size_t wanted = 48 + seed % 26;

    if (seed % 9 == 0)
        return 0;
    if (seed % 512 == 1) {
        memcpy(out, "... ", 4);
        n = 4;
    }
    for (unsigned i = 1; n < wanted; i++) {
        const char *word = WORDS[mix(seed + i) % COUNT(WORDS)];

        memcpy(out + n, word, strlen(word));
        n += strlen(word);
        out[n++] = ' ';
    }
    return n - 1;
}

static void
make_pool(void)
{
    pool.text = malloc((size_t)POOL_LINES * 100);
    if (!pool.text)
        panic("no memory", "pool");
    for (unsigned i = 0; i < POOL_LINES; i++) {
        uint64_t seed = mix((uint64_t)i << 32);
        char *out = pool.text + pool.len;
        size_t n = kind->attachment ? make_base64_line(seed, out) : make_text_line(seed, out);

        memcpy(out + n, "\r\n", 2);
        pool.line[i] = pool.len;
        pool.len += n + 2;
    }
    pool.line[POOL_LINES] = pool.len;
}

/* message_choose - which message a session carries: whole lines of the pool, about as many bytes
 * as the kind wants. Text begins in the pool's first half and never meets its end. */
static void
message_choose(struct session *session)
{
    uint64_t wanted =
        kind->body_min + draw(session, DRAW_BODY_LEN) % (kind->body_max - kind->body_min);
    size_t first = draw(session, DRAW_BODY_AT) % (POOL_LINES / 2);
    size_t end = first + 1;
    char text[SEGMENT];

    session->body_at = pool.line[first];
    if (kind->attachment) {
        session->body_len = wanted - wanted % (BASE64_LINE + 2);
    } else {
        while (pool.line[end] - pool.line[first] < wanted)
            end++;
        session->body_len = pool.line[end] - pool.line[first];
    }
    session->head_len = (uint32_t)say_head(session, text);
    session->tail_len = (uint32_t)say_tail(session, text);
}

/* take - copies what [at, at + n) of a message shares with a part of it: len bytes of text that
 * begin at start. Gives the bytes copied. */
static size_t
take(char *out, uint64_t at, size_t n, uint64_t start, const char *text, uint64_t len)
{
    if (at < start || at >= start + len)
        return 0;
    if (n > start + len - at)
        n = (size_t)(start + len - at);
    memcpy(out, text + (at - start), n);
    return n;
}

/* message_copy - n bytes of a session's message from byte at. */
static void
message_copy(const struct session *session, uint64_t at, size_t n, char *out)
{
    uint64_t body_end = session->head_len + session->body_len;
    char text[SEGMENT];
    size_t got;

    for (; n > 0; at += got, out += got, n -= got) {
        if (at < session->head_len) {
            say_head(session, text);
            got = take(out, at, n, 0, text, session->head_len);
        } else if (at < body_end) {
            size_t from = (size_t)((session->body_at + at - session->head_len) % pool.len);
            uint64_t left = body_end - at < pool.len - from ? body_end - at : pool.len - from;

            got = take(out, at, n, at, pool.text + from, left);
        } else {
            say_tail(session, text);
            got = take(out, at, n, body_end, text, session->tail_len);
        }
        if (got == 0)
            panic("read beyond its end", "message");
    }
}

/* ---- scripts ---- */

/* One frame, or with `message` as many as the message needs and the ACKs between them. */
struct step {
    enum side_name from;
    uint8_t flags;
    bool message;
    size_t (*say)(const struct session *, char *);
};

/* Between OPENING and CLOSING. */
struct script {
    const struct step *envelope;
    size_t count;
};

/* Linux acknowledges the first data of a connection at once, later ones with its own answer. */
static const struct step OPENING[] = {
    {CLIENT, SYN, false, NULL}, {SERVER, SYN | ACK, false, NULL},
    {CLIENT, ACK, false, NULL}, {SERVER, PSH | ACK, false, say_greeting},
    {CLIENT, ACK, false, NULL}, {CLIENT, PSH | ACK, false, say_ehlo},
    {SERVER, ACK, false, NULL}, {SERVER, PSH | ACK, false, say_keywords},
};

static const struct step STEP_BY_STEP[] = {
    {CLIENT, PSH | ACK, false, say_mail}, {SERVER, PSH | ACK, false, say_mail_ok},
    {CLIENT, PSH | ACK, false, say_rcpt}, {SERVER, PSH | ACK, false, say_rcpt_ok},
    {CLIENT, PSH | ACK, false, say_data}, {SERVER, PSH | ACK, false, say_go_ahead},
};

static const struct step TWO_RECIPIENTS[] = {
    {CLIENT, PSH | ACK, false, say_mail},   {SERVER, PSH | ACK, false, say_mail_ok},
    {CLIENT, PSH | ACK, false, say_rcpt},   {SERVER, PSH | ACK, false, say_rcpt_ok},
    {CLIENT, PSH | ACK, false, say_rcpt_2}, {SERVER, PSH | ACK, false, say_rcpt_ok},
    {CLIENT, PSH | ACK, false, say_data},   {SERVER, PSH | ACK, false, say_go_ahead},
};

static const struct step PIPELINED[] = {
    {CLIENT, PSH | ACK, false, say_envelope},
    {SERVER, PSH | ACK, false, say_envelope_ok},
};

static const struct step CLOSING[] = {
    {CLIENT, PSH | ACK, true, NULL},      {SERVER, PSH | ACK, false, say_queued},
    {CLIENT, PSH | ACK, false, say_quit}, {SERVER, PSH | ACK, false, say_bye},
    {SERVER, FIN | ACK, false, NULL},     {CLIENT, FIN | ACK, false, NULL},
    {SERVER, ACK, false, NULL},
};

/* One of eight is drawn. */
static const struct script SCRIPTS[8] = {
    {PIPELINED, COUNT(PIPELINED)},           {TWO_RECIPIENTS, COUNT(TWO_RECIPIENTS)},
    {TWO_RECIPIENTS, COUNT(TWO_RECIPIENTS)}, {STEP_BY_STEP, COUNT(STEP_BY_STEP)},
    {STEP_BY_STEP, COUNT(STEP_BY_STEP)},     {STEP_BY_STEP, COUNT(STEP_BY_STEP)},
    {STEP_BY_STEP, COUNT(STEP_BY_STEP)},     {STEP_BY_STEP, COUNT(STEP_BY_STEP)},
};

static size_t
steps_of(const struct script *script)
{
    return COUNT(OPENING) + script->count + COUNT(CLOSING);
}

static const struct step *
step_at(const struct script *script, size_t i)
{
    if (i < COUNT(OPENING))
        return &OPENING[i];
    i -= COUNT(OPENING);
    return i < script->count ? &script->envelope[i] : &CLOSING[i - script->count];
}

/* ---- frames ---- */

static struct {
    struct pcap_out out;
    uint64_t clock; /* microseconds since the start of time */
    uint64_t frames;
} capture;

/* checksum - RFC 1071. Sums 32 bits at a time in the machine's order: the sum does not mind. */
static uint16_t
checksum(const uint8_t *bytes, size_t len, uint32_t pseudo)
{
    uint64_t sum = 0;
    uint8_t last[4] = {0};
    uint8_t pseudo_bytes[4];
    uint32_t word;
    size_t i;

    for (i = 0; i + 4 <= len; i += 4) {
        memcpy(&word, bytes + i, 4);
        sum += word;
    }
    memcpy(last, bytes + i, len - i);
    memcpy(&word, last, 4);
    sum += word;
    put32(pseudo_bytes, pseudo);
    memcpy(&word, pseudo_bytes, 4);
    sum += word;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);

    uint16_t folded = (uint16_t)~sum;
    uint8_t order[2];

    memcpy(order, &folded, 2);
    return (uint16_t)(order[0] << 8 | order[1]);
}

/* fold - the pseudo header of RFC 9293 section 3.1 as one number, for checksum(). */
static uint32_t
fold(uint32_t from, uint32_t to, size_t tcp_len)
{
    uint64_t sum = (uint64_t)from + to + 6 + tcp_len;

    while (sum >> 32)
        sum = (sum & 0xffffffff) + (sum >> 32);
    return (uint32_t)sum;
}

/* put_options - gives their length. */
static size_t
put_options(uint8_t *at, uint8_t flags, uint32_t stamp, uint32_t echo)
{
    static const uint8_t ON_SYN[] = {2, 4, MSS >> 8, MSS & 0xff, 4, 2};
    static const uint8_t SCALE[] = {1, 3, 3, 7};
    size_t n = 2;

    if (flags & SYN) {
        memcpy(at, ON_SYN, sizeof ON_SYN);
        n = sizeof ON_SYN;
    } else {
        at[0] = at[1] = 1;
    }
    at[n] = 8;
    at[n + 1] = 10;
    put32(at + n + 2, stamp);
    put32(at + n + 6, echo);
    n += 10;
    if (flags & SYN) {
        memcpy(at + n, SCALE, sizeof SCALE);
        n += sizeof SCALE;
    }
    return n;
}

static void
put_ethernet(uint8_t *frame, const struct side *from, const struct side *to)
{
    frame[0] = frame[6] = 0x02; /* of local making */
    put32(frame + 2, to->addr);
    put32(frame + 8, from->addr);
    put16(frame + 12, 0x0800);
}

static void
put_ip(uint8_t *ip, struct side *from, const struct side *to, size_t len)
{
    ip[0] = 0x45;
    put16(ip + 2, (uint32_t)len);
    put16(ip + 4, from->ip_id++);
    put16(ip + 6, 0x4000); /* don't fragment */
    ip[8] = from->ttl;
    ip[9] = 6;
    put32(ip + 12, from->addr);
    put32(ip + 16, to->addr);
    put16(ip + 10, checksum(ip, IP_LEN, 0));
}

/* put_tcp - the header without its checksum; gives its length. */
static size_t
put_tcp(uint8_t *tcp, const struct side *from, const struct side *to, uint8_t flags)
{
    size_t options = put_options(tcp + TCP_LEN, flags, from->stamp, flags & ACK ? to->stamp : 0);

    put16(tcp, from->port);
    put16(tcp + 2, to->port);
    put32(tcp + 4, from->next);
    put32(tcp + 8, flags & ACK ? to->next : 0);
    tcp[12] = (uint8_t)((TCP_LEN + options) / 4 << 4);
    tcp[13] = flags;
    put16(tcp + 14, flags & SYN ? 64240 : 502);
    return TCP_LEN + options;
}

/* emit - one frame from a side to the other. */
static void
emit(struct session *session, enum side_name name, uint8_t flags, const char *text, size_t len)
{
    uint8_t record[RECORD_LEN + FRAME_MAX] = {0};
    uint8_t *frame = record + RECORD_LEN;
    uint8_t *tcp = frame + TCP_AT;
    struct side *from = &session->side[name];
    const struct side *to = &session->side[!name];
    size_t tcp_len;

    capture.clock += 1 + mix(capture.frames++) % (2 * kind->gap);
    from->stamp = from->boot + (uint32_t)(capture.clock / 1000);
    tcp_len = put_tcp(tcp, from, to, flags) + len;
    if (len > 0)
        memcpy(tcp + tcp_len - len, text, len);
    put_ethernet(frame, from, to);
    put_ip(frame + ETHER_LEN, from, to, IP_LEN + tcp_len);
    put16(tcp + 16, checksum(tcp, tcp_len, fold(from->addr, to->addr, tcp_len)));
    from->next += (uint32_t)len + (flags & (SYN | FIN) ? 1 : 0);

    uint32_t caplen = (uint32_t)(TCP_AT + tcp_len);

    pcap_out_record(record, capture.clock, caplen);
    pcap_out_bytes(&capture.out, record, RECORD_LEN + caplen);
}

/* ---- sessions ---- */

/* session_open - the session of that number. Hosts times ports: no pair comes twice. */
static void
session_open(struct session *session, uint64_t number)
{
    struct side *client = &session->side[CLIENT];
    struct side *server = &session->side[SERVER];
    uint32_t host = (uint32_t)(number % CLIENT_HOSTS);
    uint32_t round = (uint32_t)(number / CLIENT_HOSTS);

    memset(session, 0, sizeof *session);
    session->live = true;
    session->seed = mix(number);
    session->born = (time_t)(START_OF_TIME + capture.clock / MICROSECONDS);
    client->addr = 10U << 24 | (16 + host / 250) << 16 | host * 37 % 256 << 8 | (1 + host % 250);
    client->port = (uint16_t)(EPHEMERAL_FIRST + (round * 1009 + host * 53) % EPHEMERAL_COUNT);
    client->ttl = (uint8_t)(48 + host % 14);
    client->next = (uint32_t)draw(session, DRAW_SEQ_CLIENT);
    server->addr = 192U << 24 | 2U << 8 | (10 + (host + round) % SERVER_HOSTS);
    server->port = SMTP_PORT;
    server->ttl = 64;
    server->next = (uint32_t)draw(session, DRAW_SEQ_SERVER);
    for (enum side_name name = CLIENT; name <= SERVER; name++) {
        session->side[name].boot = (uint32_t)mix(session->side[name].addr) >> 1;
        session->side[name].ip_id = (uint16_t)(draw(session, DRAW_IP_ID) >> 16 * name);
    }
    session->script = &SCRIPTS[draw(session, DRAW_SCRIPT) % COUNT(SCRIPTS)];
    message_choose(session);
}

/* session_size - its bytes in the file, nearly. */
static uint64_t
session_size(const struct session *session)
{
    uint64_t segments = message_len(session) / SEGMENT + 1;

    return (steps_of(session->script) + segments * 3 / 2) * FRAME_BARE + message_len(session) + 500;
}

/* message_next - the next frame of a message: a segment, or after two of them the ACK. Gives
 * whether that was the last. */
static bool
message_next(struct session *session)
{
    uint64_t left = message_len(session) - session->sent;
    size_t len = left < SEGMENT ? (size_t)left : SEGMENT;
    char text[SEGMENT];

    if (session->unacked == 2) {
        emit(session, SERVER, ACK, NULL, 0);
        session->unacked = 0;
        return left == 0;
    }
    message_copy(session, session->sent, len, text);
    emit(session, CLIENT, len == left ? PSH | ACK : ACK, text, len);
    session->sent += len;
    session->unacked++;
    return len == left && session->unacked < 2;
}

/* session_next - one frame more. */
static void
session_next(struct session *session)
{
    const struct step *step = step_at(session->script, session->step);
    char text[SEGMENT];

    if (step->message) {
        session->step += message_next(session);
    } else {
        emit(session, step->from, step->flags, text, step->say ? step->say(session, text) : 0);
        session->step++;
    }
    session->live = session->step < steps_of(session->script);
}

/* run - sessions until they fill size bytes, `open` at a time in turn. Gives their number. */
static uint64_t
run(uint64_t size)
{
    uint64_t wanted = kind->per_gib > 0 ? (size >> 10) * kind->per_gib >> 20 : UINT64_MAX;
    uint64_t open = kind->open > 0 ? kind->open : wanted;
    struct session *sessions = calloc(open > 0 ? open : 1, sizeof *sessions);
    uint64_t number = 0;
    uint64_t planned = 0;
    bool any = true;

    if (!sessions)
        panic("no memory", "sessions");
    while (any) {
        any = false;
        for (uint64_t i = 0; i < open; i++) {
            struct session *session = &sessions[i];

            if (!session->live) {
                if (number == wanted || (wanted == UINT64_MAX && planned >= size))
                    continue;
                session_open(session, number++);
                planned += session_size(session);
            }
            uint64_t turn = 1 + mix(session->seed + session->step + session->sent) % kind->turn;

            for (any = true; turn > 0 && session->live; turn--)
                session_next(session);
        }
    }
    free(sessions);
    return number;
}

/* size_of - the bytes that a word like 64M means; 0: none. */
static uint64_t
size_of(const char *word)
{
    static const char UNITS[] = "KMG";
    const char *unit;
    char *end;
    uint64_t size = strtoull(word, &end, 10);

    if (*end == '\0')
        return size;
    unit = strchr(UNITS, *end);
    if (!unit || end[1] != '\0' || size > UINT64_MAX >> 40)
        return 0;
    return size << 10 * (unit - UNITS + 1);
}

static const struct kind *
kind_find(const char *name)
{
    for (size_t i = 0; i < COUNT(KINDS); i++)
        if (strcmp(KINDS[i].name, name) == 0)
            return &KINDS[i];
    return NULL;
}

int
main(int argc, char **argv)
{
    uint64_t size = argc == 4 ? size_of(argv[2]) : 0;
    uint64_t sessions;

    kind = argc == 4 ? kind_find(argv[1]) : NULL;
    if (!kind || size == 0) {
        fputs("usage: bench_generate small|bulk|conc SIZE[K|M|G] OUT.pcap\n", stderr);
        return 2;
    }
    pcap_out_open(&capture.out, argv[3]);
    make_pool();
    sessions = run(size);
    pcap_out_close(&capture.out);
    free(pool.text);
    printf("%s: %" PRIu64 " sessions, %" PRIu64 " frames, %" PRIu64 " bytes\n", capture.out.name,
           sessions, capture.frames, capture.out.bytes);
    return 0;
}
