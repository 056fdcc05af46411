/* coded.h - posts that people coded by hand, matched with the posts of a panel (--validated). */
#ifndef EKBOM_CLI_CODED_H
#define EKBOM_CLI_CODED_H

#include "cli.h"
#include "ekbom/panel_rows.h"
#include "ekbom/validated.h"

struct coded_post {
    uint64_t number; /* the store's */
    uint32_t place;  /* in the panel */
    bool in_panel;
    double weight;      /* 0: none was given */
    const char **codes; /* theories coded, with a stance that the selection takes */
    size_t code_count;
};
struct coded {
    struct coded_post *posts;
    size_t count, unknown, outside; /* unknown: not in the store; outside: in neither period */
};

/* Read a file of hand-coded posts (as `ekbom rules eval` takes it: id, forum, labels, weight). 0,
 * or the exit status after a message. */
int coded_read(struct cli *cli, struct ek_store *store, const struct ek_selection *selection,
               const char *path, struct coded *coded);
/* Where each is in the panel, whose rows have numbers. */
void coded_place(struct coded *coded, const struct ek_panel_rows *rows);
/* The posts that lie in a panel, as a theory's sample; *count of them, in the arena. NULL: out of
 * memory. */
struct ek_coded_post *coded_sample(const struct coded *coded, const struct ek_panel_posts *posts,
                                   const char *theory, const struct ek_tagged *tagged,
                                   struct ek_arena *arena, size_t *count);

#endif
