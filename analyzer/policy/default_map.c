/*
 * default_map.c - the inspection map a box uses when nobody wrote another.
 *
 * Source: Cisco ASA CLI guide, "Defaults for ESMTP inspection", and Cisco document 117801: the
 * order and the numbers of these seven matches are what `matched Class N` in syslog counts.
 */
#include "policy_internal.h"

#define MATCH(no, id, gt, action, log)                                                             \
    {                                                                                              \
        {"match " gt, no, NULL, 0}, ESI_CRITERION_##id, 0, ESI_ACTION_##action, log                \
    }
#define MATCH_GT(no, id, words, n, action, log)                                                    \
    {                                                                                              \
        {"match " words " gt " #n, no, NULL, 0}, ESI_CRITERION_##id, n, ESI_ACTION_##action, log   \
    }

static const struct esi_match default_matches[] = {
    MATCH_GT(1, CMD_LINE_LENGTH, "cmd line length", 512, DROP_CONNECTION, true),
    MATCH_GT(2, CMD_RCPT_COUNT, "cmd RCPT count", 100, DROP_CONNECTION, true),
    MATCH_GT(3, BODY_LINE_LENGTH, "body line length", 998, LOG, true),
    MATCH_GT(4, HEADER_LINE_LENGTH, "header line length", 998, DROP_CONNECTION, true),
    MATCH_GT(5, SENDER_ADDRESS_LENGTH, "sender-address length", 320, DROP_CONNECTION, true),
    MATCH_GT(6, MIME_FILENAME_LENGTH, "MIME filename length", 255, DROP_CONNECTION, true),
    MATCH(7, EHLO_REPLY_OTHERS, "ehlo-reply-parameter others", MASK, false),
};

struct esi_map
default_map(const char *name, bool allow_tls)
{
    return (struct esi_map){
        .name = name,
        .mask_banner = true,
        .allow_tls = allow_tls,
        .matches = default_matches,
        .match_count = ESI_COUNT(default_matches),
    };
}

const struct esi_match *
esi_map_find(const struct esi_map *map, enum esi_criterion criterion)
{
    for (size_t i = 0; i < map->match_count; i++)
        if (map->matches[i].criterion == criterion)
            return &map->matches[i];
    return NULL;
}
