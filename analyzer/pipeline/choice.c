/* choice.c - which inspection a session falls under, and what the configuration says of its ends.
 */
#include "pipeline_internal.h"

/* translate - few sessions are: the others need no room for it. */
static void
translate(const struct esi_policy *policy, struct slot *slot)
{
    struct esi_translation by;

    if (!esi_policy_translate(policy, &slot->info.tuple, slot->info.interface, by.real, by.mapped))
        return;
    slot->translation = esi_alloc(sizeof by);
    *slot->translation = by;
    slot->info.translation = slot->translation;
}

/* The same answer that the walk got. */
void
choice_make(struct pipeline *pipeline, struct slot *slot)
{
    struct esi_policy *policy = pipeline->config->policy;
    struct esi_session_info *info = &slot->info;
    struct esi_choice choice;

    esi_policy_choose(policy, &info->tuple, info->start, &choice);
    info->map = choice.map;
    info->inspected = choice.map != NULL;
    info->inspected_why = choice.why;
    info->policy_map = choice.policy_map;
    info->class_map = choice.class_map;
    info->config_file = choice.at.file;
    info->config_line = choice.at.line;
    for (int dir = 0; dir < 2; dir++) {
        info->interface[dir] = choice.interface[dir];
        info->security[dir] = esi_policy_security(policy, choice.interface[dir]);
    }
    if (choice.map)
        slot->inspection = inspections_enter(pipeline, choice.place);
    translate(policy, slot);
}
