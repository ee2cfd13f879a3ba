/*
 * smtp_law.h - plays bytes to the SMTP tokenizer in pieces and checks what must hold for any bytes.
 *
 * Checked at every event: spans follow each other without a hole; texts are the bytes that were
 * sent there; what is told unfinished is the last event of its push. What comes out is a record of
 * the finished events, one a line, runs joined: it must not depend on how the bytes were cut.
 * The dialogue is a simple one: DATA, BDAT, AUTH and STARTTLS are believed at once.
 *
 * A broken law prints a line and aborts: good for Criterion and for libFuzzer.
 */
#ifndef TESTS_SUPPORT_SMTP_LAW_H
#define TESTS_SUPPORT_SMTP_LAW_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esi/smtp.h"

#define LAW(condition)                                                                             \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "law broken, line %d: %s\n", __LINE__, #condition);                    \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* What is played. */
struct law_script {
    struct esi_slice bytes;
    enum esi_dir dir;
    enum esi_mode mode; /* to begin with */
    uint64_t chunk_len;
    uint64_t offset; /* of the first byte */
    uint64_t short_line;
    struct esi_span gap; /* index into bytes; these are not sent */
    bool no_mime;
};

struct law_player {
    const struct law_script *script;
    struct esi_smtp *smtp;
    struct esi_buf *record;
    uint64_t at;               /* where the next line is due */
    bool lost;                 /* behind a gap: at is not known */
    bool partial;              /* of this push an unfinished line was told */
    struct esi_smtp_event run; /* the run not yet recorded; span.len 0: none */
};

static const char *const law_kinds[] = {
    [ESI_SMTP_COMMAND] = "COMMAND", [ESI_SMTP_REPLY_LINE] = "REPLY",
    [ESI_SMTP_AUTH_LINE] = "AUTH",  [ESI_SMTP_HEADER_LINE] = "HLINE",
    [ESI_SMTP_HEADER] = "HEADER",   [ESI_SMTP_HEADERS_END] = "HEND",
    [ESI_SMTP_BODY_LINE] = "BLINE", [ESI_SMTP_BODY] = "BODY",
    [ESI_SMTP_MESSAGE_END] = "END", [ESI_SMTP_CHUNK] = "CHUNK",
    [ESI_SMTP_PASSED] = "PASSED",   [ESI_SMTP_GAP] = "GAP",
};

static const char *const law_eols[] = {
    [ESI_EOL_NONE] = "none",
    [ESI_EOL_LF] = "lf",
    [ESI_EOL_CRLF] = "crlf",
};

static inline bool
law_is_run(enum esi_smtp_kind kind)
{
    return kind == ESI_SMTP_BODY || kind == ESI_SMTP_CHUNK || kind == ESI_SMTP_PASSED;
}

/* law_print - "COMMAND 0+6 crlf 4 QUIT": kind, span, line end, text_len, what it means. */
static inline void
law_print(const struct esi_smtp_event *event, struct esi_buf *out)
{
    esi_buf_printf(out, "%s %llu+%llu", law_kinds[event->kind],
                   (unsigned long long)event->span.offset, (unsigned long long)event->span.len);
    if (event->kind == ESI_SMTP_BODY)
        esi_buf_printf(out, " lines %llu", (unsigned long long)event->u.body.lines);
    if (event->kind == ESI_SMTP_CHUNK)
        esi_buf_text(out, event->done ? " done" : " more");
    if (event->kind == ESI_SMTP_HEADER)
        esi_buf_printf(out, " depth %u", event->u.header.depth);
    if (!law_is_run(event->kind) && event->kind != ESI_SMTP_GAP) {
        esi_buf_printf(out, " %s %llu%s ", law_eols[event->eol],
                       (unsigned long long)event->text_len, event->clipped ? " clipped" : "");
        esi_escape_wire(out, event->text);
    }
    if (event->kind == ESI_SMTP_HEADER) {
        esi_buf_text(out, " = ");
        esi_escape_wire(out, event->u.header.name);
        esi_buf_text(out, " = ");
        esi_escape_wire(out, event->u.header.value);
    }
    if (event->kind == ESI_SMTP_REPLY_LINE)
        esi_buf_printf(out, " = %u %d", event->u.reply.code, event->u.reply.last);
    esi_buf_byte(out, '\n');
}

static inline void
law_flush(struct law_player *player)
{
    if (player->run.span.len > 0)
        law_print(&player->run, player->record);
    player->run.span.len = 0;
}

/* law_record - finished events, runs joined. */
static inline void
law_record(struct law_player *player, const struct esi_smtp_event *event)
{
    struct esi_smtp_event *run = &player->run;

    if (!law_is_run(event->kind)) {
        if (!event->done)
            return;
        law_flush(player);
        law_print(event, player->record);
        return;
    }
    bool joins = run->span.len > 0 && run->kind == event->kind &&
                 (run->kind != ESI_SMTP_CHUNK || !run->done);
    if (!joins) {
        law_flush(player);
        *run = *event;
        return;
    }
    run->span.len += event->span.len;
    run->done = event->done;
    if (run->kind == ESI_SMTP_BODY)
        run->u.body.lines += event->u.body.lines;
}

/* law_sent - the bytes that were sent at this place of the stream. */
static inline struct esi_slice
law_sent(const struct law_script *script, struct esi_span span)
{
    LAW(span.offset >= script->offset);
    LAW(span.offset - script->offset + span.len <= script->bytes.len);
    return esi_slice_cut(script->bytes, span.offset - script->offset, span.len);
}

static inline void
law_check_line(const struct law_script *script, const struct esi_smtp_event *event)
{
    struct esi_slice sent = law_sent(script, event->span);
    uint64_t ends = event->eol == ESI_EOL_CRLF ? 2 : event->eol == ESI_EOL_LF ? 1 : 0;

    LAW(event->done == (event->eol != ESI_EOL_NONE));
    LAW(event->text.len <= ESI_SMTP_LINE_KEEP);
    LAW(event->text.len == ESI_SMTP_LINE_KEEP || !event->clipped);
    LAW(event->clipped == (event->text.len < event->text_len));
    LAW(esi_slice_eq(event->text, esi_slice_cut(sent, 0, event->text.len)));
    if (event->done)
        LAW(event->text_len + ends == event->span.len && sent.ptr[sent.len - 1] == '\n');
    else
        LAW(event->text_len == sent.len - (sent.ptr[sent.len - 1] == '\r'));
    LAW(!memchr(sent.ptr, '\n', sent.len - event->done));
}

/* law_unfold - a field as it was sent, without its line ends. */
static inline void
law_unfold(struct esi_slice sent, struct esi_buf *out)
{
    for (size_t i = 0; i < sent.len; i++) {
        bool cr = sent.ptr[i] == '\r' && i + 1 < sent.len && sent.ptr[i + 1] == '\n';
        if (sent.ptr[i] != '\n' && !cr)
            esi_buf_byte(out, sent.ptr[i]);
    }
}

static inline void
law_check_header(const struct law_player *player, const struct esi_smtp_event *event)
{
    struct esi_buf want = {0}, got = {0};

    law_unfold(law_sent(player->script, event->span), &want);
    LAW(event->done && event->text_len == want.len);
    LAW(event->text.len <= ESI_SMTP_HEADER_KEEP);
    LAW(event->text.len == ESI_SMTP_HEADER_KEEP || !event->clipped);
    LAW(event->clipped == (event->text.len < event->text_len));
    LAW(esi_slice_eq(event->text, esi_slice_cut(esi_buf_slice(&want), 0, event->text.len)));
    LAW(event->u.header.name.len > 0 && event->u.header.depth <= ESI_SMTP_MIME_DEPTH);
    LAW(player->lost || event->span.offset + event->span.len == player->at);
    esi_mime_param(event->u.header.value, "filename", &got);
    esi_mime_param(event->u.header.value, "boundary", &got);
    LAW(got.len <= 2 * event->text_len);
    esi_buf_free(&want);
    esi_buf_free(&got);
}

static inline void
law_check_run(const struct law_script *script, const struct esi_smtp_event *event)
{
    struct esi_slice sent = law_sent(script, event->span);
    uint64_t lines = 0;

    LAW(event->text_len == event->span.len && event->text.len <= sent.len && sent.len > 0);
    LAW(event->clipped == (event->text.len < event->text_len));
    LAW(memcmp(event->text.ptr, sent.ptr + sent.len - event->text.len, event->text.len) == 0);
    if (event->kind != ESI_SMTP_BODY)
        return;
    LAW(!event->clipped || memchr(sent.ptr, '\n', sent.len - event->text.len) == NULL);
    for (size_t i = 0, start = 0; i < sent.len; i++) {
        if (sent.ptr[i] != '\n')
            continue;
        LAW(i - start - (i > start && sent.ptr[i - 1] == '\r') <= script->short_line);
        start = i + 1;
        lines++;
    }
    LAW(lines == event->u.body.lines && sent.ptr[sent.len - 1] == '\n');
}

static inline void
law_check(struct law_player *player, const struct esi_smtp_event *event)
{
    LAW(event->dir == player->script->dir);
    LAW(!player->partial); /* what is unfinished comes last */
    if (event->kind == ESI_SMTP_HEADER) {
        law_check_header(player, event);
        return;
    }
    if (event->kind == ESI_SMTP_GAP) {
        player->at = event->span.offset + event->span.len;
        player->lost = true;
        return;
    }
    LAW(player->lost ? event->span.offset >= player->at : event->span.offset == player->at);
    if (law_is_run(event->kind))
        law_check_run(player->script, event);
    else
        law_check_line(player->script, event);
    player->partial = !event->done && event->kind != ESI_SMTP_CHUNK;
    player->lost = false;
    player->at = event->span.offset + (player->partial ? 0 : event->span.len);
}

static inline uint64_t
law_number(struct esi_slice digits)
{
    uint64_t number = 0;

    for (size_t i = 0; i < digits.len && i < 4; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            break;
        number = number * 10 + digits.ptr[i] - '0';
    }
    return number;
}

/* law_answer - what a simple dialogue makes of an event. */
static inline void
law_answer(struct law_player *player, const struct esi_smtp_event *event)
{
    enum esi_mode mode = ESI_MODE_LINES;
    uint64_t chunk = 0;

    if (!event->done || (event->kind != ESI_SMTP_COMMAND && event->kind != ESI_SMTP_AUTH_LINE))
        return;
    if (event->kind == ESI_SMTP_AUTH_LINE) {
        mode = event->text.len > 3 ? ESI_MODE_AUTH : ESI_MODE_LINES;
    } else if (event->u.command.verb == ESI_VERB_DATA) {
        mode = ESI_MODE_MESSAGE;
    } else if (event->u.command.verb == ESI_VERB_AUTH) {
        mode = ESI_MODE_AUTH;
    } else if (event->u.command.verb == ESI_VERB_STARTTLS) {
        mode = ESI_MODE_OPAQUE;
    } else if (event->u.command.verb == ESI_VERB_BDAT) {
        mode = ESI_MODE_CHUNK;
        chunk = law_number(event->u.command.args);
    }
    esi_smtp_set_mode(player->smtp, player->script->dir, mode, chunk);
}

static inline void
law_pull(struct law_player *player)
{
    struct esi_smtp_event event;

    player->partial = false;
    while (esi_smtp_next(player->smtp, &event)) {
        law_check(player, &event);
        law_record(player, &event);
        law_answer(player, &event);
    }
    LAW(!esi_smtp_next(player->smtp, &event));
}

/* law_piece - how many of the bytes from `at` on go into the next push. */
static inline size_t
law_piece(const struct law_script *script, size_t at, unsigned cut)
{
    size_t end = at < script->gap.offset ? (size_t)script->gap.offset : script->bytes.len;
    size_t n = cut == 0 ? end - at : 1 + (at * 7919u + cut) % cut;

    if (end > script->bytes.len)
        end = script->bytes.len;
    return n < end - at ? n : end - at;
}

/* law_push - an exact copy on the heap, gone when it was pulled dry: reading on is noticed. */
static inline void
law_push(struct law_player *player, size_t at, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);

    memcpy(copy, player->script->bytes.ptr + at, n);
    esi_smtp_push(player->smtp, player->script->dir, player->script->offset + at,
                  (struct esi_slice){copy, n});
    law_pull(player);
    free(copy);
}

/*
 * Plays the script, cut 0: in one push; 1: byte by byte; else: in ragged pieces of 1 to `cut`
 * bytes. The record of it is appended.
 */
static inline void
law_play(const struct law_script *script, unsigned cut, struct esi_buf *record)
{
    struct law_player player = {
        .script = script, .smtp = esi_smtp_new(), .record = record, .at = script->offset};
    uint64_t gap_len = script->gap.len;

    if (script->gap.offset >= script->bytes.len)
        gap_len = 0;
    else if (gap_len > script->bytes.len - script->gap.offset)
        gap_len = script->bytes.len - script->gap.offset;
    esi_smtp_set_short_line(player.smtp, script->short_line);
    esi_smtp_set_mime(player.smtp, !script->no_mime);
    esi_smtp_set_mode(player.smtp, script->dir, script->mode, script->chunk_len);
    for (size_t at = 0; at < script->bytes.len;) {
        if (gap_len > 0 && at == script->gap.offset) {
            struct esi_span missing = {script->offset + at, gap_len};
            esi_smtp_gap(player.smtp, script->dir, missing);
            law_pull(&player);
            at += gap_len;
            continue;
        }
        size_t n = law_piece(script, at, cut);
        law_push(&player, at, n);
        at += n;
    }
    law_flush(&player);
    esi_buf_printf(record, "mode %d line %llu\n", (int)esi_smtp_mode(player.smtp, script->dir),
                   (unsigned long long)esi_smtp_line_start(player.smtp, script->dir));
    esi_smtp_free(player.smtp);
}

#endif
