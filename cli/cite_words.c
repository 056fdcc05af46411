/* cite_words.c - a methods paragraph, the commands and BibTeX, made of the figures. See cite.h.
 *
 * The paragraph claims what the program did and no more. In BibTeX a brace or a percent sign of a
 * title would end the entry or its line: each sign that TeX takes for its own is escaped, and a
 * bare URL stays one. */
#include <string.h>
#include <time.h>

#include "asking.h"
#include "cite.h"
#include "ekbom/buf.h"
#include "ekbom/text.h"
#include "named_selection.h"

static const char *kept(struct citation *c, struct ek_buf *buf)
{
    const char *text = buf->failed ? NULL : ek_strdup(c->cli->arena, ek_buf_str(buf));
    ek_buf_free(buf);
    if (!text)
        out_of_memory();
    return text;
}

static const char *day(ek_time time, char out[EK_TIME_TEXT])
{
    return time == EK_TIME_UNKNOWN ? "unknown" : ek_time_format(time, EK_PRECISION_DAY, out);
}

/* Commands ---------------------------------------------------------------------------------- */

/* A word as a shell takes it back. */
static const char *shell_word(struct citation *c, const char *word)
{
    struct ek_buf buf;
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:@%+,#=";
    if (*word && *word != '#' && strspn(word, plain) == strlen(word))
        return word;
    ek_buf_init(&buf, SIZE_MAX / 2);
    ek_buf_addc(&buf, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            ek_buf_adds(&buf, "'\\''");
        else
            ek_buf_addc(&buf, *word);
    }
    ek_buf_addc(&buf, '\'');
    return kept(c, &buf);
}

static void rename_values(struct cli *quoted, enum option option, const char *name)
{
    for (size_t i = 0; i < quoted->value_count[option]; i++)
        quoted->values[option][i] = name;
}

/* An author stays unnamed unless --names. */
const char *cite_options(struct citation *c, unsigned groups)
{
    static struct cli quoted; /* too large for the stack */
    quoted = *c->cli;
    for (int o = 0; o < OPTIONS; o++)
        for (size_t i = 0; i < quoted.value_count[o]; i++)
            quoted.values[o][i] = shell_word(c, quoted.values[o][i]);
    if (!has(c->cli, OPT_NAMES))
        rename_values(&quoted, OPT_AUTHOR, "AUTHOR");
    rename_values(&quoted, OPT_VALIDATED, "FILE");
    if (c->unnamed) {
        rename_values(&quoted, OPT_FORUM, "FORUM");
        rename_values(&quoted, OPT_THREAD, "THREAD");
    }
    if (c->unnamed && c->cli->named)
        rename_values(&quoted, OPT_IN, shell_word(c, c->cli->named->name));
    quoted.value_count[OPT_STORE] = quoted.value_count[OPT_NAMES] = 0;
    return options_given(&quoted, groups);
}

/* The command that tests the change, where there is one: of all theories a scan, which takes its
 * two periods and nothing else of time. */
static const char *test_command(struct citation *c, const char *theories)
{
    static struct cli asked; /* too large for the stack */
    struct citation of = *c;
    struct ek_arena *arena = c->cli->arena;
    asked = *c->cli;
    of.cli = &asked;
    if (!asked.argument_count)
        asked.value_count[OPT_SINCE] = asked.value_count[OPT_UNTIL] = 0;
    const char *given = cite_options(&of, TAKES_SELECTION | TAKES_TESTS | TAKES_VALIDATED);
    const char *blank = *given ? " " : "";
    if (c->cli->argument_count && c->before)
        return ek_printf(arena, "ekbom shift%s --before %s --after %s%s%s", theories, c->before,
                         c->after, blank, given);
    if (c->cli->argument_count)
        return ek_printf(arena, "ekbom shift%s%s%s", theories, blank, given);
    return c->before
               ? ek_printf(arena, "ekbom compare %s %s%s%s", c->before, c->after, blank, given)
               : NULL;
}

const char **cite_commands(struct citation *c)
{
    const char *theories = "";
    const char *given = cite_options(c, TAKES_SELECTION | TAKES_TIMELINE);
    const char **lines = EK_NEW_ARRAY(c->cli->arena, const char *, 5);
    struct ek_arena *arena = c->cli->arena;
    size_t count = 0;
    for (size_t i = 0; i < c->cli->argument_count && theories; i++)
        theories = ek_printf(arena, "%s %s", theories, shell_word(c, c->cli->arguments[i]));
    if (!lines || !theories)
        out_of_memory();
    const char *blank = *given ? " " : "";
    lines[count++] = ek_printf(arena, "ekbom timeline%s%s%s", theories, blank, given);
    if (c->cli->argument_count || c->before)
        lines[count++] = test_command(c, theories);
    lines[count++] = ek_printf(arena, "ekbom cite%s%s%s", theories, blank, given);
    lines[count++] = ek_strdup(arena, "ekbom log");
    for (size_t i = 0; i < count; i++)
        if (!lines[i])
            out_of_memory();
    return lines;
}

/* Methods ----------------------------------------------------------------------------------- */

static void add_theories(struct citation *c, struct ek_buf *buf)
{
    const struct ek_count *tagged = &c->tagged;
    for (size_t i = 0; i < tagged->theory_count && c->cli->argument_count && tagged->buckets; i++) {
        const struct ek_cell *cell = &tagged->tagged[i];
        if (is_withheld(c->cli, cell->authors))
            ek_buf_addf(buf, " %s is named by one to four authors, and its count is withheld.",
                        tagged->theories[i]);
        else
            ek_buf_addf(buf, " %s is named in %llu posts by %llu authors.", tagged->theories[i],
                        (unsigned long long)cell->posts, (unsigned long long)cell->authors);
    }
}

const char *cite_methods(struct citation *c)
{
    static const char *const of[] = {"of all these posts", "of those that name any theory",
                                     "of the posts of the boards in question"};
    char first[EK_TIME_TEXT], last[EK_TIME_TEXT];
    const struct ek_cell none = {0}, *all = c->tagged.buckets ? &c->tagged.counted[0] : &none;
    struct ek_buf buf;
    ek_buf_init(&buf, SIZE_MAX / 2);
    if (c->sample)
        ek_buf_adds(&buf, "SAMPLE DATA, NOT FINDINGS. ");
    ek_buf_addf(
        &buf,
        "Posts of %zu forum%s were archived, read and tagged with Ekbom %s under rule set "
        "%s. Of %llu posts, %llu by %llu authors in %llu threads were analysed, dated %s to "
        "%s",
        c->forum_count, c->forum_count == 1 ? "" : "s", EKBOM_VERSION,
        c->tagged.rules_digest ? c->tagged.rules_digest : "(none)",
        (unsigned long long)c->steps[0].posts, (unsigned long long)all->posts,
        (unsigned long long)all->authors, (unsigned long long)all->threads, day(c->first, first),
        day(c->last, last));
    if (c->cli->named)
        ek_buf_addf(&buf, " (selection %s, %s)", c->cli->named->name, c->cli->named->digest);
    ek_buf_addf(&buf,
                ". A post names a theory if the rules tag its author's own words with it, quotes "
                "left out (%s). Posts without a time and posts in languages that the rules do not "
                "cover are not counted.",
                stance_words(c->cli, &c->selection));
    add_theories(c, &buf);
    ek_buf_addf(&buf,
                " Shares are %s; their 95 %% intervals are Wilson's with the effective number of "
                "posts from a variance clustered by author and by thread. Cells of one to four "
                "authors are withheld. Figures are not corrected for tagging error unless a "
                "hand-coded sample is named beside them.",
                of[c->denominator]);
    if (c->log.answers)
        ek_buf_addf(&buf,
                    " The store's log holds %llu answers on change with %llu tests; of these, %llu "
                    "with %llu tests are on this selection under these rules.",
                    (unsigned long long)c->log.answers, (unsigned long long)c->log.tests,
                    (unsigned long long)c->log.here_answers, (unsigned long long)c->log.here_tests);
    else
        ek_buf_adds(&buf, " The store's log holds no test of change.");
    return kept(c, &buf);
}

/* BibTeX ------------------------------------------------------------------------------------ */

static void add_tex(struct ek_buf *buf, const char *text)
{
    static const char special[] = "\\{}%&$#_^~\"@";
    static const char *const escapes[] = {"\\textbackslash ",
                                          "\\textbraceleft ",
                                          "\\textbraceright ",
                                          "\\%",
                                          "\\&",
                                          "\\$",
                                          "\\#",
                                          "\\_",
                                          "\\textasciicircum ",
                                          "\\textasciitilde ",
                                          "''",
                                          "(at)"};
    for (const char *end = text + strlen(text); text < end;) {
        const char *from = text;
        uint32_t sign = ek_utf8_next(&text, end);
        const char *at = sign && sign < 128 ? strchr(special, (int)sign) : NULL;
        if (at)
            ek_buf_adds(buf, escapes[at - special]);
        else if (sign < 32 || sign == 127)
            ek_buf_addc(buf, ' ');
        else
            ek_buf_add(buf, from, (size_t)(text - from));
    }
}

static void add_field(struct ek_buf *buf, const char *name, const char *value)
{
    ek_buf_addf(buf, "  %-8s = {", name);
    add_tex(buf, value);
    ek_buf_adds(buf, "},\n");
}

const char *cite_bibtex(struct citation *c)
{
    char first[EK_TIME_TEXT], last[EK_TIME_TEXT], today[EK_TIME_TEXT];
    ek_time_format((ek_time)time(NULL), EK_PRECISION_DAY, today);
    const char *rules = c->tagged.rules_digest ? c->tagged.rules_digest : "(none)";
    const struct named_selection *named = c->cli->named;
    uint64_t posts = c->count ? c->steps[c->count - 1].posts : 0;
    struct ek_buf buf;
    ek_buf_init(&buf, SIZE_MAX / 2);
    ek_buf_adds(&buf, "@software{ekbom,\n");
    add_field(&buf, "title", "Ekbom: how people with restless legs syndrome explain their illness");
    ek_buf_adds(&buf, "  author   = {{The Ekbom authors}},\n");
    add_field(&buf, "version", EKBOM_VERSION);
    add_field(&buf, "year", "2026");
    add_field(&buf, "note", ek_printf(c->cli->arena, "rule set %s", rules));
    ek_buf_adds(&buf, "}\n@misc{ekbom-posts,\n");
    add_field(&buf, "title",
              named && named->title ? named->title : "Forum posts on restless legs syndrome");
    ek_buf_adds(&buf, "  author   = {{The authors of the posts}},\n");
    add_field(&buf, "year", ek_printf(c->cli->arena, "%.4s", today));
    add_field(&buf, "howpublished", c->forums);
    add_field(&buf, "note",
              ek_printf(c->cli->arena, "%llu posts of %s to %s%s%s%s; counted on %s%s",
                        (unsigned long long)posts, day(c->first, first), day(c->last, last),
                        named ? "; selection " : "", named ? named->name : "",
                        named ? ek_printf(c->cli->arena, " (%s)", named->digest) : "", today,
                        c->sample ? "; sample data, not findings" : ""));
    ek_buf_adds(&buf, "}\n");
    return kept(c, &buf);
}
