/* filter.c - which frames to look at: pcap-filter(7) expressions, compiled by libpcap. */
#define _DEFAULT_SOURCE /* u_char and its like, for pcap.h */
#include <pcap/pcap.h>
#include <stdlib.h>

#include "capture_internal.h"

enum { SNAPLEN = 262144 };

struct program {
    int linktype;
    bool usable;              /* the expression means something on that link type */
    struct esi_error why_not; /* if not */
    struct bpf_program bpf;
};
struct filter {
    char *expression;
    struct program *programs;
    size_t count, cap;
    size_t last; /* the one used last: nearly always the one wanted next */
};

struct filter *
filter_new(const char *expression)
{
    struct filter *filter = esi_alloc(sizeof *filter);

    filter->expression = esi_strdup(expression);
    return filter;
}

static void
compile(struct program *program, const char *expression)
{
    pcap_t *pcap = pcap_open_dead(program->linktype, SNAPLEN);

    if (!pcap)
        esi_panic("compile: no pcap_t");
    program->usable = pcap_compile(pcap, &program->bpf, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!program->usable)
        esi_error_set(&program->why_not, "%s", pcap_geterr(pcap));
    pcap_close(pcap);
}

static struct program *
find_program(struct filter *filter, int linktype)
{
    if (filter->last < filter->count && filter->programs[filter->last].linktype == linktype)
        return &filter->programs[filter->last];
    for (filter->last = 0; filter->last < filter->count; filter->last++)
        if (filter->programs[filter->last].linktype == linktype)
            return &filter->programs[filter->last];
    filter->programs =
        esi_grow(filter->programs, &filter->cap, filter->count + 1, sizeof *filter->programs);
    struct program *program = &filter->programs[filter->count++];
    program->linktype = linktype;
    compile(program, filter->expression);
    return program;
}

const char *
filter_trouble(struct filter *filter, int linktype)
{
    const struct program *program = find_program(filter, linktype);

    return program->usable ? NULL : program->why_not.text;
}

bool
filter_passes(struct filter *filter, const struct esi_frame *frame)
{
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->bytes.len, .len = frame->wire_len};
    const struct program *program = find_program(filter, frame->linktype);

    return program->usable && pcap_offline_filter(&program->bpf, &header, frame->bytes.ptr) != 0;
}

void
filter_free(struct filter *filter)
{
    if (!filter)
        return;
    for (size_t p = 0; p < filter->count; p++)
        if (filter->programs[p].usable)
            pcap_freecode(&filter->programs[p].bpf);
    free(filter->programs);
    free(filter->expression);
    free(filter);
}
