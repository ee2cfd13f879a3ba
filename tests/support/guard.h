/*
 * guard.h - bytes that end where memory ends.
 *
 * What is lent here lies right before a page that must not be touched: reading one byte too far
 * crashes, with sanitizers or without. Taken back, it turns into other bytes: who kept a borrowed
 * pointer reads rubbish.
 */
#ifndef TEST_GUARD_H
#define TEST_GUARD_H

#include "esi/base.h"

struct guard {
    uint8_t *map;
    size_t size; /* of what may be touched */
    size_t lent;
};

void guard_init(struct guard *guard, size_t most); /* `most` bytes at a time */
struct esi_slice guard_lend(struct guard *guard, struct esi_slice bytes);
void guard_take_back(struct guard *guard);
void guard_fini(struct guard *guard);

#endif
