/* test_packed.c - what is packed comes out again; what is malformed comes out bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <zdict.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/packed.h"

#define SAMPLES 2000

static char dictionary[32 << 10];
static size_t dictionary_len;

static size_t sentence(char *out, size_t room, unsigned i)
{
    static const char *const words[] = {"ferritin", "restless",  "evening", "infusion", "doctor",
                                        "nothing",  "magnesium", "legs",    "tablet",   "sleep"};
    int n = snprintf(out, room, "In year %u the %s made the %s worse than any %s before %u.", i,
                     words[i % 10], words[i / 10 % 10], words[i / 7 % 10], i * 7919u % 10007u);
    return (size_t)n;
}

static int train(void **state)
{
    static char bytes[SAMPLES * 120];
    static size_t lens[SAMPLES];
    size_t at = 0;
    (void)state;
    for (unsigned i = 0; i < SAMPLES; i++)
        at += lens[i] = sentence(bytes + at, sizeof bytes - at, i);
    dictionary_len = ZDICT_trainFromBuffer(dictionary, sizeof dictionary, bytes, lens, SAMPLES);
    return ZDICT_isError(dictionary_len) ? -1 : 0;
}

static void pack(struct ek_packer *packer, struct ek_buf *buf, const char *text, size_t len)
{
    ek_buf_clear(buf);
    ek_buf_adds(buf, "before");
    ek_buf_add(buf, text, len);
    ek_pack(packer, buf, 6);
    assert_false(buf->failed);
    assert_memory_equal(buf->data, "before", 6);
}

static void expect(struct ek_packer *packer, const struct ek_buf *buf, const char *text, size_t len)
{
    struct ek_cursor content = ek_unpack(packer, buf->data + 6, buf->len - 6);
    assert_false(content.bad);
    assert_int_equal(content.end - content.at, len);
    if (len)
        assert_memory_equal(content.at, text, len);
}

static void texts_come_out_again(void **state)
{
    (void)state;
    struct ek_packer *packer = ek_packer_new(), *other = ek_packer_new();
    struct ek_buf buf;
    struct ek_err err;
    char text[4000];
    size_t alone = 0, against = 0;
    ek_buf_init(&buf, 1u << 20);
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 5000; i < 5100; i++) {
            size_t len = sentence(text, sizeof text, i);
            pack(packer, &buf, text, len);
            expect(other, &buf, text, len);
            *(round ? &against : &alone) += buf.len;
            assert_int_equal(ek_packed_dictionary(buf.data + 6, buf.len - 6),
                             round ? ek_dictionary_id(dictionary, dictionary_len) : 0);
        }
        memset(text, 'x', sizeof text);
        pack(packer, &buf, text, sizeof text);
        expect(other, &buf, text, sizeof text);
        assert_true(buf.len < 60);
        pack(packer, &buf, "", 0);
        expect(other, &buf, "", 0);
        pack(packer, &buf, "q", 1);
        expect(other, &buf, "q", 1);
        assert_int_equal(buf.len, 6 + 2);
        assert_int_equal(ek_packer_use(packer, dictionary, dictionary_len, &err), 0);
        assert_int_equal(ek_packer_learn(other, dictionary, dictionary_len, &err), 0);
    }
    assert_int_equal(ek_packer_uses(packer), ek_dictionary_id(dictionary, dictionary_len));
    assert_true(against * 2 < alone);
    ek_buf_free(&buf);
    ek_packer_free(packer);
    ek_packer_free(other);
}

static void an_unknown_dictionary_is_no_text(void **state)
{
    (void)state;
    struct ek_packer *packer = ek_packer_new();
    struct ek_buf buf;
    struct ek_err err;
    char text[200];
    uint32_t id = ek_dictionary_id(dictionary, dictionary_len);
    ek_buf_init(&buf, 1u << 20);
    assert_int_equal(ek_packer_use(packer, dictionary, dictionary_len, &err), 0);
    pack(packer, &buf, text, sentence(text, sizeof text, 9000));
    assert_false(ek_packer_knows(packer, id));
    assert_true(ek_packer_knows(packer, 0));
    assert_true(ek_unpack(packer, buf.data + 6, buf.len - 6).bad);
    assert_int_equal(ek_packer_learn(packer, "no dictionary", 13, &err), -1);
    assert_int_equal(err.kind, EK_FORMAT);
    assert_int_equal(ek_packer_learn(packer, dictionary, dictionary_len, &err), 0);
    assert_true(ek_packer_knows(packer, id));
    expect(packer, &buf, text, strlen(text));
    ek_buf_free(&buf);
    ek_packer_free(packer);
}

static void dictionaries_are_counted(void **state)
{
    (void)state;
    struct ek_packer *packer = ek_packer_new();
    struct ek_err err;
    char copy[sizeof dictionary];
    memcpy(copy, dictionary, dictionary_len);
    for (unsigned i = 0; i <= EK_MAX_DICTIONARIES; i++) {
        copy[4] = (char)i;
        assert_int_equal(ek_packer_learn(packer, copy, dictionary_len, &err),
                         i < EK_MAX_DICTIONARIES ? 0 : -1);
    }
    assert_int_equal(err.kind, EK_LIMIT);
    ek_packer_free(packer);
}

/* Any bytes at all: bad, or some text, and nothing worse. */
static void malformed_bytes_are_survived(void **state)
{
    (void)state;
    struct ek_packer *packer = ek_packer_new();
    struct ek_buf buf;
    struct ek_err err;
    char text[200];
    uint32_t seed = 1;
    ek_buf_init(&buf, 1u << 20);
    assert_int_equal(ek_packer_use(packer, dictionary, dictionary_len, &err), 0);
    assert_int_equal(ek_packer_learn(packer, dictionary, dictionary_len, &err), 0);
    pack(packer, &buf, text, sentence(text, sizeof text, 9000));
    size_t len = buf.len - 6;
    for (size_t cut = 0; cut < len; cut++)
        assert_true(ek_unpack(packer, buf.data + 6, cut).bad);
    for (unsigned i = 0; i < 20000; i++) {
        char bytes[300];
        memcpy(bytes, buf.data + 6, len);
        for (unsigned n = 0; n < 1 + i % 3; n++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[(seed >> 8) % len] = (char)(seed >> 24);
        }
        ek_packed_dictionary(bytes, len);
        ek_unpack(packer, bytes, len);
    }
    assert_true(ek_unpack(packer, "\x02", 1).bad);
    assert_true(ek_unpack(packer, "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01(", 12).bad);
    expect(packer, &buf, text, strlen(text));
    ek_buf_free(&buf);
    ek_packer_free(packer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_out_again),
        cmocka_unit_test(an_unknown_dictionary_is_no_text),
        cmocka_unit_test(dictionaries_are_counted),
        cmocka_unit_test(malformed_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, train, NULL);
}
