/*
 * duplicate_header.c - a header's name inside another header's value, taken for a second header.
 *
 * Old releases ended the connection over it ("Multiple Content-Type headers!"), most often in the
 * h= list of a DKIM-Signature. Content-Type is confirmed (Cisco 118550; ix.de, 2007); that other
 * names of the message would do the same is assumed: such a name counts where a colon or an equals
 * sign stands beside it, as in those lists, and its own header may come before or behind it.
 */
#include "inspect_internal.h"

enum {
    NAMES_MOST = 2048, /* bytes of names remembered: a signature lists some twenty */
    NAME_MOST = 64,    /* longer than any registered field name */
    WORDS_MOST = 256,  /* of a value: whoever writes more lists no header names */
    SLOTS = 1024       /* the shortest name takes three of those bytes: some slots stay empty */
};

/* A remembered name is a byte that tells how it is known, one that tells its length, and its bytes.
 * It is found by its hash: a message may hold as many names as it likes. */
struct names {
    size_t len;
    uint8_t bytes[NAMES_MOST];
    uint16_t slots[SLOTS]; /* where a name begins, and one; 0: empty */
};
enum { OWN = 'H', MENTIONED = ':' };

static bool
is_name_byte(uint8_t byte)
{
    uint8_t letter = byte | 0x20;

    return (letter >= 'a' && letter <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '_';
}

/* next_word - from *at on; empty at the end. */
static struct esi_slice
next_word(struct esi_slice value, size_t *at)
{
    while (*at < value.len && !is_name_byte(value.ptr[*at]))
        ++*at;
    size_t from = *at;
    while (*at < value.len && is_name_byte(value.ptr[*at]))
        ++*at;
    return esi_slice_cut(value, from, *at - from);
}

static bool
names_content_type(const struct esi_smtp_event *field)
{
    struct esi_slice value = field->u.header.value, word;

    if (esi_slice_eq_nocase(field->u.header.name, ESI_LIT("Content-Type")))
        return false;
    for (size_t at = 0; (word = next_word(value, &at)).len > 0;)
        if (esi_slice_eq_nocase(word, ESI_LIT("Content-Type")))
            return true;
    return false;
}

static size_t
first_slot(uint8_t how, struct esi_slice name)
{
    uint32_t hash = how;

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ esi_upper(name.ptr[i])) * 16777619; /* FNV-1a */
    return (hash ^ hash >> 16) % SLOTS;
}

/* slot_of - the name's, or the empty one where it belongs. */
static uint16_t *
slot_of(struct names *names, uint8_t how, struct esi_slice name)
{
    for (size_t at = first_slot(how, name);; at = (at + 1) % SLOTS) {
        if (names->slots[at] == 0)
            return &names->slots[at];
        const uint8_t *known = &names->bytes[names->slots[at] - 1];
        if (known[0] == how && esi_slice_eq_nocase((struct esi_slice){known + 2, known[1]}, name))
            return &names->slots[at];
    }
}

static bool
knows(struct names *names, uint8_t how, struct esi_slice name)
{
    return name.len <= NAME_MOST && *slot_of(names, how, name) != 0;
}

static void
remember(struct names *names, uint8_t how, struct esi_slice name)
{
    if (name.len > NAME_MOST || names->len + name.len + 2 > NAMES_MOST)
        return;
    uint16_t *slot = slot_of(names, how, name);
    if (*slot != 0)
        return;
    *slot = (uint16_t)(names->len + 1);
    names->bytes[names->len] = how;
    names->bytes[names->len + 1] = (uint8_t)name.len;
    memcpy(&names->bytes[names->len + 2], name.ptr, name.len);
    names->len += name.len + 2;
}

void
forget_names(struct esi_session *session)
{
    if (session->names && session->names->len > 0)
        *session->names = (struct names){0};
}

size_t
names_memory(const struct esi_session *session)
{
    return session->names ? sizeof *session->names : 0;
}

/* is_listed - whether a colon or an equals sign stands beside the word that ends at `end`. */
static bool
is_listed(struct esi_slice value, struct esi_slice word, size_t end)
{
    size_t from = end - word.len;

    return (end < value.len && value.ptr[end] == ':') ||
           (from > 0 && (value.ptr[from - 1] == ':' || value.ptr[from - 1] == '='));
}

static bool
names_any(struct esi_session *session, const struct esi_smtp_event *field)
{
    if (!session->names)
        session->names = esi_alloc(sizeof *session->names);
    struct names *names = session->names;
    struct esi_slice value = field->u.header.value, word;
    bool found = knows(names, MENTIONED, field->u.header.name);
    unsigned words = 0;

    for (size_t at = 0; words < WORDS_MOST && (word = next_word(value, &at)).len > 0; words++) {
        if (!is_listed(value, word, at))
            continue;
        found |= knows(names, OWN, word);
        remember(names, MENTIONED, word);
    }
    remember(names, OWN, field->u.header.name);
    return found;
}

void
check_duplicate_header(struct esi_session *session, const struct esi_smtp_event *field)
{
    enum esi_habit habit = habit_of(session, ESI_KNOB_DUPLICATE_HEADER_NAMES);
    bool all = habit == ESI_DUPLICATE_HEADER_NAMES_ALL;

    if (habit == ESI_DUPLICATE_HEADER_NAMES_NONE || field->u.header.depth > 0 ||
        session->duplicate_fired)
        return;
    if (!names_content_type(field) && !(all && names_any(session, field)))
        return;
    session->duplicate_fired = true;
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_DROP_CONNECTION,
                             .what = ESI_WHAT_HEADER_NAME,
                             .dir = ESI_TO_SERVER,
                             .span = {field->span.offset, field->span.len - (uint64_t)field->eol},
                             .behaviour = all ? BEHAVIOUR_DUPLICATE_ALL : BEHAVIOUR_DUPLICATE_TYPE,
                             .habits = BY_KNOB(DUPLICATE_HEADER_NAMES),
                             .words = "header name inside another header's value",
                             .before = field->text,
                             .decided_at = behind_field(field),
                         });
}
