/*
 * build_maps.c - policy-map type inspect esmtp: maps and their parameters. Matches and actions are
 * those of build_matches.c.
 *
 * Source: Cisco ASA CLI guides, inspection of ESMTP; Cisco CSM guide for the limits.
 */
#include <stdlib.h>

#include "maps_internal.h"

struct esi_map *
map_of(const struct reader *reader)
{
    return &reader->config->maps[reader->map];
}

struct esi_map *
esi_config_map(const struct esi_config *config, const char *name)
{
    size_t place;

    return index_find(config->index, INDEX_MAP, esi_slice_of(name), &place) ? &config->maps[place]
                                                                            : NULL;
}

/* ---- what is said in several places ---- */

bool
word_fits(struct reader *reader, const struct arg *word)
{
    struct esi_slice text = word->text;

    if (text.len == 0) {
        refuse(reader, word, "a word was expected, not nothing");
        return false;
    }
    for (size_t i = 0; word->at->quoted && i < text.len; i++) {
        if (text.ptr[i] > ' ' && text.ptr[i] != '"' && (i > 0 || text.ptr[i] != '!'))
            continue;
        refuse(reader, word, "a word without blanks and quotation marks was expected");
        return false;
    }
    return true;
}

bool
name_fits(struct reader *reader, const struct arg *name)
{
    return word_fits(reader, name) && check_name(reader, name, NAME_MOST);
}

void
refuse_incomplete(struct reader *reader, const char *expected)
{
    struct word end = {.column = (unsigned)reader->line->text.len + 1};
    struct arg arg = {.at = &end};

    refuse(reader, &arg, "incomplete; expected %s", expected);
}

bool
read_description(struct reader *reader, const struct args *args, const char **out)
{
    const struct arg *rest = find_arg(args, ARGUMENT_REST);
    struct esi_slice text = rest ? rest->text : ESI_LIT("");
    const uint8_t *nul = memchr(text.ptr, '\0', text.len);

    *out = NULL;
    if (args->no)
        return true;
    if (nul)
        text.len = (size_t)(nul - text.ptr);
    while (text.len > 0 && text.ptr[text.len - 1] <= ' ')
        text.len--;
    if (text.len == 0) {
        refuse_incomplete(reader, argument_expected(ARGUMENT_REST));
        return false;
    }
    if (text.len > DESCRIPTION_MOST) {
        refuse(reader, rest, "a description has at most %d characters, this one %zu",
               DESCRIPTION_MOST, text.len);
        return false;
    }
    *out = text_of(reader, text);
    return true;
}

/* ---- maps ---- */

/* remove_map - the last one takes its place: maps are found by name, their order says nothing. */
static void
remove_map(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;
    size_t place;

    if (!index_find(config->index, INDEX_MAP, name->text, &place)) {
        warn(reader, name, "there is no such map");
        return;
    }
    free((void *)(uintptr_t)config->maps[place].matches);
    size_t last = --config->maps_count;
    index_unlist(config->index, INDEX_MAP, config->maps[place].name, config->maps[last].name,
                 place);
    config->maps[place] = config->maps[last];
}

static void
add_map(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;
    struct esi_place at = place_of(reader);

    reader->map = config->maps_count;
    config->maps =
        esi_grow(config->maps, &config->maps_cap, config->maps_count + 1, sizeof *config->maps);
    config->maps[config->maps_count++] = (struct esi_map){
        .name = text_of(reader, name->text), .config_file = at.file, .config_line = at.line};
    index_set(config->index, INDEX_MAP, map_of(reader)->name, reader->map);
}

void
build_esmtp_map(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);

    if (args->no) {
        remove_map(reader, name);
        return;
    }
    if (!name_fits(reader, name))
        return;
    if (!index_find(reader->config->index, INDEX_MAP, name->text, &reader->map))
        add_map(reader, name);
    reader->mode = MODE_ESMTP_MAP;
}

void
build_map_description(struct reader *reader, const struct args *args)
{
    const char *text;

    if (read_description(reader, args, &text))
        map_of(reader)->description = text;
}

/* ---- parameters ---- */

void
build_parameters(struct reader *reader, const struct args *args)
{
    (void)args;
    reader->mode = MODE_ESMTP_PARAMETERS;
}

/* set_parameter - `off`: the words that turn it off. */
static void
set_parameter(struct reader *reader, const struct args *args, enum esi_parameter_kind kind,
              struct esi_parameter value, const char *off)
{
    struct esi_place at = place_of(reader);

    if (args->no)
        value = (struct esi_parameter){.on = false};
    value.rule.words = args->no ? off : canonical(reader, args);
    value.rule.config_file = at.file;
    value.rule.config_line = at.line;
    map_of(reader)->parameter[kind] = value;
}

/* parameter_of - on, with what stands behind `action`. */
static struct esi_parameter
parameter_of(const struct args *args)
{
    return (struct esi_parameter){
        .on = true,
        .action = said(args, "drop-connection") ? ESI_ACTION_DROP_CONNECTION : ESI_ACTION_LOG,
        .log = said(args, "log"),
    };
}

/* has_action - of a parameter that wants one, unless it is turned off. */
static bool
has_action(struct reader *reader, const struct args *args)
{
    if (args->no || said(args, "action"))
        return true;
    refuse_incomplete(reader, "action drop-connection or action log");
    return false;
}

void
build_mask_banner(struct reader *reader, const struct args *args)
{
    set_parameter(reader, args, ESI_PARAMETER_MASK_BANNER, (struct esi_parameter){.on = true},
                  "no mask-banner");
}

void
build_mail_relay(struct reader *reader, const struct args *args)
{
    const struct arg *domain = find_arg(args, ARGUMENT_DOMAIN);
    const char *old = map_of(reader)->parameter[ESI_PARAMETER_MAIL_RELAY].domain;
    struct esi_parameter value = parameter_of(args);

    if (!domain && !args->no) {
        refuse_incomplete(reader, argument_expected(ARGUMENT_DOMAIN));
        return;
    }
    if (domain && args->no && old && !esi_slice_eq_nocase(domain->text, esi_slice_of(old))) {
        warn(reader, domain, "the map's mail-relay is of %s", old);
        return;
    }
    if (!has_action(reader, args) || (domain && !word_fits(reader, domain)))
        return;
    value.domain = domain ? text_of(reader, domain->text) : NULL;
    set_parameter(reader, args, ESI_PARAMETER_MAIL_RELAY, value, "no mail-relay");
}

void
build_special_character(struct reader *reader, const struct args *args)
{
    if (has_action(reader, args))
        set_parameter(reader, args, ESI_PARAMETER_SPECIAL_CHARACTER, parameter_of(args),
                      "no special-character");
}

void
build_allow_tls(struct reader *reader, const struct args *args)
{
    set_parameter(reader, args, ESI_PARAMETER_ALLOW_TLS,
                  (struct esi_parameter){.on = true, .log = said(args, "log")}, "no allow-tls");
}
