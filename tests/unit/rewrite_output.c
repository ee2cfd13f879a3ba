/* rewrite_output.c - the output file: its name, its header, and that it is never half a file. */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "esi/rewrite.h"

#include "support/frames.h"

enum { NO_CAPTURE = -1, SNAPLEN_AT = 16, LINKTYPE_AT = 20, HEAD = 24, RECORD = 16 };

static const struct frame_spec spec = {.payload = {(const uint8_t *)"QUIT\r\n", 6}, .seq = 7};

/* An input file: `frames` frames of that link, or rubbish. */
struct in {
    int link;
    unsigned frames;
    uint32_t snaplen;
    bool nanosecond;
};

static void
make_input(const struct in *in, const char *path, unsigned place)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_spec frame = spec;
    struct frame_file file;

    frame.link = in->link == NO_CAPTURE ? FRAME_ETHERNET : (enum frame_link)in->link;
    size_t len = frame_build(bytes, &frame);
    frame_file_open(&file, path, frame_linktype(frame.link), in->snaplen, in->nanosecond);
    file.now += (esi_nanos)place * 1000000000;
    for (unsigned f = 0; f < in->frames; f++)
        frame_file_add(&file, bytes, len, 0);
    if (in->link == NO_CAPTURE) {
        rewind(file.file);
        fputs("rubbish", file.file);
    }
    frame_file_close(&file);
}

struct run {
    struct esi_rewrite_stats stats;
    struct esi_error err;
    bool usage, done;
};

static enum esi_rewrite_format format = ESI_REWRITE_PCAP; /* of the run */

static struct run
run(const char *const *paths, size_t count, const char *filter, const char *out)
{
    struct run run = {0};
    struct esi_ports ports = {0};
    struct esi_frame frame;
    struct esi_plan *plan = esi_plan_new();
    struct esi_capture *capture = esi_capture_open(paths, count, filter, true, &run.err);

    cr_assert_not_null(capture, "%s", run.err.text);
    esi_ports_add(&ports, 25);
    esi_plan_seal(plan);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        ;
    run.done = esi_rewrite(
        &(struct esi_rewrite_config){
            .capture = capture, .plan = plan, .ports = &ports, .out = out, .format = format},
        &run.stats, &run.usage, &run.err);
    esi_capture_close(capture);
    esi_plan_free(plan);
    return run;
}

static size_t
files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;

    cr_assert_not_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2;
}

static uint32_t
word_at(const struct esi_buf *bytes, size_t at)
{
    uint32_t word = 0;

    if (at + sizeof word <= bytes->len)
        memcpy(&word, bytes->data + at, sizeof word);
    return word;
}

Test(rewrite_output, header_fits_all_inputs)
{
    static const struct {
        const char *what;
        struct in in[2];
        bool done, usage;
        uint32_t magic, snaplen, linktype;
        unsigned frames;
    } rows[] = {
        {"one", {{FRAME_ETHERNET, 2, 96, false}}, true, false, 0xa1b2c3d4, 96, 1, 2},
        {"larger snap length and finer time win",
         {{FRAME_ETHERNET, 1, 200, true}, {FRAME_VLAN, 1, 300, false}},
         true,
         false,
         0xa1b23c4d,
         300,
         1,
         2},
        {"a frame longer than the snap length",
         {{FRAME_ETHERNET, 1, 20, false}},
         true,
         false,
         0xa1b2c3d4,
         60,
         1,
         1},
        {"no snap length", {{FRAME_RAW, 1, 0, false}}, true, false, 0xa1b2c3d4, 262144, 101, 1},
        {"too large a one",
         {{FRAME_RAW, 1, 2147483647, false}},
         true,
         false,
         0xa1b2c3d4,
         262144,
         101,
         1},
        {"no frames", {{FRAME_COOKED, 0, 96, false}}, true, false, 0xa1b2c3d4, 96, 113, 0},
        {"two link types",
         {{FRAME_ETHERNET, 1, 96, false}, {FRAME_RAW, 1, 96, false}},
         false,
         true,
         0,
         0,
         0,
         0},
        {"two link types, one without frames",
         {{FRAME_ETHERNET, 0, 96, false}, {FRAME_RAW, 1, 96, false}},
         true,
         false,
         0xa1b2c3d4,
         96,
         101,
         1},
        {"rubbish beside a capture",
         {{NO_CAPTURE, 1, 96, false}, {FRAME_RAW, 1, 96, false}},
         true,
         false,
         0xa1b2c3d4,
         96,
         101,
         1},
        {"rubbish", {{NO_CAPTURE, 1, 96, false}}, false, false, 0, 0, 0, 0},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        char *folder = temp_folder_new();
        const char *paths[2] = {temp_path(folder, "0"), temp_path(folder, "1")};
        const char *out = temp_path(folder, "out.pcap");
        size_t count = rows[r].in[1].snaplen > 0 ? 2 : 1;

        for (unsigned i = 0; i < count; i++)
            make_input(&rows[r].in[i], paths[i], i);
        struct run got = run(paths, count, NULL, out);
        struct esi_buf bytes = read_whole_file(out);
        size_t len = rows[r].done ? HEAD : 0;
        for (unsigned f = 0; f < rows[r].frames; f++)
            len += RECORD + word_at(&bytes, len + 8);
        cr_assert_eq(got.done, rows[r].done, "%s: %s", rows[r].what, got.err.text);
        cr_assert_eq(got.usage, rows[r].usage, "%s", rows[r].what);
        cr_assert_eq(bytes.len, len, "%s: %zu bytes", rows[r].what, bytes.len);
        cr_assert_eq(word_at(&bytes, 0), rows[r].magic, "%s", rows[r].what);
        cr_assert_eq(word_at(&bytes, SNAPLEN_AT), rows[r].snaplen, "%s: %u", rows[r].what,
                     word_at(&bytes, SNAPLEN_AT));
        cr_assert_eq(word_at(&bytes, LINKTYPE_AT), rows[r].linktype, "%s", rows[r].what);
        cr_assert_eq(files_in(folder), count + rows[r].done, "%s: files left", rows[r].what);
        esi_buf_free(&bytes);
        temp_folder_free(folder);
    }
}

Test(rewrite_output, may_be_one_of_the_inputs)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "in.pcap"), *alias = temp_path(folder, "link");
    struct stat st;

    make_input(&(struct in){FRAME_ETHERNET, 3, 96, false}, path, 0);
    cr_assert_eq(symlink("in.pcap", alias), 0);
    struct esi_buf before = read_whole_file(path);
    umask(027);
    struct run got = run(&path, 1, NULL, alias);
    struct esi_buf after = read_whole_file(path);
    cr_assert(got.done, "%s", got.err.text);
    cr_assert(esi_slice_eq(esi_buf_slice(&before), esi_buf_slice(&after)));
    cr_assert(lstat(alias, &st) == 0 && S_ISLNK(st.st_mode), "the link is still one");
    cr_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0640, "mode %o", st.st_mode);
    cr_assert_eq(files_in(folder), 2);
    esi_buf_free(&before);
    esi_buf_free(&after);
    temp_folder_free(folder);
}

Test(rewrite_output, failure_leaves_what_was_there)
{
    static const struct {
        const char *out; /* in the folder, unless it starts with a slash */
        const char *words;
    } rows[] = {
        {"nowhere/out.pcap", "No such file or directory"},
        {"folder", "Is a directory"},
        {"/dev/full", "No space left on device"},
    };

    for (size_t r = 0; r < 2 * ESI_COUNT(rows); r++) {
        const size_t at = r % ESI_COUNT(rows);
        char *folder = temp_folder_new();
        format = r / ESI_COUNT(rows) > 0 ? ESI_REWRITE_PCAPNG : ESI_REWRITE_PCAP;
        const char *in = temp_path(folder, "in.pcap"), *sub = temp_path(folder, "folder");
        const char *out = rows[at].out[0] == '/' ? rows[at].out : temp_path(folder, rows[at].out);

        make_input(&(struct in){FRAME_ETHERNET, 3, 96, false}, in, 0);
        cr_assert_eq(mkdir(sub, 0700), 0);
        struct run got = run(&in, 1, NULL, out);
        cr_assert_not(got.done, "%s", rows[at].out);
        cr_assert_not(got.usage, "%s", rows[at].out);
        cr_assert(strstr(got.err.text, rows[at].words) && strstr(got.err.text, rows[at].out), "%s",
                  got.err.text);
        cr_assert_eq(files_in(folder), 2, "%s", rows[at].out);
        rmdir(sub);
        temp_folder_free(folder);
    }
}

Test(rewrite_output, nothing_is_left_of_half_a_file)
{
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in.pcap"), *out = temp_path(folder, "out.pcap");

    make_input(&(struct in){FRAME_ETHERNET, 3, 96, false}, in, 0);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){50, 50});
    for (unsigned f = 0; f < 2; f++) {
        format = f > 0 ? ESI_REWRITE_PCAPNG : ESI_REWRITE_PCAP;
        struct run got = run(&in, 1, NULL, out);
        cr_assert_not(got.done);
        cr_assert(strstr(got.err.text, "File too large"), "%s", got.err.text);
        cr_assert_eq(files_in(folder), 1);
    }
    temp_folder_free(folder);
}

Test(rewrite_output, filtered_frames_are_counted)
{
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in.pcap"), *out = temp_path(folder, "out.pcap");

    make_input(&(struct in){FRAME_ETHERNET, 3, 96, false}, in, 0);
    struct run got = run(&in, 1, "udp", out);
    cr_assert(got.done, "%s", got.err.text);
    cr_assert_eq(got.stats.frames_read, 3);
    cr_assert_eq(got.stats.frames_left_out, 3);
    cr_assert_eq(got.stats.frames_written, 0);
    temp_folder_free(folder);
}

/* put_words - a pcapng block, in the machine's byte order. */
static void
put_words(FILE *file, const uint32_t *words, size_t count)
{
    cr_assert_eq(fwrite(words, sizeof *words, count, file), count);
}

/* make_mixed - a pcapng file of an Ethernet and a raw interface, with a frame of each that is
 * asked for. */
static void
make_mixed(const char *path, bool ethernet, bool raw)
{
    static const uint32_t section[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX, 28},
                          interfaces[] = {1, 20, 1, 96, 20, 1, 20, 101, 65535, 20};
    FILE *file = fopen(path, "wb");

    cr_assert_not_null(file);
    put_words(file, section, ESI_COUNT(section));
    put_words(file, interfaces, ESI_COUNT(interfaces));
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t frame[] = {6, 36, i, 0, i, 4, 4, 0x45454545, 36};
        if (i == 0 ? ethernet : raw)
            put_words(file, frame, ESI_COUNT(frame));
    }
    cr_assert_eq(fclose(file), 0);
}

Test(rewrite_output, link_types_of_the_frames_count)
{
    static const struct {
        const char *what;
        bool ethernet, raw, beside_raw, done;
    } rows[] = {
        {"the first interface's", true, false, false, true},
        {"the second one's", false, true, false, true},
        {"frames of both", true, true, false, false},
        {"the second one's, and a file of the same", false, true, true, true},
        {"the first one's, and a file of another", true, false, true, false},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        char *folder = temp_folder_new();
        const char *paths[2] = {temp_path(folder, "0"), temp_path(folder, "1")};
        const char *out = temp_path(folder, "out.pcap");
        make_mixed(paths[0], rows[r].ethernet, rows[r].raw);
        make_input(&(struct in){FRAME_RAW, 1, 65535, false}, paths[1], 5);
        struct run got = run(paths, 1 + rows[r].beside_raw, NULL, out);
        struct esi_buf bytes = read_whole_file(out);
        cr_assert_eq(got.done, rows[r].done, "%s: %s", rows[r].what, got.err.text);
        cr_assert_eq(got.usage, !rows[r].done, "%s", rows[r].what);
        cr_assert(rows[r].done || strstr(got.err.text, "one link type"), "%s", got.err.text);
        cr_assert(!rows[r].done || word_at(&bytes, LINKTYPE_AT) == (rows[r].raw ? 101 : 1), "%s",
                  rows[r].what);
        esi_buf_free(&bytes);
        temp_folder_free(folder);
    }
}
