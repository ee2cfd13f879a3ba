/*
 * faults.c - a program in which calls fail: the first, then the second, and so on.
 *
 *     faults KIND MOST DENSITY FOLDER [<CAPTURE] -- ARGUMENT...
 *
 * Linked with a program whose own calls (those of its objects, not those of the libraries it uses)
 * the linker turns to here (--wrap). The program is run with the arguments, in a process of its
 * own, first whole; then so that the first call of that KIND fails, then the next, up to the
 * MOSTth; DENSITY, if not 0: behind as many more and more are left out. Of memory, there is none
 * from then on; other calls go well again. `<CAPTURE` comes on standard input through a pipe.
 *
 * FOLDER/out is there before each run. Behind one in which a call failed the status is 4, and it is
 * what it was; nothing else is in the folder. A call that the outcome does not depend on (`close`
 * of a file that was read) may fail without harm: then the output is that of the whole run. Of
 * kinds that must not, that is an error.
 *
 * The output is written in small pieces, so that there are many writes to fail.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind { ALLOC, WRITE, SHORT, RENAME, CLOSE, OPEN, SPOOL, KINDS };
enum { PIECE = 512, STATUS_OUTPUT = 4, STATUS_INPUT = 3 };

static const struct {
    const char *name;
    bool harmless;   /* may be */
    bool input_lost; /* then nothing was read, and the status says so */
} kinds[KINDS] = {
    [ALLOC] = {"alloc", false, false}, [WRITE] = {"write", false, false},
    [SHORT] = {"short", false, false}, [RENAME] = {"rename", false, false},
    [CLOSE] = {"close", true, false},  [OPEN] = {"open", true, false},
    [SPOOL] = {"spool", false, true},
};

/* What the runs and who starts them both see. */
static struct {
    bool armed;
    enum kind kind;
    unsigned long until; /* so many calls are left to go well */
    bool failed;
} * fault;

static bool
fails(enum kind kind)
{
    if (!fault || !fault->armed || fault->kind != kind || --fault->until > 0)
        return false;
    fault->failed = true;
    fault->armed = kind == ALLOC;
    fault->until = 1;
    return true;
}

/* ---- the calls ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
FILE *__real_fdopen(int fd, const char *mode);
int __real_setvbuf(FILE *file, char *buffer, int mode, size_t size);
int __real_fileno(FILE *file);
int __real_rename(const char *from, const char *to);
int __real_close(int fd);
int __real_dup(int fd);
int __real_mkstemp(char *path);
ssize_t __real_write(int fd, const void *bytes, size_t len);
int __real_main(int argc, char **argv);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
FILE *__wrap_fdopen(int fd, const char *mode);
int __wrap_setvbuf(FILE *file, char *buffer, int mode, size_t size);
int __wrap_fileno(FILE *file);
int __wrap_rename(const char *from, const char *to);
int __wrap_close(int fd);
int __wrap_dup(int fd);
int __wrap_mkstemp(char *path);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __wrap_main(int argc, char **argv);

static void *
no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *
__wrap_malloc(size_t size)
{
    return fails(ALLOC) ? no_memory() : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return fails(ALLOC) ? no_memory() : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
    return fails(ALLOC) ? no_memory() : __real_realloc(old, size);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails(ALLOC) ? no_memory() : __real_aligned_alloc(alignment, size);
}

static int
error(int number)
{
    errno = number;
    return -1;
}

int
__wrap_rename(const char *from, const char *to)
{
    return fails(RENAME) ? error(EXDEV) : __real_rename(from, to);
}

int
__wrap_close(int fd)
{
    bool failed = fails(CLOSE);
    int result = __real_close(fd);

    return failed ? error(EIO) : result;
}

int
__wrap_dup(int fd)
{
    return fails(OPEN) ? error(EMFILE) : __real_dup(fd);
}

int
__wrap_mkstemp(char *path)
{
    return fails(OPEN) ? error(ENOSPC) : __real_mkstemp(path);
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
    return fails(SPOOL) ? error(ENOSPC) : __real_write(fd, bytes, len);
}

/* The stream that the output goes through. */
static FILE *out_file;
static int out_fd;

static ssize_t
put(void *ctx, const char *bytes, size_t len)
{
    (void)ctx;
    if (fails(WRITE)) {
        errno = ENOSPC;
        return 0; /* so fopencookie(3) wants it */
    }
    if (fails(SHORT)) { /* half of it, and no more room: the rest fails */
        fault->armed = true;
        fault->kind = WRITE;
        fault->until = 1;
        len = len / 2 > 0 ? len / 2 : 1;
    }
    ssize_t done = __real_write(out_fd, bytes, len);
    return done > 0 ? done : 0;
}

static int
end(void *ctx)
{
    (void)ctx;
    out_file = NULL;
    return __wrap_close(out_fd);
}

FILE *
__wrap_fdopen(int fd, const char *mode)
{
    if (mode[0] != 'w')
        return __real_fdopen(fd, mode);
    if (fails(OPEN)) {
        errno = EMFILE;
        return NULL;
    }
    out_fd = fd;
    out_file = fopencookie(NULL, "w", (cookie_io_functions_t){.write = put, .close = end});
    return out_file;
}

int
__wrap_setvbuf(FILE *file, char *buffer, int mode, size_t size)
{
    return __real_setvbuf(file, buffer, mode, file == out_file && size > PIECE ? PIECE : size);
}

int
__wrap_fileno(FILE *file)
{
    return file == out_file ? out_fd : __real_fileno(file);
}

/* ---- the runs ---- */

static const char old_content[] = "what was there before";

struct run {
    enum kind kind;
    unsigned long most, density;
    const char *folder, *input; /* NULL: none */
    char **argv;
    int argc;
    char out[4096];
    char *whole; /* what the whole run wrote */
    size_t whole_len;
};

static void
give_up(const char *what)
{
    perror(what);
    exit(2);
}

static void
write_old(const struct run *run)
{
    FILE *file = fopen(run->out, "wb");

    if (!file || fputs(old_content, file) < 0 || fclose(file) != 0)
        give_up(run->out);
}

static char *
read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    size_t cap = 1 << 20, got;
    char *bytes = __real_malloc(cap);

    *len = 0;
    if (!file || !bytes)
        give_up(path);
    while ((got = fread(bytes + *len, 1, cap - *len, file)) > 0) {
        *len += got;
        if (*len == cap && !(bytes = __real_realloc(bytes, cap *= 2)))
            give_up(path);
    }
    fclose(file);
    return bytes;
}

/* feed - standard input is a pipe, and another process writes the file into it. */
static void
feed(const char *path)
{
    int ends[2];

    if (pipe(ends) != 0)
        give_up("pipe");
    pid_t child = fork();
    if (child == 0) {
        size_t len;
        char *bytes = read_file(path, &len);
        for (size_t at = 0; at < len;) {
            ssize_t done = __real_write(ends[1], bytes + at, len - at);
            if (done <= 0)
                _exit(0);
            at += (size_t)done;
        }
        _exit(0);
    }
    dup2(ends[0], STDIN_FILENO);
    __real_close(ends[0]);
    __real_close(ends[1]);
}

static void
be_quiet(void)
{
    int null = open("/dev/null", O_WRONLY);

    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    __real_close(null);
}

/* start - one run; its status, -1 for a signal. nth: the call that fails, 0: none. */
static int
start(const struct run *run, unsigned long nth)
{
    int status;

    write_old(run);
    fault->failed = false;
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        if (run->input)
            feed(run->input);
        if (!getenv("ESI_FAULTS_LOUD"))
            be_quiet();
        fault->kind = run->kind;
        fault->until = nth;
        fault->armed = nth > 0;
        exit(__real_main(run->argc, run->argv));
    }
    waitpid(child, &status, 0);
    fault->armed = false;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static size_t
files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;

    if (!dir)
        give_up(folder);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2;
}

static bool
holds(const char *path, const char *bytes, size_t len)
{
    size_t got;
    char *content = read_file(path, &got);
    bool same = got == len && memcmp(content, bytes, len) == 0;

    free(content);
    return same;
}

/* check - what is wrong behind a run; NULL: nothing. */
static const char *
check(const struct run *run, int status)
{
    bool went_well = status == 0;
    bool told = status == STATUS_OUTPUT || (kinds[run->kind].input_lost && status == STATUS_INPUT);

    if (went_well && fault->failed && !kinds[run->kind].harmless)
        return "nothing was said";
    if (!went_well && !told)
        return "another status";
    if (files_in(run->folder) != 1)
        return "something is left behind";
    if (!went_well && !holds(run->out, old_content, strlen(old_content)))
        return "half a file";
    if (went_well && !holds(run->out, run->whole, run->whole_len))
        return "not what it should be";
    return NULL;
}

static void
run_whole(struct run *run)
{
    if (start(run, 0) != 0) {
        fprintf(stderr, "faults: the whole run failed\n");
        exit(2);
    }
    run->whole = read_file(run->out, &run->whole_len);
}

/* run_all - how many runs were wrong. */
static int
run_all(struct run *run)
{
    unsigned long nth = 1, faults = 0;
    int wrong = 0;

    for (; nth <= run->most; nth += 1 + (run->density ? nth / run->density : 0)) {
        int status = start(run, nth);
        const char *what = check(run, status);
        if (what) {
            printf("%s %lu: status %d: %s\n", kinds[run->kind].name, nth, status, what);
            wrong++;
        }
        if (!fault->failed)
            break;
        faults++;
    }
    printf("%s: %lu faults%s\n", kinds[run->kind].name, faults,
           nth > run->most ? "" : ", then none was left");
    return wrong > 0 || faults == 0;
}

int
__wrap_main(int argc, char **argv)
{
    static struct run run;
    int at = 5;

    fault = mmap(NULL, sizeof *fault, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fault == MAP_FAILED)
        give_up("mmap");
    if (argc > at && argv[at][0] == '<')
        run.input = argv[at++] + 1;
    if (argc <= at || strcmp(argv[at], "--") != 0) {
        fprintf(stderr, "usage: faults KIND MOST DENSITY FOLDER [<CAPTURE] -- ARGUMENT...\n");
        return 2;
    }
    while (run.kind < KINDS && strcmp(argv[1], kinds[run.kind].name) != 0)
        run.kind++;
    run.most = strtoul(argv[2], NULL, 10);
    run.density = strtoul(argv[3], NULL, 10);
    run.folder = argv[4];
    run.argv = argv + at; /* "--" stands for the program's name */
    run.argc = argc - at;
    snprintf(run.out, sizeof run.out, "%s/out", run.folder);
    if (run.kind == KINDS)
        return 2;
    run_whole(&run);
    int wrong = run_all(&run);
    free(run.whole);
    return wrong;
}
