/* cli_policy.c - configuration files and what is said about them, and about what else the options
 * of both programs can get wrong. */
#define _DEFAULT_SOURCE /* dup2, fileno */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "esi/cli.h"

#include "support/frames.h"

static const struct esi_program program = {.name = "tested", .purpose = "", .usage = ""};

enum { FILES_MOST = 2, SAID_MOST = 1 << 16 };

/* begin - what is written to fd goes to a file. */
static FILE *
begin(int fd, int *saved)
{
    FILE *file = tmpfile();

    fflush(NULL);
    *saved = dup(fd);
    dup2(fileno(file), fd);
    return file;
}

static char *
end(int fd, int saved, FILE *file)
{
    char *text = esi_alloc(SAID_MOST);

    fflush(NULL);
    dup2(saved, fd);
    close(saved);
    rewind(file);
    text[fread(text, 1, SAID_MOST - 1, file)] = '\0';
    fclose(file);
    return text;
}

static const char *
write_file(char *folder, const char *name, const char *text, size_t len)
{
    const char *path = temp_path(folder, name);
    FILE *file = fopen(path, "wb");

    cr_assert_not_null(file);
    fwrite(text, 1, len, file);
    fclose(file);
    return path;
}

static void
take(struct esi_cli_common *common, esi_cli_take *option, const char *argument)
{
    struct esi_error err;

    cr_assert(option(common, argument, &err), "%s: %s", argument, err.text);
}

#define UNKNOWN " frobnicate\n"
#define FIVE UNKNOWN UNKNOWN UNKNOWN UNKNOWN UNKNOWN

static const struct {
    const char *what;
    const char *files[FILES_MOST]; /* texts */
    const char *knob, *platform, *map;
    bool quiet, strict, fails;
    const char *said[4]; /* on standard error, in this order; none: nothing */
} rows[] = {
    {.what = "nothing"},
    {.what = "an empty file", .files = {""}, .said = {"/0.cfg: warning: the file is empty\n"}},
    {.what = "UTF-16",
     .files = {"\xff\xfe!"},
     .fails = true,
     .said = {"/0.cfg:1: error: expected plain text, found UTF-16"}},
    {.what = "a name with bytes a terminal obeys",
     .files = {"policy-map type inspect esmtp a\033[31m\n parameters\n"
               "policy-map type inspect esmtp b\n parameters\n"},
     .fails = true,
     .said = {"tested: several inspection maps (a\\x1b[31m and b)"}},
    {.what = "a map", .files = {"policy-map type inspect esmtp a\n parameters\n"}},
    {.what = "a line not understood",
     .files = {"policy-map type inspect esmtp a\n" UNKNOWN},
     .said = {"/0.cfg:2:2: warning: ", "frobnicate\n", "^\n"}},
    {.what = "quiet", .files = {"policy-map type inspect esmtp a\n" UNKNOWN}, .quiet = true},
    {.what = "many of them, in two files",
     .files = {"policy-map type inspect esmtp a\n" FIVE,
               "policy-map type inspect esmtp a\n" FIVE UNKNOWN},
     .said = {"/0.cfg:2:2: warning", "/1.cfg:6:2: warning",
              "tested: 1 more; esmtp-analyzer --check-config shows all\n"}},
    {.what = "strict",
     .files = {"policy-map type inspect esmtp a\n" UNKNOWN},
     .strict = true,
     .fails = true,
     .said = {"/0.cfg:2:2: "}},
    {.what = "no such platform, and the configuration is told, too",
     .files = {"policy-map type inspect esmtp a\n" UNKNOWN},
     .platform = "asa-77",
     .strict = true,
     .fails = true,
     .said = {"/0.cfg:2:2: ", "tested: ", "asa-77"}},
};

static struct esi_cli_common
common_of(char *folder, size_t row)
{
    struct esi_cli_common common = {.quiet = rows[row].quiet, .strict = rows[row].strict};
    char name[16];

    esi_ports_add(&common.ports, 25);
    for (size_t f = 0; f < FILES_MOST && rows[row].files[f]; f++) {
        snprintf(name, sizeof name, "%u.cfg", (unsigned)f);
        take(&common, esi_cli_take_config,
             write_file(folder, name, rows[row].files[f], strlen(rows[row].files[f])));
    }
    common.platform = rows[row].platform;
    common.map = rows[row].map;
    return common;
}

Test(cli_policy, what_is_said)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        char *folder = temp_folder_new();
        struct esi_cli_common common = common_of(folder, i);
        int saved;
        FILE *err = begin(STDERR_FILENO, &saved);
        struct esi_policy *policy = esi_cli_policy(&program, &common);
        char *said = end(STDERR_FILENO, saved, err), *at = said;

        cr_assert_eq(policy == NULL, rows[i].fails, "%s: said\n%s", rows[i].what, said);
        for (size_t s = 0; s < ESI_COUNT(rows[i].said) && rows[i].said[s]; s++) {
            at = strstr(at, rows[i].said[s]);
            cr_assert_not_null(at, "%s: said\n%s", rows[i].what, said);
        }
        cr_assert(rows[i].said[0] || said[0] == '\0', "%s: said\n%s", rows[i].what, said);
        free(said);
        esi_policy_free(policy);
        esi_cli_common_free(&common);
        temp_folder_free(folder);
    }
}

Test(cli_policy, files_that_are_no_configuration)
{
    static const char zeros[64];
    static const struct {
        const char *what, *text;
        size_t len;
        bool fails;
    } files[] = {
        {"a binary file", zeros, sizeof zeros, true},
        {"what a console pads with NULs", "hostname a\r\0\nend\r\0\n", 19, false},
        {"UTF-8", "! caf\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac\n", 14, false},
    };

    for (size_t i = 0; i < ESI_COUNT(files); i++) {
        char *folder = temp_folder_new();
        struct esi_cli_common common = {0};
        int saved;

        take(&common, esi_cli_take_config, write_file(folder, "file", files[i].text, files[i].len));
        FILE *err = begin(STDERR_FILENO, &saved);
        struct esi_policy *policy = esi_cli_policy(&program, &common);
        char *said = end(STDERR_FILENO, saved, err);
        cr_assert_eq(policy == NULL, files[i].fails, "%s: said\n%s", files[i].what, said);
        free(said);
        esi_policy_free(policy);
        esi_cli_common_free(&common);
        temp_folder_free(folder);
    }
}

Test(cli_policy, check_config)
{
    char *folder = temp_folder_new();
    struct esi_cli_common common = {0};
    int saved;

    take(&common, esi_cli_take_config,
         write_file(folder, "b.cfg", "policy-map type inspect esmtp a\n" UNKNOWN, 44));
    take(&common, esi_cli_take_config,
         write_file(folder, "a.cfg", "policy-map type inspect esmtp a\n" UNKNOWN, 44));
    FILE *out = begin(STDOUT_FILENO, &saved);
    enum esi_exit lax = esi_cli_check_config(&program, &common);
    common.strict = true;
    enum esi_exit strict = esi_cli_check_config(&program, &common);
    char *said = end(STDOUT_FILENO, saved, out);
    char *first = strstr(said, "b.cfg:2:2: "), *second = strstr(said, "a.cfg:2:2: ");
    cr_assert_eq(lax, ESI_EXIT_DONE, "said\n%s", said);
    cr_assert_eq(strict, ESI_EXIT_USAGE, "said\n%s", said);
    cr_assert(first && second && first < second, "said\n%s", said);
    cr_assert_not_null(strstr(said, "0 errors, 2 warnings, 0 notes\n\nplatform asa-8"), "said\n%s",
                       said);
    char *once = strstr(strstr(said, "platform asa-8"), "b.cfg:2:2: "); /* of the strict run */
    cr_assert(strstr(first + 1, "b.cfg:2:2: ") == once, "said twice\n%s", said);
    free(said);
    esi_cli_common_free(&common);
    temp_folder_free(folder);
}

Test(cli_policy, what_may_be_read_and_written)
{
    static const char *const both[] = {"a.pcap", "-"}, *const none[] = {"a.pcap"};
    struct esi_cli_common common = {0};
    char *folder = temp_folder_new();
    const char *config = write_file(folder, "asa.cfg", "", 0);
    int saved;
    FILE *err = begin(STDERR_FILENO, &saved);

    take(&common, esi_cli_take_config, config);
    bool plain = esi_cli_check_inputs(&program, &common, both, 2);
    bool over = esi_cli_check_output(&program, &common, config, none, 1);
    bool beside = esi_cli_check_output(&program, &common, "b.pcap", none, 1);
    take(&common, esi_cli_take_config, "-");
    bool one = esi_cli_check_inputs(&program, &common, none, 1);
    bool two = esi_cli_check_inputs(&program, &common, both, 2);
    take(&common, esi_cli_take_config, "-");
    bool twice = esi_cli_check_inputs(&program, &common, none, 1);
    char *said = end(STDERR_FILENO, saved, err);
    cr_assert(plain && one && !two && !twice, "said\n%s", said);
    cr_assert(!over && beside, "said\n%s", said);
    cr_assert_not_null(strstr(said, "asa.cfg: is a configuration to be read, not written"));
    free(said);
    esi_cli_common_free(&common);
    temp_folder_free(folder);
}

Test(cli_policy, knobs)
{
    struct esi_cli_common common = {0};
    struct esi_error err;
    int saved;

    cr_assert(!esi_cli_take_knob(&common, "greeting", &err));
    cr_assert(!esi_cli_take_knob(&common, "greeting=purple", &err));
    cr_assert(!esi_cli_take_config(&common, "", &err));
    take(&common, esi_cli_take_knob, "greeting=keep4");
    take(&common, esi_cli_take_knob, "greeting=none");
    struct esi_policy *policy = esi_cli_policy(&program, &common);
    cr_assert_eq(esi_platform_habit(esi_policy_platform(policy), ESI_KNOB_GREETING),
                 ESI_GREETING_NONE);
    esi_policy_free(policy);
    esi_cli_take_list_knobs(&common, NULL, &err);
    FILE *out = begin(STDOUT_FILENO, &saved);
    common.list();
    char *said = end(STDOUT_FILENO, saved, out);
    for (int k = 0; k < ESI_KNOB_COUNT; k++)
        cr_assert_not_null(strstr(said, esi_knob_info((enum esi_knob)k)->name), "knob %s",
                           esi_knob_info((enum esi_knob)k)->name);
    for (size_t p = 0; p < esi_profile_count(); p++)
        cr_assert_not_null(strstr(said, esi_profile_at(p)->name));
    free(said);
    esi_cli_common_free(&common);
}
