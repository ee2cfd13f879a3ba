/*
 * to_field.c - how many addresses a header field's value holds (RFC 5322 section 3.4).
 *
 * Quoted strings, comments, angle brackets and domain literals hide their commas; a group counts by
 * its members; what is empty between commas (section 4.4) is no address. Nothing is judged: any
 * text has some number of addresses.
 */
#include "inspect_internal.h"

/* Where the scan is. */
struct scan {
    struct esi_slice rest;
    uint64_t count;
    bool any; /* something that is no comment stands in the address in progress */
};

/* skip_to - behind the byte that ends what the first one began; backslash quotes. */
static void
skip_to(struct esi_slice *rest, uint8_t end)
{
    size_t at = 1;

    while (at < rest->len && rest->ptr[at] != end)
        at += rest->ptr[at] == '\\' ? 2 : 1;
    *rest = esi_slice_cut(*rest, at + 1, rest->len);
}

/* skip_comment - comments nest. */
static void
skip_comment(struct esi_slice *rest)
{
    size_t at = 0, depth = 0;

    for (; at < rest->len; at++) {
        uint8_t byte = rest->ptr[at];
        if (byte == '\\')
            at++;
        else if (byte == '(')
            depth++;
        else if (byte == ')' && --depth == 0)
            break;
    }
    *rest = esi_slice_cut(*rest, at + 1, rest->len);
}

static void
end_address(struct scan *scan)
{
    scan->count += scan->any;
    scan->any = false;
}

static void
step(struct scan *scan)
{
    uint8_t byte = scan->rest.ptr[0];

    if (byte == '(') {
        skip_comment(&scan->rest);
        return;
    }
    if (byte == '"' || byte == '<' || byte == '[') {
        skip_to(&scan->rest, byte == '<' ? '>' : byte == '[' ? ']' : '"');
        scan->any = true;
        return;
    }
    if (byte == ',' || byte == ';')
        end_address(scan);
    else if (byte == ':') /* that was the group's name */
        scan->any = false;
    else if (byte != ' ' && byte != '\t')
        scan->any = true;
    scan->rest = esi_slice_cut(scan->rest, 1, scan->rest.len);
}

uint64_t
count_addresses(struct esi_slice value)
{
    struct scan scan = {.rest = value};

    while (scan.rest.len > 0)
        step(&scan);
    end_address(&scan);
    return scan.count;
}
