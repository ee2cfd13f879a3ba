/*
 * evidence_cures.c - the lines of cures.def: the configuration reader understands each, and pasted
 * behind a configuration that inspects all mail, they take away what they are a cure for.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "esi/policy.h"

static const struct {
    const char *lines;
} cures[] = {
#define ESI_CURE(boxes, effects, source, lines) {lines},
#include "evidence/cures.def"
#undef ESI_CURE
};

/* with_server - as it is handed out for the server 192.0.2.25, to which TLS passes by now. */
static void
with_server(struct esi_buf *out, const char *lines)
{
    static const char place[] = "{server}", tls[] = "{tls}";

    for (const char *found; (found = strchr(lines, '{'));) {
        bool server = strncmp(found, place, sizeof place - 1) == 0;
        esi_buf_append(out, (struct esi_slice){(const uint8_t *)lines, (size_t)(found - lines)});
        esi_buf_text(out, server ? "192.0.2.25" : "allow-tls");
        lines = found + (server ? sizeof place : sizeof tls) - 1;
    }
    esi_buf_text(out, lines);
}

Test(evidence, cures_are_configuration)
{
    for (size_t c = 0; c < ESI_COUNT(cures); c++) {
        struct esi_buf text = {0};
        struct esi_config *config = esi_config_new();
        with_server(&text, cures[c].lines);
        esi_config_read(config, "cure", esi_buf_slice(&text));
        for (size_t i = 0; i < config->diags_count; i++)
            cr_expect(config->diags[i].kind != ESI_DIAG_ERROR && !config->diags[i].not_understood,
                      "%s\n%s", config->diags[i].text, cures[c].lines);
        esi_config_free(config);
        esi_buf_free(&text);
    }
}

/* ---- what they cure ---- */

#define GLOBAL(protocol)                                                                           \
    "class-map inspection_default\n match default-inspection-traffic\n"                            \
    "policy-map global_policy\n class inspection_default\n  inspect dns\n  inspect " protocol "\n" \
    "service-policy global_policy global\n"

enum cured { TLS, KEYWORDS, HEADER, COMMANDS, BANNER, ONE_SERVER, ALL };

static const struct {
    const char *begins, *platform, *before;
    enum cured cured;
} rows[] = {
    {"! let TLS pass", "asa-8", GLOBAL("esmtp"), TLS},
    {"! a map that hides none", "asa-8",
     "policy-map type inspect esmtp biting\n match ehlo-reply-parameter auth 8bitmime\n  "
     "mask\n" GLOBAL("esmtp biting"),
     KEYWORDS},
    {"! a map that only logs long header", "asa-8", GLOBAL("esmtp"), HEADER},
    {"! a map that only logs many", "asa-8", GLOBAL("esmtp"), COMMANDS},
    {"! a map that leaves the greeting", "asa-8", GLOBAL("esmtp"), BANNER},
    {"! one mail server is left alone, all others are inspected (name the map", "asa-8",
     GLOBAL("esmtp"), ONE_SERVER},
    {"! no inspection of ESMTP at all", "asa-8", GLOBAL("esmtp"), ALL},
    {"! one mail server is left alone, all others are inspected (3.1", "fwsm", GLOBAL("smtp"),
     ONE_SERVER},
    {"! no inspection of SMTP at all; up to 2.3", "fwsm", GLOBAL("smtp"), ALL},
    {"! no inspection of SMTP at all:", "pix-6.3", "fixup protocol smtp 25\n", ALL},
};

static bool
acts(const struct esi_map *map, enum esi_criterion criterion)
{
    const struct esi_match *match = map ? esi_map_find(map, criterion) : NULL;

    return match && match->action != ESI_ACTION_LOG;
}

/* bites - whether mail to a server still meets what is to be cured. */
static bool
bites(enum cured cured, const struct esi_map *map)
{
    switch (cured) {
    case TLS:
        return !esi_map_on(map, ESI_PARAMETER_ALLOW_TLS);
    case KEYWORDS:
        return strcmp(map->name, "biting") == 0;
    case HEADER:
        return acts(map, ESI_CRITERION_HEADER_LINE_LENGTH);
    case COMMANDS:
        return acts(map, ESI_CRITERION_CMD_LINE_LENGTH) ||
               acts(map, ESI_CRITERION_CMD_RCPT_COUNT) ||
               acts(map, ESI_CRITERION_SENDER_ADDRESS_LENGTH);
    case BANNER:
        return esi_map_on(map, ESI_PARAMETER_MASK_BANNER);
    case ONE_SERVER:
    case ALL:
        return map != NULL;
    }
    return true;
}

/* rest_is_kept - whether what does no harm is done as before: matches and masks, but for one kind.
 */
static bool
rest_is_kept(enum cured cured, const struct esi_map *map)
{
    static const enum esi_criterion kept[] = {
        ESI_CRITERION_CMD_LINE_LENGTH,       ESI_CRITERION_CMD_RCPT_COUNT,
        ESI_CRITERION_BODY_LINE_LENGTH,      ESI_CRITERION_HEADER_LINE_LENGTH,
        ESI_CRITERION_SENDER_ADDRESS_LENGTH, ESI_CRITERION_MIME_FILENAME_LENGTH};

    if (cured == ALL)
        return true;
    for (size_t i = 0; i < ESI_COUNT(kept); i++)
        if (!esi_map_find(map, kept[i]))
            return false;
    return (cured == BANNER || esi_map_on(map, ESI_PARAMETER_MASK_BANNER)) &&
           acts(map, ESI_CRITERION_EHLO_REPLY_PARAMETER);
}

static const struct esi_map *
map_for(struct esi_policy *policy, uint8_t last)
{
    struct esi_tuple flow = {{{4, {198, 51, 100, 7}}, 40012}, {{4, {192, 0, 2, last}}, 25}};
    struct esi_choice choice;

    esi_policy_choose(policy, &flow, 1, &choice);
    return choice.map;
}

static struct esi_policy *
policy_of(size_t row, const char *cure, struct esi_config **config)
{
    struct esi_buf text = {0};
    struct esi_ports ports = {0};
    struct esi_error err;

    esi_buf_text(&text, rows[row].before);
    with_server(&text, cure);
    *config = esi_config_new();
    esi_config_read(*config, "cured", esi_buf_slice(&text));
    esi_buf_free(&text);
    esi_ports_add(&ports, 25);
    struct esi_policy *policy = esi_policy_new(
        &(struct esi_policy_options){
            .config = *config, .platform = rows[row].platform, .ports = &ports},
        &err);
    cr_assert(policy, "%s: %s", rows[row].begins, err.text);
    return policy;
}

static const char *
cure_of(size_t row)
{
    for (size_t c = 0; c < ESI_COUNT(cures); c++)
        if (strncmp(cures[c].lines, rows[row].begins, strlen(rows[row].begins)) == 0)
            return cures[c].lines;
    cr_assert(false, "no cure begins %s", rows[row].begins);
    return NULL;
}

Test(evidence, cures_cure)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_config *config;
        struct esi_policy *policy = policy_of(r, "", &config);
        bool maps = strcmp(rows[r].platform, "asa-8") == 0;
        cr_expect(bites(rows[r].cured, map_for(policy, 25)), "%s: nothing to cure", rows[r].begins);
        esi_policy_free(policy);

        policy = policy_of(r, cure_of(r), &config);
        cr_expect(!bites(rows[r].cured, map_for(policy, 25)), "%s: it bites still", rows[r].begins);
        uint8_t other = rows[r].cured == ONE_SERVER ? 26 : 25;
        const struct esi_map *map = map_for(policy, other);
        cr_expect(rows[r].cured == ALL || map, "%s: the others are left alone, too",
                  rows[r].begins);
        cr_expect(!maps || !map || rest_is_kept(rows[r].cured, map), "%s: more is gone",
                  rows[r].begins);
        esi_policy_free(policy);
    }
}
