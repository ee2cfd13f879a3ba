/* size.c - sizes as options give them: 64M, 1G. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "esi/cli.h"

bool
esi_cli_size(const char *argument, size_t least, size_t *out, struct esi_error *err)
{
    static const char units[] = "KMG";
    char *end;

    errno = 0;
    unsigned long long number = strtoull(argument, &end, 10);
    const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

    if (argument[0] < '0' || argument[0] > '9' || errno != 0 || (*end != '\0' && !unit) ||
        (unit && end[1] != '\0') || number > SIZE_MAX >> shift)
        return esi_error_set(err, "'%s' is not a size such as 500000, 64M or 2G", argument);
    *out = (size_t)number << shift;
    return *out >= least || esi_error_set(err, "'%s' is too little: at least %zu", argument, least);
}
