/*
 * config.c - writes configurations of many lines, to measure how quickly they are read.
 *
 *     bench_config KIND LINES
 *
 * KIND: usual (access lists, objects, what is about something else, a map), list (an access list of
 * that many entries, bound to an inspection), unknown (commands that
 * nobody knows), misspelt (nearly commands), inside (lines that do not fit in a map), long (one
 * line in a hundred has a megabyte's hundredth part). The text goes to standard output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
usual(unsigned long i)
{
    switch (i % 8) {
    case 0:
        printf("object network host-%lu\n", i);
        break;
    case 1:
        printf(" host 10.%lu.%lu.%lu\n", i >> 16 & 255, i >> 8 & 255, i & 255);
        break;
    case 2:
        printf("access-list OUT extended permit tcp any host 10.0.%lu.%lu eq smtp\n", i >> 8 & 255,
               i & 255);
        break;
    case 3:
        printf(
            "access-list OUT extended permit tcp 192.0.2.0 255.255.255.0 object host-%lu eq %lu\n",
            i - 3, i & 65535);
        break;
    case 4:
        printf("nat (inside,outside) source static host-%lu host-%lu\n", i, i);
        break;
    case 5:
        printf("snmp-server host inside 10.0.0.%lu community public\n", i & 255);
        break;
    case 6:
        puts("policy-map type inspect esmtp MAP");
        break;
    default:
        puts(" parameters");
    }
}

static void
unknown(unsigned long i)
{
    printf("zabcdefg%lu with some words %lu\n", i, i);
}

static void
misspelt(unsigned long i)
{
    static const char *const words[] = {"polcy-map", "acess-list", "servce-policy",
                                        "clas-map",  "interfcae",  "object-gorup"};

    printf("%s type inspect esmtp X%lu\n", words[i % 6], i);
}

static void
inside(unsigned long i)
{
    puts(i % 1000 == 0 ? "policy-map type inspect esmtp X" : " mtch cmd lin length gt 512");
}

static void
long_line(unsigned long i)
{
    if (i % 100 == 0)
        for (int n = 0; n < 2500; n++)
            fputs("foo ", stdout);
    puts("policy-map type inspect esmtp X");
}

/* list - an access list that classes ask, of LINES entries and what binds it. */
static void
list(unsigned long i)
{
    if (i == 0)
        puts("class-map M\n match access-list L\npolicy-map P\n class M\n  inspect esmtp\n"
             "service-policy P global");
    printf(
        "access-list L extended permit tcp 10.%lu.%lu.0 255.255.255.0 host 10.0.%lu.%lu eq smtp\n",
        i >> 8 & 255, i & 255, i >> 8 & 255, i & 255);
}

static const struct {
    const char *name;
    void (*write)(unsigned long i);
} kinds[] = {{"usual", usual},       {"list", list},     {"unknown", unknown},
             {"misspelt", misspelt}, {"inside", inside}, {"long", long_line}};

int
main(int argc, char **argv)
{
    for (size_t k = 0; argc == 3 && k < sizeof kinds / sizeof kinds[0]; k++) {
        if (strcmp(argv[1], kinds[k].name) != 0)
            continue;
        unsigned long lines = strtoul(argv[2], NULL, 10);
        for (unsigned long i = 0; i < lines; i++)
            kinds[k].write(i);
        return fflush(stdout) == 0 ? 0 : 1;
    }
    fputs("bench_config usual|list|unknown|misspelt|inside|long LINES\n", stderr);
    return 2;
}
