/* posts.h - what the parts of `ekbom posts` share. */
#ifndef EKBOM_POSTS_H
#define EKBOM_POSTS_H

#include "cli.h"

struct chosen_posts { /* in the order in which they are shown */
    const uint64_t *numbers;
    size_t count;
    uint64_t matched;    /* posts of the selection */
    const char *summary; /* a line for people: how many, drawn how */
};
/* --kwic: the words for which each post was tagged, one line a place. The exit status. */
int posts_kwic(struct cli *cli, struct ek_store *store, const struct ek_selection *selection,
               const struct chosen_posts *posts);

#endif
