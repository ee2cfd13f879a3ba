/*
 * comment.c - the words of a verdict, for the comments of frames.
 *
 * One line a verdict, key=value, values of more than a word in quotes. What it is by comes first,
 * then which bytes: those are the sender's, so they are clipped and escaped.
 */
#include <stdlib.h>
#include <string.h>

#include "esi/report.h"

#include "comment_internal.h"

/* Greetings and command lines are shorter as a rule; what is cut off is told by length=. */
enum { BYTES_SHOWN = 72 };
/* Ours are much shorter. */
enum { DIVERGENCE_MOST = 1000 };

static const char head_verdict[] = "esi verdict=", head_made[] = "esi made=",
                  head_divergence[] = "esi counterfactual why=";

/* put_escaped - whatever the text holds, there is no quote in it and nothing but ASCII. */
static void
put_escaped(struct esi_buf *out, struct esi_slice text)
{
    const uint8_t *quote;

    while (text.len > 0 && (quote = memchr(text.ptr, '"', text.len))) {
        size_t len = (size_t)(quote - text.ptr);

        esi_escape_wire(out, esi_slice_cut(text, 0, len));
        esi_buf_text(out, "\\x22");
        text = esi_slice_cut(text, len + 1, text.len);
    }
    esi_escape_wire(out, text);
}

static void
put_quoted(struct esi_buf *out, struct esi_slice text)
{
    esi_buf_byte(out, '"');
    put_escaped(out, text);
    esi_buf_byte(out, '"');
}

static bool
is_word(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~' || *at == '"' || *at == '\\')
            return false;
    return *text != '\0';
}

static const char *
name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] != '\0' ? slash + 1 : path;
}

/* put_place - config=asa.cfg:12; folders are of no use to whom the capture is passed on to. */
static void
put_place(struct esi_buf *out, const struct esi_rule *rule)
{
    const char *name = name_of(rule->config_file);
    bool quoted = !is_word(name);

    esi_buf_text(out, quoted ? " config=\"" : " config=");
    put_escaped(out, esi_slice_of(name));
    esi_buf_byte(out, ':');
    esi_buf_number(out, rule->config_line);
    if (quoted)
        esi_buf_byte(out, '"');
}

static void
put_rule(struct esi_buf *out, const struct esi_verdict *verdict)
{
    const struct esi_rule *rule = &verdict->rule;

    esi_buf_text(out, " rule=");
    put_quoted(out, esi_slice_of(rule->words ? rule->words : verdict->behaviour->id));
    if (rule->class_no > 0) {
        esi_buf_text(out, " class=");
        esi_buf_number(out, rule->class_no);
    }
    if (rule->config_file)
        put_place(out, rule);
    esi_buf_text(out, " basis=");
    esi_buf_text(out, esi_basis_name(verdict->basis));
}

static bool
edits(const struct esi_verdict *verdict)
{
    return verdict->action == ESI_ACTION_MASK || verdict->action == ESI_ACTION_REPLACE;
}

static void
put_bytes(struct esi_buf *out, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct esi_slice before = esi_slice_cut(verdict->before, 0, BYTES_SHOWN);
    uint8_t after[BYTES_SHOWN];

    if (before.len == 0)
        return;
    esi_buf_text(out, " before=");
    put_quoted(out, before);
    if (edits(verdict)) {
        memcpy(after, before.ptr, before.len);
        esi_edit_apply(&verdict->edit, outcome->span.offset, after, before.len);
        esi_buf_text(out, " after=");
        put_quoted(out, (struct esi_slice){after, before.len});
    }
    if (outcome->span.len > before.len) {
        esi_buf_text(out, " length=");
        esi_buf_number(out, outcome->span.len);
    }
}

void
comment_verdict(struct esi_buf *out, const struct esi_outcome *outcome, bool bytes)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    esi_buf_text(out, head_verdict);
    esi_buf_text(out, esi_action_name(verdict->action));
    put_rule(out, verdict);
    if (bytes)
        put_bytes(out, outcome);
}

void
comment_divergence(struct esi_buf *out, const char *why)
{
    esi_buf_text(out, head_divergence);
    put_quoted(out, esi_slice_of(why));
}

static bool
begins(struct esi_slice line, const char *head)
{
    size_t len = strlen(head);

    return line.len >= len && memcmp(line.ptr, head, len) == 0;
}

bool
comment_is_ours(struct esi_slice line)
{
    return begins(line, head_verdict) || begins(line, head_made) || begins(line, head_divergence);
}

/* comment_tells_divergence - what is not all text is not ours, whatever it begins with. */
bool
comment_tells_divergence(struct esi_slice line)
{
    bool text = line.len <= DIVERGENCE_MOST && begins(line, head_divergence);

    for (size_t at = 0; text && at < line.len; at++)
        text = line.ptr[at] >= ' ' && line.ptr[at] <= '~';
    return text;
}
