/* proof_internal.h - the proof, and who has something to say in it. NULL is a proof that nobody
 * asked for, where a function says so. */
#ifndef PROOF_INTERNAL_H
#define PROOF_INTERNAL_H

#include "rewrite_internal.h"

/* Under a temporary name, with its header: reads all inputs to digest them. files: as a whole
 * reading left them; borrowed, as is the configuration. NULL, and *err: it cannot be written, or an
 * input not be read. */
struct proof *proof_open(const struct esi_rewrite_config *config,
                         const struct esi_capture_file *files, size_t file_count,
                         struct esi_error *err);

/* A frame of the input, each in turn, and the bytes it is written with. number: of the frame in the
 * output. commented: what is to be said of it is said in the output. */
void proof_frame(struct proof *proof, const struct esi_frame *frame, const struct patches *patches,
                 const uint8_t *bytes, uint64_t number, bool commented);
/* A frame that was made, written behind `behind` or in its stead. */
void proof_made(struct proof *proof, const struct esi_frame *behind, const struct esi_frame *made,
                struct esi_slice words, uint64_t number, bool commented);
/* When all frames are told. NULL is fine. */
void proof_balance(struct proof *proof, const struct esi_rewrite_stats *stats);

/* A stream that hands on to `file` what is written to it, and digests that; closing it closes
 * `file`. Of a NULL proof: `file`. */
FILE *proof_watch(struct proof *proof, FILE *file);
/* When that stream is closed: the proof is complete, and gets its name. True for NULL. */
bool proof_keep(struct proof *proof, struct esi_error *err);
/* Takes its name away again, if it has one: the output has not got its own. NULL is fine. */
void proof_take_back(struct proof *proof);
void proof_free(struct proof *proof); /* NULL is fine */

#endif
