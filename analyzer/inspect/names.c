/* names.c - behaviours, extensions and the enumerators of outcomes by name. */
#include "inspect_internal.h"

static const struct esi_behaviour behaviours[] = {
#define ESI_BEHAVIOUR(tail, id, basis, words, source) {id, words, ESI_BASIS_##basis, source},
#include "behaviours.def"
#undef ESI_BEHAVIOUR
};

static const struct {
    struct esi_slice keyword;
    const char *name;
    enum esi_keyword class;
    enum esi_verb verb;
    const char *parameter;
} extensions[] = {
#define ESI_EXTENSION(id, keyword, class, verb, parameter, source)                                 \
    {{(const uint8_t *)keyword, sizeof(keyword) - 1},                                              \
     keyword,                                                                                      \
     ESI_KEYWORD_##class,                                                                          \
     ESI_VERB_##verb,                                                                              \
     parameter},
#include "extensions.def"
#undef ESI_EXTENSION
};

size_t
esi_behaviour_count(void)
{
    return ESI_COUNT(behaviours);
}

const struct esi_behaviour *
esi_behaviour_at(size_t index)
{
    return &behaviours[index];
}

const struct esi_behaviour *
behaviour_of(enum behaviour which)
{
    return &behaviours[which];
}

const char *
esi_what_name(enum esi_what what)
{
    static const char *const names[] = {
#define ESI_WHAT(id, name) name,
#include "esi/whats.def"
#undef ESI_WHAT
    };

    return names[what];
}

const char *
esi_turn_name(enum esi_turn_what what)
{
    static const char *const names[] = {
#define ESI_TURN(id, name) name,
#include "esi/turns.def"
#undef ESI_TURN
    };

    return names[what];
}

enum extension
extension_find(struct esi_slice keyword)
{
    for (size_t i = 0; i < EXTENSION_COUNT; i++)
        if (keyword.len == extensions[i].keyword.len &&
            esi_slice_eq_nocase(keyword, extensions[i].keyword))
            return (enum extension)i;
    return EXTENSION_NONE;
}

const char *
extension_keyword(enum extension extension)
{
    return extensions[extension].name;
}

enum esi_keyword
extension_class(enum extension extension)
{
    return extension == EXTENSION_NONE ? ESI_KEYWORD_OTHERS : extensions[extension].class;
}

_Static_assert(ESI_VERB_UNKNOWN < 32, "the set of verbs is a 32-bit mask");

enum extension
extension_of_verb(enum esi_verb verb)
{
    static const uint32_t used_by = 0
#define ESI_EXTENSION(id, keyword, class, verb, parameter, source) | (uint32_t)1 << ESI_VERB_##verb
#include "extensions.def"
#undef ESI_EXTENSION
        ;

    if (verb == ESI_VERB_UNKNOWN || !(used_by >> verb & 1))
        return EXTENSION_NONE;
    size_t i = 0;
    while (extensions[i].verb != verb)
        i++;
    return (enum extension)i;
}

enum esi_verb
verb_of_extension(enum extension extension)
{
    return extensions[extension].verb;
}

enum extension
extension_of_parameter(struct esi_slice parameter)
{
    for (size_t i = 0; i < EXTENSION_COUNT; i++)
        if (extensions[i].parameter &&
            esi_slice_eq_nocase(parameter, esi_slice_of(extensions[i].parameter)))
            return (enum extension)i;
    return EXTENSION_NONE;
}

uint32_t
extensions_with_parameter(void)
{
    return 0
#define ESI_EXTENSION(id, keyword, class, verb, parameter, source)                                 \
    | ((parameter) != NULL ? (uint32_t)1 << EXTENSION_##id : 0)
#include "extensions.def"
#undef ESI_EXTENSION
        ;
}
