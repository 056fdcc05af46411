/* show_page.c - `ekbom show --page POST`: the archived page that a post was last read from, as HTML
 * that can do nothing: it loads nothing, runs nothing, and says where it comes from. See inert.h.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "inert.h"
#include "output.h"
#include "show.h"

#define MAX_HTML_BYTES (16u * EK_MAX_PAGE_BYTES) /* escapes make a byte six, addresses double */

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; form-action 'none'; base-uri 'none'\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>body{font-family:sans-serif;max-width:60em;margin:1em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{vertical-align:top;padding:.2em .5em}"
    "blockquote{border-left:3px solid #999;margin-left:.5em;padding-left:.8em}"
    "#ekbom-origin{border:1px solid #999;padding:.5em 1em}</style>\n";

static void put_line(struct ek_buf *out, const char *name, const char *value)
{
    ek_buf_addf(out, "<br>%s: ", name);
    inert_text(out, value, strlen(value));
}

static void put_origin(struct ek_buf *out, const struct ek_entry *entry,
                       const struct ek_page_filing *page)
{
    char fetched[EK_TIME_TEXT];
    ek_buf_adds(out, head);
    ek_buf_adds(out, "<title>archived page of post ");
    inert_text(out, entry->post.id, strlen(entry->post.id));
    ek_buf_adds(out, "</title>\n</head>\n<body>\n<div id=\"ekbom-origin\"><strong>Archived page, "
                     "shown without scripts, pictures and links</strong>");
    put_line(out, "address", page->url);
    put_line(out, "fetched", ek_time_format(page->fetched, EK_PRECISION_SECOND, fetched));
    put_line(out, "archive file", page->archived.file);
    ek_buf_addf(out, ", byte %llu", (unsigned long long)page->archived.offset);
    put_line(out, "shown for post", entry->post.id);
    ek_buf_adds(out, "</div>\n<hr>\n");
}

/* The character set that a page declares in its first kilobyte; NULL: none. */
static const char *declared_charset(struct ek_arena *arena, const char *body, size_t len)
{
    static const char mark[] = "charset=";
    size_t from = 0, to = len < 1024 ? len : 1024;
    while (from + sizeof mark <= to && strncasecmp(body + from, mark, sizeof mark - 1) != 0)
        from++;
    if (from + sizeof mark > to)
        return NULL;
    from += sizeof mark - 1;
    from += body[from] == '"' || body[from] == '\'';
    size_t n = 0;
    while (from + n < to && n < 40 && !strchr("\"'> ;/\r\n\t", body[from + n]))
        n++;
    return ek_strndup(arena, body + from, n);
}

static int put_body(struct ek_buf *out, const struct ek_warc_record *record, struct ek_arena *arena)
{
    struct ek_buf decoded;
    const char *charset = record->charset;
    int result = -1;
    ek_buf_init(&decoded, 8 * (size_t)EK_MAX_PAGE_BYTES);
    if (!charset)
        charset = declared_charset(arena, record->body, record->body_len);
    bool utf8 = ek_utf8_valid(record->body, record->body_len) == record->body_len;
    if (charset)
        result = ek_charset_decode(&decoded, charset, record->body, record->body_len, NULL);
    if (result != 0) { /* none, or none that is known */
        ek_buf_clear(&decoded);
        result = ek_charset_decode(&decoded, utf8 ? "utf-8" : "windows-1252", record->body,
                                   record->body_len, NULL);
    }
    if (result == 0)
        inert_html(out, decoded.data ? decoded.data : "", decoded.len);
    result = result == 0 && !decoded.failed && !out->failed ? 0 : -1;
    ek_buf_free(&decoded);
    return result;
}

static int print_page(const struct ek_entry *entry, const struct ek_page_filing *page,
                      const struct ek_warc_record *record, struct ek_arena *arena)
{
    struct ek_buf out;
    ek_buf_init(&out, MAX_HTML_BYTES);
    put_origin(&out, entry, page);
    int result = put_body(&out, record, arena);
    ek_buf_adds(&out, "\n</body>\n</html>\n");
    if (result == 0 && !out.failed)
        fwrite(out.data, 1, out.len, stdout);
    else
        result = wrong_use("the page is too large to be shown, or memory is short");
    ek_buf_free(&out);
    return result;
}

int show_page(struct cli *cli, struct ek_store *store, uint64_t number)
{
    struct ek_entry entry;
    struct ek_page_filing page;
    struct ek_warc *warc = NULL;
    struct ek_warc_record record;
    struct ek_err err;
    int got = ek_store_entry(store, number, false, cli->arena, &entry, &err);
    if (got == 1)
        got = ek_store_page(store, entry.page, cli->arena, &page, &err);
    if (got < 0)
        return fail_with(&err);
    if (got == 0 || !page.archived.file[0]) {
        say("post %s has no archived page: it came as a record", option(cli, OPT_PAGE));
        return EXIT_NOTHING;
    }
    const char *folder = ek_printf(cli->arena, "%s/archive", ek_store_folder(store));
    if (!folder)
        return wrong_use("out of memory");
    int status = EXIT_DONE;
    if (ek_archive_read(folder, &page.archived, &warc, &record, &err) != 0)
        status = fail_with(&err);
    else
        status = print_page(&entry, &page, &record, cli->arena);
    if (status == EXIT_DONE && record.body_cut) {
        say("the archived page is cut short");
        status = EXIT_INCOMPLETE;
    }
    ek_warc_close(warc);
    return status;
}
