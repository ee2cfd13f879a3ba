/*
 * evidence_fit.c - what is said to write the bytes seen does write them: put through that platform
 * once more, a direction that bears its mask stays as it is, since twice is once.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/evidence_case.h"

/* set_up - "asa-8", "asa-8 allow_tls=yes", "ios (ip inspect name NAME esmtp)", ... */
static void
set_up(const char *name, struct esi_platform *platform, struct esi_map *map)
{
    char words[128], *knob;
    bool alone = strstr(name, "(a map of parameters alone)"), esmtp = strstr(name, "esmtp)");
    struct esi_error err;

    snprintf(words, sizeof words, "%s", name);
    knob = strchr(words, '=');
    while (knob && knob > words && knob[-1] != ' ')
        knob--;
    words[strcspn(words, " ")] = '\0';
    cr_assert(esi_platform_find(platform, words, &err), "%s: %s", name, err.text);
    cr_assert(!knob || esi_platform_turn(platform, knob, &err), "%s: %s", name, err.text);
    esi_platform_map(platform, map);
    if (esmtp) {
        map->commands = ESI_COMMANDS_ESMTP;
        esi_platform_complete(platform, map);
    }
    if (alone)
        map->match_count = 0;
}

/* keeps - whether the bytes of a direction stay, as far as they pass. */
static bool
keeps(const struct law_talk *old, const struct law_talk *new, enum esi_dir dir)
{
    for (size_t i = 0; i < old->count && i < new->count; i++)
        if (old->events[i].dir == dir && new->events[i].kind == ESI_STREAM_DATA &&
            !esi_slice_eq(old->events[i].bytes, new->events[i].bytes))
            return false;
    return true;
}

static void
check_name(const char *path, const struct law_talk *talk, const struct esi_evidence_result *result,
           const char *name)
{
    struct esi_platform platform;
    struct esi_map map;
    struct inspect_play play;
    struct inspect_streams streams;
    struct law_talk again;
    struct esi_buf why = {0};

    set_up(name, &platform, &map);
    inspect_play_new(&play, &(struct law_setting){.platform = &platform, .map = &map}, talk,
                     (struct inspect_way){0}, &why);
    inspect_rewrite(&again, &streams, talk, &play);
    for (int dir = 0; dir < 2; dir++)
        cr_expect(result->side[dir] != ESI_TAP_BEHIND || keeps(talk, &again, (enum esi_dir)dir),
                  "%s: %s does not write what is sent %s", path, name,
                  dir == ESI_TO_SERVER ? "to the server" : "to the client");
    law_talk_free(&again);
    inspect_streams_free(&streams);
    inspect_play_free(&play);
    esi_buf_free(&why);
}

/* The load balancer stands behind the box, which does not pass its line. */
static const char beyond[] = "/first-behind-proxy-line.case";

static void
check_case(void *ctx, const char *path)
{
    size_t *checked = ctx;
    struct evidence_case from;

    if (strstr(path, beyond))
        return;
    cr_assert(evidence_case_read(&from, path));
    struct esi_evidence *evidence = evidence_of_case(&from, (struct inspect_way){0});
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    for (size_t i = 0; i < result->reproduced_count; i++, ++*checked)
        check_name(path, &from.talk, result, result->reproduced_by[i]);
    esi_evidence_free(evidence);
    evidence_case_free(&from);
}

Test(evidence, what_is_said_to_write_it_does)
{
    size_t checked = 0;

    evidence_each(NULL, check_case, &checked);
    cr_assert_gt(checked, 100);
}
