/* english.c - see english.h. */
#include "english.h"

#include <ctype.h>
#include <dirent.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "ekbom/buf.h"
#include "ekbom/text.h"
#include "measure.h"

#define SENTENCE_LEAST 25u
#define SENTENCE_MOST 400u
#define POST_MOST 4000u
#define RARE_LEAST 2u
#define RARE_MOST 20u

static const char *const folders[] = {"/usr/share/doc/anarchism/markdown",
                                      "/usr/share/games/fortunes"};

struct sentences {
    struct ek_buf bytes; /* a NUL behind each */
    size_t *starts, count, room;
};

static struct sentences prose, invented;
static uint64_t state = 88172645463325252u;

static uint64_t chance(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 8) % below;
}

static void add_text(struct sentences *sentences, const char *text, size_t len)
{
    if (sentences->count == sentences->room) {
        sentences->room = sentences->room ? 2 * sentences->room : 1u << 16;
        sentences->starts = reallocarray(sentences->starts, sentences->room, sizeof(size_t));
    }
    sentences->starts[sentences->count++] = sentences->bytes.len;
    ek_buf_add(&sentences->bytes, text, len);
    ek_buf_addc(&sentences->bytes, '\0');
    if (!sentences->starts || sentences->bytes.failed)
        give_up("out of memory");
}

/* Not headings, addresses, tables and the like. */
static bool is_sentence(const char *text, size_t len)
{
    size_t letters = 0;

    if (len < SENTENCE_LEAST || len > SENTENCE_MOST || memmem(text, len, "://", 3) ||
        ek_utf8_valid(text, len) != len)
        return false;
    for (size_t i = 0; i < len; i++)
        letters += isalpha((unsigned char)text[i]) || text[i] == ' ';
    return letters * 10 > len * 9;
}

/* Sentences of a paragraph whose lines are joined. */
static void cut_paragraph(const char *text, size_t len)
{
    size_t start = 0;

    for (size_t i = 0; i < len; i++) {
        bool ends = strchr(".?!", text[i]) && (i + 1 == len || text[i + 1] == ' ');
        if (!ends && i + 1 < len)
            continue;
        if (is_sentence(text + start, i + 1 - start))
            add_text(&prose, text + start, i + 1 - start);
        start = i + 1;
        while (start < len && text[start] == ' ')
            start++;
        i = start - 1;
    }
}

/* Paragraphs end at blank lines, in fortunes at a % of its own. */
static void cut_file(struct ek_buf *file)
{
    char *text = file->data;
    size_t start = 0;

    for (size_t i = 0; i + 1 < file->len; i++) {
        bool ends = text[i] == '\n' && (text[i + 1] == '\n' || text[i + 1] == '%');
        if (text[i] == '\n' || text[i] == '\t' || text[i] == '\r')
            text[i] = ' ';
        if (!ends)
            continue;
        if (i > start)
            cut_paragraph(text + start, i - start);
        start = i + 2;
    }
}

static void read_file(const char *path)
{
    struct ek_buf bytes;
    char block[1 << 16];
    gzFile file = gzopen(path, "rb");
    int n;

    ek_buf_init(&bytes, 64u << 20);
    while (file && (n = gzread(file, block, sizeof block)) > 0)
        ek_buf_add(&bytes, block, (size_t)n);
    if (file)
        gzclose(file);
    if (bytes.len && !memchr(bytes.data, '\0', bytes.len))
        cut_file(&bytes);
    ek_buf_free(&bytes);
}

static void read_folder(const char *folder)
{
    struct dirent **files;
    int count = scandir(folder, &files, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
        if (files[i]->d_name[0] != '.' && !strstr(path, ".dat") && !strstr(path, ".u8"))
            read_file(path);
        free(files[i]);
    }
    if (count >= 0)
        free(files);
}

static void read_sample(void)
{
    static char line[1 << 20];
    FILE *file = fopen("sample/posts.jsonl", "r");

    while (file && fgets(line, sizeof line, file)) {
        json_t *post = json_loads(line, 0, NULL);
        const char *text = json_string_value(json_object_get(post, "body"));
        if (text)
            add_text(&invented, text, strlen(text));
        json_decref(post);
    }
    if (file)
        fclose(file);
}

static void load(void)
{
    if (prose.count)
        return;
    ek_buf_init(&prose.bytes, 64u << 20);
    ek_buf_init(&invented.bytes, 64u << 20);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        read_folder(folders[i]);
    read_sample();
    if (prose.bytes.len < 8u << 20)
        give_up("needs long English texts: apt-get install anarchism fortunes");
    if (invented.count < 1000)
        give_up("sample/posts.jsonl is not there: run it from the checkout");
}

/* Many short, few long: on average 600. */
static size_t draw_length(void)
{
    size_t len = 40 + chance(180);

    for (unsigned i = 0; i < 5 && chance(2); i++)
        len += chance(2) ? chance(600) : chance(1100);
    return len < POST_MOST - SENTENCE_MOST ? len : POST_MOST - SENTENCE_MOST;
}

static void add_post(struct ek_buf *bytes, bool with_invented)
{
    size_t begin = bytes->len, len = draw_length(), at = chance(prose.count - 300);

    if (with_invented)
        ek_buf_adds(bytes, invented.bytes.data + invented.starts[chance(invented.count)]);
    while (bytes->len - begin < len || bytes->len == begin) {
        if (bytes->len > begin)
            ek_buf_adds(bytes, chance(6) ? " " : "\n\n");
        ek_buf_adds(bytes, prose.bytes.data + prose.starts[at++]);
    }
    ek_buf_addc(bytes, '\0');
}

static void take(struct english *english, struct ek_buf *bytes)
{
    english->bytes = bytes->data;
    if (bytes->failed || !english->starts)
        give_up("out of memory");
}

void english_make(struct english *english, size_t count)
{
    struct ek_buf bytes;

    load();
    ek_buf_init(&bytes, (size_t)8 << 30);
    english->count = count;
    english->starts = calloc(count + 1, sizeof *english->starts);
    for (size_t i = 0; i < count && english->starts; i++) {
        add_post(&bytes, i % 5 == 0);
        english->starts[i + 1] = bytes.len;
    }
    take(english, &bytes);
}

void english_invented(struct english *english)
{
    struct ek_buf bytes;

    load();
    ek_buf_init(&bytes, (size_t)1 << 30);
    english->count = invented.count;
    english->starts = calloc(invented.count + 1, sizeof *english->starts);
    for (size_t i = 0; i < invented.count && english->starts; i++) {
        ek_buf_adds(&bytes, invented.bytes.data + invented.starts[i]);
        ek_buf_addc(&bytes, '\0');
        english->starts[i + 1] = bytes.len;
    }
    take(english, &bytes);
}

void english_free(struct english *english)
{
    free(english->bytes);
    free(english->starts);
}

/* Words ------------------------------------------------------------------------------------- */

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **words;
static size_t word_count;

static void add_words(void)
{
    size_t room = 0;

    for (size_t s = 0; s < prose.count; s += 2) {
        char *at = prose.bytes.data + prose.starts[s];
        while (*at) {
            size_t len = 0;
            while (at[len] >= 'a' && at[len] <= 'z')
                len++;
            if (len >= 5 && len <= 14) {
                if (word_count == room) {
                    room = room ? 2 * room : 1u << 16;
                    words = reallocarray(words, room, sizeof *words);
                }
                words[word_count++] = strndup(at, len);
            }
            at += len ? len : 1;
        }
    }
}

/* Sorted, each once, and only the rare. */
static void choose_words(void)
{
    size_t kept = 0;

    qsort(words, word_count, sizeof *words, compare_words);
    for (size_t i = 0, j; i < word_count; i = j) {
        for (j = i + 1; j < word_count && strcmp(words[i], words[j]) == 0; j++)
            free(words[j]);
        if (j - i >= RARE_LEAST && j - i <= RARE_MOST)
            words[kept++] = words[i];
        else
            free(words[i]);
    }
    word_count = kept;
}

const char *english_rare_word(void)
{
    static size_t at;

    load();
    if (!words) {
        add_words();
        choose_words();
    }
    at = (at + 7919) % word_count; /* a prime: all of them before one comes again */
    return words[at];
}

/* The sign that rules see in place of this one, if it is one sign as well. */
static uint32_t straight(uint32_t c)
{
    static const struct {
        uint32_t first, last, sign;
    } signs[] = {{0xa0, 0xa0, ' '},      {0x2000, 0x200a, ' '}, {0x2010, 0x2015, '-'},
                 {0x2018, 0x201b, '\''}, {0x201c, 0x201f, '"'}, {0x202f, 0x202f, ' '}};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (c >= signs[i].first && c <= signs[i].last)
            return signs[i].sign;
    return c;
}

void english_straighten(struct english *straightened, const struct english *english)
{
    struct ek_buf bytes;

    ek_buf_init(&bytes, 1u << 30);
    straightened->count = english->count;
    straightened->starts = calloc(english->count + 1, sizeof(size_t));
    for (size_t i = 0; i < english->count && straightened->starts; i++) {
        const char *at = english->bytes + english->starts[i], *end = at + english_len(english, i);
        while (at < end) {
            char sign[4];
            ek_buf_add(&bytes, sign, ek_utf8_put(sign, straight(ek_utf8_next(&at, end))));
        }
        ek_buf_addc(&bytes, '\0');
        straightened->starts[i + 1] = bytes.len;
    }
    take(straightened, &bytes);
}
