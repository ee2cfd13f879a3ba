/* rewrite_pcapng.c - pcapng files copied as they are, and changed where they must. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "support/frames.h"
#include "support/ng.h"
#include "support/ng_copy.h"

#define NONE ((struct esi_slice){NULL, 0})

static const struct esi_slice text = {(const uint8_t *)"some bytes of a frame", 21};

static void
set_length(struct ng *ng, size_t section_at, uint64_t length)
{
    struct esi_buf words = {0};

    put_u32(&words, ng->big, (uint32_t)(ng->big ? length >> 32 : length));
    put_u32(&words, ng->big, (uint32_t)(ng->big ? length : length >> 32));
    memcpy(ng->bytes.data + section_at + 16, words.data, words.len);
    esi_buf_free(&words);
}

enum { UNSAID = 1, SAID = 2, NO_CUSTOM = 4, CUSTOM = 8 };
enum { NONE_SIZED, SIZED, WRONGLY_SIZED };

/* Two sections of two frames each, and in the second a custom block that is not to be copied. */
static void
two_sections(struct ng *ng, bool big, int sized)
{
    for (unsigned s = 0; s < 2; s++) {
        size_t at = ng->bytes.len;
        ng_section(ng, s == 0 ? big : !big);
        ng_interface(ng, 1, 0, NONE);
        ng_frame(ng, 0, 10 * s + 1, text, 21, NONE);
        if (s == 1)
            ng_block(ng, 0x40000bad, ESI_LIT("\1\2\3\4not to be copied"));
        ng_block(ng, 0xbad, ESI_LIT("\1\2\3\4to be copied"));
        ng_frame(ng, 0, 10 * s + 2, text, 21, NONE);
        if (sized != NONE_SIZED)
            set_length(ng, at, ng->bytes.len - at - 28 + (sized == WRONGLY_SIZED ? 8 : 0));
    }
}

struct plan {
    uint64_t frame;
    struct ng_fate fate;
};

static void
by_plan(void *ctx, const struct esi_frame *frame, struct ng_fate *out)
{
    const struct plan *plan = ctx;

    if (frame->number == plan->frame)
        *out = plan->fate;
}

static uint64_t
copy(const char *in, const char *out, const char *filter, struct plan *plan)
{
    uint64_t lost = 0;
    struct esi_error err = {0};
    struct ng_copy how = {.paths = &in,
                          .count = 1,
                          .filter = filter,
                          .out = out,
                          .format = ESI_REWRITE_PCAPNG,
                          .fate = by_plan,
                          .ctx = plan};

    cr_assert(ng_copy(&how, &lost, &err), "%s", err.text);
    return lost;
}

/* state_of - of a file of two_sections: whether each section's length is told, and the custom block
 * is there. */
static int
state_of(struct esi_slice bytes, unsigned section)
{
    static const uint8_t header[] = {0x0a, 0x0d, 0x0d, 0x0a};
    size_t at = 0;

    for (unsigned s = 0; s <= section; s++, at++)
        while (memcmp(bytes.ptr + at, header, sizeof header) != 0)
            at++;
    at--;
    int state =
        memcmp(bytes.ptr + at + 16, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0 ? UNSAID : SAID;
    if (section == 1) {
        bool found = false;
        for (size_t b = at; b + 16 <= bytes.len; b++)
            found |= memcmp(bytes.ptr + b, "not to be copied", 16) == 0;
        state |= found ? CUSTOM : NO_CUSTOM;
    }
    return state;
}

Test(rewrite_pcapng, what_holds_no_more_is_unsaid)
{
    static const struct {
        const char *what;
        int sized;
        const char *filter;
        struct plan plan;
        int first, second;
    } rows[] = {
        {"nothing changes", SIZED, NULL, {0}, SAID, SAID | CUSTOM},
        {"nothing changes, and nothing is told", NONE_SIZED, NULL, {0}, UNSAID, UNSAID | CUSTOM},
        {"nothing changes, and lengths are wrong", WRONGLY_SIZED, NULL, {0}, SAID, SAID | CUSTOM},
        {"a filter that lets all through", SIZED, "greater 1", {0}, SAID, SAID | CUSTOM},
        {"a filter", SIZED, "less 1", {0}, UNSAID, UNSAID | NO_CUSTOM},
        {"bytes", SIZED, NULL, {1, {.change = true}}, SAID, UNSAID | NO_CUSTOM},
        {"a comment", SIZED, NULL, {1, {.comment = ESI_LIT("x")}}, UNSAID, UNSAID | NO_CUSTOM},
        {"a comment behind", SIZED, NULL, {4, {.comment = ESI_LIT("x")}}, SAID, UNSAID | NO_CUSTOM},
        {"a frame less", SIZED, NULL, {2, {.drop = true}}, UNSAID, UNSAID | NO_CUSTOM},
        {"the last frame less", SIZED, NULL, {4, {.drop = true}}, SAID, UNSAID | NO_CUSTOM},
        {"a frame more", SIZED, NULL, {4, {.made = true}}, SAID, UNSAID | NO_CUSTOM},
        {"a frame for another",
         SIZED,
         NULL,
         {2, {.drop = true, .made = true}},
         SAID,
         UNSAID | NO_CUSTOM},
        {"wrong lengths", WRONGLY_SIZED, NULL, {2, {.change = true}}, UNSAID, UNSAID | NO_CUSTOM},
        {"no lengths", NONE_SIZED, NULL, {2, {.change = true}}, UNSAID, UNSAID | NO_CUSTOM},
    };
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in"), *out = temp_path(folder, "out.pcapng");

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        for (unsigned big = 0; big < 2; big++) {
            struct ng ng = {0};
            struct plan plan = rows[r].plan;
            two_sections(&ng, big, rows[r].sized);
            write_whole_file(in, esi_buf_slice(&ng.bytes));
            copy(in, out, rows[r].filter, &plan);
            struct esi_buf got = read_whole_file(out);
            int first = state_of(esi_buf_slice(&got), 0), second = state_of(esi_buf_slice(&got), 1);
            cr_assert(first == rows[r].first && second == rows[r].second, "%s: %d, %d",
                      rows[r].what, first, second);
            bool same = plan.frame == 0 && (second & CUSTOM);
            cr_assert(esi_slice_eq(esi_buf_slice(&got), esi_buf_slice(&ng.bytes)) == same, "%s",
                      rows[r].what);
            esi_buf_free(&got);
            esi_buf_free(&ng.bytes);
        }
    temp_folder_free(folder);
}

/* A block that is told in parts, around it small ones. */
Test(rewrite_pcapng, huge_blocks)
{
    enum { HUGE = 17 << 20 };
    static const struct {
        const char *what;
        uint32_t type;
        int spoilt; /* 1: its second length is wrong; 2: the file ends in it */
        bool drop, there;
    } rows[] = {
        {"custom", 0xbad, 0, false, true},
        {"unknown", 0x1234, 0, true, true},
        {"not to be copied, and nothing changes", 0x40000bad, 0, false, true},
        {"not to be copied, and a frame is dropped", 0x40000bad, 0, true, false},
        {"spoilt", 0xbad, 1, false, false},
        {"cut off", 0xbad, 2, false, false},
    };
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in"), *out = temp_path(folder, "out.pcapng");
    struct esi_slice body = {malloc(HUGE), HUGE};

    for (size_t b = 0; b < body.len; b++)
        ((uint8_t *)body.ptr)[b] = (uint8_t)(b % 251);
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct ng ng = {0}, want = {0};
        struct plan plan = {rows[r].drop ? 1 : 0, {.drop = true}};
        ng_section(&ng, false);
        ng_interface(&ng, 1, 0, NONE);
        esi_buf_append(&want.bytes, esi_buf_slice(&ng.bytes));
        ng_frame(&ng, 0, 1, text, 21, NONE);
        if (!rows[r].drop)
            ng_frame(&want, 0, 1, text, 21, NONE);
        ng_block(&ng, rows[r].type, body);
        if (rows[r].there)
            ng_block(&want, rows[r].type, body);
        if (rows[r].spoilt == 1)
            ng.bytes.data[ng.bytes.len - 1]++;
        if (rows[r].spoilt == 2) {
            ng.bytes.len -= 100;
        } else {
            ng_frame(&ng, 0, 2, text, 21, NONE);
            ng_frame(&want, 0, 2, text, 21, NONE);
        }
        write_whole_file(in, esi_buf_slice(&ng.bytes));
        copy(in, out, NULL, &plan);
        struct esi_buf got = read_whole_file(out);
        cr_assert(esi_slice_eq(esi_buf_slice(&got), esi_buf_slice(&want.bytes)), "%s: %zu for %zu",
                  rows[r].what, got.len, want.bytes.len);
        esi_buf_free(&got);
        esi_buf_free(&ng.bytes);
        esi_buf_free(&want.bytes);
    }
    free((void *)body.ptr);
    temp_folder_free(folder);
}

static void
append(struct esi_buf *out, const struct ng *ng)
{
    esi_buf_append(out, esi_buf_slice(&ng->bytes));
}

/* Damaged places are left out, and what stands around them is not. */
Test(rewrite_pcapng, damaged_places)
{
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in"), *out = temp_path(folder, "out.pcapng");

    for (unsigned big = 0; big < 2; big++) {
        struct ng good = {0}, frame = {.big = big}, foreign = {0};
        struct esi_buf is = {0}, want = {0};
        ng_section(&good, big);
        ng_interface(&good, 1, 0, NONE);
        ng_block(&good, 4, ESI_LIT("names"));
        ng_frame(&frame, 0, 1, text, 21, NONE);
        ng_section(&foreign, big);
        foreign.bytes.data[12 + big] = 2; /* of version 2 */
        ng_interface(&foreign, 1, 0, NONE);
        ng_frame(&foreign, 0, 1, text, 21, NONE);
        append(&is, &good);
        append(&is, &frame);
        esi_buf_text(&is, "rubbish");
        append(&is, &frame);
        append(&is, &foreign);
        append(&want, &good);
        append(&want, &frame);
        append(&want, &frame);
        append(&is, &good);
        append(&want, &good);
        append(&is, &frame);
        append(&want, &frame);
        esi_buf_append(&is, esi_slice_cut(esi_buf_slice(&frame.bytes), 0, 30));
        write_whole_file(in, esi_buf_slice(&is));
        copy(in, out, NULL, &(struct plan){0});
        struct esi_buf got = read_whole_file(out);
        cr_assert(esi_slice_eq(esi_buf_slice(&got), esi_buf_slice(&want)), "big-endian %u: %zu",
                  big, got.len);
        esi_buf_free(&got);
        esi_buf_free(&is);
        esi_buf_free(&want);
        esi_buf_free(&good.bytes);
        esi_buf_free(&frame.bytes);
        esi_buf_free(&foreign.bytes);
    }
    temp_folder_free(folder);
}

static void
everywhere(void *ctx, const struct esi_frame *frame, struct ng_fate *out)
{
    (void)frame;
    out->comment = *(const struct esi_slice *)ctx;
}

/* What can hold no comment is counted; saying it twice is saying it once. */
Test(rewrite_pcapng, comments)
{
    static const struct {
        enum esi_rewrite_format format;
        uint64_t lost;
    } rows[] = {{ESI_REWRITE_PCAPNG, 1}, {ESI_REWRITE_PCAP, 3}};
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in"), *once = temp_path(folder, "once"),
               *twice = temp_path(folder, "twice");
    struct ng ng = {0};
    struct esi_slice comment = ESI_LIT("esi verdict=mask \xc3\xa9");

    ng_section(&ng, false);
    ng_interface(&ng, 1, 0, NONE);
    ng_frame(&ng, 0, 1, text, 21, NONE);
    ng_block(&ng, 3, ESI_LIT("\x04\0\0\0four"));
    ng_frame(&ng, 0, 3, text, 21, NONE);
    write_whole_file(in, esi_buf_slice(&ng.bytes));
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        uint64_t lost = 0;
        struct esi_error err = {0};
        struct ng_copy how = {.paths = &in,
                              .count = 1,
                              .out = once,
                              .format = rows[r].format,
                              .fate = everywhere,
                              .ctx = &comment};
        cr_assert(ng_copy(&how, &lost, &err), "%s", err.text);
        cr_assert_eq(lost, rows[r].lost);
        how.paths = &once;
        how.out = twice;
        cr_assert(ng_copy(&how, &lost, &err), "%s", err.text);
        struct esi_buf a = read_whole_file(once), b = read_whole_file(twice);
        cr_assert(esi_slice_eq(esi_buf_slice(&a), esi_buf_slice(&b)), "format %d", rows[r].format);
        esi_buf_free(&a);
        esi_buf_free(&b);
    }
    esi_buf_free(&ng.bytes);
    temp_folder_free(folder);
}
