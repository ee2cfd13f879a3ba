/* proof_lines_internal.h - what the files of the proof share. */
#ifndef PROOF_LINES_INTERNAL_H
#define PROOF_LINES_INTERNAL_H

#include "esi/json.h"

#include "proof_internal.h"

/* Frames of one file, one behind the other, that are left out for the same reason. */
struct run {
    uint32_t file;
    uint64_t first, count; /* numbers over all files */
    const char *why;
    bool timed; /* the first one's time is known */
    esi_nanos ts;
};

struct proof {
    const struct esi_rewrite_config *config;
    const struct esi_capture_file *files;
    size_t file_count;
    struct esi_output output;
    char *kept;       /* where it lies, if it got its name */
    int error;        /* errno of the first write that failed */
    int output_error; /* errno, if the output could not be closed */
    struct esi_json json;
    struct run run;              /* not yet told; of no frames: none */
    uint64_t next;               /* frame */
    uint32_t file;               /* its file, if it has one */
    struct esi_sha256 *digest;   /* of the output */
    struct esi_rewrite_stats at; /* the end */
};

/* A line of the proof: members go to proof->json in between. */
void proof_begin(struct proof *proof, const char *event);
void proof_end(struct proof *proof);

/* Behind the last frame: what is not told yet. */
void proof_end_frames(struct proof *proof, uint64_t frames_read);

#endif
