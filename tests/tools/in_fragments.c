/* in_fragments.c - writes a capture of an SMTP session whose segments came in IP fragments. */
#include <string.h>

#include "support/frames.h"

enum { PIECE = 16, SESSIONS = 8 };

static const struct {
    bool to_client;
    uint32_t seq, ack;
    const char *payload;
} lines[] = {
    {true, 500, 100, "220 mail.example.com ESMTP, at your service, whatever it may be\r\n"},
    {false, 100, 565, "EHLO client.example.org\r\n"},
    {true, 565, 125, "250-mail.example.com\r\n250-STARTTLS\r\n250-CHUNKING\r\n250 XSECRET\r\n"},
    {false, 125, 628, "XSECRET is a command that nobody lets through\r\n"},
    {true, 628, 172, "500 what was that?\r\n"},
    {false, 172, 648, "QUIT\r\n"},
};

int
main(int argc, char **argv)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_file file;

    if (argc != 2)
        return 2;
    frame_file_open(&file, argv[1], 1, 65535, false);
    for (unsigned n = 0; n < SESSIONS * ESI_COUNT(lines); n++) {
        size_t l = n % ESI_COUNT(lines);
        struct frame_spec spec = {.ip = n / ESI_COUNT(lines) % 2 ? FRAME_IPV6 : FRAME_IPV4,
                                  .ip_id = (uint16_t)(n + 1),
                                  .to_client = lines[l].to_client,
                                  .client_port = (uint16_t)(40000 + n / ESI_COUNT(lines)),
                                  .seq = lines[l].seq,
                                  .ack = lines[l].ack,
                                  .flags = 16,
                                  .payload = esi_slice_of(lines[l].payload)};
        uint32_t len = frame_pieces_len(&spec);
        for (uint32_t at = 0; at < len; at += PIECE) {
            struct frame_piece piece = {at, len - at < PIECE ? len - at : PIECE};
            frame_file_add(&file, bytes, frame_build_piece(bytes, &spec, piece), 0);
        }
    }
    frame_file_close(&file);
    return 0;
}
