/*
 * build_old.c - version lines, and the commands of boxes before the Modular Policy Framework.
 *
 * Source: Cisco PIX 4.4 and 6.3 command references (mailhost, fixup), Cisco document 118550, IOS
 * security command reference (ip inspect).
 */
#include <stdlib.h>
#include <string.h>

#include "reader_internal.h"

enum {
    SMTP_PORT = 25,
    LINES_MOST = 256 /* of each kind; ours, so that looking through them stays short */
};

/* ---- version ---- */

void
build_version(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    const char *product = literal_at(args, 0);

    config->product =
        strcmp(product, "version") == 0 ? "IOS" : text_of(reader, esi_slice_of(product));
    config->release = text_of(reader, find_arg(args, ARGUMENT_RELEASE)->text);
    config->version_at = place_of(reader);
}

/* ---- mailhost ---- */

void
build_mailhost(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    size_t at = 0, i = 0;
    const struct arg *global = next_arg(args, ARGUMENT_IP, &at);
    const struct arg *local = next_arg(args, ARGUMENT_IP, &at);

    while (i < config->mailhosts_count &&
           !(esi_ip_same(&config->mailhosts[i].global, &global->ip) &&
             esi_ip_same(&config->mailhosts[i].local, &local->ip)))
        i++;
    if (args->no) {
        if (i == config->mailhosts_count)
            warn(reader, NULL, "there is no such mailhost");
        else
            config->mailhosts[i] = config->mailhosts[--config->mailhosts_count];
        return;
    }
    if (i == LINES_MOST) {
        refuse(reader, NULL, "there are at most %d mailhosts here", LINES_MOST);
        return;
    }
    if (i == config->mailhosts_count)
        config->mailhosts = esi_grow(config->mailhosts, &config->mailhosts_cap,
                                     ++config->mailhosts_count, sizeof *config->mailhosts);
    const struct arg *most = next_arg(args, ARGUMENT_NUMBER, &at);
    const struct arg *embryonic = next_arg(args, ARGUMENT_NUMBER, &at);
    config->mailhosts[i] = (struct esi_mailhost){
        .global = global->ip,
        .local = local->ip,
        .connections = limit_of(most),
        .embryonic = limit_of(embryonic),
        .text = canonical(reader, args),
        .at = place_of(reader),
    };
}

/* ---- fixup ---- */

static void
add_fixup(struct reader *reader, uint16_t low, uint16_t high)
{
    struct esi_config *config = reader->config;

    for (size_t i = 0; i < config->fixups_count; i++)
        if (config->fixups[i].low == low && config->fixups[i].high == high)
            return;
    if (config->fixups_count == LINES_MOST) {
        refuse(reader, NULL, "there are at most %d such lines here", LINES_MOST);
        return;
    }
    config->fixups = esi_grow(config->fixups, &config->fixups_cap, config->fixups_count + 1,
                              sizeof *config->fixups);
    config->fixups[config->fixups_count++] = (struct esi_fixup){low, high, place_of(reader)};
}

static void
remove_fixup(struct reader *reader, uint16_t low, uint16_t high)
{
    struct esi_config *config = reader->config;
    size_t kept = 0;

    for (size_t i = 0; i < config->fixups_count; i++)
        if (config->fixups[i].low != low || config->fixups[i].high != high)
            config->fixups[kept++] = config->fixups[i];
    /* Port 25 is on without a line; every other port needs one. */
    if (kept == config->fixups_count && (low != SMTP_PORT || high != SMTP_PORT))
        warn(reader, NULL, "there is no such fixup");
    config->fixups_count = kept;
}

/* default_fixup - port 25 alone. */
static void
default_fixup(struct reader *reader)
{
    reader->config->fixups_count = 0;
    add_fixup(reader, SMTP_PORT, SMTP_PORT);
}

/* read_ports - PORT[-PORT]. */
static bool
read_ports(struct reader *reader, struct esi_slice text, uint16_t *low, uint16_t *high)
{
    const uint8_t *dash = memchr(text.ptr, '-', text.len);
    size_t len = dash ? (size_t)(dash - text.ptr) : text.len;
    struct word first = {.text = esi_slice_cut(text, 0, len)};
    struct word last = {.text = dash ? esi_slice_cut(text, len + 1, text.len) : first.text};
    struct arg a, b;

    if (first.text.len == 0 || last.text.len == 0 ||
        argument_take(reader, ARGUMENT_PORT, &first, 1, &a) == 0 ||
        argument_take(reader, ARGUMENT_PORT, &last, 1, &b) == 0 || a.number > b.number)
        return false;
    *low = (uint16_t)a.number;
    *high = (uint16_t)b.number;
    return true;
}

void
build_fixup_smtp(struct reader *reader, const struct args *args)
{
    const struct arg *ports = find_arg(args, ARGUMENT_WORD);
    uint16_t low, high;

    if (!ports) {
        default_fixup(reader);
    } else if (!read_ports(reader, ports->text, &low, &high)) {
        refuse(reader, ports, "a port or a range such as 25-50 was expected");
        return;
    } else if (args->no) {
        remove_fixup(reader, low, high);
    } else {
        add_fixup(reader, low, high);
    }
    reader->config->fixup_said = true;
}

void
build_fixup_other(struct reader *reader, const struct args *args)
{
    (void)args;
    reader->config->fixup_said = true;
    reader->aside = "fixup of another protocol";
}

void
build_clear_fixup(struct reader *reader, const struct args *args)
{
    (void)args;
    default_fixup(reader);
    reader->config->fixup_said = true;
}

/* ---- ip inspect ---- */

void
build_ip_inspect(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    struct esi_slice name = find_arg(args, ARGUMENT_NAME)->text;
    size_t i = 0;

    while (i < config->ip_inspects_count &&
           !esi_slice_eq(esi_slice_of(config->ip_inspects[i].name), name))
        i++;
    if (args->no) {
        if (i < config->ip_inspects_count)
            config->ip_inspects[i] = config->ip_inspects[--config->ip_inspects_count];
        return;
    }
    if (i == LINES_MOST) {
        refuse(reader, NULL, "there are at most %d such lines here", LINES_MOST);
        return;
    }
    if (i == config->ip_inspects_count)
        config->ip_inspects = esi_grow(config->ip_inspects, &config->ip_inspects_cap,
                                       ++config->ip_inspects_count, sizeof *config->ip_inspects);
    config->ip_inspects[i] =
        (struct esi_ip_inspect){text_of(reader, name), said(args, "esmtp"), place_of(reader)};
}
