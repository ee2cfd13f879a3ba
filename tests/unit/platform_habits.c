/*
 * platform_habits.c - what --platform's names and --knob's arguments stand for, and which are
 * refused.
 *
 * The numbers stand here once more, as releases are written in Cisco's notes: a train that got
 * another number in the table shows.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "esi/platform.h"

struct habits {
    const char *platform;
    const char *profile;
    const char *set; /* "knob=value basis; ...": those that the rows are about */
};

static const struct habits products[] = {
    {"pix-4.0", "pix-4.0",
     "greeting=cmap likely; verbs=7 confirmed; blocked_command=noop likely; pipe=ignore assumed; "
     "stray_angle=ignore assumed; end_of_data=one_segment likely; data_state=on_354 likely; "
     "duplicate_header_names=content_type confirmed; allow_tls=no confirmed"},
    {"pix-4.4", "pix-4.4",
     "greeting=allstar assumed; verbs=7 confirmed; blocked_command=noop likely; pipe=blank likely; "
     "stray_angle=blank likely; end_of_data=one_segment confirmed"},
    {"pix-6.3", "pix-6.3",
     "greeting=class20 confirmed; greeting_separator=keep assumed; verbs=7 confirmed; "
     "blocked_command=x confirmed; pipe=blank likely; end_of_data=one_segment confirmed"},
    {"asa-7.0", "asa-7.0",
     "greeting=keep4 likely; verbs=15 confirmed; blocked_command=x confirmed; ehlo_vrfy=mask "
     "likely; ehlo_auth_equals=mask likely; pipe=close likely; end_of_data=stream likely; "
     "duplicate_header_names=content_type confirmed; log_507003_level=4 likely"},
    {"asa-8", "asa-8",
     "greeting=keep4 likely; verbs=15 confirmed; ehlo_vrfy=pass likely; ehlo_auth_equals=pass "
     "likely; allow_tls=no confirmed; pipe=close likely; stray_angle=blank confirmed; "
     "duplicate_header_names=none confirmed; drop_sends_rst=no likely; log_507003_level=4 likely"},
    {"asa-9.4", "asa-9.4",
     "greeting=keep4 likely; verbs=15 confirmed; allow_tls=yes likely; pipe=close assumed; "
     "log_507003_level=3 likely"},
    {"fwsm", "fwsm",
     "greeting=keep4 likely; verbs=7 confirmed; blocked_command=noop confirmed; pipe=blank likely; "
     "stray_angle=blank likely; end_of_data=stream likely; duplicate_header_names=none assumed"},
    {"ios", "ios",
     "greeting=none assumed; verbs=7 likely; blocked_command=x likely; ehlo_vrfy=mask assumed; "
     "allow_tls=no likely; pipe=ignore assumed; stray_angle=ignore assumed"},
};

/* Of every train that came to let TLS through: the last number without it, the first with it, one
 * behind. */
static const struct habits tls_trains[] = {
    {"asa-8.4(7.24)", "asa-8", "allow_tls=no confirmed"},
    {"asa-8.4(7.25)", "asa-8", "allow_tls=yes likely"},
    {"asa-8.4(7)25", "asa-8", "allow_tls=yes likely"},
    {"asa-8.4.7.25", "asa-8", "allow_tls=yes likely"},
    {"asa-8.6(1.99)", "asa-8", "allow_tls=no confirmed"},
    {"asa-9.0(4.27)", "asa-8", "allow_tls=no confirmed"},
    {"asa-9.0(4.28)", "asa-8", "allow_tls=yes likely"},
    {"asa-9.0(5)", "asa-8", "allow_tls=yes likely"},
    {"asa-9.1(6)", "asa-8", "allow_tls=no confirmed"},
    {"asa-9.1(6.1)", "asa-8", "allow_tls=yes likely"},
    {"asa-9.2(3.1)", "asa-8", "allow_tls=no confirmed"},
    {"asa-9.2(3.2)", "asa-8", "allow_tls=yes likely"},
    {"asa-9.3(1.1)", "asa-8", "allow_tls=no confirmed"},
    {"asa-9.3(1.2)", "asa-8", "allow_tls=yes likely"},
    {"asa-9.3(2)", "asa-8", "allow_tls=yes likely"},
    {"asa-9.4(1)", "asa-9.4", "allow_tls=yes likely"},
};

/* Where a row or a habit begins or ends. */
static const struct habits others[] = {
    {"pix-4.0(7)", "pix-4.0", "greeting=cmap likely; data_state=on_command confirmed"},
    {"pix-4.1(3)", "pix-4.0", "greeting=cmap likely"},
    {"pix-4.2(3)207", "pix-4.4", "greeting=allstar assumed; data_state=on_command confirmed"},
    {"pix-4.4(6)", "pix-4.4", "data_state=on_command confirmed"},
    {"pix-4.4(7)", "pix-4.4", "data_state=on_354 likely"},
    {"pix-5.0(3)", "pix-4.4", "data_state=on_command confirmed"},
    {"pix-5.0(4)", "pix-4.4", "data_state=on_354 likely"},
    {"pix-5.1(3)", "pix-6.3", "greeting=class20 confirmed; data_state=on_command confirmed"},
    {"pix-5.1(4)", "pix-6.3", "data_state=on_354 likely"},
    {"pix-5.2(2)", "pix-6.3", "data_state=on_command confirmed"},
    {"pix-5.2(3)", "pix-6.3", "data_state=on_354 likely"},
    {"pix-5.2(4)", "pix-6.3", "data_state=on_command confirmed"},
    {"pix-5.2(5)", "pix-6.3", "data_state=on_command confirmed"},
    {"pix-5.2(6)", "pix-6.3", "data_state=on_354 likely"},
    {"pix-6.0(1)", "pix-6.3", "data_state=on_command confirmed; end_of_data=one_segment confirmed"},
    {"pix-6.0(2)", "pix-6.3", "data_state=on_354 likely"},
    {"pix-6.3(5)122", "pix-6.3",
     "end_of_data=one_segment assumed; duplicate_header_names=content_type confirmed"},
    {"pix-7.0(4)", "asa-7.0", "verbs=15 confirmed; duplicate_header_names=content_type confirmed"},
    {"pix-7.2(2.18)", "asa-8", "duplicate_header_names=content_type confirmed"},
    {"pix-7.2(3)", "asa-8", "duplicate_header_names=none confirmed"},
    {"pix-8.0(2.6)", "asa-8", "duplicate_header_names=content_type confirmed"},
    {"pix-8.0(3)", "asa-8", "duplicate_header_names=none confirmed"},
    {"asa-7.1(2)", "asa-7.0", "duplicate_header_names=content_type confirmed"},
    {"asa-7.2(2)18", "asa-8", "duplicate_header_names=content_type confirmed"},
    {"asa-7.2(2.19)", "asa-8", "duplicate_header_names=none confirmed"},
    {"asa-8.0(2.6)", "asa-8", "duplicate_header_names=content_type confirmed"},
    {"asa-8.0(2.7)", "asa-8", "duplicate_header_names=none confirmed"},
    {"asa-8.4", "asa-8", "pipe=close likely; log_507003_level=4 likely"},
    {"asa-9.0(1)", "asa-8", "pipe=close assumed; log_507003_level=4 likely"},
    {"asa-9.1(1)", "asa-8", "pipe=close assumed; log_507003_level=3 likely"},
    {"asa-9.8(4)15", "asa-9.4", "log_507003_level=3 likely"},
    {"asa-9.12.4", "asa-9.4", "pipe=close assumed"},
    {"asa-99999999999999999999.1", "asa-9.4", "allow_tls=yes likely"},
    {"fwsm-3.1(4)", "fwsm", "blocked_command=noop confirmed"},
    {"ios-12.3(14)T", "ios", "verbs=7 likely"},
    {"ios-12.4(24)T8", "ios", "verbs=7 likely"},
    {"ios-15.1.4", "ios", "verbs=7 likely"},
};

/* check_setting - one of "knob=value basis". */
static void
check_setting(const struct esi_platform *platform, const char *want)
{
    for (int k = 0; k < ESI_KNOB_COUNT; k++) {
        const struct esi_setting *setting = &platform->setting[k];
        const char *name = esi_knob_info((enum esi_knob)k)->name;
        char got[128];

        if (strncmp(want, name, strlen(name)) != 0 || want[strlen(name)] != '=')
            continue;
        snprintf(got, sizeof got, "%s=%s %s", name, esi_habit_name(setting->habit),
                 esi_basis_name(setting->basis));
        cr_expect_str_eq(got, want, "%s: %s, not %s", platform->name, got, want);
        cr_expect(setting->source[0] != '\0', "%s: %s without a source", platform->name, name);
        return;
    }
    cr_expect(false, "%s: there is no '%s'", platform->name, want);
}

static void
check_habits(const struct habits *rows, size_t count)
{
    for (size_t r = 0; r < count; r++) {
        struct esi_platform platform;
        struct esi_error err = {0};
        char set[512], *rest;

        cr_assert(esi_platform_find(&platform, rows[r].platform, &err), "%s: %s", rows[r].platform,
                  err.text);
        cr_expect_str_eq(platform.name, rows[r].platform);
        cr_expect_str_eq(platform.profile->name, rows[r].profile, "%s: by row %s", rows[r].platform,
                         platform.profile->name);
        snprintf(set, sizeof set, "%s", rows[r].set);
        for (char *one = set; one; one = rest) {
            rest = strstr(one, "; ");
            if (rest) {
                *rest = '\0';
                rest += 2;
            }
            check_setting(&platform, one);
        }
    }
}

Test(platform, names_have_their_habits)
{
    cr_assert_eq(esi_profile_count(), ESI_COUNT(products));
    for (size_t p = 0; p < ESI_COUNT(products); p++)
        cr_expect_str_eq(esi_profile_at(p)->name, products[p].platform);
    check_habits(products, ESI_COUNT(products));
    check_habits(tls_trains, ESI_COUNT(tls_trains));
    check_habits(others, ESI_COUNT(others));
}

Test(platform, a_release_of_pix_is_called_pix)
{
    static const struct {
        const char *name, *product;
    } rows[] = {{"pix-6.3", "PIX"}, {"pix-6.3(5)", "PIX"},   {"pix-7.2(2)", "PIX"},
                {"asa-8", "ASA"},   {"asa-9.1(7)", "ASA"},   {"fwsm", "FWSM"},
                {"ios", "IOS"},     {"ios-12.4(15)T", "IOS"}};

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_platform platform;

        cr_assert(esi_platform_find(&platform, rows[r].name, NULL), "%s", rows[r].name);
        cr_expect_str_eq(platform.product, rows[r].product, "%s: %s", rows[r].name,
                         platform.product);
    }
}

static const char *const refused[] = {
    /* before there was inspection */
    "pix-3.0", "asa-6.3(5)", "ios-9.1", "fwsm-0.9",
    /* no products */
    "junos-15.1", "ftd", "ASA-8", " asa-8", "asa-8 ",
    /* not numbers */
    "", "asa", "asa-", "asa-9", "asa-8.", "asa-8.4.", "asa-.4", "asa-8..4", "asa-8.-4", "asa-8.+4",
    "asa-8. 4", "asa-8.0x4", "asa-8(4)", "asa-8.4(", "asa-8.4()", "asa-8.4(7", "asa-8.4(7.25",
    "asa-8.4)", "asa-8.4(7))", "asa-8.4((7))", "asa-8.4(7)(25)", "asa-8.4(7)x", "asa-8.4(7)Tx",
    "asa-8.4.7.25.1", "asa-8.4(7.25.1)", "asa-8.4(7.25)1",
    "asa-8.4(0000000000000000000000007)", /* longer than a platform remembers */
};

Test(platform, what_is_refused_is_told)
{
    for (size_t r = 0; r < ESI_COUNT(refused); r++) {
        struct esi_platform platform;
        struct esi_error err = {0};

        cr_assert_not(esi_platform_find(&platform, refused[r], &err), "'%s' is taken", refused[r]);
        cr_expect(strstr(err.text, refused[r]), "'%s' is named: %s", refused[r], err.text);
        cr_expect(strstr(err.text, "--list-platforms"), "'%s': %s", refused[r], err.text);
    }
}

Test(platform, a_knob_is_turned)
{
    static const struct {
        const char *assignment, *error; /* NULL: taken */
    } rows[] = {
        {"greeting=class20", NULL},
        {"log_507003_level=3", NULL},
        {"greeting", "is not NAME=VALUE"},
        {"greeting=", "'' is not a value of knob greeting; its values are cmap, allstar"},
        {"greeting=CLASS20", "is not a value"},
        {"greeting=x", "is not a value"}, /* of another knob */
        {"greetin=class20", "'greetin' is not a knob"},
        {"=class20", "'' is not a knob"},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_platform platform;
        struct esi_error err = {0};

        cr_assert(esi_platform_find(&platform, "asa-8", NULL));
        bool ok = esi_platform_turn(&platform, rows[r].assignment, &err);
        cr_expect_eq(ok, rows[r].error == NULL, "%s: %s", rows[r].assignment, err.text);
        if (!ok)
            cr_expect(strstr(err.text, rows[r].error), "%s: %s", rows[r].assignment, err.text);
    }
    struct esi_platform platform;
    cr_assert(esi_platform_find(&platform, "asa-8", NULL));
    cr_assert(esi_platform_turn(&platform, "greeting=class20", NULL));
    check_setting(&platform, "greeting=class20 assumed");
}
