/* error.c - filling an esi_error. */
#include <stdarg.h>
#include <stdio.h>

#include "esi/base.h"

bool
esi_error_set(struct esi_error *err, const char *fmt, ...)
{
    va_list args;

    if (err) {
        va_start(args, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, args);
        va_end(args);
    }
    return false;
}
