/* pattern.h - the small patterns of profiles: "p{id}", "*» {text}", "*mode=viewprofile*".
 *
 * A pattern must match the whole text. `*` is any run (the shortest that works), `{id}` one or
 * more digits, `{text}` any run of at least one byte; `\` takes the next character as it stands.
 * {id} and {text} are what the pattern is asked for; the first of them is handed out. */
#ifndef EXTRACT_PATTERN_H
#define EXTRACT_PATTERN_H

#include "daemon/extract/slice.h"

struct ek_arena;

#define EK_PATTERN_PIECES 12

struct ek_piece {
    enum { EK_LITERAL, EK_ANY, EK_DIGITS, EK_WORDS } kind;
    struct ek_slice text; /* of a literal */
};

struct ek_pattern {
    unsigned count;
    bool captures; /* it holds {id} or {text} */
    struct ek_piece pieces[EK_PATTERN_PIECES];
};

/* What is wrong with the pattern, or NULL. Its literals are copied into the arena. */
const char *ek_pattern_compile(struct ek_pattern *pattern, struct ek_arena *arena,
                               struct ek_slice text);

/* capture (may be NULL) becomes the first {id} or {text}, or the whole text where there is none. */
bool ek_pattern_match(const struct ek_pattern *pattern, struct ek_slice text,
                      struct ek_slice *capture);

#endif
