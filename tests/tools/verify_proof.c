/*
 * verify_proof.c - whether a capture is what a proof says became of others.
 *
 *     verify_proof [-n] PROOF OUT INPUT[=PLAIN]...
 *
 * Builds the output's frames from the inputs and the proof, and holds them against the output,
 * frame by frame: bytes, lengths, times, link types, and in a pcapng file the comments; options of
 * frames that the proof does not name stay as they were. The digests of the inputs and of the
 * output have to be those that the proof gives; which input is which is told by its digest. PLAIN:
 * where the frames of an input that is compressed can be read. -n: digests of the output aside.
 *
 * Prints what it counted and exits 0, or says what is wrong and exits 1. Reads all by itself:
 * shares no code with the rewriter.
 */
#define _GNU_SOURCE /* getline */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain_capture.h"
#include "verify_members.h"

enum { COMMENT_MOST = 65531 /* that are sure to fit an option */ };

struct input {
    const char *path; /* NULL: none was given for it */
    struct plain_capture capture;
};

static struct {
    struct input *inputs; /* as the proof orders them */
    size_t count;
    struct plain_capture out;
    size_t line; /* of the proof */
    /* What comes next */
    size_t file, frame, out_frame;
    json_int_t made, dropped, left_out, changed;
} state;

/* verify_fail - says where, too. */
_Noreturn void
verify_fail(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "line %zu of the proof, frame %zu of the output: ", state.line,
            state.out_frame);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

/* ---- inputs ---- */

/* split - INPUT=PLAIN; PLAIN is INPUT if it is not given. */
static const char *
split(char *argument)
{
    char *equals = strchr(argument, '=');

    if (!equals)
        return argument;
    *equals = '\0';
    return equals + 1;
}

/* find_input - the argument with that digest, taken once. */
static void
find_input(struct input *input, const char *sha256, char **arguments, const char **plain, int count)
{
    char digest[DIGEST];

    for (int a = 0; a < count; a++) {
        if (!arguments[a])
            continue;
        member_digest(arguments[a], digest);
        if (strcmp(digest, sha256) != 0)
            continue;
        input->path = arguments[a];
        arguments[a] = NULL;
        if (!plain_capture_read(&input->capture, plain[a]))
            verify_fail("%s cannot be read", plain[a]);
        return;
    }
    verify_fail("no input with the SHA-256 %s", sha256);
}

static void
read_header(const json_t *header, char **arguments, int count)
{
    const json_t *captures = json_object_get(header, "captures"), *capture;
    const char **plain = calloc((size_t)count + 1, sizeof *plain);
    size_t f;

    if (strcmp(member_text(header, "event_type"), "proof") != 0 || !json_is_array(captures) ||
        !plain)
        verify_fail("no header");
    for (int a = 0; a < count; a++)
        plain[a] = split(arguments[a]);
    state.count = json_array_size(captures);
    state.inputs = calloc(state.count + 1, sizeof *state.inputs);
    json_array_foreach(captures, f, capture)
    {
        struct input *input = &state.inputs[f];

        if (json_is_string(json_object_get(capture, "sha256")))
            find_input(input, member_text(capture, "sha256"), arguments, plain, count);
        else if (json_is_true(json_object_get(capture, "complete")))
            verify_fail("a complete input without a digest");
        if ((json_int_t)input->capture.count != member_number(capture, "frames"))
            verify_fail("%s has %zu frames", member_text(capture, "pcap_filename"),
                        input->capture.count);
    }
    free(plain);
}

/* ---- frames ---- */

static const struct plain_frame *
next_out(void)
{
    if (state.out_frame >= state.out.count)
        verify_fail("the output ends");
    return &state.out.frames[state.out_frame++];
}

static void
check_head(const struct plain_frame *old, const struct plain_frame *new)
{
    if (old->caplen != new->caplen || old->len != new->len)
        verify_fail("its length is %u of %u, not %u of %u", new->caplen, new->len, old->caplen,
                    old->len);
    if (old->linktype != new->linktype)
        verify_fail("its link type is %u, not %u", new->linktype, old->linktype);
    if (old->ts >= 0 && old->ts != new->ts)
        verify_fail("its time is another");
}

static void
check_untouched(const struct plain_frame *old, bool pcapng)
{
    const struct plain_frame *new = next_out();

    check_head(old, new);
    if (memcmp(old->bytes, new->bytes, old->caplen) != 0)
        verify_fail("its bytes changed");
    if (state.out.pcapng &&
        (new->options_len != (pcapng ? old->options_len : 0) ||
         (new->options_len > 0 && memcmp(old->options, new->options, old->options_len) != 0)))
        verify_fail("its options changed");
}

/* go_to - frames up to that one are as they were. */
static void
go_to(size_t file, size_t frame)
{
    while (state.file < file || (state.file == file && state.frame < frame)) {
        const struct input *input = &state.inputs[state.file];

        if (state.frame < input->capture.count)
            check_untouched(&input->capture.frames[state.frame++], input->capture.pcapng);
        else if (state.file < file)
            state.frame = 0, state.file++;
        else
            verify_fail("there is no frame %zu", frame);
    }
    if (state.file > file || state.frame > frame)
        verify_fail("frame %zu of input %zu: out of order", frame + 1, file + 1);
}

/* place_of - checks that the name is that of the header. */
static size_t
place_of(const json_t *line, size_t *frame)
{
    json_int_t file = member_number(line, "capture"), cnt = member_number(line, "pcap_cnt");

    if (file < 1 || (size_t)file > state.count || cnt < 1)
        verify_fail("no such place");
    *frame = (size_t)cnt - 1;
    return (size_t)file - 1;
}

static const struct plain_frame *
go_to_line(const json_t *line)
{
    size_t frame, file = place_of(line, &frame);

    go_to(file, frame);
    if (state.frame >= state.inputs[file].capture.count)
        verify_fail("there is no such frame");
    return &state.inputs[file].capture.frames[state.frame++];
}

static void
check_comment(const json_t *line, const struct plain_frame *frame)
{
    const json_t *verdict;
    size_t v, len = 0;

    if (!json_is_true(json_object_get(line, "commented")))
        return;
    if (!state.out.pcapng)
        verify_fail("a comment in a classic pcap");
    json_array_foreach(json_object_get(line, "verdicts"), v, verdict)
    {
        len += json_string_length(verdict) + 1;
        if (len <= COMMENT_MOST && !plain_frame_says(frame, json_string_value(verdict)))
            verify_fail("the comment lacks: %s", json_string_value(verdict));
    }
}

static void
take_written(const json_t *line)
{
    const struct plain_frame *old = go_to_line(line), *new = next_out();
    const json_t *ranges = json_object_get(line, "ranges"), *range;
    uint8_t *bytes = malloc((size_t)old->caplen + 1);
    size_t r, behind = 0;

    if (!bytes || !json_is_array(ranges))
        verify_fail("no ranges");
    memcpy(bytes, old->bytes, old->caplen);
    json_array_foreach(ranges, r, range) behind = member_range(bytes, old->caplen, range, behind);
    check_head(old, new);
    if (memcmp(bytes, new->bytes, old->caplen) != 0)
        verify_fail("its bytes are not those of the proof");
    check_comment(line, new);
    state.changed += json_array_size(ranges) > 0;
    free(bytes);
}

static void
take_made(const json_t *line)
{
    size_t frame, len, file = place_of(line, &frame);
    uint8_t *bytes = member_bytes(line, "bytes", &len);

    go_to(file, frame + 1);
    const struct plain_frame *behind = &state.inputs[file].capture.frames[frame];
    const struct plain_frame *new = next_out();
    if (new->caplen != len || new->len != (size_t)member_number(line, "length") ||
        memcmp(new->bytes, bytes, len) != 0)
        verify_fail("made, and not as the proof has it");
    if ((behind->ts >= 0 && new->ts != behind->ts) || new->linktype != behind->linktype)
        verify_fail("made, and at another time, or of another link type");
    check_comment(line, new);
    state.made++;
    free(bytes);
}

static void
take_left_out(const json_t *line)
{
    json_int_t frames = member_number(line, "frames");
    json_int_t *counter =
        strcmp(member_text(line, "why"), "verdict") == 0 ? &state.dropped : &state.left_out;

    for (json_int_t f = 0; f < frames; f++) {
        if (f == 0)
            go_to_line(line);
        else if (state.frame++ >= state.inputs[state.file].capture.count)
            verify_fail("so many frames are not there");
    }
    *counter += frames;
}

static void
take_frame(const json_t *line)
{
    const char *event = member_text(line, "event_type");

    if (strcmp(event, "left-out") == 0) {
        take_left_out(line);
        return;
    }
    if (strcmp(event, "made") == 0)
        take_made(line);
    else if (strcmp(event, "changed") == 0 || strcmp(event, "marked") == 0)
        take_written(line);
    else
        verify_fail("%s: not known", event);
    if (member_number(line, "out_cnt") != (json_int_t)state.out_frame)
        verify_fail("its number is not %lld", (long long)member_number(line, "out_cnt"));
}

/* ---- the end ---- */

static void
check_count(const json_t *line, const char *key, json_int_t found)
{
    if (member_number(line, key) != found)
        verify_fail("%s: %lld were found", key, (long long)found);
}

static void
take_end(const json_t *line, const char *out, bool digest)
{
    const json_t *output = json_object_get(line, "output");
    char sha256[DIGEST];
    json_int_t read = 0;

    for (; state.file < state.count; state.file++, state.frame = 0)
        go_to(state.file, state.inputs[state.file].capture.count);
    for (size_t f = 0; f < state.count; f++)
        read += (json_int_t)state.inputs[f].capture.count;
    if (state.out_frame < state.out.count)
        verify_fail("the output goes on");
    check_count(line, "read", read);
    check_count(line, "made", state.made);
    check_count(line, "dropped", state.dropped);
    check_count(line, "left_out", state.left_out);
    check_count(line, "written", (json_int_t)state.out.count);
    check_count(output, "frames", (json_int_t)state.out.count);
    if (read + state.made != (json_int_t)state.out.count + state.dropped + state.left_out)
        verify_fail("the balance is wrong");
    member_digest(out, sha256);
    if (digest && strcmp(sha256, member_text(output, "sha256")) != 0)
        verify_fail("the output's SHA-256 is %s", sha256);
}

static json_t *
next_line(FILE *proof, char **room, size_t *cap)
{
    json_error_t err;
    ssize_t len = getline(room, cap, proof);

    state.line++;
    if (len <= 0 || (*room)[len - 1] != '\n')
        verify_fail("the proof is cut off");
    json_t *line = json_loadb(*room, (size_t)len, JSON_REJECT_DUPLICATES, &err);
    if (!line)
        verify_fail("no JSON: %s", err.text);
    if (member_number(line, "schema") != 1)
        verify_fail("another schema");
    return line;
}

static void
verify(const char *path, const char *out, char **arguments, int count, bool digest)
{
    FILE *proof = fopen(path, "rb");
    char *room = NULL;
    size_t cap = 0;

    if (!proof || !plain_capture_read(&state.out, out))
        verify_fail("%s cannot be read", proof ? out : path);
    json_t *line = next_line(proof, &room, &cap);
    read_header(line, arguments, count);
    for (;;) {
        json_decref(line);
        line = next_line(proof, &room, &cap);
        if (strcmp(member_text(line, "event_type"), "end") == 0)
            break;
        take_frame(line);
    }
    take_end(line, out, digest);
    if (getline(&room, &cap, proof) > 0)
        verify_fail("the proof goes on");
    json_decref(line);
    free(room);
    fclose(proof);
}

int
main(int argc, char **argv)
{
    bool digest = argc < 2 || strcmp(argv[1], "-n") != 0;
    char **arguments = argv + (digest ? 1 : 2);
    int count = argc - (digest ? 1 : 2);

    if (count < 3) {
        fputs("usage: verify_proof [-n] PROOF OUT INPUT[=PLAIN]...\n", stderr);
        return 2;
    }
    verify(arguments[0], arguments[1], arguments + 2, count - 2, digest);
    printf("%zu frames, %lld dropped, %lld left out, %lld changed, %lld made\n", state.out.count,
           (long long)state.dropped, (long long)state.left_out, (long long)state.changed,
           (long long)state.made);
    for (size_t f = 0; f < state.count; f++)
        plain_capture_free(&state.inputs[f].capture);
    plain_capture_free(&state.out);
    free(state.inputs);
    return 0;
}
