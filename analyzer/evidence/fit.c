/*
 * fit.c - which platforms write what was seen, as far as that tells.
 *
 * Each row that fitted wants habits; what all of them leave is held against each platform's, as
 * platform/habits.def has them. Tried in this order, on only while nothing fits: platforms as they
 * come, or with allow-tls or mask-banner the other way, which is a matter of configuration; a map
 * that holds parameters alone; those of the families pointed to with any one knob turned; with
 * both.
 */
#include <stdlib.h>

#include "evidence_internal.h"

static const enum esi_knob knob_of_habit[] = {
#define ESI_KNOB_VALUE(knob, id, name) [ESI_##knob##_##id] = ESI_KNOB_##knob,
#include "esi/knobs.def"
};

/* What is left of a platform's choices. */
struct wanted {
    bool asked[ESI_KNOB_COUNT];
    bool fine[ESI_HABIT_COUNT]; /* of a knob that is asked for */
    bool masks, leaves, limits, none;
};

static void
want(struct wanted *wanted, enum detector detector)
{
    const struct lead *lead = lead_of(detector);
    bool mine[ESI_KNOB_COUNT] = {false}, fine[ESI_HABIT_COUNT] = {false};

    for (size_t i = 0; i < WANTS_MOST && lead->wants[i]; i++) {
        int habit = lead->wants[i] - 1;
        if (habit < ESI_HABIT_COUNT)
            mine[knob_of_habit[habit]] = fine[habit] = true;
        wanted->masks |= habit == FIT_MASKS_KEYWORDS;
        wanted->leaves |= habit == FIT_LEAVES_KEYWORDS;
        wanted->limits |= habit == FIT_LIMITS;
        wanted->none |= habit == FIT_NO_PLATFORM;
    }
    for (int habit = 0; habit < ESI_HABIT_COUNT; habit++) {
        enum esi_knob knob = knob_of_habit[habit];
        if (mine[knob])
            wanted->fine[habit] = fine[habit] && (!wanted->asked[knob] || wanted->fine[habit]);
    }
    for (int knob = 0; knob < ESI_KNOB_COUNT; knob++)
        wanted->asked[knob] |= mine[knob];
}

/* A platform as it may be set up. */
struct setup {
    struct esi_platform platform;
    bool masks_keywords;
    const char *words; /* behind its name */
};

static struct setup
set_up(size_t profile)
{
    struct setup setup = {.words = ""};
    struct esi_map map;

    if (!esi_platform_find(&setup.platform, esi_profile_at(profile)->name, NULL))
        esi_panic("a profile that is not found");
    esi_platform_map(&setup.platform, &map);
    setup.masks_keywords =
        map.keywords_masked || esi_map_find(&map, ESI_CRITERION_EHLO_REPLY_PARAMETER);
    return setup;
}

/* set_up_otherwise - what configuration makes of it: where `ip inspect` may name esmtp, that; where
 * there are maps, one of parameters alone. False: nothing. */
static bool
set_up_otherwise(struct setup *setup)
{
    const struct esi_profile *profile = setup->platform.profile;

    if (strcmp(profile->product, "IOS") == 0) {
        setup->platform.setting[ESI_KNOB_VERBS].habit = ESI_VERBS_15;
        setup->masks_keywords = true;
        setup->words = " (ip inspect name NAME esmtp)";
        return true;
    }
    setup->masks_keywords = false;
    setup->words = " (a map of parameters alone)";
    return profile->has_maps;
}

/* misses - how many knobs are not as wanted; *knob is the last of them. Beyond any, if more is
 * amiss than knobs. */
static unsigned
misses(const struct wanted *wanted, const struct setup *setup, enum esi_knob *knob)
{
    unsigned count = 0;

    /* Who leaves keywords alone masks STARTTLS at most, which is the knob's to say. */
    if (wanted->none || (wanted->masks && !wanted->leaves && !setup->masks_keywords) ||
        (wanted->leaves && setup->masks_keywords) ||
        (wanted->limits && !setup->platform.profile->has_limits))
        return ESI_KNOB_COUNT;
    for (int k = 0; k < ESI_KNOB_COUNT; k++)
        if (wanted->asked[k] && !wanted->fine[setup->platform.setting[k].habit]) {
            *knob = (enum esi_knob)k;
            count++;
        }
    return count;
}

static enum esi_box
box_of(const char *profile)
{
    for (int box = ESI_BOX_NONE + 1; box < ESI_BOX_COUNT; box++) {
        const char *name = esi_box_name((enum esi_box)box);
        size_t len = strlen(name);
        if (strncmp(profile, name, len) == 0 && (profile[len] == '\0' || profile[len] == '-'))
            return (enum esi_box)box;
    }
    return ESI_BOX_NONE;
}

/* habit_for - of the knob, the first that is wanted. False: rows contradict each other. */
static bool
habit_for(const struct wanted *wanted, enum esi_knob knob, enum esi_habit *out)
{
    for (int habit = 0; habit < ESI_HABIT_COUNT; habit++)
        if (knob_of_habit[habit] == knob && wanted->fine[habit]) {
            *out = (enum esi_habit)habit;
            return true;
        }
    return false;
}

struct fit {
    struct esi_evidence *evidence;
    struct wanted wanted;
    uint32_t boxes;
    size_t count;
};

static void
add_fit(struct fit *fit, const struct setup *setup, const char *turned, const char *value)
{
    struct findings *findings = fit->evidence->findings;
    struct esi_buf text = {0};

    if (fit->count == ESI_COUNT(findings->reproduced))
        return;
    esi_buf_printf(&text, "%s%s", setup->platform.profile->name, setup->words);
    if (turned)
        esi_buf_printf(&text, " %s=%s", turned, value);
    esi_buf_byte(&text, '\0');
    findings->reproduced[fit->count++] =
        (const char *)esi_arena_copy(&findings->arena, esi_buf_slice(&text)).ptr;
    fit->boxes |= 1u << box_of(setup->platform.profile->name);
    esi_buf_free(&text);
}

/* is_configured - whether the configuration says so: allow-tls, mask-banner, and no to each. */
static bool
is_configured(const struct setup *setup, enum esi_knob knob, enum esi_habit habit)
{
    return setup->platform.profile->has_maps &&
           (knob == ESI_KNOB_ALLOW_TLS || habit == ESI_GREETING_NONE);
}

/* How far one goes. */
enum reach { AS_IT_COMES, ANY_KNOB };

static void
try_setup(struct fit *fit, const struct setup *setup, enum reach reach)
{
    enum esi_knob knob = ESI_KNOB_COUNT;
    enum esi_habit habit;
    unsigned missed = misses(&fit->wanted, setup, &knob);

    if (missed == 0)
        add_fit(fit, setup, NULL, NULL);
    else if (missed == 1 && habit_for(&fit->wanted, knob, &habit) &&
             (reach == ANY_KNOB || is_configured(setup, knob, habit)))
        add_fit(fit, setup, esi_knob_info(knob)->name, esi_habit_name(habit));
}

/* pointed_to - families that the rows found name. */
static uint32_t
pointed_to(const struct esi_evidence *evidence)
{
    uint32_t boxes = 0;

    for (int d = 0; d < DETECTOR_COUNT; d++)
        for (size_t i = 0; i < BOXES_MOST && has_fired(evidence, (enum detector)d); i++)
            boxes |= 1u << lead_of((enum detector)d)->boxes[i];
    return boxes;
}

/* is_of_pieces - whether a row tells nothing of a platform, since all overwrite such pieces; those
 * that write NOOP leave no argument, though. Nor does what was a whole line. */
static bool
is_of_pieces(const struct esi_evidence *evidence, enum detector detector)
{
    if (detector == DETECTOR_COMMAND_X_TYPED && has_fired(evidence, DETECTOR_COMMAND_X_LINE))
        return true;
    return evidence->in_pieces && !has_fired(evidence, DETECTOR_COMMAND_X_VERB) &&
           (detector == DETECTOR_COMMAND_X || detector == DETECTOR_COMMAND_TLS_X);
}

/* is_ahead - whether the row tells of keywords in the clear that the box had not passed yet: from
 * between box and server, they are there whatever the box does. */
static bool
is_ahead(const struct esi_evidence *evidence, enum detector detector)
{
    bool clear = detector == DETECTOR_VRFY_CLEAR || detector == DETECTOR_AUTH_EQUALS_CLEAR ||
                 detector == DETECTOR_TLS_CLEAR || detector == DETECTOR_LIST_CLEAR;

    return clear && evidence->result.side[ESI_TO_CLIENT] == ESI_TAP_BEFORE;
}

uint32_t
fit_platforms(struct esi_evidence *evidence, size_t *count)
{
    struct fit fit = {.evidence = evidence};
    uint32_t pointed = pointed_to(evidence);

    for (int d = 0; d < DETECTOR_COUNT; d++)
        if (has_fired(evidence, (enum detector)d) && !is_of_pieces(evidence, (enum detector)d) &&
            !is_ahead(evidence, (enum detector)d))
            want(&fit.wanted, (enum detector)d);
    if (is_greeting_spared(evidence))
        fit.wanted.asked[ESI_KNOB_GREETING] = fit.wanted.fine[ESI_GREETING_NONE] = true;
    for (int round = 0; round < 4 && fit.count == 0; round++)
        for (size_t p = 0; p < esi_profile_count(); p++) {
            struct setup setup = set_up(p);
            bool other = round & 1;
            enum reach reach = round >= 2 ? ANY_KNOB : AS_IT_COMES;
            bool named = (pointed >> box_of(setup.platform.profile->name)) & 1;
            if ((reach == ANY_KNOB && !named) || (other && !set_up_otherwise(&setup)))
                continue;
            try_setup(&fit, &setup, reach);
            /* ios with esmtp is as usual as without. */
            if (round == 0 && strcmp(setup.platform.profile->product, "IOS") == 0 &&
                set_up_otherwise(&setup))
                try_setup(&fit, &setup, reach);
        }
    *count = fit.count;
    return fit.boxes;
}
