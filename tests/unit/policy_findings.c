/* policy_findings.c - what is said about a configuration that is odd. */
#include <string.h>

#include "policy_text.h"

#define BIND "service-policy P global\n"

/* has_finding - a diagnostic of that line with that text in it. */
static bool
has_finding(const struct esi_config *config, enum esi_diag_kind kind, unsigned line,
            const char *text)
{
    for (size_t i = 0; i < config->diags_count; i++)
        if (config->diags[i].kind == kind && config->diags[i].at.line == line &&
            strstr(config->diags[i].text, text))
            return true;
    return false;
}

static const struct {
    const char *what, *text;
    enum esi_diag_kind kind;
    unsigned line; /* 0: nothing is said at all */
    const char *finding;
    const char *knob, *platform;
} rows[] = {
    {"nothing odd", "policy-map P\n class inspection_default\n  inspect esmtp\n" BIND,
     ESI_DIAG_NOTE, 0, .finding = ""},
    {"undefined policy-map", BIND, ESI_DIAG_WARNING, 1, .finding = "there is no policy-map P"},
    {"undefined class-map", "policy-map P\n class C\n  inspect esmtp\n" BIND, ESI_DIAG_WARNING, 2,
     .finding = "there is no class-map C"},
    {"undefined access list",
     "class-map C\n match access-list L\npolicy-map P\n class C\n  inspect esmtp\n" BIND,
     ESI_DIAG_WARNING, 2, .finding = "there is no access-list L"},
    {"undefined map", "policy-map P\n class inspection_default\n  inspect esmtp M\n" BIND,
     ESI_DIAG_ERROR, 3, .finding = "there is no policy-map type inspect esmtp M"},
    {"undefined regex", "policy-map type inspect esmtp M\n match sender-address regex R\n  log\n",
     ESI_DIAG_ERROR, 2, .finding = "there is no regex R"},
    {"undefined regex class",
     "policy-map type inspect esmtp M\n match sender-address regex class R\n  log\n",
     ESI_DIAG_ERROR, 2, .finding = "there is no class-map type regex R"},
    {"unused map",
     "policy-map type inspect esmtp M\npolicy-map P\n class inspection_default\n"
     "  inspect esmtp\n" BIND,
     ESI_DIAG_NOTE, 1, .finding = "nothing that is bound uses inspection map M"},
    {"unused regex", "regex R \"x\"\n", ESI_DIAG_NOTE, 1,
     .finding = "no inspection map of SMTP uses regex R"},
    {"unused class-map", "class-map C\n match any\n", ESI_DIAG_NOTE, 1,
     .finding = "no policy-map uses class-map C"},
    {"unbound inspection", "policy-map P\n class inspection_default\n  inspect esmtp\n",
     ESI_DIAG_WARNING, 3,
     .finding = "class inspection_default of policy-map P inspects SMTP, and no service-policy"},
    {"unbound policy-map", "policy-map P\n class inspection_default\n  inspect ftp\n",
     ESI_DIAG_NOTE, 1, .finding = "no service-policy binds policy-map P"},
    {"a class behind match any",
     "class-map ALL\n match any\npolicy-map P\n class ALL\n  inspect http\n"
     " class inspection_default\n  inspect esmtp\n" BIND,
     ESI_DIAG_WARNING, 6, .finding = "class inspection_default can inspect nothing: class ALL"},
    {"a class behind a wider range",
     "class-map A\n match port tcp range 20 30\nclass-map B\n match port tcp eq 25\npolicy-map P\n"
     " class A\n  inspect ftp\n class B\n  inspect esmtp\n" BIND,
     ESI_DIAG_WARNING, 8, .finding = "class B can inspect nothing: class A before it"},
    {"a limit behind a lower one",
     "policy-map type inspect esmtp M\n match header line length gt 500\n  drop-connection\n"
     " match header line length gt 998\n  log\n",
     ESI_DIAG_WARNING, 4, .finding = "can never bite"},
    {"a match without an action", "policy-map type inspect esmtp M\n match cmd verb noop\n",
     ESI_DIAG_WARNING, 2, .finding = "has no action"},
    {"masked twice",
     "policy-map type inspect esmtp M\n match ehlo-reply-parameter size dsn\n  mask\n"
     " match ehlo-reply-parameter size\n  mask\n",
     ESI_DIAG_WARNING, 4, .finding = "masks nothing that is not masked"},
    {"exemption",
     "class-map C\n match port tcp eq 25\npolicy-map P\n class C\n  no inspect esmtp\n" BIND,
     ESI_DIAG_WARNING, 5, .finding = "exempts its traffic as Cisco 117801 says; the MPF guide's"},
    {"exemption, by the guide",
     "class-map C\n match port tcp eq 25\npolicy-map P\n class C\n  no inspect esmtp\n" BIND,
     ESI_DIAG_WARNING, 5, .finding = "exempts nothing by the MPF guide's rule",
     .knob = "empty_class_exempts=no"},
    {"what a capture does not tell",
     "class-map C\n match dscp ef\npolicy-map P\n class C\n  inspect esmtp\n" BIND,
     ESI_DIAG_WARNING, 2, .finding = "a capture does not tell what 'match dscp ef' looks at"},
    {"half-open above open, class",
     "policy-map P\n class inspection_default\n"
     "  set connection conn-max 50 embryonic-conn-max 100\n" BIND,
     ESI_DIAG_NOTE, 3, .finding = "the limit of 100 half-open connections is above that of 50"},
    {"half-open above open, static", "static (inside,outside) 203.0.113.25 192.0.2.25 50 100\n",
     ESI_DIAG_NOTE, 1, .finding = "the limit of 100 half-open connections"},
    {"maps where there are none", "policy-map type inspect esmtp M\n", ESI_DIAG_WARNING, 1,
     .finding = "pix-6.3 has no inspection maps", .platform = "pix-6.3"},
    {"several inspections",
     "class-map ALL\n match any\npolicy-map P\n class ALL\n  inspect http\n  inspect esmtp\n" BIND,
     ESI_DIAG_WARNING, 4, .finding = "class ALL holds several inspections"},
    {"an interface nobody names",
     "interface Vlan1\n nameif inside\npolicy-map P\n class inspection_default\n"
     "  inspect esmtp\nservice-policy P interface outside\n",
     ESI_DIAG_WARNING, 6, .finding = "no interface is named outside"},
    {"an unknown release", "PIX Version 3.0\n", ESI_DIAG_WARNING, 1,
     .finding = "release 3.0 of PIX is not known; pix-6.3 is taken"},
};

Test(policy_findings, table)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_error err = {""};
        struct esi_policy *policy =
            policy_of(rows[i].text, rows[i].platform, rows[i].knob, NULL, &err);
        cr_assert_not_null(policy, "%s: %s", rows[i].what, err.text);
        const struct esi_config *config = esi_policy_config(policy);
        struct esi_buf said = {0};
        for (size_t d = 0; d < config->diags_count; d++)
            esi_diag_print(&config->diags[d], &said);
        esi_buf_byte(&said, '\0');
        if (rows[i].line == 0)
            cr_expect_eq(config->diags_count, 0, "%s: %s", rows[i].what, (char *)said.data);
        else
            cr_expect(has_finding(config, rows[i].kind, rows[i].line, rows[i].finding), "%s: %s",
                      rows[i].what, (char *)said.data);
        esi_buf_free(&said);
        esi_policy_free(policy);
    }
}
