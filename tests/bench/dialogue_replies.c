/* dialogue_replies.c - a lot of what a server says. */
#include "dialogue.h"

/* speak_replies - that nobody asked for. */
void
speak_replies(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue))
        write_server(dialogue, "250 fine\r\n");
}

/* speak_reply_lines - one reply. */
void
speak_reply_lines(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    client(dialogue, "HELP\r\n");
    while (goes_on(dialogue))
        write_server(dialogue, "214-help\r\n");
    server(dialogue, "214 that is all\r\n");
}

void
speak_greeting(struct dialogue *dialogue)
{
    while (goes_on(dialogue))
        write_server(dialogue, "220-mail.example.com ESMTP\r\n");
    server(dialogue, "220 mail.example.com ESMTP\r\n");
    client(dialogue, "HELO a.example.net\r\n");
    server(dialogue, "250 fine\r\n");
}

/* speak_endless_greeting - of one line, which does not end. */
void
speak_endless_greeting(struct dialogue *dialogue)
{
    server(dialogue, "220 ");
    while (goes_on(dialogue))
        fill_server(dialogue, 'a');
    server(dialogue, "\r\n");
}

/* speak_ehlo - one reply. */
void
speak_ehlo(struct dialogue *dialogue)
{
    server(dialogue, "220 mail.example.com ESMTP\r\n");
    client(dialogue, "EHLO a.example.net\r\n");
    while (goes_on(dialogue))
        write_server(dialogue, "250-XEXCH50\r\n");
    server(dialogue, "250 SIZE\r\n");
}

/* speak_keywords - many replies, each hiding what the client then makes use of. */
void
speak_keywords(struct dialogue *dialogue)
{
    server(dialogue, "220 mail.example.com ESMTP\r\n");
    while (goes_on(dialogue)) {
        client(dialogue, "EHLO a.example.net\r\n");
        server(dialogue, "250-mail.example.com\r\n250-STARTTLS\r\n250-PIPELINING\r\n"
                         "250-CHUNKING\r\n250-XEXCH50\r\n250 SMTPUTF8\r\n");
        client(dialogue, "MAIL FROM:<a@example.net> A B C D E F G H SMTPUTF8\r\n");
        server(dialogue, "250 fine\r\n");
    }
}
