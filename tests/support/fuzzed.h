/* fuzzed.h - what fuzz targets of whole captures share. */
#ifndef TEST_FUZZED_H
#define TEST_FUZZED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Aborts, saying what does not hold, if it does not. */
void must(bool held, const char *what);

enum { FUZZED_PATH = 64 };
/* A file in memory that holds these bytes, and its path. To be closed. */
int fuzzed_file(char path[FUZZED_PATH], const uint8_t *bytes, size_t len);

#endif
