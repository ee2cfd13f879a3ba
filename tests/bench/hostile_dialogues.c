/*
 * hostile_dialogues.c - a capture of one conversation of dialogue.h.
 *
 * The receiver acknowledges now and then, as receivers do: nobody has to wait for what was not
 * acknowledged.
 */
#include "dialogue.h"
#include "hostile.h"

/* A listener: the capture. */
struct wire {
    struct dialogue dialogue; /* first: hear() gets a pointer to it */
    struct talk talk;
    bool last; /* who spoke last */
    unsigned alone;
};

static void
hear(struct dialogue *dialogue, bool by_server, const char *text, size_t len)
{
    struct wire *wire = (struct wire *)(void *)dialogue;

    emit(&wire->talk, by_server, PSH | ACK, text, len);
    wire->alone = by_server == wire->last ? wire->alone + 1 : 0;
    wire->last = by_server;
    if (wire->alone % 2 == 1)
        emit(&wire->talk, !by_server, ACK, NULL, 0);
}

static bool
has_room(struct dialogue *dialogue)
{
    (void)dialogue;
    return !capture_is_full();
}

uint64_t
make_dialogue(const struct dialogue_kind *kind)
{
    struct wire wire = {.dialogue = {.hear = hear, .goes_on = has_room}};

    talk_shake_hands(&wire.talk, 1);
    dialogue_speak(&wire.dialogue, kind);
    emit(&wire.talk, false, FIN | ACK, NULL, 0);
    emit(&wire.talk, true, FIN | ACK, NULL, 0);
    emit(&wire.talk, false, ACK, NULL, 0);
    return 1;
}
