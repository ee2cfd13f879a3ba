/*
 * printer.h - outcomes as the text that case files expect, a line each.
 *
 *     C@0+8 #3 mask command "STARTTLS" -> "XXXXXXXX" by no allow-tls, verb-x, confirmed
 *
 * That is: the direction (C: sent by the client), offset and length of the span, the frame that
 * decided it; action; what it is about; before and, where bytes are written, after; the rule with
 * its class if it has one, the behaviour, how sure. Then what else is true of it: logged,
 * clipped, counterfactual. Texts over 60 characters show their two ends.
 */
#ifndef TEST_PRINTER_H
#define TEST_PRINTER_H

#include "esi/inspect.h"

struct print_options {
    bool frames; /* "#3": whose arrival decided it */
    bool words;  /* the sentences about a divergence */
    bool hide_turns;
};

void print_outcome(struct esi_buf *out, const struct esi_outcome *outcome,
                   struct print_options options);
/* The session's line; then one for the cut and one for the divergence, if there are such. */
void print_result(struct esi_buf *out, const struct esi_session_result *result,
                  struct print_options options);
/* Two texts under each other, line by line: "  both", "- only in want", "+ only in got". */
void print_difference(struct esi_buf *out, struct esi_slice want, struct esi_slice got);

#endif
