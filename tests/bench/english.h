/* english.h - posts of natural English, the same each time.
 *
 * Sentences come from the long texts that Debian's packages anarchism, fortunes and fortunes-min
 * ship (14 MB); a post is a run of them from a random place, of 600 bytes on average as posts are:
 * many short ones, a few long. In every fifth post the first sentences are those of an invented
 * post of the sample board (sample/posts.jsonl), so that the words that rules look for stand where
 * people write them. No text is normalised: there are accents, dashes and curly quotes as there
 * are. */
#ifndef TESTS_BENCH_ENGLISH_H
#define TESTS_BENCH_ENGLISH_H

#include <stddef.h>
#include <stdint.h>

struct english {
    char *bytes;    /* the posts, one after the other, a NUL behind each */
    size_t *starts; /* count + 1; a post's length is the difference less one */
    size_t count;
};

/* Ends the program if the packages are not there. */
void english_make(struct english *english, size_t count);
/* The invented posts alone. */
void english_invented(struct english *english);
/* The same with straight quotes, plain hyphens and plain blanks, sign for sign: what an engine has
 * to be given that does not read the one as the other. */
void english_straighten(struct english *straightened, const struct english *english);
void english_free(struct english *english);

/* Words that stand between two and twenty times in the prose, of five letters or more: drawn for
 * rules that differ. The next one at each call. */
const char *english_rare_word(void);

static inline size_t english_len(const struct english *english, size_t post)
{
    return english->starts[post + 1] - english->starts[post] - 1;
}

#endif
