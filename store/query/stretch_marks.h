/* stretch_marks.h - the tags of a chunk's rows by row, a stretch after the other in one direction.
 *
 * Every posting remembers how many of its rows lie before the edge that was reached, so that a
 * stretch costs the tags it has and no search. */
#ifndef EKBOM_STORE_STRETCH_MARKS_H
#define EKBOM_STORE_STRETCH_MARKS_H

#include "store/index/row.h"
#include "store/query/mask.h"

struct ek_stretch_marks; /* in memory of its own */

/* NULL: out of memory. */
struct ek_stretch_marks *ek_stretch_marks_new(struct ek_postings *postings, bool backward);
/* Stretches of at most this many rows; each lies behind the last, or before it if backward. 0, -1
 * (latched). */
#define EK_STRETCH_ROWS (4096u + 64u)
int ek_stretch_marks_read(struct ek_stretch_marks *marks, const struct ek_stretch *stretch);
/* Of a row of the stretch, in the order of the postings; until another stretch is read. */
const struct ek_mark *ek_stretch_marks_of(const struct ek_stretch_marks *marks, uint32_t row,
                                          uint32_t *count);
void ek_stretch_marks_free(struct ek_stretch_marks *marks);

#endif
