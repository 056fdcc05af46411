/* asking.h - what the commands share that ask how theories, authors and places go together. */
#ifndef EKBOM_ASKING_H
#define EKBOM_ASKING_H

#include "cli.h"
#include "output.h"

/* By enum ek_bucket_size and enum ek_denominator; end with NULL. */
extern const char *const size_names[], *const denominator_names[];
/* What a denominator counts, for headings. */
extern const char *const denominator_words[];

/* The selection options, with the theories given as arguments, each once; --theory is refused. 0,
 * or the exit status after a message. */
int read_theories(struct cli *cli, struct ek_selection *selection);
/* The place of an option's value among names, `otherwise` where it is not given; -1 after a
 * message. names ends with NULL. */
int read_choice(const struct cli *cli, enum option which, const char *name,
                const char *const *names, int otherwise);
/* --limit; without it `usual` rows of a table, and all in other formats. 0, or the exit status. */
int read_limit(const struct cli *cli, size_t usual, size_t *limit);
/* "supports, asks", "every stance", "in quotes only". */
const char *stance_words(struct cli *cli, const struct ek_selection *selection);
/* The mark of sample data: beside the rows and, where a format has no place for it, said. */
void mark_sample(struct cli *cli, struct output *output, struct ek_store *store);
/* What every relation says of its figures: which rules, of what. */
void put_basis(struct cli *cli, struct output *output, const struct ek_selection *selection,
               const char *rules_digest);
/* A count of a cell: null, and "<5" for people, where it is withheld. */
struct value cell_value(uint64_t count, bool withheld);
/* Is a cell of so many authors withheld from what this command line may see? */
bool is_withheld(const struct cli *cli, uint64_t authors);

#endif
