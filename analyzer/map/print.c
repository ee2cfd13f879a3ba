/*
 * print.c - an inspection map as configuration text, in the layout of `show running-config
 * policy-map`: description, parameters, matches, each a blank deeper than what it belongs to.
 *
 * Words of one match stand in the order of their lists, verbs in small letters.
 * Source: Cisco document 117801, the default map; Cisco ASA CLI guides.
 */
#include <inttypes.h>

#include "esi/map.h"
#include "esi/smtp.h"

static void
print_verb(enum esi_verb verb, struct esi_buf *out)
{
    for (const char *at = esi_verb_name(verb); *at; at++)
        esi_buf_byte(out, (uint8_t)(*at | 0x20));
}

static void
print_set(const struct esi_match *match, struct esi_buf *out)
{
    enum esi_criterion_argument argument = esi_criterion_argument(match->criterion);

    for (unsigned i = 0; i < 32; i++) {
        if (!(match->set >> i & 1))
            continue;
        esi_buf_byte(out, ' ');
        if (argument == ESI_ARGUMENT_KEYWORDS)
            esi_buf_text(out, esi_keyword_name((enum esi_keyword)i));
        else if (argument == ESI_ARGUMENT_ENCODINGS)
            esi_buf_text(out, esi_encoding_name((enum esi_encoding)i));
        else
            print_verb((enum esi_verb)i, out);
    }
}

void
esi_match_words(const struct esi_match *match, struct esi_buf *out)
{
    esi_buf_printf(out, "match %s%s", match->negated ? "not " : "",
                   esi_criterion_words(match->criterion));
    switch (esi_criterion_argument(match->criterion)) {
    case ESI_ARGUMENT_NUMBER:
        esi_buf_printf(out, " %" PRIu64, match->limit);
        break;
    case ESI_ARGUMENT_REGEX:
        esi_buf_printf(out, "%s %s", match->regex_class ? " class" : "", match->regex);
        break;
    default:
        print_set(match, out);
    }
}

/* print_action - "drop-connection log". */
static void
print_action(enum esi_action action, bool log, struct esi_buf *out)
{
    esi_buf_text(out, esi_action_name(action));
    if (log && action != ESI_ACTION_LOG)
        esi_buf_text(out, " log");
}

void
esi_match_print(const struct esi_match *match, struct esi_buf *out)
{
    esi_buf_byte(out, ' ');
    esi_match_words(match, out);
    esi_buf_byte(out, '\n');
    if (!match->acts)
        return;
    esi_buf_text(out, "  ");
    print_action(match->action, match->log, out);
    if (match->action == ESI_ACTION_RATE_LIMIT)
        esi_buf_printf(out, " %" PRIu64, match->rate);
    esi_buf_byte(out, '\n');
}

static void
print_parameter(enum esi_parameter_kind kind, const struct esi_parameter *parameter,
                struct esi_buf *out)
{
    bool acts = kind == ESI_PARAMETER_MAIL_RELAY || kind == ESI_PARAMETER_SPECIAL_CHARACTER;

    esi_buf_printf(out, "  %s%s", parameter->on ? "" : "no ", esi_parameter_name(kind));
    if (parameter->on && kind == ESI_PARAMETER_MAIL_RELAY)
        esi_buf_printf(out, " %s", parameter->domain);
    if (parameter->on && acts) {
        esi_buf_text(out, " action ");
        print_action(parameter->action, parameter->log, out);
    }
    if (parameter->on && kind == ESI_PARAMETER_ALLOW_TLS && parameter->log)
        esi_buf_text(out, " action log");
    esi_buf_byte(out, '\n');
}

static void
print_parameters(const struct esi_map *map, bool all, struct esi_buf *out)
{
    bool begun = false;

    for (int i = 0; i < ESI_PARAMETER_COUNT; i++) {
        if (!all && !map->parameter[i].rule.words)
            continue;
        if (!begun)
            esi_buf_text(out, " parameters\n");
        begun = true;
        print_parameter((enum esi_parameter_kind)i, &map->parameter[i], out);
    }
}

static void
print_map(const struct esi_map *map, bool all, struct esi_buf *out)
{
    esi_buf_printf(out, "policy-map type inspect esmtp %s\n", map->name);
    if (map->description)
        esi_buf_printf(out, " description %s\n", map->description);
    print_parameters(map, all, out);
    for (size_t i = 0; i < map->match_count; i++)
        esi_match_print(&map->matches[i], out);
}

void
esi_map_print(const struct esi_map *map, struct esi_buf *out)
{
    print_map(map, true, out);
}

void
esi_map_print_said(const struct esi_map *map, struct esi_buf *out)
{
    print_map(map, false, out);
}
