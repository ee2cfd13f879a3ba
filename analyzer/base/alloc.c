/*
 * alloc.c - memory that is always there, and the end of the program when it is not.
 *
 * Out of memory and broken invariants end the program: these are command-line programs, every
 * buffer fed by the wire is bounded, and half the branches disappear. What must not be left behind
 * is half an output file; the list of unfinished ones is kept here because this is where programs
 * end. The list is a fixed array of fixed strings so that a signal handler may walk it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "esi/base.h"

enum {
    UNFINISHED_MAX = 16,
    UNFINISHED_PATH = 4096
}; /* more outputs than the options allow; PATH_MAX */

enum { PAGE = 4096 };
enum { GROW_FIRST = 64 }; /* bytes: most buffers of a session never grow beyond their first room */

static char unfinished[UNFINISHED_MAX][UNFINISHED_PATH];

void
esi_no_memory(size_t wanted)
{
    esi_unfinished_remove_all();
    if (wanted > 0)
        fprintf(stderr, "out of memory (%zu bytes wanted)\n", wanted);
    else
        fputs("out of memory\n", stderr);
    _exit(ESI_EXIT_INTERNAL);
}

void
esi_panic(const char *fmt, ...)
{
    va_list args;

    esi_unfinished_remove_all();
    fputs("internal error: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

/* enlarge - realloc, what is new of it zeroed. Not inlined: of a fresh one, compilers make calloc,
 * which does not look where malloc and realloc find what was freed a moment ago. */
__attribute__((noinline)) static void *
enlarge(void *old, size_t old_size, size_t size)
{
    uint8_t *memory = realloc(old, size);

    if (!memory)
        esi_no_memory(size);
    memset(memory + old_size, 0, size - old_size);
    return memory;
}

__attribute__((noinline)) void *
esi_alloc(size_t size)
{
    if (size > 0 && size < PAGE)
        return enlarge(NULL, 0, size);
    void *memory = calloc(1, size > 0 ? size : 1); /* large: zeros from the system, not touched */
    if (!memory)
        esi_no_memory(size);
    return memory;
}

void *
esi_alloc_pages(size_t size)
{
    void *memory = aligned_alloc(PAGE, (size + PAGE - 1) & ~(size_t)(PAGE - 1));

    if (!memory)
        esi_no_memory(size);
    return memory;
}

void *
esi_grow(void *old, size_t *cap, size_t want, size_t item_size)
{
    if (want <= *cap)
        return old;
    size_t first = item_size >= GROW_FIRST ? 1 : GROW_FIRST / (item_size > 0 ? item_size : 1);
    size_t room = *cap > 0 ? *cap : first;
    while (room < want)
        room = room > SIZE_MAX / 2 ? want : room * 2;
    if (item_size > 0 && room > SIZE_MAX / item_size)
        esi_no_memory(SIZE_MAX);
    void *grown = enlarge(old, *cap * item_size, room * item_size);
    *cap = room;
    return grown;
}

char *
esi_strdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(esi_alloc(size), text, size);
}

void
esi_unfinished_add(const char *path)
{
    if (strlen(path) >= UNFINISHED_PATH)
        esi_panic("esi_unfinished_add: path too long");
    for (size_t i = 0; i < UNFINISHED_MAX; i++) {
        if (unfinished[i][0] == '\0') {
            strcpy(unfinished[i], path);
            return;
        }
    }
    esi_panic("esi_unfinished_add: more than %d files", UNFINISHED_MAX);
}

void
esi_unfinished_done(const char *path)
{
    for (size_t i = 0; i < UNFINISHED_MAX; i++)
        if (strcmp(unfinished[i], path) == 0)
            unfinished[i][0] = '\0';
}

void
esi_unfinished_remove_all(void)
{
    for (size_t i = 0; i < UNFINISHED_MAX; i++)
        if (unfinished[i][0] != '\0')
            unlink(unfinished[i]);
}
