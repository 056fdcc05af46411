/* fault.c - loaded before the C library: counts the calls that can fail, and makes one of them
 * fail.
 *
 *   EKBOM_FAULT_STATE  a file to be mapped, shared by every process of a run: counts, then lines
 *   EKBOM_FAULT        "KIND NUMBER HOW": the call of this kind with this number fails, once.
 *                      HOW is an error's name; "short": half of the bytes are read or written;
 *                      "full": so is this write, and everything that needs space fails after it.
 *                      "alloc SITE COUNT": the allocation at this site that has this number there.
 *
 * Without EKBOM_FAULT every call is named in a line, "KIND NUMBER PATH", and every site of
 * allocations once, "alloc SITE": a digest of the calls that led there, as offsets in their
 * modules, so that it is the same in every run. The state is memory and not written to, since a
 * reader may write nothing once it is confined. One thread. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

#include "tests/campaign/fault.h"

#define STATE_BYTES (8u << 20)
#define FRAMES 12
#define SITES 65536u
#define MODULES 128

static const char *const kind_names[FAULT_KINDS] = {
    [FAULT_ALLOC] = "alloc",     [FAULT_OPEN] = "open",           [FAULT_READ] = "read",
    [FAULT_PREAD] = "pread",     [FAULT_WRITE] = "write",         [FAULT_PWRITE] = "pwrite",
    [FAULT_WRITEV] = "writev",   [FAULT_FSYNC] = "fsync",         [FAULT_FDATASYNC] = "fdatasync",
    [FAULT_RENAME] = "rename",   [FAULT_FTRUNCATE] = "ftruncate", [FAULT_MMAP] = "mmap",
    [FAULT_MKDIR] = "mkdir",     [FAULT_UNLINK] = "unlink",       [FAULT_STAT] = "stat",
    [FAULT_FLOCK] = "flock",     [FAULT_FCNTL] = "fcntl",         [FAULT_DUP] = "dup",
    [FAULT_ACCESS] = "access",   [FAULT_CHMOD] = "chmod",         [FAULT_LSEEK] = "lseek",
    [FAULT_OPENDIR] = "opendir", [FAULT_READDIR] = "readdir",     [FAULT_SOCKETPAIR] = "socketpair",
    [FAULT_SPAWN] = "spawn",     [FAULT_SEND] = "send",           [FAULT_RECV] = "recv",
    [FAULT_POLL] = "poll",       [FAULT_RANDOM] = "random",
};

struct state {
    uint64_t fired; /* first, for scripts to read */
    uint64_t calls[FAULT_KINDS];
    uint64_t at_site; /* allocations at the site that is to fail */
    uint64_t used;    /* of the lines */
    char lines[];
};

static struct state *state;
static bool busy; /* what we do ourselves does not count */
static struct {
    enum fault_kind kind;
    uint64_t number, site;
    int error;
    bool cut_short, full;
} fault = {.kind = FAULT_KINDS};

/* The state ----------------------------------------------------------------------------------- */

static void add_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void add_line(const char *format, ...)
{
    va_list list;
    size_t room = STATE_BYTES - sizeof *state - state->used;
    va_start(list, format);
    int len = vsnprintf(state->lines + state->used, room, format, list);
    va_end(list);
    if (len > 0 && (size_t)len < room)
        state->used += (uint64_t)len;
}

static void read_fault(const char *text)
{
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"ENOMEM", ENOMEM},
                  {"EINTR", EINTR},   {"EMFILE", EMFILE}, {"EAGAIN", EAGAIN},
                  {"ENOLCK", ENOLCK}, {"EACCES", EACCES}, {"ECONNRESET", ECONNRESET}};
    char kind[20], how[20];
    unsigned long long number, site;
    if (sscanf(text, "alloc %llx %llu", &site, &number) == 2) {
        fault.kind = FAULT_ALLOC;
        fault.site = site;
        fault.number = number;
        return;
    }
    if (sscanf(text, "%19s %llu %19s", kind, &number, how) != 3)
        _exit(98);
    while (fault.kind > 0 && strcmp(kind_names[--fault.kind], kind) != 0)
        ;
    fault.number = number;
    fault.full = strcmp(how, "full") == 0;
    fault.cut_short = fault.full || strcmp(how, "short") == 0;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, how) == 0)
            fault.error = errors[i].error;
    if (fault.kind == FAULT_ALLOC || (!fault.error && !fault.cut_short))
        _exit(98);
}

/* Modules at the start; what is loaded later counts as one. */
static struct {
    uintptr_t from, until;
    const char *name; /* "" is the program */
} modules[MODULES];
static size_t module_count;

static size_t module_of(uintptr_t at)
{
    size_t i = 0;
    while (i < module_count && (at < modules[i].from || at >= modules[i].until))
        i++;
    return i;
}

static int add_module(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    if (module_count == MODULES)
        return 1;
    modules[module_count].from = info->dlpi_addr;
    modules[module_count].name = info->dlpi_name;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && end > modules[module_count].until)
            modules[module_count].until = end;
    }
    module_count++;
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("EKBOM_FAULT_STATE"), *text = getenv("EKBOM_FAULT");
    busy = true;
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT, 0600) : -1;
    if (fd < 0 || syscall(SYS_ftruncate, fd, STATE_BYTES) != 0)
        _exit(98);
    void *map =
        (void *)syscall(SYS_mmap, NULL, STATE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        _exit(98);
    syscall(SYS_close, fd);
    if (text && *text)
        read_fault(text);
    dl_iterate_phdr(add_module, NULL);
    state = map;
    busy = false;
}

/* Deciding ------------------------------------------------------------------------------------ */

static bool needs_space(enum fault_kind kind)
{
    return kind == FAULT_WRITE || kind == FAULT_PWRITE || kind == FAULT_WRITEV ||
           kind == FAULT_MKDIR;
}

struct frames {
    uintptr_t at[4 * FRAMES];
    size_t count, most;
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context, void *arg)
{
    struct frames *frames = arg;
    if (frames->count == frames->most)
        return _URC_END_OF_STACK;
    frames->at[frames->count++] = _Unwind_GetIP(context);
    return _URC_NO_REASON;
}

/* It happens now. The calls that led here go into the lines, for addr2line. */
static void fire(void)
{
    struct frames frames = {.most = 4 * FRAMES};
    _Unwind_Backtrace(add_frame, &frames);
    state->fired = 1;
    for (size_t i = 0; i < frames.count; i++) {
        size_t module = module_of(frames.at[i]);
        if (module < module_count)
            add_line("%s 0x%lx\n", modules[module].name,
                     (unsigned long)(frames.at[i] - modules[module].from));
    }
}

/* What is to happen to this call: 0 nothing, -1 it fails (errno is set), 1 it is cut short. */
int fault_strikes(enum fault_kind kind, const char *path)
{
    if (!state || busy)
        return 0;
    uint64_t number = ++state->calls[kind];
    if (fault.kind == FAULT_KINDS) {
        add_line("%s %llu %s\n", kind_names[kind], (unsigned long long)number, path);
        return 0;
    }
    if (fault.full && state->fired && needs_space(kind)) {
        errno = ENOSPC;
        return -1;
    }
    if (kind != fault.kind || number != fault.number || state->fired)
        return 0;
    fire();
    errno = fault.error;
    return fault.cut_short ? 1 : -1;
}

bool fault_disk_is_full(void)
{
    return fault.full && state && state->fired;
}

static __attribute__((noinline)) uint64_t site_of(void)
{
    struct frames frames = {.most = FRAMES};
    uint64_t digest = 14695981039346656037u;
    _Unwind_Backtrace(add_frame, &frames);
    for (size_t i = 3; i < frames.count; i++) { /* not our own */
        uintptr_t at = frames.at[i], offset = 0;
        size_t module = module_of(at);
        if (module < module_count)
            offset = at - modules[module].from + ((uintptr_t)module << 40);
        digest = (digest ^ offset) * 1099511628211u;
        digest ^= digest >> 29;
    }
    return digest;
}

static void name_site(uint64_t site)
{
    static uint64_t seen[SITES];
    size_t at = site % SITES;
    while (seen[at] && seen[at] != site)
        at = (at + 1) % SITES;
    if (!seen[at])
        add_line("alloc %016llx\n", (unsigned long long)site);
    seen[at] = site;
}

/* True when this allocation is to fail. */
bool fault_no_memory(void)
{
    if (!state || busy || (fault.kind != FAULT_KINDS && fault.kind != FAULT_ALLOC) || state->fired)
        return false;
    busy = true;
    uint64_t site = site_of();
    state->calls[FAULT_ALLOC]++;
    if (fault.kind == FAULT_KINDS)
        name_site(site);
    else if (site == fault.site && ++state->at_site == fault.number)
        fire();
    busy = false;
    errno = ENOMEM;
    return state->fired;
}

/* Memory -------------------------------------------------------------------------------------- */

/* The next library's, which is a sanitizer's where there is one. dlsym allocates nothing when it
 * finds what it looks for. */
void *malloc(size_t size)
{
    FAULT_NEXT(void *, "malloc", size_t);
    return fault_no_memory() ? NULL : next.call(size);
}

void *calloc(size_t count, size_t size)
{
    FAULT_NEXT(void *, "calloc", size_t, size_t);
    return fault_no_memory() ? NULL : next.call(count, size);
}

void *realloc(void *old, size_t size)
{
    FAULT_NEXT(void *, "realloc", void *, size_t);
    return fault_no_memory() ? NULL : next.call(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    FAULT_NEXT(void *, "reallocarray", void *, size_t, size_t);
    return fault_no_memory() ? NULL : next.call(old, count, size);
}

int posix_memalign(void **place, size_t alignment, size_t size)
{
    FAULT_NEXT(int, "posix_memalign", void **, size_t, size_t);
    return fault_no_memory() ? ENOMEM : next.call(place, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    FAULT_NEXT(void *, "aligned_alloc", size_t, size_t);
    return fault_no_memory() ? NULL : next.call(alignment, size);
}
