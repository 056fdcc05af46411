/* fields.h - "Name: value" lines as WARC heads, HTTP heads and warcinfo blocks have them. Private
 * to store/archive. */
#ifndef EKBOM_STORE_ARCHIVE_FIELDS_H
#define EKBOM_STORE_ARCHIVE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_arena;

/* Where values are kept. */
struct ek_strings {
    struct ek_arena *arena;
    bool failed; /* one could not be kept, for want of memory: it came back as if missing */
};

/* Bytes of a head up to and with its empty line; 0 if the empty line is not among the len bytes.
 * The search goes on at *scanned, which is moved on, so that a head may come in pieces. */
size_t ek_head_length(const char *head, size_t len, size_t *scanned);

/* A copy of so many bytes, with a NUL. */
const char *ek_keep(struct ek_strings *strings, const char *bytes, size_t len);

/* The value of the first field of that name (any case), folded lines joined by a blank, trimmed;
 * bytes that are not UTF-8 become '?' and control characters are dropped. NULL if there is none,
 * if it is longer than EK_MAX_FIELD_BYTES, or when out of memory. */
const char *ek_field(const char *head, size_t len, const char *name, struct ek_strings *strings);

/* True if a line of the head, other than its first, is neither a field nor folded. */
bool ek_fields_malformed(const char *head, size_t len);

/* An address as heads carry it: angle brackets and outer blanks removed, other bytes that an
 * address may not have (blanks, controls, beyond ASCII) percent-encoded, *odd set for those.
 * NULL for NULL, for an empty one and for one beyond EK_MAX_URL_BYTES. */
const char *ek_field_url(const char *value, struct ek_strings *strings, bool *odd);

/* A whole number of decimal digits and nothing else. */
bool ek_field_number(const char *value, uint64_t *number);

#endif
