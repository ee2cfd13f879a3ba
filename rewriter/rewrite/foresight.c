/*
 * foresight.c - what has to be known of the whole of a capture before a pcapng file of it is begun.
 *
 * A section's header may tell how long the section is, and custom blocks may be marked as not to be
 * copied into a file that was changed; both stand in front of what decides. They are rare. A
 * capture that has any is gone through once more, by the same writer, which then writes nothing but
 * counts.
 *
 * A length stays if the section becomes just as long as it says, or if no block of the file changes
 * its length: a length that was wrong in the first place is not ours to mend. Of each file two
 * numbers are kept, and of each section a bit.
 */
#include <stdlib.h>

#include "foresight_internal.h"

struct foresight {
    struct esi_buf keeps; /* a bit a section */
    uint64_t sections;
    bool *changes; /* by file */
    size_t files;
    /* Of the file at hand */
    const struct esi_capture_file *file;
    uint64_t first_section, frames, changed, resized, fragile;
    bool made;
};

struct foresight *
foresight_new(size_t files)
{
    struct foresight *foresight = esi_alloc(sizeof *foresight);

    foresight->changes = esi_alloc(files * sizeof(bool));
    return foresight;
}

void
foresight_free(struct foresight *foresight)
{
    if (!foresight)
        return;
    esi_buf_free(&foresight->keeps);
    free(foresight->changes);
    free(foresight);
}

bool
foresight_keeps_length(const struct foresight *foresight, uint64_t section)
{
    return section / 8 < foresight->keeps.len &&
           (foresight->keeps.data[section / 8] >> section % 8 & 1) != 0;
}

bool
foresight_changes(const struct foresight *foresight, size_t file)
{
    return file < foresight->files && foresight->changes[file];
}

void
foresight_file(struct foresight *foresight, const struct esi_capture_file *file)
{
    foresight->file = file;
    foresight->first_section = foresight->sections;
    foresight->frames = foresight->changed = foresight->resized = foresight->fragile = 0;
    foresight->made = false;
}

void
foresight_frame(struct foresight *foresight, bool changed, bool resized)
{
    foresight->frames++;
    foresight->changed += changed;
    foresight->resized += resized;
}

void
foresight_made(struct foresight *foresight)
{
    foresight->made = true;
}

void
foresight_fragile(struct foresight *foresight)
{
    foresight->fragile++;
}

static void
keep(struct foresight *foresight, uint64_t section)
{
    foresight->keeps.data[section / 8] |= (uint8_t)(1 << section % 8);
}

void
foresight_section(struct foresight *foresight, uint64_t length, uint64_t is)
{
    if (foresight->sections % 8 == 0)
        esi_buf_byte(&foresight->keeps, 0);
    if (length == is)
        keep(foresight, foresight->sections);
    foresight->sections++;
}

void
foresight_file_end(struct foresight *foresight)
{
    const struct esi_capture_file *file = foresight->file;
    bool lacks = foresight->frames != file->frames || !file->complete || foresight->made;
    bool changes = lacks || foresight->changed > 0;

    foresight->changes[foresight->files++] = changes;
    if (lacks || foresight->resized > 0 || (changes && foresight->fragile > 0))
        return;
    for (uint64_t s = foresight->first_section; s < foresight->sections; s++)
        keep(foresight, s);
}
