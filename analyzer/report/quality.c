/*
 * quality.c - what of a session was not whole, in words and for programs.
 *
 * Wrong checksums alone are no lack: most come from senders whose network card computes them.
 */
#include <stddef.h>

#include "page_internal.h"
#include "quality_internal.h"

#define AT(field) offsetof(struct esi_session_quality, field)
static const struct part {
    size_t at;
    const char *one, *many;
} parts[] = {
    {AT(gaps), "gap in the bytes", "gaps in the bytes"},
    {AT(gap_bytes), "byte missing", "bytes missing"},
    {AT(given_up), "hole not waited for, for want of room",
     "holes not waited for, for want of room"},
    {AT(cut_frames), "frame cut by the snap length", "frames cut by the snap length"},
    {AT(corrupt), "segment left aside, since its checksum is wrong",
     "segments left aside, since their checksums are wrong"},
    {AT(doubtful), "segment used although its checksum is wrong, since it was acknowledged",
     "segments used although their checksums are wrong, since they were acknowledged"},
    {AT(before_start), "segment from before the capture's start left aside",
     "segments from before the capture's start left aside"},
    {AT(after_end), "segment with data behind the end left aside",
     "segments with data behind the end left aside"},
    {AT(late), "segment that came too late for a gap", "segments that came too late for a gap"},
    {AT(stray), "segment too far ahead left aside", "segments too far ahead left aside"},
    {AT(fragment_conflicts), "datagram whose fragments contradict each other",
     "datagrams whose fragments contradict each other"},
    {AT(overlap_conflicts), "segment that contradicts another", "segments that contradict others"},
};

static uint64_t
count_of_part(const struct esi_session_quality *quality, const struct part *part)
{
    return *(const uint64_t *)((const char *)quality + part->at);
}

static void
put_between(struct esi_buf *text)
{
    esi_buf_text(text, text->len > 0 ? "; " : "not whole: ");
}

static void
put_flags(struct esi_buf *text, const struct esi_session_info *session)
{
    const struct esi_session_quality *quality = &session->quality;
    bool one_way = !quality->side_seen[ESI_TO_CLIENT] || !quality->side_seen[ESI_TO_SERVER];
    bool mute = one_way && session->bytes[0] + session->bytes[1] == 0;
    const struct {
        bool is;
        const char *words;
    } flags[] = {
        {quality->midstream, "the capture began inside the session"},
        {mute, "nothing but attempts to connect was captured"},
        {!mute && !quality->side_seen[ESI_TO_CLIENT], "only client to server was captured"},
        {!mute && !quality->side_seen[ESI_TO_SERVER], "only server to client was captured"},
        {quality->evicted, "given up for want of memory"},
    };

    for (size_t i = 0; i < ESI_COUNT(flags); i++) {
        if (!flags[i].is)
            continue;
        put_between(text);
        esi_buf_text(text, flags[i].words);
    }
}

static void
put_version(struct esi_buf *text, const struct esi_sink *sink,
            const struct esi_session_info *session, uint64_t frame, struct esi_slice bytes,
            const struct esi_conflict *conflict)
{
    struct esi_source source = sink_locate(sink, frame);

    esi_buf_printf(text, "frame %ju ", (uintmax_t)(frame - source.before));
    if (source.file != sink_locate(sink, session->first_frame).file)
        esi_buf_printf(text, "of %s ", source.file);
    esi_buf_text(text, "has \"");
    esi_escape_wire(text, bytes);
    esi_buf_text(text, conflict->span.len > bytes.len ? "...\"" : "\"");
}

void
put_conflict_words(struct esi_buf *text, const struct esi_sink *sink,
                   const struct esi_session_info *session, const struct esi_conflict *conflict)
{
    esi_buf_printf(text, "%s, offset %ju: ",
                   conflict->dir == ESI_TO_SERVER ? "to the server" : "to the client",
                   (uintmax_t)conflict->span.offset);
    put_version(text, sink, session, conflict->first_frame,
                conflict_bytes(conflict, conflict->first), conflict);
    esi_buf_text(text, ", which counts; ");
    put_version(text, sink, session, conflict->second_frame,
                conflict_bytes(conflict, conflict->second), conflict);
}

void
put_quality_words(struct esi_buf *text, const struct esi_session_info *session)
{
    put_flags(text, session);
    for (size_t i = 0; i < ESI_COUNT(parts); i++) {
        uint64_t count = count_of_part(&session->quality, &parts[i]);
        if (count == 0)
            continue;
        put_between(text);
        put_counted(text, count, parts[i].one, parts[i].many);
    }
}

static void
put_block(struct page *page, struct esi_buf *text, const char *lead, size_t indent)
{
    if (text->len > 0) {
        esi_buf_byte(text, '\0');
        esi_buf_text(page->out, lead);
        put_wrapped(page->out, (const char *)text->data, indent);
    }
    esi_buf_free(text);
}

void
put_quality(struct page *page)
{
    const struct esi_session_quality *quality = &page->session->quality;
    struct esi_buf text = {0};

    put_quality_words(&text, page->session);
    put_block(page, &text, "  ", 2);
    for (size_t i = 0; i < quality->conflict_count; i++) {
        text = (struct esi_buf){0};
        put_conflict_words(&text, page->sink, page->session, &quality->conflicts[i]);
        put_block(page, &text, "    ", 6);
    }
}

uint64_t
quality_signature(const struct esi_session_quality *quality)
{
    uint64_t bits = (uint64_t)quality->midstream | (uint64_t)quality->side_seen[0] << 1 |
                    (uint64_t)quality->side_seen[1] << 2 | (uint64_t)quality->evicted << 3;

    for (size_t i = 0; i < ESI_COUNT(parts); i++)
        bits = bits << 1 | (count_of_part(quality, &parts[i]) > 0);
    return bits;
}
