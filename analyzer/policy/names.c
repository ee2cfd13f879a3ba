/* names.c - actions and degrees of certainty by name. */
#include "esi/policy.h"

static const struct {
    const char *name;
    unsigned gravity;
} actions[] = {
#define ESI_ACTION(id, name, gravity) {name, gravity},
#include "esi/actions.def"
#undef ESI_ACTION
};

const char *
esi_action_name(enum esi_action action)
{
    return actions[action].name;
}

unsigned
esi_action_gravity(enum esi_action action)
{
    return actions[action].gravity;
}

const char *
esi_basis_name(enum esi_basis basis)
{
    static const char *const names[] = {"confirmed", "likely", "assumed"};

    return names[basis];
}
