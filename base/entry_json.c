/* entry_json.c - one line of JSONL posts to a record. The first wrong field is named and ends the
 * reading of the line; fields that are not known are passed over, so that an export of a newer
 * version can still be read. See ekbom/record_codec.h. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "ekbom/text.h"

struct parse {
    struct ek_arena *arena;
    struct ek_err *err;
    bool failed;
};

static void refuse(struct parse *p, const char *field, const char *what)
{
    if (!p->failed)
        ek_fail(p->err, EK_FORMAT, "field '%s' %s", field, what);
    p->failed = true;
}

static const char *get_string(struct parse *p, const json_t *json, const char *field)
{
    json_t *value = json_object_get(json, field);
    if (!value || json_is_null(value))
        return NULL;
    if (!json_is_string(value)) {
        refuse(p, field, "must be a string");
        return NULL;
    }
    const char *text = ek_nfc(p->arena, json_string_value(value), json_string_length(value));
    if (!text)
        refuse(p, field, "needs more memory than there is");
    return text;
}

static const char *need_string(struct parse *p, const json_t *json, const char *field)
{
    const char *text = get_string(p, json, field);
    if (!text || !*text)
        refuse(p, field, "is missing or empty");
    return text ? text : "";
}

/* An id: a string, or (as many exports have it) a whole number. */
static const char *get_id(struct parse *p, const json_t *json, const char *field)
{
    json_t *value = json_object_get(json, field);
    const char *id = json_is_integer(value)
                         ? ek_printf(p->arena, "%lld", (long long)json_integer_value(value))
                         : get_string(p, json, field);
    if (id && strlen(id) > EK_MAX_ID_BYTES)
        refuse(p, field, "is longer than 255 bytes");
    return id;
}

static bool get_bool(struct parse *p, const json_t *json, const char *field)
{
    json_t *value = json_object_get(json, field);
    if (value && !json_is_null(value) && !json_is_boolean(value))
        refuse(p, field, "must be true or false");
    return json_is_true(value);
}

static ek_time get_time(struct parse *p, const json_t *json, const char *field,
                        enum ek_precision *precision)
{
    ek_time time = EK_TIME_UNKNOWN;
    const char *text = get_string(p, json, field);
    *precision = EK_PRECISION_UNKNOWN;
    if (text && ek_time_parse(text, &time, precision) != 0) {
        refuse(p, field, "is not a UTC time: write 2010-03-02T03:14:00Z or 2010-03-02");
        return EK_TIME_UNKNOWN;
    }
    return time;
}

static int get_enum(struct parse *p, const json_t *json, const char *field,
                    const char *const *names, int otherwise)
{
    const char *name = get_string(p, json, field);
    if (!name)
        return otherwise;
    int value = ek_name_index(names, name);
    if (value < 0)
        refuse(p, field, "has an unknown value");
    return value < 0 ? otherwise : value;
}

static const json_t *get_array(struct parse *p, const json_t *json, const char *field,
                               size_t *count)
{
    json_t *value = json_object_get(json, field);
    *count = 0;
    if (!value || json_is_null(value))
        return NULL;
    if (!json_is_array(value)) {
        refuse(p, field, "must be a list");
        return NULL;
    }
    *count = json_array_size(value);
    return value;
}

static void get_quotes(struct parse *p, const json_t *json, struct ek_post *post)
{
    const json_t *array = get_array(p, json, "quotes", &post->quote_count);
    post->quotes = EK_NEW_ARRAY(p->arena, struct ek_quote, post->quote_count);
    if (!post->quotes)
        refuse(p, "quotes", "needs more memory than there is");
    for (size_t i = 0; i < post->quote_count && !p->failed; i++) {
        const json_t *item = json_array_get(array, i);
        struct ek_quote *quote = &post->quotes[i];
        json_t *depth = json_object_get(item, "depth");
        quote->author = get_string(p, item, "author");
        quote->post_id = get_id(p, item, "post_id");
        quote->inferred = get_bool(p, item, "inferred");
        quote->depth = json_is_integer(depth) && json_integer_value(depth) > 0 &&
                               json_integer_value(depth) <= EK_MAX_QUOTE_DEPTH
                           ? (unsigned)json_integer_value(depth)
                           : 1;
        quote->text = get_string(p, item, "text");
        if (!quote->text)
            refuse(p, "quotes.text", "is missing");
    }
}

static void get_links(struct parse *p, const json_t *json, struct ek_post *post)
{
    const json_t *array = get_array(p, json, "links", &post->link_count);
    post->links = EK_NEW_ARRAY(p->arena, struct ek_link, post->link_count);
    if (!post->links)
        refuse(p, "links", "needs more memory than there is");
    for (size_t i = 0; i < post->link_count && !p->failed; i++) {
        const json_t *item = json_array_get(array, i);
        struct ek_link *link = &post->links[i];
        link->kind =
            (enum ek_link_kind)get_enum(p, item, "kind", ek_link_kind_names, EK_LINK_EXTERNAL);
        link->id = get_id(p, item, "id");
        link->url = get_string(p, item, "url");
        link->last_post_time = EK_TIME_UNKNOWN;
        link->replies = -1;
    }
}

static void get_edit_note(struct parse *p, const json_t *json, struct ek_post *post)
{
    json_t *note = json_object_get(json, "edited");
    if (!json_is_object(note)) {
        if (note && !json_is_null(note))
            refuse(p, "edited", "must be an object or null");
        return;
    }
    post->edited = true;
    post->edit_count = (long)json_integer_value(json_object_get(note, "count"));
    post->edit_time_text = get_string(p, note, "time_text");
}

static const char *lower_tag(struct parse *p, const char *tag)
{
    char *copy = ek_strdup(p->arena, tag);
    for (char *c = copy; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c += 'a' - 'A';
    return copy;
}

/* A forum is named by its base address, which ends in a slash. */
static const char *get_forum(struct parse *p, const json_t *json)
{
    const char *forum = need_string(p, json, "forum");
    size_t len = strlen(forum);
    if (len > EK_MAX_URL_BYTES)
        refuse(p, "forum", "is longer than 4096 bytes");
    return len && forum[len - 1] != '/' ? ek_printf(p->arena, "%s/", forum) : forum;
}

int ek_entry_from_json(const json_t *json, struct ek_arena *arena, struct ek_entry *entry,
                       struct ek_err *err)
{
    struct parse p = {.arena = arena, .err = err};
    enum ek_precision seen;
    *entry = (struct ek_entry){0};
    struct ek_post *post = &entry->post;
    if (!json_is_object(json))
        return ek_fail(err, EK_FORMAT, "not a JSON object");
    post->id = get_id(&p, json, "id");
    if (!post->id || !*post->id)
        refuse(&p, "id", "is missing or empty");
    entry->forum = get_forum(&p, json);
    entry->thread_id = get_id(&p, json, "thread_id");
    if (!entry->thread_id || !*entry->thread_id)
        refuse(&p, "thread_id", "is missing or empty");
    post->author = get_string(&p, json, "author");
    post->author_id = get_id(&p, json, "author_id");
    post->guest = get_bool(&p, json, "guest");
    post->time = get_time(&p, json, "time", &post->precision);
    post->time_source = (enum ek_time_source)get_enum(
        &p, json, "time_source", ek_time_source_names,
        post->time == EK_TIME_UNKNOWN ? EK_SOURCE_NONE : EK_SOURCE_ATTRIBUTE);
    /* "second" is how minutes are written as well: the field says which it is. */
    enum ek_precision said = (enum ek_precision)get_enum(&p, json, "time_precision",
                                                         ek_precision_names, (int)post->precision);
    if (said != EK_PRECISION_UNKNOWN && said < post->precision)
        post->precision = said;
    post->time_text = get_string(&p, json, "time_text");
    post->subject = get_string(&p, json, "subject");
    post->text = get_string(&p, json, "text");
    if (!post->text)
        refuse(&p, "text", "is missing");
    if (post->text && strlen(post->text) > EK_MAX_TEXT_BYTES)
        refuse(&p, "text", "is longer than 16 MiB");
    get_quotes(&p, json, post);
    get_links(&p, json, post);
    get_edit_note(&p, json, post);
    entry->thread_title = get_string(&p, json, "thread_title");
    entry->board_id = get_id(&p, json, "board_id");
    entry->board_title = get_string(&p, json, "board_title");
    entry->url = get_string(&p, json, "url");
    entry->language = lower_tag(&p, get_string(&p, json, "language"));
    entry->state = (enum ek_state)get_enum(&p, json, "state", ek_state_names, EK_LIVE);
    entry->first_seen = get_time(&p, json, "first_seen", &seen);
    entry->last_seen = get_time(&p, json, "last_seen", &seen);
    entry->revisions = 1;
    return p.failed ? -1 : 0;
}
