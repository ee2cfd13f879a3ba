/*
 * reader.c - a configuration file from its first line to its last, and what became of each line.
 */
#include <stdlib.h>
#include <string.h>

#include "reader_internal.h"

const char said_by_console[] = "what the console says";

struct esi_config *
esi_config_new(void)
{
    struct esi_config *config = esi_alloc(sizeof *config);

    config->index = index_new();
    return config;
}

const char *
text_of(struct reader *reader, struct esi_slice text)
{
    uint8_t *copy = esi_arena_alloc(&reader->config->arena, text.len + 1);

    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return (const char *)copy;
}

struct esi_place
place_of(const struct reader *reader)
{
    return (struct esi_place){reader->file, reader->line->number};
}

const char *
canonical(struct reader *reader, const struct args *args)
{
    struct esi_buf line = {0};

    if (args->no)
        esi_buf_text(&line, "no ");
    for (size_t i = 0; i < args->count; i++) {
        const struct arg *arg = &args->list[i];
        if (i > 0)
            esi_buf_byte(&line, ' ');
        if (arg->literal)
            esi_buf_text(&line, arg->word);
        else if (arg->type == ARGUMENT_REST)
            esi_buf_append(&line, arg->text);
        for (size_t w = 0; !arg->literal && arg->type != ARGUMENT_REST && w < arg->words; w++) {
            esi_buf_text(&line, w > 0 && arg->type != ARGUMENT_INTERFACES ? " " : "");
            esi_buf_append(&line, arg->at[w].text);
        }
    }
    const char *text = text_of(reader, esi_buf_slice(&line));
    esi_buf_free(&line);
    return text;
}

bool
check_name(struct reader *reader, const struct arg *arg, size_t most)
{
    if (arg->text.len <= most)
        return true;
    refuse(reader, arg, "a name has at most %zu characters, this one %zu", most, arg->text.len);
    return false;
}

/* is_word - the line is this one word. */
static bool
is_word(const struct text_line *line, const char *word)
{
    return line->count == 1 && esi_slice_eq_nocase(line->words[0].text, esi_slice_of(word));
}

static bool
begins_with_digit(struct esi_slice text)
{
    return text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

/* read_comment - `: ASA Version 9.1(5)`, where nothing else has named the release. */
static enum esi_line_fate
read_comment(struct reader *reader, const struct text_line *line, const char **reason)
{
    static const char *const products[] = {"ASA", "PIX", "FWSM"};

    if (line->count < 3 || reader->config->release ||
        !esi_slice_eq_nocase(line->words[1].text, ESI_LIT("Version")) ||
        !begins_with_digit(line->words[2].text))
        return ESI_LINE_EMPTY;
    for (size_t i = 0; i < ESI_COUNT(products); i++)
        if (esi_slice_eq_nocase(line->words[0].text, esi_slice_of(products[i])))
            return grammar_apply(reader, line, reason);
    return ESI_LINE_EMPTY;
}

/* is_saved - "asa: Saved": a console's word about the file. */
static bool
is_saved(const struct text_line *line)
{
    struct esi_slice host = line->words[0].text;

    return line->count == 2 && host.len > 0 && host.ptr[host.len - 1] == ':' &&
           esi_slice_eq_nocase(line->words[1].text, ESI_LIT("Saved"));
}

/* is_message - "%ASA-5-111008: ...", "ERROR: ...", and the mark below what a console did not
 * understand: written between what was typed, and part of nothing. */
static bool
is_message(const struct text_line *line)
{
    static const char *const words[] = {"%", "^", "ERROR:", "INFO:", "WARNING:"};
    const struct word *first = &line->words[0];

    for (size_t i = 0; i < ESI_COUNT(words) && !first->quoted; i++)
        if (esi_slice_eq(esi_slice_cut(first->text, 0, strlen(words[i])), esi_slice_of(words[i])))
            return true;
    return false;
}

static enum esi_line_fate
read_command(struct reader *reader, const struct text_line *line, const char **reason)
{
    if (is_message(line)) {
        *reason = said_by_console;
        return ESI_LINE_ASIDE;
    }
    if (is_word(line, "end")) {
        reader->mode = MODE_GLOBAL;
        return ESI_LINE_UNDERSTOOD;
    }
    if (is_word(line, "exit") || is_word(line, "quit")) {
        if (reader->mode != MODE_FOREIGN || line->indent <= reader->indents[MODE_FOREIGN])
            reader->mode = mode_parent(reader->mode); /* else of a part of it */
        return ESI_LINE_UNDERSTOOD;
    }
    enum esi_line_fate fate = grammar_apply(reader, line, reason);
    if (fate == ESI_LINE_ASIDE)
        block_begin(reader, line);
    return fate;
}

static enum esi_line_fate
read_line(struct reader *reader, const struct text_line *line, const char **reason)
{
    if (block_holds(reader, line, reason))
        return ESI_LINE_ASIDE;
    if (line->prompt && line->prompt_global)
        reader->mode = MODE_GLOBAL;
    if (line->count == 0 || is_saved(line))
        return ESI_LINE_EMPTY;
    return line->comment ? read_comment(reader, line, reason) : read_command(reader, line, reason);
}

static void
add_line(struct esi_config *config, struct esi_line line)
{
    config->lines =
        esi_grow(config->lines, &config->lines_cap, config->lines_count + 1, sizeof *config->lines);
    config->lines[config->lines_count++] = line;
}

static void
read_lines(struct reader *reader, struct text_line *line)
{
    while (text_next(&reader->text, line)) {
        struct esi_line record = {.at = place_of(reader)};
        record.fate = read_line(reader, line, &record.reason);
        if (record.fate == ESI_LINE_UNDERSTOOD)
            record.text = text_of(reader, line->text);
        add_line(reader->config, record);
    }
}

/* refuse_file - one word about all of it, rather than one about each line. */
static void
refuse_file(struct esi_config *config, const char *file, const char *why)
{
    struct esi_place at = {file, 1};

    diag_add(config, ESI_DIAG_ERROR, at, 0, (struct esi_slice){NULL, 0}, false, why);
    add_line(config, (struct esi_line){.at = at, .fate = ESI_LINE_WRONG});
}

void
esi_config_read(struct esi_config *config, const char *file, struct esi_slice text)
{
    struct reader reader = {.config = config, .text = {.rest = text}};
    const char *why = text_foreign(text);

    reader.file = text_of(&reader, esi_slice_of(file));
    if (why) {
        refuse_file(config, reader.file, why);
        return;
    }
    struct grammar *grammar = grammar_new();
    struct text_line *line = esi_alloc(sizeof *line);
    reader.grammar = grammar;
    reader.line = line;
    reader.file_indented = text_is_indented(text);
    read_lines(&reader, line);
    free(line);
    grammar_free(grammar);
}
