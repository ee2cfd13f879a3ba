/* pcap_out.c - little-endian wherever it is made. */
#define _GNU_SOURCE /* program_invocation_short_name */
#include "pcap_out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINK_ETHERNET = 1 };

_Noreturn void
panic(const char *what, const char *which)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, which, what);
    exit(2);
}

void
put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void
put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static void
put_little(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

void
pcap_out_bytes(struct pcap_out *out, const void *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, out->file) != len)
        panic(strerror(errno), out->name);
    out->bytes += len;
}

static void
write_file_header(struct pcap_out *out)
{
    uint8_t header[24] = {0};

    put_little(header, 0xa1b2c3d4);
    header[4] = 2; /* version 2.4 */
    header[6] = 4;
    put_little(header + 16, 262144);
    put_little(header + 20, LINK_ETHERNET);
    pcap_out_bytes(out, header, sizeof header);
}

void
pcap_out_open(struct pcap_out *out, const char *path)
{
    *out = (struct pcap_out){.file = fopen(path, "wb"), .name = path};
    if (!out->file || setvbuf(out->file, NULL, _IOFBF, 1 << 20) != 0)
        panic(strerror(errno), path);
    write_file_header(out);
}

void
pcap_out_record(uint8_t record[RECORD_LEN], uint64_t clock, uint32_t frame_len)
{
    put_little(record, (uint32_t)(START_OF_TIME + clock / MICROSECONDS));
    put_little(record + 4, (uint32_t)(clock % MICROSECONDS));
    put_little(record + 8, frame_len);
    put_little(record + 12, frame_len);
}

void
pcap_out_close(struct pcap_out *out)
{
    if (fclose(out->file) != 0)
        panic(strerror(errno), out->name);
}
