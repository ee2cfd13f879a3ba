/* verify_members.h - members of the lines of a proof; what is wrong with one ends the program. */
#ifndef TESTS_VERIFY_MEMBERS_H
#define TESTS_VERIFY_MEMBERS_H

#include <jansson.h>
#include <stdint.h>

enum { DIGEST = 65, EQUAL_MOST = 7 /* bytes in a row that are the same, inside a range */ };

_Noreturn void verify_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

json_int_t member_number(const json_t *of, const char *key); /* not negative */
const char *member_text(const json_t *of, const char *key);
/* \xHH and \\ undone; freed by the caller. */
uint8_t *member_bytes(const json_t *of, const char *key, size_t *len);
/* Writes a range's bytes in place of those before, which have to be there; `behind` is the end of
 * the range before it. Returns its end. */
size_t member_range(uint8_t *bytes, size_t caplen, const json_t *range, size_t behind);
/* SHA-256 of a file. */
void member_digest(const char *path, char out[DIGEST]);

#endif
