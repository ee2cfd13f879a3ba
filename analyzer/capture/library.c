/* library.c - which libpcap reads the captures. */
#define _DEFAULT_SOURCE /* u_char and its like, for pcap.h */
#include <pcap/pcap.h>

#include "esi/capture.h"

const char *
esi_capture_library(void)
{
    return pcap_lib_version();
}
