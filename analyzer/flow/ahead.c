/*
 * ahead.c - what the next frames will need, asked for before it is needed.
 *
 * With many conversations open, each frame finds what is known of its own in no cache, at one
 * place after the other. Frames that lie in memory already can be looked at early: so each place is
 * asked for in its turn, some frames before it is the next one's time, and many are on their way at
 * once. All this is guesswork: nothing depends on it but the time it takes. A frame is taken to be
 * built like the last one that was decoded; if it is not, it is let be.
 */
#include "esi/bytes.h"

#include "flow_internal.h"

enum {
    STRIDE = 6, /* frames between two steps: the time that memory takes */
    PROTOCOL_TCP = 6,
    TCP_HEADER = 20,
    TCP_WORDS_AT = 12 /* its length, in the first four bits there */
};
_Static_assert(STRIDE *(1 + ESI_SOON_STEPS) < ESI_PEEK_MOST, "all are taken before its turn");

/* An IP header without options, by esi_ip.family (RFC 791 section 3.1, RFC 8200 section 3). */
static const struct ip_form {
    uint8_t size, version; /* of the header; its first four bits */
    uint8_t protocol_at, length_at;
    uint8_t counted;               /* of the header, in that length */
    uint8_t addresses_at, address; /* size of one */
} forms[] = {
    [4] = {20, 4, 9, 2, 20, 12, 4},
    [6] = {40, 6, 6, 4, 0, 8, 16},
};

static void
learn(struct ahead *ahead, const struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;

    if (visit->decoding.piece_count > 0) /* it is no frame's */
        return;
    const struct ip_form *form = &forms[segment->src.ip.family];
    ahead->form = segment->tcp_at >= form->size ? form : NULL;
    ahead->ip_at = segment->tcp_at - form->size;
}

static struct esi_endpoint
endpoint_at(const struct ip_form *form, const uint8_t *address, const uint8_t *port)
{
    struct esi_endpoint out = {.ip.family = form->version, .port = esi_be16(port)};

    if (form->version == 4) /* a length that compilers know */
        memcpy(out.ip.bytes, address, 4);
    else
        memcpy(out.ip.bytes, address, sizeof out.ip.bytes);
    return out;
}

/* glance - the segment's addresses and length. False: the frame is built otherwise. */
static bool
glance(const struct ahead *ahead, struct esi_slice frame, struct esi_segment *out)
{
    const struct ip_form *form = ahead->form;

    if (!form || frame.len < ahead->ip_at + form->size + TCP_HEADER)
        return false;
    const uint8_t *ip = frame.ptr + ahead->ip_at, *tcp = ip + form->size;
    if (ip[0] >> 4 != form->version || ip[form->protocol_at] != PROTOCOL_TCP)
        return false;
    unsigned headers = form->counted + (tcp[TCP_WORDS_AT] >> 4) * 4u,
             length = esi_be16(ip + form->length_at);
    out->src = endpoint_at(form, ip + form->addresses_at, tcp);
    out->dst = endpoint_at(form, ip + form->addresses_at + form->address, tcp + 2);
    out->payload_len = length > headers ? length - headers : 0;
    return true;
}

/* nth - the frame seen n frames before the last one. */
static struct coming *
nth(struct ahead *ahead, size_t n)
{
    return &ahead->ring[(ahead->seen - n) % ESI_PEEK_MOST];
}

static void
meet(struct esi_walk *walk, struct coming *coming, struct esi_slice frame)
{
    struct esi_segment segment;

    *coming = (struct coming){0};
    if (!glance(&walk->ahead, frame, &segment))
        return;
    coming->tag = table_tag(&walk->table, &segment);
    coming->segment = true;
    coming->payload = segment.payload_len > 0;
    table_fetch(&walk->table, coming->tag);
}

static void
find(struct esi_walk *walk, struct coming *coming)
{
    coming->entry = coming->segment ? table_guess(&walk->table, coming->tag) : NULL;
    if (coming->entry)
        esi_fetch(coming->entry, sizeof *coming->entry);
}

static void
tell(struct esi_walk *walk, const struct coming *coming, unsigned step)
{
    if (coming->entry && coming->entry->flow.wanted)
        walk->config.soon(walk->config.ctx, &coming->entry->flow, coming->payload, step);
}

void
esi_walk_look_ahead(struct esi_walk *walk, bool on)
{
    walk->ahead.on = on;
}

void
ahead_look(struct esi_walk *walk, const struct esi_visit *visit)
{
    struct ahead *ahead = &walk->ahead;
    struct esi_slice frame;

    learn(ahead, visit);
    while (esi_capture_peek(walk->capture, &frame)) {
        ahead->seen++;
        meet(walk, nth(ahead, 0), frame);
        find(walk, nth(ahead, STRIDE));
        for (unsigned step = 0; step < ESI_SOON_STEPS; step++)
            tell(walk, nth(ahead, STRIDE * (2 + step)), step);
    }
}
