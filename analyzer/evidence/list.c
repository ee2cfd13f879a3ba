/*
 * list.c - the reply to EHLO: which lines are masked, and how; which keywords stand in the clear.
 *
 * The first line is never masked; the others are by line: X to the last byte, and a letter there
 * that runs from A. By the 24th line the letter is X itself.
 */
#include "evidence_internal.h"

enum {
    LETTERS = 26,
    STARTTLS_LEN = 8,
    LINE_LEAST = 4,  /* of a line of its own; shorter ones count beside others */
    SHORT_LEAST = 3, /* so many of them tell it, too */
};

/* What it comes to, if all its lines are in the clear. */
struct clear_list {
    size_t count;   /* of lines */
    uint64_t clear; /* bits of enum keyword */
    bool others, auth_equals;
};

/* What its lines come to. */
struct list {
    struct clear_list seen;
    size_t masked;                          /* whose letters run as they should */
    size_t longest;                         /* of these */
    bool odd, tls_x, other_x, wraps, stays; /* tls_x: X as long as STARTTLS; other_x: otherwise */
    struct esi_slice odd_line, first_masked;
    struct list_line lines[LIST_MOST]; /* the first seen.count */
};

struct remembered {
    struct known known;
    struct clear_list seen;
};

static bool
is_letter(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z';
}

/* take_masked - a line of X but for its last byte, which may be one as well. */
static void
take_masked(struct list *list, struct esi_slice text)
{
    uint8_t last = text.ptr[text.len - 1];
    uint8_t due = (uint8_t)('A' + list->masked % LETTERS);
    bool late = list->masked >= LETTERS;

    if (last == due || (late && last == 'Z')) {
        list->wraps |= late && last == due;
        list->stays |= late && last != due;
        list->first_masked = list->masked == 0 ? text : list->first_masked;
        list->longest = text.len > list->longest ? text.len : list->longest;
        list->masked++;
        return;
    }
    if (last == 'X' && text.len < LINE_LEAST)
        return;
    list->tls_x |= last == 'X' && text.len == STARTTLS_LEN;
    list->other_x |= last == 'X' && text.len != STARTTLS_LEN;
    list->odd |= last != 'X';
    list->odd_line = text;
}

static void
take_clear(struct list *list, struct esi_slice text)
{
    enum keyword keyword = keyword_of(text);

    if (keyword != KEYWORD_COUNT)
        list->seen.clear |= (uint64_t)1 << keyword;
    list->seen.others |= !keyword_passes(keyword) && keyword != KEYWORD_STARTTLS && text.len > 0;
    list->seen.auth_equals |= keyword == KEYWORD_AUTH && text.len > 4 && text.ptr[4] == '=';
}

static void
take_line(struct list *list, struct esi_slice text)
{
    bool letter = text.len > 0 && is_letter(text.ptr[text.len - 1]);
    bool masked = letter && run_of(text, 'X') >= text.len - 1 && (text.len > 1 || list->masked > 0);

    if (list->seen.count < LIST_MOST)
        list->lines[list->seen.count++] = (struct list_line){text, masked};
    if (masked)
        take_masked(list, text);
    else
        take_clear(list, text);
}

/* is_mask - whether the lines are enough of one: a text such as XA may be anybody's, but for stars
 * before it. */
static bool
is_mask(const struct list *list, bool starred)
{
    return (starred && list->masked > 0) || list->longest >= LINE_LEAST ||
           list->masked >= SHORT_LEAST;
}

static void
find_missing(struct esi_evidence *evidence, const struct esi_outcome *turn, const struct list *list)
{
    uint64_t always, missing;
    struct esi_buf text = {0};

    if (evidence->server == SERVER_COUNT || list->masked > 0 || list->odd || list->tls_x ||
        list->other_x)
        return;
    always = keywords_always(evidence->server);
    missing = always & ~list->seen.clear;
    if (missing == 0)
        return;
    esi_buf_printf(&text, "%s offers, and it is not there:", server_name(evidence->server));
    for (unsigned bit = 0; bit < KEYWORD_COUNT; bit++)
        if ((missing >> bit) & 1)
            esi_buf_printf(&text, " %s", esi_evidence_keyword(bit));
    add_detail(evidence, found(evidence, DETECTOR_LIST_SHORT, turn, (struct esi_slice){0}), &text);
    esi_buf_free(&text);
}

/* find_clear - what keywords in the clear tell of the platform. */
static void
find_clear(struct esi_evidence *evidence, const struct esi_outcome *turn, const struct list *list)
{
    static const struct esi_slice none = {0};

    evidence->offered |= list->seen.clear;
    if ((list->seen.clear >> KEYWORD_VRFY) & 1)
        found(evidence, DETECTOR_VRFY_CLEAR, turn, ESI_LIT("VRFY"));
    if (list->seen.auth_equals)
        found(evidence, DETECTOR_AUTH_EQUALS_CLEAR, turn, ESI_LIT("AUTH="));
    if ((list->seen.clear >> KEYWORD_STARTTLS) & 1)
        found(evidence, DETECTOR_TLS_CLEAR, turn, ESI_LIT("STARTTLS"));
    if (list->seen.others && list->masked == 0)
        found(evidence, DETECTOR_LIST_CLEAR, turn, none);
    if (list->seen.others && list->masked == 1 && list->longest == STARTTLS_LEN)
        found(evidence, DETECTOR_TLS_HIDDEN_ALONE, turn, list->first_masked);
    if (list->seen.count > 0)
        found(evidence, DETECTOR_EHLO_PASSED, turn, none);
}

/* read_lines - a list that came before, and was all in the clear, is not looked at again. */
static void
read_lines(struct list *list, struct esi_slice text)
{
    static _Thread_local struct remembered before[KNOWN_PLACES];
    struct remembered *here = &before[known_place(text)];
    struct esi_slice all = text, line;

    if (is_known(&here->known, text)) {
        list->seen = here->seen;
        return;
    }
    while (next_line(&text, &line))
        take_line(list, line);
    if (list->masked > 0 || list->odd || list->tls_x || list->other_x)
        return;
    make_known(&here->known, all);
    here->seen = list->seen;
}

void
see_list(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    struct esi_slice text = turn->u.turn.text;
    struct list list = {.masked = 0};
    struct ehlo_reply reply = {.lines = list.lines};

    next_line(&text, &reply.hello);
    reply.text = text;
    read_lines(&list, text);
    bool mask =
        list.masked > 0 &&
        is_mask(&list, evidence->greeting_starred && !has_fired(evidence, DETECTOR_GREETING_SHORT));
    /* Who strips STARTTLS leaves the rest; lines of X of any length were made unreadable. */
    bool tls_x = list.tls_x && !list.other_x;
    if (mask)
        found(evidence, DETECTOR_KEYWORDS_LETTERS, turn, list.first_masked);
    if (mask && (list.wraps || list.stays))
        found(evidence, list.wraps ? DETECTOR_AFTER_Z_WRAP : DETECTOR_AFTER_Z_STAY, turn,
              list.first_masked);
    if (list.tls_x || list.other_x)
        found(evidence, tls_x ? DETECTOR_KEYWORDS_X : DETECTOR_KEYWORDS_X_OTHER, turn,
              list.odd_line);
    else if (list.odd && list.odd_line.len >= LINE_LEAST)
        found(evidence, DETECTOR_KEYWORDS_ODD, turn, list.odd_line);
    reply.count = list.seen.count;
    reply.clear = list.seen.clear;
    if ((mask || tls_x) && !evidence->list_masked)
        guess_keywords(evidence, turn, &reply);
    evidence->list_masked |= mask || tls_x;
    find_clear(evidence, turn, &list);
    find_missing(evidence, turn, &list);
    evidence->listed = true;
}
