/*
 * roads.c - three laws over every case and every torture that suits it.
 *
 *   - two roads, one verdict: the conversation told to the engine directly, and as frames of a
 *     capture that the whole pipeline reads, comes out the same, whatever became of the frames;
 *     every frame is accounted for, and no session lacks anything
 *   - twice is once: the rewritten capture has the bytes that were planned, in every copy; read
 *     and rewritten again, it stays as it is
 *   - short_way.c: whether all its frames are looked at, or only those of which the first reading
 *     told, what is written is the same
 *
 * Frame numbers are left out of the comparison; and where the connection is cut, what arrived
 * in the wrong order was there before the cut, and is no sign that the sender went on.
 *
 * A reading takes milliseconds with sanitizers, most of them the system's, which hands out the
 * pages of libnids' table and of the ring of what came before, and their shadows, anew. So not
 * every torture meets every case: by turns, which depend on nothing but the order of both, a case
 * meets one of four tortures, and one of eight where the capture is rewritten. The next case meets
 * the next ones. Each torture has to meet so many cases all the same.
 */
#define _GNU_SOURCE /* memmem */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "property/laws.h"
#include "property/road.h"
#include "support/player.h"

enum {
    TORTURES_MOST = 64,
    FEW_BYTES = 2000,
    SHORT = 1400,
    CASES_LEAST = 12,   /* that each torture has to meet */
    READ_EACH = 4,      /* of so many tortures, a case meets one */
    REWRITTEN_EACH = 8, /* the same where rewriting takes six readings, */
    WRITTEN_EACH = 8,   /* or one and some writings */
    FILTERED_EACH = 4,  /* of so many cases that a torture meets, one is read with a filter, too */
    SHOWN = 1           /* differences of each torture */
};

static const struct print_options options = {0};

/* A law on its way through all cases. */
struct law {
    const struct torture_table *table;
    bool (*holds)(struct attempt *attempt);
    size_t each;    /* of so many tortures, a case meets one */
    bool rewritten; /* and read again */
    char *folder;
    size_t cases;
    size_t met[TORTURES_MOST], broken[TORTURES_MOST];
    size_t changed[TORTURES_MOST];      /* bytes that the plan writes over */
    struct esi_buf said[TORTURES_MOST]; /* of what is broken: cases, and the first differences */
    /* Of the case at hand: */
    struct esi_policy *policy;
    struct esi_buf want;
};

/* ---- frames to files ---- */

static void
dress(struct road *road, const struct torture *torture, size_t turn)
{
    for (size_t s = 0; s < road->count; s++) {
        struct frame_spec *spec = &road->shots[s].spec;
        spec->link = (enum frame_link)(turn % FRAME_LINKS);
        spec->ip = torture->needs & NEEDS_IPV4 ? FRAME_IPV4 : (enum frame_ip)(turn % FRAME_IPS);
        if (torture->layers[0] != LAYER_END)
            spec->layers = torture->layers;
    }
}

static size_t
write_plain(const struct road *road, const char *folder, const char *paths[2])
{
    static uint8_t frame[FRAME_MOST];
    const struct frame_spec *first = &road->shots[0].spec;
    struct frame_file file;

    paths[0] = temp_path(folder, "case.pcap");
    frame_file_open(&file, paths[0],
                    first->layers ? frame_layer_linktype(first->layers[0])
                                  : frame_linktype(first->link),
                    262144, false);
    for (size_t s = 0; s < road->count; s++) {
        const struct shot *shot = &road->shots[s];
        size_t len = shot->piece.len > 0 ? frame_build_piece(frame, &shot->spec, shot->piece)
                                         : frame_build(frame, &shot->spec);
        file.now += shot->pause;
        frame_file_add(&file, frame, len, 0);
    }
    frame_file_close(&file);
    return 1;
}

static size_t
write_tortured(const struct law *law, const struct torture *torture, const struct test_case *test,
               const char *paths[2])
{
    struct road plain = {0}, bent = {0};
    size_t row = (size_t)(torture - law->table->rows), turn = law->met[row] + row, count;

    road_lay(&plain, test);
    dress(&plain, torture, turn);
    if (torture->bend)
        torture->bend(&plain, &bent);
    else
        road_add_range(&bent, &plain, 0, plain.count);
    count = (torture->write ? torture->write : write_plain)(&bent, law->folder, paths);
    road_free(&bent);
    road_free(&plain);
    return count;
}

/* ---- all cases, all tortures ---- */

struct traits {
    bool holes, one_sided, cut, reset, long_segments, single_bytes;
    size_t bytes;
};

static struct traits
traits_of(const struct test_case *test, const struct esi_buf *want)
{
    size_t bytes[2] = {0};
    struct traits traits = {.cut = memmem(want->data, want->len, "\ncut ", 5) != NULL,
                            .reset = memmem(want->data, want->len, " reset\n", 7) != NULL};

    for (size_t i = 0; i < test->count; i++) {
        traits.holes |= test->steps[i].kind == TALK_HOLE;
        traits.single_bytes |= test->steps[i].bytes.len == 1;
        traits.long_segments |= test->steps[i].bytes.len > SHORT;
        bytes[test->steps[i].dir] += test->steps[i].bytes.len;
    }
    traits.bytes = bytes[0] + bytes[1];
    traits.one_sided = bytes[0] == 0 || bytes[1] == 0;
    return traits;
}

/* is_told_twice - where replies are missing, what becomes of a command decides how the next lines
 * are read: a command of which a letter was masked is another one to the next reader. And where a
 * connection was reset in a command that came in pieces, the RST that was made ends a command of
 * which the next reader sees the beginning only: that is discarded, as if a peer had ended it. */
static bool
is_told_twice(const struct law *law, const struct torture *torture, const struct traits *traits)
{
    return !law->rewritten ||
           (!(torture->needs & NOT_REWRITTEN) &&
            !(torture->recast && (traits->holes || traits->one_sided || traits->reset)));
}

static bool
suits(const struct law *law, const struct torture *torture, const struct test_case *test)
{
    struct traits traits = traits_of(test, &law->want);

    return !((torture->needs & NEEDS_HANDSHAKE && test->midstream) ||
             (torture->needs & NEEDS_NO_HOLES && traits.holes) ||
             (torture->needs & NEEDS_NO_CUT && traits.cut) ||
             (torture->needs & NEEDS_FEW_BYTES && traits.bytes > FEW_BYTES) ||
             (torture->needs & NEEDS_NO_SINGLE_BYTES && traits.single_bytes) ||
             (torture->needs & NEEDS_SHORT && traits.long_segments) ||
             !is_told_twice(law, torture, &traits));
}

static void
note_broken(struct law *law, size_t row, const char *path, const struct esi_buf *why)
{
    struct esi_buf *said = &law->said[row];

    esi_buf_printf(said, "    %s\n", path + strlen(ESI_ROOT "/tests/cases/"));
    if (law->broken[row]++ < SHOWN)
        esi_buf_append(said, esi_buf_slice(why));
}

static bool
try_torture(struct law *law, size_t row, const struct test_case *test, struct esi_buf *why)
{
    static const char *const filters[] = {"tcp", "ip", "tcp dst port 25"};
    const struct torture *torture = &law->table->rows[row];
    const char *paths[2];
    size_t met = law->met[row], turn = met / FILTERED_EACH % ESI_COUNT(filters);
    struct attempt attempt = {.paths = paths,
                              .path_count = write_tortured(law, torture, test, paths),
                              .policy = law->policy,
                              .want = esi_buf_slice(&law->want),
                              .filter = met % FILTERED_EACH == 0 ? filters[turn] : NULL,
                              .folder = law->folder,
                              .holes = traits_of(test, &law->want).holes,
                              .spoilt = torture->needs & HAS_CORRUPT,
                              .turn = met + row,
                              .why = why};
    bool holds = law->holds(&attempt);

    law->changed[row] += attempt.edited;
    return holds;
}

static bool
has_turn(const struct law *law, size_t row)
{
    return (law->cases + row) % law->each == 0;
}

static void
torture_case(struct law *law, size_t row, const struct test_case *in)
{
    const struct torture *torture = &law->table->rows[row];
    struct test_case recast = {0};
    const struct test_case *test = in;
    struct esi_buf why = {0};

    if (torture->recast) {
        recast = *in;
        recast.steps = NULL;
        recast.count = recast.cap = 0;
        recast.text = recast.config = (struct esi_buf){0};
        recast.knob_count = 0;
        torture->recast(&recast, in);
        test = &recast;
    }
    esi_buf_clear(&law->want);
    for (unsigned flow = 0; flow < (torture->flows > 0 ? torture->flows : 1); flow++)
        player_run(test, (struct player_config){
                             .policy = law->policy, .options = options, .out = &law->want});
    if (suits(law, torture, test)) {
        if (!try_torture(law, row, test, &why))
            note_broken(law, row, in->path, &why);
        law->met[row]++;
    }
    esi_buf_free(&why);
    case_free(&recast);
}

static void
run_case(void *ctx, const char *path)
{
    struct law *law = ctx;
    struct test_case test = {0};
    struct esi_error err;

    cr_assert(case_read(&test, path, &err), "%s", err.text);
    law->policy = case_policy(&test, &err);
    cr_assert(law->policy, "%s", err.text);
    test.turns = test.words = false;
    for (size_t row = 0; row < law->table->count; row++)
        if (has_turn(law, row))
            torture_case(law, row, &test);
    case_free(&test);
    esi_policy_free(law->policy);
    law->cases++;
}

static void
tell(const struct law *law, size_t row)
{
    const struct torture *torture = &law->table->rows[row];
    bool left_out = law->rewritten && torture->needs & NOT_REWRITTEN;

    cr_expect(law->broken[row] == 0, "%s: %zu of %zu cases (- engine, + pipeline)\n%.*s",
              torture->name, law->broken[row], law->met[row], (int)law->said[row].len,
              (const char *)law->said[row].data);
    cr_expect(left_out || law->met[row] >= CASES_LEAST, "%s: met %zu cases only", torture->name,
              law->met[row]);
    cr_expect(left_out || !law->rewritten || law->changed[row] > 0, "%s: nothing was written over",
              torture->name);
}

static void
run_law(const struct torture_table *table, struct law law)
{
    law.table = table;
    law.folder = temp_folder_new();
    cr_assert(table->count <= TORTURES_MOST);
    case_each(ESI_ROOT "/tests/cases", run_case, &law);
    temp_folder_free(law.folder);
    cr_expect_gt(law.cases, 0);
    for (size_t row = 0; row < table->count; row++) {
        tell(&law, row);
        esi_buf_free(&law.said[row]);
    }
    esi_buf_free(&law.want);
}

static const struct law verdict = {.holds = law_of_verdict, .each = READ_EACH},
                        rewriting = {.holds = law_of_rewriting,
                                     .each = REWRITTEN_EACH,
                                     .rewritten = true},
                        short_way = {.holds = law_of_short_way, .each = WRITTEN_EACH};

#define LAWS(table)                                                                                \
    Test(two_roads_one_verdict, table, .timeout = 300)                                             \
    {                                                                                              \
        run_law(&table##_tortures, verdict);                                                       \
    }                                                                                              \
    Test(twice_is_once, table, .timeout = 300)                                                     \
    {                                                                                              \
        run_law(&table##_tortures, rewriting);                                                     \
    }                                                                                              \
    Test(by_whatever_way, table, .timeout = 300)                                                   \
    {                                                                                              \
        run_law(&table##_tortures, short_way);                                                     \
    }

LAWS(order)
LAWS(segment)
LAWS(wrap)
LAWS(file)
