/*
 * pattern.h - regular expressions as the firewall writes them: `regex NAME "PATTERN"`.
 *
 * Source: Cisco ASA CLI guide, "regex", table of metacharacters. Of the dialect:
 *
 *     .  (exp)  |  ?  *  +  {x}  {x,}  [abc]  [^abc]  [a-c]  ^  \r \n \t \f  \xNN  \NNN
 *
 * {x} and {x,} are the same: x times or more. A backslash before any other byte, a digit excepted,
 * means that byte itself, within brackets too; every other byte stands for itself, and so do $, }
 * and ] outside brackets. A dash within brackets is itself if it is first or last. There are no
 * characters, only bytes: a dot is any byte, NUL and line ends as well. There is no switch for
 * upper and lower case.
 *
 * Where the guide is silent, inferred:
 *   - {x,y} is not in the guide and is refused
 *   - ^ is the start of the bytes searched and behind every LF, wherever it stands outside
 *     brackets; it cannot be repeated
 *   - a quantifier may follow a quantifier and repeats all before it: a+? is (a+)?, nothing lazy
 *   - a ] that is first within brackets is itself, as in POSIX; [: opens no named class
 *   - a pattern, a group or a branch of nothing is refused, and so are \x and \ with a digit that
 * are not of two hexadecimal and three octal digits
 */
#ifndef ESI_PATTERN_H
#define ESI_PATTERN_H

#include "esi/base.h"

enum {
    ESI_PATTERN_MOST = 100, /* bytes of a pattern: the firewall's own limit */
    /* Items of a pattern (a byte, a dot, a class, a ^, a pair of parentheses, a quantifier upon a
     * quantifier) with every {x} written out. Ours, not the firewall's: what searching costs grows
     * with the square of it. Enough for a {255}, the longest name of a file. */
    ESI_PATTERN_ITEMS_MOST = 300
};

/* One regular expression, compiled. Does not change once made; not for two threads at once. */
struct esi_pattern;

/*
 * text: what stands in the configuration between (or without) the quotation marks, its escapes
 * still in it; borrowed for the call. NULL if it is not of the dialect: err (may be NULL) says what
 * was expected, *at is the offset into `text` of the byte that offends, text.len: its end. To be
 * freed by esi_pattern_free.
 */
struct esi_pattern *esi_pattern_new(struct esi_slice text, struct esi_error *err, size_t *at);
void esi_pattern_free(struct esi_pattern *pattern); /* NULL: nothing */

/* GAVE_UP: the bytes can follow the pattern on more ways at once than are kept; neither yes nor no.
 */
enum esi_pattern_result { ESI_PATTERN_NO, ESI_PATTERN_FOUND, ESI_PATTERN_GAVE_UP };

/*
 * Whether it occurs anywhere in `bytes`. Reads them once, from the front to the end of the first
 * occurrence, never goes back, and allocates nothing: the time is bounded by bytes.len times a
 * bound that the pattern alone sets.
 */
enum esi_pattern_result esi_pattern_search(const struct esi_pattern *pattern,
                                           struct esi_slice bytes);

#endif
