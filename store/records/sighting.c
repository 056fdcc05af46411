/* sighting.c - see sighting.h.
 *
 * Every field has its own rule by which two sightings agree on one value, and each rule is the
 * same whichever comes first: of place, author, language, state the newest value seen; of times
 * the most precise, then the newest; of words, the set of all texts seen, with the one seen last
 * in force. (A list of edits compared with its neighbours was turned down: with A, C, A seen out
 * of order it depends on the order.) */
#include "store/records/sighting.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/records/names.h"
#include "store/records/post.h"
#include "store/records/thread.h"

/* The years 0001 to 9999, which are all that can be written. */
#define FIRST_TIME (-62135596800ll)
#define LAST_TIME 253402300799ll

/* Newer, or as new and greater. */
static bool outdoes(ek_time seen, ek_time held, int order)
{
    return seen > held || (seen == held && order > 0);
}

static void learn_thread(struct ek_store *store, struct ek_post_record *post,
                         const struct ek_sighting *sighting)
{
    struct ek_thread_record held;
    if (post->thread == sighting->thread) {
        post->thread_seen = ek_later(post->thread_seen, sighting->last);
        return;
    }
    int order = 1;
    if (post->thread && ek_thread_get(store->slice, store->scratch, post->thread, &held) == 1)
        order = strcmp(sighting->thread_id, held.id);
    if (post->thread && !outdoes(sighting->last, post->thread_seen, order))
        return;
    if (post->thread)
        ek_thread_post_forget(store->slice, post->thread, post->id);
    post->thread = sighting->thread;
    post->thread_seen = sighting->last;
}

static void learn_time(struct ek_post_record *post, const struct ek_post *shown, ek_time seen)
{
    enum ek_precision precision = shown->precision;
    ek_time time = shown->time;
    /* Years that cannot be written are a page's nonsense, not a date. */
    if (time < FIRST_TIME || time > LAST_TIME || precision == EK_PRECISION_UNKNOWN)
        time = EK_TIME_UNKNOWN;
    if (time == EK_TIME_UNKNOWN)
        precision = EK_PRECISION_UNKNOWN;
    const char *text = shown->time_text ? shown->time_text : "";
    const char *held = post->time_text ? post->time_text : "";
    int order = time != post->time ? (time > post->time ? 1 : -1) : strcmp(text, held);
    if (precision < post->precision ||
        (precision == post->precision && !outdoes(seen, post->time_seen, order)))
        return;
    post->time = time;
    post->precision = precision;
    post->source = shown->time_source;
    post->time_text = shown->time_text;
    post->time_seen = seen;
}

static void learn_life(struct ek_post_record *post, const struct ek_sighting *sighting)
{
    const struct ek_post *shown = sighting->post;
    ek_time seen = sighting->last;
    bool edited = shown->edited || sighting->state == EK_EDITED;
    enum ek_state state = sighting->state == EK_EDITED ? EK_LIVE : sighting->state;
    post->edited = post->edited || edited;
    if (shown->edit_count > post->edit_count)
        post->edit_count = shown->edit_count;
    ek_fact_learn(&post->edit_time_text, shown->edit_time_text, seen);
    ek_fact_learn(&post->language, sighting->language, seen);
    ek_fact_learn(&post->url, sighting->url, seen);
    if (outdoes(seen, post->state_seen, (int)state - (int)post->state)) {
        post->state = state;
        post->state_seen = seen;
    }
    if (outdoes(seen, post->guest_seen, (int)shown->guest - (int)post->guest)) {
        post->guest = shown->guest;
        post->guest_seen = seen;
    }
    if (sighting->page &&
        outdoes(seen, post->page_seen, memcmp(sighting->page, post->page, sizeof post->page))) {
        memcpy(post->page, sighting->page, sizeof post->page);
        post->page_seen = seen;
    }
    post->first_seen = ek_earlier(post->first_seen, sighting->first);
    post->last_seen = ek_later(post->last_seen, seen);
}

/* Words ------------------------------------------------------------------------------------- */

static int stamp_order(const struct ek_stamp *a, const struct ek_stamp *b)
{
    if (a->last != b->last)
        return a->last < b->last ? -1 : 1;
    return memcmp(a->digest, b->digest, sizeof a->digest);
}

/* Move the stamp at `at` to where it belongs; the others are in order. */
static void settle(struct ek_stamp *stamps, size_t count, size_t at)
{
    struct ek_stamp stamp = stamps[at];
    for (; at > 0 && stamp_order(&stamp, &stamps[at - 1]) < 0; at--)
        stamps[at] = stamps[at - 1];
    for (; at + 1 < count && stamp_order(&stamp, &stamps[at + 1]) > 0; at++)
        stamps[at] = stamps[at + 1];
    stamps[at] = stamp;
}

static void see_again(struct ek_store *store, uint64_t number, struct ek_stamp *known,
                      const struct ek_stamp *seen, const struct ek_post *words)
{
    bool newest = outdoes(seen->last, known->last, seen->apparatus > known->apparatus ? 1 : -1);
    if (seen->apparatus != known->apparatus && newest) {
        known->apparatus = seen->apparatus;
        ek_revision_put(store, number, seen, words);
    }
    known->first = ek_earlier(known->first, seen->first);
    known->last = ek_later(known->last, seen->last);
}

/* Returns true if the text is new to the post. */
static bool learn_words(struct ek_store *store, uint64_t number, struct ek_post_record *post,
                        const struct ek_stamp *seen, const struct ek_post *words)
{
    size_t at = 0;
    while (at < post->stamp_count &&
           memcmp(post->stamps[at].digest, seen->digest, sizeof seen->digest) != 0)
        at++;
    bool new = at == post->stamp_count;
    if (new) {
        /* Past the ceiling the oldest and the newest texts are kept: one in between goes. */
        if (post->stamp_count == EK_MAX_REVISIONS) {
            size_t victim = post->stamp_count - 2;
            ek_revision_forget(store, number, &post->stamps[victim]);
            post->stamps[victim] = post->stamps[victim + 1];
            at = --post->stamp_count;
        }
        post->stamps[post->stamp_count++] = *seen;
        ek_revision_put(store, number, seen, words);
    } else {
        see_again(store, number, &post->stamps[at], seen, words);
    }
    settle(post->stamps, post->stamp_count, at);
    return new;
}

/* What the index has of a post: if any of it differs, its row is written again. */
static bool row_differs(const struct ek_post_record *a, const struct ek_post_record *b)
{
    return a->thread != b->thread || a->author.number != b->author.number || a->time != b->time ||
           a->precision != b->precision || ek_post_state(a) != ek_post_state(b);
}

static bool same_string(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Filing ------------------------------------------------------------------------------------ */

static bool load(struct ek_store *store, uint64_t number, struct ek_post_record *post)
{
    if (ek_post_get(store->slice, store->scratch, number, post) == 1)
        return true;
    ek_record_damaged(store->slice, EK_POSTS, number);
    return false;
}

static void learn_author(struct ek_store *store, uint64_t number, bool new,
                         struct ek_post_record *post, const struct ek_sighting *sighting)
{
    const struct ek_post *shown = sighting->post;
    struct ek_author_seen seen = {
        .name = shown->author && *shown->author ? shown->author : NULL,
        .id = shown->author_id && *shown->author_id ? shown->author_id : NULL,
        .guest = shown->guest,
        .first = sighting->first,
        .last = sighting->last,
    };
    struct ek_author_claim claim = post->author;
    bool merged = ek_author_learn(store, sighting->forum, number, &seen, &claim);
    /* A merge wrote posts, this one too if it bore the name: read it again. */
    if (merged && !new)
        load(store, number, post);
    post->author = claim;
}

static int file(struct ek_store *store, const struct ek_sighting *sighting)
{
    const struct ek_post *shown = sighting->post;
    struct ek_post_record post = {.id = shown->id,
                                  .forum = sighting->forum,
                                  .time = EK_TIME_UNKNOWN,
                                  .first_seen = EK_TIME_UNKNOWN,
                                  .last_seen = EK_TIME_UNKNOWN,
                                  .thread_seen = EK_TIME_UNKNOWN,
                                  .time_seen = EK_TIME_UNKNOWN,
                                  .guest_seen = EK_TIME_UNKNOWN,
                                  .state_seen = EK_TIME_UNKNOWN,
                                  .page_seen = EK_TIME_UNKNOWN};
    struct ek_stamp stamp, first_stamp[1];
    if (ek_stamp_make(&stamp, shown, sighting->first, sighting->last, &store->value))
        return ek_txn_fail(store->slice, EK_LIMIT, "post %s is larger than a page may be",
                           shown->id);
    uint64_t number = ek_name_find(store->slice, EK_NAME_POST, sighting->forum, shown->id);
    bool new = number == 0;
    if (new) {
        number = ++store->counters.post;
        post.stamps = first_stamp;
        ek_name_set(store->slice, EK_NAME_POST, sighting->forum, shown->id, number);
    } else if (!load(store, number, &post)) {
        return -1;
    }
    struct ek_post_record before = post;
    unsigned char text_before[EK_CONTENT_DIGEST_BYTES] = {0};
    if (!new)
        memcpy(text_before, post.stamps[post.stamp_count - 1].digest, sizeof text_before);

    learn_author(store, number, new, &post, sighting);
    learn_thread(store, &post, sighting);
    learn_time(&post, shown, sighting->last);
    learn_life(&post, sighting);
    bool new_text = learn_words(store, number, &post, &stamp, shown);
    ek_thread_post_set(store->slice, post.thread, post.id, number, post.time);

    const unsigned char *text_now = post.stamps[post.stamp_count - 1].digest;
    bool retag = new || memcmp(text_before, text_now, sizeof text_before) != 0 ||
                 !same_string(before.language.value, post.language.value);
    /* Tags that came along hold for the text in force only if this sighting shows it. */
    bool ours = memcmp(stamp.digest, text_now, sizeof stamp.digest) == 0 &&
                same_string(sighting->language, post.language.value);
    if (retag)
        ek_post_changed(store, number, &post, ours ? sighting->tags : NULL, false);
    else if (row_differs(&before, &post))
        ek_post_changed(store, number, &post, NULL, true);
    ek_post_put(store, number, &post);
    return ek_txn_failed(store->slice) ? -1 : new_text;
}

/* Tags that came along are of the quotes too. Without any quote nothing is quoted; with some left
 * the post is behind, and tagged again. */
static const struct ek_tags *tags_without(const struct ek_tags *tags, const struct ek_post *post,
                                          struct ek_tags *own)
{
    if (!tags || post->quote_count)
        return NULL;
    *own = *tags;
    own->quoted_count = 0;
    return own;
}

int ek_sighting_file(struct ek_store *store, const struct ek_sighting *sighting)
{
    struct ek_sighting rest = *sighting;
    struct ek_post post = *sighting->post;
    struct ek_scrubbed scrubbed = {0};
    struct ek_tags tags;
    if (ek_forgotten_is_post(sighting->forgotten, sighting->forum, &post))
        return 0;
    if (!ek_forgotten_scrub(sighting->forgotten, sighting->forum, sighting->thread_id,
                            store->scratch, &post, &scrubbed))
        return file(store, sighting);
    rest.post = &post;
    if (scrubbed.quotes)
        rest.tags = tags_without(sighting->tags, &post, &tags);
    return file(store, &rest);
}
