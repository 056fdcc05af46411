/* feed.h - the selected rows of one chunk, one after the other.
 *
 * Masks and tags are made for a stretch at a time: 64 rows first, twice as many each time, 4,096
 * at most. So the newest twenty posts cost the ends of some chunks, and all posts of a store no
 * more memory than 70 KB for each chunk that is being read. */
#ifndef EKBOM_STORE_FEED_H
#define EKBOM_STORE_FEED_H

#include "store/query/mask.h"

struct ek_reading; /* masks and tags of a stretch, from the first row on */

struct ek_feed {
    const struct ek_choice *choice;
    struct ek_held_chunk *chunk;
    bool undated; /* of the rows without a time, else of those with one */
    bool backward;
    /* Of the row it stands at; before it is opened: no row comes before this. */
    ek_time time;
    uint32_t number;
    struct ek_reading *reading; /* NULL: not opened yet */
};

/* Nothing is read yet. */
void ek_feed_init(struct ek_feed *feed, const struct ek_choice *choice, struct ek_held_chunk *chunk,
                  bool undated, bool backward);
/* Open it, or move on: 1 at a row, 0 at the end, -1 (latched). */
int ek_feed_next(struct ek_feed *feed, struct ek_arena *arena);
void ek_feed_close(struct ek_feed *feed);

struct ek_feed_row {
    uint64_t forum, board, thread, author;
    enum ek_precision precision;
    enum ek_state state;
    bool assessable;
    const struct ek_mark *marks; /* until the feed moves on */
    uint32_t mark_count;
};
/* The row it stands at. 0, -1 (latched). */
int ek_feed_row(struct ek_feed *feed, struct ek_feed_row *row);

#endif
