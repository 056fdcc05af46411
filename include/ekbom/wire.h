/* wire.h - what the parent and a reader say to each other over their socketpair.
 *
 * A frame is 4 bytes of payload length (big-endian), 1 byte of type, and the payload in the
 * primitives of codec.h. The parent speaks first (SETUP); the reader answers READY or REFUSED, and
 * from then on one reply to each request, in order. Both ends are of one build. */
#ifndef EKBOM_WIRE_H
#define EKBOM_WIRE_H

#include <stddef.h>

#include "ekbom/packed.h"
#include "ekbom/record.h"

struct ek_arena;
struct ek_buf;
struct ek_cursor;

enum ek_frame {
    EK_FRAME_SETUP = 1, /* naive engine?, profiles, rules (empty: none), dictionaries, search */
    EK_FRAME_READY,     /* what the reader lacks here, or NULL */
    EK_FRAME_REFUSED,   /* why the bundles do not compile */
    EK_FRAME_PAGE,      /* struct ek_wire_page */
    EK_FRAME_TEXTS,     /* struct ek_wire_text, as many as the payload holds */
    EK_FRAME_PACKED,    /* struct ek_wire_packed, as many as the payload holds */
    EK_FRAME_REPLY      /* items: failure reason or NULL, then the records */
};

#define EK_FRAME_HEAD 5

/* A frame whose payload is added after this; ek_frame_end fills in its length. */
size_t ek_frame_begin(struct ek_buf *buf, enum ek_frame type);
void ek_frame_end(struct ek_buf *buf, size_t begin);
/* Length of the payload that a frame head announces, and its type. */
size_t ek_frame_head(const unsigned char head[EK_FRAME_HEAD], enum ek_frame *type);

struct ek_wire_page {
    const char *url;
    ek_time fetched;
    const char *charset;
    const void *body;
    size_t len;
    const char *zone;
};
void ek_put_wire_page(struct ek_buf *buf, const struct ek_wire_page *page);
void ek_get_wire_page(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_wire_page *page);

struct ek_wire_text {
    enum ek_text_form form;
    const char *language;
    const void *text;
    size_t len;
    const struct ek_quote *quotes;
    size_t quote_count;
};
void ek_put_wire_text(struct ek_buf *buf, const struct ek_wire_text *text);
void ek_get_wire_text(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_wire_text *text);

struct ek_wire_packed { /* a text to be searched; the reader unpacks it */
    bool places;        /* where the matches stand is wanted, not only how many there are */
    const void *packed;
    size_t len;
};
void ek_put_wire_packed(struct ek_buf *buf, const struct ek_wire_packed *text);
void ek_get_wire_packed(struct ek_cursor *cursor, struct ek_wire_packed *text);

#endif
