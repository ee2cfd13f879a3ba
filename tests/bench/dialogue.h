/*
 * dialogue.h - conversations that want to cost more than they say.
 *
 * A dialogue is said to somebody who hears it segment by segment and decides how much there is of
 * what there is a lot of: bench_engine gives it to the engine alone, bench_hostile makes a capture
 * of it. Twice as much of it is twice the work, if whoever hears it does no more for a byte than a
 * byte is worth.
 */
#ifndef BENCH_DIALOGUE_H
#define BENCH_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIALOGUE_SEGMENT = 1448 };

struct dialogue {
    /* One segment, of DIALOGUE_SEGMENT bytes at most. */
    void (*hear)(struct dialogue *dialogue, bool by_server, const char *text, size_t len);
    /* Whether once more. */
    bool (*goes_on)(struct dialogue *dialogue);
    char text[DIALOGUE_SEGMENT]; /* gathered of the side that speaks, and not said yet */
    size_t len;
    bool by_server;
};

struct dialogue_kind {
    const char *name;
    void (*speak)(struct dialogue *dialogue);
    unsigned share; /* of a count: one in so many, where once is a lot */
};
extern const struct dialogue_kind dialogue_kinds[];
extern const size_t dialogue_kind_count;
void dialogue_speak(struct dialogue *dialogue, const struct dialogue_kind *kind);

/* In segments of their own. */
void client(struct dialogue *dialogue, const char *text);
void server(struct dialogue *dialogue, const char *text);
/* Gathered into full segments. */
void write_client(struct dialogue *dialogue, const char *text);
void write_server(struct dialogue *dialogue, const char *text);
/* Byte by byte. */
void type_client(struct dialogue *dialogue, const char *text);
/* Full segments of the same byte. */
void fill_client(struct dialogue *dialogue, char byte);
void fill_server(struct dialogue *dialogue, char byte);
/* Greeting and EHLO; a message up to the reply to DATA; its end. */
void open_dialogue(struct dialogue *dialogue);
void open_message(struct dialogue *dialogue);
void close_message(struct dialogue *dialogue);
static inline bool
goes_on(struct dialogue *dialogue)
{
    return dialogue->goes_on(dialogue);
}

/* dialogue_commands.c */
void speak_commands(struct dialogue *dialogue);
void speak_masked(struct dialogue *dialogue);
void speak_empty(struct dialogue *dialogue);
void speak_pipelined(struct dialogue *dialogue);
void speak_outstanding(struct dialogue *dialogue);
void speak_recipients(struct dialogue *dialogue);
void speak_angles(struct dialogue *dialogue);
void speak_auth(struct dialogue *dialogue);
void speak_bdat(struct dialogue *dialogue);
void speak_bdat_lines(struct dialogue *dialogue);
void speak_endless_command(struct dialogue *dialogue);
void speak_typed(struct dialogue *dialogue);
void speak_typed_line(struct dialogue *dialogue);
void speak_tls(struct dialogue *dialogue);

/* dialogue_replies.c */
void speak_replies(struct dialogue *dialogue);
void speak_reply_lines(struct dialogue *dialogue);
void speak_greeting(struct dialogue *dialogue);
void speak_endless_greeting(struct dialogue *dialogue);
void speak_ehlo(struct dialogue *dialogue);
void speak_keywords(struct dialogue *dialogue);

/* dialogue_headers.c */
void speak_headers(struct dialogue *dialogue);
void speak_folded(struct dialogue *dialogue);
void speak_field(struct dialogue *dialogue);
void speak_endless_header(struct dialogue *dialogue);
void speak_typed_header(struct dialogue *dialogue);
void speak_to(struct dialogue *dialogue);
void speak_names(struct dialogue *dialogue);
void speak_listed(struct dialogue *dialogue);

/* dialogue_bodies.c */
void speak_messages(struct dialogue *dialogue);
void speak_endless_body(struct dialogue *dialogue);
void speak_long_lines(struct dialogue *dialogue);
void speak_dots(struct dialogue *dialogue);
void speak_nested(struct dialogue *dialogue);
void speak_embedded(struct dialogue *dialogue);
void speak_siblings(struct dialogue *dialogue);
void speak_delimiters(struct dialogue *dialogue);
void speak_parameters(struct dialogue *dialogue);
void speak_continuations(struct dialogue *dialogue);
void speak_types(struct dialogue *dialogue);

#endif
