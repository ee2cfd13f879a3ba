/*
 * ehlo.c - what the engine does to the keywords of an EHLO reply.
 *
 * Each line behind the first falls under a word of `match ehlo-reply-parameter`; a masked one is
 * overwritten from its text's first byte to its last, which becomes a letter, A for the first
 * masked line (Cisco 117801; masked replies printed in public). STARTTLS goes by allow-tls; if that
 * is not on it is masked whatever the matches say, and by one for `others` if there is one (Cisco
 * ASA CLI guide: the indication is removed whenever TLS is not allowed).
 *
 * A line that reads as it would be masked was masked before: nothing but `mask` for `others` is
 * asked about it, so that what became X is not dropped for it, and its letter counts. Which keyword
 * it was is not known; it may have been any that would be masked and is no longer than it.
 */
#include "inspect_internal.h"

enum { LETTERS = 26 };

/* A line as the matches see it. */
struct keyword {
    enum extension extension;
    enum esi_keyword class;
    enum behaviour behaviour; /* if it is masked */
    uint32_t habits;
};

static bool
ends_keyword(uint8_t byte, bool by_equals)
{
    return byte == ' ' || byte == '\t' || (by_equals && byte == '=');
}

static struct esi_slice
word_of(struct esi_slice text, bool by_equals)
{
    size_t n = 0;

    while (n < text.len && !ends_keyword(text.ptr[n], by_equals))
        n++;
    return esi_slice_cut(text, 0, n);
}

/* row_of - of a keyword that the engine masks whatever the matches say. */
static enum behaviour
row_of(const struct esi_session *session, enum extension extension)
{
    if (session->map->keywords_masked && !session->platform->profile->masks_keywords)
        return BEHAVIOUR_EHLO_IOS;
    return extension == EXTENSION_STARTTLS ? BEHAVIOUR_EHLO_STARTTLS : BEHAVIOUR_EHLO_OTHERS;
}

/* keyword_of - its class by the list, unless a habit says otherwise. */
static struct keyword
keyword_of(const struct esi_session *session, struct esi_slice text)
{
    bool by_equals = habit_of(session, ESI_KNOB_EHLO_AUTH_EQUALS) == ESI_EHLO_AUTH_EQUALS_PASS;
    struct esi_slice word = word_of(text, by_equals);
    enum extension extension = extension_find(word);
    struct keyword keyword = {extension, extension_class(extension), row_of(session, extension), 0};

    if (keyword.class != ESI_KEYWORD_OTHERS)
        keyword.behaviour = BEHAVIOUR_EHLO_MATCH;
    if (extension == EXTENSION_VRFY &&
        habit_of(session, ESI_KNOB_EHLO_VRFY) == ESI_EHLO_VRFY_MASK) {
        keyword.class = ESI_KEYWORD_OTHERS;
        keyword.behaviour = BEHAVIOUR_EHLO_VRFY;
        keyword.habits = BY_KNOB(EHLO_VRFY);
    }
    if (!by_equals && esi_slice_eq_nocase(esi_slice_cut(word, 0, 5), ESI_LIT("AUTH="))) {
        keyword.behaviour = BEHAVIOUR_EHLO_AUTH_EQUALS;
        keyword.habits = BY_KNOB(EHLO_AUTH_EQUALS);
    }
    return keyword;
}

static struct esi_slice
text_of(const struct esi_smtp_event *line)
{
    return esi_slice_cut(line->text, TEXT_AT, line->text.len);
}

static bool
stays_at_z(const struct esi_session *session)
{
    return habit_of(session, ESI_KNOB_EHLO_LETTERS_AFTER_Z) == ESI_EHLO_LETTERS_AFTER_Z_STAY;
}

/* next_letter - of the next line that is masked. */
static char
next_letter(const struct esi_session *session)
{
    unsigned masked = session->reply.masked;

    return masked >= LETTERS && stays_at_z(session) ? 'Z' : (char)('A' + masked % LETTERS);
}

/* count_letter - it is used; behind Z, by which habit. */
static void
count_letter(struct esi_session *session, struct keyword *keyword)
{
    if (session->reply.masked++ < LETTERS)
        return;
    keyword->behaviour = stays_at_z(session) ? BEHAVIOUR_EHLO_STAY_Z : BEHAVIOUR_EHLO_AFTER_Z;
    keyword->habits |= BY_KNOB(EHLO_LETTERS_AFTER_Z);
}

/* mask_keyword - by a match; without one by allow-tls, or by the engine itself. */
static void
mask_keyword(struct esi_session *session, const struct esi_smtp_event *line, struct keyword keyword,
             const struct esi_match *match)
{
    const struct esi_parameter *tls = &session->map->parameter[ESI_PARAMETER_ALLOW_TLS];
    bool by_tls =
        keyword.extension == EXTENSION_STARTTLS && !match && session->platform->profile->has_maps;
    struct esi_edit edit = {.fill = 'X', .tail_len = 1};
    uint64_t offset = line->span.offset + TEXT_AT;

    edit.tail[0] = next_letter(session);
    count_letter(session, &keyword);
    if (keyword.extension == EXTENSION_STARTTLS && !tls->rule.words)
        keyword.habits |= BY_KNOB(ALLOW_TLS);
    add_verdict(session,
                &(struct finding){
                    .action = ESI_ACTION_MASK,
                    .what = ESI_WHAT_EHLO_KEYWORD,
                    .dir = ESI_TO_CLIENT,
                    .span = {offset, line->text_len - TEXT_AT},
                    .behaviour = keyword.behaviour,
                    .habits = keyword.habits,
                    .match = match,
                    .parameter = by_tls ? tls : NULL,
                    .words = by_tls ? "no allow-tls" : "keyword not among those let through",
                    .before = text_of(line),
                    .edit = &edit,
                    .decided_at = offset + line->text_len - TEXT_AT - 1,
                });
    if (keyword.extension != EXTENSION_NONE)
        session->hidden |= (uint32_t)1 << keyword.extension;
}

/* act_on_keyword - an action other than mask, on the line as it is. */
static void
act_on_keyword(struct esi_session *session, const struct esi_smtp_event *line,
               const struct esi_match *match)
{
    act(session, match,
        (struct finding){
            .what = ESI_WHAT_EHLO_KEYWORD,
            .dir = ESI_TO_CLIENT,
            .span = {line->span.offset + TEXT_AT, line->text_len - TEXT_AT},
            .behaviour = match->negated ? BEHAVIOUR_MATCH_NOT : BEHAVIOUR_EHLO_MATCH,
            .before = text_of(line),
            .decided_at = line->span.offset + line->text_len - 1,
        });
}

/* judge_matches - whether one of them masked the line, or ended the connection by it. Masks combine
 * with what comes later. */
static bool
judge_matches(struct esi_session *session, const struct esi_smtp_event *line,
              struct keyword keyword)
{
    const uint32_t criteria = bit_of(ESI_CRITERION_EHLO_REPLY_PARAMETER);
    bool masked = false;

    if (!(session->keywords >> keyword.class & 1))
        return false;
    for (const struct esi_match *match = NULL; (match = next_match(session, criteria, match));) {
        if ((match->set >> keyword.class & 1) == match->negated)
            continue;
        if (match->action == ESI_ACTION_MASK && !masked)
            mask_keyword(session, line, keyword, match);
        masked |= match->action == ESI_ACTION_MASK;
        if (match->action == ESI_ACTION_MASK)
            continue;
        act_on_keyword(session, line, match);
        if (match->action != ESI_ACTION_LOG)
            return true;
    }
    return masked;
}

/* ---- masked before ---- */

/* masks - the first match that masks keywords of this class. */
static const struct esi_match *
masks(const struct esi_session *session, enum esi_keyword class)
{
    const uint32_t criteria = bit_of(ESI_CRITERION_EHLO_REPLY_PARAMETER);

    for (const struct esi_match *match = NULL; (match = next_match(session, criteria, match));)
        if (match->action == ESI_ACTION_MASK && (match->set >> class & 1) != match->negated)
            return match;
    return NULL;
}

static bool
would_be_masked(const struct esi_session *session, enum extension extension)
{
    struct keyword keyword = keyword_of(session, esi_slice_of(extension_keyword(extension)));

    if (extension == EXTENSION_STARTTLS)
        return !esi_map_on(session->map, ESI_PARAMETER_ALLOW_TLS);
    return masks(session, keyword.class) ||
           (session->map->keywords_masked && keyword.class == ESI_KEYWORD_OTHERS);
}

static bool
was_masked(const struct esi_session *session, const struct esi_smtp_event *line)
{
    struct esi_slice text = text_of(line), xs = text;

    if (!line->clipped) {
        xs.len--;
        if ((char)text.ptr[xs.len] != next_letter(session))
            return false;
    }
    return xs.len == 0 || is_x(xs);
}

static void
guess(struct esi_session *session, uint64_t len)
{
    for (int extension = 0; extension < EXTENSION_COUNT; extension++)
        if (strlen(extension_keyword((enum extension)extension)) <= len &&
            would_be_masked(session, (enum extension)extension))
            session->guessed |= (uint32_t)1 << extension;
}

/* mask_again - by the match that masks what is on no list, if there is one. */
static void
mask_again(struct esi_session *session, const struct esi_smtp_event *line)
{
    struct keyword keyword = {EXTENSION_NONE, ESI_KEYWORD_OTHERS, BEHAVIOUR_EHLO_OTHERS, 0};
    const struct esi_match *match = masks(session, ESI_KEYWORD_OTHERS);

    guess(session, line->text_len - TEXT_AT);
    if (match || session->map->keywords_masked)
        mask_keyword(session, line, keyword, match);
    else
        count_letter(session, &keyword);
}

void
judge_keyword(struct esi_session *session, const struct esi_smtp_event *line)
{
    const struct esi_map *map = session->map;

    if (line->u.reply.code != 250 || text_of(line).len == 0)
        return;
    if (was_masked(session, line)) {
        mask_again(session, line);
        return;
    }
    struct keyword keyword = keyword_of(session, text_of(line));
    bool starttls = keyword.extension == EXTENSION_STARTTLS;
    if (starttls && esi_map_on(map, ESI_PARAMETER_ALLOW_TLS))
        return;
    if (!judge_matches(session, line, keyword) &&
        (starttls || (map->keywords_masked && keyword.class == ESI_KEYWORD_OTHERS)))
        mask_keyword(session, line, keyword, NULL);
}
