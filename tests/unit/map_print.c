/* map_print.c - inspection maps as configuration text, and the names of their words. */
#include <criterion/criterion.h>

#include "esi/map.h"
#include "esi/smtp.h"

static const struct esi_match matches[] = {
    {.criterion = ESI_CRITERION_CMD_RCPT_COUNT,
     .limit = 100,
     .acts = true,
     .action = ESI_ACTION_DROP_CONNECTION,
     .log = true},
    {.criterion = ESI_CRITERION_CMD_VERB,
     .negated = true,
     .set = 1u << ESI_VERB_HELO | 1u << ESI_VERB_VRFY,
     .acts = true,
     .action = ESI_ACTION_RATE_LIMIT,
     .rate = 4294967295},
    {.criterion = ESI_CRITERION_BODY_LINE_LENGTH,
     .limit = 998,
     .acts = true,
     .action = ESI_ACTION_LOG,
     .log = true},
    {.criterion = ESI_CRITERION_MIME_ENCODING,
     .set = 1u << ESI_ENCODING_7BIT | 1u << ESI_ENCODING_QUOTED_PRINTABLE},
    {.criterion = ESI_CRITERION_MIME_FILETYPE,
     .regex = "R",
     .regex_class = true,
     .acts = true,
     .action = ESI_ACTION_RESET},
    {.criterion = ESI_CRITERION_EHLO_REPLY_PARAMETER,
     .set = 1u << ESI_KEYWORD_OTHERS,
     .acts = true,
     .action = ESI_ACTION_MASK},
    {.criterion = ESI_CRITERION_SENDER_ADDRESS_REGEX, .regex = "R"},
};

static const char printed_matches[] = " match cmd RCPT count gt 100\n"
                                      "  drop-connection log\n"
                                      " match not cmd verb helo vrfy\n"
                                      "  rate-limit 4294967295\n"
                                      " match body line length gt 998\n"
                                      "  log\n"
                                      " match MIME encoding 7bit quoted-printable\n"
                                      " match MIME filetype regex class R\n"
                                      "  reset\n"
                                      " match ehlo-reply-parameter others\n"
                                      "  mask\n"
                                      " match sender-address regex R\n";

static const struct esi_parameter on[] = {
    {.on = true, .rule.words = "mask-banner"},
    {.on = true,
     .rule.words = "mail-relay a.example action drop-connection log",
     .action = ESI_ACTION_DROP_CONNECTION,
     .log = true,
     .domain = "a.example"},
    {.on = true,
     .rule.words = "special-character action log",
     .action = ESI_ACTION_LOG,
     .log = true},
    {.on = true, .rule.words = "allow-tls action log", .log = true},
};

Test(map, print)
{
    static const struct {
        const char *what;
        struct esi_map map;
        bool on; /* with all parameters on */
        const char *all, *said;
    } rows[] = {
        {"a map that says nothing",
         {.name = "M"},
         false,
         " parameters\n  no mask-banner\n  no mail-relay\n  no special-character\n"
         "  no allow-tls\n",
         ""},
        {"what the platform allows was not said",
         {.name = "M", .parameter[ESI_PARAMETER_ALLOW_TLS] = {.on = true}},
         false,
         " parameters\n  no mask-banner\n  no mail-relay\n  no special-character\n  allow-tls\n",
         ""},
        {"what is off was said",
         {.name = "M", .parameter[ESI_PARAMETER_ALLOW_TLS] = {.rule.words = "no allow-tls"}},
         false,
         " parameters\n  no mask-banner\n  no mail-relay\n  no special-character\n"
         "  no allow-tls\n",
         " parameters\n  no allow-tls\n"},
        {"all on",
         {.name = "M", .description = "a b"},
         true,
         " description a b\n parameters\n  mask-banner\n"
         "  mail-relay a.example action drop-connection log\n"
         "  special-character action log\n  allow-tls action log\n",
         " description a b\n parameters\n  mask-banner\n"
         "  mail-relay a.example action drop-connection log\n"
         "  special-character action log\n  allow-tls action log\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        const char *wants[] = {rows[i].all, rows[i].said};
        for (size_t said = 0; said < ESI_COUNT(wants); said++) {
            struct esi_map map = rows[i].map;
            struct esi_buf got = {0}, want = {0};
            if (rows[i].on)
                memcpy(map.parameter, on, sizeof on);
            map.matches = matches;
            map.match_count = ESI_COUNT(matches);
            (said ? esi_map_print_said : esi_map_print)(&map, &got);
            esi_buf_printf(&want, "policy-map type inspect esmtp M\n%s%s", wants[said],
                           printed_matches);
            cr_expect(esi_slice_eq(esi_buf_slice(&got), esi_buf_slice(&want)),
                      "%s\ngot:\n%.*s\nwant:\n%.*s", rows[i].what, (int)got.len,
                      (const char *)got.data, (int)want.len, (const char *)want.data);
            esi_buf_free(&got);
            esi_buf_free(&want);
        }
    }
}

Test(map, names)
{
    cr_expect_str_eq(esi_action_name(ESI_ACTION_RATE_LIMIT), "rate-limit");
    cr_expect(esi_action_gravity(ESI_ACTION_LOG) < esi_action_gravity(ESI_ACTION_MASK) &&
              esi_action_gravity(ESI_ACTION_MASK) < esi_action_gravity(ESI_ACTION_RESET));
    cr_expect_str_eq(esi_basis_name(ESI_BASIS_LIKELY), "likely");
    for (int i = 0; i < ESI_CRITERION_COUNT; i++) {
        bool verb = i == ESI_CRITERION_CMD_VERB, keyword = i == ESI_CRITERION_EHLO_REPLY_PARAMETER;
        cr_expect_eq(esi_criterion_may_mask((enum esi_criterion)i), verb || keyword);
        cr_expect_eq(esi_criterion_may_rate_limit((enum esi_criterion)i), verb);
    }
}
