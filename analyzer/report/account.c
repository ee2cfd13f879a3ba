/* account.c - the end of the text output: what was found in all, and what became of every frame. */
#include <string.h>

#include "evidence_internal.h"
#include "ladder_order_internal.h"
#include "text_internal.h"

static void
add_skipped(struct account *account, const struct esi_skipped *skipped)
{
    enum { LAST = ESI_SKIPPED_MOST - 1 };
    size_t i = 0;

    while (i < account->skipped_len && strcmp(account->skipped[i].words, skipped->words) != 0)
        i++;
    if (i == account->skipped_len && i < LAST)
        memcpy(account->skipped[account->skipped_len++].words, skipped->words,
               sizeof skipped->words);
    else if (i >= LAST) { /* the last place is for all that the others do not hold */
        i = LAST;
        account->skipped_len = LAST + 1;
        strcpy(account->skipped[LAST].words, "of other kinds");
    }
    account->skipped[i].frames += skipped->frames;
}

void
account_add(struct account *account, const struct esi_capture_info *capture)
{
    account->files++;
    account->frames += capture->frames;
    account->filtered_out += capture->filtered_out;
    account->tcp_frames += capture->tcp_frames;
    account->smtp_frames += capture->smtp_frames;
    for (size_t i = 0; i < capture->skipped_count; i++)
        add_skipped(account, &capture->skipped[i]);
    if (capture->complete)
        return;
    account->incomplete++;
    esi_buf_text(&account->troubles, "  ");
    put_safe(&account->troubles, capture->file);
    esi_buf_text(&account->troubles, ": ");
    esi_buf_text(&account->troubles, capture->why_not ? capture->why_not : "not whole");
    esi_buf_text(&account->troubles, " (");
    put_counted(&account->troubles, capture->frames, "frame was read)\n", "frames were read)\n");
}

void
account_print(const struct account *account, struct esi_buf *out)
{
    const char *between = ": ";
    const struct {
        uint64_t count;
        const char *words;
    } parts[] = {
        {account->smtp_frames, "SMTP"},
        {account->tcp_frames - account->smtp_frames, "other TCP"},
        {account->filtered_out, "held back by the filter"},
    };

    esi_buf_text(out, "  ");
    put_counted(out, account->files, "file, ", "files, ");
    put_counted(out, account->frames, "frame", "frames");
    for (size_t i = 0; i < ESI_COUNT(parts); i++) {
        if (parts[i].count == 0)
            continue;
        esi_buf_text(out, between);
        put_thousands(out, parts[i].count);
        esi_buf_byte(out, ' ');
        esi_buf_text(out, parts[i].words);
        between = ", ";
    }
    for (size_t i = 0; i < account->skipped_len; i++) {
        if (account->skipped[i].frames == 0)
            continue;
        esi_buf_text(out, between);
        put_thousands(out, account->skipped[i].frames);
        esi_buf_text(out, " left aside (");
        esi_buf_text(out, account->skipped[i].words);
        esi_buf_byte(out, ')');
        between = ", ";
    }
    if (account->incomplete == 0)
        esi_buf_text(out,
                     account->files == 1 ? "; read to its end\n" : "; all read to their end\n");
    else
        esi_buf_byte(out, '\n');
    esi_buf_append(out, esi_buf_slice(&account->troubles));
}

uint64_t
not_inspected(const struct esi_summary_info *summary)
{
    uint64_t rest = summary->sessions;

    for (size_t i = 0; i < ESI_COUNT(summary->outcomes); i++)
        rest -= summary->outcomes[i];
    return rest;
}

static void
put_sessions(struct esi_buf *out, const struct esi_summary_info *summary)
{
    const char *between = ": ";

    esi_buf_text(out, "  ");
    put_counted(out, summary->sessions, "session", "sessions");
    for (size_t i = 0; i < ESI_COUNT(summary->outcomes) + 1; i++) {
        bool rest = i == ESI_COUNT(summary->outcomes);
        uint64_t count = rest ? not_inspected(summary) : summary->outcomes[i];

        if (count == 0)
            continue;
        esi_buf_text(out, between);
        put_thousands(out, count);
        esi_buf_byte(out, ' ');
        esi_buf_text(out, rest ? "not inspected" : result_name((enum esi_session_outcome)i));
        between = ", ";
    }
    if (summary->not_told > 0) {
        esi_buf_text(out, "; ");
        put_thousands(out, summary->not_told);
        esi_buf_text(out, " not told (--only-sessions)");
    }
    if (summary->evicted > 0) {
        esi_buf_text(out, "; ");
        put_thousands(out, summary->evicted);
        esi_buf_text(out, " given up for want of memory");
    }
    if (summary->diverged > 0) {
        esi_buf_text(out, "; ");
        put_thousands(out, summary->diverged);
        esi_buf_text(out, " could not have come about as captured");
    }
    esi_buf_byte(out, '\n');
}

static void
put_verdicts(struct esi_buf *out, const struct esi_summary_info *summary)
{
    const char *between = "  verdicts: ";
    bool any = summary->counterfactual > 0;

    for (size_t i = 0; i < ESI_ACTION_COUNT; i++) {
        if (summary->verdicts[i] == 0)
            continue;
        any = true;
        esi_buf_text(out, between);
        put_thousands(out, summary->verdicts[i]);
        esi_buf_byte(out, ' ');
        esi_buf_text(out, esi_action_name((enum esi_action)i));
        between = ", ";
    }
    if (summary->counterfactual > 0) {
        esi_buf_text(out, between);
        put_thousands(out, summary->counterfactual);
        esi_buf_text(out, " counterfactual");
    }
    if (any)
        esi_buf_byte(out, '\n');
}

static void
put_hits(struct esi_buf *out, const struct esi_inspection *inspection)
{
    const struct esi_map *map = inspection->map;

    for (size_t i = 0; i < map->match_count; i++) {
        const struct esi_rule *rule = &map->matches[i].rule;
        uint64_t hits = inspection->matches[i].hits;

        if (hits == 0)
            continue;
        esi_buf_printf(out, "  class %u, ", rule->class_no);
        put_safe(out, rule->words);
        esi_buf_text(out, ": ");
        put_counted(out, hits, "time\n", "times\n");
    }
}

/* only_inspection - the one that there is something to tell of; NULL: none, or several. */
static const struct esi_inspection *
only_inspection(const struct esi_summary_info *summary)
{
    const struct esi_inspection *only = NULL;

    for (size_t i = 0; i < summary->inspection_count; i++) {
        if (!esi_summary_tells(summary, i))
            continue;
        if (only)
            return NULL;
        only = &summary->inspections[i];
    }
    return only;
}

/* put_touched - of the sessions as they were captured. */
static void
put_touched(struct esi_buf *out, const struct esi_summary_info *summary)
{
    const struct esi_evidence_totals *totals = summary->evidence;
    struct esi_buf words = {0};

    if (totals)
        put_totals_words(&words, totals, false);
    if (words.len > 0) {
        esi_buf_text(out, "  before they were captured: ");
        esi_buf_append(out, esi_buf_slice(&words));
        esi_buf_byte(out, '\n');
    }
    esi_buf_free(&words);
}

void
touched_servers_add(struct touched_servers *servers, const struct esi_evidence_server *server)
{
    if (!esi_touched_alarms(server->touched))
        return;
    servers->intermittent += server->intermittent;
    if (servers->count++ >= SERVERS_NAMED)
        return;
    esi_buf_text(&servers->lines, "  server ");
    put_endpoint(&servers->lines, &server->server);
    esi_buf_text(&servers->lines, ": ");
    put_server_words(&servers->lines, server);
    esi_buf_byte(&servers->lines, '\n');
}

void
touched_servers_print(const struct touched_servers *servers, struct esi_buf *out)
{
    esi_buf_append(out, esi_buf_slice(&servers->lines));
    if (servers->count <= SERVERS_NAMED)
        return;
    esi_buf_text(out, "  and ");
    put_counted(out, servers->count - SERVERS_NAMED, "more server", "more servers");
    esi_buf_text(out, " with such sessions; of all of them, at times only: ");
    put_thousands(out, servers->intermittent);
    esi_buf_byte(out, '\n');
}

static void
put_title(struct esi_buf *out, bool colour)
{
    put_paint(out, colour, PAINT_BOLD);
    esi_buf_text(out, "summary");
    put_plain(out, colour);
}

/* put_summary_of_evidence - and of nothing else. */
static void
put_summary_of_evidence(struct esi_buf *out, const struct esi_summary_info *summary, bool colour)
{
    struct esi_buf words = {0};

    put_title(out, colour);
    esi_buf_text(out, " (before the capture)\n  ");
    put_counted(out, summary->sessions, "session", "sessions");
    if (summary->evidence)
        put_totals_words(&words, summary->evidence, true);
    esi_buf_text(out, words.len > 0 ? ": " : "");
    esi_buf_append(out, esi_buf_slice(&words));
    esi_buf_byte(out, '\n');
    esi_buf_free(&words);
}

void
put_summary(struct esi_buf *out, const struct esi_summary_info *summary,
            const struct esi_sink_options *options)
{
    const struct esi_inspection *only = only_inspection(summary);

    if (options->evidence_only) {
        put_summary_of_evidence(out, summary, options->colour);
        return;
    }
    put_title(out, options->colour);
    if (only) {
        esi_buf_text(out, " (map ");
        put_safe(out, only->map->name);
        esi_buf_printf(out, " of %s)\n", summary->platform->name);
    } else
        esi_buf_printf(out, " (%s)\n", summary->platform->name);
    put_sessions(out, summary);
    put_touched(out, summary);
    put_verdicts(out, summary);
    for (size_t i = 0; i < summary->inspection_count; i++) {
        const struct esi_inspection *inspection = &summary->inspections[i];

        if (!esi_summary_tells(summary, i))
            continue;
        if (!only) {
            esi_buf_text(out, "  map ");
            put_safe(out, inspection->map->name);
            esi_buf_text(out, ": ");
            put_counted(out, inspection->sessions, "session\n", "sessions\n");
        }
        put_hits(out, inspection);
    }
}
