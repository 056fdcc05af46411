/* cmd_robots.c - `ekbom robots FILE URL...`: what a robots.txt allows, and by which line. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/robots.h"
#include "output.h"

/* As much as counts; what lies beyond the ceiling is not read. */
static int read_robots(const char *path, struct ek_buf *file, struct ek_err *err)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 1;
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    while (n > 0 && file->len < EK_MAX_ROBOTS_BYTES) {
        char *room = ek_buf_room(file, 65536);
        n = room ? read(fd, room, 65536) : -1;
        if (n > 0)
            file->len += (size_t)n;
    }
    if (n < 0)
        ek_fail_errno(err, "%s", path);
    if (fd != STDIN_FILENO)
        close(fd);
    return n < 0 ? -1 : 0;
}

static int check_all(struct cli *cli, const struct ek_robots *robots, const char *agent)
{
    int status = EXIT_DONE;
    for (size_t i = 1; i < cli->argument_count; i++) {
        struct ek_robots_verdict verdict;
        const char *url = *cli->arguments[i] ? cli->arguments[i] : "/";
        char line[16] = "-";
        ek_robots_check(robots, agent, url, &verdict);
        if (verdict.line)
            snprintf(line, sizeof line, "%u", verdict.line);
        printf("%s\t%s\t", verdict.allowed ? "allowed" : "disallowed", line);
        put_safe(stdout, verdict.rule ? verdict.rule : "-", false);
        putchar('\t');
        put_safe(stdout, url, false);
        putchar('\n');
        if (!verdict.allowed)
            status = EXIT_NOTHING;
    }
    return status;
}

int cmd_robots(struct cli *cli)
{
    const char *agent = option(cli, OPT_AGENT) ? option(cli, OPT_AGENT) : "ekbom";
    struct ek_robots *robots = NULL;
    struct ek_buf file;
    struct ek_err err;
    int status;
    if (cli->argument_count < 2)
        return wrong_use("robots takes a file and addresses: ekbom robots FILE URL...");
    if (!ek_robots_is_agent(agent))
        return wrong_use("--agent %s: a name of letters, '-' and '_'", agent);
    ek_buf_init(&file, EK_MAX_ROBOTS_BYTES + 65536);
    if (read_robots(cli->arguments[0], &file, &err) != 0 ||
        ek_robots_parse(&robots, file.data ? file.data : "", file.len, &err) != 0)
        status = fail_with(&err);
    else
        status = check_all(cli, robots, agent);
    ek_robots_free(robots);
    ek_buf_free(&file);
    return status;
}
