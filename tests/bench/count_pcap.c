/*
 * count_pcap.c - what reading a capture costs at the least: libpcap's own loop, and a count.
 *
 *     bench_count_pcap FILE
 */
#include <inttypes.h>
#include <pcap.h>
#include <stdint.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *data;
    uint64_t frames = 0;
    uint64_t bytes = 0;
    pcap_t *pcap;
    int got;

    if (argc != 2) {
        fputs("usage: bench_count_pcap FILE\n", stderr);
        return 2;
    }
    pcap = pcap_open_offline(argv[1], error);
    if (!pcap) {
        fprintf(stderr, "bench_count_pcap: %s\n", error);
        return 2;
    }
    while ((got = pcap_next_ex(pcap, &header, &data)) == 1) {
        frames++;
        bytes += header->caplen;
    }
    if (got != PCAP_ERROR_BREAK)
        fprintf(stderr, "bench_count_pcap: %s: %s\n", argv[1], pcap_geterr(pcap));
    pcap_close(pcap);
    printf("%" PRIu64 " frames, %" PRIu64 " bytes\n", frames, bytes);
    return got == PCAP_ERROR_BREAK ? 0 : 2;
}
