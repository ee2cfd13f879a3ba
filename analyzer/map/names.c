/* names.c - the words of inspection maps: actions, criteria, keywords, encodings, certainty. */
#include "esi/map.h"

static const struct {
    const char *name;
    unsigned gravity;
} actions[] = {
#define ESI_ACTION(id, name, gravity) {name, gravity},
#include "esi/actions.def"
#undef ESI_ACTION
};

enum { MAY_MASK = 1, MAY_RATE_LIMIT = 2 };

static const struct {
    const char *words;
    enum esi_criterion_argument argument;
    unsigned flags;
} criteria[] = {
#define ESI_CRITERION(id, words, argument, flags) {words, ESI_ARGUMENT_##argument, flags},
#include "esi/criteria.def"
#undef ESI_CRITERION
};

const char *
esi_action_name(enum esi_action action)
{
    return actions[action].name;
}

unsigned
esi_action_gravity(enum esi_action action)
{
    return actions[action].gravity;
}

const char *
esi_criterion_words(enum esi_criterion criterion)
{
    return criteria[criterion].words;
}

enum esi_criterion_argument
esi_criterion_argument(enum esi_criterion criterion)
{
    return criteria[criterion].argument;
}

bool
esi_criterion_may_mask(enum esi_criterion criterion)
{
    return criteria[criterion].flags & MAY_MASK;
}

bool
esi_criterion_may_rate_limit(enum esi_criterion criterion)
{
    return criteria[criterion].flags & MAY_RATE_LIMIT;
}

const char *
esi_keyword_name(enum esi_keyword keyword)
{
    static const char *const names[] = {
#define ESI_KEYWORD(id, word) word,
#include "esi/keywords.def"
#undef ESI_KEYWORD
    };

    return names[keyword];
}

const char *
esi_encoding_name(enum esi_encoding encoding)
{
    static const char *const names[] = {
#define ESI_ENCODING(id, word) word,
#include "esi/encodings.def"
#undef ESI_ENCODING
    };

    return names[encoding];
}

const char *
esi_basis_name(enum esi_basis basis)
{
    static const char *const names[] = {"confirmed", "likely", "assumed"};

    return names[basis];
}

const struct esi_match *
esi_map_find(const struct esi_map *map, enum esi_criterion criterion)
{
    for (size_t i = 0; i < map->match_count; i++)
        if (map->matches[i].criterion == criterion)
            return &map->matches[i];
    return NULL;
}

const char *
esi_parameter_name(enum esi_parameter_kind kind)
{
    static const char *const names[] = {
        [ESI_PARAMETER_MASK_BANNER] = "mask-banner",
        [ESI_PARAMETER_MAIL_RELAY] = "mail-relay",
        [ESI_PARAMETER_SPECIAL_CHARACTER] = "special-character",
        [ESI_PARAMETER_ALLOW_TLS] = "allow-tls",
    };

    return names[kind];
}
