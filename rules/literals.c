/* literals.c - see literals.h.
 *
 * A post of 600 bytes has some 110 places where a word starts. At each one four bytes are hashed
 * and one bit of 65,536 is looked at, which for a thousand literals lets one place in fifty pass;
 * only there are literals compared. The loop that looks has no branch: what passes is counted by
 * the bit itself. Aho-Corasick was turned down (it looks at every byte: a quarter of the speed),
 * and so was Hyperscan's way of literals in vectors (as fast, and ten times the code).
 *
 * The bytes are those of the view `keys`, in which everything outside ASCII words is a blank: so a
 * word of three letters is known to four bytes, and a quotation mark or a letter beyond ASCII
 * behind it makes no difference. Of a literal of several words the rarest is hashed. */
#include "rules/literals.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "rules/rarity.h"

#define BITMAP_BITS 16
#define HEAD_BITS 12
#define CHUNK 16u /* blocks of 64 bytes whose candidates are kept before they are compared */

/* What a byte of `keys` can be. */
static const char key_bytes[] = " 0123456789_abcdefghijklmnopqrstuvwxyz";

struct place { /* where in a literal to hash */
    uint32_t key, mask;
    unsigned offset, known; /* known: bytes of the key that the literal decides */
    double frequency;
    bool inside; /* not where a word starts: needs the filter */
};

static char key_byte(char c)
{
    return lower_is_word[(unsigned char)c] ? c : ' ';
}

/* Four bytes, the first one lowest. */
static uint32_t load_key(const void *bytes)
{
    uint32_t key;

    memcpy(&key, bytes, sizeof key);
    return le32toh(key);
}

static uint64_t load_eight(const void *bytes)
{
    uint64_t start;

    memcpy(&start, bytes, sizeof start);
    return le64toh(start);
}

static uint32_t hash_four(uint32_t key)
{
    return key * 2654435761u >> (32 - BITMAP_BITS);
}

/* Where literals of this key are in the table. */
static uint32_t head_of(uint32_t hash)
{
    return hash >> (BITMAP_BITS - HEAD_BITS);
}

static bool starts_word(const struct literal *literal, unsigned offset)
{
    if (!lower_is_word[(unsigned char)literal->text[offset]])
        return false;
    return offset ? !lower_is_word[(unsigned char)literal->text[offset - 1]]
                  : literal->flags & LITERAL_LEFT;
}

static struct place place_at(const struct literal *literal, unsigned offset)
{
    struct place place = {.offset = offset};
    unsigned end = offset;
    bool bounded = literal->flags & LITERAL_RIGHT;
    unsigned char key[4] = {0};

    while (end < literal->len && lower_is_word[(unsigned char)literal->text[end]])
        end++;
    for (; place.known < 4 && offset + place.known < literal->len; place.known++)
        key[place.known] = (unsigned char)key_byte(literal->text[offset + place.known]);
    if (place.known < 4 && bounded)
        key[place.known++] = ' ';
    place.key = load_key(key);
    place.mask = place.known < 4 ? (1u << 8 * place.known) - 1 : UINT32_MAX;
    place.frequency =
        word_frequency(literal->text + offset, end - offset, end == literal->len && !bounded);
    return place;
}

/* The rarest of its words; else anywhere, which costs more. */
static bool choose_place(const struct literal *literal, struct place *best)
{
    bool found = false;

    if (literal->len > LITERAL_BYTES)
        return false;
    for (unsigned offset = 0; offset < literal->len; offset++) {
        struct place place;
        if (!starts_word(literal, offset))
            continue;
        place = place_at(literal, offset);
        if (place.known >= LITERAL_LEAST && (!found || place.frequency < best->frequency)) {
            *best = place;
            found = true;
        }
    }
    if (found || literal->len < LITERAL_LEAST)
        return found;
    *best = place_at(literal, 0);
    best->inside = true;
    best->frequency += 1000;
    return true;
}

bool literal_findable(const struct literal *literal, double *frequency)
{
    struct place place;

    if (!choose_place(literal, &place))
        return false;
    *frequency = place.frequency;
    return true;
}

static uint32_t hash_literal(const struct literal *literal)
{
    uint32_t hash = 2166136261u ^ literal->flags;

    for (unsigned i = 0; i < literal->len; i++)
        hash = (hash ^ (unsigned char)literal->text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static bool same_literal(const struct literal *a, const struct literal *b)
{
    return a->len == b->len && a->flags == b->flags && memcmp(a->text, b->text, a->len) == 0;
}

static bool grow_table(struct literals *literals)
{
    size_t size = literals->table_size ? literals->table_size * 2 : 256;
    uint32_t *table;

    if (literals->table_size > literals->items.count * 2)
        return true;
    table = malloc(size * sizeof *table);
    if (!table)
        return false;
    memset(table, 0xff, size * sizeof *table);
    for (uint32_t i = 0; i < literals->items.count; i++) {
        size_t slot = hash_literal(&literals->items.items[i]) & (size - 1);
        while (table[slot] != NO_LITERAL)
            slot = (slot + 1) & (size - 1);
        table[slot] = i;
    }
    free(literals->table);
    literals->table = table;
    literals->table_size = size;
    return true;
}

uint32_t literals_add(struct literals *literals, struct literal literal)
{
    size_t slot;

    if (!grow_table(literals))
        return NO_LITERAL;
    slot = hash_literal(&literal) & (literals->table_size - 1);
    for (; literals->table[slot] != NO_LITERAL; slot = (slot + 1) & (literals->table_size - 1))
        if (same_literal(&literals->items.items[literals->table[slot]], &literal))
            return literals->table[slot];
    VECTOR_PUSH(&literals->items, literal);
    if (literals->items.failed)
        return NO_LITERAL;
    literals->table[slot] = (uint32_t)literals->items.count - 1;
    return literals->table[slot];
}

/* Every key under which a literal has to be found: its last byte may be any if three are known.
 * Returns their number. */
static unsigned keys_of(const struct place *place, uint32_t keys[sizeof key_bytes])
{
    unsigned count = 0;

    if (place->known == 4) {
        keys[0] = place->key;
        return 1;
    }
    for (const char *c = key_bytes; *c; c++)
        keys[count++] = place->key | (uint32_t)(unsigned char)*c << 24;
    return count;
}

/* Does one of the first three bytes belong to no word? */
static bool is_short(uint32_t key)
{
    return (key & 0xff) == ' ' || (key >> 8 & 0xff) == ' ' || (key >> 16 & 0xff) == ' ';
}

static void add_to_filter(struct literals *literals, const struct literal *literal, uint32_t number)
{
    struct lower_filter *filter = &literals->filter;
    uint8_t group = (uint8_t)(1u << number % 8);

    filter->any = true;
    for (unsigned n = 0; n < 3; n++) {
        unsigned char c = (unsigned char)literal->text[n];
        filter->high[n][c >> 4] |= group;
        filter->low[n][c & 15] |= group;
    }
}

static struct literal_entry make_entry(const struct literals *literals, uint32_t number,
                                       unsigned offset)
{
    const struct literal *literal = &literals->items.items[number];
    unsigned len = literal->len - offset < 8 ? literal->len - offset : 8;
    char start[8] = {0};

    memcpy(start, literal->text + offset, len);
    return (struct literal_entry){.start = load_eight(start),
                                  .mask = len < 8 ? (1ull << 8 * len) - 1 : UINT64_MAX,
                                  .text = literal->text,
                                  .literal = number,
                                  .len = literal->len,
                                  .flags = literal->flags,
                                  .offset = (uint8_t)offset,
                                  .whole = offset == 0 && literal->len <= 8};
}

/* Count the keys of a literal under their heads, or put it there. */
static void place_literal(struct literals *literals, uint32_t number, const struct place *place,
                          bool count)
{
    uint32_t keys[sizeof key_bytes];
    unsigned key_count = keys_of(place, keys);

    for (unsigned k = 0; k < key_count; k++) {
        uint32_t hash = hash_four(keys[k]);
        if (count) {
            literals->bitmap[hash / 64] |= 1ull << (hash % 64);
            literals->heads[head_of(hash) + 2]++;
        } else {
            literals->entries[literals->heads[head_of(hash) + 1]++] =
                make_entry(literals, number, place->offset);
        }
    }
}

int literals_index(struct literals *literals, struct ek_arena *arena)
{
    size_t count = literals->items.count, entries;
    struct place *places = EK_NEW_ARRAY(arena, struct place, count + 1);

    literals->bitmap = EK_NEW_ARRAY(arena, uint64_t, (1u << BITMAP_BITS) / 64);
    literals->heads = EK_NEW_ARRAY(arena, uint32_t, (1u << HEAD_BITS) + 2);
    if (!places || !literals->bitmap || !literals->heads)
        return -1;
    /* heads[h + 2] counts, then heads[h + 1] is where the next entry goes: it ends as the end. */
    for (uint32_t i = 0; i < count; i++) {
        choose_place(&literals->items.items[i], &places[i]);
        place_literal(literals, i, &places[i], true);
        literals->short_words = literals->short_words || is_short(places[i].key);
        if (places[i].inside)
            add_to_filter(literals, &literals->items.items[i], i);
    }
    for (uint32_t h = 1; h < (1u << HEAD_BITS) + 2; h++)
        literals->heads[h] += literals->heads[h - 1];
    entries = literals->heads[(1u << HEAD_BITS) + 1];
    literals->entries = EK_NEW_ARRAY(arena, struct literal_entry, entries + 1);
    if (!literals->entries)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        place_literal(literals, i, &places[i], false);
    return 0;
}

void literals_free(struct literals *literals)
{
    free(literals->table);
    literals->table = NULL;
    VECTOR_FREE(&literals->items);
}

/* Is there what the literal needs on both sides? */
static bool is_bounded(const struct literal_entry *entry, const char *at, bool *unsure)
{
    unsigned char before = (unsigned char)at[-1], after = (unsigned char)at[entry->len];
    bool left = entry->flags & LITERAL_LEFT, right = entry->flags & LITERAL_RIGHT;

    *unsure = (left && before >= 0x80) || (right && after >= 0x80);
    return !(left && lower_is_word[before]) && !(right && lower_is_word[after]);
}

static void compare_at(const struct literals *literals, const struct lowered *lowered,
                       uint32_t position, struct literal_hits *hits)
{
    uint32_t head = head_of(hash_four(load_key(lowered->keys + position)));
    uint64_t here = load_eight(lowered->low + position);
    const struct literal_entry *end = literals->entries + literals->heads[head + 1];

    for (const struct literal_entry *entry = literals->entries + literals->heads[head]; entry < end;
         entry++) {
        const char *at = lowered->low + position - entry->offset;
        bool unsure;
        if ((here ^ entry->start) & entry->mask)
            continue;
        if (!entry->whole && memcmp(at, entry->text, entry->len) != 0)
            continue;
        if (is_bounded(entry, at, &unsure))
            VECTOR_PUSH(&hits->items,
                        (struct literal_hit){entry->literal, position - entry->offset, unsure});
    }
}

/* Where to look among 64 bytes: where a word starts (of three letters or more, if no literal needs
 * a shorter one), and where the filter lets. */
static uint64_t places_in(const struct literals *literals, const struct lowered *lowered,
                          size_t block)
{
    uint64_t places = lowered->starts[block];

    if (!literals->short_words)
        places &= (lowered->words[block] >> 1 | lowered->words[block + 1] << 63) &
                  (lowered->words[block] >> 2 | lowered->words[block + 1] << 62);
    return literals->filter.any ? places | lowered->inside[block] : places;
}

/* Places in these blocks whose key is that of some literal. */
static uint32_t candidates(const struct literals *literals, const struct lowered *lowered,
                           size_t block, size_t end, uint32_t *found)
{
    const uint64_t *bitmap = literals->bitmap;
    const char *keys = lowered->keys;
    uint32_t count = 0;

    for (; block < end; block++) {
        const char *here = keys + block * 64;
        for (uint64_t places = places_in(literals, lowered, block); places; places &= places - 1) {
            uint32_t offset = (uint32_t)__builtin_ctzll(places);
            uint32_t hash = hash_four(load_key(here + offset));
            found[count] = (uint32_t)(block * 64) + offset;
            count += bitmap[hash / 64] >> (hash % 64) & 1;
        }
    }
    return count;
}

void literals_find(const struct literals *literals, const struct lower_engine *engine,
                   struct lowered *lowered, size_t from, size_t to, struct literal_hits *hits)
{
    size_t first = from / 64, blocks = (to + 63) / 64;
    uint32_t found[CHUNK * 64 + 1];

    hits->items.count = 0;
    if (literals->items.count == 0 || from >= to)
        return;
    if (literals->filter.any)
        engine->filter(lowered, &literals->filter, first * 64, to);
    for (size_t block = first; block < blocks; block += CHUNK) {
        size_t end = block + CHUNK < blocks ? block + CHUNK : blocks;
        uint32_t count = candidates(literals, lowered, block, end, found);
        for (uint32_t i = 0; i < count; i++)
            if (found[i] >= from && found[i] < to)
                compare_at(literals, lowered, found[i], hits);
    }
}
