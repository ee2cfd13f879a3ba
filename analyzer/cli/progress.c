/*
 * progress.c - how far a reading is, on standard error.
 *
 * On a terminal one line is written over and over; whoever writes anything else takes it away
 * first (esi_cli_say does so itself). Where standard error is no terminal, whole lines are written:
 * one for each ten percent, or ten seconds, and never two within a second.
 *
 * The clock decides what is seen here and when, and nothing else anywhere.
 */
#define _DEFAULT_SOURCE /* isatty, TIOCGWINSZ */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "esi/cli.h"

#include "cli_internal.h"

enum {
    WIDTH_DEFAULT = 80,
    BAR = 20,     /* columns, between its brackets; less if the line is short of room */
    BAR_LEAST = 5 /* none at all below that */
};
#define SECOND ((int64_t)1000000000)

enum form { NONE, BAR_LINE, LINES };

/* What is there only once in a process, like standard error itself. */
static struct {
    const struct esi_program *program;
    enum form form;
    int64_t started;     /* this reading */
    int64_t next;        /* not before that */
    int64_t told;        /* LINES: the last one */
    uint64_t read;       /* then */
    unsigned told_tenth; /* LINES: of the last one */
} state;
/* BAR_LINE stands there: a signal asks for it. */
static volatile sig_atomic_t drawn;

static const char wipe[] = "\r\033[K";

static int64_t
now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * SECOND + at.tv_nsec;
}

static enum form
form_for(const struct esi_cli_common *common, bool in_the_way)
{
    const char *name = getenv("TERM");
    bool terminal = isatty(STDERR_FILENO) && name && strcmp(name, "dumb") != 0;

    switch (common->progress) {
    case ESI_CLI_NEVER:
        return NONE;
    case ESI_CLI_ALWAYS:
        return terminal ? BAR_LINE : LINES;
    default:
        return terminal && !in_the_way && !common->quiet ? BAR_LINE : NONE;
    }
}

void
esi_cli_progress_begin(const struct esi_program *program, const struct esi_cli_common *common,
                       bool in_the_way)
{
    state.form = form_for(common, in_the_way);
    if (state.form == NONE)
        return;
    state.program = program;
    state.started = state.told = now();
    state.next = state.started + (common->progress == ESI_CLI_AUTO ? SECOND : 0);
    state.read = 0;
    state.told_tenth = 0;
}

/* width - one column is left free: terminals wrap at the last. */
static size_t
width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long number = columns ? strtol(columns, NULL, 10) : 0;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
        return size.ws_col - 1u;
    return (number > 1 && number < 10000 ? (size_t)number : WIDTH_DEFAULT) - 1;
}

/* put_bytes - "1.4 GB", as du --si prints it. */
static void
put_bytes(struct esi_buf *out, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;

    while (bytes >= 999.5 && unit + 1 < ESI_COUNT(units)) {
        bytes /= 1000;
        unit++;
    }
    esi_buf_printf(out, unit > 0 && bytes < 9.95 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static unsigned
percent_of(const struct esi_capture_progress *progress)
{
    return progress->total > 0
               ? (unsigned)(100.0 * (double)progress->read / (double)progress->total)
               : 100;
}

/* put_rate - and what is left at that rate, if it can be known by now. */
static void
put_rate(struct esi_buf *out, const struct esi_capture_progress *progress, int64_t passed)
{
    if (passed < SECOND / 2)
        return;
    double rate = (double)progress->read / ((double)passed / (double)SECOND);
    esi_buf_text(out, ", ");
    put_bytes(out, rate);
    esi_buf_text(out, "/s");
    if (!progress->total_known || passed < SECOND || rate < 1 || progress->read >= progress->total)
        return;
    uint64_t left = (uint64_t)((double)(progress->total - progress->read) / rate + 0.5);
    esi_buf_text(out, ", ");
    if (left >= 3600)
        esi_buf_printf(out, "%" PRIu64 ":%02u", left / 3600, (unsigned)(left / 60 % 60));
    else
        esi_buf_number(out, left / 60);
    esi_buf_printf(out, ":%02u left", (unsigned)(left % 60));
}

/* put_words - "45%, 450 MB of 1.0 GB, 12345 sessions, 210 MB/s, 0:03 left". */
static void
put_words(struct esi_buf *out, const struct esi_capture_progress *progress,
          const uint64_t *sessions, int64_t passed)
{
    if (progress->total_known)
        esi_buf_printf(out, "%3u%%, ", percent_of(progress));
    put_bytes(out, (double)progress->read);
    if (progress->total_known) {
        esi_buf_text(out, " of ");
        put_bytes(out, (double)progress->total);
    } else {
        esi_buf_text(out, " read");
    }
    if (sessions)
        esi_buf_printf(out, ", %" PRIu64 " session%s", *sessions, *sessions == 1 ? "" : "s");
    put_rate(out, progress, passed);
}

/* put_bar - as far as there is room for it beside the words. */
static void
put_bar(struct esi_buf *out, const struct esi_capture_progress *progress, size_t words, size_t room)
{
    enum { AROUND = 3 }; /* brackets and a blank */
    size_t bar = room > words + AROUND ? room - words - AROUND : 0;

    if (bar > BAR)
        bar = BAR;
    if (!progress->total_known || bar < BAR_LEAST)
        return;
    size_t full = bar * percent_of(progress) / 100;
    esi_buf_byte(out, '[');
    for (size_t i = 0; i < bar; i++)
        esi_buf_byte(out, i < full ? '#' : '.');
    esi_buf_text(out, "] ");
}

static void
draw(const struct esi_capture_progress *progress, const uint64_t *sessions, int64_t passed)
{
    struct esi_buf words = {0}, line = {0};
    size_t room = width();

    put_words(&words, progress, sessions, passed);
    put_bar(&line, progress, words.len, room);
    esi_buf_append(&line, esi_buf_slice(&words));
    fflush(stdout);
    drawn = 1;
    fprintf(stderr, "\r%.*s\033[K", (int)(line.len < room ? line.len : room),
            (const char *)line.data);
    fflush(stderr);
    esi_buf_free(&words);
    esi_buf_free(&line);
}

static void
tell(const struct esi_capture_progress *progress, const uint64_t *sessions, int64_t at)
{
    struct esi_buf words = {0};

    put_words(&words, progress, sessions, at - state.started);
    size_t blanks = 0;
    while (blanks < words.len && words.data[blanks] == ' ')
        blanks++;
    esi_cli_say(state.program, "%.*s", (int)(words.len - blanks),
                (const char *)words.data + blanks);
    esi_buf_free(&words);
    state.told = at;
    state.told_tenth = percent_of(progress) / 10;
}

/* is_worth_a_line - see above. */
static bool
is_worth_a_line(const struct esi_capture_progress *progress, int64_t at)
{
    bool tenth = progress->total_known && percent_of(progress) / 10 > state.told_tenth;

    return at - state.told >= (tenth ? SECOND : 10 * SECOND);
}

void
esi_cli_progress_show(const struct esi_capture *capture, const uint64_t *sessions)
{
    int64_t at;

    if (state.form == NONE || (at = now()) < state.next)
        return;
    struct esi_capture_progress progress = esi_capture_progress(capture);
    if (progress.read < state.read) { /* one more reading, from the start */
        state.started = at;
        state.told_tenth = 0;
    }
    state.read = progress.read;
    state.next = at + SECOND / 5;
    if (state.form == BAR_LINE)
        draw(&progress, sessions, at - state.started);
    else if (is_worth_a_line(&progress, at))
        tell(&progress, sessions, at);
}

void
esi_cli_progress_clear(void)
{
    if (!drawn)
        return;
    fputs(wipe, stderr);
    fflush(stderr);
    drawn = 0;
}

void
progress_interrupt(void)
{
    if (drawn && write(STDERR_FILENO, wipe, sizeof wipe - 1) < 0)
        return; /* there is nobody to be told */
}

void
esi_cli_progress_end(const struct esi_capture *capture, const uint64_t *sessions)
{
    struct esi_capture_progress progress;

    esi_cli_progress_clear();
    if (state.form == LINES) {
        progress = esi_capture_progress(capture);
        tell(&progress, sessions, now());
    }
    state.form = NONE;
}
