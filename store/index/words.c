/* words.c - see words.h. */
#include "store/index/words.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"

#define CODE_KEY_BYTES 8u

static size_t word_key(enum ek_word_kind kind, const void *text, size_t len,
                       unsigned char out[1 + EK_MAX_ID_BYTES])
{
    if (len == 0 || len > EK_MAX_ID_BYTES)
        return 0;
    out[0] = (unsigned char)kind;
    memcpy(out + 1, text, len);
    return 1 + len;
}

uint32_t ek_word_find(struct ek_txn *txn, enum ek_word_kind kind, const char *text, size_t text_len)
{
    unsigned char key[1 + EK_MAX_ID_BYTES];
    struct ek_bytes value;
    size_t len = word_key(kind, text, text_len, key);
    if (len == 0 || ek_txn_get(txn, EK_WORDS, key, len, &value) != 1)
        return 0;
    if (value.len == 4)
        return ek_get_be32(value.data);
    ek_txn_damaged(txn, EK_WORDS, key, len);
    return 0;
}

uint32_t ek_word_number(struct ek_txn *txn, enum ek_word_kind kind, const char *text,
                        size_t text_len)
{
    unsigned char key[1 + EK_MAX_ID_BYTES], value[4];
    uint32_t number = ek_word_find(txn, kind, text, text_len);
    size_t len = word_key(kind, text, text_len, key);
    if (number || len == 0 || ek_txn_failed(txn))
        return number;
    number = (uint32_t)ek_txn_count(txn, EK_WORDS) + 1;
    ek_put_be32(value, number);
    ek_txn_put(txn, EK_WORDS, key, len, value, sizeof value);
    return ek_txn_failed(txn) ? 0 : number;
}

/* Codes of a generation ----------------------------------------------------------------------- */

static void code_key(uint32_t generation, uint32_t code, unsigned char key[CODE_KEY_BYTES])
{
    ek_put_be32(key, generation);
    ek_put_be32(key + 4, code);
}

void ek_code_add(struct ek_txn *txn, uint32_t generation, uint32_t code)
{
    unsigned char key[CODE_KEY_BYTES];
    struct ek_bytes value;
    code_key(generation, code, key);
    if (ek_txn_get(txn, EK_CODES, key, sizeof key, &value) == 0)
        ek_txn_put(txn, EK_CODES, key, sizeof key, "", 0);
}

void ek_codes_drop(struct ek_txn *txn, uint32_t generation)
{
    unsigned char from[4], end[4];
    ek_put_be32(from, generation);
    ek_put_be32(end, generation + 1);
    ek_txn_delete_between(txn, EK_CODES, from, sizeof from, end, sizeof end);
}

/* Reading ------------------------------------------------------------------------------------- */

static void load_words(struct ek_txn *txn, struct ek_arena *arena, struct ek_words *words)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    ek_walk_begin(&walk, txn, EK_WORDS, NULL, 0);
    while (ek_walk_next(&walk, &key, &value) == 1) {
        uint32_t number = value.len == 4 ? ek_get_be32(value.data) : 0;
        if (number == 0 || number >= words->count || key.len < 2) {
            ek_txn_damaged(txn, EK_WORDS, key.data, key.len);
            break;
        }
        words->items[number].kind = (enum ek_word_kind) * (const unsigned char *)key.data;
        words->items[number].text = ek_strndup(arena, (const char *)key.data + 1, key.len - 1);
        if (!words->items[number].text)
            ek_txn_fail(txn, EK_MEMORY, "out of memory");
    }
    ek_walk_end(&walk);
}

/* Which codes the generation knows: known has a place for each word. */
static void load_known(struct ek_txn *txn, uint32_t generation, bool *known, size_t count)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    unsigned char prefix[4];
    ek_put_be32(prefix, generation);
    ek_walk_begin(&walk, txn, EK_CODES, prefix, sizeof prefix);
    while (ek_walk_next(&walk, &key, &value) == 1) {
        uint32_t code = key.len == CODE_KEY_BYTES ? ek_get_be32((const unsigned char *)key.data + 4)
                                                  : UINT32_MAX;
        if (code < count)
            known[code] = true;
        else
            ek_txn_damaged(txn, EK_CODES, key.data, key.len);
    }
    ek_walk_end(&walk);
}

int ek_words_load(struct ek_txn *txn, const struct ek_generation *generation,
                  struct ek_arena *arena, struct ek_words *words)
{
    words->count = (size_t)ek_txn_count(txn, EK_WORDS) + 1;
    words->items = EK_NEW_ARRAY(arena, struct ek_word, words->count);
    bool *known = EK_NEW_ARRAY(arena, bool, words->count);
    if (!words->items || !known)
        return ek_txn_fail(txn, EK_MEMORY, "out of memory");
    load_words(txn, arena, words);
    load_known(txn, generation->number, known, words->count);
    for (size_t i = 1; i < words->count; i++) {
        if (!known[i] && words->items[i].kind != EK_WORD_LANGUAGE)
            words->items[i].text = NULL;
    }
    return ek_txn_failed(txn) ? -1 : 0;
}
