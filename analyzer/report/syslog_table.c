/*
 * syslog_table.c - the messages, by product and release.
 *
 * A row of syslog_messages.def says for whom it holds; here it is found for a platform, and
 * printed.
 */
#include <string.h>

#include "syslog_internal.h"

enum {
    ASA = 1 << 0,
    PIX = 1 << 1,
    FWSM = 1 << 2,
    IOS = 1 << 3,
    FIREWALLS = ASA | PIX | FWSM,
    ALL = FIREWALLS | IOS,
    INSPECTED = 1 << 4
};

/* facility: as lines begin. */
static const struct {
    const char *product, *facility;
    unsigned bit;
} products[] = {
    {"ASA", "ASA", ASA}, {"PIX", "PIX", PIX}, {"FWSM", "FWSM", FWSM}, {"IOS", "FW", IOS}};

/* Releases as major and minor number. */
#define R(major, minor) ((major)*100 + (minor))
#define C ESI_BASIS_CONFIRMED
#define L ESI_BASIS_LIKELY
#define A ESI_BASIS_ASSUMED

struct scope {
    unsigned products, from, below;
};

static const struct row {
    enum syslog_message message;
    struct scope scope;
    const char *name;
    int severity;
    enum esi_basis basis;
    const char *words, *source;
} rows[] = {
#define ESI_SYSLOG(tail, products, from, below, name, severity, basis, words, source)              \
    {MESSAGE_##tail, {products, from, below}, name, severity, basis, words, source},
#include "syslog_messages.def"
#undef ESI_SYSLOG
};

static const struct reason {
    enum syslog_reason reason;
    struct scope scope;
    enum esi_basis basis;
    const char *words, *source;
} reasons[] = {
#define ESI_SYSLOG_REASON(tail, products, from, below, basis, words, source)                       \
    {REASON_##tail, {products, from, below}, basis, words, source},
#include "syslog_messages.def"
#undef ESI_SYSLOG_REASON
};
#undef A
#undef L
#undef C

/* product_of - its place in the table; one that is not there logs as an ASA does. */
static size_t
product_of(const struct esi_platform *platform)
{
    for (size_t p = 0; p < ESI_COUNT(products); p++)
        if (strcmp(products[p].product, platform->product) == 0)
            return p;
    return 0;
}

static bool
fits(const struct scope *scope, const struct esi_platform *platform)
{
    unsigned long release = R(platform->release.part[0], platform->release.part[1]);

    return (scope->products & products[product_of(platform)].bit) != 0 && release >= scope->from &&
           (scope->below == 0 || release < scope->below);
}

static const struct row *
find_row(enum syslog_message message, const struct esi_session_info *session)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        if (rows[r].message == message && fits(&rows[r].scope, session->platform) &&
            (session->inspected || !(rows[r].scope.products & INSPECTED)))
            return &rows[r];
    return NULL;
}

static void
put_head(struct esi_buf *out, const struct row *row, const struct esi_platform *platform)
{
    esi_buf_byte(out, '%');
    esi_buf_text(out, products[product_of(platform)].facility);
    esi_buf_byte(out, '-');
    if (row->severity < 0)
        esi_buf_text(out, esi_habit_name(esi_platform_habit(platform, ESI_KNOB_LOG_507003_LEVEL)));
    else
        esi_buf_number(out, (unsigned)row->severity);
    esi_buf_byte(out, '-');
    esi_buf_text(out, row->name);
    esi_buf_text(out, ": ");
}

bool
syslog_put(struct esi_buf *out, enum syslog_message message, const struct syslog_line *line)
{
    const struct row *row = find_row(message, line->session);
    const char *at, *open;

    if (!row)
        return false;
    put_head(out, row, line->session->platform);
    for (at = row->words; (open = strchr(at, '{'));) {
        const char *close = strchr(open, '}');

        esi_buf_append(out, (struct esi_slice){(const uint8_t *)at, (size_t)(open - at)});
        syslog_put_insert(
            out, (struct esi_slice){(const uint8_t *)open + 1, (size_t)(close - open) - 1}, line);
        at = close + 1;
    }
    esi_buf_text(out, at);
    esi_buf_byte(out, '\n');
    return true;
}

const char *
syslog_reason(const struct esi_platform *platform, enum syslog_reason reason)
{
    for (size_t r = 0; r < ESI_COUNT(reasons); r++)
        if (reasons[r].reason == reason && fits(&reasons[r].scope, platform))
            return reasons[r].words;
    return "Unknown";
}

/* The products that a scope may name, as words. */
static const char *
scope_words(const struct scope *scope)
{
    static const struct {
        struct scope scope;
        const char *words;
    } known[] = {
        {{ALL, 0, 0}, ""},
        {{FIREWALLS, 0, 0}, "ASA, PIX and FWSM"},
        {{PIX | ASA, 0, 0}, "ASA and PIX"},
        {{PIX, 0, R(6, 2)}, "PIX below 6.2"},
        {{PIX, 0, R(7, 0)}, "PIX below 7.0"},
        {{FWSM, 0, 0}, "FWSM"},
        {{PIX, 0, 0}, "PIX"},
        {{ASA, 0, 0}, "ASA"},
        {{ASA | FWSM, 0, 0}, "ASA and FWSM"},
        {{PIX | FWSM, 0, 0}, "PIX and FWSM"},
        {{IOS, 0, 0}, "IOS"},
    };

    for (size_t i = 0; i < ESI_COUNT(known); i++)
        if (known[i].scope.products == (scope->products & ALL) &&
            known[i].scope.from == scope->from && known[i].scope.below == scope->below)
            return known[i].words;
    esi_panic("syslog_messages.def: products %u have no name", scope->products);
}

size_t
esi_syslog_message_count(void)
{
    return ESI_COUNT(rows) + ESI_COUNT(reasons);
}

struct esi_syslog_message
esi_syslog_message_at(size_t index)
{
    if (index < ESI_COUNT(rows)) {
        const struct row *row = &rows[index];
        return (struct esi_syslog_message){row->name, scope_words(&row->scope), row->words,
                                           row->basis, row->source};
    }
    const struct reason *reason = &reasons[index - ESI_COUNT(rows)];
    return (struct esi_syslog_message){"302014-reason", scope_words(&reason->scope), reason->words,
                                       reason->basis, reason->source};
}
