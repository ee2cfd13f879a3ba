/*
 * inspect_extensions.c - the keywords of EHLO replies: under which word of `match
 * ehlo-reply-parameter` each falls, and which verb or parameter makes use of it; and that the list
 * of behaviours is as long as its table.
 */
#include <criterion/criterion.h>

#include "inspect/inspect_internal.h"

static const struct {
    const char *keyword, *word;
    enum esi_verb verb;    /* UNKNOWN: none that only a client sends who saw it */
    const char *parameter; /* of MAIL or RCPT; NULL: none */
} rows[] = {
    {"8BITMIME", "8bitmime", ESI_VERB_UNKNOWN, "BODY"},
    {"SIZE", "size", ESI_VERB_UNKNOWN, "SIZE"},
    {"DSN", "dsn", ESI_VERB_UNKNOWN, "NOTIFY"},
    {"PIPELINING", "pipelining", ESI_VERB_UNKNOWN, NULL},
    {"ETRN", "etrn", ESI_VERB_ETRN, NULL},
    {"ENHANCEDSTATUSCODES", "ecode", ESI_VERB_UNKNOWN, NULL},
    {"AUTH", "auth", ESI_VERB_AUTH, NULL},
    {"BINARYMIME", "binaryname", ESI_VERB_UNKNOWN, NULL},
    {"CHECKPOINT", "checkpoint", ESI_VERB_UNKNOWN, NULL},
    {"VRFY", "vrfy", ESI_VERB_UNKNOWN, NULL},
    {"STARTTLS", "others", ESI_VERB_STARTTLS, NULL},
    {"CHUNKING", "others", ESI_VERB_BDAT, NULL},
    {"SMTPUTF8", "others", ESI_VERB_UNKNOWN, "SMTPUTF8"},
    {"BURL", "others", ESI_VERB_BURL, NULL},
    {"ATRN", "others", ESI_VERB_ATRN, NULL},
    {"DELIVERBY", "others", ESI_VERB_UNKNOWN, "BY"},
    {"REQUIRETLS", "others", ESI_VERB_UNKNOWN, "REQUIRETLS"},
    {"MT-PRIORITY", "others", ESI_VERB_UNKNOWN, "MT-PRIORITY"},
    {"FUTURERELEASE", "others", ESI_VERB_UNKNOWN, "HOLDFOR"},
    {"XCLIENT", "others", ESI_VERB_XCLIENT, NULL},
    {"XFORWARD", "others", ESI_VERB_XFORWARD, NULL},
    {"XEXCH50", "others", ESI_VERB_XEXCH50, NULL},
};

Test(inspect, extensions_by_their_keywords)
{
    uint32_t with_parameter = 0;

    cr_assert(EXTENSION_COUNT == ESI_COUNT(rows), "a row each");
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        enum extension extension = extension_find(esi_slice_of(rows[i].keyword));
        cr_assert(extension != EXTENSION_NONE, "%s", rows[i].keyword);
        cr_expect(esi_slice_eq(esi_slice_of(extension_keyword(extension)),
                               esi_slice_of(rows[i].keyword)));
        const char *word = esi_keyword_name(extension_class(extension));
        cr_expect(esi_slice_eq(esi_slice_of(word), esi_slice_of(rows[i].word)), "%s: %s",
                  rows[i].keyword, word);
        if (rows[i].parameter) {
            with_parameter |= (uint32_t)1 << extension;
            cr_expect(extension_of_parameter(esi_slice_of(rows[i].parameter)) == extension, "%s",
                      rows[i].parameter);
        }
    }
    cr_expect(extensions_with_parameter() == with_parameter, "%x", extensions_with_parameter());
    cr_expect(extension_of_parameter(ESI_LIT("RET")) == EXTENSION_NONE);
    cr_expect(extension_of_parameter(ESI_LIT("")) == EXTENSION_NONE);
    cr_expect(extension_find(ESI_LIT("HELP")) == EXTENSION_NONE);
    cr_expect(extension_find(ESI_LIT("SIZES")) == EXTENSION_NONE);
    cr_expect(extension_find(ESI_LIT("SIZ")) == EXTENSION_NONE);
    cr_expect(extension_class(EXTENSION_NONE) == ESI_KEYWORD_OTHERS);
}

Test(inspect, extensions_by_the_verbs_that_use_them)
{
    for (int verb = 0; verb <= ESI_VERB_UNKNOWN; verb++) {
        enum extension got = extension_of_verb((enum esi_verb)verb), want = EXTENSION_NONE;
        for (size_t i = 0; i < ESI_COUNT(rows) && verb != ESI_VERB_UNKNOWN; i++)
            if (rows[i].verb == (enum esi_verb)verb)
                want = extension_find(esi_slice_of(rows[i].keyword));
        cr_expect(got == want, "%s: %d", esi_verb_name((enum esi_verb)verb), (int)got);
    }
}

Test(inspect, behaviours_are_counted)
{
    static const char *const ids[] = {
#define ESI_BEHAVIOUR(tail, id, basis, words, source) id,
#include "inspect/behaviours.def"
#undef ESI_BEHAVIOUR
    };

    cr_expect(esi_behaviour_count() == ESI_COUNT(ids));
    for (size_t i = 0; i < ESI_COUNT(ids); i++)
        cr_expect(esi_slice_eq(esi_slice_of(esi_behaviour_at(i)->id), esi_slice_of(ids[i])));
}
