/* render.c - a post with its evidence marked.
 *
 * Words that made a tag stand in «guillemets» with the number of the tag behind them, also without
 * colour, so that a copy pasted into a paper keeps them; the tags are listed below with the rule
 * and the cue. Spans that overlap are joined into one mark with several numbers. See render.h. */
#include "render.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "output.h"

#define INDENT "  "
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

struct mark {
    uint32_t start, end;
    unsigned number; /* of the tag, from 1 */
};

static int by_start(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static size_t collect(const struct ek_tag *tags, size_t count, unsigned first, struct mark *marks)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < tags[i].hit_count; j++, n++)
            if (marks)
                marks[n] =
                    (struct mark){tags[i].hits[j].start, tags[i].hits[j].end, first + (unsigned)i};
    return n;
}

/* The numbers of marks[from..to), each once, as "[1,3]". */
static void put_numbers(struct ek_buf *out, const struct mark *marks, size_t from, size_t to)
{
    ek_buf_addc(out, '[');
    for (size_t i = from; i < to; i++) {
        bool seen = false;
        for (size_t j = from; j < i; j++)
            seen |= marks[j].number == marks[i].number;
        if (!seen)
            ek_buf_addf(out, "%s%u", i > from ? "," : "", marks[i].number);
    }
    ek_buf_addc(out, ']');
}

static void mark_text(struct ek_buf *out, const char *text, const struct mark *marks, size_t count,
                      bool color)
{
    size_t len = strlen(text), at = 0, point = 0;
    for (size_t i = 0; i < count;) {
        size_t next = i;
        uint32_t end = marks[i].end;
        for (; next < count && marks[next].start < end; next++)
            if (marks[next].end > end)
                end = marks[next].end;
        size_t from = at + ek_utf8_offset(text + at, len - at, marks[i].start - point);
        size_t to = from + ek_utf8_offset(text + from, len - from, end - marks[i].start);
        ek_buf_add(out, text + at, from - at);
        ek_buf_adds(out, color ? BOLD "«" : "«");
        ek_buf_add(out, text + from, to - from);
        ek_buf_adds(out, color ? "»" PLAIN : "»");
        put_numbers(out, marks, i, next);
        at = to;
        point = end;
        i = next;
    }
    ek_buf_adds(out, text + at);
}

/* Columns of a word; the colour sequences take none. */
static size_t word_width(const char *word, const char *end)
{
    size_t width = 0;
    while (word < end) {
        if (*word == '\033') {
            const char *m = memchr(word, 'm', (size_t)(end - word));
            word = m ? m + 1 : end;
            continue;
        }
        width += (size_t)ek_width(ek_utf8_next(&word, end));
    }
    return width;
}

/* One paragraph line, wrapped at blanks. */
static void wrap_line(const char *line, const char *end, unsigned room,
                      void (*begin)(void *context), void *context)
{
    size_t used = 0;
    begin(context);
    while (line < end) {
        const char *blank = memchr(line, ' ', (size_t)(end - line));
        const char *stop = blank ? blank : end;
        size_t w = word_width(line, stop);
        if (used && used + 1 + w > room) {
            putchar('\n');
            begin(context);
            used = 0;
        }
        if (used)
            putchar(' ');
        fwrite(line, 1, (size_t)(stop - line), stdout);
        used += w + (used > 0);
        line = blank ? blank + 1 : end;
    }
    putchar('\n');
}

void render_wrapped(const char *text, unsigned indent, unsigned width, void (*begin)(void *context),
                    void *context)
{
    unsigned room = width > indent + 20 ? width - indent : 20;
    for (;;) {
        const char *end = strchr(text, '\n');
        wrap_line(text, end ? end : text + strlen(text), room, begin, context);
        if (!end)
            return;
        text = end + 1;
    }
}

static void put_prefix(void *context)
{
    fputs(context, stdout);
}

static void wrap(const char *text, char *prefix, unsigned width)
{
    render_wrapped(text, (unsigned)strlen(prefix), width, put_prefix, prefix);
}

void render_quotes(struct ek_arena *arena, const struct ek_post *post, unsigned width)
{
    for (size_t i = 0; i < post->quote_count; i++) {
        const struct ek_quote *quote = &post->quotes[i];
        char *prefix = ek_strdup(arena, INDENT);
        for (unsigned d = 0; d < quote->depth && d < EK_MAX_QUOTE_DEPTH && prefix; d++)
            prefix = ek_printf(arena, "%s> ", prefix);
        const char *author = safe_text(arena, quote->author ? quote->author : "somebody");
        const char *id = safe_text(arena, quote->post_id ? quote->post_id : "");
        const char *text = safe_text(arena, quote->text);
        if (!author || !text || !prefix || !id)
            continue;
        printf("%s%s wrote%s%s%s:\n", prefix, author, quote->post_id ? " (post " : "", id,
               quote->post_id ? ")" : "");
        wrap(text, prefix, width);
    }
    if (post->quote_count)
        putchar('\n');
}

static void print_line(struct ek_arena *arena, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void print_line(struct ek_arena *arena, const char *name, const char *format, ...)
{
    char line[4096];
    va_list ap;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    const char *safe = safe_text(arena, line);
    printf("%-8s %s\n", name, safe ? safe : "");
}

static void print_head(struct ek_arena *arena, const struct ek_entry *entry)
{
    const struct ek_post *post = &entry->post;
    char time[EK_TIME_TEXT], seen[EK_TIME_TEXT];
    ek_time_format(post->time, post->precision, time);
    ek_time_format(entry->first_seen, EK_PRECISION_DAY, seen);
    print_line(arena, "post", "%s by %s%s%s", post->id, post->author ? post->author : "(unknown)",
               post->guest ? " (guest)" : "", post->edited ? ", edited" : "");
    print_line(arena, "time", "%s%s%s%s", *time ? time : "unknown", *time ? "" : " (page says: ",
               *time             ? ""
               : post->time_text ? post->time_text
                                 : "nothing",
               *time ? "" : ")");
    print_line(arena, "thread", "%s  %s", entry->thread_id,
               entry->thread_title ? entry->thread_title : "");
    if (entry->board_id)
        print_line(arena, "board", "%s  %s", entry->board_id,
                   entry->board_title ? entry->board_title : "");
    if (post->subject)
        print_line(arena, "subject", "%s", post->subject);
    print_line(arena, "page", "%s", entry->url ? entry->url : entry->forum);
    print_line(arena, "state", "%s, %u revision%s, first seen %s", ek_state_names[entry->state],
               entry->revisions, entry->revisions == 1 ? "" : "s", *seen ? seen : "unknown");
    putchar('\n');
}

static bool same_place(const struct ek_hit *a, const struct ek_hit *b)
{
    return a->start == b->start && a->end == b->end;
}

/* Each place once: its words, the rules that hit there, the cue that set the stance. */
static void print_hits(struct ek_arena *arena, const struct ek_tag *tag)
{
    for (size_t i = 0; i < tag->hit_count; i++) {
        const struct ek_hit *hit = &tag->hits[i];
        const char *rules = hit->rule, *cue = hit->cue;
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen |= same_place(hit, &tag->hits[j]);
        for (size_t j = i + 1; j < tag->hit_count && !seen && rules; j++) {
            const struct ek_hit *other = &tag->hits[j];
            const char *line = strrchr(other->rule, ':');
            if (!same_place(hit, other))
                continue;
            cue = cue ? cue : other->cue;
            rules = ek_printf(arena, "%s %s", rules, line ? line + 1 : other->rule);
        }
        const char *words = ek_squeeze(arena, hit->text, strlen(hit->text));
        const char *safe = words ? safe_text(arena, words) : NULL;
        if (!seen)
            printf("      \"%s\"  %s%s%s\n", safe ? safe : "", rules ? rules : "",
                   cue ? "  cue " : "", cue ? cue : "");
    }
}

void render_tags(struct ek_arena *arena, const struct ek_tags *tags)
{
    unsigned number = 1;
    if (!tags->assessable)
        printf("not assessable: the rules do not cover this language\n");
    for (size_t i = 0; i < tags->theory_count; i++, number++) {
        const struct ek_tag *tag = &tags->theories[i];
        printf("  [%u] %s: %s%s%s%s\n", number, tag->code, ek_stance_names[tag->stance],
               tag->hedged ? ", hedged" : "", tag->experience ? ", from experience" : "",
               tag->cramps ? ", about cramps" : "");
        print_hits(arena, tag);
    }
    for (size_t i = 0; i < tags->treatment_count; i++, number++) {
        printf("  [%u] %s (treatment)\n", number, tags->treatments[i].code);
        print_hits(arena, &tags->treatments[i]);
    }
    for (size_t i = 0; i < tags->quoted_count; i++)
        printf("  only quoted: %s\n", tags->quoted_only[i]);
    for (size_t i = 0; i < tags->undetermined_count; i++)
        printf("  undetermined: %s by rule %s (%s)\n", tags->undetermined[i].code,
               tags->undetermined[i].rule, tags->undetermined[i].reason);
    if (tags->assessable && number == 1 && !tags->quoted_count)
        printf("  no theory, no treatment\n");
}

char *render_marked(struct ek_arena *arena, const struct ek_entry *entry,
                    const struct ek_tags *tags, bool color)
{
    size_t theories = collect(tags->theories, tags->theory_count, 1, NULL);
    size_t count = theories + collect(tags->treatments, tags->treatment_count, 1, NULL);
    struct mark *marks = EK_NEW_ARRAY(arena, struct mark, count ? count : 1);
    struct ek_buf text;
    if (!marks)
        return NULL;
    collect(tags->theories, tags->theory_count, 1, marks);
    collect(tags->treatments, tags->treatment_count, 1 + (unsigned)tags->theory_count,
            marks + theories);
    qsort(marks, count, sizeof *marks, by_start);
    ek_buf_init(&text, 4 * (size_t)EK_MAX_TEXT_BYTES);
    /* Escapes would shift the spans: a harmful character becomes one sign. */
    char *own = ek_mask_harmful(arena, entry->post.text);
    mark_text(&text, own ? own : "", marks, count, color);
    char *marked = text.failed ? NULL : ek_strdup(arena, ek_buf_str(&text));
    ek_buf_free(&text);
    return marked;
}

int render_post(struct ek_arena *arena, const struct ek_entry *entry, const struct ek_tags *tags,
                unsigned width, bool color)
{
    char *marked = render_marked(arena, entry, tags, color), *indent = ek_strdup(arena, INDENT);
    if (!marked || !indent)
        return -1;
    print_head(arena, entry);
    render_quotes(arena, &entry->post, width);
    wrap(marked, indent, width);
    putchar('\n');
    render_tags(arena, tags);
    return 0;
}

void render_text(struct ek_arena *arena, const char *text, unsigned width)
{
    const char *safe = safe_text(arena, text);
    char *indent = ek_strdup(arena, INDENT);
    if (safe && indent)
        wrap(safe, indent, width);
}
