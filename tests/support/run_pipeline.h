/* run_pipeline.h - a capture file through the whole pipeline, under a configuration. */
#ifndef TEST_RUN_PIPELINE_H
#define TEST_RUN_PIPELINE_H

#include "esi/report.h"

/* config: its text; NULL: none. Port 25 is the server's. Every record goes to `record`. */
void run_pipeline(const char *path, const char *config,
                  void (*record)(void *ctx, const struct esi_record *record), void *ctx);

#endif
