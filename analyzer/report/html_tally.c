/*
 * html_tally.c - what a page counts over all sessions: rules, servers, times, configuration lines.
 *
 * Each table has a bound; what does not fit is counted in one number.
 */
#include <stdlib.h>

#include "html_internal.h"
#include "quality_internal.h"

void
html_tally_begin(struct html_tally *tally, const struct esi_sink_options *options)
{
    tally->config = options->config;
    tally->config_count = options->config_count;
    if (tally->config_count > 0)
        tally->lines = esi_alloc(tally->config_count * sizeof *tally->lines);
    for (size_t i = 1; i < tally->config_count; i++)
        tally->lines[i].file =
            tally->lines[i - 1].file + (tally->config[i].file != tally->config[i - 1].file);
}

void
html_tally_free(struct html_tally *tally)
{
    for (size_t i = 0; i < tally->rule_count; i++)
        esi_buf_free(&tally->rules[i].example);
    html_meanings_free(&tally->meanings);
    free(tally->lines);
}

size_t
html_outcome(const struct esi_session_info *session)
{
    return session->result ? (size_t)session->result->outcome : HTML_NOT_INSPECTED;
}

const char *
html_outcome_name(size_t outcome)
{
    return outcome == HTML_NOT_INSPECTED ? "not inspected"
                                         : result_name((enum esi_session_outcome)outcome);
}

/* find_file - sets the range of lines that are of this file. */
static bool
find_file(struct html_tally *tally, const char *file)
{
    const struct esi_config_text *config = tally->config;

    if (tally->file_end > 0 && strcmp(config[tally->file_first].file, file) == 0)
        return true;
    tally->file_end = 0;
    for (size_t first = 0; first < tally->config_count; first = tally->file_end) {
        tally->file_first = first;
        for (tally->file_end = first + 1; tally->file_end < tally->config_count; tally->file_end++)
            if (config[tally->file_end].file != config[first].file)
                break;
        if (strcmp(config[first].file, file) == 0)
            return true;
    }
    tally->file_end = 0;
    return false;
}

size_t
html_config_find(struct html_tally *tally, const char *file, unsigned line)
{
    size_t low, high;

    if (!file || tally->config_count == 0 || !find_file(tally, file))
        return 0;
    low = tally->file_first;
    high = tally->file_end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (tally->config[middle].line == line)
            return middle + 1;
        if (tally->config[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static bool
is_rule(const struct html_rule *rule, const struct esi_verdict *verdict)
{
    return rule->action == verdict->action && rule->behaviour == verdict->behaviour &&
           rule->rule.config_line == verdict->rule.config_line &&
           rule->rule.class_no == verdict->rule.class_no &&
           strcmp(rule->rule.words, verdict->rule.words) == 0;
}

/* find_rule - its place; HTML_RULES_MOST if there is none for it. */
static size_t
find_rule(struct html_tally *tally, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    size_t at = tally->rule_last;

    if (at < tally->rule_count && is_rule(&tally->rules[at], verdict))
        return at;
    for (at = 0; at < tally->rule_count; at++)
        if (is_rule(&tally->rules[at], verdict))
            return tally->rule_last = at;
    if (at == HTML_RULES_MOST)
        return at;
    tally->rules[at] = (struct html_rule){
        .action = verdict->action,
        .rule = verdict->rule,
        .behaviour = verdict->behaviour,
        .basis = verdict->basis,
        .line = html_config_find(tally, verdict->rule.config_file, verdict->rule.config_line),
    };
    html_put_example(&tally->rules[at].example, outcome);
    tally->rule_count++;
    return tally->rule_last = at;
}

void
html_tally_verdict(struct html_tally *tally, const struct esi_outcome *outcome, uint64_t *marks)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    if (verdict->counterfactual) {
        tally->counterfactual++;
        return;
    }
    size_t at = find_rule(tally, outcome);
    *marks |= (uint64_t)1 << at;
    if (at == HTML_RULES_MOST) {
        tally->other_verdicts++;
        return;
    }
    struct html_rule *rule = &tally->rules[at];
    rule->verdicts++;
    if (verdict->basis > rule->basis)
        rule->basis = verdict->basis;
    if (rule->line > 0) {
        tally->lines[rule->line - 1].rules |= (uint64_t)1 << at;
        tally->lines[rule->line - 1].times++;
    }
}

static bool
same_endpoint(const struct esi_endpoint *a, const struct esi_endpoint *b)
{
    return a->port == b->port && esi_ip_same(&a->ip, &b->ip);
}

static void
count_server(struct html_tally *tally, const struct esi_endpoint *endpoint, size_t outcome)
{
    size_t at = tally->server_last;

    if (at >= tally->server_count || !same_endpoint(&tally->servers[at].endpoint, endpoint))
        for (at = 0; at < tally->server_count; at++)
            if (same_endpoint(&tally->servers[at].endpoint, endpoint))
                break;
    if (at == HTML_SERVERS_MOST) {
        tally->other_server_sessions++;
        return;
    }
    if (at == tally->server_count)
        tally->servers[tally->server_count++] = (struct html_server){.endpoint = *endpoint};
    tally->servers[at].sessions++;
    tally->servers[at].outcomes[outcome]++;
    tally->server_last = at;
}

/* bucket_of - numbers grow with time, from before the epoch on. */
static uint64_t
bucket_of(esi_nanos when, unsigned shift)
{
    int64_t seconds = when / 1000000000 - (when % 1000000000 < 0);

    return (uint64_t)(seconds + HTML_BUCKET_ZERO) >> shift;
}

/* widen - two buckets become one, until both ends fit. */
static void
widen(struct html_times *times)
{
    uint64_t first = times->first >> 1;
    struct html_times wider = {.shift = times->shift + 1,
                               .first = first,
                               .last = times->last >> 1,
                               .sessions = times->sessions};

    for (uint64_t i = times->first; i <= times->last; i++)
        for (size_t o = 0; o < HTML_OUTCOMES; o++)
            wider.counts[(i >> 1) - first][o] += times->counts[i - times->first][o];
    *times = wider;
}

static void
count_time(struct html_times *times, esi_nanos when, size_t outcome)
{
    uint64_t at = bucket_of(when, times->shift);

    if (times->sessions++ == 0)
        times->first = times->last = at;
    while ((at > times->last ? at : times->last) - (at < times->first ? at : times->first) >=
           HTML_BUCKETS) {
        widen(times);
        at = bucket_of(when, times->shift);
    }
    if (at < times->first) {
        size_t by = (size_t)(times->first - at);
        size_t used = (size_t)(times->last - times->first) + 1;

        memmove(times->counts[by], times->counts[0], used * sizeof times->counts[0]);
        memset(times->counts[0], 0, by * sizeof times->counts[0]);
        times->first = at;
    }
    if (at > times->last)
        times->last = at;
    times->counts[at - times->first][outcome]++;
}

static bool
is_whole(const struct esi_session_info *session)
{
    struct esi_buf words = {0};

    put_quality_words(&words, session);
    bool whole = words.len == 0;
    esi_buf_free(&words);
    return whole;
}

void
html_tally_session(struct html_tally *tally, const struct esi_session_info *session, uint64_t marks)
{
    size_t outcome = html_outcome(session);
    size_t line = html_config_find(tally, session->config_file, session->config_line);

    for (size_t i = 0; i < tally->rule_count; i++)
        tally->rules[i].sessions += marks >> i & 1;
    tally->other_sessions += marks >> HTML_RULES_MOST;
    tally->not_whole += !is_whole(session);
    if (line > 0)
        tally->lines[line - 1].chosen++;
    tally->outcomes[outcome]++;
    count_server(tally, &session->tuple.server, outcome);
    count_time(&tally->times, session->start, outcome);
}
