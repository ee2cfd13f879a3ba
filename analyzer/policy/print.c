/*
 * print.c - the effective policy as configuration text: what the choices depend on, defaults
 * included, and nothing else.
 *
 * Knobs, --map and a platform that is a row, not a release, have no words in a configuration: they
 * are told in comments. Actions other than inspection and limits are not kept; where there are any,
 * the one that changes nothing stands for them, since a class with an action exempts nobody.
 */
#include <string.h>

#include "print_internal.h"

void
put_name(struct esi_buf *out, const char *name)
{
    bool quoted = *name == '\0' || *name == '!' || strpbrk(name, " \t\r\b");

    esi_buf_printf(out, quoted ? "\"%s\"" : "%s", name);
}

static void
print_version(const struct esi_platform *platform, struct esi_buf *out)
{
    static const struct {
        const char *prefix, *words;
    } products[] = {{"asa-", "ASA Version"},
                    {"pix-", "PIX Version"},
                    {"fwsm-", "FWSM Version"},
                    {"ios-", "version"}};
    bool row = false;

    for (size_t i = 0; i < esi_profile_count(); i++)
        row |= strcmp(esi_profile_at(i)->name, platform->name) == 0;
    if (row)
        esi_buf_printf(out, "! platform %s\n", platform->name);
    for (size_t i = 0; !row && i < ESI_COUNT(products); i++)
        if (strncmp(platform->name, products[i].prefix, strlen(products[i].prefix)) == 0)
            esi_buf_printf(out, "%s %s\n", products[i].words,
                           platform->name + strlen(products[i].prefix));
    for (int knob = 0; knob < ESI_KNOB_COUNT; knob++)
        if (strcmp(platform->setting[knob].source, "--knob") == 0)
            esi_buf_printf(out, "! knob %s=%s\n", esi_knob_info((enum esi_knob)knob)->name,
                           esi_habit_name(platform->setting[knob].habit));
}

/* ---- maps ---- */

/* is_said - whether "KIND NAME" was said to strings before. */
static bool
is_said(struct strings *strings, const char *kind, const char *name)
{
    size_t before = strings->count;

    strings_say(strings, "%s %s", kind, name);
    return strings->count == before;
}

/* find_regexes - says which regular expressions and classes of them the maps look at. */
static void
find_regexes(const struct esi_policy *policy, struct strings *used)
{
    for (size_t m = 0; m < policy->map_count; m++)
        for (size_t i = 0; i < policy->maps[m]->match_count; i++) {
            const struct esi_match *match = &policy->maps[m]->matches[i];
            if (!match->regex)
                continue;
            strings_say(used, "%s %s", match->regex_class ? "class" : "regex", match->regex);
            const struct esi_regex_class *class =
                match->regex_class ? esi_config_regex_class(policy->config, match->regex) : NULL;
            for (size_t r = 0; class && r < class->count; r++)
                strings_say(used, "regex %s", class->members[r].regex);
        }
}

static void
print_regexes(const struct esi_policy *policy, struct esi_buf *out)
{
    const struct esi_config *config = policy->config;
    struct strings used = {0};

    find_regexes(policy, &used);
    for (size_t i = 0; i < config->regexes_count; i++)
        if (is_said(&used, "regex", config->regexes[i].name)) {
            esi_buf_text(out, "regex ");
            put_name(out, config->regexes[i].name);
            bool bare = strchr(config->regexes[i].text, '"') &&
                        !strpbrk(config->regexes[i].text, " \t\r\b");
            esi_buf_printf(out, bare ? " %s\n" : " \"%s\"\n", config->regexes[i].text);
        }
    for (size_t i = 0; i < config->regex_classes_count; i++) {
        const struct esi_regex_class *class = &config->regex_classes[i];
        if (!is_said(&used, "class", class->name))
            continue;
        esi_buf_text(out, "class-map type regex match-any ");
        put_name(out, class->name);
        for (size_t m = 0; m < class->count; m++) {
            esi_buf_text(out, "\n match regex ");
            put_name(out, class->members[m].regex);
        }
        esi_buf_byte(out, '\n');
    }
    strings_free(&used);
}

/* print_as_comment - where the box has no such commands. */
static void
print_as_comment(struct esi_slice text, struct esi_buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (i == 0 || text.ptr[i - 1] == '\n')
            esi_buf_text(out, "! ");
        esi_buf_byte(out, text.ptr[i]);
    }
}

static void
print_maps(const struct esi_policy *policy, struct esi_buf *out)
{
    if (policy->forced)
        esi_buf_printf(out, "! --map %s\n", policy->forced->name);
    for (size_t i = 0; i < policy->map_count; i++) {
        const struct esi_map *map = policy->maps[i];
        struct esi_buf text = {0};
        if (map == &policy->own_smtp || map == &policy->own_esmtp)
            continue;
        esi_map_print(map, &text);
        if (map == &policy->own_default && !policy->platform.profile->has_maps)
            print_as_comment(esi_buf_slice(&text), out);
        else
            esi_buf_append(out, esi_buf_slice(&text));
        esi_buf_free(&text);
    }
}

/* ---- classes and policies ---- */

static void
print_class_map(const struct esi_class_map *map, struct esi_buf *out)
{
    esi_buf_text(out, "class-map ");
    put_name(out, map->name);
    esi_buf_text(out, map->any ? " match-any\n" : "\n");
    for (size_t i = 0; i < map->count; i++)
        esi_buf_printf(out, " %s\n", map->matches[i].text);
}

static void
print_class_maps(const struct esi_policy *policy, struct esi_buf *out)
{
    struct strings printed = {0};

    for (size_t p = 0; p < policy->policy_count; p++)
        for (size_t i = 0; i < policy->policies[p].count; i++) {
            const struct ready_class *class = &policy->policies[p].classes[i];
            if (class->map && !is_said(&printed, "class", class->map->name))
                print_class_map(class->map, out);
        }
    strings_free(&printed);
}

static void
print_limits(const struct esi_limits *limits, struct esi_buf *out)
{
    bool any = false;

    for (int i = 0; i < ESI_LIMIT_COUNT; i++) {
        if (!limits->at[i].file)
            continue;
        esi_buf_text(out, any ? "" : "  set connection");
        esi_buf_printf(out, " %s %u", esi_limit_name((enum esi_limit_kind)i), limits->most[i]);
        any = true;
    }
    if (any)
        esi_buf_byte(out, '\n');
}

static void
print_class(const struct esi_policy_class *class, struct esi_buf *out)
{
    esi_buf_text(out, " class ");
    put_name(out, class->name);
    esi_buf_byte(out, '\n');
    for (size_t i = 0; i < class->count; i++) {
        const struct esi_inspect *inspect = &class->inspects[i];
        esi_buf_printf(out, "  %sinspect %s", inspect->no ? "no " : "", inspect->protocol);
        if (inspect->map && is_smtp_inspection(inspect->protocol)) {
            esi_buf_byte(out, ' ');
            put_name(out, inspect->map);
        }
        esi_buf_byte(out, '\n');
    }
    print_limits(&class->limits, out);
    if (class->other_actions > 0)
        esi_buf_text(out, "  set connection random-sequence-number enable\n");
}

static void
print_policies(const struct esi_policy *policy, struct esi_buf *out)
{
    struct strings printed = {0};

    for (size_t p = 0; p < policy->policy_count; p++) {
        const struct esi_policy_map *map = policy->policies[p].of;
        if (is_said(&printed, "policy", map->name))
            continue;
        esi_buf_text(out, "policy-map ");
        put_name(out, map->name);
        esi_buf_byte(out, '\n');
        for (size_t i = 0; i < map->count; i++)
            print_class(&map->classes[i], out);
    }
    strings_free(&printed);
    for (size_t p = 0; p < policy->config->service_policies_count; p++) {
        const struct esi_service_policy *by = &policy->config->service_policies[p];
        esi_buf_text(out, "service-policy ");
        put_name(out, by->policy_map);
        esi_buf_text(out, by->interface ? " interface " : " global");
        if (by->interface)
            put_name(out, by->interface);
        esi_buf_byte(out, '\n');
    }
}

/* ---- old boxes ---- */

static void
print_old(const struct esi_config *config, struct esi_buf *out)
{
    if (config->fixup_said && config->fixups_count == 0)
        esi_buf_text(out, "no fixup protocol smtp 25\n");
    for (size_t i = 0; i < config->fixups_count; i++) {
        const struct esi_fixup *fixup = &config->fixups[i];
        esi_buf_printf(out, "fixup protocol smtp %u", fixup->low);
        if (fixup->high != fixup->low)
            esi_buf_printf(out, "-%u", fixup->high);
        esi_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < config->mailhosts_count; i++)
        esi_buf_printf(out, "%s\n", config->mailhosts[i].text);
    for (size_t i = 0; i < config->ip_inspects_count; i++) {
        esi_buf_text(out, "ip inspect name ");
        put_name(out, config->ip_inspects[i].name);
        esi_buf_text(out, config->ip_inspects[i].esmtp ? " esmtp\n" : " smtp\n");
    }
}

void
esi_policy_print(const struct esi_policy *policy, struct esi_buf *out)
{
    struct esi_buf rest = {0};

    print_version(&policy->platform, out);
    if (policy->config) {
        print_network(policy, &rest);
        print_old(policy->config, &rest);
        print_access(policy, esi_buf_slice(&rest), out);
        esi_buf_append(out, esi_buf_slice(&rest));
        print_regexes(policy, out);
    }
    print_maps(policy, out);
    if (policy->config) {
        print_class_maps(policy, out);
        print_policies(policy, out);
    }
    esi_buf_free(&rest);
}
