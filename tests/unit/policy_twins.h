/* policy_twins.h - a policy and what is read back of its print choose the same, asked by random
 * tuples. */
#ifndef POLICY_TWINS_H
#define POLICY_TWINS_H

#include "unit/policy_text.h"

enum { TWINS_FLOWS = 300, TWINS_SEED = 0x5eed1e55 };

/* Xorshift: the same tuples every time. */
static inline uint32_t
roll(uint32_t *state, uint32_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}

static inline struct esi_endpoint
some_endpoint(uint32_t *state)
{
    static const char *const nets[] = {"192.0.2.25",   "192.0.2.26",  "192.0.2.10",
                                       "203.0.113.25", "203.0.113.1", "203.0.113.130",
                                       "198.51.100.9", "10.30.0.7",   "2001:db8::25"};
    static const uint16_t ports[] = {25, 26, 80, 2525, 2599, 40000};

    return endpoint_of(nets[roll(state, ESI_COUNT(nets))], ports[roll(state, ESI_COUNT(ports))]);
}

static inline const char *
name_or(const char *name)
{
    return name ? name : "-";
}

static inline void
check_same_choice(const char *what, struct esi_policy *a, struct esi_policy *b, uint32_t *state)
{
    struct esi_tuple flow = {some_endpoint(state), some_endpoint(state)};
    /* From 2024 to 2027, by minutes. */
    esi_nanos when = (1704067200LL + 60LL * roll(state, 1576800)) * 1000000000LL;
    struct esi_choice x, y;

    esi_policy_choose(a, &flow, when, &x);
    esi_policy_choose(b, &flow, when, &y);
    cr_assert_eq(x.map == NULL, y.map == NULL, "%s: %s; %s", what, x.why, y.why);
    cr_assert_str_eq(x.map ? x.map->name : "", y.map ? y.map->name : "", "%s", what);
    cr_assert_eq(x.smtp, y.smtp, "%s: %s; %s", what, x.why, y.why);
    cr_assert_eq(x.limit_count, y.limit_count, "%s", what);
    for (int i = 0; i < 2; i++)
        cr_assert_str_eq(name_or(x.interface[i]), name_or(y.interface[i]), "%s", what);
}

static inline void
print_to(const struct esi_policy *policy, struct esi_buf *out)
{
    esi_policy_print(policy, out);
    esi_buf_byte(out, '\0');
}

/* check_reads_back - what a policy prints is a policy that prints the same, and chooses the same.
 */
static inline void
check_reads_back(const char *what, const char *text, const char *platform, const char *knob,
                 uint32_t *state)
{
    struct esi_error err = {""};
    struct esi_buf once = {0}, twice = {0};
    struct esi_policy *a = policy_of(text, platform, knob, NULL, &err);

    cr_assert_not_null(a, "%s: %s", what, err.text);
    print_to(a, &once);
    struct esi_policy *b = policy_of((char *)once.data, platform, knob, NULL, &err);
    cr_assert_not_null(b, "%s: %s", what, err.text);
    print_to(b, &twice);
    cr_assert_str_eq((char *)twice.data, (char *)once.data, "%s:\n%s\n---\n%s", what,
                     (char *)once.data, (char *)twice.data);
    cr_assert_not(esi_config_has_errors(esi_policy_config(b), true), "%s", what);
    for (int t = 0; t < TWINS_FLOWS; t++)
        check_same_choice(what, a, b, state);
    esi_policy_free(a);
    esi_policy_free(b);
    esi_buf_free(&once);
    esi_buf_free(&twice);
}

#endif
