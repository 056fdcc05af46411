/* row.c - see row.h. */
#include "store/index/row.h"

#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/limits.h"

static void put_mark(struct ek_buf *out, const char *code, unsigned word)
{
    ek_put_bytes(out, code, strlen(code));
    ek_put_uint(out, word);
}

static unsigned word_of(const struct ek_tag *tag)
{
    return ((unsigned)tag->stance & EK_WORD_STANCE) | (tag->hedged ? EK_WORD_HEDGED : 0) |
           (tag->experience ? EK_WORD_EXPERIENCE : 0) | (tag->cramps ? EK_WORD_CRAMPS : 0);
}

static size_t at_most(size_t count)
{
    return count < EK_MAX_TAGS ? count : EK_MAX_TAGS;
}

void ek_marks_from_tags(struct ek_buf *out, const struct ek_tags *tags)
{
    size_t theories = at_most(tags->theory_count), treatments = at_most(tags->treatment_count);
    size_t quoted = at_most(tags->quoted_count), undetermined = at_most(tags->undetermined_count);
    ek_put_u8(out, tags->assessable);
    ek_put_uint(out, theories + treatments + quoted + undetermined);
    for (size_t i = 0; i < theories; i++)
        put_mark(out, tags->theories[i].code, word_of(&tags->theories[i]));
    for (size_t i = 0; i < treatments; i++)
        put_mark(out, tags->treatments[i].code, EK_WORD_TREATMENT);
    for (size_t i = 0; i < quoted; i++)
        put_mark(out, tags->quoted_only[i], EK_WORD_QUOTED);
    for (size_t i = 0; i < undetermined; i++)
        put_mark(out, tags->undetermined[i].code, EK_WORD_UNDETERMINED);
}

size_t ek_marks_begin(struct ek_cursor *cursor, bool *assessable)
{
    *assessable = ek_get_u8(cursor) != 0;
    return ek_get_count(cursor, 2);
}

void ek_marks_next(struct ek_cursor *cursor, const char **code, size_t *len, uint32_t *word)
{
    *code = ek_get_bytes(cursor, len);
    *word = (uint32_t)ek_get_uint(cursor) % EK_WORD_BITS;
}
