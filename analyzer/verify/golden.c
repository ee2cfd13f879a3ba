/*
 * golden.c - the whole output of a case, compared with a file that was right.
 *
 * Both are read a line at a time. Where they part, records are matched by what they are about (the
 * stream, and the place in it), a little way ahead, and then compared field by field: so that a
 * verdict more or less is told as that, and not as a difference of all that follows.
 */
#define _DEFAULT_SOURCE /* getline */
#include <errno.h>
#include <stdlib.h>

#include "verify_internal.h"

enum {
    AHEAD_MOST = 256, /* lines of the file that are looked at for a record */
    TOLD_MOST = 20    /* differences that are told; the others are counted */
};

struct line {
    char *text;
    size_t len;
    uint64_t key; /* 0: not made yet */
};

struct esi_golden {
    const char *path;
    FILE *old;   /* NULL: there is none */
    bool accept; /* writes to `output` */
    struct esi_output output;
    bool same;
    int error;                     /* errno of reading or writing */
    struct line ahead[AHEAD_MOST]; /* of the file, read and not matched yet */
    size_t ahead_count;
    struct record was, now;
    uint64_t differences;
    struct esi_buf told;
};

struct esi_golden *
esi_golden_open(const char *path, bool accept, struct esi_error *err)
{
    FILE *old = fopen(path, "rb");

    if (!old && errno != ENOENT) {
        esi_error_set(err, "%s: cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    struct esi_golden *golden = esi_alloc(sizeof *golden);
    golden->path = path;
    golden->old = old;
    golden->accept = accept;
    golden->same = old != NULL;
    if (!accept || esi_output_open(&golden->output, path, err))
        return golden;
    if (old)
        fclose(old);
    free(golden);
    return NULL;
}

/* ---- lines ---- */

/* read_line - of the file, without its end. False: no more. */
static bool
read_line(struct esi_golden *golden, struct line *line)
{
    size_t cap = 0;

    *line = (struct line){0};
    if (!golden->old)
        return false;
    errno = 0;
    ssize_t len = getline(&line->text, &cap, golden->old);
    if (len < 0) {
        if (ferror(golden->old))
            golden->error = errno != 0 ? errno : EIO;
        free(line->text);
        *line = (struct line){0};
        return false;
    }
    line->len = (size_t)len;
    if (line->len > 0 && line->text[line->len - 1] == '\n')
        line->len--;
    if (line->len > 0 && line->text[line->len - 1] == '\r') /* of a checkout that made it one */
        line->len--;
    return true;
}

static struct esi_slice
slice_of(const struct line *line)
{
    return (struct esi_slice){(const uint8_t *)line->text, line->len};
}

/* look_ahead - whether there is a line at that place. */
static bool
look_ahead(struct esi_golden *golden, size_t place)
{
    if (place >= AHEAD_MOST)
        return false;
    while (golden->ahead_count <= place) {
        if (!read_line(golden, &golden->ahead[golden->ahead_count]))
            return false;
        golden->ahead_count++;
    }
    return true;
}

static void
pass_line(struct esi_golden *golden)
{
    free(golden->ahead[0].text);
    golden->ahead_count--;
    memmove(golden->ahead, golden->ahead + 1, golden->ahead_count * sizeof golden->ahead[0]);
}

/* ---- records ---- */

static uint64_t
mix(uint64_t key, const char *text)
{
    for (; *text != '\0'; text++) /* FNV-1a */
        key = (key ^ (uint8_t)*text) * 0x100000001b3;
    return (key ^ 0xff) * 0x100000001b3;
}

/* key_of - what the record is about; never 0. */
static uint64_t
key_of(const struct record *record)
{
    static const char *const parts[] = {
        "event_type",     "tcp_stream",     "verdict.direction", "verdict.offset",
        "verdict.what",   "smtp.direction", "smtp.offset",       "smtp.what",
        "session.number", "server_ip",      "server_port",
    };
    const struct value *capture = record_find(record, "capture.frames");
    const struct value *file = record_find(record, "pcap_filename");
    uint64_t key = 0xcbf29ce484222325;

    for (size_t i = 0; i < ESI_COUNT(parts); i++) {
        const struct value *value = record_find(record, parts[i]);
        char number[32] = "";

        if (value && value->kind == VALUE_NUMBER)
            snprintf(number, sizeof number, "%lld", (long long)value->number);
        key = mix(key, value && value->kind == VALUE_TEXT ? value->text : number);
    }
    if (capture && file && file->kind == VALUE_TEXT)
        key = mix(key, file->text);
    return key != 0 ? key : 1;
}

static uint64_t
line_key(struct esi_golden *golden, struct line *line)
{
    if (line->key == 0)
        line->key = record_read(&golden->was, slice_of(line)) ? key_of(&golden->was) : 1;
    return line->key;
}

/* tell - false if enough was told. */
static bool
tell(struct esi_golden *golden, const struct record *record, const char *line)
{
    struct esi_buf name = {0};

    if (golden->differences++ >= TOLD_MOST)
        return false;
    record_name(record, &name);
    if (name.len == 0)
        esi_buf_append(&name, esi_slice_cut(esi_slice_of(line), 0, SHOWN_MOST));
    say_text(&golden->told, 2, true, "record", esi_buf_slice(&name));
    esi_buf_free(&name);
    return true;
}

static void
tell_value(struct esi_golden *golden, const char *key, const struct leaf *leaf)
{
    struct esi_buf words = {0};

    if (leaf)
        value_words(&leaf->value, &words);
    else
        esi_buf_text(&words, "(not there)");
    say_text(&golden->told, 3, false, key, esi_buf_slice(&words));
    esi_buf_free(&words);
}

static void
tell_field(struct esi_golden *golden, const struct leaf *was, const struct leaf *now)
{
    if (!tell(golden, &golden->now, ""))
        return;
    say_text(&golden->told, 3, false, "field", esi_slice_of(was ? was->path : now->path));
    tell_value(golden, "was", was);
    tell_value(golden, "now", now);
}

/* match_leaf - the first unmatched leaf of that path, from `from` on, then from the start. */
static const struct leaf *
match_leaf(const struct record *now, const char *path, bool *matched, size_t from)
{
    for (size_t n = 0; n < now->count; n++) {
        size_t i = (from + n) % now->count;

        if (!matched[i] && strcmp(now->leaves[i].path, path) == 0) {
            matched[i] = true;
            return &now->leaves[i];
        }
    }
    return NULL;
}

/* compare - `was` and `now`, field by field. */
static void
compare(struct esi_golden *golden)
{
    const struct record *was = &golden->was, *now = &golden->now;
    bool *matched = esi_alloc(now->count + 1);
    size_t at = 0;

    for (size_t i = 0; i < was->count; i++) {
        const struct leaf *leaf = match_leaf(now, was->leaves[i].path, matched, at);

        if (leaf)
            at = (size_t)(leaf - now->leaves) + 1;
        if (!leaf || !value_same(&was->leaves[i].value, &leaf->value))
            tell_field(golden, &was->leaves[i], leaf);
    }
    for (size_t i = 0; i < now->count; i++)
        if (!matched[i])
            tell_field(golden, NULL, &now->leaves[i]);
    free(matched);
}

/* compare_lines - `was` and `now`, of these lines. Leaves do not tell to which of a list's elements
 * they belong. */
static void
compare_lines(struct esi_golden *golden, struct esi_slice was, struct esi_slice now)
{
    uint64_t differences = golden->differences;

    compare(golden);
    if (golden->differences == differences && !record_same(was, now) &&
        tell(golden, &golden->now, ""))
        say_text(&golden->told, 3, false, "now",
                 ESI_LIT("the same values, but in other places of its lists"));
}

/* tell_missing - the line ahead, which nothing that came is about. */
static void
tell_missing(struct esi_golden *golden)
{
    struct line *line = &golden->ahead[0];

    if (!record_read(&golden->was, slice_of(line)))
        golden->was.count = 0;
    struct esi_buf text = {0};
    esi_buf_append(&text, esi_slice_cut(slice_of(line), 0, SHOWN_MOST));
    esi_buf_byte(&text, '\0');
    if (tell(golden, &golden->was, (const char *)text.data))
        say_text(&golden->told, 3, false, "now",
                 ESI_LIT("it did not come; the golden file has it"));
    esi_buf_free(&text);
    pass_line(golden);
}

/* match - what came, with what the file has; it is not its next line. */
static void
match(struct esi_golden *golden, struct esi_slice line)
{
    size_t place = 0;

    record_read(&golden->now, line);
    uint64_t key = key_of(&golden->now);
    while (look_ahead(golden, place) && line_key(golden, &golden->ahead[place]) != key)
        place++;
    if (place >= golden->ahead_count) {
        if (tell(golden, &golden->now, ""))
            say_text(&golden->told, 3, false, "was", ESI_LIT("it is not in the golden file"));
        return;
    }
    for (; place > 0; place--)
        tell_missing(golden);
    if (record_read(&golden->was, slice_of(&golden->ahead[0])))
        compare_lines(golden, slice_of(&golden->ahead[0]), line);
    pass_line(golden);
}

void
esi_golden_line(struct esi_golden *golden, struct esi_slice line)
{
    bool next = look_ahead(golden, 0) && esi_slice_eq(slice_of(&golden->ahead[0]), line);

    if (golden->accept) {
        FILE *out = golden->output.file;

        golden->same = golden->same && next;
        errno = 0;
        if (fwrite(line.ptr, 1, line.len, out) != line.len || fputc('\n', out) == EOF)
            golden->error = errno != 0 ? errno : EIO;
        if (golden->ahead_count > 0)
            pass_line(golden);
    } else if (next) {
        pass_line(golden);
    } else if (golden->old) {
        match(golden, line);
    }
}

/* ---- the end ---- */

static enum esi_golden_end
end_accepting(struct esi_golden *golden, bool keep, struct esi_error *err)
{
    bool same = golden->same && !look_ahead(golden, 0);

    errno = 0;
    if (fclose(golden->output.file) != 0 && golden->error == 0)
        golden->error = errno != 0 ? errno : EIO;
    if (golden->error != 0)
        esi_error_set(err, "%s: cannot be written: %s", golden->path, strerror(golden->error));
    if (golden->error == 0 && keep && !same && esi_output_keep(&golden->output, err))
        return ESI_GOLDEN_WRITTEN;
    esi_output_drop(&golden->output);
    return golden->error == 0 && (same || !keep) ? ESI_GOLDEN_SAME : ESI_GOLDEN_BROKEN;
}

static enum esi_golden_end
end_comparing(struct esi_golden *golden, struct esi_buf *why, struct esi_error *err)
{
    while (look_ahead(golden, 0))
        tell_missing(golden);
    if (golden->error != 0) {
        esi_error_set(err, "%s: cannot be read: %s", golden->path, strerror(golden->error));
        return ESI_GOLDEN_BROKEN;
    }
    if (golden->old && golden->differences == 0)
        return ESI_GOLDEN_SAME;
    say_text(why, 0, true, "golden", esi_slice_of(golden->path));
    if (!golden->old) {
        say_text(why, 1, false, "missing", ESI_LIT("there is no such file; --accept makes it"));
        return ESI_GOLDEN_DIFFERS;
    }
    say_number(why, 1, false, "differences", golden->differences);
    say_key(why, 1, golden->differences > TOLD_MOST ? "the_first" : "these");
    esi_buf_append(why, esi_buf_slice(&golden->told));
    return ESI_GOLDEN_DIFFERS;
}

enum esi_golden_end
esi_golden_close(struct esi_golden *golden, bool keep, struct esi_buf *why, struct esi_error *err)
{
    enum esi_golden_end end =
        golden->accept ? end_accepting(golden, keep, err) : end_comparing(golden, why, err);

    for (size_t i = 0; i < golden->ahead_count; i++)
        free(golden->ahead[i].text);
    if (golden->old)
        fclose(golden->old);
    record_drop(&golden->was);
    record_drop(&golden->now);
    esi_buf_free(&golden->told);
    free(golden);
    return end;
}
