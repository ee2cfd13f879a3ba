/*
 * templates.c - a starred greeting held against what mail servers greet with as shipped.
 *
 * Stars tell a length, and a host name is free, so that several templates fit; where 2 and 0 were
 * kept, their places leave few. Those of which the fewest bytes are free explain most.
 */
#include "evidence_internal.h"

enum {
    HOST_MOST = 64,  /* bytes of a host name that are believed */
    LINE_MOST = 400, /* of a greeting; longer ones are not looked at */
    TEXT_MOST = 120, /* of a template */
    NAMED_MOST = 4,  /* templates that are named */
    FREE_APART = 24  /* bytes, where 2 and 0 have their places */
};

static const struct {
    enum server server;
    const char *text;
} templates[] = {
#define ESI_TEMPLATE(server, text, source) {SERVER_##server, text},
#include "templates.def"
#undef ESI_TEMPLATE
};

static bool
repeats(char element)
{
    return element == '~' || element == '^';
}

/* accepts - whether the byte may be what the mask left of the element. */
static bool
accepts(char element, uint8_t byte)
{
    if (element == '~' || element == '^' || element == '#')
        return byte == '*' || byte == '2' || byte == '0';
    if (element == '2' || element == '0')
        return byte == (uint8_t)element;
    return byte == '*';
}

/* fits_places - the bytes one by one; `at[j]` says whether the first j elements may end here. */
static bool
fits_places(const char *text, struct esi_slice line)
{
    bool at[TEXT_MOST + 1] = {true};
    size_t len = strlen(text);

    for (size_t i = 0; i < line.len; i++) {
        bool next[TEXT_MOST + 1] = {false};
        for (size_t j = 0; j < len; j++)
            if ((at[j] || (at[j + 1] && repeats(text[j]))) && accepts(text[j], line.ptr[i]))
                next[j + 1] = true;
        memcpy(at, next, sizeof at);
    }
    return at[len];
}

/* fits - and how many bytes of the line are free. */
static bool
fits(const char *text, struct esi_slice line, enum mask mask, size_t *free_bytes)
{
    size_t len = strlen(text);

    if (len > TEXT_MOST || line.len > LINE_MOST || line.len < len || line.len - len >= HOST_MOST)
        return false;
    *free_bytes = line.len - len + 1;
    return mask == MASK_STARS || fits_places(text, line);
}

uint32_t
templates_fit(struct esi_slice line, enum mask mask, struct esi_buf *out)
{
    struct {
        size_t free_bytes;
        enum server server;
    } best[NAMED_MOST];
    size_t count = 0, free_bytes;

    for (size_t i = 0; i < ESI_COUNT(templates); i++) {
        if (!fits(templates[i].text, line, mask, &free_bytes))
            continue;
        size_t at = count < NAMED_MOST ? count++ : NAMED_MOST;
        for (; at > 0 && free_bytes < best[at - 1].free_bytes; at--)
            if (at < NAMED_MOST)
                best[at] = best[at - 1];
        if (at < NAMED_MOST) {
            best[at].free_bytes = free_bytes;
            best[at].server = templates[i].server;
        }
    }
    uint32_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        if (mask == MASK_ISLANDS && best[i].free_bytes > best[0].free_bytes + FREE_APART)
            break; /* so much is free there that anything fits */
        if (!((bits >> best[i].server) & 1))
            esi_buf_printf(out, "%s%s", bits ? ", " : "", server_name(best[i].server));
        bits |= 1u << best[i].server;
    }
    return bits;
}
