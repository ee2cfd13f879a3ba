/*
 * policy_platform.c - what --platform's names stand for, and which are refused.
 *
 * The numbers stand here once more, as releases are written in Cisco's notes: a train that got
 * another number in the table shows.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/policy.h"

struct habits {
    const char *platform;
    const char *profile;
    bool allow_tls;
    enum esi_basis pipe;
    unsigned level_507003;
};

static const struct habits products[] = {
    {"asa-8", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-9.4", "asa-9.4", true, ESI_BASIS_ASSUMED, 3},
};

/* Of every train: the last number without TLS, the first with it, one behind. */
static const struct habits trains[] = {
    {"asa-8.4(7.24)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-8.4(7.25)", "asa-8", true, ESI_BASIS_LIKELY, 4},
    {"asa-8.4(7.26)", "asa-8", true, ESI_BASIS_LIKELY, 4},
    {"asa-9.0(4.27)", "asa-8", false, ESI_BASIS_ASSUMED, 4},
    {"asa-9.0(4.28)", "asa-8", true, ESI_BASIS_ASSUMED, 4},
    {"asa-9.0(5)", "asa-8", true, ESI_BASIS_ASSUMED, 4},
    {"asa-9.1(6)", "asa-8", false, ESI_BASIS_ASSUMED, 3},
    {"asa-9.1(6.1)", "asa-8", true, ESI_BASIS_ASSUMED, 3},
    {"asa-9.1(7)", "asa-8", true, ESI_BASIS_ASSUMED, 3},
    {"asa-9.2(3.1)", "asa-8", false, ESI_BASIS_ASSUMED, 3},
    {"asa-9.2(3.2)", "asa-8", true, ESI_BASIS_ASSUMED, 3},
    {"asa-9.2(4)", "asa-8", true, ESI_BASIS_ASSUMED, 3},
    {"asa-9.3(1.1)", "asa-8", false, ESI_BASIS_ASSUMED, 3},
    {"asa-9.3(1.2)", "asa-8", true, ESI_BASIS_ASSUMED, 3},
    {"asa-9.3(2)", "asa-8", true, ESI_BASIS_ASSUMED, 3},
};

/* No change in the train; where a row or a habit begins or ends; both ways to write a number. */
static const struct habits others[] = {
    {"asa-7.2(2.19)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-7.2(3)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-8.0(2.7)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-8.0(5)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-8.3(2)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-8.4", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-8.4(7)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-8.4.7.25", "asa-8", true, ESI_BASIS_LIKELY, 4},
    {"asa-8.6(1.99)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-8.7(1)", "asa-8", false, ESI_BASIS_LIKELY, 4},
    {"asa-9.0", "asa-8", false, ESI_BASIS_ASSUMED, 4},
    {"asa-9.0(1)", "asa-8", false, ESI_BASIS_ASSUMED, 4},
    {"asa-9.1(1)", "asa-8", false, ESI_BASIS_ASSUMED, 3},
    {"asa-9.4(1)", "asa-9.4", true, ESI_BASIS_ASSUMED, 3},
    {"asa-9.12.4", "asa-9.4", true, ESI_BASIS_ASSUMED, 3},
    {"asa-9.16(4)", "asa-9.4", true, ESI_BASIS_ASSUMED, 3},
    {"asa-10.1", "asa-9.4", true, ESI_BASIS_ASSUMED, 3},
    {"asa-99999999999999999999.1", "asa-9.4", true, ESI_BASIS_ASSUMED, 3},
};

static void
check_habits(const struct habits *rows, size_t count)
{
    for (size_t r = 0; r < count; r++) {
        const struct habits *row = &rows[r];
        struct esi_policy policy;
        struct esi_error err = {0};

        cr_assert(esi_policy_for_platform(&policy, row->platform, &err), "%s: %s", row->platform,
                  err.text);
        cr_expect_str_eq(policy.platform, row->platform, "%s: is '%s'", row->platform,
                         policy.platform);
        cr_expect_str_eq(policy.profile->name, row->profile, "%s: by row %s", row->platform,
                         policy.profile->name);
        cr_expect_str_eq(policy.map.name, policy.profile->map_name, "%s: map", row->platform);
        cr_expect_eq(policy.map.allow_tls, row->allow_tls, "%s: allow-tls", row->platform);
        cr_expect_eq(policy.pipe, row->pipe, "%s: pipe", row->platform);
        cr_expect_eq(policy.level_507003, row->level_507003, "%s: 507003 at %u", row->platform,
                     policy.level_507003);
    }
}

Test(policy, platforms_have_their_habits)
{
    cr_assert_eq(esi_profile_count(), ESI_COUNT(products));
    for (size_t p = 0; p < ESI_COUNT(products); p++)
        cr_expect_str_eq(esi_profile_at(p)->name, products[p].platform);
    check_habits(products, ESI_COUNT(products));
    check_habits(trains, ESI_COUNT(trains));
    check_habits(others, ESI_COUNT(others));
}

enum refusal { NOT_MODELLED, HEADER_BUG };

static const char *const refusal_words[] = {
    [NOT_MODELLED] = "is not modelled; modelled are asa-8, asa-9.4, and releases from asa-7.2(3)",
    [HEADER_BUG] = "has the duplicate-header bug (Cisco 118550), which is not modelled; modelled "
                   "are releases from 7.2(2.19) and 8.0(2.7) on",
};

static const struct {
    const char *platform;
    enum refusal refusal;
} refused[] = {
    /* before the bug was mended */
    {"asa-7.0(8)", HEADER_BUG},
    {"asa-7.1(2)", HEADER_BUG},
    {"asa-7.2(1)", HEADER_BUG},
    {"asa-7.2(2.18)", HEADER_BUG},
    {"asa-8.0", HEADER_BUG},
    {"asa-8.0(2)", HEADER_BUG},
    {"asa-8.0(2.6)", HEADER_BUG},
    /* other products */
    {"pix-4.0", NOT_MODELLED},
    {"pix-6.3(5)", NOT_MODELLED},
    {"fwsm", NOT_MODELLED},
    {"ios", NOT_MODELLED},
    /* not numbers */
    {"", NOT_MODELLED},
    {"asa", NOT_MODELLED},
    {"asa-", NOT_MODELLED},
    {"ASA-8", NOT_MODELLED},
    {" asa-8", NOT_MODELLED},
    {"asa-8 ", NOT_MODELLED},
    {"asa-9", NOT_MODELLED},
    {"asa-8.", NOT_MODELLED},
    {"asa-8.4.", NOT_MODELLED},
    {"asa-.4", NOT_MODELLED},
    {"asa-8..4", NOT_MODELLED},
    {"asa-8.-4", NOT_MODELLED},
    {"asa-8.+4", NOT_MODELLED},
    {"asa-8. 4", NOT_MODELLED},
    {"asa-8.0x4", NOT_MODELLED},
    {"asa-8(4)", NOT_MODELLED},
    {"asa-8.4(", NOT_MODELLED},
    {"asa-8.4()", NOT_MODELLED},
    {"asa-8.4(7", NOT_MODELLED},
    {"asa-8.4(7.25", NOT_MODELLED},
    {"asa-8.4)", NOT_MODELLED},
    {"asa-8.4(7))", NOT_MODELLED},
    {"asa-8.4((7))", NOT_MODELLED},
    {"asa-8.4(7)(25)", NOT_MODELLED},
    {"asa-8.4(7)x", NOT_MODELLED},
    {"asa-8.4.7.25.1", NOT_MODELLED},
    {"asa-8.4(7.25.1)", NOT_MODELLED},
    {"asa-8.4(0000000000000000000000007)", NOT_MODELLED}, /* longer than a policy remembers */
};

Test(policy, what_is_refused_is_told)
{
    for (size_t r = 0; r < ESI_COUNT(refused); r++) {
        const char *platform = refused[r].platform;
        struct esi_policy policy;
        struct esi_error err = {0};

        cr_assert_not(esi_policy_for_platform(&policy, platform, &err), "'%s' is taken", platform);
        cr_expect(platform[0] == '\0' || strstr(err.text, platform), "'%s' is named: %s", platform,
                  err.text);
        cr_expect(strstr(err.text, refusal_words[refused[r].refusal]), "'%s': %s", platform,
                  err.text);
    }
}
