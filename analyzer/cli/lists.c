/* lists.c - what --list-platforms and --list-knobs print, for terminals of 80 columns. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli_internal.h"

enum { COLUMNS = 80 };

void
esi_cli_wrap(const char *text, size_t at, size_t indent)
{
    while (*text) {
        size_t blanks = strspn(text, " "), len = strcspn(text + blanks, " ");

        if (at + blanks + len >= COLUMNS && at > indent) {
            printf("\n%*s", (int)indent, "");
            at = indent;
            blanks = 0;
        }
        text += strspn(text, " ");
        printf("%*s%.*s", (int)blanks, "", (int)len, text);
        at += blanks + len;
        text += len;
    }
    putchar('\n');
}

void
list_platforms(void)
{
    for (size_t i = 0; i < esi_profile_count(); i++) {
        const struct esi_profile *profile = esi_profile_at(i);

        printf("%-10s %s\n", profile->name, profile->words);
    }
}

static bool
same_setting(const struct esi_setting *a, const struct esi_setting *b)
{
    return a->habit == b->habit && a->basis == b->basis && strcmp(a->source, b->source) == 0;
}

/* first_with - the first platform that has the same setting as this one. */
static size_t
first_with(enum esi_knob knob, size_t profile)
{
    size_t first = 0;

    while (!same_setting(esi_profile_setting(first, knob), esi_profile_setting(profile, knob)))
        first++;
    return first;
}

enum { INDENT = 4, DEEP = 8, BEHIND_VALUE = 28 };

static void
print_source(const char *source)
{
    char text[512];

    snprintf(text, sizeof text, "(%s)", source);
    printf("%*s", DEEP, "");
    esi_cli_wrap(text, DEEP, DEEP + 1);
}

/* print_setting - a value, how sure it is, and the platforms that have it so. */
static void
print_setting(enum esi_knob knob, size_t first)
{
    const struct esi_setting *setting = esi_profile_setting(first, knob);
    char names[256] = "";
    size_t len = 0;

    for (size_t i = first; i < esi_profile_count(); i++)
        if (first_with(knob, i) == first && len < sizeof names)
            len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", len > 0 ? " " : "",
                                    esi_profile_at(i)->name);
    printf("%*s%-12s %-10s ", INDENT, "", esi_habit_name(setting->habit),
           esi_basis_name(setting->basis));
    esi_cli_wrap(names, BEHIND_VALUE, BEHIND_VALUE);
}

/* put_release - "asa-8.4(7)25", as --platform takes it. */
static void
put_release(const char *product, const struct esi_release *release)
{
    const unsigned long *part = release->part;

    for (; *product; product++)
        putchar(tolower((unsigned char)*product));
    printf("-%lu.%lu", part[0], part[1]);
    if (part[2] > 0 || part[3] > 0)
        printf("(%lu)", part[2]);
    if (part[3] > 0)
        printf("%lu", part[3]);
}

/* print_releases - what the knob is at within some releases. */
static void
print_releases(enum esi_knob knob)
{
    const struct esi_release_turn *turn;
    const char *source = NULL;

    for (size_t i = 0; (turn = esi_release_turn_at(i)); i++) {
        if (turn->knob != knob)
            continue;
        if (source && strcmp(source, turn->setting.source) != 0)
            print_source(source);
        source = turn->setting.source;
        printf("%*s%-12s %-10s ", INDENT, "", esi_habit_name(turn->setting.habit),
               esi_basis_name(turn->setting.basis));
        put_release(turn->product, &turn->from);
        if (turn->below.part[0] == ESI_RELEASE_NO_END) {
            puts(" on");
            continue;
        }
        printf(" to below ");
        put_release(turn->product, &turn->below);
        putchar('\n');
    }
    if (source)
        print_source(source);
}

/* print_settings - settings that follow each other and have one source share its line. */
static void
print_settings(enum esi_knob knob)
{
    const char *source = NULL;

    for (size_t i = 0; i < esi_profile_count(); i++) {
        const struct esi_setting *setting = esi_profile_setting(i, knob);

        if (first_with(knob, i) != i)
            continue;
        if (source && strcmp(source, setting->source) != 0)
            print_source(source);
        source = setting->source;
        print_setting(knob, i);
    }
    if (source)
        print_source(source);
}

static void
print_knob(enum esi_knob knob)
{
    const struct esi_knob_info *info = esi_knob_info(knob);
    const char *value;

    printf("%s: ", info->name);
    esi_cli_wrap(info->words, strlen(info->name) + 2, INDENT);
    printf("%*svalues:", INDENT, "");
    for (size_t v = 0; (value = esi_knob_value_name(knob, v)); v++)
        printf(" %s", value);
    putchar('\n');
    print_settings(knob);
    print_releases(knob);
}

void
list_knobs(void)
{
    for (int k = 0; k < ESI_KNOB_COUNT; k++) {
        if (k > 0)
            putchar('\n');
        print_knob((enum esi_knob)k);
    }
}
