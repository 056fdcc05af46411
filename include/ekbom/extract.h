/* extract.h - what daemon/extract shows: a page's bytes in, its records out.
 *
 * The only room that knows libxml2. Forum software is described by profiles, data files in
 * profiles/ (format: ekbom-profile(5)). No globals; a compiled set may be used by one thread. */
#ifndef EKBOM_EXTRACT_H
#define EKBOM_EXTRACT_H

#include "ekbom/record.h"

struct ek_arena;
struct ek_bundle;
struct ek_err;
struct ek_profiles;

/* Compile every profile of the bundle. Errors name file, line and column. */
int ek_profiles_compile(struct ek_profiles **profiles, const struct ek_bundle *bundle,
                        struct ek_err *err);
void ek_profiles_free(struct ek_profiles *profiles);

struct ek_fetched {      /* a page as it came */
    const char *url;     /* absolute; NULL if unknown (a saved file) */
    ek_time fetched;     /* for relative dates; EK_TIME_UNKNOWN if unknown */
    const char *charset; /* from the HTTP header or the command line; NULL if not given */
    const void *body;
    size_t len;
    const char *zone; /* of the page's times where it names none: an IANA name; NULL */
};

/* Read one page. 0 with *page filled (kind other, error or login included: page->kind and
 * page->reason say so); -1 only for want of memory or a ceiling of limits.h. */
int ek_extract_page(const struct ek_profiles *profiles, const struct ek_fetched *fetched,
                    struct ek_arena *arena, struct ek_page *page, struct ek_err *err);

/* Read one post body as HTML: fills text, quotes and links of *post, nothing else. */
int ek_extract_body(const struct ek_profiles *profiles, const char *html, size_t len,
                    struct ek_arena *arena, struct ek_post *post, struct ek_err *err);

#endif
