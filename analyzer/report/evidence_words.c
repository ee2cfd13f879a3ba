/* evidence_words.c - what was found in a session as it was captured, in words, for every format. */
#include "evidence_internal.h"
#include "ladder_internal.h"

static uint64_t
mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 0x100000001b3u; /* FNV-1a */
}

uint64_t
evidence_signature(const struct esi_evidence_result *result)
{
    uint64_t hash = 0xcbf29ce484222325u;

    hash = mix(hash, result->touched);
    hash = mix(hash, result->family);
    hash = mix(hash, result->also);
    for (int dir = 0; dir < 2; dir++)
        hash = mix(hash, result->side[dir]);
    for (size_t i = 0; i < result->ground_count; i++)
        hash = mix(hash, (uint64_t)(uintptr_t)result->grounds[i].detector);
    return mix(hash, result->keyword_count);
}

/* why_unknown - what makes it undecidable; NULL: too little was seen. */
static const struct esi_ground *
why_unknown(const struct esi_evidence_result *result)
{
    for (size_t i = 0; i < result->ground_count; i++)
        if (result->grounds[i].detector->strength <= ESI_STRENGTH_WEAK)
            return &result->grounds[i];
    return NULL;
}

static void
put_unknown_words(struct esi_buf *text, const struct esi_session_info *session)
{
    const struct esi_ground *why = why_unknown(session->evidence);

    if (session->bytes[ESI_TO_SERVER] + session->bytes[ESI_TO_CLIENT] == 0)
        return; /* nothing was said that could have been */
    esi_buf_text(text, "whether it was touched before it was captured cannot be told: ");
    if (why)
        esi_buf_text(text, why->detector->words);
    else if (session->quality.midstream)
        esi_buf_text(text, "its beginning is not in the capture");
    else if (session->quality.overlap_conflicts > 0)
        esi_buf_text(text, "segments of it contradict each other, as where it was captured on both "
                           "sides of a box");
    else
        esi_buf_text(text, "the greeting, or what answers EHLO, is not in the capture");
}

void
put_touched_words(struct esi_buf *text, const struct esi_session_info *session)
{
    const struct esi_evidence_result *result = session->evidence;

    if (!result || result->touched == ESI_TOUCHED_NO)
        return;
    if (result->touched == ESI_TOUCHED_UNKNOWN) {
        put_unknown_words(text, session);
        return;
    }
    esi_buf_text(text, result->touched == ESI_TOUCHED_YES
                           ? "touched already when it was captured"
                           : "probably touched already when it was captured");
    if (result->product)
        esi_buf_printf(text, ", by: %s", result->product);
}

void
put_side_words(struct esi_buf *text, const struct esi_evidence_result *result)
{
    static const struct {
        enum esi_dir dir;
        const char *words;
    } sides[] = {{ESI_TO_CLIENT, "server"}, {ESI_TO_SERVER, "client"}};
    const char *between = "";
    const enum esi_tap *side = result->side;

    if (side[ESI_TO_CLIENT] != ESI_TAP_UNKNOWN && side[ESI_TO_SERVER] != ESI_TAP_UNKNOWN &&
        side[ESI_TO_CLIENT] != side[ESI_TO_SERVER]) {
        esi_buf_printf(text, "between the box and the %s",
                       side[ESI_TO_CLIENT] == ESI_TAP_BEHIND ? "client" : "server");
        return;
    }
    for (size_t i = 0; i < ESI_COUNT(sides); i++) {
        enum esi_tap tap = result->side[sides[i].dir];
        if (tap == ESI_TAP_UNKNOWN)
            continue;
        esi_buf_printf(text, "%s%s the box for what the %s sends", between,
                       tap == ESI_TAP_BEHIND ? "behind" : "before", sides[i].words);
        between = ", ";
    }
}

void
put_guess_words(struct esi_buf *text, const struct esi_keyword_guess *guess)
{
    esi_escape_wire(text, guess->seen);
    if (guess->seen.len < guess->len)
        esi_buf_printf(text, "...(%ju bytes)", (uintmax_t)guess->len);
    esi_buf_text(text, guess->count == 0            ? " nothing that is known"
                       : guess->odds[0].odds >= 0.5 ? " most likely "
                                                    : " perhaps ");
    for (size_t i = 0; i < guess->count; i++) {
        unsigned percent = (unsigned)(guess->odds[i].odds * 100 + 0.5);
        if (i == 0 || percent > 0)
            esi_buf_printf(text, "%s%s (%u %%)", i > 0 ? " or " : "", guess->odds[i].keyword,
                           percent);
    }
}

const char untouched_words[] = "Not touched before it was captured, as far as can be seen.";
const char altered_words[] =
    "What follows is what the firewall does to bytes that were altered already.";

const char altered_of_them_words[] = "Of sessions that were touched, what follows is what the "
                                     "firewall does to bytes that were altered already.";

const char *
part_words(enum evidence_part part)
{
    static const char *const words[] = {
        [PART_BESIDES] = "besides",
        [PART_KEYWORDS] = "keywords hidden, by estimate",
        [PART_ALIKE] = "the same would come from",
        [PART_SIDE] = "captured",
        [PART_AGAINST] = "against it",
        [PART_MEANS] = "for the mail",
        [PART_CURE] = "cure, the least invasive first",
    };

    return words[part];
}

const char *
touched_words(enum esi_touched touched)
{
    static const char *const words[ESI_TOUCHED_COUNT] = {
        [ESI_TOUCHED_UNKNOWN] = "cannot be told",
        [ESI_TOUCHED_NO] = "not touched",
        [ESI_TOUCHED_PROBABLY] = "probably touched",
        [ESI_TOUCHED_YES] = "touched",
    };

    return words[touched];
}

uint64_t
alarming_of(const uint64_t sessions[ESI_TOUCHED_COUNT])
{
    return sessions[ESI_TOUCHED_YES] + sessions[ESI_TOUCHED_PROBABLY];
}

void
put_server_words(struct esi_buf *text, const struct esi_evidence_server *server)
{
    char time[ESI_TIME_TEXT];

    put_thousands(text, alarming_of(server->sessions));
    esi_buf_text(text, " of ");
    put_counted(text, sum_of(server->sessions, ESI_TOUCHED_COUNT), "session", "sessions");
    esi_buf_text(text, server->touched == ESI_TOUCHED_YES ? " touched" : " probably touched");
    if (server->touched == ESI_TOUCHED_YES && server->sessions[ESI_TOUCHED_PROBABLY] > 0) {
        esi_buf_text(text, ", ");
        put_thousands(text, server->sessions[ESI_TOUCHED_PROBABLY]);
        esi_buf_text(text, " of them probably");
    }
    if (server->family != ESI_BOX_NONE)
        esi_buf_printf(text, " (%s)", esi_box_words(server->family));
    if (!server->intermittent)
        return;
    esi_buf_printf(text, ", at times only: first %s", esi_time_print(time, server->first_touched));
    esi_buf_printf(text, ", last %s; it changed ", esi_time_print(time, server->last_touched));
    put_counted(text, server->changes, "time", "times");
}

void
put_change_words(struct esi_buf *text, const struct esi_evidence_change *change)
{
    char time[ESI_TIME_TEXT];

    esi_buf_printf(text, "from %s on %s", esi_time_print(time, change->ts),
                   touched_words(change->touched ? ESI_TOUCHED_YES : ESI_TOUCHED_NO));
}

/* put_none_words - none of them was touched, as far as can be seen. */
static void
put_none_words(struct esi_buf *text, const uint64_t sessions[ESI_TOUCHED_COUNT])
{
    uint64_t unknown = sessions[ESI_TOUCHED_UNKNOWN];

    if (sessions[ESI_TOUCHED_NO] == 0) {
        esi_buf_text(text,
                     "Whether sessions were touched before they were captured cannot be told.");
        return;
    }
    esi_buf_text(text, "No session was touched before it was captured, as far as can be seen");
    if (unknown > 0) {
        esi_buf_text(text, "; of ");
        put_counted(text, unknown, "session", "sessions");
        esi_buf_text(text, " it cannot be told");
    }
    esi_buf_byte(text, '.');
}

void
put_capture_words(struct esi_buf *text, const uint64_t sessions[ESI_TOUCHED_COUNT])
{
    uint64_t yes = sessions[ESI_TOUCHED_YES], probably = sessions[ESI_TOUCHED_PROBABLY];
    uint64_t all = sum_of(sessions, ESI_TOUCHED_COUNT);

    if (all == 0)
        return;
    if (yes + probably == 0) {
        put_none_words(text, sessions);
        return;
    }
    esi_buf_text(text, yes > 0 ? "Captured with" : "Probably captured with");
    esi_buf_text(text, " a masking firewall, or another box that alters mail, in the path: ");
    put_thousands(text, yes > 0 ? yes : probably);
    esi_buf_text(text, " of ");
    put_counted(text, all, "session ", "sessions ");
    esi_buf_text(text, touched_words(yes > 0 ? ESI_TOUCHED_YES : ESI_TOUCHED_PROBABLY));
    if (yes > 0 && probably > 0) {
        esi_buf_text(text, ", ");
        put_thousands(text, probably);
        esi_buf_text(text, " probably");
    }
    if (sessions[ESI_TOUCHED_UNKNOWN] > 0) {
        esi_buf_text(text, "; of ");
        put_thousands(text, sessions[ESI_TOUCHED_UNKNOWN]);
        esi_buf_text(text, " it cannot be told");
    }
    esi_buf_byte(text, '.');
}

void
put_totals_words(struct esi_buf *text, const struct esi_evidence_totals *totals, bool untouched)
{
    static const struct {
        enum esi_touched touched;
        const char *words;
        bool rest;
    } parts[] = {{ESI_TOUCHED_YES, " touched", false},
                 {ESI_TOUCHED_PROBABLY, " probably touched", false},
                 {ESI_TOUCHED_NO, " not touched", true},
                 {ESI_TOUCHED_UNKNOWN, " of which it cannot be told", true}};
    const char *between = "";

    for (size_t i = 0; i < ESI_COUNT(parts); i++) {
        uint64_t count = totals->sessions[parts[i].touched];
        if (count == 0 || (parts[i].rest && !untouched))
            continue;
        esi_buf_text(text, between);
        put_thousands(text, count);
        esi_buf_text(text, parts[i].words);
        between = ", ";
    }
}
