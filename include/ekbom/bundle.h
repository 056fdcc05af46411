/* bundle.h - a set of named text files that travels as one: a rule set, the forum profiles.
 *
 * Readers may not open files, and a store keeps the rules that its tags were made with: so a
 * rule set is read once from disk into a bundle and goes over the wire or into the store whole. */
#ifndef EKBOM_BUNDLE_H
#define EKBOM_BUNDLE_H

#include <stddef.h>

#include "ekbom/digest.h"

struct ek_arena;
struct ek_buf;
struct ek_err;

struct ek_file {
    const char *name; /* relative to the folder, '/' between parts: "common/stance.rules" */
    const char *text; /* NUL-terminated; may hold invalid UTF-8: the parser says where */
    size_t len;
};

struct ek_bundle {
    const char *origin;    /* the folder, for messages */
    struct ek_file *files; /* sorted by name */
    size_t count;
    char digest[sizeof "sha256:" + 2 * EK_SHA256_BYTES]; /* over names and texts */
};

/* Every file below folder whose name ends in suffix (".rules"). Folders and files starting with
 * '.' are passed over; so are symbolic links to folders. None found is EK_NOT_FOUND. */
int ek_bundle_load(struct ek_bundle *bundle, struct ek_arena *arena, const char *folder,
                   const char *suffix, struct ek_err *err);
void ek_bundle_seal(struct ek_bundle *bundle); /* sort and compute the digest */
const struct ek_file *ek_bundle_find(const struct ek_bundle *bundle, const char *name);

void ek_bundle_encode(struct ek_buf *out, const struct ek_bundle *bundle);
int ek_bundle_decode(struct ek_bundle *bundle, struct ek_arena *arena, const void *bytes,
                     size_t len, struct ek_err *err);

#endif
