/* config_maps.c - policy-map type inspect esmtp: matches, places and bounds. */
#include "config_maps.h"

#include <criterion/criterion.h>

#include "esi/smtp.h"

/* One line below a map's head, and the match as it is printed. */
Test(config_maps, matches)
{
    static const struct {
        const char *line, *words;
    } rows[] = {
        {"match body length gt 1", "match body length gt 1"},
        {"match body line length gt 4294967295", "match body line length gt 4294967295"},
        {"match cmd verb RCPT", "match cmd verb rcpt"},
        {"match cmd verb vrfy Helo rcpt HELO", "match cmd verb helo rcpt vrfy"},
        {"match cmd verb auth data ehlo etrn helo help mail noop quit rcpt rset saml send soml "
         "vrfy",
         "match cmd verb helo ehlo mail rcpt data rset noop quit vrfy help auth etrn send soml "
         "saml"},
        {"match cmd verb vr nO", "match cmd verb noop vrfy"},
        {"match cmd line length gt 512", "match cmd line length gt 512"},
        {"match cmd rcpt count gt 100", "match cmd RCPT count gt 100"},
        {"MATCH NOT CMD RCPT COUNT GT 100", "match not cmd RCPT count gt 100"},
        {"mat n c r co g 7", "match not cmd RCPT count gt 7"},
        {"match ehlo-reply-parameter others", "match ehlo-reply-parameter others"},
        {"match ehlo-reply-parameter SIZE 8bitmime", "match ehlo-reply-parameter 8bitmime size"},
        {"match ehlo-reply-parameter vrfy size pipelining others etrn ecode dsn checkpoint "
         "binaryname auth 8bitmime",
         "match ehlo-reply-parameter 8bitmime auth binaryname checkpoint dsn ecode etrn others "
         "pipelining size vrfy"},
        {"match header length gt 998", "match header length gt 998"},
        {"match header line length gt 998", "match header line length gt 998"},
        {"match header to-fields count gt 3", "match header to-fields count gt 3"},
        {"match invalid-recipients count gt 3", "match invalid-recipients count gt 3"},
        {"match mime filetype regex R", "match MIME filetype regex R"},
        {"match mime filetype regex class R", "match MIME filetype regex class R"},
        {"match mime filename length gt 255", "match MIME filename length gt 255"},
        {"match not mime encoding Quoted-Printable 7BIT",
         "match not MIME encoding 7bit quoted-printable"},
        {"match mime encoding others binary base64 8bit",
         "match MIME encoding 8bit base64 binary others"},
        {"match sender-address length gt 320", "match sender-address length gt 320"},
        {"match sender-address regex Ab", "match sender-address regex Ab"},
        {"match not sender-address regex class \"Ab\"", "match not sender-address regex class Ab"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = maps_read_inside(rows[i].line);
        struct esi_buf said = {0}, words = {0};

        maps_print_said(config, &said);
        MAPS_EXPECT(said, "", rows[i].line);
        cr_assert_eq(config->maps[0].match_count, 1, "%s", rows[i].line);
        const struct esi_match *match = &config->maps[0].matches[0];
        cr_expect_str_eq(match->rule.words, rows[i].words);
        cr_expect(match->rule.class_no == 1 && match->rule.config_line == 2 && !match->acts);
        esi_match_words(match, &words);
        MAPS_EXPECT(words, rows[i].words, rows[i].line);
        esi_config_free(config);
    }
}

/* Whole texts; all maps as they were said; what was said. */
Test(config_maps, files)
{
    static const struct {
        const char *what, *text, *maps, *said;
    } rows[] = {
        {"two maps",
         "policy-map type inspect esmtp A\n parameters\n  mask-banner\npolicy-map type inspect "
         "esmtp B\n match body length gt 1\n  log\n",
         "policy-map type inspect esmtp A\n parameters\n  mask-banner\npolicy-map type inspect "
         "esmtp B\n match body length gt 1\n  log\n",
         ""},
        {"names are told apart by case",
         "policy-map type inspect esmtp a\npolicy-map type inspect esmtp A\n",
         "policy-map type inspect esmtp a\npolicy-map type inspect esmtp A\n", ""},
        {"a map taken away",
         "policy-map type inspect esmtp A\n match body length gt 1\n  log\npolicy-map type inspect "
         "esmtp B\n match body length gt 2\npolicy-map type inspect esmtp C\nno policy-map type "
         "inspect esmtp A\npolicy-map type inspect esmtp B\n match body length gt 3\n",
         "policy-map type inspect esmtp C\npolicy-map type inspect esmtp B\n match body length gt "
         "2\n match body length gt 3\n",
         ""},
        {"a map taken away, and written anew",
         "policy-map type inspect esmtp A\nmatch body length gt 1\nno policy-map type inspect "
         "esmtp A\npolicy-map type inspect esmtp A\n",
         "policy-map type inspect esmtp A\n", ""},
        {"a map taken away that is not there", "no policy-map type inspect esmtp A\n", "",
         "1:34 warning: there is no such map; "},
        {"a name of 40 characters",
         "policy-map type inspect esmtp nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n",
         "policy-map type inspect esmtp nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n", ""},
        {"a name of 41 characters",
         "policy-map type inspect esmtp nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n", "",
         "1 wrong; 1:31 error: a name has at most 40 characters, this one 41; "},
        {"a name with a blank", "policy-map type inspect esmtp \"a b\"\n", "",
         "1 wrong; 1:31 error: a word without blanks and quotation marks was expected; "},
        {"a name of nothing", "policy-map type inspect esmtp \"\"\n", "",
         "1 wrong; 1:31 error: a word was expected, not nothing; "},
        {"a name in quotation marks", "policy-map type inspect esmtp \"a\"\n",
         "policy-map type inspect esmtp a\n", ""},
        {"no name", "policy-map type inspect esmtp\n", "",
         "1 not understood; 1:31 warning: expected a name, found the line's end; "},
        {"a name too much", "policy-map type inspect esmtp a b\n", "",
         "1 not understood; 1:33 warning: expected the line's end, found 'b'; "},
        {"abbreviated", "pol ty insp es A\n par\n  mask\n mat b le g 5\n  lo\n",
         "policy-map type inspect esmtp A\n parameters\n  mask-banner\n match body length gt 5\n  "
         "log\n",
         ""},
        {"the map of another protocol, not indented",
         "policy-map type inspect dns preset_dns_map\nparameters\nmessage-length maximum client "
         "auto\nmessage-length maximum 512\nno tcp-inspection\nmatch header-flag "
         "RD\ndrop\npolicy-map type inspect esmtp A\nparameters\nmask-banner\n",
         "policy-map type inspect esmtp A\n parameters\n  mask-banner\n",
         "1 aside; 2 aside; 3 aside; 4 aside; 5 aside; 6 aside; 7 aside; "},
        {"maps of other protocols, indented",
         "policy-map type inspect http H\n description h\n parameters\n  protocol-violation action "
         "log\n match request uri regex U\n  drop-connection log\n class C\n  reset\npolicy-map "
         "type inspect ip-options O\n parameters\n  eool action allow\nno policy-map type inspect "
         "ftp F\n",
         "",
         "1 aside; 2 aside; 3 aside; 4 aside; 5 aside; 6 aside; 7 aside; 8 aside; 9 aside; 10 "
         "aside; 11 aside; 12 aside; "},
        {"an ESMTP map, then another's",
         "policy-map type inspect esmtp A\n match body length gt 1\n  log\npolicy-map type inspect "
         "im I\n parameters\n match protocol msn-im\n  reset\n",
         "policy-map type inspect esmtp A\n match body length gt 1\n  log\n",
         "4 aside; 5 aside; 6 aside; 7 aside; "},
        {"classes of other protocols, not indented",
         "class-map type inspect http match-all U\nmatch request uri regex B\nmatch not request "
         "header host regex H\nclass-map type management match-any M\nmatch port udp eq "
         "radius-acct\ndescription d\n",
         "", "1 aside; 2 aside; 3 aside; 4 aside; 5 aside; 6 aside; "},
        {"a zone's policy",
         "policy-map type inspect Z\n class type inspect C\n  inspect\n class class-default\n  "
         "drop\nclass-map type inspect match-all C\n match protocol tcp\n",
         "", "1 aside; 2 aside; 3 aside; 4 aside; 5 aside; 6 aside; 7 aside; "},
        {"classes of ESMTP do not exist", "class-map type inspect esmtp match-all C\n", "",
         "1 not understood; 1:24 warning: expected another protocol, found 'esmtp'; "},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = maps_read(rows[i].text);
        struct esi_buf said = {0}, maps = {0};

        maps_print_said(config, &said);
        MAPS_EXPECT(said, rows[i].said, rows[i].what);
        for (size_t m = 0; m < config->maps_count; m++) {
            cr_expect_eq(esi_config_map(config, config->maps[m].name), &config->maps[m]);
            esi_map_print_said(&config->maps[m], &maps);
        }
        MAPS_EXPECT(maps, rows[i].maps, rows[i].what);
        esi_config_free(config);
    }
}

Test(config_maps, places)
{
    struct esi_config *config = maps_read("!\npolicy-map type inspect esmtp M\n"
                                          " match body length gt 1\n"
                                          " match body length gt 2\n"
                                          " match body length gt 3\n"
                                          " no match body length gt 2\n"
                                          " parameters\n"
                                          "  ALLOW-TLS action LOG\n");
    const struct esi_map *map = esi_config_map(config, "M");

    cr_assert(map && map->match_count == 2);
    cr_expect(map->config_line == 2 && strcmp(map->config_file, "f") == 0);
    cr_expect(map->matches[0].rule.class_no == 1 && map->matches[0].rule.config_line == 3);
    cr_expect(map->matches[1].rule.class_no == 2 && map->matches[1].rule.config_line == 5);
    cr_expect_str_eq(map->matches[1].rule.config_file, "f");
    const struct esi_rule *tls = &map->parameter[ESI_PARAMETER_ALLOW_TLS].rule;
    cr_expect(tls->config_line == 8 && strcmp(tls->words, "allow-tls action log") == 0);
    cr_expect(esi_config_map(config, "m") == NULL);
    esi_config_free(config);
}

Test(config_maps, most_matches)
{
    enum { MOST = 500 };
    struct esi_buf text = {0}, said = {0};

    for (int i = 1; i <= MOST + 1; i++)
        esi_buf_printf(&text, "match header length gt %d\n", i);
    esi_buf_text(&text, "log\nno match header length gt 1\nmatch body length gt 1\nlog");
    esi_buf_byte(&text, '\0');
    struct esi_config *config = maps_read_inside((const char *)text.data);
    const struct esi_map *map = &config->maps[0];
    cr_assert_eq(map->match_count, MOST);
    for (size_t i = 0; i < MOST; i++)
        cr_assert(map->matches[i].rule.class_no == i + 1 &&
                  map->matches[i].acts == (i + 1 == MOST));
    maps_print_said(config, &said);
    MAPS_EXPECT(said,
                "502 wrong; 502:1 error: a map has at most 500 matches here; 503:1 warning: left "
                "out with its match, which was refused or not understood; ",
                "one match more");
    esi_buf_free(&text);
    esi_config_free(config);
}

/* The lists that are said to be expected are the lists there are. */
Test(config_maps, expected_lists)
{
    struct esi_config *config =
        maps_read_inside("match ehlo-reply-parameter ?\nmatch MIME encoding ?");

    cr_assert_eq(config->diags_count, 2);
    for (int i = 0; i < ESI_KEYWORD_COUNT; i++)
        cr_expect(strstr(config->diags[0].text, esi_keyword_name((enum esi_keyword)i)));
    for (int i = 0; i < ESI_ENCODING_COUNT; i++)
        cr_expect(strstr(config->diags[1].text, esi_encoding_name((enum esi_encoding)i)));
    esi_config_free(config);
}
