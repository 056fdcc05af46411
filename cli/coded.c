/* coded.c - see coded.h. */
#include "coded.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ekbom/limits.h"
#include "ekbom/lines.h"

struct reading {
    struct cli *cli;
    struct ek_store *store;
    const struct ek_selection *selection;
    struct coded *coded;
    size_t room;
};

/* Reading ----------------------------------------------------------------------------------- */

static bool stance_wanted(const struct ek_selection *selection, const char *stance)
{
    if (!selection->stances)
        return true;
    for (int i = 0; stance && i < EK_STANCES; i++)
        if (strcmp(ek_stance_names[i], stance) == 0)
            return selection->stances >> i & 1;
    return false;
}

static int take_labels(struct reading *r, const json_t *labels, struct coded_post *post)
{
    size_t count = json_array_size(labels);
    post->codes = EK_NEW_ARRAY(r->cli->arena, const char *, count + 1);
    for (size_t i = 0; post->codes && i < count; i++) {
        const json_t *label = json_array_get(labels, i);
        const char *theory = json_string_value(json_object_get(label, "theory"));
        const char *stance = json_string_value(json_object_get(label, "stance"));
        if (!theory || !stance_wanted(r->selection, stance))
            continue;
        const char *copy = ek_strdup(r->cli->arena, theory);
        if (!copy)
            return -1;
        post->codes[post->code_count++] = copy;
    }
    return post->codes ? 0 : -1;
}

static struct coded_post *new_post(struct reading *r)
{
    struct coded *coded = r->coded;
    if (coded->count == r->room) {
        size_t room = r->room ? 2 * r->room : 256;
        struct coded_post *posts = EK_NEW_ARRAY(r->cli->arena, struct coded_post, room);
        if (!posts)
            return NULL;
        if (coded->count)
            memcpy(posts, coded->posts, coded->count * sizeof *posts);
        coded->posts = posts;
        r->room = room;
    }
    return &coded->posts[coded->count];
}

/* The store's number of a post that the file names. 1, 0: none, -1. */
static int find_post(struct reading *r, const json_t *object, uint64_t *number, struct ek_err *err)
{
    const json_t *id = json_object_get(object, "id");
    const char *forum = json_string_value(json_object_get(object, "forum"));
    const char *own = json_string_value(id);
    if (json_is_integer(id))
        own = ek_printf(r->cli->arena, "%lld", (long long)json_integer_value(id));
    if (!own)
        return ek_fail(err, EK_FORMAT, "field 'id' is missing");
    const char *name = forum ? ek_printf(r->cli->arena, "%s#%s", forum, own) : own;
    uint64_t *numbers;
    size_t count;
    if (!name || ek_store_find_post(r->store, name, r->cli->arena, &numbers, &count, err) != 0)
        return name ? -1 : ek_fail_memory(err);
    if (count > 1)
        return ek_fail(err, EK_USAGE, "post %s is in several forums: give a field 'forum'", own);
    if (count)
        *number = numbers[0];
    return count == 1;
}

static int take_line(struct reading *r, const json_t *object, struct ek_err *err)
{
    struct coded_post *post = new_post(r);
    if (!post)
        return ek_fail_memory(err);
    if (r->coded->count >= EK_MAX_CODED_POSTS)
        return ek_fail(err, EK_LIMIT, "more than %u coded posts", EK_MAX_CODED_POSTS);
    *post = (struct coded_post){.weight = json_number_value(json_object_get(object, "weight"))};
    if (!json_is_array(json_object_get(object, "labels")))
        return ek_fail(err, EK_FORMAT, "field 'labels' is missing");
    int found = find_post(r, object, &post->number, err);
    if (found < 0)
        return -1;
    if (take_labels(r, json_object_get(object, "labels"), post))
        return ek_fail_memory(err);
    r->coded->count += found == 1;
    r->coded->unknown += found == 0;
    return 0;
}

static int read_lines(struct reading *r, struct ek_lines *lines, struct ek_err *err)
{
    char *line;
    size_t len;
    bool too_long;
    int more;
    while ((more = ek_lines_next(lines, &line, &len, &too_long, err)) == 1) {
        json_error_t error;
        if (len == 0)
            continue;
        json_t *object = too_long ? NULL : json_loadb(line, len, 0, &error);
        int result = json_is_object(object)
                         ? take_line(r, object, err)
                         : ek_fail(err, EK_FORMAT, "%s", too_long ? "too long" : "not JSON");
        json_decref(object);
        if (result != 0)
            return ek_fail_in(err, "line %llu", (unsigned long long)ek_lines_number(lines));
    }
    return more;
}

static int by_number(const void *left, const void *right)
{
    const struct coded_post *a = left, *b = right;
    return a->number < b->number ? -1 : a->number > b->number;
}

static int check(const struct coded *coded, const char *path)
{
    for (size_t i = 1; i < coded->count; i++)
        if (coded->posts[i].number == coded->posts[i - 1].number)
            return wrong_use("--validated %s: a post stands there twice", path);
    if (coded->count == 0)
        return wrong_use("--validated %s: none of its posts is in this store", path);
    for (size_t i = 0; i < coded->count; i++)
        if (!(coded->posts[i].weight > 0))
            return wrong_use("--validated %s: %s", path, ek_refusal_words[EK_REFUSED_NO_WEIGHTS]);
    return 0;
}

int coded_read(struct cli *cli, struct ek_store *store, const struct ek_selection *selection,
               const char *path, struct coded *coded)
{
    struct reading reading = {cli, store, selection, coded, 0};
    struct ek_err err;
    *coded = (struct coded){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        ek_fail_errno(&err, "--validated %s", path);
        return fail_with(&err);
    }
    struct ek_lines *lines = ek_lines_new(fd, EK_MAX_LINE_BYTES);
    int failed = lines ? read_lines(&reading, lines, &err) : ek_fail_memory(&err);
    ek_lines_free(lines);
    close(fd);
    if (failed) {
        ek_fail_in(&err, "--validated %s", path);
        return fail_with(&err);
    }
    if (coded->count)
        qsort(coded->posts, coded->count, sizeof *coded->posts, by_number);
    return check(coded, path);
}

/* Matching ---------------------------------------------------------------------------------- */

void coded_place(struct coded *coded, const struct ek_panel_rows *rows)
{
    coded->outside = coded->count;
    for (size_t i = 0; i < rows->posts.count; i++) {
        const struct coded_post key = {.number = rows->number[i]};
        struct coded_post *post =
            bsearch(&key, coded->posts, coded->count, sizeof *coded->posts, by_number);
        if (!post)
            continue;
        post->place = (uint32_t)i;
        post->in_panel = true;
        coded->outside--;
    }
}

static bool is_coded(const struct coded_post *post, const char *theory)
{
    size_t len = strlen(theory);
    bool any = strcmp(theory, "any") == 0;
    for (size_t i = 0; i < post->code_count; i++) {
        const char *code = post->codes[i];
        if (any || (strncmp(code, theory, len) == 0 && (code[len] == 0 || code[len] == '/')))
            return true;
    }
    return false;
}

static int by_place(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

struct ek_coded_post *coded_sample(const struct coded *coded, const struct ek_panel_posts *posts,
                                   const char *theory, const struct ek_tagged *tagged,
                                   struct ek_arena *arena, size_t *count)
{
    struct ek_coded_post *sample = EK_NEW_ARRAY(arena, struct ek_coded_post, coded->count + 1);
    uint32_t *sorted = EK_NEW_ARRAY(arena, uint32_t, tagged->count + 1);
    *count = 0;
    if (!sample || !sorted)
        return NULL;
    if (tagged->count) {
        memcpy(sorted, tagged->posts, tagged->count * sizeof *sorted);
        qsort(sorted, tagged->count, sizeof *sorted, by_place);
    }
    for (size_t i = 0; i < coded->count; i++) {
        const struct coded_post *post = &coded->posts[i];
        if (!post->in_panel)
            continue;
        sample[(*count)++] = (struct ek_coded_post){
            .period = posts->bucket[post->place],
            .tagged = bsearch(&post->place, sorted, tagged->count, sizeof *sorted, by_place),
            .coded = is_coded(post, theory),
            .weight = post->weight};
    }
    return sample;
}
