/* config_maps.h - configuration text, read; what became of it as text. */
#ifndef CONFIG_MAPS_H
#define CONFIG_MAPS_H

#include "esi/config.h"

static inline struct esi_config *
maps_read(const char *text)
{
    struct esi_config *config = esi_config_new();

    esi_config_read(config, "f", esi_slice_of(text));
    return config;
}

static const char maps_head[] = "policy-map type inspect esmtp M\n";

/* maps_read_inside - the text stands in a map M. */
static inline struct esi_config *
maps_read_inside(const char *text)
{
    struct esi_buf all = {0};

    esi_buf_text(&all, maps_head);
    esi_buf_text(&all, text);
    esi_buf_byte(&all, '\0');
    struct esi_config *config = maps_read((const char *)all.data);
    esi_buf_free(&all);
    return config;
}

/* "2 wrong; 2:7 error: why; 3 aside; ": the lines that were not understood, what was said. */
static inline void
maps_print_said(const struct esi_config *config, struct esi_buf *out)
{
    static const char *const fates[] = {"", "", "aside", "not understood", "wrong"};
    static const char *const kinds[] = {"error", "warning", "note"};
    size_t d = 0;

    for (size_t i = 0; i < config->lines_count; i++) {
        unsigned line = config->lines[i].at.line;
        if (config->lines[i].fate > ESI_LINE_UNDERSTOOD)
            esi_buf_printf(out, "%u %s; ", line, fates[config->lines[i].fate]);
        for (; d < config->diags_count && config->diags[d].at.line <= line; d++)
            esi_buf_printf(out, "%u:%u %s: %s; ", line, config->diags[d].column,
                           kinds[config->diags[d].kind], config->diags[d].text);
    }
}

/* Compares, and frees `got`. */
#define MAPS_EXPECT(got, want, what)                                                               \
    do {                                                                                           \
        esi_buf_byte(&(got), '\0');                                                                \
        cr_expect_str_eq((const char *)(got).data, want, "%s\ngot:  %s\nwant: %s", what,           \
                         (const char *)(got).data, want);                                          \
        esi_buf_free(&(got));                                                                      \
    } while (0)

#endif
