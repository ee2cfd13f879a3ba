/*
 * player.h - stream events for the engine, cut this way or that; what it makes of them as text.
 *
 * However the bytes of a segment are cut into events, the segment keeps its frame number and only
 * its last event ends it: the engine has to say the same.
 */
#ifndef TEST_PLAYER_H
#define TEST_PLAYER_H

#include "cases.h"
#include "printer.h"

enum player_cut { PLAYER_WHOLE, PLAYER_BYTES, PLAYER_RAGGED, PLAYER_CUTS };
const char *player_cut_name(enum player_cut cut);

struct player_config {
    struct esi_policy *policy; /* what it says of a flow of 192.0.2.10 to 192.0.2.25, port 25 */
    enum player_cut cut;
    bool turns, midstream;
    struct print_options options;
    struct esi_buf *out; /* what the engine says is appended */
};

struct player;

struct player *player_new(const struct player_config *config);
/* DATA is cut; the rest is handed on. */
void player_event(struct player *player, const struct esi_stream_event *event);
/* Appends the session's result. */
void player_free(struct player *player);

/* Plays a case from OPEN to its end: what the case says of turns, midstream and words counts. */
void player_run(const struct test_case *test, struct player_config config);

#endif
