/* walk_queue.h - boards or threads that wait for their turn, each once a round. */
#ifndef EKBOM_WALK_QUEUE_H
#define EKBOM_WALK_QUEUE_H

#include <stdbool.h>

#include "ekbom/error.h"

struct place { /* a board or thread that waits for its turn */
    struct place *next;
    bool whole; /* read it from its first page on, whatever is known of it */
    char id[];
};

struct queue {
    struct place *first, **last;
    void *members; /* ids in it or done in this round: a tree for tsearch */
};

void queue_init(struct queue *queue);
void queue_free(struct queue *queue); /* empties it; it can be used again */
/* Unless it is or was in it since it was last emptied. */
int queue_add(struct queue *queue, const char *id, bool whole, struct ek_err *err);
struct place *queue_take(struct queue *queue); /* the caller's to free; NULL: none waits */

#endif
