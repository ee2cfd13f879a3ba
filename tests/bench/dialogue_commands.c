/* dialogue_commands.c - a lot of what a client says outside of messages. */
#include "dialogue.h"

enum {
    RING = 4096,          /* commands that the engine keeps in mind */
    WITH_EACH_MASKED = 3, /* commands between two that are masked */
};

void
speak_commands(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue)) {
        write_client(dialogue, "NOOP\r\n");
        write_server(dialogue, "250 fine\r\n");
    }
}

void
speak_masked(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    for (unsigned i = 0; goes_on(dialogue); i++) {
        write_client(dialogue, i % WITH_EACH_MASKED == 0 ? "XYZZY a b\r\n" : "HELP\r\n");
        write_server(dialogue, "500 what\r\n");
    }
}

void
speak_empty(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue))
        write_client(dialogue, "\n");
}

void
speak_pipelined(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue))
        write_client(dialogue, "NOOP\r\n");
}

/* speak_outstanding - replies that are to one verb only, while many others wait for theirs. */
void
speak_outstanding(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    for (unsigned i = 0; i < RING; i++)
        write_client(dialogue, "NOOP\r\n");
    while (goes_on(dialogue)) {
        write_server(dialogue, "354\r\n");
        write_client(dialogue, "NOOP\r\n");
    }
}

/* speak_recipients - of one message. */
void
speak_recipients(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    client(dialogue, "MAIL FROM:<a@example.net>\r\n");
    server(dialogue, "250 fine\r\n");
    while (goes_on(dialogue)) {
        write_client(dialogue, "RCPT TO:<b@example.com>\r\n");
        write_server(dialogue, "550 unknown\r\n");
    }
}

/* speak_angles - addresses that are nothing but strays. */
void
speak_angles(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue)) {
        client(dialogue, "RCPT TO:<<<<<<<<<<<<<<<<<<<<>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>|||||||\r\n");
        server(dialogue, "250 fine\r\n");
    }
}

void
speak_auth(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    client(dialogue, "AUTH LOGIN\r\n");
    server(dialogue, "334 VXNlcm5hbWU6\r\n");
    while (goes_on(dialogue)) {
        write_client(dialogue, "AAAAAAAAAAAA\r\n");
        write_server(dialogue, "334 UGFzc3dvcmQ6\r\n");
    }
    client(dialogue, "*\r\n");
    server(dialogue, "501 cancelled\r\n");
}

void
speak_bdat(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue)) {
        write_client(dialogue, "BDAT 12\r\n0123456789\r\n");
        write_server(dialogue, "250 taken\r\n");
    }
}

/* speak_bdat_lines - a chunk of which every line looks like a command. */
void
speak_bdat_lines(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue)) {
        write_client(dialogue, "BDAT 72\r\n");
        for (unsigned i = 0; i < 6; i++)
            write_client(dialogue, "BDAT 99999\r\n");
        write_server(dialogue, "250 taken\r\n");
    }
}

void
speak_endless_command(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue))
        fill_client(dialogue, 'a');
    client(dialogue, "\r\n");
    server(dialogue, "500 what\r\n");
}

void
speak_typed(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue)) {
        type_client(dialogue, "vrfy somebody\r\n");
        server(dialogue, "252 perhaps\r\n");
    }
}

/* speak_typed_line - one line, byte by byte. */
void
speak_typed_line(struct dialogue *dialogue)
{
    open_dialogue(dialogue);
    while (goes_on(dialogue))
        type_client(dialogue, "a");
    client(dialogue, "\r\n");
    server(dialogue, "500 what\r\n");
}

/* speak_tls - behind half of all there is. */
void
speak_tls(struct dialogue *dialogue)
{
    static const char record[] = "\026\003\001........................................";

    open_dialogue(dialogue);
    for (unsigned i = 0; i < RING; i++) {
        write_client(dialogue, "NOOP\r\n");
        write_server(dialogue, "250 fine\r\n");
    }
    client(dialogue, "STARTTLS\r\n");
    server(dialogue, "220 go ahead\r\n");
    while (goes_on(dialogue)) {
        client(dialogue, record);
        server(dialogue, record);
    }
}
