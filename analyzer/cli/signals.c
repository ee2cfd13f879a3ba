/* signals.c - no half file is left behind when somebody ends the program. */
#define _DEFAULT_SOURCE /* sigaction */

#include <signal.h>

#include "cli_internal.h"

static void
end_by_signal(int number)
{
    esi_unfinished_remove_all();
    progress_interrupt();
    raise(number); /* its course is the usual one again: SA_RESETHAND */
}

void
esi_cli_catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = end_by_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction old;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ESI_COUNT(numbers); i++) {
        /* nohup(1) and shells without job control mean it when they have one ignored. */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
    action = (struct sigaction){.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL); /* a file that may grow no further: write(2) says so, too */
}
