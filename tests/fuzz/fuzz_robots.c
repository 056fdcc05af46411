/* Any bytes as a robots.txt, as an address, and as the head of an answer: what hosts send before
 * anything of theirs is believed. The input's first line is an address, the rest the other two.
 *
 * Rooms: fetch base. Run by tests/fuzz/run.sh robots SECONDS. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/fetch/head.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/fetch.h"
#include "ekbom/limits.h"
#include "ekbom/robots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int condition)
{
    if (!condition)
        abort();
}

static void check_robots(const char *url, const uint8_t *data, size_t size)
{
    struct ek_robots *robots;
    struct ek_robots_verdict verdict;
    struct ek_err err;
    static const char *const agents[] = {"ekbom", "a", "*", ""};
    demand(ek_robots_parse(&robots, data, size, &err) == 0);
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
        double delay = ek_robots_crawl_delay(robots, agents[i]);
        demand(delay >= 0 && delay <= EK_MAX_CRAWL_DELAY_SECONDS);
        ek_robots_check(robots, agents[i], url, &verdict);
        demand((verdict.line == 0) == (verdict.rule == NULL));
        demand(verdict.allowed || verdict.line);
        demand(!verdict.rule || (*verdict.rule == 'A') == verdict.allowed);
    }
    ek_robots_check(robots, "ekbom", "/robots.txt", &verdict);
    demand(verdict.allowed);
    ek_robots_free(robots);
}

/* A normalised address is its own normal form, and stays at home. */
static void check_url(const char *base, const char *url)
{
    struct ek_buf once, twice;
    struct ek_err err;
    ek_buf_init(&once, EK_MAX_URL_BYTES);
    ek_buf_init(&twice, EK_MAX_URL_BYTES);
    if (ek_url_normalise(&once, base, url, &err) == 0) {
        const char *text = ek_buf_str(&once);
        demand(text && strlen(text) == once.len && once.len <= EK_MAX_URL_BYTES);
        demand(strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0);
        demand(strpbrk(text, " \t\r\n#") == NULL);
        demand(ek_url_same_site(text, text));
        if (ek_url_normalise(&twice, NULL, text, &err) != 0 ||
            strcmp(text, ek_buf_str(&twice)) != 0)
            abort();
    } else {
        demand(*err.message && !strchr(err.message, '\n'));
    }
    ek_buf_free(&once);
    ek_buf_free(&twice);
}

static void check_head(const uint8_t *data, size_t size)
{
    struct ek_head head;
    ek_head_init(&head);
    const char *at = (const char *)data, *end = at + size;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop + 1 : end;
        if (!ek_head_line(&head, at, (size_t)(stop - at)))
            break;
        at = stop;
    }
    ek_head_finish(&head, size);
    demand(!strpbrk(head.etag, "\r\n") && !strpbrk(head.last_modified, "\r\n"));
    demand(head.text.failed || strcmp(head.text.data + head.text.len - 4, "\r\n\r\n") == 0);
    ek_head_free(&head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    size_t len = line ? (size_t)(line - data) : size;
    char *url = strndup((const char *)data, len);
    demand(url != NULL);
    data += len + (line != NULL);
    size -= len + (line != NULL);
    check_url(NULL, url);
    check_url("http://board.example/forum/index.php?t=1", url);
    check_robots(url, data, size);
    check_head(data, size);
    free(url);
    return 0;
}
