/* terminal.c - what reaches people: safe text, messages, progress, pager, colour. */
#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/text.h"
#include "output.h"

/* Control characters, and the bidirectional overrides that can make a line read as another. */
static bool harmful(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void put_safe(FILE *to, const char *text, bool lines)
{
    for (const char *end = text + strlen(text); text < end;) {
        const char *from = text;
        uint32_t c = ek_utf8_next(&text, end);
        if (harmful(c) || (c == '\n' && !lines))
            fprintf(to, "\\u%04x", c);
        else if (c == 0xfffd && text - from == 1)
            fputs("\xef\xbf\xbd", to);
        else
            fwrite(from, 1, (size_t)(text - from), to);
    }
}

char *safe_text(struct ek_arena *arena, const char *text)
{
    size_t len = strlen(text);
    char *out = ek_alloc(arena, 6 * len + 1, 1);
    size_t n = 0;
    if (!out)
        return NULL;
    for (const char *end = text + len; text < end;) {
        uint32_t c = ek_utf8_next(&text, end);
        if (harmful(c))
            n += (size_t)snprintf(out + n, 7, "\\u%04x", c);
        else
            n += ek_utf8_put(out + n, c);
    }
    return out;
}

char *masked_text(struct ek_arena *arena, const char *text)
{
    size_t len = strlen(text), n = 0;
    char *out = ek_alloc(arena, 3 * len + 1, 1);
    if (!out)
        return NULL;
    for (const char *end = text + len; text < end;) {
        uint32_t c = ek_utf8_next(&text, end);
        n += ek_utf8_put(out + n, harmful(c) ? 0xfffd : c);
    }
    return out;
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

bool color_wanted(const struct cli *cli)
{
    const char *when = option(cli, OPT_COLOR);
    const char *no_color = getenv("NO_COLOR");
    if (when && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

static pid_t pager;

static void finish_pager(void)
{
    int status;
    fflush(stdout);
    close(STDOUT_FILENO);
    while (waitpid(pager, &status, 0) < 0 && errno == EINTR)
        ;
}

/* Standard output through $PAGER (less) when it is a terminal; less quits if one screen holds it. */
void start_pager(const struct cli *cli)
{
    const char *program = getenv("PAGER");
    int ends[2];
    if (pager || has(cli, OPT_NO_PAGER) || !isatty(STDOUT_FILENO))
        return;
    if (!program || !*program)
        program = "less";
    if (strcmp(program, "cat") == 0 || pipe(ends) != 0)
        return;
    const char *const arguments[] = {"sh", "-c", program, NULL};
    posix_spawn_file_actions_t actions;
    fflush(stdout);
    setenv("LESS", "FRX", 0);
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
