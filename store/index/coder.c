/* coder.c - see coder.h. */
#include "store/index/coder.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"

/* A word that hashes to the slot of another replaces it: it is looked up again. */
#define SLOTS 256u
/* A code whose kind its tag does not say. */
#define KIND_UNKNOWN '?'

struct slot {
    char kind; /* 0: empty */
    unsigned char len;
    uint32_t number;
    uint64_t ends[2]; /* first and last eight bytes */
    char text[EK_MAX_ID_BYTES];
};

struct ek_coder {
    struct ek_txn *index;
    uint32_t generation;
    struct slot slots[SLOTS];
};

struct ek_coder *ek_coder_new(void)
{
    return calloc(1, sizeof(struct ek_coder));
}

void ek_coder_free(struct ek_coder *coder)
{
    free(coder);
}

void ek_coder_forget(struct ek_coder *coder)
{
    for (size_t i = 0; i < SLOTS; i++)
        coder->slots[i].kind = 0;
}

void ek_coder_begin(struct ek_coder *coder, struct ek_txn *index, uint32_t generation)
{
    if (coder->generation != generation)
        ek_coder_forget(coder);
    coder->index = index;
    coder->generation = generation;
}

/* A rule that reached a limit does not say what its code is: a treatment if one is called so. */
static uint32_t look_up(struct ek_coder *coder, char kind, const char *text, size_t len)
{
    struct ek_txn *index = coder->index;
    if (kind == EK_WORD_LANGUAGE)
        return ek_word_number(index, EK_WORD_LANGUAGE, text, len);
    uint32_t number = 0;
    if (kind == KIND_UNKNOWN)
        number = ek_word_find(index, EK_WORD_OF_TREATMENT, text, len);
    if (!number)
        number = ek_word_number(
            index, kind == EK_WORD_OF_TREATMENT ? EK_WORD_OF_TREATMENT : EK_WORD_THEORY, text, len);
    if (number)
        ek_code_add(index, coder->generation, number);
    return number;
}

/* Most words are told apart by their ends alone. */
static void ends_of(const char *text, size_t len, uint64_t ends[2])
{
    ends[0] = ends[1] = 0;
    if (len >= 8) {
        memcpy(&ends[0], text, 8);
        memcpy(&ends[1], text + len - 8, 8);
        return;
    }
    for (size_t i = 0; i < len; i++)
        ends[0] = ends[0] << 8 | (unsigned char)text[i];
}

static uint32_t number_of(struct ek_coder *coder, char kind, const char *text, size_t len)
{
    uint64_t ends[2];
    if (len == 0 || len > EK_MAX_ID_BYTES)
        return 0;
    ends_of(text, len, ends);
    uint64_t hash = (ends[0] ^ ends[1] * 31 ^ (unsigned char)kind) * 0x9e3779b97f4a7c15ull;
    struct slot *slot = &coder->slots[hash >> 56];
    if (slot->kind == kind && slot->len == len && slot->ends[0] == ends[0] &&
        slot->ends[1] == ends[1] && (len <= 16 || memcmp(slot->text, text, len) == 0))
        return slot->number;
    *slot = (struct slot){.kind = kind, .len = (unsigned char)len, .ends = {ends[0], ends[1]}};
    memcpy(slot->text, text, len);
    slot->number = look_up(coder, kind, text, len);
    return slot->number;
}

uint32_t ek_coder_language(struct ek_coder *coder, const char *text, size_t len)
{
    return number_of(coder, EK_WORD_LANGUAGE, text, len);
}

static char kind_of(uint32_t word)
{
    if (word & EK_WORD_UNDETERMINED)
        return KIND_UNKNOWN;
    return word & EK_WORD_TREATMENT ? EK_WORD_OF_TREATMENT : EK_WORD_THEORY;
}

size_t ek_coder_marks(struct ek_coder *coder, const void *bytes, size_t len, bool *assessed,
                      struct ek_mark *marks)
{
    struct ek_cursor cursor = ek_cursor(bytes, len);
    size_t count = ek_marks_begin(&cursor, assessed), kept = 0;
    for (size_t i = 0; i < count && !cursor.bad; i++) {
        const char *code;
        size_t code_len;
        uint32_t word, number = 0;
        ek_marks_next(&cursor, &code, &code_len, &word);
        if (!cursor.bad)
            number = number_of(coder, kind_of(word), code, code_len);
        if (number && kept < EK_MAX_ROW_MARKS)
            marks[kept++] = (struct ek_mark){number, word};
    }
    return kept;
}
