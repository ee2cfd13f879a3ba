/*
 * fuzz_planfile.c - any bytes as a plan's text: refused in words, or taken; what was taken is
 * written, taken again, and then written byte for byte. Of every session its beginning is wanted.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esi/planfile.h"

#include "support/fuzzed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A sealed plan takes memory by its highest flow, which a check against the capture bounds. */
enum { FLOW_MOST = 1 << 16 };

/* read_plan - sealed. False: it was not taken, or is not to be sealed. */
static bool
read_plan(const void *text, size_t len, struct esi_planfile *file)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, len, "rb");
    struct esi_error err = {""};

    must(in, "fmemopen");
    bool read = esi_planfile_read(file, in, "plan", &err);
    fclose(in);
    must(read || strncmp(err.text, "plan:", 5) == 0, "refused without a word");
    if (!read)
        return false;
    size_t count = file->session_count;
    if (count > 0 && file->sessions[count - 1].flow > FLOW_MOST) {
        esi_planfile_free(file);
        return false;
    }
    esi_plan_seal(file->plan);
    return true;
}

static char *
write_plan(struct esi_planfile *file, size_t *len)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, len);

    must(out && esi_planfile_write(file, out), "is not written");
    fclose(out);
    return text;
}

static void
check_sessions(struct esi_planfile *file)
{
    for (size_t s = 0; s < file->session_count; s++)
        must(esi_planfile_wants(file, &file->sessions[s].tuple, file->sessions[s].start),
             "a session that is not wanted");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct esi_planfile file;
    size_t len, again_len;

    if (size == 0 || !read_plan(data, size, &file))
        return 0;
    check_sessions(&file);
    char *text = write_plan(&file, &len);
    esi_planfile_free(&file);
    must(read_plan(text, len, &file), "what was written is not taken");
    char *again = write_plan(&file, &again_len);
    must(len == again_len && memcmp(text, again, len) == 0, "is written otherwise again");
    esi_planfile_free(&file);
    free(text);
    free(again);
    return 0;
}
