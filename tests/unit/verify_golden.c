/* What came, compared with a golden file: told by record and field. */
#define _DEFAULT_SOURCE /* mkstemp */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "esi/verify.h"

#define VERDICT(offset, before)                                                                    \
    "{\"schema\":1,\"event_type\":\"verdict\",\"tcp_stream\":0,\"verdict\":{\"direction\":"        \
    "\"to_client\",\"what\":\"greeting\",\"offset\":" #offset ",\"before\":\"" before "\"}}\n"

/* compare - how it ends; `why` is ended by a NUL. */
static enum esi_golden_end
compare(const char *was, const char *now, struct esi_buf *why)
{
    char path[] = "/tmp/esi-golden-XXXXXX";
    struct esi_error err = {""};
    int fd = mkstemp(path);

    cr_assert(fd >= 0 && write(fd, was, strlen(was)) == (ssize_t)strlen(was));
    close(fd);
    struct esi_golden *golden = esi_golden_open(path, false, &err);
    cr_assert(golden, "%s", err.text);
    for (const char *end; (end = strchr(now, '\n')); now = end + 1)
        esi_golden_line(golden, esi_slice_cut(esi_slice_of(now), 0, (size_t)(end - now)));
    enum esi_golden_end end = esi_golden_close(golden, true, why, &err);
    esi_buf_byte(why, '\0');
    unlink(path);
    return end;
}

Test(verify_golden, differences)
{
    static const struct {
        const char *what, *was, *now;
        const char *said[3]; /* in that order; none: the same */
    } rows[] = {
        {"the same", VERDICT(1, "a") VERDICT(2, "b"), VERDICT(1, "a") VERDICT(2, "b"), {NULL}},
        {"blanks",
         "{\"schema\": 1, \"event_type\":\"verdict\"}\n",
         "{\"schema\":1,\"event_type\":\"verdict\"}\n",
         {NULL}},
        {"a checkout's line ends", "{\"schema\":1}\r\n", "{\"schema\":1}\n", {NULL}},
        {"empty", "", "", {NULL}},
        {"a field",
         VERDICT(1, "a") VERDICT(2, "b"),
         VERDICT(1, "a") VERDICT(2, "c"),
         {"differences: 1\n", "field: \"verdict.before\"\n", "was: \"b\"\n      now: \"c\"\n"}},
        {"one more",
         VERDICT(1, "a") VERDICT(3, "c"),
         VERDICT(1, "a") VERDICT(2, "b") VERDICT(3, "c"),
         {"differences: 1\n", "it is not in the golden file", NULL}},
        {"one less",
         VERDICT(1, "a") VERDICT(2, "b") VERDICT(3, "c"),
         VERDICT(1, "a") VERDICT(3, "c"),
         {"differences: 1\n", "it did not come", NULL}},
        {"the last less",
         VERDICT(1, "a") VERDICT(2, "b"),
         VERDICT(1, "a"),
         {"differences: 1\n", "it did not come", NULL}},
        {"all", "", VERDICT(1, "a"), {"differences: 1\n", "it is not in the golden file", NULL}},
        {"a field more",
         "{\"schema\":1,\"l\":[1]}\n",
         "{\"schema\":1,\"l\":[1,2],\"m\":null}\n",
         {"differences: 2\n", "field: \"l\"\n      was: \"(not there)\"\n      now: \"2\"\n",
          "field: \"m\"\n"}},
        {"an element that moved",
         "{\"schema\":1,\"l\":[{\"f\":[4,5]},{\"f\":[6]}]}\n",
         "{\"schema\":1,\"l\":[{\"f\":[4]},{\"f\":[5,6]}]}\n",
         {"differences: 1\n", "in other places of its lists", NULL}},
        {"no record",
         "x\xff\n" VERDICT(1, "a"),
         VERDICT(1, "a"),
         {"differences: 1\n", "record: \"x\\\\xff\"\n", NULL}},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_buf why = {0};
        enum esi_golden_end end = compare(rows[i].was, rows[i].now, &why);
        const char *at = (const char *)why.data;

        cr_expect(end == (rows[i].said[0] ? ESI_GOLDEN_DIFFERS : ESI_GOLDEN_SAME), "%s",
                  rows[i].what);
        for (size_t s = 0; s < 3 && rows[i].said[s]; s++) {
            const char *found = strstr(at, rows[i].said[s]);

            cr_expect(found, "%s: no %s in\n%s", rows[i].what, rows[i].said[s],
                      (const char *)why.data);
            at = found ? found : at;
        }
        esi_buf_free(&why);
    }
}

/* A thousand differences are counted; a few are told. */
Test(verify_golden, is_bounded)
{
    struct esi_buf was = {0}, now = {0}, why = {0};

    for (unsigned i = 0; i < 1000; i++) {
        esi_buf_printf(&was, "{\"schema\":1,\"tcp_stream\":%u,\"x\":1}\n", i);
        esi_buf_printf(&now, "{\"schema\":1,\"tcp_stream\":%u,\"x\":2}\n", i);
    }
    esi_buf_byte(&was, '\0');
    esi_buf_byte(&now, '\0');
    cr_expect(compare((const char *)was.data, (const char *)now.data, &why) == ESI_GOLDEN_DIFFERS);
    cr_expect(strstr((const char *)why.data, "differences: 1000\n  the_first:\n"));
    cr_expect(why.len < 4096);
    esi_buf_free(&was);
    esi_buf_free(&now);
    esi_buf_free(&why);
}
