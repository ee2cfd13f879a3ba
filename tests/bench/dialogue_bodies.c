/* dialogue_bodies.c - a lot of messages, and of what lies in a message's body. */
#include <stdio.h>

#include "dialogue.h"

enum { DEEP = 16 }; /* levels that the tokenizer follows */

void
speak_messages(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue)) {
        open_message(dialogue);
        client(dialogue, "Subject: a\r\n\r\nb\r\n.\r\n");
        server(dialogue, "250 taken\r\n");
    }
}

/* speak_endless_body - one, without an end. */
void
speak_endless_body(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    client(dialogue, "\r\n");
    while (goes_on(dialogue))
        fill_client(dialogue, 'a');
    close_message(dialogue);
}

/* speak_long_lines - each longer than any limit. */
void
speak_long_lines(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    client(dialogue, "\r\n");
    while (goes_on(dialogue)) {
        fill_client(dialogue, 'a');
        client(dialogue, "\r\n");
    }
    close_message(dialogue);
}

/* speak_dots - ends of messages that lie in segments of their own, byte by byte. */
void
speak_dots(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    while (goes_on(dialogue)) {
        client(dialogue, "a\r");
        client(dialogue, "\n.");
        client(dialogue, "\r\n");
        server(dialogue, "250 taken\r\n");
        client(dialogue, "DATA\r\n");
        server(dialogue, "354 go ahead\r\n");
    }
    close_message(dialogue);
}

static void
open_level(struct dialogue *dialogue, unsigned level)
{
    char text[128];

    snprintf(text, sizeof text, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n",
             level, level);
    write_client(dialogue, text);
}

/* speak_nested - parts in parts. */
void
speak_nested(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    for (unsigned i = 0; goes_on(dialogue); i++)
        open_level(dialogue, i);
    close_message(dialogue);
}

/* speak_embedded - messages in messages. */
void
speak_embedded(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    while (goes_on(dialogue))
        write_client(dialogue, "Content-Type: message/rfc822\r\n\r\n");
    close_message(dialogue);
}

static void
open_all_levels(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    for (unsigned i = 0; i < DEEP; i++)
        open_level(dialogue, i);
}

void
speak_siblings(struct dialogue *dialogue)
{
    open_all_levels(dialogue);
    while (goes_on(dialogue))
        write_client(dialogue, "--b15\r\nContent-Type: a/b; name=c\r\n"
                               "Content-Disposition: attachment; filename=d\r\n\r\ne\r\n");
    close_message(dialogue);
}

/* speak_delimiters - what looks like them, within as many parts as are followed. */
void
speak_delimiters(struct dialogue *dialogue)
{
    open_all_levels(dialogue);
    client(dialogue, "\r\n");
    while (goes_on(dialogue))
        write_client(dialogue, "--b\r\n");
    close_message(dialogue);
}

/* speak_parameters - of one Content-Type. */
void
speak_parameters(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    client(dialogue, "Content-Type: multipart/mixed");
    while (goes_on(dialogue))
        write_client(dialogue, ";a=\"b\"");
    close_message(dialogue);
}

/* speak_continuations - RFC 2231: a file name in very many pieces, and many such names. */
void
speak_continuations(struct dialogue *dialogue)
{
    char text[64];

    open_dialogue(dialogue);
    open_message(dialogue);
    client(dialogue, "Subject: a");
    for (unsigned i = 0; goes_on(dialogue); i++) {
        if (i % 1000 == 0)
            write_client(dialogue, "\r\nContent-Disposition: attachment");
        snprintf(text, sizeof text, ";\r\n filename*%u*=%%41", i % 1000);
        write_client(dialogue, text);
    }
    close_message(dialogue);
}

/* speak_types - fields that say what a part is, one behind the other, each a long one. */
void
speak_types(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    while (goes_on(dialogue)) {
        write_client(dialogue, "Content-Type: multipart/mixed (a (b (c");
        for (unsigned i = 0; i < 8; i++)
            write_client(dialogue, "; name=\"=?utf-8?B?=?=?=?=?=?=?=?= \\\"\"; boundary=\"a");
        write_client(dialogue, "\r\n");
    }
    close_message(dialogue);
}
