/* quality_internal.h - what of a session was not whole. */
#ifndef REPORT_QUALITY_INTERNAL_H
#define REPORT_QUALITY_INTERNAL_H

#include "esi/report.h"

struct page;
/* Lines for people, if anything was not whole. */
void put_quality(struct page *page);
/* The same for sessions that lack the same. */
uint64_t quality_signature(const struct esi_session_quality *quality);

#endif
