/*
 * map_same.h - whether two inspection maps say the same: all but where they are written, and what
 * is compiled of them. An answer of NULL is yes, else it names what differs.
 */
#ifndef TESTS_SUPPORT_MAP_SAME_H
#define TESTS_SUPPORT_MAP_SAME_H

#include <string.h>

#include "esi/map.h"

static inline bool
map_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static inline const char *
map_same_match(const struct esi_match *a, const struct esi_match *b)
{
    if (!map_same_text(a->rule.words, b->rule.words) || a->rule.class_no != b->rule.class_no)
        return "a match's words or class";
    if (a->criterion != b->criterion || a->negated != b->negated || a->limit != b->limit ||
        a->set != b->set || !map_same_text(a->regex, b->regex) || a->regex_class != b->regex_class)
        return "what a match matches";
    if (a->acts != b->acts || a->action != b->action || a->log != b->log || a->rate != b->rate)
        return "a match's action";
    return NULL;
}

static inline const char *
map_same_parameter(const struct esi_parameter *a, const struct esi_parameter *b)
{
    if (!map_same_text(a->rule.words, b->rule.words))
        return "a parameter's words";
    if (a->on != b->on || a->action != b->action || a->log != b->log ||
        !map_same_text(a->domain, b->domain))
        return "a parameter";
    return NULL;
}

static inline const char *
map_same(const struct esi_map *a, const struct esi_map *b)
{
    const char *differs = NULL;

    if (!map_same_text(a->name, b->name) || !map_same_text(a->description, b->description))
        return "name or description";
    for (int i = 0; i < ESI_PARAMETER_COUNT && !differs; i++)
        differs = map_same_parameter(&a->parameter[i], &b->parameter[i]);
    if (!differs && a->match_count != b->match_count)
        return "how many matches";
    for (size_t i = 0; i < a->match_count && !differs; i++)
        differs = map_same_match(&a->matches[i], &b->matches[i]);
    return differs;
}

#endif
