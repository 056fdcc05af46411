/* walk_queue.c - see walk_queue.h. Membership is a tree of the C library's (tsearch). */
#include "walk_queue.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

void queue_init(struct queue *queue)
{
    *queue = (struct queue){.last = &queue->first};
}

void queue_free(struct queue *queue)
{
    for (struct place *place = queue->first, *next; place; place = next) {
        next = place->next;
        free(place);
    }
    tdestroy(queue->members, free);
    queue_init(queue);
}

int queue_add(struct queue *queue, const char *id, bool whole, struct ek_err *err)
{
    if (tfind(id, &queue->members, by_text))
        return 0;
    size_t len = strlen(id) + 1;
    char *member = strdup(id);
    struct place *place = malloc(sizeof *place + len);
    if (!member || !place || !tsearch(member, &queue->members, by_text)) {
        free(member);
        free(place);
        return ek_fail_memory(err);
    }
    memcpy(place->id, id, len);
    place->next = NULL;
    place->whole = whole;
    *queue->last = place;
    queue->last = &place->next;
    return 0;
}

struct place *queue_take(struct queue *queue)
{
    struct place *place = queue->first;
    if (place && !(queue->first = place->next))
        queue->last = &queue->first;
    return place;
}
