/* decode.c - a frame, layer by layer, the readers of which the other files hold. */
#include <stdlib.h>

#include "esi/packet.h"

#include "datagrams_internal.h"
#include "packet_internal.h"

/* Ethernet, two VLAN tags, three MPLS labels, IP and GRE around a bridged copy of the same, and
 * seven IPv6 extension headers (RFC 8200 section 4.1), make less than twenty. */
enum { LAYERS_MOST = 32 };

struct esi_decoder *
esi_decoder_new(void)
{
    struct esi_decoder *decoder = esi_alloc(sizeof *decoder);

    decoder->datagrams = datagrams_new();
    return decoder;
}

void
esi_decoder_free(struct esi_decoder *decoder)
{
    if (!decoder)
        return;
    datagrams_free(decoder->datagrams);
    free(decoder->pieces[0].items);
    free(decoder->pieces[1].items);
    free(decoder);
}

/* begin - field by field: clearing it whole first takes longer than all that follows. */
static void
begin(struct peel *peel, struct esi_decoder *decoder, const struct esi_frame *frame,
      struct esi_segment *segment)
{
    size_t captured = frame->bytes.len;
    size_t end = frame->wire_len > captured ? frame->wire_len : captured;

    end -= frame->fcs_len < end ? frame->fcs_len : end;
    peel->code = 0;
    peel->depth = 0;
    peel->again = peel->contradicted = false;
    peel->at = 0;
    peel->there = captured < end ? captured : end;
    peel->end = end;
    peel->bytes = frame->bytes;
    peel->segment = segment;
    peel->frame = frame;
    peel->decoder = decoder;
    peel->pieces = NULL;
    peel->piece_count = 0;
}

static enum esi_decoded
read_layers(struct peel *peel)
{
    enum esi_decoded decoded = link_begin(peel);

    for (unsigned layers = 1; decoded == ESI_DECODED_TCP && peel->next; layers++)
        decoded = layers < LAYERS_MOST ? peel->next(peel) : ESI_DECODED_TOO_DEEP;
    return decoded;
}

struct esi_decoding
esi_decoder_frame(struct esi_decoder *decoder, const struct esi_frame *frame,
                  struct esi_segment *out)
{
    struct peel peel;

    begin(&peel, decoder, frame, out);
    enum esi_decoded decoded = read_layers(&peel);
    return (struct esi_decoding){
        .what = decoded,
        .code = peel.code,
        .pieces = peel.pieces,
        .piece_count = peel.piece_count,
        .contradicted = peel.contradicted,
        .again = peel.again,
    };
}
