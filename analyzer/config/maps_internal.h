/* maps_internal.h - what the builders of inspection maps and regular expressions share. */
#ifndef ESI_MAPS_INTERNAL_H
#define ESI_MAPS_INTERNAL_H

#include "reader_internal.h"

enum { NAME_MOST = 40, DESCRIPTION_MOST = 200 }; /* Cisco CSM guide */

/* reader.match: the match that actions would be about was refused. */
#define NO_MATCH SIZE_MAX

/* The map that the mode is about. */
struct esi_map *map_of(const struct reader *reader);
/* A word that is one still when written without quotation marks. False, and refused, if not. */
bool word_fits(struct reader *reader, const struct arg *word);
/* Such a word, and not too long for a name. */
bool name_fits(struct reader *reader, const struct arg *name);
/* The text of a description; false, and refused, if there is none or too much. */
bool read_description(struct reader *reader, const struct args *args, const char **out);
/* The line is refused: behind its end something was expected. */
void refuse_incomplete(struct reader *reader, const char *expected);

#endif
