/* report_html.c - the page: which sessions are shown, what is counted, and that all is escaped. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

static size_t
count(const char *text, const char *what)
{
    size_t found = 0;

    for (const char *at = text; (at = strstr(at, what)); at++)
        found++;
    return found;
}

/* put_one - a session in which one keyword is hidden. */
static void
put_one(struct written *written, uint64_t number, const char *keyword)
{
    struct esi_session_info session = make_session(number);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome verdict =
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 12, keyword);

    put_outcome(written, &session, &verdict);
    put_session(written, &session, &result);
}

Test(report_html, escaped_and_linked)
{
    static const struct esi_config_text config[] = {{"<b>.cfg", 31, " match <i>"}};
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome verdict =
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 12, "<script>\x1b\"");
    struct written written;

    verdict.u.verdict.rule = (struct esi_rule){"match <i>", 2, "<b>.cfg", 31};
    open_sink(&written, "html", (struct esi_sink_options){.config = config, .config_count = 1});
    put_outcome(&written, &session, &verdict);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert(strstr(text, "&lt;script&gt;\\x1b&quot;"));
    cr_assert(strstr(text, "<a href=\"#c0-31\">&lt;b&gt;.cfg:31</a>"));
    cr_assert(strstr(text, "<li id=\"c0-31\" class=\"bites\">"));
    cr_assert(strstr(text, "<li id=\"s1-f1\">"));
    cr_assert_eq(count(text, "<script>"), 1);
    cr_assert_eq(count(text, "<b>.cfg"), 0);
    free(text);
}

Test(report_html, a_new_kind_is_shown_however_late)
{
    enum { ALIKE = 1100 };
    struct written written;

    open_sink(&written, "html", (struct esi_sink_options){0});
    for (uint64_t i = 1; i <= ALIKE; i++)
        put_one(&written, i, "CHUNKING");
    put_one(&written, ALIKE + 1, "HELP");
    char *text = close_sink(&written);
    cr_assert_eq(count(text, "<details class=\"ses\""), 1000);
    cr_assert(strstr(text, "id=\"s1101\""));
    cr_assert(strstr(text, "id=\"s1\""));
    cr_assert_eq(count(text, "id=\"s1000\""), 0);
    cr_assert(strstr(text, "1,000 sessions are shown; 101 more"));
    free(text);
}
