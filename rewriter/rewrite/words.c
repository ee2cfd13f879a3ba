/* words.c - what the user calls the ways to write. */
#include "esi/rewrite.h"

const char *const esi_rewrite_format_words[] = {
    [ESI_REWRITE_PCAP] = "pcap", [ESI_REWRITE_PCAPNG] = "pcapng"};
const char *const esi_rewrite_after_words[] = {
    [ESI_AFTER_KEEP] = "keep", [ESI_AFTER_MARK] = "mark", [ESI_AFTER_CUT] = "cut"};
const char *const esi_rewrite_checksums_words[] = {[ESI_CHECKSUMS_RECOMPUTE] = "recompute",
                                                   [ESI_CHECKSUMS_ADJUST] = "adjust",
                                                   [ESI_CHECKSUMS_ALL] = "all"};
const char *const esi_rewrite_view_words[] = {[ESI_VIEW_BOTH] = "both",
                                              [ESI_VIEW_TO_SERVER] = "to-server",
                                              [ESI_VIEW_TO_CLIENT] = "to-client"};
const char *const esi_rewrite_dropped_words[] = {"omit", "mark"};
