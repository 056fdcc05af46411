/* forget_post.c - one post emptied, and all others looked through for what they hold of it. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/forget.h"
#include "store/records/author.h"
#include "store/records/names.h"
#include "store/records/post.h"
#include "store/records/thread.h"

/* Marks --------------------------------------------------------------------------------------- */

/* All texts of a post. */
static bool load_words(struct ek_forgetting *f, struct ek_arena *arena, uint64_t number,
                       const struct ek_post_record *post, struct ek_post **words)
{
    *words = EK_NEW_ARRAY(arena, struct ek_post, post->stamp_count + 1);
    for (size_t i = 0; *words && i < post->stamp_count; i++)
        if (ek_revision_get(f->store, number, &post->stamps[i], true, arena, &(*words)[i]) != 1)
            return false;
    return *words != NULL;
}

/* The post and its texts; false if there is none. */
static bool load(struct ek_forgetting *f, struct ek_arena *arena, uint64_t number,
                 struct ek_post_record *post, struct ek_post **words)
{
    return ek_post_get(f->store->slice, arena, number, post) == 1 &&
           load_words(f, arena, number, post, words);
}

/* The earliest post of its thread that the store has; undated ones come last. */
static bool is_first(struct ek_forgetting *f, const struct ek_post_record *post, uint64_t number)
{
    struct ek_walk walk;
    uint64_t in, other, first = 0;
    ek_time time, earliest = EK_TIME_UNKNOWN;
    ek_thread_posts_begin(&walk, f->store->slice, post->thread);
    while (ek_thread_posts_next(&walk, &in, &other, &time) == 1) {
        bool earlier = time != EK_TIME_UNKNOWN && (earliest == EK_TIME_UNKNOWN || time < earliest);
        if (!first || earlier) {
            first = other;
            earliest = time;
        }
    }
    ek_walk_end(&walk);
    return first == number;
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* The thread's title where the post gave it, and subjects that are the post's own: others repeat
 * them in their answers. "Re:" and what somebody else wrote before is not its own. */
static void mark_titles(struct ek_forgetting *f, uint64_t number, const struct ek_post_record *post,
                        const struct ek_post *words)
{
    struct ek_thread_record thread;
    if (ek_thread_get(f->store->slice, f->arena, post->thread, &thread) != 1)
        return;
    const char *title = ek_forgotten_title(f->arena, thread.id, thread.title.value);
    bool first = is_first(f, post, number), gave = false;
    for (size_t i = 0; i < post->stamp_count; i++) {
        const char *subject = ek_forgotten_title(f->arena, thread.id, words[i].subject);
        bool exact = same(words[i].subject, thread.title.value);
        bool answers = !first && ek_forgotten_answers(words[i].subject);
        gave = gave || !subject || exact;
        if ((first && exact) || (!answers && !same(subject, title)))
            ek_forgotten_put(&f->marks, EK_FORGOTTEN_TITLE, f->forum, subject, f->now);
    }
    if (!first || !gave || !title)
        return;
    ek_forgotten_put(&f->marks, EK_FORGOTTEN_TITLE, f->forum, title, f->now);
    ek_thread_untitle(f->store, post->thread);
    f->report->titles++;
}

static bool wrote(const struct ek_author_record *author, const char *name)
{
    for (size_t i = 0; i < author->name_count; i++)
        if (same(author->names[i].name, name))
            return true;
    return false;
}

struct quoted { /* what may be quoted without an id */
    const struct ek_post_record *post;
    const struct ek_post *words;
    struct ek_author_record author;
    const char *thread;
};

static void mark_quote(struct ek_forgetting *f, const struct quoted *quoted,
                       const struct ek_quote *quote)
{
    if (quote->post_id || !quote->text || !*quote->text || !wrote(&quoted->author, quote->author))
        return;
    for (size_t i = 0; i < quoted->post->stamp_count; i++) {
        if (!strstr(quoted->words[i].text, quote->text))
            continue;
        ek_forgotten_put(&f->marks, EK_FORGOTTEN_QUOTE, f->forum,
                         ek_forgotten_quote(f->arena, quoted->thread, quote), f->now);
        return;
    }
}

/* The thread's posts, as numbers, appended. */
static void list_thread(struct ek_forgetting *f, uint64_t thread, struct ek_buf *posts)
{
    struct ek_walk walk;
    uint64_t in, post;
    ek_time time;
    ek_thread_posts_begin(&walk, f->store->slice, thread);
    while (ek_thread_posts_next(&walk, &in, &post, &time) == 1)
        ek_buf_add(posts, (const char *)&post, sizeof post);
    ek_walk_end(&walk);
}

static void mark_quotes(struct ek_forgetting *f, const struct ek_post_record *post,
                        const struct ek_post *words)
{
    struct quoted quoted = {.post = post, .words = words};
    struct ek_thread_record thread;
    struct ek_buf posts;
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    if (!arena)
        ek_txn_fail(f->store->slice, EK_MEMORY, "out of memory");
    else if (post->author.number &&
             ek_author_get(f->store->slice, f->arena, post->author.number, &quoted.author) == 1 &&
             ek_thread_get(f->store->slice, f->arena, post->thread, &thread) == 1) {
        quoted.thread = thread.id;
        ek_buf_init(&posts, SIZE_MAX);
        list_thread(f, post->thread, &posts);
        for (size_t at = 0; at < posts.len; at += sizeof(uint64_t)) {
            struct ek_post_record other;
            struct ek_post *texts;
            uint64_t number;
            memcpy(&number, posts.data + at, sizeof number);
            ek_arena_reset(arena);
            if (!load(f, arena, number, &other, &texts))
                continue;
            for (size_t i = 0; i < other.stamp_count; i++)
                for (size_t q = 0; q < texts[i].quote_count; q++)
                    mark_quote(f, &quoted, &texts[i].quotes[q]);
        }
        ek_buf_free(&posts);
    }
    ek_arena_free(arena);
}

void ek_forget_mark(struct ek_forgetting *f, uint64_t number, bool quotes)
{
    struct ek_post_record post;
    struct ek_post *words;
    ek_arena_reset(f->arena);
    if (!load(f, f->arena, number, &post, &words))
        return;
    ek_forgotten_put(&f->marks, EK_FORGOTTEN_POST, f->forum, post.id, f->now);
    mark_titles(f, number, &post, words);
    if (quotes)
        mark_quotes(f, &post, words);
}

/* Emptied ------------------------------------------------------------------------------------- */

/* An id that no post of the forum has. */
static const char *free_id(struct ek_forgetting *f, uint64_t number)
{
    const char *id = ek_printf(f->arena, EK_FORGOTTEN_ID "%llu", (unsigned long long)number);
    while (id && ek_name_find(f->store->slice, EK_NAME_POST, f->forum, id))
        id = ek_printf(f->arena, "%s-", id);
    if (!id)
        ek_txn_fail(f->store->slice, EK_MEMORY, "out of memory");
    return id;
}

static void put_empty(struct ek_forgetting *f, uint64_t number, const struct ek_post_record *was)
{
    static const struct ek_tags no_tags = {.assessable = true};
    struct ek_store *store = f->store;
    struct ek_stamp stamp;
    struct ek_post_record post = {.id = free_id(f, number),
                                  .forum = was->forum,
                                  .thread = was->thread,
                                  .thread_seen = EK_TIME_UNKNOWN,
                                  .author.seen = EK_TIME_UNKNOWN,
                                  .time = EK_TIME_UNKNOWN,
                                  .time_seen = EK_TIME_UNKNOWN,
                                  .language.seen = EK_TIME_UNKNOWN,
                                  .url.seen = EK_TIME_UNKNOWN,
                                  .guest_seen = EK_TIME_UNKNOWN,
                                  .edit_time_text.seen = EK_TIME_UNKNOWN,
                                  .state = EK_HIDDEN,
                                  .state_seen = EK_TIME_UNKNOWN,
                                  .first_seen = EK_TIME_UNKNOWN,
                                  .last_seen = EK_TIME_UNKNOWN,
                                  .page_seen = EK_TIME_UNKNOWN,
                                  .change = was->change,
                                  .stamps = &stamp,
                                  .stamp_count = 1};
    const struct ek_post words = {.id = post.id, .text = ""};
    if (!post.id)
        return;
    if (ek_stamp_make(&stamp, &words, EK_TIME_UNKNOWN, EK_TIME_UNKNOWN, &store->value) != 0)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_revision_put(store, number, &stamp, &words);
    ek_name_set(store->slice, EK_NAME_POST, post.forum, post.id, number);
    ek_thread_post_set(store->slice, post.thread, post.id, number, post.time);
    ek_post_changed(store, number, &post, &no_tags, false);
    ek_post_put(store, number, &post);
}

void ek_forget_empty(struct ek_forgetting *f, uint64_t number)
{
    struct ek_store *store = f->store;
    struct ek_post_record post;
    ek_arena_reset(f->arena);
    if (ek_post_get(store->slice, f->arena, number, &post) != 1)
        return;
    for (size_t i = 0; i < post.stamp_count; i++)
        ek_revision_forget(store, number, &post.stamps[i]);
    ek_thread_post_forget(store->slice, post.thread, post.id);
    ek_name_forget(store->slice, EK_NAME_POST, post.forum, post.id);
    if (post.author.number)
        ek_author_leave(store, post.author.number, number);
    f->report->posts++;
    f->report->revisions += post.stamp_count;
    put_empty(f, number, &post);
}

/* The posts of others ------------------------------------------------------------------------- */

/* Of two revisions that became alike the one seen last stays, and was seen from the first on. */
static void add_stamp(struct ek_post_record *post, struct ek_post *words, size_t *count,
                      const struct ek_stamp *stamp, const struct ek_post *text)
{
    size_t at = 0;
    while (at < *count && memcmp(post->stamps[at].digest, stamp->digest, sizeof stamp->digest) != 0)
        at++;
    ek_time first = at < *count ? ek_earlier(post->stamps[at].first, stamp->first) : stamp->first;
    for (size_t i = at; i + 1 < *count; i++) {
        post->stamps[i] = post->stamps[i + 1];
        words[i] = words[i + 1];
    }
    *count -= at < *count;
    post->stamps[*count] = *stamp;
    post->stamps[*count].first = first;
    words[(*count)++] = *text;
}

/* All revisions are taken away and those that remain put back: two may have become alike. */
static void write_again(struct ek_forgetting *f, uint64_t number, struct ek_post_record *post,
                        struct ek_post *words)
{
    struct ek_store *store = f->store;
    size_t count = 0;
    for (size_t i = 0; i < post->stamp_count; i++)
        ek_revision_forget(store, number, &post->stamps[i]);
    for (size_t i = 0; i < post->stamp_count; i++) {
        struct ek_stamp stamp;
        struct ek_post text = words[i];
        if (ek_stamp_make(&stamp, &text, post->stamps[i].first, post->stamps[i].last,
                          &store->value) != 0)
            ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
        add_stamp(post, words, &count, &stamp, &text);
    }
    post->stamp_count = count;
    for (size_t i = 0; i < count; i++)
        ek_revision_put(store, number, &post->stamps[i], &words[i]);
}

struct holder { /* a post whose words hold what is marked */
    struct ek_post_record post;
    struct ek_post *words; /* without it */
    struct ek_scrubbed scrubbed;
    uint64_t latest; /* quotes that went from the text in force */
};

/* The rest of the holder of which the record is known; false if its words hold nothing. */
static bool scrub_words(struct ek_forgetting *f, uint64_t number, struct holder *holder)
{
    const struct ek_post_record *post = &holder->post;
    struct ek_thread_record thread;
    bool any = false;
    holder->scrubbed = (struct ek_scrubbed){0};
    holder->latest = 0;
    if (!load_words(f, f->arena, number, post, &holder->words) ||
        ek_thread_get(f->store->slice, f->arena, post->thread, &thread) != 1)
        return false;
    for (size_t i = 0; i < post->stamp_count; i++) {
        uint64_t before = holder->scrubbed.quotes;
        holder->words[i].id = post->id;
        any |= ek_forgotten_scrub(&f->marks, f->forum, thread.id, f->arena, &holder->words[i],
                                  &holder->scrubbed);
        holder->latest = holder->scrubbed.quotes - before;
    }
    return any;
}

static void scrub_post(struct ek_forgetting *f, uint64_t number)
{
    struct holder holder;
    ek_arena_reset(f->arena);
    if (ek_post_get(f->store->slice, f->arena, number, &holder.post) != 1 ||
        !scrub_words(f, number, &holder))
        return;
    write_again(f, number, &holder.post, holder.words);
    /* Rules read text and quotes; state follows from the number of revisions. */
    ek_post_changed(f->store, number, &holder.post, NULL, holder.latest == 0);
    ek_post_put(f->store, number, &holder.post);
    f->report->touched++;
    f->report->quotes += holder.scrubbed.quotes;
    f->report->links += holder.scrubbed.links;
    f->report->subjects += holder.scrubbed.subjects;
}

/* Numbers of the posts that hold any of it, appended: nothing may be written during a walk. */
static void find_holders(struct ek_forgetting *f, struct ek_buf *numbers)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    uint64_t looked_at = 0;
    ek_walk_begin(&walk, f->store->slice, EK_POSTS, NULL, 0);
    while (ek_walk_next(&walk, &key, &value) == 1 && key.len == 8) {
        struct holder holder;
        uint64_t number = ek_get_be64(key.data);
        ek_arena_reset(f->arena);
        if (f->watch && ++looked_at % 1000 == 0)
            f->watch->progress(f->watch->context, "posts looked through", looked_at);
        if (ek_post_decode(walk.txn, f->arena, number, &value, &holder.post) == 1 &&
            holder.post.forum == f->forum && scrub_words(f, number, &holder))
            ek_buf_add(numbers, (const char *)&number, sizeof number);
    }
    ek_walk_end(&walk);
    if (numbers->failed)
        ek_txn_fail(f->store->slice, EK_MEMORY, "out of memory");
}

void ek_forget_scrub(struct ek_forgetting *f)
{
    struct ek_buf numbers;
    ek_buf_init(&numbers, SIZE_MAX);
    find_holders(f, &numbers);
    for (size_t at = 0; at < numbers.len && !ek_txn_failed(f->store->slice); at += 8) {
        uint64_t number;
        memcpy(&number, numbers.data + at, sizeof number);
        scrub_post(f, number);
    }
    ek_buf_free(&numbers);
}
