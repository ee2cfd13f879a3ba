/* edit_internal.h - what edit.c and plan.c share. */
#ifndef ESI_EDIT_INTERNAL_H
#define ESI_EDIT_INTERNAL_H

#include "esi/plan.h"

/* As esi_edit_apply, but true only if a byte is another one than before. */
bool edit_overwrite(const struct esi_edit *edit, uint64_t offset, uint8_t *bytes, size_t len);

#endif
