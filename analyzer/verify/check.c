/*
 * check.c - expectations held against records: how many fit, and what to say if it is another
 * number.
 *
 * Of the records that do not fit, the few that come nearest are kept as words, of those that fit
 * the first ones by name; so what is kept does not grow with the capture.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "verify_internal.h"

enum { TOLD_MOST = 3 }; /* records told of an expectation that does not hold */

struct near {
    size_t fitting; /* conditions that hold */
    struct esi_buf words;
};

struct tally {
    uint64_t seen; /* records of the event */
    uint64_t fitting, perhaps;
    struct near near[TOLD_MOST]; /* those that do not fit, the nearest first */
    size_t near_count;
    struct esi_buf names[TOLD_MOST]; /* of those that fit */
};

struct esi_check {
    const struct esi_suite_case *of;
    struct tally *tallies; /* one an expectation */
    struct record record;
    uint64_t unread; /* lines that are no records */
};

struct esi_check *
esi_check_new(const struct esi_suite_case *suite_case)
{
    struct esi_check *check = esi_alloc(sizeof *check);

    check->of = suite_case;
    check->tallies = esi_alloc((suite_case->expectation_count + 1) * sizeof *check->tallies);
    return check;
}

static bool
wants(const struct esi_check *check, enum event event)
{
    for (size_t i = 0; i < check->of->expectation_count; i++)
        if (check->of->expectations[i].event == event)
            return true;
    return false;
}

bool
esi_check_wants_turns(const struct esi_check *check)
{
    return wants(check, EVENT_SMTP);
}

static void
put_differences(const struct esi_expectation *expectation, const struct record *record,
                struct esi_buf *out)
{
    struct esi_buf words = {0};

    for (size_t c = 0; c < expectation->count; c++) {
        const struct condition *condition = expectation->conditions[c];

        if (condition_holds(condition, record) == HOLDS)
            continue;
        esi_buf_clear(&words);
        condition_found(condition, record, &words);
        say_text(out, 4, false, condition_name(condition), esi_buf_slice(&words));
    }
    esi_buf_free(&words);
}

/* put_near - the record among those that come nearest, if it does; of several alike the first. */
static void
put_near(struct tally *tally, const struct esi_expectation *expectation,
         const struct record *record, size_t fitting)
{
    size_t at = tally->near_count;

    while (at > 0 && tally->near[at - 1].fitting < fitting)
        at--;
    if (at == TOLD_MOST)
        return;
    if (tally->near_count < TOLD_MOST)
        tally->near_count++;
    struct near spare = tally->near[tally->near_count - 1];
    for (size_t i = tally->near_count - 1; i > at; i--)
        tally->near[i] = tally->near[i - 1];
    struct esi_buf name = {0};
    record_name(record, &name);
    esi_buf_clear(&spare.words);
    say_text(&spare.words, 2, true, "record", esi_buf_slice(&name));
    say_key(&spare.words, 3, "has");
    put_differences(expectation, record, &spare.words);
    esi_buf_free(&name);
    tally->near[at] = (struct near){fitting, spare.words};
}

static void
count_record(struct tally *tally, const struct esi_expectation *expectation,
             const struct record *record)
{
    size_t fitting = 0, perhaps = 0;

    tally->seen++;
    for (size_t c = 0; c < expectation->count; c++) {
        enum holding holding = condition_holds(expectation->conditions[c], record);

        fitting += holding == HOLDS;
        perhaps += holding == HOLDS_PERHAPS;
    }
    tally->perhaps += perhaps > 0 && fitting + perhaps == expectation->count;
    if (fitting < expectation->count) {
        put_near(tally, expectation, record, fitting);
    } else {
        if (tally->fitting < TOLD_MOST)
            record_name(record, &tally->names[tally->fitting]);
        tally->fitting++;
    }
}

void
esi_check_line(struct esi_check *check, struct esi_slice line)
{
    enum event event = event_of(line);

    if (!wants(check, event))
        return;
    if (!record_read(&check->record, line)) {
        check->unread++;
        return;
    }
    for (size_t i = 0; i < check->of->expectation_count; i++)
        if (check->of->expectations[i].event == event)
            count_record(&check->tallies[i], &check->of->expectations[i], &check->record);
}

bool
esi_record_is_turn(struct esi_slice line)
{
    return event_of(line) == EVENT_SMTP;
}

/* ---- saying ---- */

static bool
holds(const struct esi_expectation *expectation, const struct tally *tally)
{
    return tally->perhaps == 0 && tally->fitting >= expectation->least &&
           tally->fitting <= expectation->most;
}

static void
say_wanted(const struct esi_expectation *expectation, struct esi_buf *out)
{
    char words[96];

    if (expectation->least == expectation->most)
        snprintf(words, sizeof words, "exactly %" PRIu64, expectation->most);
    else if (expectation->most == UINT64_MAX)
        snprintf(words, sizeof words, "at least %" PRIu64, expectation->least);
    else
        snprintf(words, sizeof words, "from %" PRIu64 " to %" PRIu64, expectation->least,
                 expectation->most);
    say_text(out, 1, false, "count", esi_slice_of(words));
}

static void
say_expected(const struct esi_expectation *expectation, struct esi_buf *out)
{
    struct esi_buf words = {0};

    say_text(out, 0, true, "expected", esi_slice_of(event_names[expectation->event]));
    say_number(out, 1, false, "line", expectation->at.line);
    if (expectation->count > 0)
        say_key(out, 1, "with");
    for (size_t c = 0; c < expectation->count; c++) {
        esi_buf_clear(&words);
        condition_words(expectation->conditions[c], &words);
        say_text(out, 2, false, condition_name(expectation->conditions[c]), esi_buf_slice(&words));
    }
    esi_buf_free(&words);
    say_wanted(expectation, out);
}

static void
say_came(const struct esi_expectation *expectation, const struct tally *tally, struct esi_buf *out)
{
    char key[32];

    say_number(out, 1, false, "came", tally->fitting);
    if (tally->perhaps > 0)
        say_number(out, 1, false, "undecided", tally->perhaps);
    snprintf(key, sizeof key, "of_%s_records", event_names[expectation->event]);
    say_number(out, 1, false, key, tally->seen);
    if (tally->fitting > expectation->most) {
        say_key(out, 1, "these_came");
        for (size_t i = 0; i < TOLD_MOST && i < tally->fitting; i++)
            say_text(out, 2, true, "record", esi_buf_slice(&tally->names[i]));
    } else if (tally->near_count > 0) {
        say_key(out, 1, "nearest");
        for (size_t i = 0; i < tally->near_count; i++)
            esi_buf_append(out, esi_buf_slice(&tally->near[i].words));
    }
}

bool
esi_check_finish(struct esi_check *check, struct esi_buf *why)
{
    bool all = check->unread == 0;

    if (!all)
        say_number(why, 0, true, "records that could not be read", check->unread);
    for (size_t i = 0; i < check->of->expectation_count; i++) {
        const struct esi_expectation *expectation = &check->of->expectations[i];

        if (holds(expectation, &check->tallies[i]))
            continue;
        all = false;
        say_expected(expectation, why);
        say_came(expectation, &check->tallies[i], why);
    }
    return all;
}

/* says_damage - `complete: false`, of some capture at least. */
static bool
says_damage(const struct esi_expectation *expectation)
{
    static const char line[] = "{\"capture\":{\"complete\":true}}";
    struct record record = {0};
    bool says = false;

    if (expectation->event != EVENT_CAPTURE || expectation->most == 0)
        return false;
    record_read(&record, esi_slice_of(line));
    for (size_t c = 0; c < expectation->count; c++)
        says |= strcmp(condition_path(expectation->conditions[c]), "capture.complete") == 0 &&
                condition_holds(expectation->conditions[c], &record) == HOLDS_NOT;
    record_drop(&record);
    return says;
}

bool
esi_check_expects_damage(const struct esi_check *check)
{
    for (size_t i = 0; i < check->of->expectation_count; i++)
        if (says_damage(&check->of->expectations[i]) && check->tallies[i].fitting > 0)
            return true;
    return false;
}

void
esi_check_free(struct esi_check *check)
{
    for (size_t i = 0; i < check->of->expectation_count; i++) {
        for (size_t n = 0; n < TOLD_MOST; n++) {
            esi_buf_free(&check->tallies[i].near[n].words);
            esi_buf_free(&check->tallies[i].names[n]);
        }
    }
    free(check->tallies);
    record_drop(&check->record);
    free(check);
}
