/*
 * cases.h - case files: settings, a conversation, what the firewall does about it.
 *
 *     # A banner is masked; its code and line end stay.
 *     platform asa-8
 *     ---
 *     S: 220 mail.example.com ESMTP
 *     C: QUIT
 *     ---
 *     S@4+22 #1 mask greeting "mail.example.com ESMTP" -> "**********************" by ...
 *     session altered commands=1 greeting=1
 *
 * Settings, one a line: `platform NAME` (else asa-8), `midstream` (the capture begins inside the
 * session), `turns` (what was said is expected as well), `words` (so are the sentences about a
 * divergence), `knob NAME=VALUE`. `#` begins a comment line, here and in the conversation. Any
 * other line is configuration text: read with the case's line numbers, and every line of it has to
 * be understood.
 *
 * The conversation, C the client and S the server, one segment and so one frame a line:
 *
 *     C: text     text and CRLF; a `\` at the end leaves CRLF out
 *     C&: text    the same, in the same segment as the line above
 *     C*120: text the line 120 times, with 1, 2, ... for %d; C&*120: all in one segment
 *     C? 20       20 bytes that the capture lacks
 *     C.  C!      FIN, RST
 *
 * In a text \r \n \t \0 \\ \{ and \xHH are bytes, and {text*40} is text 40 times.
 *
 * The last part is compared as text with what printer.h prints.
 */
#ifndef TEST_CASES_H
#define TEST_CASES_H

#include "esi/policy.h"

enum talk_kind { TALK_BYTES, TALK_HOLE, TALK_FIN, TALK_RST };

struct talk_step {
    enum talk_kind kind;
    enum esi_dir dir;
    struct esi_buf bytes; /* BYTES: of the whole segment */
    uint64_t hole;        /* HOLE */
};

struct test_case {
    char path[512];
    char platform[32];
    bool midstream, turns, words;
    char *knobs[8];
    size_t knob_count;
    struct esi_buf config; /* configuration text, at its lines of the file; empty: none */
    bool configured;
    struct talk_step *steps; /* frame numbers are places here, 1.. */
    size_t count, cap;
    struct esi_buf text; /* the file */
    size_t expected_at;  /* where in it the last part begins */
};

/* False, and why, for a file that is no case. Zero-initialised is ready. */
bool case_read(struct test_case *out, const char *path, struct esi_error *err);
/* The policy of its settings; port 25 carries SMTP. NULL, and why. */
struct esi_policy *case_policy(const struct test_case *test, struct esi_error *err);
struct esi_slice case_expected(const struct test_case *test);
/* Writes `got` in place of the file's last part. */
bool case_update(const struct test_case *test, struct esi_slice got, struct esi_error *err);
void case_free(struct test_case *test);

/* Every *.case below `folder`, sorted, through fn; how many there were. */
size_t case_each(const char *folder, void (*fn)(void *ctx, const char *path), void *ctx);

#endif
