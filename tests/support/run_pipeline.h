/* run_pipeline.h - a capture file through the whole pipeline, under a configuration. */
#ifndef TEST_RUN_PIPELINE_H
#define TEST_RUN_PIPELINE_H

#include "esi/report.h"

#include "support/frames.h"

/* config: its text; NULL: none. max_memory: 0: as usual. Port 25 is the server's. Every record goes
 * to `record`. */
void run_pipeline(const char *path, const char *config, size_t max_memory,
                  void (*record)(void *ctx, const struct esi_record *record), void *ctx);

/* Adds a segment of the nth connection: the client's, or with data the server's first. */
void add_segment(struct frame_file *file, unsigned nth, uint8_t flags, const char *data);

#endif
