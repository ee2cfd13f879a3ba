/* verbs.c - lookups over smtp_verbs.def. */
#include "esi/smtp.h"

static const struct {
    const char *word;
    uint8_t len;
    bool ends_group;
} verbs[] = {
#define ESI_VERB(id, word, group_last, since) {word, sizeof(word) - 1, group_last},
#include "esi/smtp_verbs.def"
#undef ESI_VERB
    {"?", 1, false},
};

const char *
esi_verb_name(enum esi_verb verb)
{
    return verbs[verb].word;
}

enum esi_verb
esi_verb_find(struct esi_slice word)
{
    for (unsigned i = 0; i < ESI_VERB_UNKNOWN; i++) {
        struct esi_slice verb = {(const uint8_t *)verbs[i].word, verbs[i].len};
        if (esi_slice_eq_nocase(word, verb))
            return (enum esi_verb)i;
    }
    return ESI_VERB_UNKNOWN;
}

bool
esi_verb_ends_group(enum esi_verb verb)
{
    return verbs[verb].ends_group;
}
