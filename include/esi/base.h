/*
 * base.h - bytes, buffers, errors: the vocabulary every other module speaks.
 *
 * Three kinds of trouble, three manners. Ours (a broken invariant): esi_panic. The world's (a file,
 * a configuration, a full disk): false or NULL and a text in a struct esi_error. The sender's
 * (anything on the wire): no trouble at all; wire bytes are data. Running out of memory ends the
 * program with a message and exit status 4; nobody tests for NULL.
 */
#ifndef ESI_BASE_H
#define ESI_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ESI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ESI_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Borrowed bytes. Never owned, may hold NULs, valid as long as the lender says. */
struct esi_slice {
    const uint8_t *ptr;
    size_t len;
};
#define ESI_LIT(s) ((struct esi_slice){(const uint8_t *)("" s), sizeof(s) - 1})

/* Of a C string of ours; its NUL excluded. */
static inline struct esi_slice
esi_slice_of(const char *text)
{
    return (struct esi_slice){(const uint8_t *)text, strlen(text)};
}

/* From `at` on, at most `len` bytes; cut to what there is. */
static inline struct esi_slice
esi_slice_cut(struct esi_slice slice, size_t at, size_t len)
{
    size_t rest = at < slice.len ? slice.len - at : 0;

    return (struct esi_slice){rest > 0 ? slice.ptr + at : slice.ptr, len < rest ? len : rest};
}

bool esi_slice_eq(struct esi_slice a, struct esi_slice b);
/* The bytes of two slices of the same length; ASCII case only. */
bool esi_slice_same_nocase(struct esi_slice a, struct esi_slice b);
static inline bool
esi_slice_eq_nocase(struct esi_slice a, struct esi_slice b)
{
    /* Most words that are looked for begin with another letter: no call for these. */
    return a.len == b.len && (a.len == 0 || ((a.ptr[0] ^ b.ptr[0]) & ~0x20) == 0) &&
           esi_slice_same_nocase(a, b);
}
uint8_t esi_upper(uint8_t byte); /* ASCII, whatever the locale */

enum { ESI_CACHE_LINE = 64 }; /* bytes; where it is another number, only time is lost */
/* Has memory that will be needed soon brought into the cache meanwhile. Any address will do. */
static inline void
esi_fetch(const void *at, size_t size)
{
    uintptr_t end = (uintptr_t)at + size;

    for (uintptr_t line = (uintptr_t)at & ~(uintptr_t)(ESI_CACHE_LINE - 1); line < end;
         line += ESI_CACHE_LINE)
        __builtin_prefetch((const void *)line);
}

/* Owned, growable bytes. Zero-initialised is empty; clear keeps the storage. */
struct esi_buf {
    uint8_t *data;
    size_t len;
    size_t cap;
};
void esi_buf_append(struct esi_buf *buf, struct esi_slice bytes);
void esi_buf_byte(struct esi_buf *buf, uint8_t byte);
void esi_buf_text(struct esi_buf *buf, const char *text);
void esi_buf_printf(struct esi_buf *buf, const char *fmt, ...) ESI_PRINTF(2, 3);
void esi_buf_number(struct esi_buf *buf, uint64_t number); /* decimal, quicker than printf */
void esi_buf_clear(struct esi_buf *buf);
void esi_buf_free(struct esi_buf *buf);
struct esi_slice esi_buf_slice(const struct esi_buf *buf);

/*
 * Untrusted bytes made safe to show: 0x20-0x7e stand for themselves, the backslash is written \\
 * and every other byte \xHH, so that each byte can be recovered. The only place that does it.
 */
void esi_escape_wire(struct esi_buf *out, struct esi_slice bytes);
/* Text for people that may hold names of a configuration or of files: UTF-8 passes, control
 * characters and bytes that are none become \xHH. */
void esi_escape_text(struct esi_buf *out, struct esi_slice text);
/* The same, then escaped once more for the inside of a JSON string (RFC 8259 section 7). */
void esi_escape_json_wire(struct esi_buf *out, struct esi_slice bytes);
/* Our own text (file names, rule words) for the inside of a JSON string; bytes that are not
 * UTF-8 become U+FFFD. */
void esi_escape_json_text(struct esi_buf *out, struct esi_slice text);
/* Text that was made safe before, for a message or a note of a Mermaid diagram in a Markdown fence:
 * all but letters, digits and a few harmless marks become #code; and control characters blanks. */
void esi_escape_mermaid(struct esi_buf *out, struct esi_slice text);
/* For text and attribute values of a page or of XML: as esi_escape_wire and esi_escape_text do,
 * with markup characters written as entities; of the latter, characters without a shape and those
 * that turn the direction of writing become \xHH as well. */
void esi_escape_markup_wire(struct esi_buf *out, struct esi_slice bytes);
void esi_escape_markup_text(struct esi_buf *out, struct esi_slice text);

/* Many small copies, freed at once. Zero-initialised is empty; a copy never moves. */
struct esi_arena {
    struct esi_arena_block *blocks;
    size_t used; /* bytes handed out since the last clear */
};
void *esi_arena_alloc(struct esi_arena *arena, size_t size); /* 8-byte aligned, not zeroed */
struct esi_slice esi_arena_copy(struct esi_arena *arena, struct esi_slice bytes);
void esi_arena_clear(struct esi_arena *arena); /* keeps one block for the next round */
void esi_arena_free(struct esi_arena *arena);

/* Trouble with the world outside: a file, a configuration, a full disk. */
struct esi_error {
    char text[512];
};
/* Always returns false, so that a caller can `return esi_error_set(err, ...)`. err may be NULL. */
bool esi_error_set(struct esi_error *err, const char *fmt, ...) ESI_PRINTF(2, 3);

/* A broken invariant: says where, removes unfinished output files, aborts. */
_Noreturn void esi_panic(const char *fmt, ...) ESI_PRINTF(1, 2);

/* No memory: says so, removes unfinished output files, ends the program with status 4. `wanted` in
 * bytes, 0: not known. */
_Noreturn void esi_no_memory(size_t wanted);
void *esi_alloc(size_t size); /* zeroed, never NULL, freed by free() */
/* Not zeroed, at the start of a page: for what files are read into and written from. Some
 * processors take three times as long to copy a file's page to a few bytes behind such a start,
 * which is where malloc puts large blocks. Never NULL, freed by free(). */
void *esi_alloc_pages(size_t size);
/* Room for at least `want` items; *cap is what there is room for. New items are zeroed. */
void *esi_grow(void *old, size_t *cap, size_t want, size_t item_size);
char *esi_strdup(const char *text);

/*
 * Output files not yet complete. Whatever ends the program early (panic, no memory, a signal the
 * programs catch) removes them, so that no half file is left behind. Paths are copied.
 */
void esi_unfinished_add(const char *path);
void esi_unfinished_done(const char *path);
void esi_unfinished_remove_all(void); /* async-signal-safe */

/*
 * An output file that is complete under its name, or not there: a regular file is written under a
 * temporary name in the same folder. "-" is standard output; that, pipes and devices are written as
 * they come.
 */
struct esi_output {
    FILE *file; /* to be closed before keep or drop */
    char *path;
    char *temporary; /* NULL: none */
};
bool esi_output_open(struct esi_output *output, const char *path, struct esi_error *err);
bool esi_output_keep(struct esi_output *output, struct esi_error *err); /* false: then drop it */
void esi_output_drop(struct esi_output *output);
/* What to call it: "standard output" for -. */
const char *esi_output_name(const char *path);

/* What a reader answers: here is one, no more, or it broke (see the esi_error). */
enum esi_step { ESI_STEP_ITEM, ESI_STEP_END, ESI_STEP_FAILED };

/* Exit statuses of both programs; if several hold, the highest. */
enum esi_exit {
    ESI_EXIT_DONE = 0,
    ESI_EXIT_FAIL_ON = 1, /* --fail-on met, or an expectation of --verify did not hold */
    ESI_EXIT_USAGE = 2,   /* wrong usage or configuration */
    ESI_EXIT_INPUT = 3,   /* a capture cannot be opened, is damaged or cut off, or unreadable */
    ESI_EXIT_INTERNAL = 4 /* output could not be written, no memory, an internal failure */
};

#endif
