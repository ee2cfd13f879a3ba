/* arguments_internal.h - the functions behind arguments.def. */
#ifndef ESI_ARGUMENTS_INTERNAL_H
#define ESI_ARGUMENTS_INTERNAL_H

#include "reader_internal.h"

typedef size_t take_fn(const struct reader *reader, const struct word *words, size_t count,
                       struct arg *out);
#define ESI_ARGUMENT(id, name, expected, take) take_fn take;
#include "arguments.def"
#undef ESI_ARGUMENT

/* Decimal digits only. */
bool read_number(struct esi_slice text, uint64_t most, uint64_t *out);
bool read_ip(struct esi_slice text, struct esi_ip *out);

#endif
