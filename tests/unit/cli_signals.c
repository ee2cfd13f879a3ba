/* cli_signals.c - what a signal leaves behind. */
#define _DEFAULT_SOURCE /* fork, mkstemp */

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "esi/cli.h"

static void
die_of(int number, const char *path)
{
    signal(number, SIG_DFL);
    esi_cli_catch_signals();
    esi_unfinished_add(path);
    raise(number);
    _exit(0);
}

Test(cli_signals, no_half_file_stays)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < ESI_COUNT(numbers); i++) {
        char path[] = "/tmp/esi-signal-XXXXXX";
        int status, fd = mkstemp(path);
        pid_t child = fork();

        close(fd);
        if (child == 0)
            die_of(numbers[i], path);
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i], "signal %d: status %x",
                  numbers[i], (unsigned)status);
        cr_assert(access(path, F_OK) != 0 && errno == ENOENT, "signal %d", numbers[i]);
    }
}

Test(cli_signals, ignored_stays_ignored_and_a_closed_pipe_is_an_error)
{
    struct sigaction now;
    int ends[2];

    signal(SIGHUP, SIG_IGN);
    esi_cli_catch_signals();
    sigaction(SIGHUP, NULL, &now);
    cr_assert(now.sa_handler == SIG_IGN);
    cr_assert_eq(pipe(ends), 0);
    close(ends[0]);
    cr_assert(write(ends[1], "x", 1) == -1 && errno == EPIPE);
    close(ends[1]);
}
