/* ng.h - pcapng files made by hand, block by block, in both byte orders. */
#ifndef TESTS_NG_H
#define TESTS_NG_H

#include "esi/base.h"

void put_u16(struct esi_buf *out, bool big, uint16_t value);
void put_u32(struct esi_buf *out, bool big, uint32_t value);

struct ng {
    struct esi_buf bytes;
    bool big;
};
void ng_block(struct ng *ng, uint32_t type, struct esi_slice body);
void ng_section(struct ng *ng, bool big);
/* options: as they stand in the file */
void ng_interface(struct ng *ng, uint16_t linktype, uint32_t snaplen, struct esi_slice options);
void ng_frame(struct ng *ng, uint32_t interface, uint64_t units, struct esi_slice bytes,
              uint32_t len, struct esi_slice options);
void put_option(struct esi_buf *out, bool big, uint16_t code, struct esi_slice value);

#endif
