/* power_check.c - see power_check.h. The tags of what is behind come from the board itself, not
 * from readers: a reader takes longer to start than an image to check. */
#include "tests/campaign/power_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/query.h"
#include "ekbom/store.h"

#define BEHIND 200u
#define NEW_POST (BOARD_POSTS - 1)

const char *const power_verdict_names[POWER_VERDICTS] = {
    [POWER_SOUND] = "sound",       [POWER_REFUSED] = "refused",
    [POWER_CORRUPT] = "corrupt",   [POWER_LOST] = "acknowledged and lost",
    [POWER_DANGLING] = "dangling", [POWER_COUNT] = "wrong count",
    [POWER_DIED] = "died",
};

struct check {
    const char *folder;
    const struct power_acknowledged *acknowledged;
    struct ek_store *store;
    struct ek_arena *arena, *passing; /* of the whole check; of one post */
    unsigned rule_set;
    unsigned found[BOARD_POSTS]; /* revisions */
    uint64_t tagged[BOARD_MONTHS], posts[BOARD_MONTHS];
    int first_bucket;
    unsigned char page[16]; /* looked at last: posts of a page follow one another */
    uint64_t rows;
    ek_time last_time;
    enum power_verdict verdict;
    char *why;
    struct ek_err err;
};

static int verdict(struct check *check, enum power_verdict verdict, const char *why)
{
    if (check->verdict == POWER_SOUND) {
        check->verdict = verdict;
        snprintf(check->why, 1400, "%s", why);
    }
    return -1;
}

static int refused(struct check *check, const char *doing)
{
    char why[1200];
    snprintf(why, sizeof why, "%s: %s", doing, check->err.message);
    return verdict(check, POWER_REFUSED, why);
}

/* A reader beside no writer: once something was acknowledged it must be able to read. */
static int open_for_reading(struct check *check)
{
    int opened = ek_store_open(&check->store, check->folder, EK_STORE_READ, "check", &check->err);
    ek_store_close(check->store);
    check->store = NULL;
    if (opened != 0 && check->acknowledged->posts)
        return refused(check, "opening for reading");
    return 0;
}

static int look_at_key(struct check *check)
{
    char pseudonym[EK_PSEUDONYM_TEXT];
    const char *acknowledged = check->acknowledged->pseudonym;
    if (ek_store_pseudonym(check->store, "author", BOARD_FORUM, "1", pseudonym, &check->err) != 0)
        return refused(check, "pseudonym");
    if (*acknowledged && strcmp(pseudonym, acknowledged) != 0)
        return verdict(check, POWER_LOST, "the key that pseudonyms were made with");
    return 0;
}

static int open_for_writing(struct check *check)
{
    struct ek_bundle rules;
    const char *digest;
    if (ek_store_open(&check->store, check->folder, EK_STORE_WRITE, "check", &check->err) != 0)
        return refused(check, "opening");
    digest = ek_store_rules_digest(check->store);
    int in_force = -1;
    for (unsigned set = 0; digest && set < BOARD_RULE_SETS; set++) {
        board_rules(&rules, set, check->arena);
        if (strcmp(rules.digest, digest) == 0)
            in_force = (int)set;
    }
    if (digest && in_force < 0)
        return verdict(check, POWER_CORRUPT, "a rule set that nobody put there");
    if (in_force < check->acknowledged->rule_set)
        return verdict(check, POWER_LOST, "the rule set in force is not the one acknowledged");
    check->rule_set = in_force < 0 ? 0 : (unsigned)in_force;
    if (digest)
        return 0;
    board_rules(&rules, 0, check->arena);
    return ek_store_set_rules(check->store, &rules, &check->err) ? refused(check, "rules") : 0;
}

static void tags_of(struct check *check, const char *text, struct ek_tags *tags)
{
    *tags = (struct ek_tags){.assessable = true};
    if (!board_tagged(text, check->rule_set))
        return;
    tags->theories = EK_NEW(check->passing, struct ek_tag);
    tags->theories[0].code = BOARD_THEORY;
    tags->theory_count = 1;
}

static int tag_behind(struct check *check)
{
    static const struct ek_rule_code code = {BOARD_THEORY, false};
    struct ek_untagged posts[BEHIND];
    struct ek_entry entry;
    struct ek_tags tags[BEHIND];
    int count;
    if (ek_store_put_codes(check->store, &code, 1, &check->err) != 0)
        return refused(check, "codes");
    do {
        ek_arena_reset(check->passing);
        count = ek_store_untagged(check->store, NULL, check->passing, posts, BEHIND, &check->err);
        for (int i = 0; i < count; i++) {
            if (ek_store_entry(check->store, posts[i].number, true, check->passing, &entry,
                               &check->err) != 1)
                return refused(check, "reading what is behind");
            tags_of(check, entry.post.text, &tags[i]);
        }
        if (count < 0 || (count > 0 && ek_store_put_tags(check->store, posts, tags, (size_t)count,
                                                         &check->err) != 0))
            return refused(check, "tagging what is behind");
    } while (count > 0);
    return 0;
}

static void finding(void *context, const char *line)
{
    verdict(context, strstr(line, "archive") ? POWER_DANGLING : POWER_CORRUPT, line);
}

static int verify(struct check *check)
{
    if (ek_store_verify(check->store, finding, check, &check->err) < 0)
        return refused(check, "verify");
    return check->verdict == POWER_SOUND ? 0 : -1;
}

/* The page that a post was read from, in the archive. */
static int look_at_page(struct check *check, const struct ek_entry *entry, unsigned post)
{
    static const unsigned char none[16];
    struct ek_page_filing page;
    struct ek_warc *warc;
    struct ek_warc_record record;
    char folder[4096], words[64];
    if (memcmp(entry->page, none, sizeof none) == 0 ||
        memcmp(entry->page, check->page, sizeof check->page) == 0)
        return 0;
    memcpy(check->page, entry->page, sizeof check->page);
    if (ek_store_page(check->store, entry->page, check->passing, &page, &check->err) != 1)
        return verdict(check, POWER_CORRUPT, "a post's page is not in the records");
    snprintf(folder, sizeof folder, "%s/archive", check->folder);
    if (ek_archive_read(folder, &page.archived, &warc, &record, &check->err) != 0)
        return verdict(check, POWER_DANGLING, check->err.message);
    snprintf(words, sizeof words, "Post %u, revision ", post);
    bool there = record.body && memmem(record.body, record.body_len, words, strlen(words));
    ek_warc_close(warc);
    return there ? 0 : verdict(check, POWER_DANGLING, "the archived page is another one");
}

static int look_at_post(void *context, uint64_t number, struct ek_err *err)
{
    struct check *check = context;
    struct ek_entry entry;
    unsigned post, revision;
    ek_arena_reset(check->passing);
    if (ek_store_entry(check->store, number, true, check->passing, &entry, err) != 1)
        return -1;
    if (!board_is_text(entry.post.text, &post, &revision) || post >= BOARD_POSTS ||
        strtoul(entry.post.id, NULL, 10) != post || entry.post.time != board_time(post)) {
        return verdict(check, POWER_CORRUPT, "a post does not say what it said");
    }
    check->found[post] = revision;
    unsigned bucket = (unsigned)(ek_bucket_of(entry.post.time, EK_BY_MONTH) - check->first_bucket);
    if (bucket < BOARD_MONTHS) {
        check->posts[bucket]++;
        check->tagged[bucket] += board_tagged(entry.post.text, check->rule_set);
    }
    return look_at_page(check, &entry, post);
}

static int look_at_posts(struct check *check)
{
    check->first_bucket = ek_bucket_of(BOARD_FIRST_DAY, EK_BY_MONTH);
    if (ek_store_each(check->store, look_at_post, check, &check->err) != 0)
        return check->verdict == POWER_SOUND ? refused(check, "reading the posts") : -1;
    for (unsigned post = 0; post < BOARD_POSTS; post++) {
        char why[100];
        snprintf(why, sizeof why, "post %u: revision %u acknowledged, %u there", post,
                 check->acknowledged->revision[post], check->found[post]);
        if (check->found[post] < check->acknowledged->revision[post])
            return verdict(check, POWER_LOST, why);
    }
    return 0;
}

static int look_at_row(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct check *check = context;
    (void)err;
    if (row->time < check->last_time)
        return verdict(check, POWER_COUNT, "posts are not in the order of their times");
    check->last_time = row->time;
    check->rows++;
    return 0;
}

/* What the index says against what was counted from the records. */
static int recount(struct check *check)
{
    static const char *const theories[] = {BOARD_THEORY};
    struct ek_selection selection = {.theories = theories, .theory_count = 1};
    struct ek_timeline timeline;
    uint64_t posts = 0, tagged = 0, counted = 0;
    char why[200];
    for (unsigned i = 0; i < BOARD_MONTHS; i++) {
        posts += check->posts[i];
        tagged += check->tagged[i];
    }
    if (ek_query_timeline(check->store, &selection, EK_BY_MONTH, EK_OF_ALL, check->arena, &timeline,
                          &check->err) != 0)
        return refused(check, "timeline");
    for (size_t i = 0; i < timeline.count && i < 1; i++) {
        for (size_t j = 0; j < timeline.series[i].count; j++) {
            const struct ek_series_bucket *got = &timeline.series[i].buckets[j];
            unsigned bucket = (unsigned)(got->bucket - check->first_bucket);
            snprintf(why, sizeof why, "month %u: %llu of %llu posts, counted %llu of %llu", bucket,
                     (unsigned long long)got->posts_tagged, (unsigned long long)got->posts,
                     (unsigned long long)(bucket < BOARD_MONTHS ? check->tagged[bucket] : 0),
                     (unsigned long long)(bucket < BOARD_MONTHS ? check->posts[bucket] : 0));
            if (bucket >= BOARD_MONTHS || got->posts != check->posts[bucket] ||
                got->posts_tagged != check->tagged[bucket])
                return verdict(check, POWER_COUNT, why);
            counted += got->posts;
        }
    }
    check->last_time = INT64_MIN;
    if (ek_query_posts(check->store, &selection, EK_OLDEST_FIRST, look_at_row, check,
                       &check->err) != 0)
        return check->verdict == POWER_SOUND ? refused(check, "posts") : -1;
    snprintf(why, sizeof why, "%llu posts and %llu rows, counted %llu and %llu",
             (unsigned long long)counted, (unsigned long long)check->rows,
             (unsigned long long)posts, (unsigned long long)tagged);
    return counted == posts && check->rows == tagged ? 0 : verdict(check, POWER_COUNT, why);
}

/* One page more, as an import would file it; and read back. */
static int write_on(struct check *check)
{
    char folder[4096], url[128], slug[64];
    struct ek_archive *archive = NULL;
    struct ek_page_filing filing = {.status = 200};
    struct ek_buf response;
    struct ek_entry entry;
    struct ek_tags tags;
    size_t changed;
    ek_arena_reset(check->passing);
    ek_buf_init(&response, 1u << 20);
    board_page(&response, NEW_POST, 1, 1);
    board_url(url, NEW_POST);
    board_entry(&entry, NEW_POST, 1, check->passing);
    tags_of(check, entry.post.text, &tags);
    filing.url = url;
    filing.fetched = 1305100000; /* a month whose file there may be already */
    ek_page_key_make(&filing.key, url, filing.fetched, response.data, response.len);
    struct ek_page page = {.kind = EK_PAGE_THREAD,
                           .software = "phpbb",
                           .url = url,
                           .forum = BOARD_FORUM,
                           .thread_id = entry.thread_id,
                           .posts = &entry.post,
                           .post_count = 1};
    struct ek_archive_page archived = {.url = url,
                                       .forum_slug = ek_archive_slug(url, slug),
                                       .fetched = filing.fetched,
                                       .response = response.data,
                                       .response_len = response.len};
    snprintf(folder, sizeof folder, "%s/archive", check->folder);
    int result = ek_archive_open(&archive, folder, &check->err);
    if (result == 0)
        result = ek_archive_append(archive, &archived, &filing.archived, &check->err);
    if (result == 0)
        result = ek_store_begin(check->store, &check->err);
    if (result == 0)
        result = ek_store_put_page(check->store, &filing, &page, &tags, &changed, &check->err);
    if (result == 0)
        result = ek_archive_flush(archive, &check->err);
    if (result == 0)
        result = ek_store_commit(check->store, &check->err);
    ek_archive_close(archive);
    ek_buf_free(&response);
    if (result != 0)
        return refused(check, "writing on");
    memcpy(entry.page, filing.key.bytes, sizeof entry.page);
    return look_at_page(check, &entry, NEW_POST);
}

enum power_verdict power_check(const char *folder, const struct power_acknowledged *acknowledged,
                               char why[1400])
{
    static int (*const steps[])(struct check *) = {
        open_for_reading, open_for_writing, look_at_key, tag_behind,
        verify,           look_at_posts,    recount,     write_on,
    };
    struct check check = {.folder = folder,
                          .acknowledged = acknowledged,
                          .arena = ek_arena_new(64u << 20),
                          .passing = ek_arena_new(64u << 20),
                          .why = why};
    *why = '\0';
    for (size_t i = 0; i < sizeof steps / sizeof *steps && check.verdict == POWER_SOUND; i++)
        if (steps[i](&check) != 0 && check.verdict == POWER_SOUND)
            verdict(&check, POWER_REFUSED, "a step failed without saying why");
    ek_store_close(check.store);
    ek_arena_free(check.arena);
    ek_arena_free(check.passing);
    return check.verdict;
}
