/* foresight_internal.h - what of a pcapng file holds only while nothing in it changes. */
#ifndef FORESIGHT_INTERNAL_H
#define FORESIGHT_INTERNAL_H

#include "rewrite_internal.h"

/* Whether a section's header may go on telling the section's length; sections are counted over all
 * files. */
bool foresight_keeps_length(const struct foresight *foresight, uint64_t section);
/* Whether anything in the file becomes other than it was. */
bool foresight_changes(const struct foresight *foresight, size_t file);

/* Of each file, in the reading before: */
void foresight_file(struct foresight *foresight, const struct esi_capture_file *file);
/* comment's frames, too. resized: its block. */
void foresight_frame(struct foresight *foresight, bool changed, bool resized);
void foresight_made(struct foresight *foresight);    /* a frame that was not there */
void foresight_fragile(struct foresight *foresight); /* a block that is not to be copied */
/* length: as its header tells it; is: as it becomes, without blocks that are not to be copied. */
void foresight_section(struct foresight *foresight, uint64_t length, uint64_t is);
void foresight_file_end(struct foresight *foresight);

#endif
