/*
 * verdict.c - all that was found, put together: touched or not, by what, on which side of the tap,
 * what contradicts it, what follows.
 *
 * A row that decides, or strong rows of two groups, make it touched; one strong row, probable. Weak
 * rows make it undecidable. Rows against leave what the greeting shows undecidable.
 */
#include "evidence_internal.h"

static bool
fired_against(const struct esi_evidence *evidence)
{
    for (int d = 0; d < DETECTOR_COUNT && evidence->greeting_starred; d++)
        if (has_fired(evidence, (enum detector)d) &&
            esi_detector_at((size_t)d)->strength == ESI_STRENGTH_AGAINST)
            return true;
    return false;
}

/* is_edited_beyond - whether the row says that the tap is before the box for what the client sends.
 */
static bool
is_edited_beyond(enum detector detector)
{
    const struct lead *lead = lead_of(detector);

    return lead->tap_dir == ESI_TO_SERVER && lead->tap == ESI_TAP_BEFORE;
}

/* is_seconded - whether another row names the same product. */
static bool
is_seconded(const struct esi_evidence *evidence, enum detector detector)
{
    const char *product = lead_of(detector)->product;

    for (int d = DETECTOR_OWN; product && d < DETECTOR_COUNT; d++)
        if (d != (int)detector && has_fired(evidence, (enum detector)d) &&
            strcmp(lead_of((enum detector)d)->product, product) == 0)
            return true;
    return false;
}

/* strength_of - what a row says in this session. A box that commands pass behind the tap was passed
 * by the greeting before it, and would have starred it: what is only assumed says nothing where
 * that is in the clear, and not enough where it is not in the capture. */
static enum esi_strength
strength_of(const struct esi_evidence *evidence, enum detector detector, bool against)
{
    enum esi_strength strength = esi_detector_at(detector)->strength;
    bool greeting = lead_of(detector)->group == GROUP_GREETING && detector < DETECTOR_OWN;

    if (against && greeting && strength <= ESI_STRENGTH_WEAK)
        return strength == ESI_STRENGTH_WEAK ? ESI_STRENGTH_NOTE : ESI_STRENGTH_WEAK;
    if (strength == ESI_STRENGTH_STRONG && is_edited_beyond(detector)) {
        bool assumed = esi_detector_at(detector)->basis == ESI_BASIS_ASSUMED;
        if (evidence->greeting_clear)
            return assumed ? ESI_STRENGTH_NOTE : ESI_STRENGTH_WEAK;
        if (assumed && !evidence->greeting_starred)
            return ESI_STRENGTH_WEAK;
    }
    if (strength == ESI_STRENGTH_STRONG && lead_of(detector)->group == GROUP_ENDING &&
        !evidence->greeted)
        return ESI_STRENGTH_WEAK; /* silence tells little where the beginning is not there */
    if (strength == ESI_STRENGTH_WEAK && is_seconded(evidence, detector))
        return ESI_STRENGTH_STRONG;
    return strength;
}

/* saw_enough - whether a session without grounds may be said to be untouched. */
static bool
saw_enough(const struct esi_evidence *evidence)
{
    return evidence->greeted && !evidence->midstream && !evidence->gap_before_list &&
           !evidence->contradicted;
}

static enum esi_touched
touched(const struct esi_evidence *evidence)
{
    bool against = fired_against(evidence);
    uint32_t strong = 0;
    bool weak = false;

    if (!evidence->suspect)
        return saw_enough(evidence) ? ESI_TOUCHED_NO : ESI_TOUCHED_UNKNOWN;
    for (int d = 0; d < DETECTOR_COUNT; d++) {
        if (!has_fired(evidence, (enum detector)d))
            continue;
        enum esi_strength strength = strength_of(evidence, (enum detector)d, against);
        if (strength == ESI_STRENGTH_DECIDES)
            return ESI_TOUCHED_YES;
        if (strength == ESI_STRENGTH_STRONG)
            strong |= 1u << lead_of((enum detector)d)->group;
        weak |= strength == ESI_STRENGTH_WEAK;
    }
    if (strong & (strong - 1))
        return ESI_TOUCHED_YES;
    if (strong)
        return ESI_TOUCHED_PROBABLY;
    return weak || !saw_enough(evidence) ? ESI_TOUCHED_UNKNOWN : ESI_TOUCHED_NO;
}

/* ---- by what ---- */

static enum esi_box
family(const struct esi_evidence *evidence, uint32_t fits)
{
    enum { FITS = 10000 };
    static const unsigned weights[] = {[ESI_STRENGTH_DECIDES] = 16,
                                       [ESI_STRENGTH_STRONG] = 8,
                                       [ESI_STRENGTH_WEAK] = 2,
                                       [ESI_STRENGTH_NOTE] = 1,
                                       [ESI_STRENGTH_AGAINST] = 0};
    unsigned score[ESI_BOX_COUNT] = {0};
    enum esi_box best = ESI_BOX_NONE;

    for (int d = 0; d < DETECTOR_COUNT; d++)
        for (unsigned i = 0; i < BOXES_MOST && has_fired(evidence, (enum detector)d); i++)
            score[lead_of((enum detector)d)->boxes[i]] +=
                weights[esi_detector_at((size_t)d)->strength] * (2 * BOXES_MOST - i);
    score[ESI_BOX_NONE] = 0;
    for (int box = ESI_BOX_NONE + 1; box < ESI_BOX_COUNT; box++) {
        if (score[box] > 0 && ((fits >> box) & 1))
            score[box] += FITS;
        if (score[box] > score[best])
            best = (enum esi_box)box;
    }
    return best;
}

/* is_usual_of_proxy - words of a proxy that others use as well: they name nobody. */
static bool
is_usual_of_proxy(const struct esi_evidence *evidence, enum detector detector)
{
    return !is_seconded(evidence, detector) &&
           esi_detector_at(detector)->strength >= ESI_STRENGTH_WEAK &&
           lead_of(detector)->boxes[0] != ESI_BOX_NONE;
}

/* product - the surest that was named; a mail server's own words only where nothing is amiss. */
static const char *
product(const struct esi_evidence *evidence)
{
    const char *best = NULL;
    enum esi_strength least =
        esi_evidence_alarms(&evidence->result) ? ESI_STRENGTH_NOTE : ESI_STRENGTH_AGAINST;

    for (int d = DETECTOR_OWN; d < DETECTOR_COUNT; d++)
        if (has_fired(evidence, (enum detector)d) && esi_detector_at((size_t)d)->strength < least &&
            !is_usual_of_proxy(evidence, (enum detector)d)) {
            best = lead_of((enum detector)d)->product;
            least = esi_detector_at((size_t)d)->strength;
        }
    return best;
}

/* take_side - a box between two peers is passed by both directions: where one is seen edited, the
 * other is not yet. */
static void
take_side(struct esi_evidence *evidence)
{
    enum esi_tap *side = evidence->result.side;

    for (int d = 0; d < DETECTOR_COUNT; d++) {
        const struct lead *lead = lead_of((enum detector)d);
        if (has_fired(evidence, (enum detector)d) && lead->tap_dir >= 0 &&
            side[lead->tap_dir] != ESI_TAP_BEHIND)
            side[lead->tap_dir] = (enum esi_tap)lead->tap;
    }
    for (int dir = 0; dir < 2; dir++)
        if (side[dir] == ESI_TAP_UNKNOWN && side[1 - dir] != ESI_TAP_UNKNOWN)
            side[dir] = side[1 - dir] == ESI_TAP_BEHIND ? ESI_TAP_BEFORE : ESI_TAP_BEHIND;
}

bool
is_greeting_spared(const struct esi_evidence *evidence)
{
    return evidence->greeting_clear && evidence->result.side[ESI_TO_CLIENT] == ESI_TAP_BEHIND;
}

/* ---- against, means ---- */

static void
add_against(struct findings *findings, const char *words)
{
    if (findings->against_count < ESI_COUNT(findings->against))
        findings->against[findings->against_count++] = words;
}

/* add_row - what a detector means, as a sentence. */
static void
add_row(struct findings *findings, const struct esi_detector *row)
{
    struct esi_buf text = {0};

    esi_buf_printf(&text, "%c%s.", esi_upper((uint8_t)row->words[0]), row->words + 1);
    esi_buf_byte(&text, '\0');
    add_against(findings, (const char *)esi_arena_copy(&findings->arena, esi_buf_slice(&text)).ptr);
    esi_buf_free(&text);
}

/* name_others - the families that fit as well. */
static void
name_others(struct findings *findings, uint32_t also)
{
    struct esi_buf text = {0};

    for (int box = ESI_BOX_NONE + 1; box < ESI_BOX_COUNT; box++)
        if ((also >> box) & 1)
            esi_buf_printf(&text, "%s%s", text.len > 0 ? "; " : "What is seen fits as well: ",
                           esi_box_words((enum esi_box)box));
    if (text.len == 0)
        return;
    esi_buf_text(&text, ".");
    esi_buf_byte(&text, '\0');
    add_against(findings, (const char *)esi_arena_copy(&findings->arena, esi_buf_slice(&text)).ptr);
    esi_buf_free(&text);
}

/* is_greeting_alone - whether nothing else tells it, and somebody may have written that himself. */
static bool
is_greeting_alone(const struct esi_evidence *evidence)
{
    for (int d = 0; d < DETECTOR_COUNT; d++) {
        enum esi_strength strength = esi_detector_at((size_t)d)->strength;
        bool greeting = lead_of((enum detector)d)->group == GROUP_GREETING && d < DETECTOR_OWN;
        if (has_fired(evidence, (enum detector)d) &&
            (strength == ESI_STRENGTH_DECIDES || (strength <= ESI_STRENGTH_WEAK && !greeting)))
            return false;
    }
    return evidence->greeting_starred;
}

static bool
fired_beyond(const struct esi_evidence *evidence)
{
    for (int d = 0; d < DETECTOR_COUNT; d++)
        if (has_fired(evidence, (enum detector)d) && is_edited_beyond((enum detector)d))
            return true;
    return false;
}

#define SPARED                                                                                     \
    "The greeting is in the clear, though a box that commands pass behind this tap would have "    \
    "starred it, but for IOS and maps without mask-banner: it may be the server itself."

static void
say_against(struct esi_evidence *evidence)
{
    const struct esi_evidence_result *result = &evidence->result;
    struct findings *findings = evidence->findings;

    for (int d = 0; d < DETECTOR_COUNT; d++)
        if (has_fired(evidence, (enum detector)d) && evidence->greeting_starred &&
            esi_detector_at((size_t)d)->strength == ESI_STRENGTH_AGAINST)
            add_row(findings, esi_detector_at((size_t)d));
    if (evidence->greeting_clear && fired_beyond(evidence) && result->family != ESI_BOX_IOS)
        add_against(findings, SPARED);
    if (evidence->contradicted)
        add_against(findings, "Segments of this session contradict each other, and only those that "
                              "came first were looked at: captured on both sides of a box, the "
                              "others are what it made of them.");
    if (is_greeting_alone(evidence))
        add_against(findings, "Nothing but the greeting tells it: who runs the server may have "
                              "written the stars himself.");
    if (has_fired(evidence, DETECTOR_NOOP_ANSWER))
        add_against(findings, "A lenient mail server answers OK to anything.");
    if (!esi_evidence_alarms(result))
        return;
    if (result->side[0] == ESI_TAP_BEHIND && result->side[1] == ESI_TAP_BEHIND)
        add_against(
            findings,
            "Both directions are edited, which no place beside a single box sees: there are two "
            "boxes, one on each side, or the capture was rewritten, put together from both "
            "sides, or taken on the box.");
    if (result->reproduced_count == 0 && result->family < ESI_BOX_OTHER_EDITOR)
        add_against(findings, "No platform known, as it comes or with one knob turned, writes all "
                              "that is seen here together.");
    name_others(findings, result->also);
}

/* settle_effects - a refusal that was seen follows only from what was found to be hidden; and what
 * is sure is no longer a maybe. */
static uint32_t
settle_effects(uint32_t effects)
{
    if (!(effects & (EFFECT(EHLO) | EFFECT(AUTH))))
        effects &= ~EFFECT(SEEN_RELAY);
    if (!(effects & (EFFECT(EHLO) | EFFECT(EIGHT) | EFFECT(CHUNKING))))
        effects &= ~EFFECT(SEEN_8BIT);
    return effects & EFFECT(TLS) ? effects & ~EFFECT(TLS_MAYBE) : effects;
}

static void
say_means(struct esi_evidence *evidence)
{
    struct findings *findings = evidence->findings;

    for (int d = 0; d < DETECTOR_COUNT; d++)
        if (has_fired(evidence, (enum detector)d))
            findings->effects |= lead_of((enum detector)d)->effects;
    findings->effects = settle_effects(findings->effects);
    for (int effect = 0; effect < EFFECT_COUNT; effect++)
        if ((findings->effects >> effect) & 1)
            findings->means[evidence->result.means_count++] = effect_words((enum effect)effect);
}

static void
hand_out(struct esi_evidence *evidence)
{
    struct esi_evidence_result *result = &evidence->result;
    struct findings *findings = evidence->findings;

    result->grounds = findings->grounds;
    result->ground_count = findings->ground_count;
    result->grounds_left = findings->grounds_left;
    result->keywords = findings->keywords;
    result->keyword_count = findings->keyword_count;
    result->keywords_left = findings->keywords_left;
    result->reproduced_by = findings->reproduced;
    result->against = findings->against;
    result->against_count = findings->against_count;
    result->means = findings->means;
    result->cure = findings->cure;
}

void
conclude(struct esi_evidence *evidence, const struct esi_evidence_facts *facts)
{
    struct esi_evidence_result *result = &evidence->result;
    enum server server =
        evidence->server != SERVER_COUNT ? evidence->server : evidence->likely_server;

    result->touched = touched(evidence);
    result->server = server != SERVER_COUNT ? server_name(server) : NULL;
    result->offered = evidence->offered;
    result->message = evidence->message;
    result->unanswered = evidence->dot_waits;
    result->greeted_220 = evidence->greeting_clear || evidence->greeting_starred;
    result->listed = evidence->listed;
    if (evidence->contradicted)
        findings_of(evidence);
    if (!evidence->findings)
        return;
    result->product = product(evidence);
    if (esi_evidence_alarms(result)) {
        take_side(evidence);
        uint32_t fits = fit_platforms(evidence, &result->reproduced_count);
        result->family = family(evidence, fits);
        result->also = fits & ~(1u << result->family);
        if (!result->product)
            result->product = esi_box_words(result->family);
        say_means(evidence);
        print_cure(evidence, facts->server);
    }
    say_against(evidence);
    hand_out(evidence);
}
