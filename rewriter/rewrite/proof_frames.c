/*
 * proof_frames.c - the lines of a proof that tell of frames: left out, changed, kept all the same,
 * made.
 */
#include <string.h>

#include "proof_lines_internal.h"
#include "ranges_internal.h"

static void
put_time(struct esi_json *json, esi_nanos ts)
{
    char text[ESI_TIME_TEXT];

    esi_json_word(json, ESI_JSON_KEY("timestamp"), esi_time_print(text, ts));
}

/* put_place - the file's number tells files of one name apart. */
static void
put_place(struct proof *proof, uint32_t file, uint64_t number)
{
    const struct esi_capture_file *of = &proof->files[file];
    struct esi_json *json = &proof->json;

    esi_json_text(json, ESI_JSON_KEY("pcap_filename"), of->name);
    esi_json_number(json, ESI_JSON_KEY("capture"), file + 1);
    esi_json_number(json, ESI_JSON_KEY("pcap_cnt"), number - of->before);
}

/* put_words - a verdict a line. */
static void
put_words(struct esi_json *json, struct esi_slice words)
{
    esi_json_open(json, ESI_JSON_KEY("verdicts"), '[');
    while (words.len > 0) {
        const uint8_t *line_end = memchr(words.ptr, '\n', words.len);
        size_t len = line_end ? (size_t)(line_end - words.ptr) : words.len;

        esi_json_own(json, ESI_JSON_ELEMENT, esi_slice_cut(words, 0, len));
        words = esi_slice_cut(words, len + 1, words.len);
    }
    esi_json_close(json, ']');
}

/* ---- frames that are left out ---- */

static void
put_left_out(struct proof *proof, const struct run *run, struct esi_slice words)
{
    struct esi_json *json = &proof->json;

    proof_begin(proof, "left-out");
    if (run->timed)
        put_time(json, run->ts);
    put_place(proof, run->file, run->first);
    esi_json_number(json, ESI_JSON_KEY("frames"), run->count);
    esi_json_word(json, ESI_JSON_KEY("why"), run->why);
    put_words(json, words);
    proof_end(proof);
}

static void
end_run(struct proof *proof)
{
    if (proof->run.count > 0)
        put_left_out(proof, &proof->run, (struct esi_slice){0});
    proof->run.count = 0;
}

static void
add_left_out(struct proof *proof, const struct run *more, struct esi_slice words)
{
    struct run *run = &proof->run;

    if (words.len == 0 && run->count > 0 && run->file == more->file && run->why == more->why &&
        run->first + run->count == more->first) {
        run->count += more->count;
        return;
    }
    end_run(proof);
    if (words.len > 0)
        put_left_out(proof, more, words);
    else
        *run = *more;
}

/* add_filtered - frames that nobody was handed, up to that number. */
static void
add_filtered(struct proof *proof, uint64_t number)
{
    while (proof->next < number && proof->file < proof->file_count) {
        const struct esi_capture_file *file = &proof->files[proof->file];
        uint64_t behind = file->before + file->frames + 1;
        uint64_t until = behind < number ? behind : number;

        if (until > proof->next)
            add_left_out(proof,
                         &(struct run){.file = proof->file,
                                       .first = proof->next,
                                       .count = until - proof->next,
                                       .why = "filter"},
                         (struct esi_slice){0});
        proof->next = until > proof->next ? until : proof->next;
        proof->file += proof->next >= behind;
    }
}

static const char *
why_left_out(const struct patches *patches)
{
    return patches->fate == FATE_DROPPED ? "verdict"
           : patches->diverged           ? "after-divergence"
                                         : "only-sessions";
}

/* ---- frames that are written ---- */

static const char *
kind_of(const struct patch *patch, const struct patches *patches)
{
    return !patch->checksum         ? "payload"
           : patches->only_checksum ? "checksum-set"
           : patches->adjusted      ? "checksum-adjusted"
                                    : "checksum-recomputed";
}

static void
put_range(struct esi_json *json, const char *kind, uint64_t offset, struct esi_slice before,
          const uint8_t *after)
{
    esi_json_open(json, ESI_JSON_ELEMENT, '{');
    esi_json_number(json, ESI_JSON_KEY("offset"), offset);
    esi_json_number(json, ESI_JSON_KEY("length"), before.len);
    esi_json_wire(json, ESI_JSON_KEY("before"), before);
    esi_json_wire(json, ESI_JSON_KEY("after"), (struct esi_slice){after, before.len});
    esi_json_word(json, ESI_JSON_KEY("kind"), kind);
    esi_json_close(json, '}');
}

static void
put_patch(struct esi_json *json, const struct esi_frame *frame, const uint8_t *bytes,
          const struct patch *patch, const char *kind)
{
    struct esi_slice old = esi_slice_cut(frame->bytes, patch->at, patch->bytes.len);
    const uint8_t *new = bytes + patch->at;
    struct esi_span range;
    size_t at = 0;

    while (range_next(old, new, &at, &range))
        put_range(json, kind, patch->at + range.offset,
                  esi_slice_cut(old, (size_t)range.offset, (size_t)range.len), new + range.offset);
}

/* put_ranges - in order of offset: patches come in that order, or in the other. */
static void
put_ranges(struct proof *proof, const struct esi_frame *frame, const struct patches *patches,
           const uint8_t *bytes)
{
    struct esi_json *json = &proof->json;
    size_t count = patches->count;
    bool turned = count > 1 && patches->items[0].at > patches->items[count - 1].at;

    esi_json_open(json, ESI_JSON_KEY("ranges"), '[');
    for (size_t p = 0; p < count; p++) {
        const struct patch *patch = &patches->items[turned ? count - 1 - p : p];
        put_patch(json, frame, bytes, patch, kind_of(patch, patches));
    }
    esi_json_close(json, ']');
}

/* begin_written - place: its own in the input, or that of the frame it stands behind. */
static void
begin_written(struct proof *proof, const struct esi_frame *frame, const struct esi_frame *place,
              uint64_t number, const char *event)
{
    end_run(proof);
    proof_begin(proof, event);
    put_time(&proof->json, frame->ts);
    put_place(proof, place->file, place->number);
    esi_json_number(&proof->json, ESI_JSON_KEY("out_cnt"), number);
}

static void
end_written(struct proof *proof, struct esi_slice words, bool commented)
{
    put_words(&proof->json, words);
    esi_json_bool(&proof->json, ESI_JSON_KEY("commented"), commented);
    proof_end(proof);
}

void
proof_frame(struct proof *proof, const struct esi_frame *frame, const struct patches *patches,
            const uint8_t *bytes, uint64_t number, bool commented)
{
    bool changed = patches->count > 0 && memcmp(bytes, frame->bytes.ptr, frame->bytes.len) != 0;

    add_filtered(proof, frame->number);
    proof->file = frame->file;
    proof->next = frame->number + 1;
    if (patches->fate != FATE_WRITTEN) {
        add_left_out(proof,
                     &(struct run){.file = frame->file,
                                   .first = frame->number,
                                   .count = 1,
                                   .why = why_left_out(patches),
                                   .timed = true,
                                   .ts = frame->ts},
                     patches->comment);
        return;
    }
    if (!changed && !patches->marked && !commented)
        return;
    begin_written(proof, frame, frame, number, changed ? "changed" : "marked");
    put_ranges(proof, frame, patches, bytes);
    end_written(proof, patches->comment, commented);
}

void
proof_made(struct proof *proof, const struct esi_frame *behind, const struct esi_frame *made,
           struct esi_slice words, uint64_t number, bool commented)
{
    begin_written(proof, made, behind, number, "made");
    esi_json_number(&proof->json, ESI_JSON_KEY("length"), made->wire_len);
    esi_json_wire(&proof->json, ESI_JSON_KEY("bytes"), made->bytes);
    end_written(proof, words, commented);
}

void
proof_end_frames(struct proof *proof, uint64_t frames_read)
{
    add_filtered(proof, frames_read + 1);
    end_run(proof);
}
