/*
 * default_map.c - the inspection map in force when nobody wrote another.
 *
 * Source: Cisco ASA CLI guide, "Defaults for ESMTP inspection", and Cisco document 117801: the
 * order and the numbers of these seven matches are what `matched Class N` in syslog counts. Boxes
 * without inspection maps mask the greeting and know no limits.
 */
#include "esi/platform.h"

#define MATCH_GT(no, id, words, n, act)                                                            \
    {                                                                                              \
        .rule = {"match " words " gt " #n, no, NULL, 0}, .criterion = ESI_CRITERION_##id,          \
        .limit = n, .acts = true, .action = ESI_ACTION_##act, .log = true                          \
    }

static const struct esi_match default_matches[] = {
    MATCH_GT(1, CMD_LINE_LENGTH, "cmd line length", 512, DROP_CONNECTION),
    MATCH_GT(2, CMD_RCPT_COUNT, "cmd RCPT count", 100, DROP_CONNECTION),
    MATCH_GT(3, BODY_LINE_LENGTH, "body line length", 998, LOG),
    MATCH_GT(4, HEADER_LINE_LENGTH, "header line length", 998, DROP_CONNECTION),
    MATCH_GT(5, SENDER_ADDRESS_LENGTH, "sender-address length", 320, DROP_CONNECTION),
    MATCH_GT(6, MIME_FILENAME_LENGTH, "MIME filename length", 255, DROP_CONNECTION),
    {.rule = {"match ehlo-reply-parameter others", 7, NULL, 0},
     .criterion = ESI_CRITERION_EHLO_REPLY_PARAMETER,
     .set = 1u << ESI_KEYWORD_OTHERS,
     .acts = true,
     .action = ESI_ACTION_MASK},
};

void
esi_platform_map(const struct esi_platform *platform, struct esi_map *out)
{
    const struct esi_profile *profile = platform->profile;

    *out = (struct esi_map){.name = profile->map_name};
    if (profile->has_limits) {
        out->description = "Default ESMTP policy-map";
        out->matches = default_matches;
        out->match_count = ESI_COUNT(default_matches);
    }
    if (profile->has_maps)
        out->parameter[ESI_PARAMETER_MASK_BANNER] =
            (struct esi_parameter){.on = true, .rule.words = "mask-banner"};
    esi_platform_complete(platform, out);
}

/* Where maps exist, one without `mask-banner` masks none. */
static void
complete_banner(const struct esi_platform *platform, struct esi_map *map)
{
    struct esi_parameter *banner = &map->parameter[ESI_PARAMETER_MASK_BANNER];

    if (esi_platform_habit(platform, ESI_KNOB_GREETING) == ESI_GREETING_NONE)
        banner->on = false;
    else if (!banner->rule.words)
        banner->on = !platform->profile->has_maps;
}

void
esi_platform_complete(const struct esi_platform *platform, struct esi_map *map)
{
    const struct esi_profile *profile = platform->profile;
    struct esi_parameter *tls = &map->parameter[ESI_PARAMETER_ALLOW_TLS];

    map->keywords_masked =
        profile->masks_keywords || (!profile->has_maps && map->commands == ESI_COMMANDS_ESMTP);
    complete_banner(platform, map);
    if (!tls->rule.words)
        tls->on = esi_platform_habit(platform, ESI_KNOB_ALLOW_TLS) == ESI_ALLOW_TLS_YES;
}
