/* The open tier tells nothing that was said: no name, id, address, title or word of a post or a
 * thread stands anywhere in any of its files, and no time of day. Every string of a random post is
 * made of words that exist nowhere else, so that a plain search finds a leak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/export.h"
#include "ekbom/store.h"

static unsigned random_state;

static unsigned draw(unsigned below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

/* What was drawn for one round, to be searched for. */
static char secrets[200][40];
static size_t secret_count;

static const char *secret(const char *letters)
{
    char *word = secrets[secret_count++];
    assert_true(secret_count < sizeof secrets / sizeof *secrets);
    for (int i = 0; i < 12; i++)
        word[i] = letters[draw((unsigned)strlen(letters))];
    word[12] = '\0';
    return word;
}

static const char *word(void)
{
    return secret("GHJKLMNPQRSTVWXZ");
}

static const char *maybe_word(void)
{
    return draw(4) ? word() : NULL;
}

/* A keyed id is hexadecimal: ids of other digits cannot be in one by chance. */
static const char *id(void)
{
    return secret("ghjkmnpqrstvwxyz");
}

static const char *address(struct ek_arena *arena)
{
    return ek_printf(arena, "http://%s.example/%s/", word(), word());
}

static int pseudonym(void *context, const char *kind, const char *forum, const char *text,
                     char out[EK_EXPORT_KEY_TEXT], struct ek_err *err)
{
    unsigned long long sum = 14695981039346656037ull;
    (void)context;
    (void)err;
    for (const char *parts[] = {kind, forum, text}, **part = parts; part < parts + 3; part++)
        for (const char *c = *part; *c; c++)
            sum = (sum ^ (unsigned char)*c) * 1099511628211ull;
    snprintf(out, EK_EXPORT_KEY_TEXT, "%016llx", sum);
    return 0;
}

static void draw_entry(struct ek_arena *arena, struct ek_entry *entry, struct ek_tags *tags)
{
    static struct ek_quote quotes[3];
    static struct ek_link links[3];
    static struct ek_hit hits[2];
    static struct ek_tag theories[2], treatments[1];
    *entry = (struct ek_entry){.forum = address(arena),
                               .thread_id = id(),
                               .thread_title = maybe_word(),
                               .board_id = draw(2) ? id() : NULL,
                               .board_title = maybe_word(),
                               .url = address(arena),
                               .language = draw(2) ? "en" : NULL,
                               .state = (enum ek_state)draw(EK_STATES),
                               .first_seen = 1300000000 + draw(100000),
                               .last_seen = 1400000000 + draw(100000)};
    struct ek_post *post = &entry->post;
    *post = (struct ek_post){.id = id(),
                             .author = maybe_word(),
                             .author_id = draw(2) ? id() : NULL,
                             .time = 1200000000 + draw(1u << 24),
                             .precision = EK_PRECISION_SECOND,
                             .time_text = maybe_word(),
                             .subject = maybe_word(),
                             .text = word(),
                             .edited = true,
                             .edit_time_text = maybe_word(),
                             .quotes = quotes,
                             .quote_count = draw(4),
                             .links = links,
                             .link_count = draw(4)};
    post->guest = !post->author_id;
    for (size_t i = 0; i < post->quote_count; i++)
        quotes[i] = (struct ek_quote){.author = maybe_word(),
                                      .post_id = draw(2) ? id() : NULL,
                                      .depth = 1 + draw(3),
                                      .text = word()};
    for (size_t i = 0; i < post->link_count; i++)
        links[i] = (struct ek_link){.kind = (enum ek_link_kind)draw(EK_LINK_KINDS),
                                    .id = draw(2) ? id() : NULL,
                                    .title = maybe_word(),
                                    .url = address(arena)};
    for (size_t i = 0; i < 2; i++)
        hits[i] = (struct ek_hit){
            .start = 1, .end = 9, .text = word(), .rule = "bid:1", .cue = maybe_word()};
    theories[0] = (struct ek_tag){.code = "bid", .hits = hits, .hit_count = 2, .weight = 2};
    theories[1] = (struct ek_tag){.code = "ppi", .hits = hits, .hit_count = 1, .weight = 1};
    treatments[0] = (struct ek_tag){.code = "iron-iv", .hits = hits, .hit_count = 2, .weight = 2};
    *tags = (struct ek_tags){.assessable = true,
                             .theories = theories,
                             .theory_count = draw(3),
                             .treatments = treatments,
                             .treatment_count = draw(2)};
}

static char written[1 << 20];

static void export_one(const char *path, const char *table, const char *format, enum ek_tier tier,
                       const struct ek_entry *entry, const struct ek_tags *tags)
{
    struct ek_err err = {0};
    struct ek_export *export;
    struct ek_export_config config = {.path = path,
                                      .table = table,
                                      .format = format,
                                      .tier = tier,
                                      .ruleset = "sha256:00",
                                      .pseudonym = pseudonym};
    struct ek_thread thread = {.forum = entry->forum,
                               .id = entry->thread_id,
                               .title = entry->thread_title,
                               .board_id = entry->board_id,
                               .board_title = entry->board_title,
                               .url = entry->url,
                               .posts = 1,
                               .first_post = entry->post.time,
                               .last_post = entry->post.time};
    if (ek_export_open(&export, &config, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(ek_export_post(export, entry, tags, &err), 0);
    assert_int_equal(ek_export_thread(export, &thread, &err), 0);
    assert_int_equal(ek_export_close(export, &err), 0);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(written, 1, sizeof written - 1, file);
    fclose(file);
    written[len] = '\0';
}

static void open_tier_tells_nothing(void **state)
{
    char path[] = "/tmp/ekbom-open-XXXXXX", time[EK_TIME_TEXT];
    struct ek_arena *arena = ek_arena_new(1 << 20);
    struct ek_entry entry;
    struct ek_tags tags;
    (void)state;
    close(mkstemp(path));
    for (random_state = 1; random_state < 200; random_state++) {
        unsigned round = random_state;
        secret_count = 0;
        ek_arena_reset(arena);
        draw_entry(arena, &entry, &tags);
        ek_time_format(entry.post.time, EK_PRECISION_SECOND, time);
        for (const char *const *table = ek_export_table_names; *table; table++)
            for (const char *const *format = ek_export_format_names; *format; format++) {
                export_one(path, *table, *format, EK_TIER_OPEN, &entry, &tags);
                for (size_t i = 0; i < secret_count; i++)
                    if (strstr(written, secrets[i]))
                        fail_msg("round %u, %s as %s: %s in %s", round, *table, *format, secrets[i],
                                 written);
                assert_null(strstr(written, "example"));
                assert_null(strstr(written, time + 10)); /* "T03:14:00Z" */
            }
        /* The search does find what is there. */
        export_one(path, "posts", "csv", EK_TIER_INTERNAL, &entry, &tags);
        assert_non_null(strstr(written, entry.post.text));
        assert_non_null(strstr(written, time));
        random_state = round;
    }
    ek_arena_free(arena);
    unlink(path);
}

/* A column is shown by a tier only where this list says so: a new one has to be thought about. */
static void shown_columns(void **state)
{
    (void)state;
    static const char *const shown[] = {"post_key",
                                        "thread_key",
                                        "author_key",
                                        "quoted_post_key",
                                        "linked_key",
                                        "date",
                                        "state",
                                        "language",
                                        "theories",
                                        "tags",
                                        "treatments",
                                        "quoted_only",
                                        "undetermined",
                                        "assessable",
                                        "ruleset",
                                        "position",
                                        "inferred",
                                        "depth",
                                        "posts",
                                        "first_date",
                                        "last_date",
                                        "sticky",
                                        "announcement",
                                        "global",
                                        "locked",
                                        "moved",
                                        "theory",
                                        "treatment",
                                        "stance",
                                        "hedged",
                                        "experience",
                                        "target",
                                        "weight",
                                        "kind",
                                        NULL};
    static const char *const to_reviewers[] = {"forum",   "thread_id",      "id", "url", "hits",
                                               "post_id", "treatment_hits", NULL};
    for (const char *const *table = ek_export_table_names; *table; table++) {
        struct ek_export_column column;
        for (size_t i = 0; ek_export_column(*table, i, &column); i++)
            if (column.tiers & 1u << EK_TIER_OPEN)
                assert_true(ek_name_index(shown, column.name) >= 0);
            else if (column.tiers & 1u << EK_TIER_REVIEW)
                assert_true(ek_name_index(to_reviewers, column.name) >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_tier_tells_nothing),
        cmocka_unit_test(shown_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
