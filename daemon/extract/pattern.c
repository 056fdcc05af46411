/* pattern.c - see pattern.h.
 *
 * One pass with a single place to go back to: as in every glob matcher without alternatives, only
 * the last run (`*` or `{text}`) ever needs to be lengthened, so the work is bounded by pattern
 * times text and nothing recurses. Where a literal follows a run, the run is lengthened to where
 * that literal next stands in one leap (memmem). {id} takes all the digits there are and gives
 * none back. */
#include "daemon/extract/pattern.h"

#include "ekbom/arena.h"

/* Compiling ------------------------------------------------------------------------------------ */

static bool special(struct ek_slice text, size_t at, struct ek_piece *piece, size_t *len)
{
    static const struct {
        const char *text;
        int kind;
    } marks[] = {{"*", EK_ANY}, {"{id}", EK_DIGITS}, {"{text}", EK_WORDS}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        *len = strlen(marks[i].text);
        if (text.len - at >= *len && memcmp(text.at + at, marks[i].text, *len) == 0) {
            *piece = (struct ek_piece){marks[i].kind, {NULL, 0}};
            return true;
        }
    }
    return false;
}

const char *ek_pattern_compile(struct ek_pattern *pattern, struct ek_arena *arena,
                               struct ek_slice text)
{
    char *literals = ek_alloc(arena, text.len + 1, 1);
    if (!literals)
        return "out of memory";
    *pattern = (struct ek_pattern){0};
    struct ek_piece *literal = NULL; /* being collected */
    for (size_t at = 0; at < text.len;) {
        struct ek_piece piece;
        size_t len;
        bool mark = special(text, at, &piece, &len);
        if (mark || !literal) {
            if (pattern->count == EK_PATTERN_PIECES)
                return "too many parts in one pattern";
            literal = mark ? NULL : &pattern->pieces[pattern->count];
            if (!mark)
                piece = (struct ek_piece){EK_LITERAL, {literals, 0}};
            pattern->pieces[pattern->count++] = piece;
            pattern->captures |= piece.kind == EK_DIGITS || piece.kind == EK_WORDS;
        }
        if (mark) {
            at += len;
            continue;
        }
        if (text.at[at] == '{' || text.at[at] == '}')
            return "only {id} and {text} stand in braces; write \\{ for a brace";
        at += text.at[at] == '\\' && at + 1 < text.len;
        *literals++ = text.at[at++];
        literal->text.len++;
    }
    return NULL;
}

/* Matching ------------------------------------------------------------------------------------- */

struct state {
    const struct ek_pattern *pattern;
    struct ek_slice text, found;
    size_t at;
    unsigned piece;
    bool run;               /* there is a run to lengthen, */
    bool run_captures;      /* which is the capture, */
    unsigned run_piece;     /* the piece after it, */
    size_t run_end;         /* where it ends now, */
    struct ek_slice before; /* what was captured before it */
};

static bool starts(struct ek_slice text, size_t at, struct ek_slice literal)
{
    return text.len - at >= literal.len && memcmp(text.at + at, literal.at, literal.len) == 0;
}

static bool start_run(struct state *s, bool words)
{
    if (words && s->at >= s->text.len)
        return false;
    s->run = true;
    s->before = s->found;
    s->run_captures = words && !s->found.at;
    if (s->run_captures)
        s->found = ek_slice(s->text.at + s->at, 1);
    s->at += words;
    s->run_end = s->at;
    s->run_piece = s->piece;
    return true;
}

/* Make the run end at `end`, and go on after it. */
static bool end_run(struct state *s, size_t end)
{
    if (!s->run || end > s->text.len)
        return false;
    if (s->run_captures)
        s->found.len += end - s->run_end;
    else
        s->found = s->before;
    s->at = s->run_end = end;
    s->piece = s->run_piece;
    return true;
}

/* The next end of the run that the piece after it can follow. */
static bool lengthen(struct state *s, size_t from)
{
    if (!s->run || from > s->text.len)
        return false;
    if (s->run_piece == s->pattern->count)
        return end_run(s, s->text.len);
    const struct ek_piece *next = &s->pattern->pieces[s->run_piece];
    if (next->kind != EK_LITERAL)
        return end_run(s, from);
    const char *hit = memmem(s->text.at + from, s->text.len - from, next->text.at, next->text.len);
    return hit && end_run(s, (size_t)(hit - s->text.at));
}

static bool digits(struct state *s)
{
    size_t end = s->at;
    while (end < s->text.len && s->text.at[end] >= '0' && s->text.at[end] <= '9')
        end++;
    if (end == s->at)
        return false;
    if (!s->found.at)
        s->found = ek_slice(s->text.at + s->at, end - s->at);
    s->at = end;
    return true;
}

bool ek_pattern_match(const struct ek_pattern *pattern, struct ek_slice text,
                      struct ek_slice *capture)
{
    if (!text.at)
        text.at = "";
    struct state s = {.pattern = pattern, .text = text};
    for (;;) {
        bool fits = true;
        if (s.piece == pattern->count) {
            if (s.at == text.len)
                break;
            fits = false;
        } else {
            const struct ek_piece *piece = &pattern->pieces[s.piece++];
            if (piece->kind == EK_ANY || piece->kind == EK_WORDS) {
                if (!start_run(&s, piece->kind == EK_WORDS) || !lengthen(&s, s.at))
                    return false;
            } else if (piece->kind == EK_DIGITS) {
                fits = digits(&s);
            } else {
                fits = starts(text, s.at, piece->text);
                s.at += fits ? piece->text.len : 0;
            }
        }
        if (!fits && !lengthen(&s, s.run_end + 1))
            return false;
    }
    if (capture)
        *capture = s.found.at ? s.found : text;
    return true;
}
