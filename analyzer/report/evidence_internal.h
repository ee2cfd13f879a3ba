/* evidence_internal.h - what a session was touched by before it was captured, in words. */
#ifndef REPORT_EVIDENCE_INTERNAL_H
#define REPORT_EVIDENCE_INTERNAL_H

#include "report_internal.h"

struct page;

/* "touched already when it was captured: ..."; of a session with nothing to tell, nothing. */
void put_touched_words(struct esi_buf *text, const struct esi_session_info *session);
/* "between the box and the client"; nothing if it is not known. */
void put_side_words(struct esi_buf *text, const struct esi_evidence_result *result);
/* "XXXXXXXA most likely STARTTLS (62 %) or CHUNKING (30 %)" */
void put_guess_words(struct esi_buf *text, const struct esi_keyword_guess *guess);
/* Of sessions by enum esi_touched, those touched, or probably. */
uint64_t alarming_of(const uint64_t sessions[ESI_TOUCHED_COUNT]);
/* "3 of 7 sessions touched (asa), ..." of a server. */
void put_server_words(struct esi_buf *text, const struct esi_evidence_server *server);
/* "4 sessions touched, 1 probably, ..." of all. untouched: the rest, too. */
void put_totals_words(struct esi_buf *text, const struct esi_evidence_totals *totals,
                      bool untouched);
/* "Captured with a masking firewall ... in the path: 3 of 7 sessions touched, ..." of all. */
void put_capture_words(struct esi_buf *text, const uint64_t sessions[ESI_TOUCHED_COUNT]);
/* "touched", "probably touched", "not touched", "cannot be told" */
const char *touched_words(enum esi_touched touched);
/* "from 2026-...Z on touched": a change of a server that is touched at times only. */
void put_change_words(struct esi_buf *text, const struct esi_evidence_change *change);
extern const char untouched_words[];       /* of a session that was not */
extern const char altered_words[];         /* that what follows works on altered bytes */
extern const char altered_of_them_words[]; /* the same, on top of many of them */
/* What a paragraph is about. */
enum evidence_part {
    PART_BESIDES,
    PART_KEYWORDS,
    PART_ALIKE,
    PART_SIDE,
    PART_AGAINST,
    PART_MEANS,
    PART_CURE
};
const char *part_words(enum evidence_part part);
/* The same for sessions that were touched alike. */
uint64_t evidence_signature(const struct esi_evidence_result *result);

/* As a paragraph of the text output; a line where it cannot be told; nothing where it was not. */
void put_evidence(struct page *page);

#endif
