/* kill_fixture.h - something done in a child process that is killed before its Nth change to the
 * disk, for every N: what a loss of the process can leave is what these leave. */
#ifndef EKBOM_TESTS_KILL_FIXTURE_H
#define EKBOM_TESTS_KILL_FIXTURE_H

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* System calls that change files or names, or make such a change last. */
static inline int is_change(unsigned long long number)
{
    static const long changes[] = {
        SYS_write,  SYS_pwrite64, SYS_pwritev,   SYS_ftruncate, SYS_fsync,  SYS_fdatasync,
        SYS_rename, SYS_renameat, SYS_renameat2, SYS_link,      SYS_linkat, SYS_unlink,
        SYS_mkdir,  SYS_mkdirat,  SYS_rmdir,     SYS_unlinkat,  SYS_fchmod, SYS_chmod};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (number == (unsigned long long)changes[i])
            return 1;
    return 0;
}

enum killed { FINISHED, KILLED, FAILED, CANNOT_TRACE };

/* Run `work`, which returns 0 when all went well, and kill it before its change number `step`. */
static inline enum killed killed_before(unsigned step, int (*work)(void *context), void *context)
{
    struct __ptrace_syscall_info info;
    unsigned changes = 0;
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(77);
        raise(SIGSTOP);
        _exit(work(context) == 0 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    if (WIFEXITED(status))
        return CANNOT_TRACE;
    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
    for (;;) {
        ptrace(PTRACE_SYSCALL, child, NULL, NULL);
        if (waitpid(child, &status, 0) < 0)
            return FAILED;
        if (WIFEXITED(status))
            return WEXITSTATUS(status) == 0 ? FINISHED : FAILED;
        if (WIFSIGNALED(status))
            return FAILED;
        if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80))
            continue;
        if (ptrace(PTRACE_GET_SYSCALL_INFO, child, (void *)sizeof info, &info) <= 0)
            return FAILED;
        if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !is_change(info.entry.nr))
            continue;
        if (++changes < step)
            continue;
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        return KILLED;
    }
}

#endif
