/* quality_internal.h - what of a session was not whole. */
#ifndef REPORT_QUALITY_INTERNAL_H
#define REPORT_QUALITY_INTERNAL_H

#include "report_internal.h"

struct page;
/* What was not whole, a sentence without its end; nothing, if all was. */
void put_quality_words(struct esi_buf *text, const struct esi_session_info *session);
/* Both versions of a conflict. */
void put_conflict_words(struct esi_buf *text, const struct esi_sink *sink,
                        const struct esi_session_info *session,
                        const struct esi_conflict *conflict);
/* The same as lines of the text output. */
void put_quality(struct page *page);
/* The same for sessions that lack the same. */
uint64_t quality_signature(const struct esi_session_quality *quality);

#endif
