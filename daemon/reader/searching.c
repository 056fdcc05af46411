/* searching.c - see searching.h.
 *
 * Texts come packed, as they lie in the store: half the bytes to be sent, and the unpacking, which
 * is most of the work of a search, is done by as many readers as there are. The reply holds for
 * each text a reason or NULL, the number of matches, and, if wanted, their places in code points,
 * each as its distance from the last one's end and its length. */
#include "searching.h"

#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/packed.h"
#include "ekbom/search.h"
#include "ekbom/text.h"
#include "ekbom/wire.h"

struct searching {
    struct ek_search *search;
    struct ek_packer *packer;
    struct ek_buf places;
    const char *text; /* being searched */
    bool wanted;      /* places */
    uint64_t matches;
    size_t last; /* end of the last match, bytes */
};

int searching_new(struct searching **out, struct ek_cursor *setup, struct ek_packer *packer,
                  struct ek_arena *arena, struct ek_err *err)
{
    const char *pattern = ek_get_str(setup, arena);
    size_t place;
    *out = NULL;
    if (!pattern)
        return 0;
    struct searching *searching = ek_alloc(arena, 1, sizeof *searching);
    if (!searching)
        return ek_fail_memory(err);
    searching->packer = packer;
    ek_buf_init(&searching->places, EK_MAX_MESSAGE_BYTES);
    if (ek_search_new(&searching->search, pattern, ek_get_u8(setup) != 0, &place, err) != 0)
        return -1;
    *out = searching;
    return 0;
}

bool searching_interpreted(const struct searching *searching)
{
    return ek_search_interpreted(searching->search);
}

bool searching_take(struct searching *searching, struct ek_cursor *request, struct searched *text)
{
    struct ek_wire_packed wire;
    ek_get_wire_packed(request, &wire);
    *text = (struct searched){.places = wire.places};
    if (request->bad)
        return false;
    struct ek_cursor content = ek_unpack(searching->packer, wire.packed, wire.len);
    uint64_t len = ek_get_uint(&content); /* a string: its length and one */
    if (content.bad || len == 0 || len - 1 > (uint64_t)(content.end - content.at)) {
        text->reason = "its text is damaged";
        return true;
    }
    text->text = (const char *)content.at;
    text->len = (size_t)len - 1;
    if (ek_utf8_valid(text->text, text->len) != text->len)
        text->reason = "its text is not UTF-8";
    return true;
}

static bool found(void *context, size_t start, size_t end)
{
    struct searching *searching = context;
    searching->matches++;
    if (!searching->wanted)
        return true;
    const char *text = searching->text;
    ek_put_uint(&searching->places, ek_utf8_count(text + searching->last, start - searching->last));
    ek_put_uint(&searching->places, ek_utf8_count(text + start, end - start));
    searching->last = end;
    return true;
}

void searching_answer(struct searching *searching, const struct searched *text,
                      struct ek_buf *reply)
{
    const char *reason = text->reason;
    ek_buf_clear(&searching->places);
    searching->text = text->text;
    searching->wanted = text->places;
    searching->matches = searching->last = 0;
    if (!reason)
        ek_search_run(searching->search, text->text, text->len, found, searching, &reason);
    ek_put_str(reply, reason);
    ek_put_uint(reply, searching->matches);
    ek_put_uint(reply, text->places ? searching->matches : 0);
    ek_buf_add(reply, searching->places.data, searching->places.len);
    reply->failed |= searching->places.failed;
}
