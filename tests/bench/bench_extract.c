/* bench_extract.c - pages to records against a bare libxml2 SAX parse of the same bytes.
 *
 * The peer runs the same parser with the same options and counts the events. Both go over all
 * pages in turn, slice by slice, in one process; the medians of their times are compared. Pages:
 * the capture ../shared/boards/phpbb-3.3.warc.gz where it lies beside the checkout, else the
 * pages of tests/pages. Prints name, ours, peer (posts a second), ratio, target. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "ekbom/archive.h"
#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/extract.h"
#include "ekbom/limits.h"
#include "measure.h"

#define CAPTURE "../shared/boards/phpbb-3.3.warc.gz"
#define SLICES 15
#define PAGES_MAX 2000

struct page {
    char *url;
    char *body;
    size_t len;
};

static struct page pages[PAGES_MAX];
static size_t page_count;

static void add_page(const char *url, const void *body, size_t len)
{
    if (page_count == PAGES_MAX)
        return;
    struct page *page = &pages[page_count++];
    page->url = strdup(url);
    page->body = malloc(len + 1);
    page->len = len;
    if (!page->url || !page->body)
        exit(2);
    memcpy(page->body, body, len);
}

static bool load_capture(void)
{
    struct ek_warc *warc;
    struct ek_warc_record record;
    struct ek_err err;
    if (ek_warc_open(&warc, CAPTURE, &err) != 0)
        return false;
    while (ek_warc_next(warc, &record, &err) == 1)
        if (strcmp(record.type, "response") == 0 && record.mime &&
            strcmp(record.mime, "text/html") == 0 && record.body_len)
            add_page(record.url, record.body, record.body_len);
    ek_warc_close(warc);
    return page_count > 0;
}

static void load_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        char path[512], bytes[1 << 16];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = strstr(entry->d_name, ".html") ? fopen(path, "rb") : NULL;
        if (!file)
            continue;
        size_t len = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        add_page("http://board.example/viewtopic.php?t=1", bytes, len);
    }
    if (dir)
        closedir(dir);
}

/* The peer --------------------------------------------------------------------------------------
 */

static size_t events;

static void count_start(void *data, const xmlChar *name, const xmlChar **attributes)
{
    (void)data, (void)name, (void)attributes;
    events++;
}

static void count_end(void *data, const xmlChar *name)
{
    (void)data, (void)name;
    events++;
}

static void count_text(void *data, const xmlChar *text, int len)
{
    (void)data, (void)text, (void)len;
    events++;
}

static void parse_bare(const struct page *page)
{
    static const xmlSAXHandler handler = {.startElement = count_start,
                                          .endElement = count_end,
                                          .characters = count_text,
                                          .ignorableWhitespace = count_text};
    xmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(page->body, (int)page->len);
    if (!parser)
        exit(2);
    *parser->sax = handler;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                   HTML_PARSE_NOWARNING | HTML_PARSE_IGNORE_ENC);
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    htmlParseDocument(parser);
    xmlFreeDoc(parser->myDoc);
    parser->myDoc = NULL;
    htmlFreeParserCtxt(parser);
}

/* Ours ------------------------------------------------------------------------------------------
 */

static size_t extract(const struct ek_profiles *profiles, struct ek_arena *arena,
                      const struct page *page)
{
    struct ek_err err;
    struct ek_page result;
    struct ek_fetched fetched = {page->url, 0, "utf-8", page->body, page->len, NULL};
    ek_arena_reset(arena);
    if (ek_extract_page(profiles, &fetched, arena, &result, &err) != 0) {
        fprintf(stderr, "bench_extract: %s: %s\n", page->url, err.message);
        exit(2);
    }
    return result.post_count;
}

int main(void)
{
    struct ek_arena *files = ek_arena_new(16u << 20), *arena = ek_arena_new(EK_ARENA_BYTES);
    struct ek_bundle bundle;
    struct ek_profiles *profiles;
    struct ek_err err;
    if (!files || !arena || ek_bundle_load(&bundle, files, "profiles", ".profile", &err) != 0 ||
        ek_profiles_compile(&profiles, &bundle, &err) != 0) {
        fprintf(stderr, "bench_extract: profiles (run it from the checkout): %s\n", err.message);
        return 2;
    }
    if (!load_capture())
        load_folder("tests/pages");
    double ours[SLICES], peer[SLICES];
    size_t posts = 0;
    for (size_t slice = 0; slice < SLICES && page_count; slice++) {
        double start = processor_seconds();
        posts = 0;
        for (size_t i = 0; i < page_count; i++)
            posts += extract(profiles, arena, &pages[i]);
        double middle = processor_seconds();
        for (size_t i = 0; i < page_count; i++)
            parse_bare(&pages[i]);
        ours[slice] = middle - start;
        peer[slice] = processor_seconds() - middle;
    }
    if (!posts) {
        fprintf(stderr, "bench_extract: no pages with posts found\n");
        return 2;
    }
    double a = (double)posts / median(ours, SLICES), b = (double)posts / median(peer, SLICES);
    printf("extract pages (posts/s; peer: bare SAX parse)\t%.0f\t%.0f\t%.2f\t>= 0.6\n", a, b,
           a / b);
    for (size_t i = 0; i < page_count; i++) {
        free(pages[i].url);
        free(pages[i].body);
    }
    ek_profiles_free(profiles);
    ek_arena_free(files);
    ek_arena_free(arena);
    return 0;
}
