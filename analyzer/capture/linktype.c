/* linktype.c - link types: libpcap's numbers and names of them. */
#define _GNU_SOURCE /* fmemopen; u_char and its like, for pcap.h */
#include <pcap/pcap.h>
#include <stdio.h>

#include "capture_internal.h"

/*
 * Numbers in files (LINKTYPE_*) and those that libpcap works with (DLT_*) differ for a few types,
 * and from system to system. So libpcap itself is asked: with a file header of that type.
 */
int
linktype_of_file(uint16_t linktype)
{
    static int last_asked = -1, last_answer;
    char text[PCAP_ERRBUF_SIZE];
    struct pcap_file_header header = {
        .magic = 0xa1b2c3d4, .version_major = 2, .version_minor = 4, .linktype = linktype};

    if (linktype == last_asked)
        return last_answer;
    FILE *stream = fmemopen(&header, sizeof header, "r");
    pcap_t *pcap = stream ? pcap_fopen_offline(stream, text) : NULL;
    if (!pcap)
        esi_panic("linktype_of_file: %d", linktype);
    last_asked = linktype;
    last_answer = pcap_datalink(pcap);
    pcap_close(pcap);
    return last_answer;
}

bool
linktype_note(int list[ESI_LINKTYPES_MOST], size_t *count, int linktype)
{
    for (size_t t = 0; t < *count; t++)
        if (list[t] == linktype)
            return false;
    if (*count == ESI_LINKTYPES_MOST)
        return false;
    list[(*count)++] = linktype;
    return true;
}

const char *
esi_linktype_name(int linktype)
{
    static char numbers[ESI_LINKTYPES_MOST][16];
    static unsigned turn;
    const char *name = pcap_datalink_val_to_name(linktype);

    if (name)
        return name;
    char *number = numbers[turn++ % ESI_LINKTYPES_MOST];
    snprintf(number, sizeof numbers[0], "%d", linktype);
    return number;
}
