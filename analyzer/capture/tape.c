/*
 * tape.c - a window on an input that moves forward: what lies in it can be looked at more than
 * once, what has left it is gone.
 *
 * It grows as bytes come, never by what a length field claims. When it has to make room it moves
 * what is still wanted to its front; since it is at least twice as large as what anybody wanted to
 * see, no byte is moved more often than once for each byte read.
 */
#include <stdlib.h>
#include <string.h>

#include "capture_internal.h"

enum {
    FIRST = 1 << 18, /* fits in most caches of the second level */
    PAGE = 4096      /* files are read fastest to where a page begins: see esi_alloc_pages */
};

void
tape_init(struct tape *tape, struct input *input, uint64_t offset)
{
    *tape = (struct tape){.input = input, .offset = offset, .cap = FIRST};
    tape->bytes = esi_alloc_pages(FIRST);
}

/* move_to - what is there, such that it ends where a page begins. */
static void
move_to(struct tape *tape, uint8_t *bytes)
{
    size_t there = tape_there(tape);
    size_t at = (PAGE - there % PAGE) % PAGE;

    memmove(bytes + at, tape_bytes(tape), there);
    tape->at = at;
    tape->len = at + there;
}

static void
grow(struct tape *tape)
{
    uint8_t *bytes = esi_alloc_pages(2 * tape->cap);

    move_to(tape, bytes);
    free(tape->bytes);
    tape->bytes = bytes;
    tape->cap *= 2;
}

/* make_room - for one byte more at least. */
static void
make_room(struct tape *tape)
{
    if (tape_there(tape) + PAGE > tape->cap / 2)
        grow(tape);
    else
        move_to(tape, tape->bytes);
}

size_t
tape_fill(struct tape *tape, size_t want)
{
    while (tape_there(tape) < want && !tape->ended) {
        if (tape->len == tape->cap)
            make_room(tape);
        size_t got = input_read(tape->input, tape->bytes + tape->len, tape->cap - tape->len);
        tape->len += got;
        tape->ended = got == 0;
    }
    return tape_there(tape);
}

void
tape_skip(struct tape *tape, size_t len)
{
    if (len > tape_there(tape))
        esi_panic("tape_skip: %zu of %zu", len, tape_there(tape));
    tape->at += len;
    tape->offset += len;
}

uint64_t
tape_drop(struct tape *tape, uint64_t len)
{
    uint64_t dropped = 0;

    while (dropped < len && tape_fill(tape, 1) > 0) {
        size_t there = tape_there(tape);
        size_t now = len - dropped < there ? (size_t)(len - dropped) : there;
        tape_skip(tape, now);
        dropped += now;
    }
    return dropped;
}

void
tape_free(struct tape *tape)
{
    free(tape->bytes);
    tape->bytes = NULL;
}
