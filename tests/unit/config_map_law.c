/* config_map_law.c - a map that is printed and read again is the same map. */
#include <criterion/criterion.h>

#include "esi/smtp.h"

#include "config_maps.h"
#include "support/map_same.h"

static uint32_t seed = 1;

/* below - a number below `most`, always the same ones. */
static uint32_t
below(uint32_t most)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)seed * most) >> 32);
}

static const char *
some_name(void)
{
    static const char *const names[] = {"a",   "A",  "any.example", "match",
                                        "log", "10", "x\"y",        "-!"};

    return names[below(ESI_COUNT(names))];
}

static uint32_t
some_set(enum esi_criterion_argument argument)
{
    static const enum esi_verb verbs[] = {ESI_VERB_HELO, ESI_VERB_EHLO, ESI_VERB_RCPT,
                                          ESI_VERB_VRFY, ESI_VERB_SEND, ESI_VERB_SAML};
    uint32_t count = argument == ESI_ARGUMENT_KEYWORDS    ? ESI_KEYWORD_COUNT
                     : argument == ESI_ARGUMENT_ENCODINGS ? ESI_ENCODING_COUNT
                                                          : ESI_COUNT(verbs);
    uint32_t picked = 1 + below((1u << count) - 1), set = 0;

    if (argument != ESI_ARGUMENT_VERBS)
        return picked;
    for (size_t i = 0; i < ESI_COUNT(verbs); i++)
        set |= (picked >> i & 1) << verbs[i];
    return set;
}

static void
some_action(struct esi_match *match)
{
    static const enum esi_action actions[] = {ESI_ACTION_DROP_CONNECTION, ESI_ACTION_RESET,
                                              ESI_ACTION_LOG, ESI_ACTION_MASK,
                                              ESI_ACTION_RATE_LIMIT};
    size_t count = esi_criterion_may_rate_limit(match->criterion) ? 5
                   : esi_criterion_may_mask(match->criterion)     ? 4
                                                                  : 3;

    match->acts = below(5) > 0;
    if (!match->acts)
        return;
    match->action = actions[below((uint32_t)count)];
    match->log =
        match->action == ESI_ACTION_LOG || (match->action != ESI_ACTION_RATE_LIMIT && below(2));
    match->rate = match->action == ESI_ACTION_RATE_LIMIT ? 1 + below(UINT32_MAX) : 0;
}

static void
some_match(struct esi_match *match, struct esi_arena *arena, unsigned class_no)
{
    struct esi_buf words = {0};

    *match = (struct esi_match){.criterion = (enum esi_criterion)below(ESI_CRITERION_COUNT),
                                .negated = below(2)};
    enum esi_criterion_argument argument = esi_criterion_argument(match->criterion);
    if (argument == ESI_ARGUMENT_NUMBER) {
        match->limit = 1 + below(UINT32_MAX);
    } else if (argument == ESI_ARGUMENT_REGEX) {
        match->regex = some_name();
        match->regex_class = below(2);
    } else {
        match->set = some_set(argument);
    }
    some_action(match);
    esi_match_words(match, &words);
    esi_buf_byte(&words, '\0');
    match->rule.words = (const char *)esi_arena_copy(arena, esi_buf_slice(&words)).ptr;
    match->rule.class_no = class_no;
    esi_buf_free(&words);
}

static void
some_parameters(struct esi_map *map)
{
    static const struct {
        enum esi_parameter_kind kind;
        struct esi_parameter value;
    } values[] = {
        {ESI_PARAMETER_MASK_BANNER, {.on = true, .rule.words = "mask-banner"}},
        {ESI_PARAMETER_MASK_BANNER, {.rule.words = "no mask-banner"}},
        {ESI_PARAMETER_MAIL_RELAY,
         {.on = true,
          .rule.words = "mail-relay a.example action drop-connection log",
          .action = ESI_ACTION_DROP_CONNECTION,
          .log = true,
          .domain = "a.example"}},
        {ESI_PARAMETER_MAIL_RELAY,
         {.on = true,
          .rule.words = "mail-relay action action log",
          .action = ESI_ACTION_LOG,
          .log = true,
          .domain = "action"}},
        {ESI_PARAMETER_MAIL_RELAY, {.rule.words = "no mail-relay"}},
        {ESI_PARAMETER_SPECIAL_CHARACTER,
         {.on = true,
          .rule.words = "special-character action drop-connection",
          .action = ESI_ACTION_DROP_CONNECTION}},
        {ESI_PARAMETER_SPECIAL_CHARACTER, {.rule.words = "no special-character"}},
        {ESI_PARAMETER_ALLOW_TLS, {.on = true, .rule.words = "allow-tls"}},
        {ESI_PARAMETER_ALLOW_TLS, {.on = true, .rule.words = "allow-tls action log", .log = true}},
        {ESI_PARAMETER_ALLOW_TLS, {.rule.words = "no allow-tls"}},
    };

    for (int i = (int)below(6); i > 0; i--) {
        size_t which = below(ESI_COUNT(values));
        map->parameter[values[which].kind] = values[which].value;
    }
}

/* check_law - printed as it was said, and with all parameters: these then are said. */
static void
check_law(struct esi_map *map, bool all)
{
    static const char *const off[] = {"no mask-banner", "no mail-relay", "no special-character",
                                      "no allow-tls"};
    struct esi_buf text = {0};

    if (all)
        esi_map_print(map, &text);
    else
        esi_map_print_said(map, &text);
    for (int i = 0; all && i < ESI_PARAMETER_COUNT; i++)
        if (!map->parameter[i].rule.words)
            map->parameter[i].rule.words = off[i];
    esi_buf_byte(&text, '\0');
    struct esi_config *config = maps_read((const char *)text.data);
    const char *differs = map_same(map, &config->maps[0]);
    cr_assert(!differs && config->diags_count == 0, "%s\n%s", differs ? differs : "diagnostics",
              (const char *)text.data);
    esi_config_free(config);
    esi_buf_free(&text);
}

Test(config_map_law, print_and_read)
{
    enum { MAPS = 1000, MATCHES = 12 };
    struct esi_match matches[MATCHES];
    struct esi_arena arena = {0};

    for (int n = 0; n < MAPS; n++) {
        struct esi_map map = {.name = some_name(), .matches = matches};
        map.description = below(2) ? "Default ESMTP policy-map! \\ \"x\"" : NULL;
        some_parameters(&map);
        for (size_t want = below(MATCHES + 1); map.match_count < want;) {
            struct esi_match *match = &matches[map.match_count];
            some_match(match, &arena, (unsigned)map.match_count + 1);
            size_t i = 0;
            while (strcmp(matches[i].rule.words, match->rule.words) != 0)
                i++;
            map.match_count += i == map.match_count; /* a new one */
        }
        check_law(&map, false);
        check_law(&map, true);
        esi_arena_clear(&arena);
    }
    esi_arena_free(&arena);
}
