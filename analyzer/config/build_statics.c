/*
 * build_statics.c - static (REAL,MAPPED) ...: which server stands behind an address, and how many
 * connections it is allowed.
 *
 * Of address translation only this is kept: whose limits are on a server, and on which side an
 * address lies. Source: Cisco PIX 6.3 and 7.0 command references, static; Cisco document 117801.
 */
#include <string.h>

#include "reader_internal.h"

/* set_interfaces - of "(inside,outside)", between whose words blanks may stand. */
static bool
set_interfaces(struct reader *reader, const struct args *args, struct esi_static *out)
{
    const struct arg *pair = find_arg(args, ARGUMENT_INTERFACES);
    struct esi_buf joined = {0};

    for (size_t i = 0; i < pair->words; i++)
        esi_buf_append(&joined, pair->at[i].text);
    struct esi_slice text = esi_buf_slice(&joined);
    const uint8_t *comma = memchr(text.ptr, ',', text.len);
    size_t at = comma ? (size_t)(comma - text.ptr) : 0;
    bool fits = at > 1 && at + 2 < text.len && text.ptr[0] == '(' && text.ptr[text.len - 1] == ')';
    if (fits) {
        out->real_interface = text_of(reader, esi_slice_cut(text, 1, at - 1));
        out->mapped_interface = text_of(reader, esi_slice_cut(text, at + 1, text.len - at - 2));
    } else {
        refuse(reader, pair, "interfaces in brackets were expected, such as (inside,outside)");
    }
    esi_buf_free(&joined);
    return fits;
}

/* set_limits - `[tcp] MAX [EMB]` stand where they will behind the addresses; `udp MAX` is not ours.
 */
static void
set_limits(const struct args *args, struct esi_static *out)
{
    for (size_t i = 3; i < args->count; i++) {
        const struct arg *arg = &args->list[i], *before = arg - 1;
        bool number = !arg->literal && arg->type == ARGUMENT_NUMBER;
        bool second = !before->literal && before->type == ARGUMENT_NUMBER;
        if (!number || (before->literal && strcmp(before->word, "udp") == 0))
            continue;
        if (second)
            out->embryonic = limit_of(arg);
        else
            out->connections = limit_of(arg);
    }
}

static bool
set_addresses(struct reader *reader, const struct args *args, struct esi_static *out)
{
    size_t at = 0;
    const struct arg *mapped = said(args, "interface") ? NULL : next_arg(args, ARGUMENT_IP, &at);
    const struct arg *mask = find_arg(args, ARGUMENT_MASK);
    int bits = mask ? mask_bits(&mask->ip) : 32;

    if (bits < 0) {
        refuse(reader, mask, "a network mask has its ones in front");
        return false;
    }
    out->real = next_arg(args, ARGUMENT_IP, &at)->ip;
    out->mapped_interface_address = !mapped;
    if (mapped)
        out->mapped = mapped->ip;
    out->bits = (unsigned)bits;
    return true;
}

/* remove_static - the last one takes its place. */
static void
remove_static(struct reader *reader, const char *key)
{
    struct esi_config *config = reader->config;
    size_t place;

    if (!index_find(config->index, INDEX_STATIC, esi_slice_of(key), &place)) {
        warn(reader, NULL, "there is no such static");
        return;
    }
    index_remove(config->index, INDEX_STATIC, key);
    config->statics[place] = config->statics[--config->statics_count];
    if (place < config->statics_count)
        index_set(config->index, INDEX_STATIC, config->statics[place].text, place);
}

static void
add_static(struct reader *reader, const struct args *args, struct esi_static *new)
{
    struct esi_config *config = reader->config;
    size_t place = config->statics_count;

    if (!set_interfaces(reader, args, new) || !set_addresses(reader, args, new))
        return;
    new->text = key_of(reader, args);
    new->at = place_of(reader);
    if (args->no) {
        remove_static(reader, new->text);
        return;
    }
    set_limits(args, new);
    if (!index_find(config->index, INDEX_STATIC, esi_slice_of(new->text), &place))
        config->statics = esi_grow(config->statics, &config->statics_cap, ++config->statics_count,
                                   sizeof *config->statics);
    config->statics[place] = *new;
    index_set(config->index, INDEX_STATIC, new->text, place);
}

void
build_static(struct reader *reader, const struct args *args)
{
    add_static(reader, args, &(struct esi_static){0});
}

void
build_static_port(struct reader *reader, const struct args *args)
{
    size_t at = 0;
    struct esi_static new = {.one_port = true, .udp = strcmp(literal_at(args, 2), "udp") == 0};

    new.mapped_port = (uint16_t)next_arg(args, ARGUMENT_PORT, &at)->number;
    new.real_port = (uint16_t)next_arg(args, ARGUMENT_PORT, &at)->number;
    add_static(reader, args, &new);
}

void
build_clear_statics(struct reader *reader, const struct args *args)
{
    (void)args;
    reader->config->statics_count = 0;
    index_clear(reader->config->index, INDEX_STATIC);
}
