/* terminal.c - what reaches people: safe text, messages, progress, pager, colour. */
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/buf.h"
#include "ekbom/text.h"
#include "output.h"

void out_of_memory(void)
{
    fputs("ekbom: out of memory\n", stderr);
    exit(EXIT_WRONG);
}

void put_safe(FILE *to, const char *text, bool lines)
{
    struct ek_buf buf;
    ek_buf_init(&buf, SIZE_MAX / 2);
    ek_add_visible(&buf, text, lines);
    if (buf.failed)
        out_of_memory();
    fputs(ek_buf_str(&buf), to);
    ek_buf_free(&buf);
}

char *safe_text(struct ek_arena *arena, const char *text)
{
    struct ek_buf buf;
    ek_buf_init(&buf, SIZE_MAX / 2);
    ek_add_visible(&buf, text, true);
    char *safe = buf.failed ? NULL : ek_strdup(arena, ek_buf_str(&buf));
    ek_buf_free(&buf);
    return safe;
}

size_t text_columns(const char *from, const char *end)
{
    size_t width = 0;
    while (from < end)
        width += (size_t)ek_width(ek_utf8_next(&from, end));
    return width;
}

size_t put_cut(const char *text, size_t width)
{
    const char *end = text + strlen(text);
    const bool cut = text_columns(text, end) > width;
    size_t used = 0;
    while (text < end) {
        const char *from = text;
        size_t wide = (size_t)ek_width(ek_utf8_next(&text, end));
        if (cut && used + wide + 1 > width)
            break;
        fwrite(from, 1, (size_t)(text - from), stdout);
        used += wide;
    }
    if (!cut || width == 0)
        return used;
    fputs("…", stdout);
    return used + 1;
}

static bool progress_shown;

void progress_end(void)
{
    if (progress_shown)
        fputs("\r\033[K", stderr);
    progress_shown = false;
}

void progress(const char *format, ...)
{
    static time_t begun, shown;
    time_t now = time(NULL);
    va_list ap;
    if (!isatty(STDERR_FILENO))
        return;
    if (!begun)
        begun = now;
    if (now == begun || now == shown)
        return;
    shown = now;
    progress_shown = true;
    fputs("\r\033[K", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fflush(stderr);
}

void progress_bytes(void *context, const char *doing, uint64_t bytes)
{
    (void)context;
    progress("%s: %.1f MB", doing, (double)bytes / 1e6);
}

void progress_tagged(void *context, uint64_t posts)
{
    (void)context;
    progress("tagged %llu posts", (unsigned long long)posts);
}

static void say_list(const char *format, va_list ap)
{
    char line[2048];
    progress_end();
    vsnprintf(line, sizeof line, format, ap);
    fputs("ekbom: ", stderr);
    put_safe(stderr, line, false);
    fputc('\n', stderr);
}

void say(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    say_list(format, ap);
    va_end(ap);
}

int wrong_use(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    say_list(format, ap);
    va_end(ap);
    return EXIT_WRONG;
}

int fail_with(const struct ek_err *err)
{
    return wrong_use("%s", err->message);
}

static pid_t pager;

bool color_wanted(const struct cli *cli)
{
    const char *when = option(cli, OPT_COLOR);
    const char *no_color = getenv("NO_COLOR");
    if (when && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    return (pager || isatty(STDOUT_FILENO)) && !(no_color && *no_color);
}

static void finish_pager(void)
{
    int status;
    fflush(stdout);
    close(STDOUT_FILENO);
    while (waitpid(pager, &status, 0) < 0 && errno == EINTR)
        ;
}

/* True if the first word of a command can be run. */
static bool can_run(const char *command)
{
    size_t len = strcspn(command, " \t");
    const char *folders = getenv("PATH");
    if (memchr(command, '/', len))
        return len < PATH_MAX && access(strndupa(command, len), X_OK) == 0;
    for (const char *at = folders ? folders : "/usr/bin:/bin"; *at;) {
        char path[PATH_MAX];
        size_t folder = strcspn(at, ":");
        int n = snprintf(path, sizeof path, "%.*s/%.*s", (int)folder, at, (int)len, command);
        if (n > 0 && (size_t)n < sizeof path && access(path, X_OK) == 0)
            return true;
        at += folder + (at[folder] == ':');
    }
    return false;
}

/* Standard output through $PAGER (less) when it is a terminal; less quits if one screen holds it.
 */
void start_pager(const struct cli *cli)
{
    const char *program = getenv("PAGER");
    char columns[16];
    int ends[2];
    if (pager || has(cli, OPT_NO_PAGER) || !isatty(STDOUT_FILENO))
        return;
    if (!program || !*program)
        program = "less";
    if (strcmp(program, "cat") == 0 || !can_run(program) || pipe(ends) != 0)
        return;
    const char *const arguments[] = {"sh", "-c", program, NULL};
    posix_spawn_file_actions_t actions;
    fflush(stdout);
    setenv("LESS", "FRX", 0);
    /* Behind a pipe nobody can ask how wide the terminal is. */
    snprintf(columns, sizeof columns, "%u", terminal_width());
    setenv("COLUMNS", columns, 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (posix_spawn(&pager, "/bin/sh", &actions, NULL, (char *const *)(uintptr_t)arguments,
                    environ) == 0) {
        dup2(ends[1], STDOUT_FILENO);
        atexit(finish_pager);
    } else {
        pager = 0;
    }
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    close(ends[1]);
}
