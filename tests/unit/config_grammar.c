/* config_grammar.c - what becomes of lines: modes, indentation, what is about something else. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "config/grammar_internal.h"

/* A letter a line: e empty, u understood, a aside, n not understood, w wrong; a capital N where
 * --strict makes it an error. */
static const struct {
    const char *what, *text, *fates;
} rows[] = {
    {"a map", "policy-map type inspect esmtp X\n parameters\n  mask-banner\n  no mask-banner\n",
     "uuuu"},
    {"abbreviated", "pol type insp esmtp X\n param\n  mask-b\n", "uuu"},
    {"indentation lost", "hostname a\npolicy-map type inspect esmtp X\nparameters\nmask-banner\n",
     "auuu"},
    {"unknown in a map",
     "policy-map type inspect esmtp X\n zork\n parameters\n  zork 1\n  mask-banner\n", "uNuNu"},
    {"unknown in a map, indentation lost", "policy-map type inspect esmtp X\nparameters\nzork\n",
     "uuN"},
    {"unknown everywhere", "zork\n zork\npolicy-map type inspect esmtp X\n parameters\nzork 5\n",
     "nauun"},
    {"misspelt", "polcy-map type inspect esmtp X\n parameters\n  mask-banner\n", "Naa"},
    {"misspelt, behind something else", "hostname a\npolcy-map type inspect esmtp X\n", "aN"},
    {"incomplete", "policy-map type inspect esmtp\n parameters\n", "Na"},
    {"refused",
     "policy-map type inspect esmtp A234567890B234567890C234567890D234567890E\n"
     " parameters\n  mask-banner\n",
     "waa"},
    {"not understood ends what stood above",
     "policy-map type inspect esmtp X\n parameters\npolicy-map type inspect esmtp\n  mask-banner\n",
     "uuNa"},
    {"something else, and what is below",
     "router rip\n version 2\n policy-map type inspect esmtp X\n"
     "version 12.4\n",
     "aaau"},
    {"something else, all of it indented", "    router rip\n      version 2\n    version 12.4\n",
     "aau"},
    {"something else, indentation lost", "webvpn\nenable outside\nsvc x\nzork 1\nparameters\n",
     "aaaaa"},
    {"something else below a map",
     "policy-map type inspect esmtp X\n parameters\ntunnel-group x\n"
     " mask-banner\npolicy-map type inspect esmtp X\n parameters\n",
     "uuaauu"},
    {"no of something else", "no failover\nno snmp-server location\n", "aa"},
    {"abbreviations of something else", "conf t\nwr mem\nen\nsh run\n", "aaaa"},
    {"what takes no no", "policy-map type inspect esmtp X\n no parameters\n", "uN"},
    {"no alone", "no\n", "n"},
    {"no alone in a map", "policy-map type inspect esmtp X\n no\n parameters\n", "uNu"},
    {"no alone in something else", "router rip\n no\n version 2\n", "aaa"},
    {"a console's message ends no mode",
     "policy-map type inspect esmtp X\nparameters\n%ASA-5-111008: User x\n"
     "ERROR: % Invalid input detected at '^' marker.\nmask-banner\n",
     "uuaau"},
    {"a console's message, not indented",
     "policy-map type inspect esmtp X\n parameters\n%ASA-5-111008: User x\n  mask-banner\n",
     "uuau"},
    {"a console's mark indents nothing",
     "policy-map type inspect esmtp X\nparameters\n    ^\nmask-banner\nzork\n", "uuauN"},
    {"a console's message in a banner", "banner motd %\nversion 12.4\n%\nversion 12.4\n", "aaau"},
    {"quoted is no command", "\"hostname\" x\n", "n"},
    {"exit, end", "policy-map type inspect esmtp X\n parameters\n  exit\n exit\nend\n", "uuuuu"},
    {"exit in something else", "webvpn\n svc\n  exit\nparameters\nexit\nparameters\n", "aauaun"},
    {"comments and blanks", "!\n\n  ! x\n:\n: Saved\nasa: Saved\n# x\n", "eeeeeee"},
    {"a release in a comment", ": ASA Version 9.1(2)\n: ASA Version 9.2(1)\n", "ue"},
    {"a comment without a release", ": ASA Version is this\n", "e"},
    {"a console", "asa# wr t\nBuilding configuration...\nCryptochecksum:0123\n[OK]\nasa#\n",
     "aaaae"},
    {"a prompt ends a mode",
     "asa(config)# policy-map type inspect esmtp X\nasa(config-pmap)# parameters\n"
     "asa(config)# mask-banner\n",
     "uun"},
    {"a certificate",
     "crypto ca certificate chain C\n certificate ca 01\n    3082 ac\n    ac\n"
     "  quit\nversion 12.4\n",
     "aaaaau"},
    {"a certificate, indentation lost",
     "crypto ca certificate chain C\ncertificate ca 01\n3082\n\n"
     "quit\nversion 12.4\n",
     "aaaaau"},
    {"a certificate, cut short",
     "crypto ca certificate chain C\n certificate ca 01\n  3082\n"
     "version 12.4\n",
     "aaau"},
    {"a banner of the ASA",
     "banner motd ***\nbanner motd version 12.4\nbanner motd ***\n"
     "version 12.4\n",
     "aaau"},
    {"a banner of IOS", "banner motd ^C\nversion 12.4\n^C\nversion 12.4\n", "aaau"},
    {"a banner of IOS on one line", "banner motd #hello#\nversion 12.4\n", "au"},
    {"a banner without end", "banner motd ^C\nversion 12.4\n", "au"},
};

#define MAP "policy-map type inspect esmtp M\n"

static char
fate_of(const struct esi_config *config, size_t i)
{
    if (config->lines[i].fate != ESI_LINE_NOT_UNDERSTOOD)
        return "euanw"[config->lines[i].fate];
    for (size_t d = 0; d < config->diags_count; d++)
        if (config->diags[d].at.line == i + 1)
            return config->diags[d].not_understood ? 'N' : 'n';
    return '?';
}

Test(config_grammar, fates)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = esi_config_new();
        char fates[64] = "";

        esi_config_read(config, "x", esi_slice_of(rows[i].text));
        for (size_t l = 0; l < config->lines_count; l++)
            fates[l] = fate_of(config, l);
        cr_assert_str_eq(fates, rows[i].fates, "%s: %s", rows[i].what, fates);
        esi_config_free(config);
    }
}

Test(config_grammar, words_are_near)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } pairs[] = {{"policy-map", "policy-map", 0},
                 {"polcy-map", "policy-map", 1},
                 {"plociy-map", "policy-map", 2},
                 {"pol1cy_map", "Policy-map", 2},
                 {"", "ab", 2},
                 {"interfcae", "interface", 1},
                 {"hostname", "policy-map", 3}};

    for (size_t i = 0; i < ESI_COUNT(pairs); i++)
        cr_assert_eq(word_distance(esi_slice_of(pairs[i].a), esi_slice_of(pairs[i].b), 3),
                     pairs[i].distance, "%s %s", pairs[i].a, pairs[i].b);
}

/* The last diagnostic. */
Test(config_grammar, said)
{
    static const struct {
        const char *what, *text, *said;
    } said_rows[] = {
        {"no alone", "no\n", "1:1 incomplete; expected a command behind 'no'"},
        {"an action behind a match not understood and a console's message",
         MAP " match cmd verb vrfy\n  mask\n match foo\n%ASA-5-111008: User x\n  log\n",
         "6:3 left out with its match, which was refused or not understood"},
        {"the same, the message indented",
         MAP " match cmd verb vrfy\n  mask\n match foo\n  %ASA-5-111008: User x\n  log\n",
         "6:3 left out with its match, which was refused or not understood"},
        {"the same, a console's mark",
         MAP "match cmd verb vrfy\nmask\nmatch foo\n      ^\nERROR: % Invalid input\nlog\n",
         "7:1 left out with its match, which was refused or not understood"},
        {"a table", "nameif inside | |\n", "1:17 expected a level such as security50, found '|'"},
        {"short for one", MAP " match cmd verb vrfy\n  drop-\n", ""},
        {"misspelt below a policy-map, indentation lost",
         "policy-map P\nclass C\nfixpu protocol smtp 25\n",
         "3:1 'fixpu' is no command; did you mean 'fixup'?"},
        {"misspelt below an inspection map, indentation lost", MAP "fixpu protocol smtp 25\n",
         "2:1 'fixpu' is no command; did you mean 'fixup'?"},
        {"misspelt in an inspection map", MAP " fixpu protocol smtp 25\n",
         "2:2 expected description, drop, drop-connection, log, match, mask, parameters, "
         "rate-limit or reset, found 'fixpu'"},
    };

    for (size_t i = 0; i < ESI_COUNT(said_rows); i++) {
        struct esi_config *config = esi_config_new();
        char said[256] = "";

        esi_config_read(config, "x", esi_slice_of(said_rows[i].text));
        if (config->diags_count > 0) {
            const struct esi_diag *last = &config->diags[config->diags_count - 1];
            snprintf(said, sizeof said, "%u:%u %s", last->at.line, last->column, last->text);
            cr_expect_neq(last->kind, ESI_DIAG_ERROR, "%s: an error", said_rows[i].what);
        }
        cr_expect_str_eq(said, said_rows[i].said, "%s: %s", said_rows[i].what, said);
        esi_config_free(config);
    }
}
