/* record_codec.h - records as bytes (reader wire, store values) and as JSON (extract, import,
 * export). Decoders survive any bytes: a reader process may have been taken over by its page. */
#ifndef EKBOM_RECORD_CODEC_H
#define EKBOM_RECORD_CODEC_H

#include <jansson.h>

#include "ekbom/codec.h"
#include "ekbom/record.h"

struct ek_err;

void ek_put_quotes(struct ek_buf *buf, const struct ek_quote *quotes, size_t count);
struct ek_quote *ek_get_quotes(struct ek_cursor *cursor, struct ek_arena *arena, size_t *count);
void ek_put_links(struct ek_buf *buf, const struct ek_link *links, size_t count);
struct ek_link *ek_get_links(struct ek_cursor *cursor, struct ek_arena *arena, size_t *count);
void ek_put_post(struct ek_buf *buf, const struct ek_post *post);
void ek_get_post(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_post *post);
void ek_put_page(struct ek_buf *buf, const struct ek_page *page);
void ek_get_page(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_page *page);
void ek_put_tags(struct ek_buf *buf, const struct ek_tags *tags);
void ek_get_tags(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_tags *tags);

/* New references; NULL when out of memory. Field names and order are the contract's. */
json_t *ek_post_to_json(const struct ek_post *post);
json_t *ek_page_to_json(const struct ek_page *page);    /* schema 1 of `ekbom extract` */
json_t *ek_entry_to_json(const struct ek_entry *entry); /* export posts, internal, less tags */
/* Adds tags, treatments, treatment_hits, quoted_only, undetermined to the object; hits only where
 * with_hits. 0 or -1 (memory). */
int ek_tags_add_json(json_t *object, const struct ek_tags *tags, bool with_hits);

/* One line of JSONL posts. Unknown fields are ignored; a wrong type, a missing id, forum or
 * thread_id, or a malformed time is an error that names the field. */
int ek_entry_from_json(const json_t *json, struct ek_arena *arena, struct ek_entry *entry,
                       struct ek_err *err);

#endif
