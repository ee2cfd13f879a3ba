/* choose_internal.h - between the files that decide on a flow. */
#ifndef ESI_CHOOSE_INTERNAL_H
#define ESI_CHOOSE_INTERNAL_H

#include "policy_internal.h"

/* One question, and what was found on the way. */
struct asking {
    struct esi_policy *policy;
    const struct esi_tuple *flow;
    esi_nanos when;
    const char *side[2]; /* by sender */
    /* The first denial, for the answer that nothing inspects. */
    const struct esi_access_entry *denied;
    const char *denied_list, *denied_class;
};

/* What made a class take the flow. */
struct taking {
    const struct esi_access_list *list; /* that of entry */
    const struct esi_access_entry *entry;
    const struct esi_class_match *match; /* that took it; default-inspection-traffic if it is one */
    bool default_traffic;
};

/* Whose policy it is: NOT this flow's; UNSURE: the configuration does not tell where its interface
 * is. */
enum ours { OURS_NOT, OURS, OURS_UNSURE };

bool class_takes(struct asking *asking, const struct ready_class *class, struct taking *taking);
enum ours policy_is_ours(const struct asking *asking, const struct ready_policy *policy);
/* Asks the service policies from that one on; false: none of them has an answer. */
bool ask_policies(struct asking *asking, size_t from, bool exempt, struct esi_choice *out);

#endif
