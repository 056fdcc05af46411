/* ops_model.h - what a store must hold after a series of random operations.
 *
 * The model knows what was done, not how the store does it. An operation is drawn from a seed and
 * from what was there before: whoever starts from the same model and the same seed draws the same
 * operations. So the process that is killed and the one that checks afterwards need not talk. */
#ifndef EKBOM_CAMPAIGN_OPS_MODEL_H
#define EKBOM_CAMPAIGN_OPS_MODEL_H

#include "ekbom/record.h"

#define FORUMS_MOST 20u
#define TEXTS 6u /* that a post can have, one after another, and back */
#define THEORIES 12u
#define TREATMENTS 4u

struct model_post {
    uint32_t forum, thread, author; /* places in the model; the post's id is its own place */
    ek_time time;
    enum ek_precision precision;
    enum ek_state state;  /* live, gone or hidden, as last said */
    unsigned text, texts; /* the one in force; bits: seen */
    unsigned language;    /* place in model_languages */
    bool unknown;         /* its words changed and no tags came along */
};
struct model_thread {
    uint32_t forum, board;
};
struct model_author {
    uint32_t forum;
    unsigned names; /* renamed so often */
    bool known;     /* the account was seen under its present name: a bare name means it */
};

struct model {
    struct model_post *posts;
    size_t post_count, post_cap;
    struct model_thread *threads;
    size_t thread_count, thread_cap;
    struct model_author *authors;
    size_t author_count, author_cap;
    unsigned forums;
    unsigned rules; /* number of the rule set in use */
    ek_time now;    /* of the last sighting; later ones are later */
    uint64_t operations, slices;
    uint64_t random; /* state of the generator */
};
extern const char *const model_languages[]; /* the first is NULL; the last one is not assessed */
#define LANGUAGES 3u

enum op_kind {
    OP_NEW,
    OP_NEW_FORUM,
    OP_LATE, /* an older page, with words that were seen before those in force */
    OP_EDIT,
    OP_STATE, /* gone, hidden, live again */
    OP_MOVE,
    OP_MERGE_THREADS,
    OP_MOVE_THREAD, /* to another board */
    OP_RENAME,
    OP_RETIME,
    OP_LANGUAGE,
    OP_KINDS
};
extern const char *const op_names[];

/* A sighting: what an operation shows the store. */
struct op {
    enum op_kind kind;
    uint32_t post;
    struct model_post shown; /* the post as this page has it */
    uint32_t board;          /* of its thread */
    unsigned name;           /* of the author's */
    bool account;            /* the account's id is shown, too */
    bool tagged;             /* tags come along */
    ek_time seen;
};

/* What the process does between two acknowledgements: a slice of operations, or a retag. */
#define SIGHTINGS_MOST 400u
struct step {
    unsigned retag; /* number of the rule set; 0: none */
    struct op ops[SIGHTINGS_MOST];
    size_t count;
    uint64_t slice; /* its number */
};

void model_init(struct model *model, uint64_t seed);
void model_copy(struct model *to, const struct model *from);
void model_free(struct model *model);
/* Draws the next step and applies it, but for the rule set of a retag. counts: by kind, or NULL. */
void model_step(struct model *model, struct step *step, uint64_t counts[OP_KINDS]);
/* Every post is tagged: under these rules. */
void model_tagged(struct model *model, unsigned rules);
uint64_t model_random(struct model *model, uint64_t below);
enum ek_state model_state(const struct model_post *post);

/* Tags of a text under a rule set: some function of the three. Room for all codes. */
struct model_tags {
    bool assessable;
    unsigned theories, treatments; /* bits */
    unsigned char stance[THEORIES];
};
struct model_tags model_tags(uint32_t post, unsigned text, unsigned language, unsigned rules);
const char *model_theory(unsigned i);    /* "theory-00" .. */
const char *model_treatment(unsigned i); /* "treatment-0" .. */

#endif
