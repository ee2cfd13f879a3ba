/*
 * standalone.c - a main for a fuzz target where there is no libFuzzer: replays the files named as
 * arguments, and those in the folders named.
 */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long replayed;

static int
fail(const char *path)
{
    perror(path);
    return 1;
}

static int
replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size > 0 ? size : 1);

    if (!file || !data || fread(data, 1, size, file) != size)
        exit(fail(path));
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    replayed++;
    return 0;
}

static int replay(const char *path);

static int
replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    int failed = 0;

    if (!folder)
        return fail(path);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char inside[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        failed |= replay(inside);
    }
    closedir(folder);
    return failed;
}

static int
replay(const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return fail(path);
    return S_ISDIR(info.st_mode) ? replay_folder(path) : replay_file(path, (size_t)info.st_size);
}

int
main(int argc, char **argv)
{
    int failed = 0;

    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    printf("%lu inputs replayed\n", replayed);
    return failed;
}
