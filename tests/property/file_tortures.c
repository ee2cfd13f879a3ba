/*
 * file_tortures.c - the same frames in other files, and beside other frames.
 */
#include "property/road.h"

enum { OTHER_PORT = FRAME_CLIENT_PORT + 1, MICROSECONDS = 6, NANOSECONDS = 9, BINARY = 0x80 | 30 };

static size_t
build(uint8_t out[FRAME_MOST], const struct shot *shot)
{
    if (shot->piece.len > 0)
        return frame_build_piece(out, &shot->spec, shot->piece);
    return frame_build(out, &shot->spec);
}

/* two_flows - the second a frame behind the first. */
static void
two_flows(const struct road *in, struct road *out)
{
    for (size_t s = 0; s <= in->count; s++) {
        if (s < in->count)
            road_add(out, &in->shots[s]);
        if (s > 0)
            road_add(out, &in->shots[s - 1])->spec.client_port = OTHER_PORT;
    }
}

/* ---- classic files ---- */

static void
add_to_file(struct frame_file *file, const struct road *road, size_t from, size_t to)
{
    static uint8_t frame[FRAME_MOST];

    for (size_t s = from; s < to; s++) {
        file->now += road->shots[s].pause;
        frame_file_add(file, frame, build(frame, &road->shots[s]), 0);
    }
}

/* linktype_of - all of a road's shots have the first one's. */
static int
linktype_of(const struct road *road)
{
    const struct frame_spec *spec = &road->shots[0].spec;

    return spec->layers ? frame_layer_linktype(spec->layers[0]) : frame_linktype(spec->link);
}

static size_t
write_swapped(const struct road *road, const char *folder, const char *paths[2], bool nanosecond)
{
    struct frame_file file;

    paths[0] = temp_path(folder, "swapped.pcap");
    frame_file_open_swapped(&file, paths[0], linktype_of(road), 262144, nanosecond);
    add_to_file(&file, road, 0, road->count);
    frame_file_close(&file);
    return 1;
}

static size_t
swapped_file(const struct road *road, const char *folder, const char *paths[2])
{
    return write_swapped(road, folder, paths, false);
}

static size_t
swapped_nano_file(const struct road *road, const char *folder, const char *paths[2])
{
    return write_swapped(road, folder, paths, true);
}

/* two_files - given in the wrong order; the first frame of each says which comes first. */
static size_t
two_files(const struct road *road, const char *folder, const char *paths[2])
{
    struct frame_file first, second;
    int linktype = linktype_of(road);

    paths[1] = temp_path(folder, "first.pcap");
    paths[0] = temp_path(folder, "second.pcap");
    frame_file_open(&first, paths[1], linktype, 262144, false);
    add_to_file(&first, road, 0, road->count / 2);
    frame_file_open(&second, paths[0], linktype, 262144, false);
    second.now = first.now;
    add_to_file(&second, road, road->count / 2, road->count);
    frame_file_close(&first);
    frame_file_close(&second);
    return 2;
}

/* ---- pcapng ---- */

static void
add_to_ng(struct frame_ng *ng, unsigned interface, const struct shot *shot)
{
    static uint8_t frame[FRAME_MOST];

    ng->now += shot->pause;
    frame_ng_add(ng, interface, frame, build(frame, shot), 0);
}

static struct frame_ng
open_ng(const char *folder, const char *paths[2])
{
    struct frame_ng ng;

    paths[0] = temp_path(folder, "some.pcapng");
    frame_ng_open(&ng, paths[0]);
    return ng;
}

static size_t
one_section(const struct road *road, const char *folder, const char *paths[2])
{
    struct frame_ng ng = open_ng(folder, paths);

    frame_ng_section(&ng, false);
    frame_ng_interface(&ng, linktype_of(road), 0);
    for (size_t s = 0; s < road->count; s++)
        add_to_ng(&ng, 0, &road->shots[s]);
    frame_ng_close(&ng);
    return 1;
}

/* two_interfaces - Ethernet, and raw IP with another resolution, a frame each in turn. */
static size_t
two_interfaces(const struct road *road, const char *folder, const char *paths[2])
{
    struct frame_ng ng = open_ng(folder, paths);

    frame_ng_section(&ng, false);
    frame_ng_interface(&ng, frame_linktype(FRAME_ETHERNET), MICROSECONDS);
    frame_ng_interface(&ng, frame_linktype(FRAME_RAW), NANOSECONDS);
    for (size_t s = 0; s < road->count; s++) {
        struct shot shot = road->shots[s];
        shot.spec.layers = NULL;
        shot.spec.link = s % 2 == 0 ? FRAME_ETHERNET : FRAME_RAW;
        add_to_ng(&ng, s % 2, &shot);
    }
    frame_ng_close(&ng);
    return 1;
}

/* many_sections - every few frames, in turns of byte order; and blocks of no known type. */
static size_t
many_sections(const struct road *road, const char *folder, const char *paths[2])
{
    static const uint8_t resolutions[] = {MICROSECONDS, NANOSECONDS, BINARY};
    struct frame_ng ng = open_ng(folder, paths);

    for (size_t s = 0; s < road->count; s++) {
        if (s % 4 == 0) {
            frame_ng_section(&ng, s % 8 == 0);
            frame_ng_unknown(&ng, ESI_LIT("nobody knows me"));
            frame_ng_interface(&ng, linktype_of(road), resolutions[s / 4 % 3]);
        }
        if (s % 3 == 0)
            frame_ng_unknown(&ng, (struct esi_slice){0});
        add_to_ng(&ng, 0, &road->shots[s]);
    }
    frame_ng_close(&ng);
    return 1;
}

/* simple_packets - which have no time. */
static size_t
simple_packets(const struct road *road, const char *folder, const char *paths[2])
{
    static uint8_t frame[FRAME_MOST];
    struct frame_ng ng = open_ng(folder, paths);

    frame_ng_section(&ng, false);
    frame_ng_interface(&ng, linktype_of(road), 0);
    for (size_t s = 0; s < road->count; s++)
        frame_ng_add_simple(&ng, frame, build(frame, &road->shots[s]));
    frame_ng_close(&ng);
    return 1;
}

static const struct torture rows[] = {
    {"two flows, a frame each in turn", .bend = two_flows, .flows = 2},
    {"the other byte order", .write = swapped_file},
    {"the other byte order, nanoseconds", .write = swapped_nano_file},
    {"two files", NOT_REWRITTEN, .write = two_files},
    {"pcapng", NOT_REWRITTEN, .write = one_section},
    {"pcapng, two interfaces with different link types", NOT_REWRITTEN, .write = two_interfaces},
    {"pcapng, sections of both byte orders", NOT_REWRITTEN, .write = many_sections},
    {"pcapng, simple packet blocks", NEEDS_NO_HOLES | NOT_REWRITTEN, .write = simple_packets},
};
const struct torture_table file_tortures = {rows, ESI_COUNT(rows)};
