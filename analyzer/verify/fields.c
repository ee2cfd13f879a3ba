/*
 * fields.c - what records of -o json may hold, so that a name that was misspelled is an error and
 * not an expectation that never bites. The same goes for words: `action: drop` is no action.
 */
#include <stdlib.h>

#include "esi/inspect.h"
#include "esi/report.h"

#include "verify_internal.h"

const char *const event_names[EVENT_COUNT] = {
    [EVENT_SMTP] = "smtp",       [EVENT_VERDICT] = "verdict", [EVENT_SESSION] = "session",
    [EVENT_CAPTURE] = "capture", [EVENT_SUMMARY] = "summary", [EVENT_EVIDENCE] = "evidence",
};

static const char *
action_word(size_t i)
{
    return i < ESI_ACTION_COUNT ? esi_action_name((enum esi_action)i) : NULL;
}

static const char *
what_word(size_t i)
{
    static const char *const words[] = {
#define ESI_WHAT(id, name) name,
#include "esi/whats.def"
#undef ESI_WHAT
    };

    return i < ESI_COUNT(words) ? words[i] : NULL;
}

static const char *
turn_word(size_t i)
{
    static const char *const words[] = {
#define ESI_TURN(id, name) name,
#include "esi/turns.def"
#undef ESI_TURN
    };

    return i < ESI_COUNT(words) ? words[i] : NULL;
}

static const char *
behaviour_word(size_t i)
{
    return i < esi_behaviour_count() ? esi_behaviour_at(i)->id : NULL;
}

static const char *
basis_word(size_t i)
{
    return i <= ESI_BASIS_ASSUMED ? esi_basis_name((enum esi_basis)i) : NULL;
}

static const char *
touched_word(size_t i)
{
    return i < ESI_TOUCHED_COUNT ? esi_touched_name((enum esi_touched)i) : NULL;
}

static const char *
family_word(size_t i)
{
    return i + 1 < ESI_BOX_COUNT ? esi_box_name((enum esi_box)(i + 1)) : NULL;
}

static const char *
tap_word(size_t i)
{
    return i < ESI_TAP_COUNT ? esi_tap_name((enum esi_tap)i) : NULL;
}

static const char *
detector_word(size_t i)
{
    return i < esi_detector_count() ? esi_detector_at(i)->id : NULL;
}

static const char *
strength_word(size_t i)
{
    return i <= ESI_STRENGTH_AGAINST ? esi_strength_name((enum esi_strength)i) : NULL;
}

static const char *
closing_word(size_t i)
{
    return i < ESI_CLOSING_COUNT ? esi_closing_name((enum esi_closing)i) : NULL;
}

static const char *
direction_word(size_t i)
{
    static const char *const words[] = {"to_server", "to_client"};

    return i < ESI_COUNT(words) ? words[i] : NULL;
}

static const char *
sides_word(size_t i)
{
    static const char *const words[] = {"both", "to_server", "to_client"};

    return i < ESI_COUNT(words) ? words[i] : NULL;
}

static const char *
start_word(size_t i)
{
    static const char *const words[] = {"handshake", "midstream"};

    return i < ESI_COUNT(words) ? words[i] : NULL;
}

static const char *
outcome_word(size_t i)
{
    static const char *const words[] = {"untouched", "altered",       "dropped",
                                        "reset",     "not-inspected", "unknown"};

    return i < ESI_COUNT(words) ? words[i] : NULL;
}

static const struct field fields[] = {
#define FIELD(path, type) {path, FIELD_##type, false, NULL},
#define FIELD_REST(path, type) {path, FIELD_##type, true, NULL},
#define FIELD_WORDS(path, words) {path, FIELD_TEXT, false, words##_word},
#include "fields.def"
};

const struct field *
field_at(size_t index)
{
    return index < ESI_COUNT(fields) ? &fields[index] : NULL;
}

enum event
event_of(struct esi_slice line)
{
    static const char lead[] = "{\"schema\":1,\"event_type\":\"";
    struct esi_slice rest = esi_slice_cut(line, sizeof lead - 1, line.len);

    if (line.len < sizeof lead || memcmp(line.ptr, lead, sizeof lead - 1) != 0)
        return EVENT_COUNT;
    for (enum event event = 0; event < EVENT_COUNT; event++) {
        size_t len = strlen(event_names[event]);

        if (rest.len > len && memcmp(rest.ptr, event_names[event], len) == 0 &&
            rest.ptr[len] == '"')
            return event;
    }
    return EVENT_COUNT;
}

const struct field *
field_of(const char *path)
{
    for (size_t i = 0; i < ESI_COUNT(fields); i++) {
        size_t len = strlen(fields[i].path);

        if (fields[i].path[len - 1] == '.'
                ? strncmp(path, fields[i].path, len) == 0 && path[len] != '\0'
                : strcmp(path, fields[i].path) == 0)
            return &fields[i];
    }
    return NULL;
}

/* applies - whether records of the event have it; *own: in their own object. */
static bool
applies(enum event event, const struct field *field, bool *own)
{
    size_t len = strlen(event_names[event]);

    *own = strncmp(field->path, event_names[event], len) == 0 && field->path[len] == '.';
    if (*own || strchr(field->path, '.'))
        return *own;
    return event != EVENT_SUMMARY &&
           (event != EVENT_CAPTURE || strcmp(field->path, "pcap_filename") == 0);
}

const struct field *
field_find(enum event event, const char *name, char path[PATH_MOST])
{
    const struct field *field;
    bool own;

    if (snprintf(path, PATH_MOST, "%s.%s", event_names[event], name) < PATH_MOST &&
        (field = field_of(path)))
        return field;
    if (snprintf(path, PATH_MOST, "%s", name) >= PATH_MOST || !(field = field_of(name)) ||
        !applies(event, field, &own))
        return NULL;
    return field;
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t
edit_distance(const char *a, const char *b)
{
    size_t row[PATH_MOST], b_len = strlen(b);

    if (b_len >= PATH_MOST || strlen(a) >= PATH_MOST)
        return PATH_MOST;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < b_len; j++) {
            size_t replaced = diagonal + (a[i] != b[j]);

            diagonal = row[j + 1];
            row[j + 1] = least(replaced, least(row[j], row[j + 1]) + 1);
        }
    }
    return row[b_len];
}

/* distance_of - edits; whoever wrote the beginning of a name, such as `drop`, meant it. */
static size_t
distance_of(const char *name, const char *known)
{
    enum { BEGINNING = 3 };
    size_t len = strlen(name), edits = edit_distance(name, known);

    return len >= BEGINNING && strncmp(name, known, len) == 0 ? least(edits, 1) : edits;
}

/* distance_to - of what may be written for a field: `gaps` is meant by whoever leaves out the
 * names before it. */
static size_t
distance_to(const char *name, const char *known)
{
    const char *tail = strrchr(known, '.');
    size_t whole = distance_of(name, known) * 2;
    size_t part = tail ? distance_of(name, tail + 1) * 2 + 1 : whole;

    return least(whole, part);
}

const char *
field_nearest(enum event event, const char *name)
{
    const char *nearest = NULL;
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < ESI_COUNT(fields); i++) {
        bool own;

        if (!applies(event, &fields[i], &own) || fields[i].path[strlen(fields[i].path) - 1] == '.')
            continue;
        const char *known = own ? fields[i].path + strlen(event_names[event]) + 1 : fields[i].path;
        size_t distance = distance_to(name, known);
        if (distance < best) {
            best = distance;
            nearest = known;
        }
    }
    return nearest;
}

const char *
word_nearest(const char *(*word)(size_t i), const char *name)
{
    const char *nearest = word(0);

    for (size_t i = 1; word(i); i++)
        if (distance_of(name, word(i)) < distance_of(name, nearest))
            nearest = word(i);
    return nearest;
}
