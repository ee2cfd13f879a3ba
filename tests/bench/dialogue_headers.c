/* dialogue_headers.c - a lot of a message's header section. */
#include <stdio.h>

#include "dialogue.h"

void
speak_headers(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    while (goes_on(dialogue))
        write_client(dialogue, "X: a\r\n");
    close_message(dialogue);
}

void
speak_folded(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    while (goes_on(dialogue))
        write_client(dialogue, "Subject: a\r\n b\r\n\tc\r\n d\r\n");
    close_message(dialogue);
}

/* speak_field - one, of many lines. */
void
speak_field(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    client(dialogue, "Content-Type: text/plain\r\n");
    while (goes_on(dialogue))
        write_client(dialogue, " a\r\n");
    close_message(dialogue);
}

/* speak_endless_header - one, without an end. */
void
speak_endless_header(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    client(dialogue, "Subject: ");
    while (goes_on(dialogue))
        fill_client(dialogue, 'a');
    close_message(dialogue);
}

/* speak_typed_header - of which it is not known for long that it is one. */
void
speak_typed_header(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    while (goes_on(dialogue))
        type_client(dialogue, "a");
    close_message(dialogue);
}

void
speak_to(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    while (goes_on(dialogue))
        write_client(dialogue, "To: (a(b)c) <d@example.com>, \"e, f\" <g@example.com>, h;\r\n");
    close_message(dialogue);
}

/* speak_names - header fields of different names, and each names another. */
void
speak_names(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    open_message(dialogue);
    for (unsigned i = 0; goes_on(dialogue); i++) {
        char line[64];
        snprintf(line, sizeof line, "X-%u: h=Y-%u:Z-%u\r\n", i, i, i);
        write_client(dialogue, line);
    }
    close_message(dialogue);
}

/* speak_listed - header fields that are nothing but names of others, the shortest there are. */
void
speak_listed(struct dialogue *dialogue)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

    open_dialogue(dialogue);
    open_message(dialogue);
    for (unsigned i = 0; goes_on(dialogue); i++) {
        char line[] = "X:a0:b1:c2:d3:e4:f5:g6:h7:i8:j9:k0:l1:m2:n3:o4:p5:q6:r7:s8:t9\r\n";
        for (size_t at = 3; at < sizeof line - 3; at += 3)
            line[at] = letters[(i + at) % (sizeof letters - 1)];
        write_client(dialogue, line);
    }
    close_message(dialogue);
}
