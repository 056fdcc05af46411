/* forget.c - see ekbom/forget.h.
 *
 * A forgotten post leaves an empty one in its place: hidden, of nobody, of no time, under an id of
 * its own. So every table that counts posts, the index and a dump need to know nothing of it, and
 * no default question counts it. (Taking the record away was turned down: the index would have had
 * to learn of posts that end, at every place where it catches up after a crash.) What the post was
 * called stays only as keyed marks (records/forgotten.h), which keep it from coming back.
 *
 * All of it is one slice, so that a crash leaves it done or not begun; what would go is told by
 * doing it and not committing. The archive is another matter: daemon/forget_archive.c. */
#include "store/forget.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/query.h"
#include "store/query/choice.h"
#include "store/records/author.h"
#include "store/records/find.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/page.h"
#include "store/records/post.h"
#include "store/slice.h"

struct meant { /* by AUTHOR|POST */
    const char *what, *base, *name;
    bool told; /* `what` is "FORUM#NAME", of the forum `base` */
    struct ek_numbers posts, authors;
    bool before; /* nothing is there, but it was forgotten before */
};

/* Who or what is meant ------------------------------------------------------------------------ */

/* Is it "FORUM#NAME"? The whole is tried first, since a name may hold a '#'; so it is split where
 * what stands before is a forum. */
static void split(struct ek_forgetting *f, struct ek_arena *arena, struct meant *meant)
{
    const char *what = meant->what;
    for (const char *hash = strchr(what, '#'); hash && !meant->told; hash = strchr(hash + 1, '#')) {
        if (hash == what || !hash[1])
            continue;
        meant->base = ek_strndup(arena, what, (size_t)(hash - what));
        meant->name = hash + 1;
        meant->told = meant->base &&
                      ek_forum_meant(f->store->slice, arena, meant->base, &f->forum, NULL) == 1;
    }
}

static int find_posts(struct ek_store *store, struct meant *meant, struct ek_arena *arena,
                      struct ek_err *err)
{
    uint64_t *numbers;
    size_t count;
    /* A forum that is not known makes it no post: it may be an author's name. */
    if (ek_find_called(store->slice, arena, EK_NAME_POST, meant->what, &numbers, &count, NULL) != 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (ek_numbers_add(&meant->posts, arena, numbers[i]))
            return ek_fail_memory(err);
    return 0;
}

/* 0 also where there is none: *why then says so. */
static int find_authors(struct ek_store *store, struct meant *meant, struct ek_arena *arena,
                        struct ek_err *why, struct ek_err *err)
{
    struct ek_selection selection = {.author = meant->what};
    struct ek_choice choice = {0};
    int found = ek_choice_places(&choice, store, &selection, arena, why);
    if (found != 0 && meant->told) {
        selection.forum = meant->base;
        selection.author = meant->name;
        choice = (struct ek_choice){0};
        found = ek_choice_places(&choice, store, &selection, arena, NULL);
    }
    if (found != 0 && why->kind != EK_USAGE) {
        *err = *why;
        return -1;
    }
    if (found == 0)
        meant->authors = choice.authors;
    return 0;
}

static bool was_forgotten(struct ek_forgetting *f, uint64_t forum, const char *name)
{
    return ek_forgotten_holds(&f->marks, EK_FORGOTTEN_NAME, forum, name) ||
           ek_forgotten_holds(&f->marks, EK_FORGOTTEN_POST, forum, name);
}

static bool is_marked(struct ek_forgetting *f, const struct meant *meant)
{
    struct ek_walk walk;
    uint64_t forum;
    bool marked = meant->told && was_forgotten(f, f->forum, meant->name);
    ek_names_begin(&walk, f->store->slice, EK_NAME_FORUM, 0);
    while (!marked && ek_names_next(&walk, &forum) == 1)
        marked = was_forgotten(f, forum, meant->what);
    ek_walk_end(&walk);
    return marked;
}

static int several(struct ek_store *store, struct ek_arena *arena, const char *what, const char *is,
                   struct ek_err *err)
{
    return ek_fail(err, EK_USAGE, "%s is %s: write FORUM#%s, with one of %s", what, is, what,
                   ek_forum_list(store->slice, arena));
}

/* All bear the name in one forum: accounts that were called so, and a guest. */
static int same_forum(struct ek_store *store, const struct ek_numbers *authors, const char *what,
                      struct ek_arena *arena, uint64_t *forum, struct ek_err *err)
{
    for (size_t i = 0; i < authors->count; i++) {
        struct ek_author_record author;
        if (ek_author_get(store->slice, arena, authors->items[i], &author) != 1)
            return ek_slice_failed(store, err);
        if (i && author.forum != *forum)
            return several(store, arena, what, "an author in several forums", err);
        *forum = author.forum;
    }
    return 0;
}

static int find(struct ek_forgetting *f, struct ek_arena *arena, struct meant *meant,
                struct ek_err *err)
{
    struct ek_store *store = f->store;
    struct ek_err why = {0};
    struct ek_post_record post;
    const char *what = meant->what;
    split(f, arena, meant);
    if (find_posts(store, meant, arena, err) != 0)
        return -1;
    /* Where a forum is named, a post goes before an author: he has a pseudonym. */
    if (!(meant->told && meant->posts.count) && find_authors(store, meant, arena, &why, err) != 0)
        return -1;
    /* The same command again must not go on with somebody else. */
    if (!meant->told && (meant->posts.count || meant->authors.count) && is_marked(f, meant))
        return several(store, arena, what, "what was forgotten before, and something else", err);
    if (meant->told && meant->authors.count && was_forgotten(f, f->forum, meant->name))
        return ek_fail(err, EK_USAGE,
                       "%s was forgotten before, and is an author as well: write the author's "
                       "pseudonym (`ekbom authors` shows it)",
                       what);
    if (meant->posts.count && meant->authors.count)
        return ek_fail(err, EK_USAGE,
                       "%s is a post and an author: write FORUM#ID for the post, or the author's "
                       "pseudonym (`ekbom authors` shows it)",
                       what);
    if (meant->posts.count > 1)
        return several(store, arena, what, "a post in several forums", err);
    if (meant->posts.count == 1) {
        if (ek_post_get(store->slice, arena, meant->posts.items[0], &post) != 1)
            return ek_slice_failed(store, err);
        f->forum = post.forum;
        return 0;
    }
    if (meant->authors.count)
        return same_forum(store, &meant->authors, what, arena, &f->forum, err);
    meant->before = is_marked(f, meant);
    return meant->before ? 0 : ek_fail(err, EK_USAGE, "no post %s, and %s", what, why.message);
}

/* The author ---------------------------------------------------------------------------------- */

/* Marks of who they were, and their posts, appended. */
static void take_author(struct ek_forgetting *f, uint64_t number, struct ek_buf *posts)
{
    struct ek_author_record author;
    struct ek_walk walk;
    struct ek_bytes key, value;
    unsigned char prefix[8];
    ek_arena_reset(f->arena);
    if (ek_author_get(f->store->slice, f->arena, number, &author) != 1)
        return;
    ek_forgotten_put(&f->marks, EK_FORGOTTEN_ACCOUNT, f->forum, author.id, f->now);
    for (size_t i = 0; i < author.name_count; i++)
        ek_forgotten_put(&f->marks, EK_FORGOTTEN_NAME, f->forum, author.names[i].name, f->now);
    f->report->authors++;
    ek_put_be64(prefix, number);
    ek_walk_begin(&walk, f->store->slice, EK_AUTHOR_POSTS, prefix, sizeof prefix);
    while (ek_walk_next(&walk, &key, &value) == 1 && key.len == 16)
        ek_buf_add(posts, (const char *)key.data + 8, 8);
    ek_walk_end(&walk);
}

static uint64_t post_at(const struct ek_buf *posts, size_t at)
{
    return ek_get_be64((const unsigned char *)posts->data + at);
}

static void forget_all(struct ek_forgetting *f, const struct meant *meant)
{
    struct ek_buf posts;
    unsigned char number[8];
    const bool alone = meant->posts.count > 0;
    ek_buf_init(&posts, SIZE_MAX);
    for (size_t i = 0; i < meant->authors.count; i++)
        take_author(f, meant->authors.items[i], &posts);
    /* So that the same command goes on with it: it may have been a pseudonym. */
    if (meant->authors.count)
        ek_forgotten_put(&f->marks, EK_FORGOTTEN_NAME, f->forum, meant->what, f->now);
    for (size_t i = 0; i < meant->posts.count; i++) {
        ek_put_be64(number, meant->posts.items[i]);
        ek_buf_add(&posts, (const char *)number, sizeof number);
    }
    if (posts.failed)
        ek_txn_fail(f->store->slice, EK_MEMORY, "out of memory");
    for (size_t at = 0; at < posts.len && !ek_txn_failed(f->store->slice); at += 8)
        ek_forget_mark(f, post_at(&posts, at), alone);
    for (size_t at = 0; at < posts.len && !ek_txn_failed(f->store->slice); at += 8)
        ek_forget_empty(f, post_at(&posts, at));
    ek_buf_free(&posts);
    ek_forget_scrub(f);
}

int ek_store_forget(struct ek_store *store, const char *what, ek_time now,
                    const struct ek_forget_watch *watch, struct ek_forget_report *report,
                    struct ek_err *err)
{
    struct ek_forgetting f = {.store = store, .now = now, .watch = watch, .report = report};
    struct meant meant = {.what = what};
    *report = (struct ek_forget_report){0};
    if (!store->slice)
        return ek_fail(err, EK_USAGE, "%s: posts are forgotten in a slice", store->folder);
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    f.arena = ek_arena_new(EK_ARENA_BYTES);
    ek_forgotten_open(&f.marks, store->slice);
    int result = arena && f.arena ? find(&f, arena, &meant, err) : ek_fail_memory(err);
    report->before = meant.before;
    if (result == 0 && !meant.before)
        forget_all(&f, &meant);
    if (result == 0 && ek_txn_failed(store->slice))
        result = ek_slice_failed(store, err);
    ek_arena_free(f.arena);
    ek_arena_free(arena);
    return result;
}
