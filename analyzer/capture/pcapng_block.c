/*
 * pcapng_block.c - where blocks begin and end, what fields and options stand in them, and where
 * they can be made out in garbage: at a known type with a length that stands at the block's end,
 * too.
 *
 * Source: draft-ietf-opsawg-pcapng sections 3.1 (blocks), 3.5 (options), 4.1 (sections).
 */
#include "esi/bytes.h"

#include "pcapng_block_internal.h"

enum {
    LEAST = 12,            /* and the length once more */
    SECTION_LEAST = 28,    /* and byte order, version, length of the section */
    ORDER_AT = 8,          /* in a section header */
    BLOCK_MOST = 16 << 20, /* what other readers take, too; a frame has 64 kB, offloaded 512 kB */
    FOUND_MOST = 1 << 20,  /* searched for: a length in garbage should not cost 16 MB of memory */
    TYPE_MOST = 0xffff,    /* registered types end far below, */
    CUSTOM = 0xbad,        /* but for custom ones */
    OPTION_HEAD = 4,
    OPTIONS_MOST = 1 << 16 /* behind a packet: a comment holds no more */
};

uint32_t
pcapng_u32(const struct pcapng_block *block, size_t at)
{
    return esi_u32(block->body.ptr + at, block->big_endian);
}

uint16_t
pcapng_u16(const struct pcapng_block *block, size_t at)
{
    return esi_u16(block->body.ptr + at, block->big_endian);
}

bool
pcapng_file_is(struct esi_slice head)
{
    return head.len >= 4 && esi_u32(head.ptr, true) == ESI_PCAPNG_SECTION;
}

/* order_of - of a section that begins here. False: it does not. */
static bool
order_of(const uint8_t *at, bool *big_endian)
{
    enum { ORDER = 0x1a2b3c4d };

    *big_endian = esi_u32(at, true) == ORDER;
    return *big_endian || esi_u32(at, false) == ORDER;
}

static bool
is_read(uint32_t type)
{
    return type == ESI_PCAPNG_INTERFACE || type == ESI_PCAPNG_PACKET ||
           type == ESI_PCAPNG_SIMPLE_PACKET || type == ESI_PCAPNG_ENHANCED_PACKET ||
           type == ESI_PCAPNG_SECTION;
}

static bool
may_be_huge(uint32_t type)
{
    return !is_read(type) &&
           (type <= TYPE_MOST || type == CUSTOM || type == ESI_PCAPNG_CUSTOM_NOT_COPIED);
}

/* read_head - type, byte order and length. False: they cannot be right. LEAST bytes are there. */
static bool
read_head(const struct tape *tape, bool big_endian, struct pcapng_block *out)
{
    const uint8_t *bytes = tape_bytes(tape);

    *out = (struct pcapng_block){.type = esi_u32(bytes, big_endian), .big_endian = big_endian};
    if (out->type == ESI_PCAPNG_SECTION && !order_of(bytes + ORDER_AT, &out->big_endian))
        return false;
    out->length = esi_u32(bytes + 4, out->big_endian);
    return out->length % 4 == 0 &&
           out->length >= (uint32_t)(out->type == ESI_PCAPNG_SECTION ? SECTION_LEAST : LEAST);
}

/* is_cut - whether what the file's end cuts off may have been that long. */
static bool
is_cut(struct tape *tape, const struct pcapng_block *block)
{
    enum { CAPLEN_AT = 20, DATA_AT = 28 };
    const uint8_t *bytes = tape_bytes(tape);

    if (block->type != ESI_PCAPNG_ENHANCED_PACKET && block->type != ESI_PCAPNG_PACKET)
        return is_read(block->type) ? block->length <= OPTIONS_MOST * 8 : may_be_huge(block->type);
    if (tape_there(tape) < DATA_AT)
        return true;
    uint64_t caplen = esi_u32(bytes + CAPLEN_AT, block->big_endian);
    return DATA_AT + caplen + 4 <= block->length &&
           DATA_AT + caplen + OPTIONS_MOST >= block->length;
}

enum pcapng_found
pcapng_look(struct tape *tape, bool big_endian, struct pcapng_block *out)
{
    size_t have = tape_fill(tape, LEAST);

    if (have < LEAST)
        return have == 0 ? PCAPNG_END : PCAPNG_CUT;
    if (!read_head(tape, big_endian, out))
        return PCAPNG_BAD;
    if (out->length > BLOCK_MOST)
        return may_be_huge(out->type) ? PCAPNG_HUGE : PCAPNG_BAD;
    if (tape_fill(tape, out->length) < out->length)
        return is_cut(tape, out) ? PCAPNG_CUT : PCAPNG_BAD;
    const uint8_t *bytes = tape_bytes(tape);
    out->body = (struct esi_slice){bytes + PCAPNG_HEAD, out->length - LEAST};
    return esi_u32(bytes + out->length - 4, out->big_endian) == out->length ? PCAPNG_BLOCK
                                                                            : PCAPNG_BAD;
}

/* pass - so many bytes of it; how many there were. */
static uint64_t
pass(struct tape *tape, const struct pcapng_block *block, const struct watch *tell, uint64_t len)
{
    uint64_t passed = 0;

    while (passed < len && tape_fill(tape, 1) > 0) {
        size_t there = tape_there(tape);
        size_t now = len - passed < there ? (size_t)(len - passed) : there;
        pcapng_tell(tell, block, passed, (struct esi_slice){tape_bytes(tape), now});
        tape_skip(tape, now);
        passed += now;
    }
    return passed;
}

bool
pcapng_skip_huge(struct tape *tape, const struct pcapng_block *block, const struct watch *tell,
                 bool *cut)
{
    uint64_t body = block->length - 4;
    uint64_t passed = tell ? pass(tape, block, tell, body) : tape_drop(tape, body);

    *cut = passed < body || tape_fill(tape, 4) < 4;
    if (*cut || esi_u32(tape_bytes(tape), block->big_endian) != block->length)
        return false;
    if (tell)
        pcapng_tell(tell, block, passed, (struct esi_slice){tape_bytes(tape), 4});
    tape_skip(tape, 4);
    return true;
}

/* is_known - of the types that one meets, the usual ones: what is searched for. */
static bool
is_known(uint32_t type)
{
    enum { USUAL_MOST = 10 };

    return (type >= 1 && type <= USUAL_MOST) || type == ESI_PCAPNG_SECTION || type == CUSTOM ||
           type == ESI_PCAPNG_CUSTOM_NOT_COPIED;
}

static bool
stands_at_block(struct tape *tape, bool big_endian)
{
    struct pcapng_block block;

    return read_head(tape, big_endian, &block) && block.length <= FOUND_MOST &&
           tape_fill(tape, block.length) >= block.length &&
           esi_u32(tape_bytes(tape) + block.length - 4, block.big_endian) == block.length;
}

bool
pcapng_search(struct tape *tape, bool big_endian)
{
    while (tape_fill(tape, LEAST) >= LEAST) {
        size_t most = tape_there(tape) - LEAST + 1, at = 0;
        while (at < most && !is_known(esi_u32(tape_bytes(tape) + at, big_endian)))
            at++;
        tape_skip(tape, at);
        if (at == most)
            continue;
        if (stands_at_block(tape, big_endian))
            return true;
        tape_skip(tape, 1);
    }
    tape_skip(tape, tape_there(tape));
    return false;
}

bool
pcapng_next_option(const struct pcapng_block *block, size_t *from, struct pcapng_option *out)
{
    if (block->body.len < *from + OPTION_HEAD)
        return false;
    *out = (struct pcapng_option){.code = pcapng_u16(block, *from),
                                  .at = *from + OPTION_HEAD,
                                  .len = pcapng_u16(block, *from + 2)};
    *from = out->at + (out->len + 3U) / 4 * 4;
    return out->code != 0 && out->len <= block->body.len - out->at;
}
