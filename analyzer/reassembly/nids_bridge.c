/*
 * nids_bridge.c - libnids 1.26 behind a few functions: the only file that includes <nids.h>.
 *
 * libnids keeps all its state in globals, so there is one bridge a process. It reads the packets of
 * mint.c from a dead libpcap handle. What it does that we do not want is undone through the
 * fields that <nids.h> makes public:
 *
 *   data, bufsize   libnids would keep 8 kB a session and allocate anew for each. Since every
 *                   callback consumes all it is given, nothing stays in these buffers between two
 *                   packets, and all streams can be lent the same one.
 *   rmem_alloc      beyond 64 kB of out-of-order data libnids drops the whole queue. Our user keeps
 *                   count of that data, so the count here is set back before each packet.
 *   ack_seq         libnids drops what lies outside of the receiver's window, which begins here;
 *                   set to what was delivered, it holds although pure ACKs are not passed on.
 *   count, offset   moving both skips a hole, whatever its size; setting both to 0 begins anew, so
 *                   that a short conversation need not cost a handshake.
 *   client, server  libnids looks each packet up as its client's first, then as its server's, and
 *                   the hash is most of its work. So all packets are the client's, and the
 *                   receiving halves change places where the direction changes: those of an
 *                   established stream differ in nothing but what they have received.
 *   user            tells which way they stand.
 *
 * Scan detection is off: it reads and writes out of bounds. libnids never sees a FIN or an RST.
 * What it leaks itself at each nids_init is 47 bytes.
 */
#define _DEFAULT_SOURCE /* nids.h wants the BSD names of types */

#include <nids.h>

#include "esi/reassembly.h"

#include "mint_internal.h"
#include "nids_bridge_internal.h"

#define TEXT_OF(number) #number
#define VERSION(major, minor) "libnids " TEXT_OF(major) "." TEXT_OF(minor)

static struct {
    pcap_t *pcap;
    bridge_fn *fn;
    struct tcp_stream *begun; /* set by the callback that libnids makes for a handshake */
    enum esi_dir feeding;
    struct pcap_pkthdr header; /* libnids keeps a pointer to it */
} bridge;

static _Alignas(64) uint8_t packet[MINT_PACKET_MAX];
static char lent[MINT_PAYLOAD_MAX]; /* what every half_stream.data points to */

static char turned; /* where `user` points if stream->server receives what goes to the client */

static struct half_stream *
receiver(struct tcp_stream *stream, enum esi_dir dir)
{
    return (stream->user == &turned) == (dir == ESI_TO_CLIENT) ? &stream->server : &stream->client;
}

/* face - makes stream->server the half that receives this direction. */
static void
face(struct tcp_stream *stream, enum esi_dir dir)
{
    void *user = dir == ESI_TO_CLIENT ? &turned : NULL;

    if (stream->user == user)
        return;
    struct half_stream half = stream->client;
    stream->client = stream->server;
    stream->server = half;
    stream->user = user;
}

static void
lend(struct half_stream *half)
{
    half->collect = 1;
    half->data = lent;
    half->bufsize = sizeof lent;
}

static void
take_back(struct tcp_stream *stream)
{
    stream->client.data = stream->server.data = NULL;
    stream->client.bufsize = stream->server.bufsize = 0;
}

static void
on_stream(struct tcp_stream *stream, void **user)
{
    (void)user;
    if (stream->nids_state == NIDS_DATA) {
        const struct half_stream *half = &stream->server;
        size_t len = (size_t)half->count_new;
        uint32_t at = (uint32_t)half->count - (uint32_t)half->count_new;
        bridge.fn(bridge.feeding, at, (struct esi_slice){(const uint8_t *)half->data, len});
    } else if (stream->nids_state == NIDS_JUST_EST) {
        lend(&stream->server);
        lend(&stream->client);
        bridge.begun = stream;
    } else if (stream->nids_state == NIDS_EXITING) {
        take_back(stream);
    } else {
        esi_panic("libnids ended a stream by itself (state %d)", stream->nids_state);
    }
}

static void
quiet(int type, int number, struct ip *header, void *data)
{
    (void)header;
    (void)data;
    esi_panic("libnids does not like a packet of ours (%d, %d)", type, number);
}

static void
no_memory(char *where)
{
    (void)where;
    esi_no_memory(0);
}

/* listener - nids.h takes the function as a void pointer, to which ISO C knows no conversion. */
static void *
listener(void)
{
    union {
        void (*function)(struct tcp_stream *, void **);
        void *pointer;
    } both = {on_stream};

    return both.pointer;
}

void
bridge_open(size_t streams, bridge_fn *fn)
{
    static struct nids_chksum_ctl no_checksums = {0, 0, NIDS_DONT_CHKSUM, 0};

    if (bridge.pcap)
        esi_panic("bridge_open: libnids is in use");
    bridge.pcap = pcap_open_dead(DLT_RAW, MINT_PACKET_MAX);
    if (!bridge.pcap)
        no_memory("pcap_open_dead");
    bridge.fn = fn;
    nids_params.pcap_desc = bridge.pcap;
    nids_params.n_tcp_streams = (int)(streams / 3 * 4 + 8); /* libnids uses three quarters */
    nids_params.n_hosts = 1;
    nids_params.scan_num_hosts = 0;
    nids_params.tcp_workarounds = 0;
    nids_params.tcp_flow_timeout = 0;
    nids_params.multiproc = 0;
    nids_params.syslog = quiet;
    nids_params.no_mem = no_memory;
    if (!nids_init())
        esi_panic("nids_init: %s", nids_errbuf);
    nids_register_chksum_ctl(&no_checksums, 1);
    nids_register_tcp(listener());
}

void
bridge_close(void)
{
    nids_unregister_tcp(listener()); /* which nids_exit forgets */
    nids_exit();
    pcap_close(bridge.pcap);
    nids_params.pcap_desc = NULL;
    bridge.pcap = NULL;
}

static void
show(const struct mint *mint, struct esi_slice payload)
{
    bridge.header.caplen = (bpf_u_int32)mint_packet(packet, mint, payload);
    bridge.header.len = bridge.header.caplen;
    nids_pcap_handler(NULL, &bridge.header, packet);
}

struct tcp_stream *
bridge_begin(uint32_t id)
{
    static const struct mint handshake[] = {
        {.kind = MINT_SYN, .seq = 0},
        {.kind = MINT_SYN_ACK, .seq = 0},
        {.kind = MINT_ACK, .seq = 1},
    };

    bridge.begun = NULL;
    for (size_t i = 0; i < ESI_COUNT(handshake); i++) {
        struct mint mint = handshake[i];
        mint.id = id;
        show(&mint, (struct esi_slice){0});
    }
    if (!bridge.begun)
        esi_panic("libnids did not take a handshake");
    return bridge.begun;
}

static void
set_count(struct half_stream *half, uint64_t delivered)
{
    half->count = half->offset = (int)(uint32_t)delivered;
}

void
bridge_restart(struct tcp_stream *stream, const uint64_t delivered[2])
{
    set_count(receiver(stream, ESI_TO_SERVER), delivered[ESI_TO_SERVER]);
    set_count(receiver(stream, ESI_TO_CLIENT), delivered[ESI_TO_CLIENT]);
}

bool
bridge_is_idle(const struct tcp_stream *stream)
{
    return !stream->server.list && !stream->client.list;
}

void
bridge_feed(struct tcp_stream *stream, uint32_t id, const struct bridge_data *data)
{
    struct mint mint = {.kind = MINT_ACK, .id = id, .seq = 1 + (uint32_t)data->at};

    face(stream, data->dir);
    stream->server.ack_seq = 1 + (uint32_t)data->delivered;
    stream->server.rmem_alloc = 0;
    bridge.feeding = data->dir;
    show(&mint, data->bytes);
}

void
bridge_skip(struct tcp_stream *stream, enum esi_dir dir, uint64_t len)
{
    struct half_stream *half = receiver(stream, dir);

    half->count = half->offset = (int)((uint32_t)half->count + (uint32_t)len);
}

void
bridge_end(struct tcp_stream *stream)
{
    take_back(stream);
    nids_free_tcp_stream(stream);
}

const char *
esi_reassembly_library(void)
{
    return VERSION(NIDS_MAJOR, NIDS_MINOR);
}
