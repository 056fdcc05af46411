/* render_thread.c - a post among others: the reader's eye runs down the words, and sees in the
 * margin what each post was tagged with.
 *
 * The margin holds a tag a line, with the number that its evidence has in the text and a sign for
 * the stance; where there are more tags than lines of text it goes on below. A quote is one line,
 * however long: who, which post, how it begins. See render.h. */
#include <stdio.h>
#include <string.h>

#include "ekbom/text.h"
#include "output.h"
#include "render.h"

#define MARGIN 20u /* columns: number, code, sign, and a blank */
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

struct margin { /* tags still to be shown */
    const char **labels;
    size_t count, next;
    bool color;
};

static void begin_line(void *context)
{
    struct margin *margin = context;
    bool has = margin->next < margin->count;
    if (has && margin->color)
        fputs(DIM, stdout);
    size_t used = put_cut(has ? margin->labels[margin->next] : "", MARGIN - 1);
    printf("%*s", (int)(MARGIN - 1 - used), "");
    putchar(' ');
    if (has && margin->color)
        fputs(PLAIN, stdout);
    margin->next += has;
}

static size_t add_label(struct ek_arena *arena, const char **labels, size_t count,
                        const char *format, unsigned number, const char *code, char sign)
{
    char *safe = safe_text(arena, code);
    labels[count] = safe ? ek_printf(arena, format, number, safe, sign) : NULL;
    return count + (labels[count] != NULL);
}

static int make_margin(struct ek_arena *arena, const struct ek_tags *tags, struct margin *margin)
{
    static const char signs[] = {'+', '-', '.', '?'};
    size_t most = tags->theory_count + tags->treatment_count + tags->quoted_count +
                  tags->undetermined_count + 1;
    unsigned number = 1;
    margin->labels = EK_NEW_ARRAY(arena, const char *, most);
    if (!margin->labels)
        return -1;
    for (size_t i = 0; i < tags->theory_count; i++)
        margin->count = add_label(arena, margin->labels, margin->count, "[%u] %s%c", number++,
                                  tags->theories[i].code, signs[tags->theories[i].stance]);
    for (size_t i = 0; i < tags->treatment_count; i++)
        margin->count = add_label(arena, margin->labels, margin->count, "[%u] %s%c", number++,
                                  tags->treatments[i].code, '*');
    for (size_t i = 0; i < tags->quoted_count; i++)
        margin->count = add_label(arena, margin->labels, margin->count, "%.0u>   %s%c", 0,
                                  tags->quoted_only[i], ' ');
    for (size_t i = 0; i < tags->undetermined_count; i++)
        margin->count = add_label(arena, margin->labels, margin->count, "%.0u    %s%c", 0,
                                  tags->undetermined[i].code, '!');
    if (!tags->assessable)
        margin->labels[margin->count++] = "not assessable";
    return 0;
}

void render_legend(void)
{
    puts("\nmargin: + supports  - disputes  . mentions  ? asks  * treatment  > only quoted\n"
         "        ! undetermined; quotes are folded (--quotes), reasons left out (--reasons)");
}

static void print_heading(struct ek_arena *arena, const struct ek_entry *entry,
                          const struct render_style *style)
{
    const struct ek_post *post = &entry->post;
    char time[EK_TIME_TEXT];
    ek_time_format(post->time, post->precision, time);
    const char *state = entry->state == EK_LIVE ? "" : ek_state_names[entry->state];
    const char *line = ek_printf(
        arena, "%s%.10s%s%.5s  post %s by %s%s%s%s%s", style->here ? "▶ " : "",
        *time ? time : "undated", strlen(time) > 11 ? " " : "", strlen(time) > 11 ? time + 11 : "",
        post->id, post->author ? post->author : "(unknown)", post->guest ? " (guest)" : "",
        *state ? " (" : "", state, *state ? ")" : "");
    char *safe = line ? safe_text(arena, line) : NULL;
    fputs(style->color ? BOLD : "", stdout);
    put_cut(safe ? safe : "", style->width);
    fputs(style->color ? PLAIN "\n" : "\n", stdout);
}

/* Each quote in a line of its own, as deep as it stood. */
static void print_folded(struct ek_arena *arena, const struct ek_post *post,
                         const struct render_style *style, struct margin *margin)
{
    for (size_t i = 0; i < post->quote_count; i++) {
        const struct ek_quote *quote = &post->quotes[i];
        char *words = ek_squeeze(arena, quote->text, strlen(quote->text));
        char *line =
            ek_printf(arena, "%s wrote%s%s%s: %s", quote->author ? quote->author : "?",
                      quote->post_id ? " (post " : "", quote->post_id ? quote->post_id : "",
                      quote->post_id ? ")" : "", words ? words : "");
        char *safe = line ? safe_text(arena, line) : NULL;
        unsigned deep = quote->depth < 4 ? quote->depth : 4;
        begin_line(margin);
        for (unsigned d = 0; d < deep; d++)
            fputs("> ", stdout);
        put_cut(safe ? ek_squeeze(arena, safe, strlen(safe)) : "",
                style->width - MARGIN - 2 * deep);
        putchar('\n');
    }
}

int render_compact(struct ek_arena *arena, const struct ek_entry *entry, const struct ek_tags *tags,
                   const struct render_style *style)
{
    struct margin margin = {.color = style->color};
    char *marked = render_marked(arena, entry, tags, style->color);
    if (!marked || make_margin(arena, tags, &margin) != 0)
        return -1;
    print_heading(arena, entry, style);
    if (style->quotes)
        render_quotes(arena, &entry->post, style->width);
    else
        print_folded(arena, &entry->post, style, &margin);
    render_wrapped(marked, MARGIN, style->width, begin_line, &margin);
    while (margin.next < margin.count) {
        begin_line(&margin);
        putchar('\n');
    }
    if (style->reasons) {
        putchar('\n');
        render_tags(arena, tags);
    }
    return 0;
}
