/* main.c - ekbom-reader: reads pages and texts for a parent, and can do nothing else.
 *
 * Started with one end of a socketpair as descriptor 0 and nothing else open. It receives the forum
 * profiles and the rules, or what it is to look for (searching.c), compiles them, confines itself
 * (confine.c), and from then on answers one request after the other. Whatever a page does to it,
 * the worst that comes out is a wrong or missing reply on that descriptor; the parent checks every
 * byte of it.
 *
 * `ekbom-reader --check` confines itself and prints what is refused: for an administrator who wants
 * to know whether the kernel gives what is promised. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confine.h"
#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/bundle.h"
#include "ekbom/extract.h"
#include "ekbom/limits.h"
#include "ekbom/packed.h"
#include "ekbom/record_codec.h"
#include "ekbom/rules.h"
#include "ekbom/wire.h"
#include "searching.h"

#define CHANNEL 0

struct reader {
    struct ek_profiles *profiles; /* NULL: no extraction */
    struct ek_matcher *matcher;   /* NULL: no tagging */
    struct searching *searching;  /* NULL: no searching */
    struct ek_packer *packer;     /* unpacks texts */
    struct ek_arena *arena;       /* of the current request */
    struct ek_buf in, out;
    bool interpreted;     /* PCRE2 could not compile to machine code */
    const char *crash_on; /* test hook, see EKBOM_READER_CRASH_ON in the manual */
};

static int read_bytes(void *to, size_t len)
{
    char *at = to;
    while (len) {
        ssize_t got = read(CHANNEL, at, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        at += got;
        len -= (size_t)got;
    }
    return 0;
}

static int write_bytes(const char *at, size_t len)
{
    while (len) {
        ssize_t put = write(CHANNEL, at, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return -1;
        at += put;
        len -= (size_t)put;
    }
    return 0;
}

/* 0, or -1 when the parent is gone or what came cannot be taken. */
static int receive(struct reader *reader, enum ek_frame *type)
{
    unsigned char head[EK_FRAME_HEAD];
    if (read_bytes(head, sizeof head) != 0)
        return -1;
    size_t len = ek_frame_head(head, type);
    ek_buf_clear(&reader->in);
    char *room = ek_buf_room(&reader->in, len);
    if (!room || read_bytes(room, len) != 0)
        return -1;
    reader->in.len = len;
    return 0;
}

static int send_frame(struct reader *reader)
{
    return reader->out.failed ? -1 : write_bytes(reader->out.data, reader->out.len);
}

static int compile_rules(struct reader *reader, struct ek_arena *arena,
                         const struct ek_bundle *bundle, bool naive, struct ek_err *err)
{
    struct ek_rules *rules;
    struct ek_diagnostics diagnostics;
    if (ek_rules_compile(&rules, bundle, arena, &diagnostics, err) != 0)
        return -1;
    reader->interpreted = ek_rules_interpreted(rules);
    reader->matcher = ek_matcher_new(rules, naive ? EK_ENGINE_NAIVE : EK_ENGINE_FAST, err);
    return reader->matcher ? 0 : -1;
}

static int learn(struct reader *reader, struct ek_cursor *setup, struct ek_err *err)
{
    reader->packer = ek_packer_new();
    if (!reader->packer)
        return ek_fail_memory(err);
    for (uint64_t left = ek_get_uint(setup); left && !setup->bad; left--) {
        size_t len;
        const void *dictionary = ek_get_bytes(setup, &len);
        if (!setup->bad && ek_packer_learn(reader->packer, dictionary, len, err) != 0)
            return -1;
    }
    return 0;
}

/* Compile what SETUP brings. The bundles stay in memory for the life of the process. */
static int set_up(struct reader *reader, struct ek_err *err)
{
    struct ek_cursor cursor = ek_cursor(reader->in.data, reader->in.len);
    struct ek_bundle bundle;
    size_t profiles_len, rules_len;
    bool naive = ek_get_u8(&cursor) != 0;
    const void *profiles = ek_get_bytes(&cursor, &profiles_len);
    const void *rules = ek_get_bytes(&cursor, &rules_len);
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    if (!arena)
        return ek_fail_memory(err);
    if (learn(reader, &cursor, err) != 0 ||
        searching_new(&reader->searching, &cursor, reader->packer, arena, err) != 0)
        return -1;
    if (reader->searching)
        reader->interpreted = searching_interpreted(reader->searching);
    if (!ek_cursor_done(&cursor))
        return ek_fail(err, EK_FORMAT, "malformed SETUP");
    if (profiles_len && (ek_bundle_decode(&bundle, arena, profiles, profiles_len, err) != 0 ||
                         ek_profiles_compile(&reader->profiles, &bundle, err) != 0))
        return -1;
    if (rules_len && (ek_bundle_decode(&bundle, arena, rules, rules_len, err) != 0 ||
                      compile_rules(reader, arena, &bundle, naive, err) != 0))
        return -1;
    return 0;
}

static void crash_if_told(const struct reader *reader, const void *bytes, size_t len)
{
    if (reader->crash_on && memmem(bytes, len, reader->crash_on, strlen(reader->crash_on)))
        __builtin_trap();
}

/* Tags of one text into the reply; only memory and ceilings can fail. */
static int tag(struct reader *reader, const struct ek_tag_input *input, struct ek_tags *tags,
               struct ek_err *err)
{
    *tags = (struct ek_tags){0};
    if (!reader->matcher)
        return 0;
    return ek_matcher_tag(reader->matcher, input, reader->arena, tags, err);
}

static int tag_page(struct reader *reader, const struct ek_page *page, struct ek_err *err)
{
    for (size_t i = 0; i < page->post_count; i++) {
        const struct ek_post *post = &page->posts[i];
        struct ek_tag_input input = {post->text, strlen(post->text), page->language, post->quotes,
                                     post->quote_count};
        struct ek_tags tags;
        if (tag(reader, &input, &tags, err) != 0)
            return ek_fail_in(err, "post %s", post->id);
        ek_put_tags(&reader->out, &tags);
    }
    return 0;
}

/* A reply holds for each item a reason of failure or NULL and, without failure, its records. */
static void fail_item(struct reader *reader, size_t begin, const struct ek_err *err)
{
    ek_starved(); /* it is being said */
    reader->out.len = begin;
    reader->out.failed = false;
    ek_put_str(&reader->out, err->message);
}

static void read_page(struct reader *reader, struct ek_cursor *cursor)
{
    struct ek_wire_page wire;
    struct ek_page page;
    struct ek_err err;
    size_t begin = reader->out.len;
    ek_get_wire_page(cursor, reader->arena, &wire);
    crash_if_told(reader, wire.body, wire.len);
    struct ek_fetched fetched = {wire.url,  wire.fetched, wire.charset,
                                 wire.body, wire.len,     wire.zone};
    ek_put_str(&reader->out, NULL);
    if (ek_extract_page(reader->profiles, &fetched, reader->arena, &page, &err) != 0) {
        fail_item(reader, begin, &err);
        return;
    }
    ek_put_page(&reader->out, &page);
    if (tag_page(reader, &page, &err) != 0)
        fail_item(reader, begin, &err);
    else if (reader->out.failed) {
        ek_fail(&err, EK_LIMIT, "its records are larger than %u bytes", EK_MAX_MESSAGE_BYTES);
        fail_item(reader, begin, &err);
    }
}

/* What is to be tagged of a text in whatever form; own: of HTML, for the reply. */
static int open_text(struct reader *reader, const struct ek_wire_text *wire,
                     struct ek_tag_input *input, struct ek_post *own, struct ek_err *err)
{
    *input = (struct ek_tag_input){wire->text, wire->len, wire->language, wire->quotes,
                                   wire->quote_count};
    if (wire->form == EK_TEXT_PACKED) {
        struct ek_cursor raw = ek_unpack(reader->packer, wire->text, wire->len);
        input->text = ek_get_chars(&raw, &input->len);
        input->quotes = ek_get_quotes(&raw, reader->arena, &input->quote_count);
        return raw.bad || !input->text ? ek_fail(err, EK_FORMAT, "its text is damaged") : 0;
    }
    if (wire->form != EK_TEXT_HTML)
        return 0;
    if (ek_extract_body(reader->profiles, wire->text, wire->len, reader->arena, own, err) != 0)
        return -1;
    *input = (struct ek_tag_input){own->text, strlen(own->text), wire->language, own->quotes,
                                   own->quote_count};
    return 0;
}

static void read_text(struct reader *reader, struct ek_cursor *cursor)
{
    struct ek_wire_text wire;
    struct ek_tag_input input;
    struct ek_post own = {.id = "", .text = ""};
    struct ek_tags tags;
    struct ek_err err;
    size_t begin = reader->out.len;
    ek_get_wire_text(cursor, reader->arena, &wire);
    if (cursor->bad)
        return;
    if (wire.form != EK_TEXT_PACKED)
        crash_if_told(reader, wire.text, wire.len);
    ek_put_str(&reader->out, NULL);
    if (open_text(reader, &wire, &input, &own, &err) != 0) {
        fail_item(reader, begin, &err);
        return;
    }
    crash_if_told(reader, input.text, input.len);
    if (tag(reader, &input, &tags, &err) != 0) {
        fail_item(reader, begin, &err);
        return;
    }
    ek_put_u8(&reader->out, wire.form == EK_TEXT_HTML);
    if (wire.form == EK_TEXT_HTML)
        ek_put_post(&reader->out, &own);
    ek_put_tags(&reader->out, &tags);
}

static void read_packed(struct reader *reader, struct ek_cursor *cursor)
{
    struct searched text;
    if (!searching_take(reader->searching, cursor, &text))
        return;
    crash_if_told(reader, text.text, text.len);
    searching_answer(reader->searching, &text, &reader->out);
}

static int answer(struct reader *reader, enum ek_frame type)
{
    struct ek_cursor cursor = ek_cursor(reader->in.data, reader->in.len);
    ek_buf_clear(&reader->out);
    ek_arena_reset(reader->arena);
    size_t begin = ek_frame_begin(&reader->out, EK_FRAME_REPLY);
    if (type == EK_FRAME_PAGE && reader->profiles)
        read_page(reader, &cursor);
    else if (type == EK_FRAME_TEXTS)
        while (!cursor.bad && cursor.at < cursor.end)
            read_text(reader, &cursor);
    else if (type == EK_FRAME_PACKED && reader->searching)
        while (!cursor.bad && cursor.at < cursor.end)
            read_packed(reader, &cursor);
    else
        return -1;
    ek_frame_end(&reader->out, begin);
    /* What memory was short for and nobody missed would be gone without a word: a new reader tries
     * again. */
    return cursor.bad || ek_starved() ? -1 : send_frame(reader);
}

static int greet(struct reader *reader, enum ek_frame type, const char *text)
{
    ek_buf_clear(&reader->out);
    size_t begin = ek_frame_begin(&reader->out, type);
    ek_put_str(&reader->out, text);
    ek_frame_end(&reader->out, begin);
    return send_frame(reader);
}

static int run(struct reader *reader)
{
    struct ek_err err;
    const char *missing;
    enum ek_frame type;
    if (receive(reader, &type) != 0 || type != EK_FRAME_SETUP)
        return 1;
    if (set_up(reader, &err) != 0 || (ek_starved() && ek_fail_memory(&err) != 0) ||
        ek_confine(&missing, &err) != 0) {
        greet(reader, EK_FRAME_REFUSED, err.message);
        return 1;
    }
    if (!missing && reader->interpreted)
        missing = "patterns are interpreted: this kernel or unit allows no code made at run time";
    if (greet(reader, EK_FRAME_READY, missing) != 0)
        return 1;
    while (receive(reader, &type) == 0)
        if (ek_confine_processor(&err) != 0 || answer(reader, type) != 0)
            return 1;
    return 0;
}

static int check(void)
{
    struct ek_err err;
    const char *missing;
    if (ek_confine(&missing, &err) != 0) {
        fprintf(stderr, "ekbom-reader: %s\n", err.message);
        return 1;
    }
    if (missing)
        printf("%s\n", missing);
    return ek_confine_check();
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--check") == 0)
        return check();
    if (argc != 1 || isatty(CHANNEL)) {
        fprintf(stderr, "ekbom-reader is started by ekbom and ekbomd; "
                        "`ekbom-reader --check` shows its confinement\n");
        return 2;
    }
    struct reader reader = {.crash_on = getenv("EKBOM_READER_CRASH_ON")};
    ek_buf_init(&reader.in, EK_MAX_MESSAGE_BYTES);
    ek_buf_init(&reader.out, EK_MAX_MESSAGE_BYTES);
    reader.arena = ek_arena_new(EK_ARENA_BYTES);
    _exit(reader.arena ? run(&reader) : 1);
}
