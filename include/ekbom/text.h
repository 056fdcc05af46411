/* text.h - UTF-8 and Unicode. The only part that knows ICU's text functions.
 *
 * Text inside Ekbom is UTF-8, NFC, without U+0000. Offsets that people see count code points,
 * half-open; offsets inside the program count bytes. */
#ifndef EKBOM_TEXT_H
#define EKBOM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_arena;
struct ek_buf;
struct ek_err;

/* Length of the valid UTF-8 prefix; equals len when all is valid. No surrogates, no overlong
 * forms, nothing above U+10FFFF. */
size_t ek_utf8_valid(const char *text, size_t len);

/* The code point at *at (which must be before end); moves *at on. Invalid bytes give U+FFFD one
 * byte at a time. */
uint32_t ek_utf8_next(const char **at, const char *end);
/* Encode; returns the number of bytes (1 to 4). */
size_t ek_utf8_put(char out[4], uint32_t c);
/* Code points in the first len bytes. */
size_t ek_utf8_count(const char *text, size_t len);
/* Byte offset of code point number `index` (len if past the end). */
size_t ek_utf8_offset(const char *text, size_t len, size_t index);

/* The text in NFC, U+0000 dropped, invalid bytes as U+FFFD; NULL when out of memory. */
char *ek_nfc(struct ek_arena *arena, const char *text, size_t len);
/* True if a composition cannot reach across the place before c: text may be cut there. */
bool ek_nfc_boundary_before(uint32_t c);

uint32_t ek_fold_case(uint32_t c); /* simple case folding */
bool ek_is_letter(uint32_t c);
bool ek_is_digit(uint32_t c); /* decimal digit */
bool ek_is_space(uint32_t c); /* White_Space */
/* Columns on a terminal: 0, 1 or 2. */
int ek_width(uint32_t c);

/* Bytes in a named charset to UTF-8 (not yet NFC). The name is a label as pages carry it;
 * iso-8859-1 is read as windows-1252, gb2312 and gbk as gb18030, as browsers do. Undecodable
 * bytes become U+FFFD. -1 with EK_USAGE when no such charset is known. */
int ek_charset_decode(struct ek_buf *out, const char *charset, const void *bytes, size_t len,
                      struct ek_err *err);

/* White space (any Unicode) runs to one space, trimmed. Into the arena. */
char *ek_squeeze(struct ek_arena *arena, const char *text, size_t len);

/* Hostile text for people: control characters and the bidirectional overrides that can make a line
 * read as another are added as \\u escapes; line ends too unless `lines`. */
void ek_add_visible(struct ek_buf *buf, const char *text, bool lines);
/* The same with one U+FFFD for each such character, so that code points keep their places. */
char *ek_mask_harmful(struct ek_arena *arena, const char *text);

/* Case-insensitive ASCII helpers that ignore the locale. */
bool ek_ascii_equal(const char *a, const char *b);
bool ek_ascii_starts(const char *text, const char *prefix);

/* "did you mean": the candidate nearest to name by edit distance, or NULL if none is near. */
const char *ek_nearest(const char *name, const char *const *candidates, size_t count);

#endif
