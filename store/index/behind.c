/* behind.c - see behind.h. */
#include "store/index/behind.h"

#include "ekbom/codec.h"

#define KEY_BYTES 12u

static void behind_key(uint32_t generation, uint64_t number, unsigned char key[KEY_BYTES])
{
    ek_put_be32(key, generation);
    ek_put_be64(key + 4, number);
}

void ek_behind_put(struct ek_txn *index, const struct ek_generation *generation, uint64_t number)
{
    unsigned char key[KEY_BYTES];
    if (generation->number == 0 || ek_generation_to_come(generation, number))
        return;
    behind_key(generation->number, number, key);
    ek_txn_put(index, EK_BEHIND, key, sizeof key, "", 0);
}

void ek_behind_take(struct ek_txn *index, uint32_t generation, uint64_t number)
{
    unsigned char key[KEY_BYTES];
    behind_key(generation, number, key);
    ek_txn_delete(index, EK_BEHIND, key, sizeof key);
}

int ek_behind_holds(struct ek_txn *index, uint32_t generation, uint64_t number)
{
    unsigned char key[KEY_BYTES];
    struct ek_bytes value;
    behind_key(generation, number, key);
    return ek_txn_get(index, EK_BEHIND, key, sizeof key, &value);
}

void ek_behind_drop(struct ek_txn *index, uint32_t generation)
{
    unsigned char from[4], end[4];
    ek_put_be32(from, generation);
    ek_put_be32(end, generation + 1);
    ek_txn_delete_between(index, EK_BEHIND, from, sizeof from, end, sizeof end);
}

void ek_behind_begin(struct ek_walk *walk, struct ek_txn *index, uint32_t generation)
{
    unsigned char prefix[4];
    ek_put_be32(prefix, generation);
    ek_walk_begin(walk, index, EK_BEHIND, prefix, sizeof prefix);
}

int ek_behind_next(struct ek_walk *walk, uint64_t *number)
{
    struct ek_bytes key, value;
    int found = ek_walk_next(walk, &key, &value);
    if (found != 1)
        return found;
    if (key.len != KEY_BYTES)
        return ek_txn_damaged(walk->txn, EK_BEHIND, key.data, key.len);
    *number = ek_get_be64((const unsigned char *)key.data + 4);
    return 1;
}

int ek_index_behind(struct ek_store *store, uint64_t *behind)
{
    struct ek_txn *index = store->reading_index;
    struct ek_generation current;
    struct ek_walk walk;
    uint64_t number;
    *behind = 0;
    if (ek_generation_get(index, EK_CURRENT, &current) != 1)
        return ek_txn_failed(index) ? -1 : 0;
    if (current.until > current.progress)
        *behind = current.until - current.progress;
    ek_behind_begin(&walk, index, current.number);
    while (ek_behind_next(&walk, &number) == 1)
        ++*behind;
    ek_walk_end(&walk);
    return ek_txn_failed(index) ? -1 : 0;
}
