/*
 * policies.c - a law over every sample policy: what --print-config prints is read back as the same
 * policy, which prints the same and chooses the same for every flow.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>

#include "unit/policy_twins.h"

static void
read_file(const char *path, struct esi_buf *out)
{
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t got;

    cr_assert(file, "%s", path);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        esi_buf_append(out, (struct esi_slice){(uint8_t *)bytes, got});
    fclose(file);
    esi_buf_byte(out, '\0');
}

Test(property, printed_policies_read_back, .timeout = 60)
{
    uint32_t state = TWINS_SEED;
    glob_t found;

    cr_assert_eq(glob(ESI_ROOT "/samples/policies/*.cfg", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct esi_buf text = {0};

        read_file(found.gl_pathv[i], &text);
        check_reads_back(found.gl_pathv[i], (const char *)text.data, NULL, NULL, &state);
        esi_buf_free(&text);
    }
    globfree(&found);
}
