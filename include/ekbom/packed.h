/* packed.h - texts packed with zstd, alone or against a trained dictionary.
 *
 * A packed text is a byte of form and, plain, the bytes themselves, or, packed, their length and a
 * zstd frame. A frame names the dictionary that it needs. The store packs; the store and the
 * readers that search through it unpack. One packer for each of them, with its memory and the
 * dictionaries it knows, kept for as long as it is of use. */
#ifndef EKBOM_PACKED_H
#define EKBOM_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/codec.h"

struct ek_buf;
struct ek_err;
struct ek_packer;

/* In which form a text is handed on to be tagged: own text; a post body as the forum shows it; own
 * text and quotes packed as the store keeps them. */
enum ek_text_form { EK_TEXT_PLAIN, EK_TEXT_HTML, EK_TEXT_PACKED, EK_TEXT_FORMS };

struct ek_packer *ek_packer_new(void); /* NULL when out of memory */
void ek_packer_free(struct ek_packer *packer);

struct ek_dictionary { /* as ZDICT makes them */
    const void *bytes;
    size_t len;
};

/* Know a dictionary from now on; its bytes are copied. -1: EK_FORMAT if it is none, EK_LIMIT if
 * there are too many, EK_MEMORY. One that is known already is passed over. */
int ek_packer_learn(struct ek_packer *packer, const void *dictionary, size_t len,
                    struct ek_err *err);
bool ek_packer_knows(const struct ek_packer *packer, uint32_t id); /* 0, no dictionary: always */
/* Pack against this dictionary from now on (its bytes are copied). */
int ek_packer_use(struct ek_packer *packer, const void *dictionary, size_t len, struct ek_err *err);
uint32_t ek_packer_uses(const struct ek_packer *packer); /* its id; 0: none */

/* The bytes of buf from `from` on become their packed form; plain where that is not longer. Fails
 * in buf. */
void ek_pack(struct ek_packer *packer, struct ek_buf *buf, size_t from);
/* The same without trying: what is unpacked again at once need not be short. */
void ek_pack_plain(struct ek_buf *buf, size_t from);

/* The dictionary that a packed text needs; 0: none, or it is malformed. */
uint32_t ek_packed_dictionary(const void *packed, size_t len);
/* What was packed, valid until the next call. Bad if it is malformed, its dictionary is not known,
 * or memory is short. */
struct ek_cursor ek_unpack(struct ek_packer *packer, const void *packed, size_t len);

/* The id that stands in a dictionary's head; 0: it has none. */
uint32_t ek_dictionary_id(const void *dictionary, size_t len);

#endif
