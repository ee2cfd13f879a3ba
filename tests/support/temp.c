/* temp.c - a test's own folder, and whole files. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/frames.h"

char *
temp_folder_new(void)
{
    char *folder = esi_strdup("/tmp/esmtp-test-XXXXXX");

    if (!mkdtemp(folder))
        abort();
    return folder;
}

const char *
temp_path(const char *folder, const char *name)
{
    static char paths[8][512];
    static unsigned turn;
    char *path = paths[turn++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void
temp_folder_free(char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(temp_path(folder, entry->d_name));
    if (dir)
        closedir(dir);
    rmdir(folder);
    free(folder);
}

struct esi_buf
read_whole_file(const char *path)
{
    struct esi_buf bytes = {0};
    uint8_t piece[4096];
    FILE *file = fopen(path, "rb");
    size_t got;

    while (file && (got = fread(piece, 1, sizeof piece, file)) > 0)
        esi_buf_append(&bytes, (struct esi_slice){piece, got});
    if (file)
        fclose(file);
    return bytes;
}

void
write_whole_file(const char *path, struct esi_slice bytes)
{
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len || fclose(file) != 0)
        abort();
}
