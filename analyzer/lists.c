/* lists.c - the tables of --list-behaviours and --list-formats. */
#include <stdio.h>
#include <string.h>

#include "program_internal.h"

static void
list_claim(const char *id, enum esi_basis basis, const char *words, const char *source)
{
    enum { BASIS_AT = 23, WORDS_AT = 34, SOURCE_AT = 38 };
    char text[512];

    if (strlen(id) < BASIS_AT)
        printf("%-*s", BASIS_AT, id);
    else
        printf("%s\n%*s", id, BASIS_AT, "");
    printf("%-10s ", esi_basis_name(basis));
    esi_cli_wrap(words, WORDS_AT, WORDS_AT);
    snprintf(text, sizeof text, "(%s)", source);
    printf("%*s", SOURCE_AT, "");
    esi_cli_wrap(text, SOURCE_AT, SOURCE_AT + 1);
}

static void
list_messages(void)
{
    for (size_t i = 0; i < esi_syslog_message_count(); i++) {
        struct esi_syslog_message message = esi_syslog_message_at(i);
        char id[64], words[512];

        snprintf(id, sizeof id, "syslog-%s", message.name);
        snprintf(words, sizeof words, "%s%s%s", message.products,
                 message.products[0] != '\0' ? ": " : "", message.words);
        list_claim(id, message.basis, words, message.source);
    }
}

static void
list_detectors(void)
{
    for (size_t i = 0; i < esi_detector_count(); i++) {
        const struct esi_detector *detector = esi_detector_at(i);
        char id[64];

        snprintf(id, sizeof id, "evidence-%s", detector->id);
        list_claim(id, detector->basis, detector->words, detector->source);
    }
}

void
list_behaviours(void)
{
    for (size_t i = 0; i < esi_behaviour_count(); i++) {
        const struct esi_behaviour *behaviour = esi_behaviour_at(i);

        list_claim(behaviour->id, behaviour->basis, behaviour->words, behaviour->source);
    }
    list_messages();
    list_detectors();
}

void
list_formats(void)
{
    for (const struct esi_sink_def *def = esi_sinks; def->name; def++)
        printf("%-10s %s\n", def->name, def->help);
    for (const struct esi_sink_def *def = verify_formats; def->name; def++)
        printf("%-10s %s\n", def->name, def->help);
}
