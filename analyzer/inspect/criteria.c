/*
 * criteria.c - which matches a map has, and how a match that holds acts.
 *
 * What a map is not about costs nothing: a set of bits a session says so, and the tokenizer is told
 * how short a line has to be to concern nobody. Matches about the same thing are tried in map
 * order, each with its own action (Cisco ASA MPF guide, "actions of an inspection policy map"). A
 * dropping action needs no stop here: what is found behind it is counterfactual.
 */
#include "inspect_internal.h"

enum { CRLF = 2 };

static const uint32_t every_header =
    (uint32_t)1 << ESI_CRITERION_HEADER_LENGTH; /* needs the line that crosses it */
static const uint32_t in_parts = (uint32_t)1 << ESI_CRITERION_MIME_FILETYPE |
                                 (uint32_t)1 << ESI_CRITERION_MIME_FILENAME_LENGTH |
                                 (uint32_t)1 << ESI_CRITERION_MIME_ENCODING;

const struct esi_match *
next_match(const struct esi_session *session, uint32_t criteria, const struct esi_match *last)
{
    const struct esi_map *map = session->map;

    if (!judges(session, criteria))
        return NULL;
    for (const struct esi_match *match = last ? last + 1 : map->matches;
         match < map->matches + map->match_count; match++)
        if (match->acts && (bit_of(match->criterion) & criteria))
            return match;
    return NULL;
}

static uint64_t *
short_of(struct shorts *shorts, enum esi_criterion criterion)
{
    switch (criterion) {
    case ESI_CRITERION_CMD_LINE_LENGTH:
        return &shorts->command;
    case ESI_CRITERION_HEADER_LINE_LENGTH:
        return &shorts->header;
    case ESI_CRITERION_BODY_LINE_LENGTH:
        return &shorts->body;
    default:
        return NULL;
    }
}

/* note_match - what the session has to look at for its sake. */
static void
note_match(struct esi_session *session, const struct esi_match *match, uint64_t end)
{
    uint64_t *most = short_of(&session->shorts, match->criterion);
    uint64_t len = match->negated || match->limit < end ? 0 : match->limit - end;

    session->criteria |= bit_of(match->criterion);
    session->negated |= match->negated ? bit_of(match->criterion) : 0;
    if (match->criterion == ESI_CRITERION_EHLO_REPLY_PARAMETER)
        session->keywords |= match->negated ? ~match->set : match->set;
    if (most && len < *most)
        *most = len;
}

static uint64_t
short_header(const struct esi_session *session)
{
    uint32_t lines = bit_of(ESI_CRITERION_HEADER_LINE_LENGTH);
    bool names =
        habit_of(session, ESI_KNOB_DUPLICATE_HEADER_NAMES) != ESI_DUPLICATE_HEADER_NAMES_NONE;

    if (session->turns || names || may_miss_end(session) || judges(session, every_header) ||
        (unfolds(session) && judges(session, lines)))
        return 0;
    return session->shorts.header;
}

void
begin_criteria(struct esi_session *session)
{
    const struct esi_map *map = session->map;
    struct esi_smtp *smtp = session->smtp;
    uint64_t end = counts_crlf(session) ? CRLF : 0;
    unsigned fields = 0;

    session->shorts = (struct shorts){UINT64_MAX, UINT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < map->match_count; i++)
        if (map->matches[i].acts)
            note_match(session, &map->matches[i], end);
    if (judges(session, bit_of(ESI_CRITERION_HEADER_TO_FIELDS_COUNT)))
        fields |= ESI_FIELD_TO;
    if (judges(session, bit_of(ESI_CRITERION_MIME_ENCODING)))
        fields |= ESI_FIELD_TRANSFER_ENCODING;
    esi_smtp_set_short_line(smtp, session->shorts.body);
    esi_smtp_set_short_header(smtp, short_header(session));
    esi_smtp_set_fields(smtp, fields);
    esi_smtp_set_mime(smtp, judges(session, in_parts));
}

bool
act(struct esi_session *session, const struct esi_match *match, struct finding finding)
{
    if (match->action == ESI_ACTION_RATE_LIMIT && take_token(session, match))
        return false;
    finding.action = match->action;
    finding.match = match;
    add_verdict(session, &finding);
    return true;
}

static enum esi_pattern_result
search(const struct esi_match *match, struct esi_slice bytes)
{
    enum esi_pattern_result result = ESI_PATTERN_NO;

    for (size_t i = 0; i < match->pattern_count; i++) {
        enum esi_pattern_result one = esi_pattern_search(match->patterns[i], bytes);
        if (one == ESI_PATTERN_FOUND)
            return one;
        if (one == ESI_PATTERN_GAVE_UP)
            result = one;
    }
    return result;
}

bool
fits_patterns(struct esi_session *session, const struct esi_match *match, struct esi_slice bytes,
              struct finding found)
{
    enum esi_pattern_result result = search(match, bytes);

    if (result != ESI_PATTERN_GAVE_UP)
        return (result == ESI_PATTERN_FOUND) != match->negated;
    found.action = ESI_ACTION_ANOMALY;
    found.behaviour = BEHAVIOUR_REGEX_GAVE_UP;
    found.words = "a regular expression gave up";
    add_verdict(session, &found);
    return false;
}
