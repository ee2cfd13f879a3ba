/*
 * syntax.c - one command's pattern, made of its text. Patterns are ours: what is wrong with one is
 * a panic, and is so at every start.
 */
#include <stdlib.h>
#include <string.h>

#include "syntax_internal.h"

struct parse {
    char *at;
};

static char *
next_token(struct parse *parse)
{
    while (*parse->at == ' ')
        parse->at++;
    return parse->at;
}

#define LITERAL_ENDS " []{}|"

static struct node *parse_sequence(struct parse *parse);

/* check_branches - the next word must be able to tell branches apart. */
static void
check_branches(const struct node *node)
{
    for (size_t i = 0; i < node->branch_count; i++) {
        const char *one = node->branches[i] ? node->branches[i]->literal : NULL;
        if (!node->branches[i])
            esi_panic("pattern: an empty branch");
        for (size_t j = i + 1; one && j < node->branch_count; j++) {
            const char *other = node->branches[j] ? node->branches[j]->literal : NULL;
            size_t len = strcspn(one, LITERAL_ENDS);
            if (other && strcspn(other, LITERAL_ENDS) == len && memcmp(one, other, len) == 0)
                esi_panic("pattern: two branches begin with '%.*s'", (int)len, one);
        }
    }
}

static struct node *
parse_branches(struct parse *parse, enum node_kind kind, char close)
{
    struct node *node = esi_alloc(sizeof *node);
    size_t cap = 0;

    node->kind = kind;
    do {
        parse->at++; /* the bracket, or the bar */
        node->branches =
            esi_grow(node->branches, &cap, node->branch_count + 1, sizeof *node->branches);
        node->branches[node->branch_count++] = parse_sequence(parse);
    } while (*next_token(parse) == '|');
    check_branches(node);
    if (*parse->at != close)
        esi_panic("pattern: %c expected before '%s'", close, parse->at);
    parse->at++;
    return node;
}

static struct node *
parse_word(struct parse *parse)
{
    struct node *node = esi_alloc(sizeof *node);
    bool argument = parse->at[0] == '<';
    size_t len = argument ? strcspn(parse->at, ">") + 1 : strcspn(parse->at, LITERAL_ENDS);

    if (len == 0)
        esi_panic("pattern: a word expected before '%s'", parse->at);
    if (argument) {
        node->kind = NODE_ARGUMENT;
        node->type = argument_find((struct esi_slice){(const uint8_t *)parse->at + 1, len - 2});
    } else {
        node->kind = NODE_LITERAL;
        node->literal = parse->at;
    }
    parse->at += len;
    return node;
}

static struct node *
parse_element(struct parse *parse)
{
    switch (*parse->at) {
    case '[':
        return parse_branches(parse, NODE_OPTIONAL, ']');
    case '{':
        return parse_branches(parse, NODE_CHOICE, '}');
    default:
        return parse_word(parse);
    }
}

static struct node *
parse_sequence(struct parse *parse)
{
    struct node *first = NULL, **link = &first;

    while (*next_token(parse) != '\0' && !strchr("]}|", *parse->at)) {
        struct node *node = parse_element(parse);
        *link = node;
        link = &node->next;
        if (strncmp(next_token(parse), "...", 3) == 0) {
            node->repeats = true;
            parse->at += 3;
        }
    }
    return first;
}

/* end_literals - NULs behind literals, now that brackets and blanks have been read. */
static void
end_literals(struct node *node)
{
    for (; node; node = node->next) {
        if (node->kind == NODE_LITERAL)
            *(char *)(uintptr_t)(node->literal + strcspn(node->literal, LITERAL_ENDS)) = '\0';
        for (size_t i = 0; i < node->branch_count; i++)
            end_literals(node->branches[i]);
    }
}

struct pattern *
pattern_new(const char *text)
{
    struct pattern *pattern = esi_alloc(sizeof *pattern);
    struct parse parse;

    pattern->text = esi_strdup(text);
    parse.at = pattern->text;
    if (strncmp(parse.at, "[no] ", 5) == 0) {
        pattern->takes_no = true;
        parse.at += 5;
    }
    pattern->first = parse_sequence(&parse);
    if (*parse.at != '\0')
        esi_panic("pattern: '%s' left over", parse.at);
    end_literals(pattern->first);
    return pattern;
}

static void
free_nodes(struct node *node)
{
    while (node) {
        struct node *next = node->next;
        for (size_t i = 0; i < node->branch_count; i++)
            free_nodes(node->branches[i]);
        free(node->branches);
        free(node);
        node = next;
    }
}

void
pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    free_nodes(pattern->first);
    free(pattern->text);
    free(pattern);
}
