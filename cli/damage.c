/* damage.c - a crash in the pages of a store is the store's damage, any other is a defect of ours.
 *
 * What is read through the maps of a store is checked first; yet a file that is cut short while it
 * is open, or a disk that fails, ends in SIGBUS, and that is what a person must be told. Told so of
 * every crash, they would restore a backup where they should report a defect. So the address is
 * looked for among the mappings of the process, as the kernel lists them (proc(5)), and where it is
 * in no data file of a store, the crash takes its course. Only functions that a signal handler may
 * call. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const int signals[] = {SIGSEGV, SIGBUS};
enum { SIGNALS = sizeof signals / sizeof *signals };
static struct sigaction before[SIGNALS]; /* a sanitizer has handlers of its own */

struct mapping { /* a line of /proc/self/maps, read so far: "from-to ...   path" */
    uintptr_t ends[2];
    unsigned part;    /* 0, 1: in `ends`; 2: behind them */
    unsigned matched; /* characters of the file's name */
};

static bool is_store_at(struct mapping *line, char c, uintptr_t address)
{
    static const char file[] = "/data.mdb";
    bool whole = line->matched == sizeof file - 1 && (c == '\n' || c == ' ');
    if (whole && address >= line->ends[0] && address < line->ends[1])
        return true;
    if (c == '\n')
        *line = (struct mapping){.part = 0};
    else if (line->part < 2 && (c == '-' || c == ' '))
        line->part++;
    else if (line->part < 2)
        line->ends[line->part] =
            line->ends[line->part] * 16 + (uintptr_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    else
        line->matched = c == file[line->matched] ? line->matched + 1 : c == '/';
    return false;
}

static bool is_in_store(uintptr_t address)
{
    struct mapping line = {.part = 0};
    char bytes[512];
    bool found = false;
    ssize_t n;
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    while (!found && maps >= 0 && (n = read(maps, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; !found && i < n; i++)
            found = is_store_at(&line, bytes[i], address);
    if (maps >= 0)
        close(maps);
    return found;
}

static void on_crash(int signal, siginfo_t *info, void *context)
{
    static const char message[] =
        "ekbom: reading the store failed in its own pages: it is damaged. If STORE/index is at "
        "fault, move it away and run any `ekbom import`; else restore STORE/records from a "
        "backup.\n";
    (void)context;
    if (info->si_code > 0 && is_in_store((uintptr_t)info->si_addr)) {
        ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
        (void)ignored;
        _exit(EXIT_WRONG);
    }
    /* As if nobody had asked: the same instruction crashes again, or the signal comes again. */
    for (int i = 0; i < SIGNALS; i++)
        if (signals[i] == signal)
            sigaction(signal, &before[i], NULL);
    if (info->si_code <= 0)
        raise(signal);
}

void watch_for_damage(void)
{
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO};
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &before[i]);
}
