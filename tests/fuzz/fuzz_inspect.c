/*
 * fuzz_inspect.c - the laws of the engine (support/inspect_law.h), whatever is said.
 *
 * The first line chooses, a byte each: platform, map, how pieces are cut, and any number of knobs'
 * values. The others are the conversation, a frame each, by their first byte: C and S a segment
 * with CRLF behind it, c and s without, G and g bytes that are missing to the server and to the
 * client, F and f their FIN, R a reset, T a time-out, W a second that passes; a digit before one of
 * them says it that often, squared. In a text the bytes 1, 2 and 3 stand for LF, CRLF and CR.
 */
#include <stdio.h>
#include <stdlib.h>

#include "esi/policy.h"

#include "support/inspect_law.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    EVENTS_MOST = 400,
    BYTES_MOST = 1 << 15, /* of a conversation: a digit makes much of little */
    PLATFORMS_MOST = 16,
    MIDSTREAM = 1, /* of the byte that says how pieces are cut */
    STEP_NANOS = 100000000
};

static const char *const releases[] = {"pix-5.2(4)", "pix-6.3(5)", "pix-7.2(1)", "asa-9.1(7)"};

/* Together, every criterion, action and parameter. NULL: the platform's own map. */
static const char *const configs[] = {
    NULL,
    "policy-map type inspect esmtp M\n"
    " parameters\n  mask-banner\n  no allow-tls\n"
    " match body length gt 60\n  reset log\n"
    " match body line length gt 20\n  log\n"
    " match cmd line length gt 40\n  drop-connection log\n"
    " match cmd line length gt 30\n  log\n"
    " match cmd RCPT count gt 2\n  drop-connection\n"
    " match header length gt 90\n  reset\n"
    " match header line length gt 30\n  log\n"
    " match header to-fields count gt 1\n  drop-connection log\n"
    " match invalid-recipients count gt 1\n  reset log\n"
    " match MIME filename length gt 3\n  log\n"
    " match sender-address length gt 9\n  drop-connection log\n"
    " match ehlo-reply-parameter others\n  mask log\n",
    "policy-map type inspect esmtp M\n"
    " parameters\n  mask-banner\n  allow-tls action log\n"
    " match not body length gt 20\n  log\n"
    " match not body line length gt 4\n  log\n"
    " match not cmd line length gt 6\n  log\n"
    " match not cmd RCPT count gt 1\n  drop-connection\n"
    " match not header length gt 10\n  reset\n"
    " match not header line length gt 4\n  log\n"
    " match not header to-fields count gt 1\n  log\n"
    " match not invalid-recipients count gt 1\n  log\n"
    " match not MIME filename length gt 3\n  drop-connection\n"
    " match not sender-address length gt 2\n  reset\n",
    "policy-map type inspect esmtp M\n"
    " parameters\n  mask-banner\n  no allow-tls\n"
    "  special-character action log\n"
    " match cmd verb rcpt data\n  mask log\n"
    " match cmd verb mail ehlo noop auth\n  mask\n"
    " match cmd RCPT count gt 2\n  drop-connection\n"
    " match not cmd RCPT count gt 1\n  reset\n"
    " match ehlo-reply-parameter pipelining size 8bitmime\n  mask\n"
    " match ehlo-reply-parameter others auth\n  mask log\n",
    "regex ONE \"^a@\"\nregex TWO \"[Mm]p\"\n"
    "class-map type regex match-any ANY\n match regex ONE\n match regex TWO\n"
    "policy-map type inspect esmtp M\n"
    " parameters\n  no mask-banner\n  mail-relay b.de action drop-connection log\n"
    "  special-character action drop-connection log\n  no allow-tls\n"
    " match MIME filetype regex TWO\n  log\n"
    " match MIME encoding base64 8bit others\n  drop-connection log\n"
    " match sender-address regex class ANY\n  log\n"
    " match not sender-address regex ONE\n  reset\n"
    " match ehlo-reply-parameter pipelining\n  mask\n"
    " match cmd verb vrfy help\n  drop-connection\n",
    "policy-map type inspect esmtp M\n"
    " parameters\n  mask-banner\n  allow-tls\n  mail-relay b.de action log\n"
    " match not cmd verb ehlo helo mail rcpt data quit rset noop auth\n  drop-connection log\n"
    " match cmd verb rcpt noop\n  rate-limit 2\n"
    " match not MIME encoding 7bit 8bit\n  log\n"
    " match not ehlo-reply-parameter size dsn\n  mask\n"
    " match cmd verb noop\n  log\n",
    "policy-map type inspect esmtp M\n"
    " parameters\n  mask-banner\n"
    " match ehlo-reply-parameter pipelining auth vrfy\n  mask\n"
    " match ehlo-reply-parameter others\n  reset log\n"
    " match ehlo-reply-parameter size\n  log\n"
    " match not cmd verb mail ehlo noop\n  mask\n"
    " match cmd verb rset\n  reset\n",
};

static const char *
platform_name(size_t index)
{
    return index < esi_profile_count() ? esi_profile_at(index)->name
                                       : releases[index - esi_profile_count()];
}

static _Noreturn void
fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    abort();
}

static struct esi_policy *
policy_new(const char *platform, const char *text)
{
    struct esi_ports ports = {0};
    struct esi_error err;
    struct esi_config *config = NULL;

    if (text) {
        config = esi_config_new();
        esi_config_read(config, "fuzz", esi_slice_of(text));
        for (size_t i = 0; i < config->diags_count; i++)
            if (config->diags[i].kind == ESI_DIAG_ERROR || config->diags[i].not_understood)
                fail(platform, config->diags[i].text);
    }
    esi_ports_add(&ports, 25);
    struct esi_policy *policy = esi_policy_new(
        &(struct esi_policy_options){.config = config, .platform = platform, .ports = &ports},
        &err);
    if (!policy)
        fail(platform, err.text);
    return policy;
}

/* policy_of - each is made once. */
static struct esi_policy *
policy_of(size_t platform, size_t config)
{
    static struct esi_policy *policies[PLATFORMS_MOST][ESI_COUNT(configs)];
    struct esi_policy **policy = &policies[platform][config];

    if (!*policy)
        *policy = policy_new(platform_name(platform), configs[config]);
    return *policy;
}

static void
turn(struct esi_platform *platform, uint8_t choice)
{
    size_t at = choice % ESI_HABIT_COUNT;

    for (int knob = 0; knob < ESI_KNOB_COUNT; knob++)
        for (size_t v = 0; esi_knob_value_name((enum esi_knob)knob, v); v++)
            if (at-- == 0) {
                char words[64];
                snprintf(words, sizeof words, "%s=%s", esi_knob_info((enum esi_knob)knob)->name,
                         esi_knob_value_name((enum esi_knob)knob, v));
                esi_platform_turn(platform, words, NULL);
                return;
            }
}

/* ---- the conversation ---- */

struct script {
    struct law_talk talk;
    struct esi_arena bytes;
    uint64_t offset[2];
    size_t used;
    uint64_t frame;
    esi_nanos ts;
    unsigned fins;
    bool over;
};

static void
add(struct script *script, struct esi_stream_event event)
{
    event.span = (struct esi_span){script->offset[event.dir], event.span.len};
    event.frame = script->frame;
    event.ts = script->ts;
    law_talk_add(&script->talk, &event);
    script->offset[event.dir] += event.span.len;
    script->frame++;
    script->ts += STEP_NANOS;
}

/* add_text - what the text stands for, so often, as one segment. */
static void
add_text(struct script *script, enum esi_dir dir, struct esi_slice text, bool crlf, size_t times)
{
    static const char *const special[] = {"\n", "\r\n", "\r"};
    struct esi_buf bytes = {0};

    while (times-- > 0 && bytes.len + script->used < BYTES_MOST) {
        for (size_t i = 0; i < text.len; i++)
            if (text.ptr[i] >= 1 && text.ptr[i] <= ESI_COUNT(special))
                esi_buf_text(&bytes, special[text.ptr[i] - 1]);
            else
                esi_buf_byte(&bytes, text.ptr[i]);
        if (crlf)
            esi_buf_text(&bytes, "\r\n");
    }
    script->used += bytes.len;
    if (bytes.len > 0)
        add(script, (struct esi_stream_event){
                        .kind = ESI_STREAM_DATA,
                        .dir = dir,
                        .span = {0, bytes.len},
                        .bytes = esi_arena_copy(&script->bytes, esi_buf_slice(&bytes)),
                        .ends_segment = true});
    esi_buf_free(&bytes);
}

static void
add_end(struct script *script, enum esi_stream_kind kind)
{
    add(script, (struct esi_stream_event){.kind = kind});
    script->over = true;
}

static void
add_fin(struct script *script, enum esi_dir dir)
{
    if (script->fins >> dir & 1)
        return;
    script->fins |= 1u << dir;
    add(script, (struct esi_stream_event){.kind = ESI_STREAM_FIN, .dir = dir});
    if (script->fins == 3)
        add_end(script, ESI_STREAM_CLOSE);
}

static bool
may_send(const struct script *script, enum esi_dir dir)
{
    return !(script->fins >> dir & 1);
}

static void
add_line(struct script *script, struct esi_slice line)
{
    size_t times = 1;

    if (line.len > 1 && line.ptr[0] >= '2' && line.ptr[0] <= '9') {
        times = (size_t)(line.ptr[0] - '0') * (size_t)(line.ptr[0] - '0');
        line = esi_slice_cut(line, 1, line.len);
    }
    if (line.len == 0)
        return;
    char what = (char)line.ptr[0];
    bool to_client = what == 'S' || what == 's' || what == 'g' || what == 'f';
    enum esi_dir dir = to_client ? ESI_TO_CLIENT : ESI_TO_SERVER;
    struct esi_slice text = esi_slice_cut(line, 1, line.len);
    switch (what) {
    case 'C':
    case 'c':
    case 'S':
    case 's':
        if (may_send(script, dir))
            add_text(script, dir, text, what == 'C' || what == 'S', times);
        return;
    case 'G':
    case 'g':
        if (may_send(script, dir))
            add(script, (struct esi_stream_event){.kind = ESI_STREAM_GAP,
                                                  .dir = dir,
                                                  .span = {0, (text.len + 1) * times}});
        return;
    case 'F':
    case 'f':
        add_fin(script, dir);
        return;
    case 'R':
        add_end(script, ESI_STREAM_RESET);
        return;
    case 'T':
        add_end(script, ESI_STREAM_TIMEOUT);
        return;
    case 'W':
        script->ts += (esi_nanos)times * 1000000000;
        return;
    default:
        return;
    }
}

static struct esi_slice
next_line(struct esi_slice *rest)
{
    const uint8_t *lf = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
    struct esi_slice line = esi_slice_cut(*rest, 0, lf ? (size_t)(lf - rest->ptr) : rest->len);

    *rest = esi_slice_cut(*rest, line.len + 1, rest->len);
    return line;
}

static void
read_script(struct script *out, struct esi_slice text)
{
    *out = (struct script){0};
    add(out, (struct esi_stream_event){.kind = ESI_STREAM_OPEN});
    while (text.len > 0 && !out->over && out->talk.count < EVENTS_MOST)
        add_line(out, next_line(&text));
    if (!out->over)
        add_end(out, ESI_STREAM_END);
}

/* ---- the laws ---- */

static void
check(const struct esi_platform *platform, const struct esi_map *map, uint8_t cut, size_t knobs,
      struct esi_slice text)
{
    struct law_setting setting = {
        .platform = platform, .map = map, .piece = cut >> 1 & 31, .wild = true, .once = knobs > 1};
    struct script script;
    struct esi_buf why = {0};

    read_script(&script, text);
    script.talk.midstream = cut & MIDSTREAM;
    if (!law_of_inspection(&setting, &script.talk, &why)) {
        fprintf(stderr, "%s: %.*s", platform->name, (int)why.len, (char *)why.data);
        for (int knob = 0; knob < ESI_KNOB_COUNT; knob++)
            fprintf(stderr, "%s=%s ", esi_knob_info((enum esi_knob)knob)->name,
                    esi_habit_name(esi_platform_habit(platform, (enum esi_knob)knob)));
        abort();
    }
    esi_buf_free(&why);
    law_talk_free(&script.talk);
    esi_arena_free(&script.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { PLATFORM, CONFIG, CUT, CHOICES };
    static const struct esi_tuple flow = {{{4, {192, 0, 2, 10}}, 40012},
                                          {{4, {192, 0, 2, 25}}, 25}};
    size_t platforms = esi_profile_count() + ESI_COUNT(releases);
    struct esi_slice text = {data, size};
    struct esi_slice choices = next_line(&text);
    struct esi_choice choice;

    if (choices.len < CHOICES || platforms > PLATFORMS_MOST)
        return 0;
    size_t config = choices.ptr[CONFIG] % ESI_COUNT(configs);
    struct esi_policy *policy = policy_of(choices.ptr[PLATFORM] % platforms, config);
    struct esi_platform platform = *esi_policy_platform(policy);
    for (size_t i = CHOICES; i < choices.len; i++)
        turn(&platform, choices.ptr[i]);
    esi_policy_choose(policy, &flow, 0, &choice);
    if (!choice.map)
        fail(platform.name, choice.why);
    struct esi_map map = *choice.map;
    if (!configs[config])
        esi_platform_map(&platform, &map);
    check(&platform, &map, choices.ptr[CUT], choices.len - CHOICES, text);
    return 0;
}
