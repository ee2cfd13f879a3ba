/* config_lists.h - configuration text read, and its last line's fate, for tests of tables. */
#ifndef CONFIG_LISTS_H
#define CONFIG_LISTS_H

#include <criterion/criterion.h>

#include "esi/config.h"

#define OK ESI_LINE_UNDERSTOOD
#define ASIDE ESI_LINE_ASIDE
#define UNKNOWN ESI_LINE_NOT_UNDERSTOOD
#define WRONG ESI_LINE_WRONG

struct config_row {
    const char *what, *text;
    enum esi_line_fate fate; /* of the last line */
    const char *lists;       /* what is configured then, as `show` writes it */
    const char *said;        /* part of the last diagnostic; NULL: there is none */
};

typedef void show_fn(const struct esi_config *config, struct esi_buf *out);

/* check_rows - each row's text is read; the lists, the fate and the diagnostics are as it says. */
static inline void
check_rows(const struct config_row *rows, size_t count, show_fn *show)
{
    for (size_t i = 0; i < count; i++) {
        struct esi_config *config = esi_config_new();
        struct esi_buf lists = {0};
        esi_config_read(config, "asa.cfg", esi_slice_of(rows[i].text));
        show(config, &lists);
        esi_buf_byte(&lists, '\0');
        const char *said =
            config->diags_count > 0 ? config->diags[config->diags_count - 1].text : "";
        cr_expect_str_eq((char *)lists.data, rows[i].lists, "%s: is\n%s", rows[i].what,
                         (char *)lists.data);
        cr_expect_eq(config->lines[config->lines_count - 1].fate, rows[i].fate, "%s: fate %d, %s",
                     rows[i].what, config->lines[config->lines_count - 1].fate, said);
        cr_expect(rows[i].said ? strstr(said, rows[i].said) != NULL : *said == '\0', "%s: said %s",
                  rows[i].what, said);
        esi_buf_free(&lists);
        esi_config_free(config);
    }
}

#endif
