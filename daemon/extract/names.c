/* names.c - see names.h. Open addressing, never more than half full; FNV-1a is enough for words of
 * a dozen letters. */
#include "daemon/extract/names.h"

#include "daemon/extract/tags.h"
#include "ekbom/arena.h"

#define SLOTS (2 * EK_NAMES_MAX)

static uint32_t hash(char sign, struct ek_slice text)
{
    uint32_t h = (2166136261u ^ (unsigned char)sign) * 16777619u;
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.at[i]) * 16777619u;
    return h ^ h >> 15;
}

/* The slot that holds the name, or the empty one where it belongs. */
static uint32_t slot_of(const struct ek_names *names, char sign, struct ek_slice text, uint32_t h)
{
    uint32_t slot = h % SLOTS;
    for (;; slot = (slot + 1) % SLOTS) {
        uint16_t number = names->slots[slot];
        if (!number)
            return slot;
        const struct ek_name *name = &names->name[number];
        if (name->hash == h && name->sign == sign && name->len == text.len &&
            memcmp(name->text, text.at, text.len) == 0)
            return slot;
    }
}

uint16_t ek_names_find(const struct ek_names *names, char sign, struct ek_slice text)
{
    return names->slots[slot_of(names, sign, text, hash(sign, text))];
}

uint16_t ek_names_add(struct ek_names *names, char sign, struct ek_slice text)
{
    uint32_t h = hash(sign, text);
    uint32_t slot = slot_of(names, sign, text, h);
    if (names->slots[slot])
        return names->slots[slot];
    char *copy = ek_strndup(names->arena, text.at, text.len);
    if (!copy || names->count == EK_NAMES_MAX || text.len > UINT16_MAX)
        return 0;
    uint16_t number = ++names->count;
    names->name[number] = (struct ek_name){copy, h, (uint16_t)text.len, sign, false};
    names->slots[slot] = number;
    return number;
}

struct ek_names *ek_names_new(struct ek_arena *arena)
{
    static const char *const known[] = {
#define X(upper, lower, layout) #lower,
        EK_TAGS(X)
#undef X
    };
    struct ek_names *names = EK_NEW(arena, struct ek_names);
    if (!names)
        return NULL;
    names->arena = arena;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!ek_names_add(names, '<', ek_slice_of(known[i])))
            return NULL;
    return names;
}
