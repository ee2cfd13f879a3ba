/*
 * arguments_maps.c - typed arguments of inspection maps: words out of fixed lists, in any case, and
 * abbreviated as long as only one of the list is meant.
 *
 * Source: Cisco ASA CLI guides, "match" of policy-map type inspect esmtp. Of the verbs, SEND is not
 * in the list at hand; it is one of those that the box lets through.
 */
#include "esi/smtp.h"

#include "arguments_internal.h"

struct listed {
    const char *name;
    unsigned number;
};

static const struct listed verbs[] = {
    {"auth", ESI_VERB_AUTH}, {"data", ESI_VERB_DATA}, {"ehlo", ESI_VERB_EHLO},
    {"etrn", ESI_VERB_ETRN}, {"helo", ESI_VERB_HELO}, {"help", ESI_VERB_HELP},
    {"mail", ESI_VERB_MAIL}, {"noop", ESI_VERB_NOOP}, {"quit", ESI_VERB_QUIT},
    {"rcpt", ESI_VERB_RCPT}, {"rset", ESI_VERB_RSET}, {"saml", ESI_VERB_SAML},
    {"send", ESI_VERB_SEND}, {"soml", ESI_VERB_SOML}, {"vrfy", ESI_VERB_VRFY},
};

static const struct listed keywords[] = {
#define ESI_KEYWORD(id, word) {word, ESI_KEYWORD_##id},
#include "esi/keywords.def"
#undef ESI_KEYWORD
};

static const struct listed encodings[] = {
#define ESI_ENCODING(id, word) {word, ESI_ENCODING_##id},
#include "esi/encodings.def"
#undef ESI_ENCODING
};

static bool
begins(const char *name, const struct word *word)
{
    struct esi_slice full = esi_slice_of(name);

    return !word->quoted && word->text.len > 0 && word->text.len <= full.len &&
           esi_slice_same_nocase(word->text, esi_slice_cut(full, 0, word->text.len));
}

/* take_listed - none of the names begins another: what is typed in full is not ambiguous. */
static size_t
take_listed(const struct listed *list, size_t count, const struct word *word, struct arg *out)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        if (!begins(list[i].name, word))
            continue;
        out->number = list[i].number;
        found++;
    }
    return found == 1;
}

size_t
take_verb(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    return take_listed(verbs, ESI_COUNT(verbs), words, out);
}

size_t
take_keyword(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    return take_listed(keywords, ESI_COUNT(keywords), words, out);
}

size_t
take_encoding(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    return take_listed(encodings, ESI_COUNT(encodings), words, out);
}

/* take_foreign - dns, http, ...; of IOS, where no protocol stands, already the name. */
size_t
take_foreign(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    (void)out;
    return words->text.len > 0 && !begins("esmtp", words);
}
