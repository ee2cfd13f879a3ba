/* trouble.c - what is wrong with a capture file, and garbage that lies between its records. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "capture_internal.h"

void
file_say(struct esi_capture_file *file, const char *fmt, ...)
{
    size_t len = strlen(file->why_not);
    va_list args;

    if (len > 0)
        len += (size_t)snprintf(file->why_not + len, WHY_NOT - len, "; ");
    if (len >= WHY_NOT)
        return;
    va_start(args, fmt);
    vsnprintf(file->why_not + len, WHY_NOT - len, fmt, args);
    va_end(args);
}

void
garbage_add(struct garbage *garbage, uint64_t at, uint64_t len)
{
    bool goes_on = garbage->places > 0 && at == garbage->last_end;

    if (garbage->places == 0)
        garbage->first_at = at;
    if (!goes_on)
        garbage->places++;
    if (garbage->places == 1)
        garbage->first_len += len;
    garbage->bytes += len;
    garbage->last_end = at + len;
}

void
garbage_say(const struct garbage *garbage, uint64_t frame, struct esi_capture_file *file)
{
    uint64_t others = garbage->places - 1;

    file_say(file,
             "%" PRIu64 " bytes that are no record in front of frame %" PRIu64
             ", from byte %" PRIu64 " on; read on behind them",
             garbage->first_len, frame, garbage->first_at);
    if (others > 0)
        file_say(file, "so in %" PRIu64 " more place%s, %" PRIu64 " bytes together", others,
                 others == 1 ? "" : "s", garbage->bytes);
}
