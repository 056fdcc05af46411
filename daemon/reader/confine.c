/* confine.c - landlock, seccomp and limits for the process that reads hostile pages.
 *
 * Two walls, since each has holes: landlock takes the file system away whatever call is used, and
 * seccomp takes away the calls themselves. Refused calls return EPERM instead of killing: ICU and
 * the C library try to open files on rare paths and do without them. mmap and mprotect are allowed
 * without PROT_EXEC only; the matcher's code was compiled before. See confine.h. */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ekbom/limits.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static int restrict_files(const char **missing, struct ek_err *err)
{
    /* Rights that each version of the interface knows: 13 in the first, then one more each. */
    static const unsigned long long rights[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) {
        *missing = "landlock is not available in this kernel; seccomp alone keeps files closed";
        return 0;
    }
    struct landlock_ruleset_attr ruleset = {.handled_access_fs = rights[version > 5 ? 5 : version]};
    int fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
    if (fd < 0)
        return ek_fail_errno(err, "landlock_create_ruleset");
    int result = (int)syscall(SYS_landlock_restrict_self, fd, 0);
    if (result != 0)
        ek_fail_errno(err, "landlock_restrict_self");
    close(fd);
    return result;
}

static const int allowed[] = {
    SCMP_SYS(read),         SCMP_SYS(write),          SCMP_SYS(brk),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),         SCMP_SYS(madvise),
    SCMP_SYS(futex),        SCMP_SYS(exit),           SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),      SCMP_SYS(getrusage),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),         SCMP_SYS(sched_yield),
    SCMP_SYS(fstat),        SCMP_SYS(close),          SCMP_SYS(sched_getaffinity),
};

/* What a sanitizer build refuses; the sanitizers' own needs are many and change. */
static const int refused[] = {
    SCMP_SYS(open), SCMP_SYS(creat), SCMP_SYS(socket),   SCMP_SYS(connect), SCMP_SYS(execve),
    SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(execveat), SCMP_SYS(openat2),
};

static int add_plain_rules(scmp_filter_ctx filter)
{
    int bad = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* its own limits, to be allowed more processor time for the next request */
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                            SCMP_A0(SCMP_CMP_EQ, 0, 0));
    return bad;
}

static int restrict_calls(struct ek_err *err)
{
    scmp_filter_ctx filter = seccomp_init(SANITIZED ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return ek_fail_memory(err);
    int bad = 0;
    if (SANITIZED)
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
            bad |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    else
        bad = add_plain_rules(filter);
    if (bad == 0)
        bad = seccomp_load(filter);
    seccomp_release(filter);
    return bad == 0 ? 0 : ek_fail(err, EK_IO, "seccomp: %s", strerror(-bad));
}

static int set_limit(int resource, unsigned long long value, struct ek_err *err)
{
    struct rlimit limit = {value, value};
    return setrlimit((__rlimit_resource_t)resource, &limit) == 0 ? 0
                                                                 : ek_fail_errno(err, "setrlimit");
}

int ek_confine(const char **missing, struct ek_err *err)
{
    *missing = NULL;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return ek_fail_errno(err, "no_new_privs");
    if (set_limit(RLIMIT_CORE, 0, err) != 0)
        return -1;
    if (!SANITIZED && set_limit(RLIMIT_AS, EK_READER_MEMORY_BYTES, err) != 0)
        return -1;
    if (restrict_files(missing, err) != 0)
        return -1;
    return restrict_calls(err);
}

int ek_confine_processor(struct ek_err *err)
{
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0)
        return ek_fail_errno(err, "getrusage");
    limit.rlim_cur =
        (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + EK_READER_CPU_SECONDS + 1;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_cur > limit.rlim_max)
        limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_CPU, &limit) == 0 ? 0 : ek_fail_errno(err, "setrlimit");
}

/* Attempts that must be refused: each returns 0 or more when it was not. */

static long try_open(void)
{
    return open("/etc/passwd", O_RDONLY);
}

static long try_create(void)
{
    return open("/tmp/ekbom-reader-check", O_WRONLY | O_CREAT, 0600);
}

static long try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}

static long try_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid;
}

static long try_exec(void)
{
    char *const none[] = {NULL};
    return execve("/bin/false", none, none); /* if it runs, the check exits 1 */
}

static long try_kill(void)
{
    return syscall(SYS_kill, 1, 0);
}

static long try_executable_memory(void)
{
    void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? -1 : 0;
}

static long try_memory(void)
{
    void *at = mmap(NULL, EK_READER_MEMORY_BYTES, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? -1 : 0;
}

int ek_confine_check(void)
{
    static const struct {
        const char *name;
        long (*attempt)(void);
    } attempts[] = {
        {"open a file", try_open},
        {"create a file", try_create},
        {"open a socket", try_socket},
        {"fork", try_fork},
        {"run a program", try_exec},
        {"signal another process", try_kill},
        {"map executable memory", try_executable_memory},
        {"take 768 MiB of memory", try_memory},
    };
    int result = 0;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        errno = 0;
        bool refused_it = attempts[i].attempt() < 0;
        printf("%-24s %s%s%s\n", attempts[i].name, refused_it ? "refused" : "ALLOWED",
               refused_it ? ": " : "", refused_it ? strerror(errno) : "");
        result |= !refused_it;
    }
    fflush(stdout);
    return result;
}
