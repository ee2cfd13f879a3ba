/* evidence_case.c - the cases of tests/evidence; see evidence_case.h. */
#define _DEFAULT_SOURCE /* strsep */
#include "unit/evidence_case.h"

#include <stdio.h>
#include <stdlib.h>

static const esi_nanos second = 1000000000;

static bool
take_fact(struct esi_evidence_facts *facts, const char *name, unsigned long long value)
{
    if (strcmp(name, "resent") == 0)
        facts->resent = (unsigned)value;
    else if (strcmp(name, "from") == 0)
        facts->resent_from = value;
    else if (strcmp(name, "to") == 0)
        facts->resent_to = value;
    else if (strcmp(name, "for") == 0)
        facts->resent_for = (esi_nanos)value * second;
    else if (strcmp(name, "dots") == 0)
        facts->dots_alone = (unsigned)value;
    else if (strcmp(name, "dot") == 0)
        facts->dot_at = value;
    else if (strcmp(name, "wait") == 0)
        facts->dot_wait = (esi_nanos)value * second;
    else if (strcmp(name, "least") == 0)
        facts->dot_least = (esi_nanos)value * second;
    else if (strcmp(name, "contradicted") == 0)
        facts->contradicted = value > 0;
    else if (strcmp(name, "split") == 0)
        facts->end_split = true, facts->end_at = value;
    else if (strcmp(name, "typed") == 0)
        facts->typed = value;
    else
        return false;
    return true;
}

/* read_facts - off the settings that the case's reader took for configuration. */
static bool
read_facts(struct evidence_case *out, const char *path)
{
    char *text = strndup((const char *)out->test.config.data, out->test.config.len), *rest = text;
    bool ok = true;

    for (char *line; (line = strsep(&rest, "\n")) && ok;) {
        char *words = line, *word = strsep(&words, " ");
        if (*line == '\0')
            continue;
        ok = strcmp(word, "ending") == 0;
        while (ok && (word = strsep(&words, " "))) {
            char name[16];
            unsigned long long value;
            ok = sscanf(word, "%15[a-z]=%llu", name, &value) == 2 &&
                 take_fact(&out->facts, name, value);
        }
        if (!ok)
            fprintf(stderr, "%s: not a setting: %s\n", path, line);
    }
    free(text);
    return ok;
}

bool
evidence_case_read(struct evidence_case *out, const char *path)
{
    struct esi_error err;

    *out = (struct evidence_case){0};
    if (!case_read(&out->test, path, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    talk_of_case(&out->talk, &out->test);
    return out->test.config.len == 0 || read_facts(out, path);
}

struct esi_evidence *
evidence_of_case(const struct evidence_case *from, struct inspect_way way)
{
    return evidence_of_talk(&from->talk, from->test.platform[0] ? from->test.platform : NULL, way,
                            &from->facts);
}

void
evidence_case_free(struct evidence_case *from)
{
    law_talk_free(&from->talk);
    case_free(&from->test);
}

size_t
evidence_each(const char *folder, void (*fn)(void *ctx, const char *path), void *ctx)
{
    char path[512];

    snprintf(path, sizeof path, ESI_ROOT "/tests/evidence%s%s", folder ? "/" : "",
             folder ? folder : "");
    return case_each(path, fn, ctx);
}
