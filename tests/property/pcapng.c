/*
 * pcapng.c - laws of pcapng written from pcapng, over generated files of all kinds of blocks and
 * over every sample:
 *
 *   - where no frame changes, the output is the input, byte for byte
 *   - where some do, nothing else does (ng_compare.h)
 */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "support/frames.h"
#include "support/ng.h"
#include "support/ng_compare.h"

enum { FILES = 400, BLOCKS_MOST = 40, BYTES_MOST = 90 };

static uint32_t state; /* of the generator: numbers that are the same in every run */

static uint32_t
draw(uint32_t below)
{
    state = state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(state >> 8) * below >> 24);
}

static struct esi_slice
some_bytes(uint32_t most)
{
    static uint8_t bytes[BYTES_MOST];
    uint32_t len = draw(most + 1);

    for (uint32_t b = 0; b < len; b++)
        bytes[b] = (uint8_t)draw(256);
    return (struct esi_slice){bytes, len};
}

/* some_options - mostly good ones; sometimes their end is not told, or something stands behind. */
static void
some_options(struct esi_buf *out, bool big)
{
    static const uint16_t codes[] = {1, 1, 2, 3, 4, 5, 2988, 2989, 19372, 19373, 0x8001};
    uint32_t count = draw(4);

    for (uint32_t o = 0; o < count; o++)
        put_option(out, big, codes[draw(ESI_COUNT(codes))], some_bytes(20));
    if (draw(3) > 0)
        put_option(out, big, 0, (struct esi_slice){0});
    if (draw(8) == 0)
        put_u32(out, big, draw(UINT32_MAX)); /* most likely no option that fits */
}

struct file {
    struct ng ng;
    size_t section_at;
    uint32_t interfaces;
    bool sized;
};

static void
end_section(struct file *file)
{
    struct esi_buf length = {0};

    if (!file->sized)
        return;
    put_u32(&length, file->ng.big, 0);
    uint32_t len = (uint32_t)(file->ng.bytes.len - file->section_at - 28);
    put_u32(&length, file->ng.big, len + (draw(6) == 0 ? 4 : 0));
    if (!file->ng.big)
        for (unsigned b = 0; b < 4; b++) {
            length.data[b] = length.data[b + 4];
            length.data[b + 4] = 0;
        }
    memcpy(file->ng.bytes.data + file->section_at + 16, length.data, 8);
    esi_buf_free(&length);
}

static void
put_interface(struct file *file)
{
    struct esi_buf options = {0};
    uint8_t resolution = (uint8_t)draw(256);

    put_option(&options, file->ng.big, 9, (struct esi_slice){&resolution, 1});
    some_options(&options, file->ng.big);
    ng_interface(&file->ng, (uint16_t)(draw(2) ? 1 : draw(300)), 0, esi_buf_slice(&options));
    file->interfaces++;
    esi_buf_free(&options);
}

static void
put_section(struct file *file)
{
    file->section_at = file->ng.bytes.len;
    file->interfaces = 0;
    file->sized = draw(3) == 0;
    ng_section(&file->ng, draw(2));
    if (draw(4) > 0)
        put_interface(file);
}

/* put_packet - an Enhanced Packet Block, or the obsolete one. */
static void
put_packet(struct file *file)
{
    struct esi_buf options = {0}, type = {0};
    bool obsolete = draw(4) == 0;
    size_t at = file->ng.bytes.len;
    uint32_t interface = draw(file->interfaces);

    some_options(&options, file->ng.big);
    if (obsolete && file->ng.big)
        interface <<= 16;
    uint32_t extra = draw(3) ? 0 : draw(1000);
    struct esi_slice bytes = some_bytes(BYTES_MOST);
    ng_frame(&file->ng, interface, (uint64_t)draw(UINT32_MAX) << 20, bytes,
             (uint32_t)bytes.len + extra, esi_buf_slice(&options));
    put_u32(&type, file->ng.big, 2);
    if (obsolete)
        memcpy(file->ng.bytes.data + at, type.data, 4);
    esi_buf_free(&options);
    esi_buf_free(&type);
}

static void
put_simple(struct file *file)
{
    struct esi_buf body = {0};
    struct esi_slice bytes = some_bytes(BYTES_MOST);

    put_u32(&body, file->ng.big, (uint32_t)bytes.len);
    esi_buf_append(&body, bytes);
    ng_block(&file->ng, 3, esi_buf_slice(&body));
    esi_buf_free(&body);
}

static void
put_other(struct file *file)
{
    static const uint32_t types[] = {4,   5,     9,          10,         0xbad, 0x40000bad,
                                     0x7, 0x204, 0x80000001, 0xffffffff, 0};

    ng_block(&file->ng, types[draw(ESI_COUNT(types))], some_bytes(60));
}

static void
put_something(struct file *file)
{
    uint32_t what = draw(16);

    if (what == 0) {
        end_section(file);
        put_section(file);
    } else if (what < 3) {
        put_interface(file);
    } else if (what < 7) {
        put_other(file);
    } else if (file->interfaces > 0 && what < 9) {
        put_simple(file);
    } else if (file->interfaces > 0) {
        put_packet(file);
    }
}

static struct esi_buf
generate(void)
{
    struct file file = {0};
    uint32_t count = draw(BLOCKS_MOST);

    put_section(&file);
    for (uint32_t b = 0; b < count; b++)
        put_something(&file);
    end_section(&file);
    return file.ng.bytes;
}

/* ---- fates ---- */

struct fates {
    uint32_t seed;
    bool comments, drops, changes, made;
};

static void
fate_of(void *ctx, uint64_t number, struct ng_fate *out)
{
    static const struct esi_slice comments[] = {ESI_LIT("esi verdict=mask"), ESI_LIT("x"),
                                                ESI_LIT("esi \xe2\x98\x83 snow")};
    const struct fates *fates = ctx;
    uint32_t hash = (fates->seed + (uint32_t)number) * 2654435761U;

    out->drop = fates->drops && (hash >> 8 & 7) == 0;
    out->change = fates->changes && (hash >> 12 & 3) == 0;
    out->made = fates->made && (hash >> 16 & 15) == 0;
    if (fates->comments && (hash >> 20 & 3) == 0)
        out->comment = comments[(hash >> 24) % ESI_COUNT(comments)];
}

static void
fate_of_frame(void *ctx, const struct esi_frame *frame, struct ng_fate *out)
{
    fate_of(ctx, frame->number, out);
}

/* ---- the laws ---- */

static struct esi_buf
copied(const char *in, const char *out, struct fates *fates, const char *what)
{
    uint64_t lost = 0;
    struct esi_error err = {0};
    struct ng_copy how = {.paths = &in,
                          .count = 1,
                          .out = out,
                          .format = ESI_REWRITE_PCAPNG,
                          .fate = fates ? fate_of_frame : NULL,
                          .ctx = fates};

    cr_assert(ng_copy(&how, &lost, &err), "%s: %s", what, err.text);
    return read_whole_file(out);
}

static void
check_laws(const char *folder, const char *in, const char *what, uint32_t seed)
{
    const char *out = temp_path(folder, "out.pcapng"), *twice = temp_path(folder, "twice.pcapng");
    struct fates fates = {seed, seed & 1, seed & 2, seed & 4, seed & 8};
    struct esi_buf why = {0}, before = read_whole_file(in);
    struct esi_buf same = copied(in, out, NULL, what);

    cr_assert(esi_slice_eq(esi_buf_slice(&before), esi_buf_slice(&same)), "%s: not the same", what);
    struct esi_buf after = copied(in, out, &fates, what);
    struct esi_buf again = copied(out, twice, NULL, what);
    bool right = ng_compare(esi_buf_slice(&before), esi_buf_slice(&after), fate_of, &fates, &why);
    esi_buf_byte(&why, '\0');
    cr_assert(right, "%s, seed %u: %s", what, seed, (char *)why.data);
    cr_assert(esi_slice_eq(esi_buf_slice(&after), esi_buf_slice(&again)), "%s: twice", what);
    esi_buf_free(&before);
    esi_buf_free(&same);
    esi_buf_free(&after);
    esi_buf_free(&again);
    esi_buf_free(&why);
}

Test(pcapng, generated_files)
{
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in.pcapng");

    for (uint32_t f = 0; f < FILES; f++) {
        char what[32];
        state = f;
        struct esi_buf bytes = generate();
        write_whole_file(in, esi_buf_slice(&bytes));
        snprintf(what, sizeof what, "file %u", f);
        check_laws(folder, in, what, f);
        esi_buf_free(&bytes);
    }
    temp_folder_free(folder);
}

Test(pcapng, samples)
{
    static const char path[] = ESI_ROOT "/samples/captures";
    char *folder = temp_folder_new();
    DIR *dir = opendir(path);
    unsigned count = 0;

    cr_assert_not_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *ending = strrchr(entry->d_name, '.');
        char in[4096];
        if (!ending || strcmp(ending, ".pcapng") != 0)
            continue;
        snprintf(in, sizeof in, "%s/%s", path, entry->d_name);
        for (uint32_t seed = 1; seed < 16; seed++)
            check_laws(folder, in, entry->d_name, seed);
        count++;
    }
    closedir(dir);
    cr_assert(count > 2);
    temp_folder_free(folder);
}
