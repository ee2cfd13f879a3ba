/*
 * greeting.c - what a greeting tells: which mask it bears, or whose it is.
 *
 * By the forms of the boxes known (analyzer/inspect/greeting.c writes them): stars with or without
 * the characters 2 and 0, no blank among them; or SMTP/cmap. Anything else in it, and it is
 * somebody's text, be it an ornament.
 */
#define _GNU_SOURCE /* memmem */
#include "evidence_internal.h"

enum {
    SHORT = 12,     /* fewer stars are written by hand, or by test programs */
    LONG = 60,      /* bytes that hardly do without a date */
    SINK_STARS = 8, /* of Postfix smtp-sink -P */
    CODE_LEN = 3
};

/* What there is in a greeting's text. */
struct look {
    size_t stars, islands, others, lines, bytes;
    size_t first_len; /* of its first line */
    uint64_t lost;    /* bytes of the span that are neither text nor line ends */
};

static struct look
look_at(const struct esi_outcome *turn)
{
    struct esi_slice text = turn->u.turn.text, line;
    struct look look = {.first_len = text.len};

    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        look.stars += byte == '*';
        look.islands += byte == '2' || byte == '0';
        look.others += byte != '*' && byte != '2' && byte != '0' && byte != '\n';
    }
    while (next_line(&text, &line)) {
        look.first_len = look.lines == 0 ? line.len : look.first_len;
        look.lines++;
        look.bytes += line.len;
    }
    uint64_t known = look.bytes + 2 * look.lines;
    look.lost = turn->span.len > known ? turn->span.len - known : 0;
    return look;
}

/* tell_length - what of the servers known is as long, or has 2 and 0 in these places. */
static void
tell_length(struct esi_evidence *evidence, struct esi_ground *ground, const struct look *look,
            struct esi_slice line)
{
    struct esi_buf text = {0}, names = {0};
    enum mask mask = look->islands > 0 ? MASK_ISLANDS : MASK_STARS;

    evidence->server_bits = templates_fit(line, mask, &names);
    esi_buf_printf(&text, "%zu bytes are hidden", line.len);
    if (names.len > 0) {
        esi_buf_text(&text, mask == MASK_ISLANDS ? "; length and places of 2 and 0 fit "
                                                 : "; the length fits ");
        esi_buf_append(&text, esi_buf_slice(&names));
    }
    add_detail(evidence, ground, &text);
    esi_buf_free(&text);
    esi_buf_free(&names);
}

/* see_stars - a greeting of nothing else. */
static void
see_stars(struct esi_evidence *evidence, const struct esi_outcome *turn, const struct look *look)
{
    struct esi_slice text = turn->u.turn.text;
    struct esi_slice line = esi_slice_cut(text, 0, look->first_len);
    bool separator = look->lines == 1 && look->lost == CODE_LEN;
    bool several = look->lines > 1;
    bool codes = several && look->lost == (CODE_LEN + 1) * look->lines;
    /* Of a later line 220 is kept as any 2 and 0 are, and the byte behind it is not. */
    bool kept_220 = several && look->lost == CODE_LEN * look->lines + 1;
    bool few = look->stars + look->islands < SHORT && !several;
    enum detector row = few                             ? DETECTOR_GREETING_SHORT
                        : look->islands > 0 || kept_220 ? DETECTOR_GREETING_ISLANDS
                        : codes                         ? DETECTOR_GREETING_CODES
                                                        : DETECTOR_GREETING_STARS;

    evidence->greeting_starred = true;
    evidence->eight_stars = look->stars == SINK_STARS && look->bytes == SINK_STARS && !separator;
    if (separator) {
        found(evidence, DETECTOR_GREETING_SEPARATOR, turn, text);
        line = esi_slice_cut(line, 1, line.len);
    }
    tell_length(evidence, found(evidence, row, turn, text), look, line);
    if (several && codes && look->islands > 0)
        found(evidence, DETECTOR_GREETING_CODES, turn, text);
    if (several && !codes)
        found(evidence, DETECTOR_GREETING_LINES, turn, text);
    if (row != DETECTOR_GREETING_ISLANDS && look->stars >= LONG)
        found(evidence, DETECTOR_GREETING_LONG, turn, text);
}

static bool
is_cmap(struct esi_slice text)
{
    static const char head[] = "SMTP/cmap";
    enum { HEAD = sizeof head - 1 };
    size_t n = HEAD;

    if (text.len < HEAD || memcmp(text.ptr, head, HEAD) != 0)
        return false;
    while (n < text.len && text.ptr[n] == '_')
        n++;
    struct esi_slice rest = esi_slice_cut(text, n, text.len);
    return glob_fits("read*", rest) || glob_fits(" read*", rest) || rest.len == 0;
}

static bool
holds(struct esi_slice text, const char *word)
{
    return text.len > 0 && memmem(text.ptr, text.len, word, strlen(word));
}

static void
read_clear(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    struct esi_slice text = turn->u.turn.text, line = text;

    evidence->greeting_esmtp = holds(text, "ESMTP");
    next_line(&text, &line);
    evidence->server = server_of_greeting(line);
    see_products(evidence, turn, true, ESI_VERB_UNKNOWN);
}

/* see_clear - what 220 came with before, and no product had said, need not be read again. */
static void
see_clear(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    static _Thread_local struct {
        struct known known;
        enum server server;
        bool esmtp;
    } greetings[KNOWN_PLACES];
    struct esi_slice text = turn->u.turn.text;
    size_t place = known_place(text);

    evidence->greeting_clear = turn->u.turn.code == 220;
    if (evidence->greeting_clear && is_known(&greetings[place].known, text)) {
        evidence->server = greetings[place].server;
        evidence->greeting_esmtp = greetings[place].esmtp;
        return;
    }
    read_clear(evidence, turn);
    if (!evidence->greeting_clear || evidence->fired[0] || evidence->fired[1])
        return;
    make_known(&greetings[place].known, text);
    greetings[place].server = evidence->server;
    greetings[place].esmtp = evidence->greeting_esmtp;
}

void
see_greeting(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    struct esi_slice text = turn->u.turn.text;

    evidence->greeted = evidence->heard = true;
    if (turn->u.turn.code == 220 && text.len > 0 &&
        (text.ptr[0] == '*' || text.ptr[0] == '2' || text.ptr[0] == '0')) {
        struct look look = look_at(turn);
        if (look.others == 0 && look.stars > 0) {
            see_stars(evidence, turn, &look);
            return;
        }
    }
    if (turn->u.turn.code == 220 && is_cmap(text)) {
        found(evidence, DETECTOR_GREETING_CMAP, turn, text);
        if (glob_fits("*_read*", text))
            found(evidence, DETECTOR_GREETING_CMAP_PRINT, turn, text);
        return;
    }
    see_clear(evidence, turn);
}
