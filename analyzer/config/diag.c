/*
 * diag.c - what is wrong with a configuration, said with file, line, column and a caret.
 *
 * What is shown of a line is hostile: it goes through escape.c, and of a long one only what stands
 * around the caret is shown.
 */
#include <stdarg.h>
#include <stdio.h>

#include "reader_internal.h"

enum { TEXT_MOST = 1024 }; /* of a sentence; longer ones are cut */

/* kept - a copy as a string: a NUL within becomes a blank. */
static const char *
kept(struct esi_config *config, struct esi_slice text)
{
    uint8_t *copy = esi_arena_alloc(&config->arena, text.len + 1);

    memcpy(copy, text.ptr, text.len);
    for (uint8_t *nul = copy; (nul = memchr(nul, '\0', (size_t)(copy + text.len - nul)));)
        *nul = ' ';
    copy[text.len] = '\0';
    return (const char *)copy;
}

void
diag_add(struct esi_config *config, enum esi_diag_kind kind, struct esi_place at, unsigned column,
         struct esi_slice line, bool not_understood, const char *text)
{
    config->diags =
        esi_grow(config->diags, &config->diags_cap, config->diags_count + 1, sizeof *config->diags);
    config->diags[config->diags_count++] = (struct esi_diag){
        .kind = kind,
        .at = at,
        .column = column,
        .text = kept(config, esi_slice_of(text)),
        .line = line.ptr ? kept(config, line) : NULL,
        .not_understood = not_understood,
    };
}

void
esi_config_say(struct esi_config *config, enum esi_diag_kind kind, struct esi_place at,
               const char *fmt, ...)
{
    char text[TEXT_MOST];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    diag_add(config, kind, at, 0, (struct esi_slice){NULL, 0}, false, text);
}

static void
add_at(struct reader *reader, const struct arg *arg, enum esi_diag_kind kind, const char *fmt,
       va_list args)
{
    char text[TEXT_MOST];
    unsigned column = arg && arg->at            ? arg->at->column
                      : reader->line->count > 0 ? reader->line->words[0].column
                                                : 0;

    vsnprintf(text, sizeof text, fmt, args);
    diag_add(reader->config, kind, place_of(reader), column, reader->line->text, false, text);
}

void
refuse(struct reader *reader, const struct arg *arg, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_at(reader, arg, ESI_DIAG_ERROR, fmt, args);
    va_end(args);
    reader->wrong = true;
}

void
warn(struct reader *reader, const struct arg *arg, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_at(reader, arg, ESI_DIAG_WARNING, fmt, args);
    va_end(args);
}

void
not_understood(struct reader *reader, unsigned column, bool ours, const char *fmt, ...)
{
    char text[TEXT_MOST];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    diag_add(reader->config, ours ? ESI_DIAG_WARNING : ESI_DIAG_NOTE, place_of(reader), column,
             reader->line->text, ours, text);
}

bool
esi_config_has_errors(const struct esi_config *config, bool strict)
{
    for (size_t i = 0; i < config->diags_count; i++)
        if (config->diags[i].kind == ESI_DIAG_ERROR || (strict && config->diags[i].not_understood))
            return true;
    return false;
}

static void
print_place(const struct esi_diag *diag, struct esi_buf *out)
{
    if (!diag->at.file)
        return;
    esi_buf_text(out, diag->at.file);
    if (diag->at.line > 0)
        esi_buf_printf(out, ":%u", diag->at.line);
    if (diag->at.line > 0 && diag->column > 0)
        esi_buf_printf(out, ":%u", diag->column);
    esi_buf_text(out, ": ");
}

/* print_line - the line, as much of it as one can read, and a caret under the column. */
static void
print_line(struct esi_slice line, size_t at, struct esi_buf *out)
{
    enum { BEFORE_MOST = 60, BEHIND_MOST = 60 };
    size_t from = at > BEFORE_MOST ? at - BEFORE_MOST : 0;
    struct esi_slice shown = esi_slice_cut(line, at, BEHIND_MOST);

    esi_buf_text(out, from > 0 ? "    ..." : "    ");
    size_t before = out->len - (from > 0 ? 3 : 0);
    esi_escape_wire(out, esi_slice_cut(line, from, at - from));
    size_t width = out->len - before;
    esi_escape_wire(out, shown);
    if (at + shown.len < line.len)
        esi_buf_text(out, "...");
    esi_buf_printf(out, "\n    %*s^\n", (int)width, "");
}

void
esi_diag_print(const struct esi_diag *diag, struct esi_buf *out)
{
    static const char *const kinds[] = {"error", "warning", "note"};

    print_place(diag, out);
    esi_buf_text(out, kinds[diag->kind]);
    esi_buf_text(out, ": ");
    esi_escape_wire(out, esi_slice_of(diag->text));
    esi_buf_byte(out, '\n');
    if (diag->line && diag->column > 0)
        print_line(esi_slice_of(diag->line), diag->column - 1, out);
}
