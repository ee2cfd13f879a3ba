/*
 * fuzz_config.c - whatever bytes are read as a configuration, each line has one fate, and each
 * diagnostic lies in the file; the same bytes read once more behind themselves have as many lines.
 * A policy made of them says the same of a flow whenever it is asked, and what it prints, read
 * back, makes a policy that prints the same and chooses the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "esi/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(holds)                                                                                 \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: broken law: %s\n", __FILE__, __LINE__, #holds);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static size_t
count_lines(struct esi_slice text)
{
    size_t lines = 0;

    while (text.len > 0) {
        const uint8_t *end = memchr(text.ptr, '\n', text.len);
        lines++;
        text = esi_slice_cut(text, end ? (size_t)(end - text.ptr) + 1 : text.len, text.len);
    }
    return lines;
}

static void
check_lines(const struct esi_config *config, size_t from)
{
    for (size_t i = from; i < config->lines_count; i++) {
        const struct esi_line *line = &config->lines[i];
        LAW(line->at.line == i - from + 1);
        LAW(line->fate <= ESI_LINE_WRONG);
        LAW((line->reason != NULL) == (line->fate == ESI_LINE_ASIDE));
    }
}

static void
check_diags(const struct esi_config *config)
{
    size_t said = 0, fates = 0;

    for (size_t i = 0; i < config->diags_count; i++) {
        const struct esi_diag *diag = &config->diags[i];
        LAW(diag->text && diag->text[0] != '\0');
        LAW(diag->at.line <= config->lines_count);
        LAW(diag->column == 0 || (diag->line && diag->column <= strlen(diag->line) + 2));
        said += diag->not_understood;
    }
    for (size_t i = 0; i < config->lines_count; i++)
        fates += config->lines[i].fate == ESI_LINE_NOT_UNDERSTOOD;
    LAW(said <= fates);
    LAW(!esi_config_has_errors(config, false) || esi_config_has_errors(config, true));
}

static void
check_refusal(const struct esi_config *config)
{
    LAW(config->lines_count == 1 && config->lines[0].fate == ESI_LINE_WRONG);
    LAW(config->diags_count == 1 && config->diags[0].kind == ESI_DIAG_ERROR);
}

/* ---- policies ---- */

static const struct {
    const char *client, *server;
    uint16_t port;
} flows[] = {
    {"192.0.2.1", "198.51.100.25", 25},
    {"10.0.0.2", "10.1.0.25", 587},
    {"2001:db8::1", "2001:db8::25", 25},
};

static struct esi_policy *
policy_of(struct esi_slice text, const char *platform)
{
    struct esi_policy_options options = {.config = esi_config_new(), .platform = platform};
    struct esi_error err;

    esi_config_read(options.config, "fuzz", text);
    return esi_policy_new(&options, &err);
}

static struct esi_choice
choice_of(struct esi_policy *policy, size_t which)
{
    struct esi_tuple flow = {.client.port = 40000, .server.port = flows[which].port};
    struct esi_choice choice, again;

    LAW(esi_ip_parse(&flow.client.ip, flows[which].client));
    LAW(esi_ip_parse(&flow.server.ip, flows[which].server));
    esi_policy_choose(policy, &flow, 1767225600000000000, &choice);
    esi_policy_choose(policy, &flow, 1767225600000000000, &again);
    LAW(choice.map == again.map && choice.why == again.why);
    LAW(choice.why && (!choice.map || choice.smtp));
    LAW(choice.limit_count == 0 || esi_policy_has_limits(policy));
    return choice;
}

static void
check_same(struct esi_policy *policy, struct esi_policy *again)
{
    for (size_t i = 0; i < ESI_COUNT(flows); i++) {
        struct esi_choice one = choice_of(policy, i), other = choice_of(again, i);
        LAW(!one.map == !other.map);
        LAW(!one.map || strcmp(one.map->name, other.map->name) == 0);
        LAW(one.limit_count == other.limit_count);
    }
}

/* check_policy - names in quotation marks may be words of the language: the text printed does not
 * tell them apart, and promises nothing then. */
static void
check_policy(struct esi_slice text)
{
    struct esi_policy *policy = policy_of(text, NULL);
    struct esi_buf printed = {0}, again = {0};

    if (!policy)
        return;
    for (size_t i = 0; i < ESI_COUNT(flows); i++)
        choice_of(policy, i);
    esi_policy_print(policy, &printed);
    if (!esi_config_has_errors(esi_policy_config(policy), false) &&
        (text.len == 0 || !memchr(text.ptr, '"', text.len))) {
        struct esi_policy *back =
            policy_of(esi_buf_slice(&printed), esi_policy_platform(policy)->name);
        LAW(back);
        esi_policy_print(back, &again);
        LAW(esi_slice_eq(esi_buf_slice(&printed), esi_buf_slice(&again)));
        check_same(policy, back);
        esi_policy_free(back);
    }
    esi_buf_free(&printed);
    esi_buf_free(&again);
    esi_policy_free(policy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct esi_slice text = {data, size};
    struct esi_config *config = esi_config_new();
    struct esi_buf out = {0};
    size_t lines = count_lines(text);

    esi_config_read(config, "fuzz", text);
    if (config->lines_count == 1 && config->lines[0].fate == ESI_LINE_WRONG && lines != 1) {
        check_refusal(config);
    } else {
        LAW(config->lines_count == lines);
        check_lines(config, 0);
        check_diags(config);
        esi_config_print_ledger(config, &out);
        esi_config_read(config, "again", text);
        LAW(config->lines_count == 2 * lines);
        check_lines(config, lines);
    }
    for (size_t i = 0; i < config->diags_count; i++)
        esi_diag_print(&config->diags[i], &out);
    esi_config_print_ledger(config, &out);
    for (size_t i = 0; i < out.len; i++)
        LAW(out.data[i] == '\n' || (out.data[i] >= 0x20 && out.data[i] < 0x7f));
    esi_buf_free(&out);
    esi_config_free(config);
    check_policy(text);
    return 0;
}
