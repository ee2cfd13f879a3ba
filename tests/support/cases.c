/*
 * cases.c - case files: settings, a conversation, what the firewall does about it.
 *
 * A reader of a little language for people who write tests: it says line and reason for anything
 * that it does not understand, and knows nothing of SMTP.
 */
#define _GNU_SOURCE /* memrchr */
#include "cases.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPEAT_MOST = 1000000 }; /* a slip of the finger, beyond */

struct reader {
    struct test_case *test;
    const char *path;
    unsigned line;
    struct esi_error *err;
};

static bool
wrong(const struct reader *reader, const char *what, struct esi_slice text)
{
    return esi_error_set(reader->err, "%s:%u: %s: %.*s", reader->path, reader->line, what,
                         (int)text.len, (const char *)text.ptr);
}

static bool
starts(struct esi_slice text, const char *with)
{
    return text.len >= strlen(with) && memcmp(text.ptr, with, strlen(with)) == 0;
}

static bool
is(struct esi_slice text, const char *what)
{
    return esi_slice_eq(text, esi_slice_of(what));
}

/* number - takes decimal digits off the front of the text; false if there are none, or too many. */
static bool
number(struct esi_slice *text, uint64_t *out)
{
    size_t n = 0;

    for (*out = 0; n < text->len && text->ptr[n] >= '0' && text->ptr[n] <= '9'; n++)
        if ((*out = *out * 10 + (uint64_t)(text->ptr[n] - '0')) > REPEAT_MOST)
            return false;
    *text = esi_slice_cut(*text, n, text->len);
    return n > 0;
}

/* ---- the text of a line ---- */

static int
hex(uint8_t digit)
{
    const char *digits = "0123456789abcdef", *at;

    at = digit == 0 ? NULL : strchr(digits, digit | (digit >= 'A' && digit <= 'F' ? 0x20 : 0));
    return at ? (int)(at - digits) : -1;
}

/* escape - the byte behind a backslash; *used is how many characters spell it. -1: no such. */
static int
escape(struct esi_slice text, size_t *used)
{
    static const char names[] = "rnt0\\{", bytes[] = "\r\n\t\0\\{";
    const char *at = text.len > 0 && text.ptr[0] ? strchr(names, text.ptr[0]) : NULL;

    *used = 1;
    if (at)
        return bytes[at - names];
    if (text.len < 3 || text.ptr[0] != 'x' || hex(text.ptr[1]) < 0 || hex(text.ptr[2]) < 0)
        return -1;
    *used = 3;
    return hex(text.ptr[1]) * 16 + hex(text.ptr[2]);
}

static bool expand(const struct reader *reader, struct esi_slice text, uint64_t round,
                   struct esi_buf *out);

/* repeat - "text*40", what stands between braces. */
static bool
repeat(const struct reader *reader, struct esi_slice inside, uint64_t round, struct esi_buf *out)
{
    const uint8_t *star = inside.len > 0 ? memrchr(inside.ptr, '*', inside.len) : NULL;
    struct esi_slice text, times;
    uint64_t n;

    if (!star)
        return wrong(reader, "no * between braces", inside);
    text = esi_slice_cut(inside, 0, (size_t)(star - inside.ptr));
    times = esi_slice_cut(inside, text.len + 1, inside.len);
    if (!number(&times, &n) || times.len > 0)
        return wrong(reader, "no number of times between braces", inside);
    while (n-- > 0)
        if (!expand(reader, text, round, out))
            return false;
    return true;
}

/* expand - a line's text to bytes; %d becomes `round`, unless that is 0. */
static bool
expand(const struct reader *reader, struct esi_slice text, uint64_t round, struct esi_buf *out)
{
    for (size_t at = 0; at < text.len; at++) {
        struct esi_slice rest = esi_slice_cut(text, at, text.len);

        if (rest.ptr[0] == '\\') {
            size_t used;
            int byte = escape(esi_slice_cut(rest, 1, rest.len), &used);

            if (byte < 0)
                return wrong(reader, "no such escape", rest);
            esi_buf_byte(out, (uint8_t)byte);
            at += used;
        } else if (rest.ptr[0] == '{') {
            const uint8_t *end = memchr(rest.ptr, '}', rest.len);

            if (!end)
                return wrong(reader, "no } to this {", rest);
            if (!repeat(reader, esi_slice_cut(rest, 1, (size_t)(end - rest.ptr) - 1), round, out))
                return false;
            at += (size_t)(end - rest.ptr);
        } else if (round > 0 && starts(rest, "%d")) {
            esi_buf_number(out, round);
            at++;
        } else {
            esi_buf_byte(out, rest.ptr[0]);
        }
    }
    return true;
}

/* ---- the conversation ---- */

static struct talk_step *
new_step(struct test_case *test, enum talk_kind kind, enum esi_dir dir)
{
    struct talk_step *step;

    test->steps = esi_grow(test->steps, &test->cap, test->count + 1, sizeof *test->steps);
    step = &test->steps[test->count++];
    step->kind = kind;
    step->dir = dir;
    return step;
}

/* joined - the segment above, if a `C&:` line may go on with it. */
static struct talk_step *
joined(struct test_case *test, enum esi_dir dir)
{
    struct talk_step *last = test->count > 0 ? &test->steps[test->count - 1] : NULL;

    return last && last->kind == TALK_BYTES && last->dir == dir ? last : NULL;
}

/* said - "&*120: text", behind the letter of who said it. */
static bool
said(const struct reader *reader, enum esi_dir dir, struct esi_slice rest)
{
    bool join = starts(rest, "&"), crlf = true, counted;
    uint64_t rounds = 1;

    rest = esi_slice_cut(rest, join, rest.len);
    counted = starts(rest, "*");
    rest = esi_slice_cut(rest, counted, rest.len);
    if ((counted && !number(&rest, &rounds)) || !starts(rest, ":"))
        return wrong(reader, "not a line of the conversation", rest);
    rest = esi_slice_cut(rest, starts(rest, ": ") ? 2 : 1, rest.len);
    if (rest.len > 0 && rest.ptr[rest.len - 1] == '\\' &&
        (rest.len == 1 || rest.ptr[rest.len - 2] != '\\')) {
        crlf = false;
        rest.len--;
    }
    for (uint64_t round = 1; round <= rounds; round++) {
        struct talk_step *step = join ? joined(reader->test, dir) : NULL;

        if (join && !step)
            return wrong(reader, "no segment above to join", rest);
        if (!step)
            step = new_step(reader->test, TALK_BYTES, dir);
        if (!expand(reader, rest, counted ? round : 0, &step->bytes))
            return false;
        if (crlf)
            esi_buf_append(&step->bytes, ESI_LIT("\r\n"));
    }
    return true;
}

static bool
hole(const struct reader *reader, enum esi_dir dir, struct esi_slice rest)
{
    struct talk_step *step = new_step(reader->test, TALK_HOLE, dir);
    struct esi_slice size = esi_slice_cut(rest, 2, rest.len);

    if (!number(&size, &step->hole) || size.len > 0 || step->hole == 0)
        return wrong(reader, "no size of a hole", rest);
    return true;
}

static bool
read_talk(const struct reader *reader, struct esi_slice line)
{
    enum esi_dir dir = starts(line, "C") ? ESI_TO_SERVER : ESI_TO_CLIENT;
    struct esi_slice rest = esi_slice_cut(line, 1, line.len);

    if (line.len == 0 || starts(line, "#"))
        return true;
    if (!starts(line, "C") && !starts(line, "S"))
        return wrong(reader, "begins neither with C nor with S", line);
    if (is(rest, "."))
        return new_step(reader->test, TALK_FIN, dir);
    if (is(rest, "!"))
        return new_step(reader->test, TALK_RST, dir);
    if (starts(rest, "? "))
        return hole(reader, dir, rest);
    return said(reader, dir, rest);
}

/* ---- the file ---- */

static bool
read_setting(const struct reader *reader, struct esi_slice line)
{
    struct test_case *test = reader->test;

    if (line.len == 0 || starts(line, "#"))
        return true;
    if (starts(line, "platform ") && line.len - 9 < sizeof test->platform) {
        memcpy(test->platform, line.ptr + 9, line.len - 9);
        test->platform[line.len - 9] = '\0';
        return true;
    }
    if (is(line, "midstream"))
        return test->midstream = true;
    if (is(line, "turns"))
        return test->turns = true;
    if (is(line, "words"))
        return test->words = true;
    if (starts(line, "knob ") && test->knob_count < ESI_COUNT(test->knobs)) {
        test->knobs[test->knob_count++] = strndup((const char *)line.ptr + 5, line.len - 5);
        return true;
    }
    esi_buf_append(&test->config, line);
    return test->configured = true;
}

static bool
read_file(const char *path, struct esi_buf *out, struct esi_error *err)
{
    uint8_t block[65536];
    size_t n;
    FILE *in = fopen(path, "rb");

    if (!in)
        return esi_error_set(err, "%s: %s", path, strerror(errno));
    while ((n = fread(block, 1, sizeof block, in)) > 0)
        esi_buf_append(out, (struct esi_slice){block, n});
    fclose(in);
    return true;
}

/* next_line - takes a line off the front of the text, without its LF. */
static struct esi_slice
next_line(struct esi_slice *text)
{
    const uint8_t *lf = memchr(text->ptr, '\n', text->len);
    struct esi_slice line = *text;

    if (lf)
        line.len = (size_t)(lf - text->ptr);
    *text = esi_slice_cut(*text, line.len + (lf != NULL), text->len);
    return line;
}

bool
case_read(struct test_case *out, const char *path, struct esi_error *err)
{
    struct reader reader = {.test = out, .path = path, .err = err};
    struct esi_slice text;
    unsigned part = 0;

    snprintf(out->path, sizeof out->path, "%s", path);
    if (!read_file(path, &out->text, err))
        return false;
    text = esi_buf_slice(&out->text);
    while (part < 2 && text.len > 0) {
        struct esi_slice line = next_line(&text);

        reader.line++;
        if (is(line, "---"))
            part++;
        else if (!(part == 0 ? read_setting(&reader, line) : read_talk(&reader, line)))
            return false;
        if (part == 0)
            esi_buf_byte(&out->config, '\n');
    }
    out->expected_at = out->text.len - text.len;
    return part == 2 || esi_error_set(err, "%s: not three parts divided by ---", path);
}

/* case_config - NULL: it has none, or it is wrong. */
static struct esi_config *
case_config(const struct test_case *test, struct esi_error *err)
{
    struct esi_config *config = esi_config_new();
    const char *name = strrchr(test->path, '/');

    esi_config_read(config, name ? name + 1 : test->path, esi_buf_slice(&test->config));
    for (size_t i = 0; i < config->diags_count; i++) {
        const struct esi_diag *diag = &config->diags[i];
        if (diag->kind != ESI_DIAG_ERROR && !diag->not_understood)
            continue;
        esi_error_set(err, "%s:%u: %s", test->path, diag->at.line, diag->text);
        esi_config_free(config);
        return NULL;
    }
    return config;
}

struct esi_policy *
case_policy(const struct test_case *test, struct esi_error *err)
{
    struct esi_ports ports = {0};
    struct esi_config *config = test->configured ? case_config(test, err) : NULL;

    if (test->configured && !config)
        return NULL;
    esi_ports_add(&ports, 25);
    return esi_policy_new(
        &(struct esi_policy_options){.config = config,
                                     .platform = test->platform[0] ? test->platform : NULL,
                                     .knobs = (const char *const *)test->knobs,
                                     .knob_count = test->knob_count,
                                     .ports = &ports},
        err);
}

struct esi_slice
case_expected(const struct test_case *test)
{
    return esi_slice_cut(esi_buf_slice(&test->text), test->expected_at, test->text.len);
}

bool
case_update(const struct test_case *test, struct esi_slice got, struct esi_error *err)
{
    FILE *out = fopen(test->path, "wb");
    bool ok;

    if (!out)
        return esi_error_set(err, "%s: %s", test->path, strerror(errno));
    ok = fwrite(test->text.data, 1, test->expected_at, out) == test->expected_at &&
         fwrite(got.ptr, 1, got.len, out) == got.len;
    if (fclose(out) != 0 || !ok)
        return esi_error_set(err, "%s: could not be written", test->path);
    return true;
}

void
case_free(struct test_case *test)
{
    for (size_t i = 0; i < test->count; i++)
        esi_buf_free(&test->steps[i].bytes);
    free(test->steps);
    for (size_t i = 0; i < test->knob_count; i++)
        free(test->knobs[i]);
    esi_buf_free(&test->config);
    esi_buf_free(&test->text);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

size_t
case_each(const char *folder, void (*fn)(void *ctx, const char *path), void *ctx)
{
    char *roots[] = {esi_strdup(folder), NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    size_t count = 0;

    for (FTSENT *entry; tree && (entry = fts_read(tree)) != NULL;) {
        size_t len = entry->fts_namelen;

        if (entry->fts_info == FTS_F && len > 5 &&
            strcmp(entry->fts_name + len - 5, ".case") == 0) {
            fn(ctx, entry->fts_path);
            count++;
        }
    }
    if (tree)
        fts_close(tree);
    free(roots[0]);
    return count;
}
