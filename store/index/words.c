/* words.c - see words.h. */
#include "store/index/words.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"

static size_t word_key(enum ek_word_kind kind, const char *text,
                       unsigned char out[1 + EK_MAX_ID_BYTES])
{
    size_t len = text ? strlen(text) : 0;
    if (len == 0 || len > EK_MAX_ID_BYTES)
        return 0;
    out[0] = (unsigned char)kind;
    memcpy(out + 1, text, len);
    return 1 + len;
}

uint32_t ek_word_find(struct ek_txn *txn, const struct ek_generation *generation,
                      enum ek_word_kind kind, const char *text)
{
    unsigned char key[1 + EK_MAX_ID_BYTES];
    struct ek_bytes value;
    size_t len = word_key(kind, text, key);
    if (len == 0 || ek_txn_get(txn, ek_words_of(generation), key, len, &value) != 1)
        return 0;
    if (value.len == 4)
        return ek_get_be32(value.data);
    ek_txn_damaged(txn, ek_words_of(generation), key, len);
    return 0;
}

uint32_t ek_word_number(struct ek_txn *txn, const struct ek_generation *generation,
                        enum ek_word_kind kind, const char *text)
{
    unsigned char key[1 + EK_MAX_ID_BYTES], value[4];
    uint32_t number = ek_word_find(txn, generation, kind, text);
    size_t len = word_key(kind, text, key);
    if (number || len == 0 || ek_txn_failed(txn))
        return number;
    number = (uint32_t)ek_txn_count(txn, ek_words_of(generation)) + 1;
    ek_put_be32(value, number);
    ek_txn_put(txn, ek_words_of(generation), key, len, value, sizeof value);
    return ek_txn_failed(txn) ? 0 : number;
}

int ek_words_load(struct ek_txn *txn, const struct ek_generation *generation,
                  struct ek_arena *arena, struct ek_words *words)
{
    unsigned table = ek_words_of(generation);
    struct ek_walk walk;
    struct ek_bytes key, value;
    words->count = (size_t)ek_txn_count(txn, table) + 1;
    words->items = EK_NEW_ARRAY(arena, struct ek_word, words->count);
    if (!words->items)
        return ek_txn_fail(txn, EK_MEMORY, "out of memory");
    ek_walk_begin(&walk, txn, table, NULL, 0);
    while (ek_walk_next(&walk, &key, &value) == 1) {
        const char *text = (const char *)key.data + 1;
        uint32_t number = value.len == 4 ? ek_get_be32(value.data) : 0;
        if (number == 0 || number >= words->count || key.len < 2) {
            ek_txn_damaged(txn, table, key.data, key.len);
            break;
        }
        words->items[number].kind = (enum ek_word_kind) * (const unsigned char *)key.data;
        words->items[number].text = ek_strndup(arena, text, key.len - 1);
        if (!words->items[number].text)
            ek_txn_fail(txn, EK_MEMORY, "out of memory");
    }
    ek_walk_end(&walk);
    return ek_txn_failed(txn) ? -1 : 0;
}
