/* words.c - finding every word of the rule set in one pass.
 *
 * One open-addressed table holds the full forms and the heads of open words. A token's FNV hash
 * is built byte by byte and looked up only at lengths where a head exists and at its full length,
 * so a token costs its bytes and about one probe. Open words without a head ("*prazole") are few
 * and are compared at the token's end. A trie and Aho-Corasick were turned down: rules name
 * words, and the text is already cut into words. */
#include "rules/words.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/text.h"
#include "rules/reading.h"

#define FNV_START 2166136261u
#define FNV_PRIME 16777619u
#define NO_ENTRY UINT32_MAX

struct entry { /* a word under one of its keys, while the table is made */
    const char *key;
    uint32_t len, hash, word;
};

struct entries {
    VECTOR(struct entry) all;
};

void words_free(struct words *words)
{
    free(words->slots);
    VECTOR_FREE(&words->items);
    VECTOR_FREE(&words->lists);
    VECTOR_FREE(&words->tails);
    words->slots = NULL;
}

static uint32_t hash_bytes(const char *bytes, uint32_t len)
{
    uint32_t hash = FNV_START;

    for (uint32_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * FNV_PRIME;
    return hash;
}

static void add_key(struct entries *entries, const char *key, uint32_t len, uint32_t word)
{
    VECTOR_PUSH(&entries->all, (struct entry){key, len, hash_bytes(key, len), word});
}

/* Ferritin, ferritins; dose, doses (by -s) ; box, boxes; baby, babies. */
static int add_plurals(struct entries *entries, struct ek_arena *arena, const struct word *word,
                       uint32_t number)
{
    const char *s = ek_printf(arena, "%ss", word->head);
    const char *es = ek_printf(arena, "%ses", word->head);

    if (!s || !es)
        return -1;
    add_key(entries, s, word->head_len + 1, number);
    add_key(entries, es, word->head_len + 2, number);
    if (word->head[word->head_len - 1] == 'y') {
        char *ies = ek_printf(arena, "%sies", word->head);
        if (!ies)
            return -1;
        memcpy(ies + word->head_len - 1, "ies", 4);
        add_key(entries, ies, word->head_len + 2, number);
    }
    return 0;
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    order = memcmp(a->key, b->key, a->len);
    return order ? order : (a->word > b->word) - (a->word < b->word);
}

static bool same_key(const struct entry *a, const struct entry *b)
{
    return a->hash == b->hash && a->len == b->len && memcmp(a->key, b->key, a->len) == 0;
}

static int fill_table(struct words *words, struct entries *entries)
{
    size_t size = 64, count = entries->all.count;
    struct entry *all = entries->all.items;

    while (size < count * 2)
        size *= 2;
    words->slots = calloc(size, sizeof *words->slots);
    words->mask = (uint32_t)size - 1;
    if (!words->slots)
        return -1;
    if (count)
        qsort(all, count, sizeof *all, compare_entries);
    for (size_t i = 0; i < count;) {
        uint32_t slot = all[i].hash & words->mask;
        size_t j = i;
        while (words->slots[slot].key)
            slot = (slot + 1) & words->mask;
        words->slots[slot] =
            (struct word_slot){all[i].hash, all[i].len, all[i].key, (uint32_t)words->lists.count};
        for (; j < count && same_key(&all[i], &all[j]); j++)
            VECTOR_PUSH(&words->lists, all[j].word);
        VECTOR_PUSH(&words->lists, NO_ENTRY);
        i = j;
    }
    return words->lists.failed ? -1 : 0;
}

int words_index(struct words *words, struct ek_arena *arena)
{
    struct entries entries = {0};
    int result = 0;

    for (uint32_t i = 0; i < words->items.count && result == 0; i++) {
        const struct word *word = &words->items.items[i];
        if (word->form == WORD_OPEN && word->head_len == 0) {
            VECTOR_PUSH(&words->tails, i);
            continue;
        }
        if (word->form == WORD_OPEN)
            words->head_lengths |= 1ull << word->head_len;
        add_key(&entries, word->head, word->head_len, i);
        if (word->form == WORD_PLURAL)
            result = add_plurals(&entries, arena, word, i);
    }
    if (entries.all.failed || words->tails.failed)
        result = -1;
    if (result == 0)
        result = fill_table(words, &entries);
    VECTOR_FREE(&entries.all);
    return result;
}

/* One token while it is looked up. */
struct lookup {
    const struct words *words;
    const char *text, *plain;
    uint32_t len, plain_len, token;
    uint32_t stem; /* length without a final 's, or len */
    void (*found)(void *context, uint32_t word, uint32_t token);
    void *context;
};

static bool ends_with(const char *text, uint32_t len, const struct word *word)
{
    return len >= word->head_len + word->tail_len &&
           memcmp(text + len - word->tail_len, word->tail, word->tail_len) == 0;
}

static bool open_matches(const struct lookup *lookup, const struct word *word)
{
    return word->tail_len == 0 || ends_with(lookup->text, lookup->len, word) ||
           ends_with(lookup->text, lookup->stem, word);
}

static bool spelled(const struct lookup *lookup, const struct word *word)
{
    size_t len = strlen(word->spelling);

    return (lookup->plain_len == len || lookup->plain_len == len + 2) &&
           memcmp(lookup->plain, word->spelling, len) == 0;
}

static void probe(const struct lookup *lookup, uint32_t hash, uint32_t len)
{
    const struct words *words = lookup->words;
    uint32_t slot = hash & words->mask;
    bool whole = len == lookup->len || len == lookup->stem;

    for (; words->slots[slot].key; slot = (slot + 1) & words->mask)
        if (words->slots[slot].hash == hash && words->slots[slot].len == len &&
            memcmp(words->slots[slot].key, lookup->text, len) == 0)
            break;
    if (!words->slots[slot].key)
        return;
    for (const uint32_t *at = words->lists.items + words->slots[slot].first; *at != NO_ENTRY;
         at++) {
        const struct word *word = &words->items.items[*at];
        bool matches = word->form == WORD_OPEN ? open_matches(lookup, word) : whole;
        if (matches && word->spelling)
            matches = spelled(lookup, word);
        if (matches)
            lookup->found(lookup->context, *at, lookup->token);
    }
}

static void find_mark(const struct lookup *lookup)
{
    const char *at = lookup->text;

    ek_utf8_next(&at, lookup->text + lookup->len);
    struct lookup one = *lookup;
    one.len = one.stem = (uint32_t)(at - lookup->text);
    probe(&one, hash_bytes(one.text, one.len), one.len);
}

void words_find(const struct words *words, const struct reading *reading, uint32_t token,
                void (*found)(void *context, uint32_t word, uint32_t token), void *context)
{
    const struct token *at = &reading->tokens.items[token];
    struct lookup lookup = {words,
                            reading->folded.data + at->folded,
                            reading->plain.data + at->plain,
                            at->folded_len,
                            at->plain_len,
                            token,
                            at->folded_len,
                            found,
                            context};
    uint32_t hash = FNV_START;

    if (!at->is_word) {
        find_mark(&lookup);
        return;
    }
    if (lookup.len > 2 && memcmp(lookup.text + lookup.len - 2, "'s", 2) == 0)
        lookup.stem = lookup.len - 2;
    for (uint32_t i = 0; i < lookup.len; i++) {
        uint32_t len = i + 1;
        hash = (hash ^ (unsigned char)lookup.text[i]) * FNV_PRIME;
        if ((len < 64 && (words->head_lengths >> len & 1)) || len == lookup.len ||
            len == lookup.stem)
            probe(&lookup, hash, len);
    }
    for (size_t i = 0; i < words->tails.count; i++)
        if (open_matches(&lookup, &words->items.items[words->tails.items[i]]))
            found(context, words->tails.items[i], token);
}

void word_pattern(struct ek_buf *out, const struct word *word)
{
    const char *at = word->head, *s = word->spelling ? "[sS]" : "s";
    uint32_t mark;

    if (word->form == WORD_MARK) {
        mark = ek_utf8_next(&at, word->head + word->head_len);
        if (mark == '-' || mark == '/')
            ek_buf_addf(out, "(?!(?<=[" WORD_CLASS "])\\x{%x}(?=[" WORD_CLASS "]))", mark);
        ek_buf_addf(out, "(?<!\\x{%x})\\x{%x}++", mark, mark);
        return;
    }
    ek_buf_adds(out, "(?<![" WORD_CLASS "])(?<![" WORD_CLASS "]')(?=[" WORD_CLASS "])");
    ek_buf_addf(out, "(?:\\Q%s\\E", word->spelling ? word->spelling : word->head);
    if (word->form == WORD_PLURAL)
        ek_buf_adds(out, "(?:s|es)?");
    if (word->form == WORD_PLURAL && word->head[word->head_len - 1] == 'y')
        ek_buf_addf(out, "|\\Q%.*s\\Eies", (int)word->head_len - 1, word->head);
    ek_buf_adds(out, ")");
    if (word->form == WORD_OPEN)
        ek_buf_addf(out, "(?:'?[" WORD_CLASS "])*%s\\Q%s\\E", word->tail_len ? "'?" : "",
                    word->tail);
    ek_buf_addf(out, "(?:'%s)?(?!'?[" WORD_CLASS "])", s);
}
