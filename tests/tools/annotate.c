/*
 * annotate.c - puts a comment on every frame of a capture.
 *
 *     annotate IN OUT COMMENT
 */
#include <stdio.h>

#include "support/ng_copy.h"

static void
comment(void *ctx, const struct esi_frame *frame, struct ng_fate *out)
{
    (void)frame;
    out->comment = esi_slice_of(ctx);
}

int
main(int argc, char **argv)
{
    uint64_t lost = 0;
    struct esi_error err = {0};

    if (argc != 4) {
        fputs("usage: annotate IN OUT COMMENT\n", stderr);
        return 2;
    }
    const char *paths[] = {argv[1]};
    struct ng_copy copy = {.paths = paths,
                           .count = 1,
                           .out = argv[2],
                           .format = ESI_REWRITE_PCAPNG,
                           .fate = comment,
                           .ctx = argv[3]};
    if (!ng_copy(&copy, &lost, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("%llu lost\n", (unsigned long long)lost);
    return 0;
}
