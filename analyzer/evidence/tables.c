/*
 * tables.c - the rows of detectors.def, products.def, consequences.def and boxes.def, by number.
 *
 * A product is a detector like others; what it points to stands in its own table.
 */
#include "evidence_internal.h"

static const struct esi_detector detectors[DETECTOR_COUNT] = {
#define ESI_DETECTOR(id, name, group, strength, basis, tap, boxes, wants, effects, source, words)  \
    [DETECTOR_##id] = {name, words, ESI_STRENGTH_##strength, ESI_BASIS_##basis, source},
#include "detectors.def"
#undef ESI_DETECTOR
#define ESI_PRODUCT(id, name, place, verb, code, pattern, strength, basis, box, product, source,   \
                    words)                                                                         \
    [PRODUCT_##id] = {name, words, ESI_STRENGTH_##strength, ESI_BASIS_##basis, source},
#include "products.def"
#undef ESI_PRODUCT
};

const char *
esi_strength_name(enum esi_strength strength)
{
    static const char *const names[] = {
        [ESI_STRENGTH_DECIDES] = "decides", [ESI_STRENGTH_STRONG] = "strong",
        [ESI_STRENGTH_WEAK] = "weak",       [ESI_STRENGTH_NOTE] = "note",
        [ESI_STRENGTH_AGAINST] = "against",
    };

    return names[strength];
}

#define TAP(dir, side) ESI_TO_##dir, ESI_TAP_##side
#define NO_TAP -1, ESI_TAP_UNKNOWN
#define BOX1(a)                                                                                    \
    {                                                                                              \
        ESI_BOX_##a                                                                                \
    }
#define BOX2(a, b)                                                                                 \
    {                                                                                              \
        ESI_BOX_##a, ESI_BOX_##b                                                                   \
    }
#define BOX3(a, b, c)                                                                              \
    {                                                                                              \
        ESI_BOX_##a, ESI_BOX_##b, ESI_BOX_##c                                                      \
    }
#define BOX4(a, b, c, d)                                                                           \
    {                                                                                              \
        ESI_BOX_##a, ESI_BOX_##b, ESI_BOX_##c, ESI_BOX_##d                                         \
    }
/* The pseudo-habits, named as habits are. */
#define ESI_MASKS_KEYWORDS FIT_MASKS_KEYWORDS
#define ESI_LEAVES_KEYWORDS FIT_LEAVES_KEYWORDS
#define ESI_LIMITS FIT_LIMITS
#define ESI_NO_PLATFORM FIT_NO_PLATFORM
#define WANT0                                                                                      \
    {                                                                                              \
        0                                                                                          \
    }
#define WANT1(a)                                                                                   \
    {                                                                                              \
        ESI_##a + 1                                                                                \
    }
#define WANT2(a, b)                                                                                \
    {                                                                                              \
        ESI_##a + 1, ESI_##b + 1                                                                   \
    }
#define WANT3(a, b, c)                                                                             \
    {                                                                                              \
        ESI_##a + 1, ESI_##b + 1, ESI_##c + 1                                                      \
    }
#define WANT4(a, b, c, d)                                                                          \
    {                                                                                              \
        ESI_##a + 1, ESI_##b + 1, ESI_##c + 1, ESI_##d + 1                                         \
    }
/* A product's row fits no platform, unless it is only named. */
#define STRENGTH_WANTS(strength)                                                                   \
    (ESI_STRENGTH_##strength == ESI_STRENGTH_NOTE ? 0 : FIT_NO_PLATFORM + 1)
#define STRENGTH_EFFECTS(strength)                                                                 \
    (ESI_STRENGTH_##strength == ESI_STRENGTH_NOTE ? 0 : EFFECT(PROXY))
#define STRENGTH_TAP(strength) (ESI_STRENGTH_##strength == ESI_STRENGTH_NOTE ? -1 : ESI_TO_CLIENT)

static const struct lead leads[DETECTOR_COUNT] = {
#define ESI_DETECTOR(id, name, group, strength, basis, taps, boxes, wants, effects, source, words) \
    [DETECTOR_##id] = {GROUP_##group, boxes, wants, effects, taps, NULL},
#include "detectors.def"
#undef ESI_DETECTOR
#define ESI_PRODUCT(id, name, place, verb, code, pattern, strength, basis, box, product, source,   \
                    words)                                                                         \
    [PRODUCT_##id] = {GROUP_##place,                                                               \
                      {ESI_BOX_##box},                                                             \
                      {STRENGTH_WANTS(strength)},                                                  \
                      STRENGTH_EFFECTS(strength),                                                  \
                      STRENGTH_TAP(strength),                                                      \
                      ESI_TAP_BEHIND,                                                              \
                      product},
#include "products.def"
#undef ESI_PRODUCT
};

static const char *const effects[] = {
#define ESI_EFFECT(id, words, source) words,
#include "consequences.def"
#undef ESI_EFFECT
};

static const struct {
    const char *name, *words;
} boxes[] = {
#define ESI_BOX(id, name, words) {name, words},
#include "esi/boxes.def"
#undef ESI_BOX
};

size_t
esi_detector_count(void)
{
    return DETECTOR_COUNT;
}

const struct esi_detector *
esi_detector_at(size_t index)
{
    return &detectors[index];
}

const struct lead *
lead_of(enum detector detector)
{
    return &leads[detector];
}

const char *
effect_words(enum effect effect)
{
    return effects[effect];
}

const char *
esi_box_name(enum esi_box box)
{
    return boxes[box].name;
}

const char *
esi_box_words(enum esi_box box)
{
    return boxes[box].words;
}

const char *
esi_touched_name(enum esi_touched touched)
{
    static const char *const names[] = {[ESI_TOUCHED_UNKNOWN] = "unknown",
                                        [ESI_TOUCHED_NO] = "no",
                                        [ESI_TOUCHED_PROBABLY] = "probably",
                                        [ESI_TOUCHED_YES] = "yes"};

    return names[touched];
}

const char *
esi_tap_name(enum esi_tap tap)
{
    static const char *const names[] = {
        [ESI_TAP_UNKNOWN] = "unknown", [ESI_TAP_BEFORE] = "before", [ESI_TAP_BEHIND] = "behind"};

    return names[tap];
}
