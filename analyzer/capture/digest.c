/*
 * digest.c - which files a capture was read from, by what is in them.
 *
 * A file is digested as it lies there, compressed or not; standard input, as it came. It is a
 * reading of its own, in any state of the other: nobody has to pay for it who does not ask.
 */
#include "esi/digest.h"

#include "capture_internal.h"
#include "source_internal.h"

static void
add(void *sha256, const void *bytes, size_t len)
{
    esi_sha256_add(sha256, bytes, len);
}

/* source_sha256 - opens the file once more if it is closed meanwhile. */
bool
source_sha256(const struct source *source, char out[ESI_SHA256_TEXT], struct esi_error *err)
{
    char why[WHY_NOT] = "";
    struct input *input = source->input ? source->input : input_open(source->file.name, true, why);
    struct esi_sha256 *sha256 = esi_sha256_new();
    bool read = input && input_each(input, add, sha256, why);

    esi_sha256_end(sha256, out);
    if (input != source->input)
        input_close(input);
    return read || esi_error_set(err, "%s: %s", source->file.name, why);
}
