/* columns.c - one table of fields for each table of an export.
 *
 * A column is a name, a type, the tiers that show it, and a getter; everything else about a format
 * follows from these. The tiers are decided here and nowhere else, column by column: a new column
 * is in no tier until somebody puts it there.
 *
 * The open tier gives the date of a post and not its time. Boards are public: a post's second, and
 * on most days its minute, leads to it and with it to its author's name. A date, a keyed thread and
 * a keyed author are what counting by period, thread and author needs. The reviewer's tier adds
 * what a tag is checked by: the words it rests on, their places, and where the post stands (forum,
 * ids, address). It gives no names, titles or whole texts; whoever has it can look them up. */
#include "store/export/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/error.h"
#include "ekbom/store.h"

#define INTERNAL (1u << EK_TIER_INTERNAL)
#define CHECKED (1u << EK_TIER_REVIEW | INTERNAL)
#define KEYED (1u << EK_TIER_OPEN | 1u << EK_TIER_REVIEW)
#define ALL (KEYED | INTERNAL)

static json_t *text(const char *value)
{
    return value ? json_string(value) : json_null();
}

/* A list to which something could not be added is none. */
static json_t *whole(json_t *list, int bad)
{
    if (!bad)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *moment(ek_time time, enum ek_precision precision)
{
    char out[EK_TIME_TEXT];
    if (time == EK_TIME_UNKNOWN)
        return json_null();
    ek_time_format(time, precision, out);
    return *out ? json_string(out) : json_null();
}

static json_t *key(const struct ek_row *row, const char *kind, const char *forum, const char *id)
{
    char out[EK_EXPORT_KEY_TEXT];
    if (!forum || !id)
        return json_null();
    if (row->config->pseudonym(row->config->context, kind, forum, id, out, row->err) < 0)
        return NULL;
    return json_string(out);
}

/* Fields that the JSON form of a post has under the same name. */
static json_t *get_same(const struct ek_row *row, const char *name)
{
    json_t *value = json_object_get(row->object, name);
    return value ? json_incref(value) : json_null();
}

static json_t *get_theories(const struct ek_row *row, const char *name)
{
    (void)name;
    if (!row->tags)
        return json_null();
    json_t *codes = json_array();
    int bad = 0;
    for (size_t i = 0; i < row->tags->theory_count; i++)
        bad |= json_array_append_new(codes, json_string(row->tags->theories[i].code));
    return whole(codes, bad);
}

static json_t *get_assessable(const struct ek_row *row, const char *name)
{
    (void)name;
    return row->tags ? json_boolean(row->tags->assessable) : json_null();
}

static json_t *get_ruleset(const struct ek_row *row, const char *name)
{
    (void)name;
    return text(row->config->ruleset);
}

static json_t *get_post_key(const struct ek_row *row, const char *name)
{
    (void)name;
    return key(row, "post", row->entry->forum, row->entry->post.id);
}

static json_t *get_thread_key(const struct ek_row *row, const char *name)
{
    (void)name;
    return row->thread ? key(row, "thread", row->thread->forum, row->thread->id)
                       : key(row, "thread", row->entry->forum, row->entry->thread_id);
}

static json_t *get_author_key(const struct ek_row *row, const char *name)
{
    const struct ek_post *post = &row->entry->post;
    char *id = NULL;
    (void)name;
    if (post->author_id || !post->author)
        return key(row, "author", row->entry->forum, post->author_id);
    if (asprintf(&id, "%s:%s", post->guest ? "guest" : "name", post->author) < 0)
        return NULL;
    json_t *value = key(row, "author", row->entry->forum, id);
    free(id);
    return value;
}

static json_t *get_date(const struct ek_row *row, const char *name)
{
    (void)name;
    return moment(row->entry->post.time, EK_PRECISION_DAY);
}

/* Where a row of quotes, tags or links comes from, in the words of the posts table. */
static json_t *get_origin(const struct ek_row *row, const char *name)
{
    const struct ek_entry *entry = row->entry;
    const struct {
        const char *name, *value;
    } fields[] = {{"forum", entry->forum},
                  {"thread_id", entry->thread_id},
                  {"id", entry->post.id},
                  {"author", entry->post.author},
                  {"author_id", entry->post.author_id},
                  {"language", entry->language},
                  {"state", ek_state_names[entry->state]},
                  {"time_precision", ek_precision_names[entry->post.precision]}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, name) == 0)
            return text(fields[i].value);
    return moment(entry->post.time, entry->post.precision);
}

static json_t *get_position(const struct ek_row *row, const char *name)
{
    (void)name;
    return json_integer((json_int_t)row->position);
}

static json_t *get_quote(const struct ek_row *row, const char *name)
{
    const struct ek_quote *quote = row->quote;
    if (strcmp(name, "inferred") == 0)
        return json_boolean(quote->inferred);
    if (strcmp(name, "depth") == 0)
        return json_integer((json_int_t)quote->depth);
    if (strcmp(name, "quoted_author") == 0)
        return text(quote->author);
    return text(strcmp(name, "post_id") == 0 ? quote->post_id : quote->text);
}

static json_t *get_quoted_key(const struct ek_row *row, const char *name)
{
    (void)name;
    return key(row, "post", row->entry->forum, row->quote->post_id);
}

static json_t *get_link(const struct ek_row *row, const char *name)
{
    const struct ek_link *link = row->link;
    if (strcmp(name, "kind") == 0)
        return text(ek_link_kind_names[link->kind]);
    return text(strcmp(name, "url") == 0 ? link->url : link->id);
}

static json_t *get_linked_key(const struct ek_row *row, const char *name)
{
    (void)name;
    if (row->link->kind == EK_LINK_POST)
        return key(row, "post", row->entry->forum, row->link->id);
    if (row->link->kind == EK_LINK_THREAD)
        return key(row, "thread", row->entry->forum, row->link->id);
    return json_null();
}

static json_t *get_code(const struct ek_row *row, const char *name)
{
    return row->treatment == (strcmp(name, "treatment") == 0) ? text(row->tag->code) : json_null();
}

/* What only a theory's tag has. */
static json_t *get_tag(const struct ek_row *row, const char *name)
{
    const struct ek_tag *tag = row->tag;
    if (strcmp(name, "weight") == 0)
        return json_real(tag->weight);
    if (row->treatment)
        return json_null();
    if (strcmp(name, "stance") == 0)
        return text(ek_stance_names[tag->stance]);
    if (strcmp(name, "target") == 0)
        return text(tag->cramps ? "cramps" : "rls");
    return json_boolean(strcmp(name, "hedged") == 0 ? tag->hedged : tag->experience);
}

static json_t *get_tag_undetermined(const struct ek_row *row, const char *name)
{
    bool undetermined = false;
    (void)name;
    for (size_t i = 0; i < row->tags->undetermined_count; i++)
        if (strcmp(row->tags->undetermined[i].code, row->tag->code) == 0)
            undetermined = true;
    return json_boolean(undetermined);
}

static json_t *get_hits(const struct ek_row *row, const char *name)
{
    json_t *hits = json_array();
    int bad = 0;
    (void)name;
    for (size_t i = 0; i < row->tag->hit_count; i++) {
        const struct ek_hit *hit = &row->tag->hits[i];
        json_t *json = json_pack("{s:I, s:I, s:s, s:s}", "start", (json_int_t)hit->start, "end",
                                 (json_int_t)hit->end, "text", hit->text, "rule", hit->rule);
        if (hit->cue)
            bad |= json_object_set_new(json, "cue", json_string(hit->cue));
        bad |= json_array_append_new(hits, json);
    }
    return whole(hits, bad);
}

static json_t *get_thread(const struct ek_row *row, const char *name)
{
    const struct ek_thread *thread = row->thread;
    const struct {
        const char *name, *value;
    } fields[] = {{"forum", thread->forum},
                  {"thread_id", thread->id},
                  {"thread_title", thread->title},
                  {"board_id", thread->board_id},
                  {"board_title", thread->board_title},
                  {"url", thread->url}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, name) == 0)
            return text(fields[i].value);
    return json_integer((json_int_t)thread->posts);
}

static json_t *get_thread_time(const struct ek_row *row, const char *name)
{
    bool first = strncmp(name, "first", 5) == 0, date = strstr(name, "date") != NULL;
    return moment(first ? row->thread->first_post : row->thread->last_post,
                  date ? EK_PRECISION_DAY : EK_PRECISION_SECOND);
}

static json_t *get_thread_flag(const struct ek_row *row, const char *name)
{
    static const struct {
        const char *name;
        unsigned bit;
    } flags[] = {{"sticky", EK_THREAD_STICKY},
                 {"announcement", EK_THREAD_ANNOUNCEMENT},
                 {"global", EK_THREAD_GLOBAL},
                 {"locked", EK_THREAD_LOCKED},
                 {"moved", EK_THREAD_MOVED}};
    size_t i = 0;
    while (strcmp(flags[i].name, name) != 0)
        i++;
    return json_boolean(row->thread->flags & flags[i].bit);
}

static const struct ek_column posts[] = {
    {{"post_key", "key", KEYED}, get_post_key},
    {{"thread_key", "key", KEYED}, get_thread_key},
    {{"author_key", "key", KEYED}, get_author_key},
    {{"date", "date", KEYED}, get_date},
    {{"id", "id", CHECKED}, get_same},
    {{"author", "text", INTERNAL}, get_same},
    {{"author_id", "id", INTERNAL}, get_same},
    {{"guest", "yes/no", INTERNAL}, get_same},
    {{"time", "time", INTERNAL}, get_same},
    {{"time_precision", "text", INTERNAL}, get_same},
    {{"time_text", "text", INTERNAL}, get_same},
    {{"time_source", "text", INTERNAL}, get_same},
    {{"subject", "text", INTERNAL}, get_same},
    {{"text", "text", INTERNAL}, get_same},
    {{"quotes", "json", INTERNAL}, get_same},
    {{"links", "json", INTERNAL}, get_same},
    {{"edited", "json", INTERNAL}, get_same},
    {{"forum", "text", CHECKED}, get_same},
    {{"thread_id", "id", CHECKED}, get_same},
    {{"thread_title", "text", INTERNAL}, get_same},
    {{"board_id", "id", INTERNAL}, get_same},
    {{"url", "text", CHECKED}, get_same},
    {{"state", "text", ALL}, get_same},
    {{"language", "text", ALL}, get_same},
    {{"first_seen", "time", INTERNAL}, get_same},
    {{"last_seen", "time", INTERNAL}, get_same},
    {{"theories", "list", ALL}, get_theories},
    {{"tags", "json", ALL}, get_same},
    {{"treatments", "list", ALL}, get_same},
    {{"treatment_hits", "json", CHECKED}, get_same},
    {{"quoted_only", "list", ALL}, get_same},
    {{"undetermined", "json", ALL}, get_same},
    {{"assessable", "yes/no", ALL}, get_assessable},
    {{"board_title", "text", INTERNAL}, get_same},
    {{"ruleset", "text", ALL}, get_ruleset},
};

static const struct ek_column quotes[] = {
    {{"post_key", "key", KEYED}, get_post_key},
    {{"thread_key", "key", KEYED}, get_thread_key},
    {{"author_key", "key", KEYED}, get_author_key},
    {{"date", "date", KEYED}, get_date},
    {{"forum", "text", CHECKED}, get_origin},
    {{"thread_id", "id", CHECKED}, get_origin},
    {{"id", "id", CHECKED}, get_origin},
    {{"author", "text", INTERNAL}, get_origin},
    {{"author_id", "id", INTERNAL}, get_origin},
    {{"position", "integer", ALL}, get_position},
    {{"quoted_author", "text", INTERNAL}, get_quote},
    {{"post_id", "id", CHECKED}, get_quote},
    {{"quoted_post_key", "key", KEYED}, get_quoted_key},
    {{"inferred", "yes/no", ALL}, get_quote},
    {{"depth", "integer", ALL}, get_quote},
    {{"text", "text", INTERNAL}, get_quote},
    {{"ruleset", "text", ALL}, get_ruleset},
};

static const struct ek_column threads[] = {
    {{"thread_key", "key", KEYED}, get_thread_key},
    {{"forum", "text", CHECKED}, get_thread},
    {{"thread_id", "id", CHECKED}, get_thread},
    {{"thread_title", "text", INTERNAL}, get_thread},
    {{"board_id", "id", INTERNAL}, get_thread},
    {{"board_title", "text", INTERNAL}, get_thread},
    {{"url", "text", CHECKED}, get_thread},
    {{"posts", "integer", ALL}, get_thread},
    {{"first_post", "time", INTERNAL}, get_thread_time},
    {{"last_post", "time", INTERNAL}, get_thread_time},
    {{"first_date", "date", KEYED}, get_thread_time},
    {{"last_date", "date", KEYED}, get_thread_time},
    {{"sticky", "yes/no", ALL}, get_thread_flag},
    {{"announcement", "yes/no", ALL}, get_thread_flag},
    {{"global", "yes/no", ALL}, get_thread_flag},
    {{"locked", "yes/no", ALL}, get_thread_flag},
    {{"moved", "yes/no", ALL}, get_thread_flag},
    {{"ruleset", "text", ALL}, get_ruleset},
};

static const struct ek_column tags[] = {
    {{"post_key", "key", KEYED}, get_post_key},
    {{"thread_key", "key", KEYED}, get_thread_key},
    {{"author_key", "key", KEYED}, get_author_key},
    {{"date", "date", KEYED}, get_date},
    {{"forum", "text", CHECKED}, get_origin},
    {{"thread_id", "id", CHECKED}, get_origin},
    {{"id", "id", CHECKED}, get_origin},
    {{"author", "text", INTERNAL}, get_origin},
    {{"author_id", "id", INTERNAL}, get_origin},
    {{"time", "time", INTERNAL}, get_origin},
    {{"time_precision", "text", INTERNAL}, get_origin},
    {{"state", "text", ALL}, get_origin},
    {{"language", "text", ALL}, get_origin},
    {{"theory", "text", ALL}, get_code},
    {{"treatment", "text", ALL}, get_code},
    {{"stance", "text", ALL}, get_tag},
    {{"hedged", "yes/no", ALL}, get_tag},
    {{"experience", "yes/no", ALL}, get_tag},
    {{"target", "text", ALL}, get_tag},
    {{"weight", "number", ALL}, get_tag},
    {{"undetermined", "yes/no", ALL}, get_tag_undetermined},
    {{"hits", "json", CHECKED}, get_hits},
    {{"ruleset", "text", ALL}, get_ruleset},
};

static const struct ek_column links[] = {
    {{"post_key", "key", KEYED}, get_post_key},
    {{"thread_key", "key", KEYED}, get_thread_key},
    {{"author_key", "key", KEYED}, get_author_key},
    {{"date", "date", KEYED}, get_date},
    {{"forum", "text", CHECKED}, get_origin},
    {{"thread_id", "id", CHECKED}, get_origin},
    {{"id", "id", CHECKED}, get_origin},
    {{"position", "integer", ALL}, get_position},
    {{"kind", "text", ALL}, get_link},
    {{"link_id", "id", INTERNAL}, get_link},
    {{"linked_key", "key", KEYED}, get_linked_key},
    {{"url", "text", INTERNAL}, get_link},
    {{"ruleset", "text", ALL}, get_ruleset},
};

#define TABLE(array)                                                                               \
    {                                                                                              \
#array, array, sizeof array / sizeof *array                                                \
    }

const struct ek_table ek_tables[] = {TABLE(posts), TABLE(quotes), TABLE(threads),
                                     TABLE(tags),  TABLE(links),  {NULL, NULL, 0}};
const char *const ek_export_table_names[] = {"posts", "quotes", "threads", "tags", "links", NULL};

_Static_assert(sizeof posts / sizeof *posts <= EK_MAX_COLUMNS, "the widest table");
