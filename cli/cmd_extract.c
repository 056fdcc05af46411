/* cmd_extract.c - `ekbom extract FILE`: one saved page to JSON, nothing stored. The page is read in
 * a confined reader, as in an import. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "output.h"

static int read_page(const char *path, struct ek_buf *body, struct ek_err *err)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    ssize_t n;
    do {
        char *room = ek_buf_room(body, 65536);
        n = room ? read(fd, room, 65536) : -1;
        if (n > 0)
            body->len += (size_t)n;
    } while (n > 0);
    int result = 0;
    if (body->failed)
        result = ek_fail(err, EK_LIMIT, "%s: larger than a page may be (%u bytes)", path,
                         EK_MAX_PAGE_BYTES);
    else if (n < 0)
        result = ek_fail_errno(err, "%s", path);
    else if (body->len == 0)
        result = ek_fail(err, EK_FORMAT, "%s is empty", path);
    if (fd != STDIN_FILENO)
        close(fd);
    return result;
}

static int read_fetched(const struct cli *cli, ek_time *fetched)
{
    enum ek_precision precision;
    const char *text = option(cli, OPT_FETCHED);
    *fetched = EK_TIME_UNKNOWN;
    if (text && ek_time_parse(text, fetched, &precision) != 0)
        return wrong_use("--fetched %s: write a UTC time like 2010-03-02T03:14:00Z", text);
    return 0;
}

static int print_page(const struct ek_pool_result *result)
{
    if (!result->page)
        return wrong_use("this page cannot be read: %s", result->items[0].reason);
    if (print_json(ek_page_to_json(result->page)) != 0)
        return EXIT_WRONG;
    if (result->page->kind >= EK_PAGE_LOGIN) {
        say("%s page%s%s", ek_page_kind_names[result->page->kind], result->page->reason ? ": " : "",
            result->page->reason ? result->page->reason : "");
        return EXIT_NOTHING;
    }
    if (result->page->partial)
        say("read in part: %s", result->page->reason ? result->page->reason : "the page is broken");
    return result->page->partial ? EXIT_INCOMPLETE : EXIT_DONE;
}

int cmd_extract(struct cli *cli)
{
    struct ek_bundle profiles;
    struct ek_pool *pool = NULL;
    struct ek_pool_result result;
    struct ek_buf body;
    struct ek_err err;
    struct ek_pool_page page = {.url = option(cli, OPT_URL), .charset = option(cli, OPT_CHARSET)};
    if (cli->argument_count != 1)
        return wrong_use("extract takes one saved page (- is standard input)");
    int status = read_fetched(cli, &page.fetched);
    if (status != 0)
        return status;
    ek_buf_init(&body, EK_MAX_PAGE_BYTES);
    cli->values[OPT_READERS][0] = "1";
    cli->value_count[OPT_READERS] = 1;
    if (read_page(cli->arguments[0], &body, &err) != 0) {
        status = fail_with(&err);
        goto out;
    }
    page.body = body.data;
    page.len = body.len;
    if (load_profiles(cli, &profiles, &err) != 0 ||
        open_pool(cli, &profiles, NULL, NULL, &pool, &err) != 0 ||
        ek_pool_submit_page(pool, &page, NULL, &err) != 0 ||
        ek_pool_next(pool, true, cli->arena, &result, &err) != 1)
        status = fail_with(&err);
    else
        status = print_page(&result);
out:
    ek_pool_close(pool);
    ek_buf_free(&body);
    return status;
}
