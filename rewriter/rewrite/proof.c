/*
 * proof.c - what was done to a capture, so that anybody can check it without this program.
 *
 * JSON Lines, in the order of the output: a header with the inputs and the options that shape the
 * output; each frame that is not written as it was; last the balance, and the output. Frames that
 * are not named are in the output as they are in the input. What is told of a frame are its own
 * bytes, before and after, not what was meant to change: a frame of which nothing became other is
 * not told. Names are those of the analyzer's JSON, where it has one.
 *
 * The output is digested as it is written, so that it need not be read again, nor be readable.
 */
#define _GNU_SOURCE /* fopencookie */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proof_lines_internal.h"

/* ---- lines ---- */

void
proof_begin(struct proof *proof, const char *event)
{
    struct esi_json *json = &proof->json;

    esi_buf_clear(&json->out);
    json->comma = false;
    esi_json_open(json, ESI_JSON_ELEMENT, '{');
    esi_json_number(json, ESI_JSON_KEY("schema"), 1);
    esi_json_word(json, ESI_JSON_KEY("event_type"), event);
}

void
proof_end(struct proof *proof)
{
    struct esi_json *json = &proof->json;

    esi_json_close(json, '}');
    esi_buf_byte(&json->out, '\n');
    if (fwrite(json->out.data, 1, json->out.len, proof->output.file) < json->out.len &&
        proof->error == 0)
        proof->error = errno;
}

/* ---- the header ---- */

/* put_digest - none of a file of which nothing could be read. */
static bool
put_digest(struct proof *proof, size_t file, struct esi_error *err)
{
    char sha256[ESI_SHA256_TEXT];
    bool read = esi_capture_sha256(proof->config->capture, file, sha256, err);

    esi_json_text(&proof->json, ESI_JSON_KEY("sha256"), read ? sha256 : NULL);
    return read || (!proof->files[file].complete && proof->files[file].frames == 0);
}

static bool
put_captures(struct proof *proof, struct esi_error *err)
{
    struct esi_json *json = &proof->json;
    bool read = true;

    esi_json_open(json, ESI_JSON_KEY("captures"), '[');
    for (size_t f = 0; f < proof->file_count && read; f++) {
        const struct esi_capture_file *file = &proof->files[f];

        esi_json_open(json, ESI_JSON_ELEMENT, '{');
        esi_json_text(json, ESI_JSON_KEY("pcap_filename"), file->name);
        read = put_digest(proof, f, err);
        esi_json_number(json, ESI_JSON_KEY("frames"), file->frames);
        esi_json_bool(json, ESI_JSON_KEY("complete"), file->complete);
        esi_json_text(json, ESI_JSON_KEY("why_not"), file->complete ? NULL : file->why_not);
        esi_json_close(json, '}');
    }
    esi_json_close(json, ']');
    return read;
}

static void
put_options(struct proof *proof)
{
    const struct esi_rewrite_config *config = proof->config;
    struct esi_json *json = &proof->json;

    esi_json_open(json, ESI_JSON_KEY("options"), '{');
    esi_json_word(json, ESI_JSON_KEY("format"), esi_rewrite_format_words[config->format]);
    esi_json_word(json, ESI_JSON_KEY("view"), esi_rewrite_view_words[config->view]);
    esi_json_word(json, ESI_JSON_KEY("after_divergence"), esi_rewrite_after_words[config->after]);
    esi_json_word(json, ESI_JSON_KEY("dropped"), esi_rewrite_dropped_words[config->keep_dropped]);
    esi_json_word(json, ESI_JSON_KEY("checksums"), esi_rewrite_checksums_words[config->checksums]);
    esi_json_text(json, ESI_JSON_KEY("only_sessions"), config->proof.sessions);
    esi_json_text(json, ESI_JSON_KEY("filter"), config->proof.filter);
    esi_json_close(json, '}');
}

static bool
put_header(struct proof *proof, struct esi_error *err)
{
    proof_begin(proof, "proof");
    esi_json_word(&proof->json, ESI_JSON_KEY("version"), ESI_VERSION);
    bool read = put_captures(proof, err);
    put_options(proof);
    proof_end(proof);
    return read;
}

struct proof *
proof_open(const struct esi_rewrite_config *config, const struct esi_capture_file *files,
           size_t file_count, struct esi_error *err)
{
    struct proof *proof = esi_alloc(sizeof *proof);

    proof->config = config;
    proof->files = files;
    proof->file_count = file_count;
    proof->next = 1;
    if (esi_output_open(&proof->output, config->proof.path, err) && put_header(proof, err))
        return proof;
    proof_free(proof);
    return NULL;
}

/* ---- the end ---- */

void
proof_balance(struct proof *proof, const struct esi_rewrite_stats *stats)
{
    if (!proof)
        return;
    proof_end_frames(proof, stats->frames_read);
    proof->at = *stats;
}

static void
put_end(struct proof *proof)
{
    const struct esi_rewrite_stats *stats = &proof->at;
    struct esi_json *json = &proof->json;
    char sha256[ESI_SHA256_TEXT];

    esi_sha256_end(proof->digest, sha256);
    proof->digest = NULL;
    proof_begin(proof, "end");
    esi_json_number(json, ESI_JSON_KEY("read"), stats->frames_read);
    esi_json_number(json, ESI_JSON_KEY("made"), stats->frames_made);
    esi_json_number(json, ESI_JSON_KEY("written"), stats->frames_written);
    esi_json_number(json, ESI_JSON_KEY("dropped"), stats->frames_dropped);
    esi_json_number(json, ESI_JSON_KEY("left_out"), stats->frames_left_out);
    esi_json_open(json, ESI_JSON_KEY("output"), '{');
    esi_json_text(json, ESI_JSON_KEY("pcap_filename"), proof->config->out);
    esi_json_word(json, ESI_JSON_KEY("sha256"), sha256);
    esi_json_number(json, ESI_JSON_KEY("frames"), stats->frames_written);
    esi_json_close(json, '}');
    proof_end(proof);
}

static bool
fail(const char *path, int error, struct esi_error *err)
{
    return esi_error_set(err, "%s: cannot be written: %s", esi_output_name(path), strerror(error));
}

static bool
close_file(struct proof *proof, struct esi_error *err)
{
    if (fclose(proof->output.file) != 0 && proof->error == 0)
        proof->error = errno;
    proof->output.file = NULL;
    return proof->error == 0 || fail(proof->config->proof.path, proof->error, err);
}

bool
proof_keep(struct proof *proof, struct esi_error *err)
{
    if (!proof)
        return true;
    if (proof->output_error != 0)
        return fail(proof->config->out, proof->output_error, err);
    put_end(proof);
    if (!close_file(proof, err))
        return false;
    char *path = proof->output.temporary ? esi_strdup(proof->output.path) : NULL;
    if (esi_output_keep(&proof->output, err)) {
        proof->kept = path;
        return true;
    }
    free(path);
    return false;
}

void
proof_take_back(struct proof *proof)
{
    if (proof && proof->kept)
        unlink(proof->kept);
}

void
proof_free(struct proof *proof)
{
    char unused[ESI_SHA256_TEXT];

    if (!proof)
        return;
    if (proof->output.file)
        fclose(proof->output.file);
    esi_output_drop(&proof->output);
    if (proof->digest)
        esi_sha256_end(proof->digest, unused);
    esi_buf_free(&proof->json.out);
    free(proof->kept);
    free(proof);
}

/* ---- the stream that is digested ---- */

struct watched {
    FILE *file;
    struct proof *proof;
};

static ssize_t
write_watched(void *cookie, const char *bytes, size_t len)
{
    struct watched *watched = cookie;
    size_t written = fwrite(bytes, 1, len, watched->file);

    esi_sha256_add(watched->proof->digest, bytes, written);
    return (ssize_t)written;
}

/* close_watched - who closes the stream may be libpcap, which does not pass on what comes of it. */
static int
close_watched(void *cookie)
{
    struct watched *watched = cookie;
    int closed = fclose(watched->file);

    if (closed != 0)
        watched->proof->output_error = errno;
    free(watched);
    return closed;
}

FILE *
proof_watch(struct proof *proof, FILE *file)
{
    static const cookie_io_functions_t functions = {.write = write_watched, .close = close_watched};

    if (!proof)
        return file;
    struct watched *watched = esi_alloc(sizeof *watched);
    proof->digest = esi_sha256_new();
    *watched = (struct watched){file, proof};
    setvbuf(file, NULL, _IONBF, 0); /* the stream over it has a buffer */
    FILE *stream = fopencookie(watched, "wb", functions);
    if (!stream)
        esi_no_memory(0);
    return stream;
}
