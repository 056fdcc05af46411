/* visible.c - text that may reach a terminal or a log. See ekbom/text.h. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/text.h"

static bool harmful(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void ek_add_visible(struct ek_buf *buf, const char *text, bool lines)
{
    for (const char *end = text + strlen(text); text < end;) {
        char bytes[4];
        uint32_t c = ek_utf8_next(&text, end);
        if (harmful(c) || (c == '\n' && !lines))
            ek_buf_addf(buf, "\\u%04x", c);
        else
            ek_buf_add(buf, bytes, ek_utf8_put(bytes, c));
    }
}

char *ek_mask_harmful(struct ek_arena *arena, const char *text)
{
    size_t len = strlen(text), n = 0;
    char *out = ek_alloc(arena, 3 * len + 1, 1);
    if (!out)
        return NULL;
    for (const char *end = text + len; text < end;) {
        uint32_t c = ek_utf8_next(&text, end);
        n += ek_utf8_put(out + n, harmful(c) ? 0xfffd : c);
    }
    return out;
}
