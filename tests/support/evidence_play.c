/* evidence_play.c - the evidence of a conversation, and as text; see evidence_play.h. */
#include "support/evidence_play.h"

/* typed - the client's segments of fewer than four bytes that end no line. */
static uint64_t
typed(const struct law_talk *talk)
{
    uint64_t count = 0;

    for (size_t i = 0; i < talk->count; i++) {
        const struct esi_stream_event *event = &talk->events[i];
        count += event->kind == ESI_STREAM_DATA && event->dir == ESI_TO_SERVER &&
                 event->ends_segment && event->bytes.len < 4 &&
                 event->bytes.ptr[event->bytes.len - 1] != '\n';
    }
    return count;
}

struct esi_evidence *
evidence_of_talk(const struct law_talk *talk, const char *platform, struct inspect_way way,
                 const struct esi_evidence_facts *facts)
{
    struct esi_evidence *evidence = esi_evidence_new(talk->midstream);
    struct esi_platform on;
    struct esi_map map;
    struct inspect_play play;
    struct esi_buf why = {0};
    struct esi_error err;
    struct esi_evidence_facts all = {0};

    if (!esi_platform_find(&on, platform ? platform : "asa-8", &err))
        esi_panic("%s", err.text);
    esi_platform_map(&on, &map);
    way.turns = true;
    inspect_play_new(&play, &(struct law_setting){.platform = &on, .map = &map}, talk, way, &why);
    for (size_t i = 0; i < play.outcomes.len; i++)
        esi_evidence_see(evidence, &play.outcomes.items[i]);
    inspect_play_free(&play);
    esi_buf_free(&why);
    if (facts)
        all = *facts;
    if (all.typed == 0)
        all.typed = typed(talk);
    esi_evidence_ending(evidence, &all);
    return evidence;
}

/* ---- as text ---- */

static void
print_list(struct esi_buf *out, const char *what, size_t count, const char *const *words)
{
    for (size_t i = 0; i < count; i++)
        esi_buf_printf(out, "%s %s\n", what, words[i]);
}

static void
print_ground(struct esi_buf *out, const struct esi_ground *ground)
{
    esi_buf_printf(out, "%c@%llu+%llu #%llu %s", ground->dir == ESI_TO_SERVER ? 'C' : 'S',
                   (unsigned long long)ground->span.offset, (unsigned long long)ground->span.len,
                   (unsigned long long)ground->frame, ground->detector->id);
    if (ground->times > 1)
        esi_buf_printf(out, " x%llu", (unsigned long long)ground->times);
    if (ground->seen.len > 0) {
        esi_buf_text(out, " \"");
        esi_escape_wire(out, ground->seen);
        esi_buf_byte(out, '"');
    }
    if (ground->detail)
        esi_buf_printf(out, ", %s", ground->detail);
    esi_buf_byte(out, '\n');
}

static void
print_guess(struct esi_buf *out, const struct esi_keyword_guess *guess)
{
    esi_buf_text(out, "keyword ");
    esi_escape_wire(out, guess->seen);
    for (size_t i = 0; i < guess->count; i++)
        esi_buf_printf(out, "%s %s %.2f", i == 0 ? ":" : ",", guess->odds[i].keyword,
                       guess->odds[i].odds);
    esi_buf_byte(out, '\n');
}

void
print_evidence(struct esi_buf *out, const struct esi_evidence_result *result)
{
    esi_buf_printf(out, "touched %s", esi_touched_name(result->touched));
    if (result->family != ESI_BOX_NONE)
        esi_buf_printf(out, " by %s", esi_box_name(result->family));
    if (result->product)
        esi_buf_printf(out, " (%s)", result->product);
    if (result->server)
        esi_buf_printf(out, ", server %s", result->server);
    if (esi_evidence_alarms(result))
        esi_buf_printf(out, ", tap to server %s, to client %s", esi_tap_name(result->side[0]),
                       esi_tap_name(result->side[1]));
    esi_buf_byte(out, '\n');
    print_list(out, "as", result->reproduced_count, result->reproduced_by);
    for (size_t i = 0; i < result->ground_count; i++)
        print_ground(out, &result->grounds[i]);
    if (result->grounds_left > 0)
        esi_buf_printf(out, "and %llu more\n", (unsigned long long)result->grounds_left);
    for (size_t i = 0; i < result->keyword_count; i++)
        print_guess(out, &result->keywords[i]);
    if (result->keywords_left > 0)
        esi_buf_printf(out, "keywords: and %llu more\n", (unsigned long long)result->keywords_left);
    print_list(out, "against", result->against_count, result->against);
    print_list(out, "means", result->means_count, result->means);
    print_list(out, "cure", result->cure_count, result->cure);
}
