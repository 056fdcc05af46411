/* wire.c - frames and requests between the parent and its readers. See ekbom/wire.h. */
#include "ekbom/wire.h"

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/codec.h"
#include "ekbom/record_codec.h"

size_t ek_frame_begin(struct ek_buf *buf, enum ek_frame type)
{
    size_t begin = buf->len;
    ek_buf_add(buf, "\0\0\0\0", 4);
    ek_put_u8(buf, type);
    return begin;
}

void ek_frame_end(struct ek_buf *buf, size_t begin)
{
    if (!buf->failed)
        ek_put_be32((unsigned char *)buf->data + begin,
                    (uint32_t)(buf->len - begin - EK_FRAME_HEAD));
}

size_t ek_frame_head(const unsigned char head[EK_FRAME_HEAD], enum ek_frame *type)
{
    *type = (enum ek_frame)head[4];
    return ek_get_be32(head);
}

void ek_put_wire_page(struct ek_buf *buf, const struct ek_wire_page *page)
{
    ek_put_str(buf, page->url);
    ek_put_int(buf, page->fetched);
    ek_put_str(buf, page->charset);
    ek_put_bytes(buf, page->body, page->len);
    ek_put_str(buf, page->zone);
}

void ek_get_wire_page(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_wire_page *page)
{
    page->url = ek_get_str(cursor, arena);
    page->fetched = ek_get_int(cursor);
    page->charset = ek_get_str(cursor, arena);
    page->body = ek_get_bytes(cursor, &page->len);
    page->zone = ek_get_str(cursor, arena);
}

void ek_put_wire_text(struct ek_buf *buf, const struct ek_wire_text *text)
{
    ek_put_u8(buf, text->form);
    ek_put_str(buf, text->language);
    ek_put_bytes(buf, text->text, text->len);
    ek_put_quotes(buf, text->quotes, text->quote_count);
}

void ek_get_wire_text(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_wire_text *text)
{
    text->form = ek_get_enum(cursor, EK_TEXT_FORMS);
    text->language = ek_get_str(cursor, arena);
    text->text = ek_get_bytes(cursor, &text->len);
    text->quotes = ek_get_quotes(cursor, arena, &text->quote_count);
}

void ek_put_wire_packed(struct ek_buf *buf, const struct ek_wire_packed *text)
{
    ek_put_u8(buf, text->places);
    ek_put_bytes(buf, text->packed, text->len);
}

void ek_get_wire_packed(struct ek_cursor *cursor, struct ek_wire_packed *text)
{
    text->places = ek_get_u8(cursor) != 0;
    text->packed = ek_get_bytes(cursor, &text->len);
}
