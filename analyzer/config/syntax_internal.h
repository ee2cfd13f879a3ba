/* syntax_internal.h - a compiled pattern: made by syntax.c, gone through by syntax_match.c. */
#ifndef ESI_SYNTAX_INTERNAL_H
#define ESI_SYNTAX_INTERNAL_H

#include "reader_internal.h"

enum node_kind { NODE_LITERAL, NODE_ARGUMENT, NODE_OPTIONAL, NODE_CHOICE };

struct node {
    enum node_kind kind;
    bool repeats;
    const char *literal;
    enum argument_type type;
    struct node **branches; /* OPTIONAL: one; CHOICE: each the first of a sequence */
    size_t branch_count;
    struct node *next;
};

struct pattern {
    bool takes_no;
    struct node *first;
    char *text; /* literals lie in it */
};

#endif
