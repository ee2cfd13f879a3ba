/* cures.c - the lines of cures.def for a family and what it brings about. */
#define _GNU_SOURCE /* memmem */
#include "evidence_internal.h"

#define BOX1(a) (1u << ESI_BOX_##a)
#define BOX2(a, b) (BOX1(a) | BOX1(b))
#define BOX3(a, b, c) (BOX2(a, b) | BOX1(c))

static const struct {
    uint32_t boxes, effects;
    const char *lines;
} cures[] = {
#define ESI_CURE(boxes, effects, source, lines) {boxes, effects, lines},
#include "cures.def"
#undef ESI_CURE
};

/* with_server - a line, the mail server's address put in. */
static const char *
with_server(struct esi_arena *arena, struct esi_slice line, const char *server)
{
    static const char place[] = "{server}";
    struct esi_buf text = {0};
    const uint8_t *at;

    while ((at = memmem(line.ptr, line.len, place, sizeof place - 1))) {
        size_t before = (size_t)(at - line.ptr);
        esi_buf_append(&text, esi_slice_cut(line, 0, before));
        esi_buf_text(&text, server);
        line = esi_slice_cut(line, before + sizeof place - 1, line.len);
    }
    esi_buf_append(&text, line);
    esi_buf_byte(&text, '\0');
    const char *copy = (const char *)esi_arena_copy(arena, esi_buf_slice(&text)).ptr;
    esi_buf_free(&text);
    return copy;
}

/* keeps_tls - whether a map that is made anew has to let TLS pass. */
static bool
keeps_tls(const struct esi_evidence *evidence)
{
    return has_fired(evidence, DETECTOR_TLS_CLEAR) ||
           (evidence->findings->effects & (EFFECT(TLS) | EFFECT(TLS_MAYBE)));
}

void
print_cure(struct esi_evidence *evidence, const struct esi_ip *server)
{
    struct findings *findings = evidence->findings;
    size_t count = 0;
    char address[ESI_IP_TEXT] = "192.0.2.25";

    if (server)
        esi_ip_print(address, server);
    for (size_t i = 0; i < ESI_COUNT(cures); i++) {
        struct esi_slice rest = esi_slice_of(cures[i].lines), line;
        if (!((cures[i].boxes >> evidence->result.family) & 1) ||
            (cures[i].effects != 0 && !(cures[i].effects & findings->effects)))
            continue;
        while (next_line(&rest, &line) && count < ESI_COUNT(findings->cure))
            if (esi_slice_eq(line, ESI_LIT("  {tls}"))) {
                if (keeps_tls(evidence))
                    findings->cure[count++] = "  allow-tls";
            } else if (line.len > 0) {
                findings->cure[count++] = with_server(&findings->arena, line, address);
            }
    }
    evidence->result.cure_count = count;
}
