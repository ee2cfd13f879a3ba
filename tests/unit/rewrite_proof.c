/*
 * rewrite_proof.c - the ranges of a proof, and its name.
 *
 * What a proof as a whole says is held against captures by tests/tools/check-proof.sh.
 */
#define _GNU_SOURCE /* fopencookie */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rewrite/proof_internal.h"
#include "rewrite/ranges_internal.h"

#include "support/frames.h"

enum { RANGES = 3, LEN_MOST = 64, TRIALS = 20000 };

static const struct {
    const char *what, *old, *new;
    struct esi_span ranges[RANGES];
} rows[] = {
    {"nothing", "", "", {{0}}},
    {"nothing changes", "abcdef", "abcdef", {{0}}},
    {"all changes", "abcdef", "ABCDEF", {{0, 6}}},
    {"one byte", "x", "y", {{0, 1}}},
    {"the first", "abcdef", "Abcdef", {{0, 1}}},
    {"the last", "abcdef", "abcdeF", {{5, 1}}},
    {"in the middle", "abcdef", "abCDef", {{2, 2}}},
    {"seven bytes in between", "a1234567b", "A1234567B", {{0, 9}}},
    {"eight bytes in between", "a12345678b", "A12345678B", {{0, 1}, {9, 1}}},
    {"at both ends", "0a12345678b9", "0A12345678B9", {{1, 1}, {10, 1}}},
    {"three", "a12345678bc123456789d", "A12345678BC123456789D", {{0, 1}, {9, 2}, {20, 1}}},
    {"close, and far", "a1b12345678c", "A1B12345678C", {{0, 3}, {11, 1}}},
};

Test(rewrite_proof, ranges_are_where_bytes_differ)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_slice old = esi_slice_of(rows[r].old);
        const uint8_t *new = (const uint8_t *)rows[r].new;
        struct esi_span range;
        size_t at = 0, count = 0;

        while (range_next(old, new, &at, &range)) {
            cr_assert_lt(count, RANGES, "%s", rows[r].what);
            cr_assert_eq(range.offset, rows[r].ranges[count].offset, "%s: range %zu", rows[r].what,
                         count);
            cr_assert_eq(range.len, rows[r].ranges[count].len, "%s: range %zu", rows[r].what,
                         count);
            count++;
        }
        cr_assert(count == RANGES || rows[r].ranges[count].len == 0, "%s: %zu ranges", rows[r].what,
                  count);
    }
}

static uint32_t
chance(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

/* check_range - it begins and ends with a byte that changes, and is apart from the last one. */
static void
check_range(const uint8_t *old, const uint8_t *new, struct esi_span range, uint64_t behind)
{
    size_t equal = 0, last = (size_t)(range.offset + range.len) - 1;

    cr_assert(range.len > 0 && old[range.offset] != new[range.offset] && old[last] != new[last]);
    cr_assert(behind == 0 || range.offset >= behind + RANGE_APART);
    for (size_t i = (size_t)range.offset; i <= last; i++) {
        equal = old[i] == new[i] ? equal + 1 : 0;
        cr_assert_lt(equal, RANGE_APART);
    }
}

/* Bytes of few values, so that many stay; how many change differs from trial to trial. */
Test(rewrite_proof, ranges_make_the_new_of_the_old)
{
    uint32_t seed = 1;

    for (int trial = 0; trial < TRIALS; trial++) {
        uint8_t old[LEN_MOST], new[LEN_MOST], made[LEN_MOST];
        size_t len = chance(&seed) % (LEN_MOST + 1), at = 0;
        uint32_t rarity = 1 + chance(&seed) % 16;
        struct esi_span range = {0};
        uint64_t behind = 0;

        for (size_t i = 0; i < len; i++) {
            old[i] = (uint8_t)(chance(&seed) % 4);
            new[i] = chance(&seed) % rarity == 0 ? (uint8_t)(chance(&seed) % 4) : old[i];
            made[i] = old[i];
        }
        while (range_next((struct esi_slice){old, len}, new, &at, &range)) {
            check_range(old, new, range, behind);
            memcpy(made + range.offset, new + range.offset, (size_t)range.len);
            behind = range.offset + range.len;
        }
        cr_assert(len == 0 || memcmp(made, new, len) == 0, "trial %d", trial);
    }
}

static struct esi_capture *
open_sample(void)
{
    static const char *const in = ESI_ROOT "/samples/captures/plain-delivery.pcap";
    struct esi_error err = {0};
    struct esi_capture *capture = esi_capture_open(&in, 1, NULL, true, &err);

    cr_assert_not_null(capture, "%s", err.text);
    return capture;
}

/* An output that does not get its name takes the proof's away. */
Test(rewrite_proof, is_taken_back)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "proof"), *out = temp_path(folder, "out");
    struct esi_error err = {0};
    struct esi_capture *capture = open_sample();
    struct esi_rewrite_config config = {.capture = capture, .out = out, .proof = {.path = path}};
    struct proof *proof = proof_open(&config, esi_capture_file(capture, 0), 1, &err);

    cr_assert_not_null(proof, "%s", err.text);
    cr_assert_neq(access(path, F_OK), 0, "it has its name too early");
    FILE *file = proof_watch(proof, fopen(out, "wb"));
    fputs("text", file);
    fclose(file);
    proof_balance(proof, &(struct esi_rewrite_stats){0});
    cr_assert(proof_keep(proof, &err), "%s", err.text);
    struct esi_buf text = read_whole_file(path), written = read_whole_file(out);
    cr_assert(text.len > 0 && written.len == 4);
    esi_buf_byte(&text, '\0');
    cr_assert_not_null(strstr((char *)text.data, "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a8"
                                                 "51fead67c32c9d1"),
                       "of 'text'");
    proof_take_back(proof);
    cr_assert_neq(access(path, F_OK), 0, "it still has its name");
    proof_free(proof);
    esi_buf_free(&text);
    esi_buf_free(&written);
    esi_capture_close(capture);
    temp_folder_free(folder);
}

static ssize_t
write_all(void *cookie, const char *bytes, size_t len)
{
    (void)cookie;
    (void)bytes;
    return (ssize_t)len;
}

static int
fail_to_close(void *cookie)
{
    (void)cookie;
    errno = ENOSPC;
    return -1;
}

/* libpcap closes the output, and does not say what comes of it. */
Test(rewrite_proof, is_none_of_an_output_that_could_not_be_closed)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "proof");
    struct esi_error err = {0};
    struct esi_capture *capture = open_sample();
    struct esi_rewrite_config config = {.capture = capture, .out = "-", .proof = {.path = path}};
    struct proof *proof = proof_open(&config, esi_capture_file(capture, 0), 1, &err);
    cookie_io_functions_t functions = {.write = write_all, .close = fail_to_close};

    cr_assert_not_null(proof, "%s", err.text);
    fclose(proof_watch(proof, fopencookie(NULL, "wb", functions)));
    proof_balance(proof, &(struct esi_rewrite_stats){0});
    cr_assert(!proof_keep(proof, &err));
    cr_assert_str_eq(err.text, "standard output: cannot be written: No space left on device");
    proof_free(proof);
    cr_assert_neq(access(path, F_OK), 0, "it has its name");
    esi_capture_close(capture);
    temp_folder_free(folder);
}
