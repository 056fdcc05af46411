/* grep_show.c - matches for people: a post's under its heading, or aligned (keyword in context).
 *
 * The match stands in «guillemets», as evidence does in `ekbom show`, so that a copy keeps the
 * mark; colour is added on a terminal. White space is shown as one blank and what a terminal might
 * obey as an escape; only then is the line cut to its width. */
#include <stdio.h>
#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "grep.h"
#include "output.h"

#define INDENT 2u
#define MARKS 2u /* columns that the guillemets take */
#define MARK_BEGIN "\033[1;31m"
#define MARK_END "\033[0m"

/* text[from, to) as one harmless line. */
static const char *one_line(struct ek_arena *arena, const char *text, size_t from, size_t to)
{
    char *flat = ek_alloc(arena, to - from + 1, 1);
    size_t len = 0;
    bool blank = false;
    for (const char *at = text + from, *end = text + to; flat && at < end;) {
        const char *start = at;
        bool space = ek_is_space(ek_utf8_next(&at, end));
        if (space && blank)
            continue;
        blank = space;
        if (space)
            flat[len++] = ' ';
        else
            for (; start < at; start++)
                flat[len++] = *start;
    }
    const char *safe = flat ? safe_text(arena, flat) : NULL;
    return safe ? safe : "";
}

static size_t columns_of(const char *text)
{
    return text_columns(text, text + strlen(text));
}

/* The end of a text that fits into so many columns: the ellipsis before it counts. */
static const char *fitting_end(const char *text, size_t width, bool *cut)
{
    size_t has = columns_of(text);
    *cut = has > width;
    if (!*cut)
        return text;
    for (const char *end = text + strlen(text); text < end && has + 1 > width;)
        has -= (size_t)ek_width(ek_utf8_next(&text, end));
    return text;
}

struct parts { /* of a line */
    const char *left, *match, *right;
};

static struct parts parts_of(struct ek_arena *arena, const struct grep_row *row)
{
    const char *text = row->entry->post.text;
    return (struct parts){one_line(arena, text, row->left, row->from),
                          one_line(arena, text, row->from, row->to),
                          one_line(arena, text, row->to, row->right)};
}

/* Left context in its columns, padded in front if aligned; match; right context. */
static void put_parts(const struct parts *parts, size_t left, size_t width, bool aligned,
                      bool color)
{
    bool cut;
    size_t match = columns_of(parts->match), room = width - left;
    const char *from = fitting_end(parts->left, left, &cut);
    if (aligned)
        printf("%*s", (int)(left - columns_of(from) - cut), "");
    fputs(cut ? "…" : "", stdout);
    fputs(from, stdout);
    fputs(color ? MARK_BEGIN "«" : "«", stdout);
    size_t shown = match + MARKS > room ? room - MARKS : match;
    put_cut(parts->match, shown);
    fputs(color ? "»" MARK_END : "»", stdout);
    put_cut(parts->right, room - MARKS - shown);
    putchar('\n');
}

static const char *date_of(struct ek_arena *arena, const struct ek_post *post)
{
    char time[EK_TIME_TEXT];
    ek_time_format(post->time, post->precision, time);
    const char *date = ek_printf(arena, "%.10s", time);
    return date && *date ? date : "-";
}

void grep_show_heading(struct ek_arena *arena, const struct ek_entry *entry, unsigned width)
{
    const struct ek_post *post = &entry->post;
    const char *line =
        ek_printf(arena, "%s post %s by %s in thread %s: %s", date_of(arena, post), post->id,
                  post->author ? post->author : "-", entry->thread_id ? entry->thread_id : "-",
                  entry->thread_title ? entry->thread_title : "");
    if (line)
        put_cut(one_line(arena, line, 0, strlen(line)), width);
    putchar('\n');
}

void grep_show_line(struct ek_arena *arena, const struct grep_row *row, unsigned width, bool color)
{
    struct parts parts = parts_of(arena, row);
    size_t room = width - INDENT, match = columns_of(parts.match) + MARKS;
    size_t left = columns_of(parts.left), half = match < room ? (room - match) / 2 : 0;
    size_t right = columns_of(parts.right);
    if (left > half) /* what the other side leaves is this side's */
        left = right < half && left + right + match > room ? room - match - right
               : left + right + match <= room              ? left
                                                           : half;
    printf("%*s", INDENT, "");
    put_parts(&parts, left, room, false, color);
}

void grep_show_kwic(struct ek_arena *arena, const struct grep_row *row, unsigned width, bool color)
{
    struct parts parts = parts_of(arena, row);
    const char *id = one_line(arena, row->entry->post.id, 0, strlen(row->entry->post.id));
    size_t id_width = columns_of(id);
    printf("%*s", id_width < 8 ? (int)(8 - id_width) : 0, "");
    put_cut(id, 16);
    id_width = id_width < 8 ? 8 : id_width > 16 ? 16 : id_width;
    printf("  %-10s  ", date_of(arena, &row->entry->post));
    size_t room = width > id_width + 14 + 20 ? width - id_width - 14 : 20;
    put_parts(&parts, room * 2 / 5, room, true, color);
}
