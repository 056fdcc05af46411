/* row.c - see row.h. */
#include "store/index/row.h"

#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/limits.h"

void ek_row_key(ek_time time, uint64_t number, unsigned char key[EK_ROW_KEY_BYTES])
{
    uint64_t sortable = (uint64_t)time ^ (1ull << 63);
    ek_put_be64(key, time == EK_TIME_UNKNOWN ? UINT64_MAX : sortable);
    ek_put_be64(key + 8, number);
}

ek_time ek_row_key_time(const unsigned char *key)
{
    uint64_t sortable = ek_get_be64(key);
    return sortable == UINT64_MAX ? EK_TIME_UNKNOWN : (ek_time)(sortable ^ (1ull << 63));
}

void ek_row_encode(struct ek_buf *out, const struct ek_row *row)
{
    ek_put_uint(out, row->forum);
    ek_put_uint(out, row->board);
    ek_put_uint(out, row->thread);
    ek_put_uint(out, row->author);
    ek_put_u8(out, row->precision);
    ek_put_u8(out, row->state);
    ek_put_u8(out, row->assessable);
    ek_put_uint(out, row->language);
    ek_put_uint(out, row->mark_count);
    for (size_t i = 0; i < row->mark_count; i++) {
        ek_put_uint(out, row->marks[i].code);
        ek_put_uint(out, row->marks[i].word);
    }
}

int ek_row_decode(struct ek_row *row, struct ek_mark *marks, const struct ek_bytes *key,
                  const struct ek_bytes *value)
{
    struct ek_cursor cursor = ek_cursor(value->data, value->len);
    if (key->len != EK_ROW_KEY_BYTES)
        return -1;
    row->time = ek_row_key_time(key->data);
    row->number = ek_get_be64((const unsigned char *)key->data + 8);
    row->forum = ek_get_uint(&cursor);
    row->board = ek_get_uint(&cursor);
    row->thread = ek_get_uint(&cursor);
    row->author = ek_get_uint(&cursor);
    row->precision = ek_get_enum(&cursor, EK_PRECISIONS);
    row->state = ek_get_enum(&cursor, EK_STATES);
    row->assessable = ek_get_u8(&cursor) != 0;
    row->language = ek_get_uint(&cursor);
    row->marks = marks;
    row->mark_count = ek_get_count(&cursor, 2);
    if (row->mark_count > EK_MAX_ROW_MARKS)
        return -1;
    for (size_t i = 0; i < row->mark_count; i++) {
        uint64_t code = ek_get_uint(&cursor), word = ek_get_uint(&cursor);
        cursor.bad = cursor.bad || code > UINT32_MAX || word >= EK_WORD_BITS;
        marks[i] = (struct ek_mark){(uint32_t)code, (uint32_t)word};
    }
    return ek_cursor_done(&cursor) ? 0 : -1;
}

static void put_mark(struct ek_buf *out, const char *code, unsigned word)
{
    ek_put_str(out, code);
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
