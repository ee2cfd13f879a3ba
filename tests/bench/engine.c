/*
 * engine.c - what twice as much of a hostile conversation costs the engine alone.
 *
 *     bench_engine [-n COUNT] [-p PLATFORM] [-k KNOB=VALUE]... [-m MATCHES [-c CRITERION]] [-t]
 *                  [KIND...]
 *
 * Each KIND (default: all that bench_engine --kinds names) is said to a session of its own, COUNT
 * times over (default 500000) and then twice that; of three runs the quickest counts. -m: a map of
 * so many matches, of all criteria that are numbers by turns, instead of the platform's; -c: all of
 * this one ("body line length gt"); -t: turns are wanted. Outcomes are thrown away as they come.
 *
 * A line tells the CPU seconds of both, their ratio, what the second session took at most by its
 * own account, by how much the process grew meanwhile, and the verdicts. TIME is said where the
 * ratio is over 2.3, MEMORY where the session or the process took more than a megabyte and a
 * kilobyte for each match; the status is then 1. Under a twentieth of a second a ratio means
 * nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "esi/inspect.h"

#include "dialogue.h"

enum { KNOBS_MOST = 16, KILOBYTE = 1024, MEMORY_MOST = 1024 * KILOBYTE, MEMORY_OF_MATCH = 1024 };
enum { JUDGED_FROM = 20 /* of a second */, RUNS = 3 };

static struct setup {
    struct esi_platform platform;
    struct esi_map map;
    bool turns;
} setup;

/* A listener: the engine. */
struct hearing {
    struct dialogue dialogue; /* first: hear() gets a pointer to it */
    struct esi_session *session;
    struct esi_outcomes out;
    uint64_t at[2], left, frame, verdicts;
    size_t memory;
};

static void
feed(struct hearing *hearing, struct esi_stream_event event)
{
    event.frame = ++hearing->frame;
    event.ts = (esi_nanos)hearing->frame * 1000;
    esi_session_feed(hearing->session, &event, &hearing->out);
    for (size_t i = 0; i < hearing->out.len; i++)
        hearing->verdicts += hearing->out.items[i].kind == ESI_OUTCOME_VERDICT;
    esi_outcomes_clear(&hearing->out);
    size_t memory = esi_session_memory(hearing->session);
    if (memory > hearing->memory)
        hearing->memory = memory;
}

static void
hear(struct dialogue *dialogue, bool by_server, const char *text, size_t len)
{
    struct hearing *hearing = (struct hearing *)(void *)dialogue;
    enum esi_dir dir = by_server ? ESI_TO_CLIENT : ESI_TO_SERVER;

    feed(hearing, (struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                            .dir = dir,
                                            .span = {hearing->at[dir], len},
                                            .bytes = {(const uint8_t *)text, len},
                                            .ends_segment = true});
    hearing->at[dir] += len;
}

static bool
counts_down(struct dialogue *dialogue)
{
    struct hearing *hearing = (struct hearing *)(void *)dialogue;

    return hearing->left > 0 && hearing->left-- > 0;
}

struct cost {
    double seconds;
    size_t memory, grown; /* bytes */
    uint64_t verdicts;
};

static size_t
resident(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss * KILOBYTE;
}

static struct cost
measure(const struct dialogue_kind *kind, uint64_t count)
{
    struct hearing hearing = {.dialogue = {.hear = hear, .goes_on = counts_down},
                              .left = count / kind->share};
    size_t before = resident();
    clock_t start = clock();

    hearing.session = esi_session_new(&setup.platform, &setup.map, setup.turns, false);
    feed(&hearing, (struct esi_stream_event){.kind = ESI_STREAM_OPEN});
    dialogue_speak(&hearing.dialogue, kind);
    feed(&hearing, (struct esi_stream_event){.kind = ESI_STREAM_CLOSE});
    esi_session_free(hearing.session);
    esi_outcomes_free(&hearing.out);
    return (struct cost){(double)(clock() - start) / CLOCKS_PER_SEC, hearing.memory,
                         resident() - before, hearing.verdicts};
}

/* note - the quicker of the runs; memory is that of all of them. */
static void
note(struct cost *best, struct cost run)
{
    size_t grown = best->grown + run.grown;

    if (best->seconds == 0 || run.seconds < best->seconds)
        *best = run;
    best->grown = grown;
}

/* compare - whether twice as much costs no more than it is worth. By turns, so that a slow moment
 * of the machine meets both. */
static bool
compare(const struct dialogue_kind *kind, uint64_t count)
{
    struct cost once = {0}, twice = {0};

    for (int run = 0; run < RUNS; run++) {
        note(&once, measure(kind, count));
        note(&twice, measure(kind, count * 2));
    }
    double ratio = once.seconds > 0 ? twice.seconds / once.seconds : 0;
    size_t most = MEMORY_MOST + setup.map.match_count * MEMORY_OF_MATCH;
    bool slow = once.seconds * JUDGED_FROM >= 1 && ratio > 2.3;
    bool large = twice.memory > most || twice.grown > most;

    printf("%-15s %8.3f %8.3f %6.2f %8.1f %8zu %10llu%s%s\n", kind->name, once.seconds,
           twice.seconds, ratio, (double)twice.memory / KILOBYTE, twice.grown / KILOBYTE,
           (unsigned long long)twice.verdicts, slow ? "  TIME" : "", large ? "  MEMORY" : "");
    fflush(stdout);
    return !slow && !large;
}

static _Noreturn void
fail(const char *what)
{
    fprintf(stderr, "bench_engine: %s\n", what);
    exit(2);
}

/* is_meant - whether the map is to have matches about it. only: NULL, or the words of one. */
static bool
is_meant(int criterion, const char *only)
{
    enum esi_criterion id = (enum esi_criterion)criterion;

    return only ? strcmp(esi_criterion_words(id), only) == 0
                : esi_criterion_argument(id) == ESI_ARGUMENT_NUMBER;
}

/* make_map - matches whose limits differ. */
static void
make_map(size_t count, const char *only)
{
    struct esi_match *matches = calloc(count, sizeof *matches);
    int criterion = 0;

    while (criterion < ESI_CRITERION_COUNT && !is_meant(criterion, only))
        criterion++;
    if (!matches || criterion == ESI_CRITERION_COUNT)
        fail(matches ? "no such criterion" : "no memory");
    for (size_t i = 0; i < count; i++) {
        while (!is_meant(criterion, only))
            criterion = (criterion + 1) % ESI_CRITERION_COUNT;
        matches[i] = (struct esi_match){.rule = {.words = "match", .class_no = (unsigned)i + 1},
                                        .criterion = (enum esi_criterion)criterion,
                                        .limit = i,
                                        .acts = true,
                                        .action = ESI_ACTION_LOG};
        criterion = (criterion + 1) % ESI_CRITERION_COUNT;
    }
    setup.map.matches = matches;
    setup.map.match_count = count;
}

static const struct dialogue_kind *
kind_of(const char *name)
{
    for (size_t k = 0; k < dialogue_kind_count; k++)
        if (strcmp(dialogue_kinds[k].name, name) == 0)
            return &dialogue_kinds[k];
    fail("no such kind");
}

/* prepare - what the options say. */
static uint64_t
prepare(int argc, char **argv)
{
    const char *platform = "asa-8", *criterion = NULL, *knobs[KNOBS_MOST];
    size_t knob_count = 0, matches = 0;
    uint64_t count = 500000;
    struct esi_error err;
    int option;

    while ((option = getopt(argc, argv, "n:p:k:m:c:t")) != -1) {
        if (option == 'n')
            count = strtoull(optarg, NULL, 10);
        else if (option == 'p')
            platform = optarg;
        else if (option == 'k' && knob_count < KNOBS_MOST)
            knobs[knob_count++] = optarg;
        else if (option == 'm')
            matches = (size_t)strtoull(optarg, NULL, 10);
        else if (option == 'c')
            criterion = optarg;
        else if (option == 't')
            setup.turns = true;
        else
            fail("usage: [-n COUNT] [-p PLATFORM] [-k KNOB=VALUE] [-m MATCHES] "
                 "[-c CRITERION] [-t] [KIND...]");
    }
    if (!esi_platform_find(&setup.platform, platform, &err))
        fail(err.text);
    for (size_t i = 0; i < knob_count; i++)
        if (!esi_platform_turn(&setup.platform, knobs[i], &err))
            fail(err.text);
    esi_platform_map(&setup.platform, &setup.map);
    if (matches > 0)
        make_map(matches, criterion);
    return count;
}

int
main(int argc, char **argv)
{
    bool good = true;

    if (argc == 2 && strcmp(argv[1], "--kinds") == 0) {
        for (size_t k = 0; k < dialogue_kind_count; k++)
            puts(dialogue_kinds[k].name);
        return 0;
    }
    uint64_t count = prepare(argc, argv);
    printf("%-15s %8s %8s %6s %8s %8s %10s\n", "kind", "CPU s", "x2", "ratio", "session K",
           "grown K", "verdicts");
    if (optind == argc)
        for (size_t k = 0; k < dialogue_kind_count; k++)
            good &= compare(&dialogue_kinds[k], count);
    for (; optind < argc; optind++)
        good &= compare(kind_of(argv[optind]), count);
    return !good;
}
