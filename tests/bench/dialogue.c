/* dialogue.c - who says what when, and the list of all dialogues. */
#include "dialogue.h"

#include <string.h>

const struct dialogue_kind dialogue_kinds[] = {
    {"commands", speak_commands, 1},
    {"masked", speak_masked, 1},
    {"empty", speak_empty, 1},
    {"pipelined", speak_pipelined, 1},
    {"outstanding", speak_outstanding, 1},
    {"recipients", speak_recipients, 1},
    {"angles", speak_angles, 20},
    {"auth", speak_auth, 1},
    {"bdat", speak_bdat, 1},
    {"bdat-lines", speak_bdat_lines, 10},
    {"endless-command", speak_endless_command, 10},
    {"typed", speak_typed, 10},
    {"typed-line", speak_typed_line, 2},
    {"tls", speak_tls, 10},
    {"replies", speak_replies, 1},
    {"reply-lines", speak_reply_lines, 1},
    {"greeting", speak_greeting, 1},
    {"endless-greeting", speak_endless_greeting, 10},
    {"ehlo", speak_ehlo, 1},
    {"keywords", speak_keywords, 10},
    {"headers", speak_headers, 1},
    {"folded", speak_folded, 1},
    {"field", speak_field, 1},
    {"endless-header", speak_endless_header, 10},
    {"typed-header", speak_typed_header, 2},
    {"to", speak_to, 1},
    {"names", speak_names, 1},
    {"listed", speak_listed, 10},
    {"messages", speak_messages, 10},
    {"endless-body", speak_endless_body, 10},
    {"long-lines", speak_long_lines, 10},
    {"dots", speak_dots, 1},
    {"nested", speak_nested, 10},
    {"embedded", speak_embedded, 10},
    {"siblings", speak_siblings, 10},
    {"delimiters", speak_delimiters, 1},
    {"parameters", speak_parameters, 1},
    {"continuations", speak_continuations, 1},
    {"types", speak_types, 10},
};
const size_t dialogue_kind_count = sizeof dialogue_kinds / sizeof *dialogue_kinds;

static void
say_gathered(struct dialogue *dialogue)
{
    if (dialogue->len > 0)
        dialogue->hear(dialogue, dialogue->by_server, dialogue->text, dialogue->len);
    dialogue->len = 0;
}

static void
gather(struct dialogue *dialogue, bool by_server, const char *text)
{
    size_t len = strlen(text);

    if (dialogue->by_server != by_server || dialogue->len + len > DIALOGUE_SEGMENT)
        say_gathered(dialogue);
    dialogue->by_server = by_server;
    memcpy(dialogue->text + dialogue->len, text, len);
    dialogue->len += len;
}

void
client(struct dialogue *dialogue, const char *text)
{
    say_gathered(dialogue);
    dialogue->hear(dialogue, false, text, strlen(text));
}

void
server(struct dialogue *dialogue, const char *text)
{
    say_gathered(dialogue);
    dialogue->hear(dialogue, true, text, strlen(text));
}

void
write_client(struct dialogue *dialogue, const char *text)
{
    gather(dialogue, false, text);
}

void
write_server(struct dialogue *dialogue, const char *text)
{
    gather(dialogue, true, text);
}

void
type_client(struct dialogue *dialogue, const char *text)
{
    say_gathered(dialogue);
    for (; *text != '\0'; text++)
        dialogue->hear(dialogue, false, text, 1);
}

static void
fill(struct dialogue *dialogue, bool by_server, char byte)
{
    char text[DIALOGUE_SEGMENT];

    memset(text, byte, sizeof text);
    say_gathered(dialogue);
    dialogue->hear(dialogue, by_server, text, sizeof text);
}

void
fill_client(struct dialogue *dialogue, char byte)
{
    fill(dialogue, false, byte);
}

void
fill_server(struct dialogue *dialogue, char byte)
{
    fill(dialogue, true, byte);
}

void
open_dialogue(struct dialogue *dialogue)
{
    server(dialogue, "220 mail.example.com ESMTP\r\n");
    client(dialogue, "EHLO a.example.net\r\n");
    server(dialogue, "250-mail.example.com\r\n250-SIZE 10240000\r\n250 AUTH LOGIN\r\n");
}

void
open_message(struct dialogue *dialogue)
{
    client(dialogue, "MAIL FROM:<a@example.net>\r\n");
    server(dialogue, "250 fine\r\n");
    client(dialogue, "RCPT TO:<b@example.com>\r\n");
    server(dialogue, "250 fine\r\n");
    client(dialogue, "DATA\r\n");
    server(dialogue, "354 go ahead\r\n");
}

void
close_message(struct dialogue *dialogue)
{
    client(dialogue, "\r\n.\r\n");
    server(dialogue, "250 taken\r\n");
}

void
dialogue_speak(struct dialogue *dialogue, const struct dialogue_kind *kind)
{
    kind->speak(dialogue);
    client(dialogue, "QUIT\r\n");
    server(dialogue, "221 bye\r\n");
}
