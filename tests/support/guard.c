/* guard.c - a mapping whose last page is closed. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "guard.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RUBBISH = 0xa5 };

void
guard_init(struct guard *guard, size_t most)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    guard->lent = 0;
    guard->size = (most / page + 1) * page;
    guard->map =
        mmap(NULL, guard->size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guard->map == MAP_FAILED || mprotect(guard->map + guard->size, page, PROT_NONE) != 0)
        esi_panic("guard_init: no memory for %zu bytes", most);
}

struct esi_slice
guard_lend(struct guard *guard, struct esi_slice bytes)
{
    uint8_t *at = guard->map + guard->size - bytes.len;

    if (bytes.len > guard->size)
        esi_panic("guard_lend: %zu bytes, room for %zu", bytes.len, guard->size);
    guard->lent = bytes.len;
    if (bytes.len > 0)
        memcpy(at, bytes.ptr, bytes.len);
    return (struct esi_slice){at, bytes.len};
}

void
guard_take_back(struct guard *guard)
{
    memset(guard->map + guard->size - guard->lent, RUBBISH, guard->lent);
}

void
guard_fini(struct guard *guard)
{
    munmap(guard->map, guard->size + (size_t)sysconf(_SC_PAGESIZE));
}
