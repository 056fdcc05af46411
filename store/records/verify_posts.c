/* verify_posts.c - posts, their references, words and secondary tables checked. */
#include <string.h>

#include "ekbom/arena.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/post.h"
#include "store/records/thread.h"
#include "store/records/verify.h"

struct checked {
    struct ek_verifier *verifier;
    struct ek_txn *txn;
    uint64_t number;
    struct ek_post_record post;
};

static void post_finding(struct checked *checked, const char *what)
{
    ek_finding(checked->verifier, "post %s (number %llu) %s: restore the records from a backup",
               checked->post.id, (unsigned long long)checked->number, what);
}

static void check_references(struct checked *checked)
{
    struct ek_arena *arena = checked->verifier->arena;
    const struct ek_post_record *post = &checked->post;
    struct ek_forum_record forum;
    struct ek_thread_record thread;
    struct ek_board_record board;
    struct ek_author_record author;
    if (ek_forum_get(checked->txn, arena, post->forum, &forum) == 0)
        post_finding(checked, "is in a forum that is not there");
    int found = ek_thread_get(checked->txn, arena, post->thread, &thread);
    if (found == 0)
        post_finding(checked, "is in a thread that is not there");
    if (found == 1 && thread.forum != post->forum)
        post_finding(checked, "is in a thread of another forum");
    if (found == 1 && thread.board && ek_board_get(checked->txn, arena, thread.board, &board) == 0)
        post_finding(checked, "is in a board that is not there");
    if (post->author.number &&
        ek_author_get(checked->txn, arena, post->author.number, &author) == 0)
        post_finding(checked, "has an author who is not there");
}

static void check_tables(struct checked *checked)
{
    const struct ek_post_record *post = &checked->post;
    unsigned char key[8 + EK_ID_ORDER_BYTES], pair[16], change[8];
    struct ek_bytes value;
    ek_put_be64(key, post->thread);
    size_t len = 8 + ek_id_order(post->id, key + 8);
    int found = ek_txn_get(checked->txn, EK_THREAD_POSTS, key, len, &value);
    if (found == 0 ||
        (found == 1 && (value.len != 16 || ek_get_be64(value.data) != checked->number ||
                        (ek_time)ek_get_be64((const unsigned char *)value.data + 8) != post->time)))
        post_finding(checked, "is not listed rightly in its thread");
    ek_put_be64(pair, post->author.number);
    ek_put_be64(pair + 8, checked->number);
    if (post->author.number &&
        ek_txn_get(checked->txn, EK_AUTHOR_POSTS, pair, sizeof pair, &value) == 0)
        post_finding(checked, "is not listed with its author");
    ek_put_be64(change, post->change);
    found = ek_txn_get(checked->txn, EK_CHANGES, change, sizeof change, &value);
    if (found == 0 ||
        (found == 1 && (value.len != 8 || ek_get_be64(value.data) != checked->number)))
        post_finding(checked, "is not listed rightly among the changes");
}

static void check_words(struct checked *checked)
{
    const struct ek_post_record *post = &checked->post;
    for (size_t i = 0; i < post->stamp_count; i++) {
        struct ek_post words = {0};
        struct ek_stamp stamp;
        int found = ek_revision_get(checked->verifier->store, checked->number, &post->stamps[i],
                                    true, checked->verifier->arena, &words);
        if (found == 0)
            post_finding(checked, "lacks the text of a revision");
        if (found != 1 || ek_stamp_make(&stamp, &words, 0, 0, &checked->verifier->store->value))
            continue;
        if (memcmp(stamp.digest, post->stamps[i].digest, sizeof stamp.digest) != 0)
            post_finding(checked, "has a text that differs from its digest");
        else if (stamp.apparatus != post->stamps[i].apparatus)
            post_finding(checked, "has links or quotes that differ from their digest");
    }
}

void ek_verify_posts(struct ek_verifier *verifier)
{
    struct ek_txn *txn = ek_records(verifier->store);
    struct ek_walk walk;
    struct ek_bytes key, value;
    uint64_t revisions = 0;
    ek_walk_begin(&walk, txn, EK_POSTS, NULL, 0);
    while (ek_verify_next(verifier, &walk, &key, &value)) {
        struct checked checked = {.verifier = verifier, .txn = txn};
        ek_arena_reset(verifier->arena);
        if (key.len != 8) {
            ek_txn_damaged(txn, EK_POSTS, key.data, key.len);
            ek_finding_latched(verifier, txn);
            continue;
        }
        checked.number = ek_get_be64(key.data);
        if (ek_post_get(txn, verifier->arena, checked.number, &checked.post) == 1) {
            static void (*const checks[])(struct checked *) = {check_references, check_tables,
                                                               check_words};
            revisions += checked.post.stamp_count;
            for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
                checks[i](&checked);
                ek_finding_latched(verifier, txn);
            }
        }
        ek_finding_latched(verifier, txn);
    }
    ek_walk_end(&walk);
    ek_finding_latched(verifier, txn);
    if (revisions != ek_txn_count(txn, EK_REVISIONS))
        ek_finding(verifier,
                   "%s/records: the posts have %llu revisions, but %llu texts are kept: restore "
                   "the records from a backup",
                   verifier->store->folder, (unsigned long long)revisions,
                   (unsigned long long)ek_txn_count(txn, EK_REVISIONS));
}

/* Tables that list posts a second time hold nothing beyond the posts. */
void ek_verify_tables(struct ek_verifier *verifier)
{
    static const struct {
        unsigned table;
        const char *what;
    } tables[] = {{EK_THREAD_POSTS, "threads"}, {EK_CHANGES, "changes"}};
    struct ek_txn *txn = ek_records(verifier->store);
    uint64_t posts = ek_txn_count(txn, EK_POSTS);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        uint64_t listed = ek_txn_count(txn, tables[i].table);
        if (listed != posts)
            ek_finding(verifier,
                       "%s/records: %llu posts, but the %s list %llu: restore the records from a "
                       "backup",
                       verifier->store->folder, (unsigned long long)posts, tables[i].what,
                       (unsigned long long)listed);
    }
    struct ek_walk walk;
    struct ek_bytes key, value;
    ek_walk_begin(&walk, txn, EK_AUTHOR_POSTS, NULL, 0);
    while (ek_verify_next(verifier, &walk, &key, &value)) {
        struct ek_post_record post;
        const unsigned char *bytes = key.data;
        ek_arena_reset(verifier->arena);
        int found =
            key.len == 16 ? ek_post_get(txn, verifier->arena, ek_get_be64(bytes + 8), &post) : 0;
        if (found == 0 || (found == 1 && post.author.number != ek_get_be64(bytes)))
            ek_finding(verifier,
                       "%s/records: an author lists a post that is not theirs: restore the "
                       "records from a backup",
                       verifier->store->folder);
        ek_finding_latched(verifier, txn);
    }
    ek_walk_end(&walk);
}
