/*
 * fuzz_smtp.c - however the bytes are cut, the same events come out of the tokenizer.
 *
 * Five bytes choose how it is played: direction, MIME and first mode; the short-line bound; the
 * cut; where bytes are missing, and how many. The rest is played, in one push and in pieces.
 */
#include "../support/smtp_law.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHOICES = 5 };

static struct law_script
script_of(const uint8_t *data, size_t size)
{
    static const uint64_t short_lines[] = {0, 1, 10, 63, 64, 78, 998, 5000};
    static const enum esi_mode modes[] = {ESI_MODE_LINES, ESI_MODE_MESSAGE, ESI_MODE_MESSAGE,
                                          ESI_MODE_AUTH};

    return (struct law_script){
        .bytes = {data + CHOICES, size - CHOICES},
        .dir = data[0] & 1 ? ESI_TO_CLIENT : ESI_TO_SERVER,
        .no_mime = data[0] & 2,
        .mode = modes[data[0] >> 2 & 3],
        .offset = data[0] & 16 ? UINT32_MAX - 3u : 0,
        .short_line = short_lines[data[1] & 7],
        .gap = {.offset = data[3] * (size_t)data[3], .len = data[4]},
    };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct esi_buf want = {0}, got = {0};

    if (size < CHOICES)
        return 0;
    struct law_script script = script_of(data, size);
    law_play(&script, 0, &want);
    law_play(&script, 1u + data[2], &got);
    if (!esi_slice_eq(esi_buf_slice(&want), esi_buf_slice(&got)))
        fprintf(stderr, "whole:\n%.*s\ncut:\n%.*s\n", (int)want.len, (char *)want.data,
                (int)got.len, (char *)got.data);
    LAW(esi_slice_eq(esi_buf_slice(&want), esi_buf_slice(&got)));
    esi_buf_clear(&got);
    esi_mime_param(script.bytes, "name", &got); /* more of its forms than headers show */
    esi_buf_free(&want);
    esi_buf_free(&got);
    return 0;
}
