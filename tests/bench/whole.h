/* whole.h - a store whose records, too, are filled with the posts of posts.h: texts of some 400
 * bytes, and quotes of the post before in the same thread. Failures end the program. */
#ifndef EKBOM_TESTS_WHOLE_H
#define EKBOM_TESTS_WHOLE_H

#include "tests/bench/fill.h"

#define WHOLE_COMMIT 1000u /* posts */

struct whole;
struct whole *whole_begin(const char *folder, uint32_t total);
/* The next posts, in a commit of their own. Returns how many. */
size_t whole_commit(struct whole *whole);
struct ek_store *whole_store(struct whole *whole);
void whole_end(struct whole *whole);

#endif
