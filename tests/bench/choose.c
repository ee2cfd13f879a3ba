/*
 * choose.c - how long it takes to read a configuration, and to find a new flow's inspection.
 *
 *     bench_choose CONFIG FLOWS
 *
 * The flows have clients and servers all over 10.0.0.0/8 and go to port 25. One line: seconds of
 * processor time for reading, for making the policy, and microseconds a flow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "esi/policy.h"

static double
seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void
read_file(const char *path, struct esi_buf *out)
{
    uint8_t block[65536];
    size_t n;
    FILE *in = fopen(path, "rb");

    while (in && (n = fread(block, 1, sizeof block, in)) > 0)
        esi_buf_append(out, (struct esi_slice){block, n});
    if (in)
        fclose(in);
}

/* flow - the i-th: addresses that a list's entries are as likely to take as not. */
static struct esi_tuple
flow(unsigned long i)
{
    uint32_t dice = (uint32_t)(i * 2654435761u);

    return (struct esi_tuple){
        {{4, {10, (uint8_t)(dice >> 24), (uint8_t)(dice >> 16), (uint8_t)(dice >> 8)}}, 1025},
        {{4, {10, 0, (uint8_t)(dice >> 8), (uint8_t)dice}}, 25},
    };
}

int
main(int argc, char **argv)
{
    struct esi_ports ports = {0};
    struct esi_buf text = {0};
    struct esi_error err;
    struct esi_choice choice;
    unsigned long flows = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, inspected = 0;

    if (flows == 0) {
        fputs("bench_choose CONFIG FLOWS\n", stderr);
        return 2;
    }
    read_file(argv[1], &text);
    esi_ports_add(&ports, 25);
    double start = seconds();
    struct esi_config *config = esi_config_new();
    esi_config_read(config, argv[1], esi_buf_slice(&text));
    double read = seconds();
    struct esi_policy *policy =
        esi_policy_new(&(struct esi_policy_options){.config = config, .ports = &ports}, &err);
    if (!policy) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    double made = seconds();
    for (unsigned long i = 0; i < flows; i++) {
        struct esi_tuple tuple = flow(i);
        esi_policy_choose(policy, &tuple, 0, &choice);
        inspected += choice.map != NULL;
    }
    printf("read %.2f s, policy %.2f s, %.1f us a flow (%lu of %lu inspected)\n", read - start,
           made - read, (seconds() - made) / (double)flows * 1e6, inspected, flows);
    esi_policy_free(policy);
    esi_buf_free(&text);
    return 0;
}
