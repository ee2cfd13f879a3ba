/*
 * hostile_flows.c - many conversations, and what a table of them costs.
 */
#include "hostile.h"

enum {
    PATIENCE = 240 * 1000000, /* microseconds: so long the analyzer waits for more than a SYN */
    FLOWS = 80659             /* that its table has room for with --max-memory 64M */
};

/* connecting - client after client, from another address each. */
static struct talk
connecting(uint32_t number)
{
    return (struct talk){
        0x0b000000 + number, 0xc0000219, (uint16_t)(1024 + number % 60000), {number * 64013, 0}};
}

uint64_t
make_half_open(void)
{
    uint32_t count = 0;

    for (; !capture_is_full(); count++) {
        struct talk talk = connecting(count);
        emit(&talk, false, SYN, NULL, 0);
    }
    return count;
}

/* make_reuse - one 4-tuple: a session up to its reset, then the next. */
uint64_t
make_reuse(void)
{
    for (uint32_t n = 1; !capture_is_full(); n++) {
        struct talk talk;
        talk_open(&talk, n);
        say(&talk, false, "EHLO a.example.net\r\n");
        emit(&talk, true, RST | ACK, NULL, 0);
    }
    return 1;
}

/* make_one_frame - sessions of which the capture has one segment each, every one from elsewhere. */
uint64_t
make_one_frame(void)
{
    uint32_t count = 0;

    for (; !capture_is_full(); count++) {
        struct talk talk = connecting(count);
        say(&talk, false, "EHLO a.example.net\r\n");
    }
    return count;
}

/* make_expiring - attempts to connect, at such a pace that when the table of flows is full, two of
 * them have been silent for long enough whenever another comes: none has to go for want of room. */
uint64_t
make_expiring(void)
{
    uint32_t flows = capture.flows > 0 ? capture.flows : FLOWS, count = 0;

    for (capture.gap = 0; !capture_is_full(); count++) {
        struct talk talk = connecting(count);
        capture.clock = (uint64_t)count * PATIENCE / (flows - 2);
        emit(&talk, false, SYN, NULL, 0);
    }
    return count < flows ? count : flows;
}
