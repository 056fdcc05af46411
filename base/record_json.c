/* record_json.c - records as JSON, field names and order to the letter of the command line
 * contract. See ekbom/record_codec.h. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "ekbom/text.h"

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *time_or_null(ek_time time, enum ek_precision precision)
{
    char text[EK_TIME_TEXT];
    ek_time_format(time, precision, text);
    return *text ? json_string(text) : json_null();
}

/* Add to a list; a list that lost something for want of memory is no list: NULL. */
static void append(json_t **array, json_t *item)
{
    if (*array && json_array_append_new(*array, item) != 0) {
        json_decref(*array);
        *array = NULL;
    } else if (!*array) {
        json_decref(item);
    }
}

static json_t *quotes_to_json(const struct ek_quote *quotes, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        append(&array,
               json_pack("{s:o, s:o, s:b, s:i, s:s}", "author", text_or_null(quotes[i].author),
                         "post_id", text_or_null(quotes[i].post_id), "inferred", quotes[i].inferred,
                         "depth", (int)quotes[i].depth, "text", quotes[i].text));
    return array;
}

static json_t *links_to_json(const struct ek_link *links, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        append(&array, json_pack("{s:s, s:o, s:o}", "kind", ek_link_kind_names[links[i].kind], "id",
                                 text_or_null(links[i].id), "url", text_or_null(links[i].url)));
    return array;
}

static json_t *edited_to_json(const struct ek_post *post)
{
    if (!post->edited)
        return json_null();
    return json_pack("{s:I, s:o}", "count", (json_int_t)post->edit_count, "time_text",
                     text_or_null(post->edit_time_text));
}

json_t *ek_post_to_json(const struct ek_post *post)
{
    return json_pack(
        "{s:s, s:o, s:o, s:b, s:o, s:s, s:o, s:s, s:o, s:s, s:o, s:o, s:o}", "id", post->id,
        "author", text_or_null(post->author), "author_id", text_or_null(post->author_id), "guest",
        post->guest, "time", time_or_null(post->time, post->precision), "time_precision",
        ek_precision_names[post->precision], "time_text", text_or_null(post->time_text),
        "time_source", ek_time_source_names[post->time_source], "subject",
        text_or_null(post->subject), "text", post->text, "quotes",
        quotes_to_json(post->quotes, post->quote_count), "links",
        links_to_json(post->links, post->link_count), "edited", edited_to_json(post));
}

static json_t *listing_to_json(const struct ek_link *link)
{
    json_t *json =
        json_pack("{s:s, s:o, s:o, s:o, s:o}", "kind", ek_link_kind_names[link->kind], "id",
                  text_or_null(link->id), "title", text_or_null(link->title), "url",
                  text_or_null(link->url), "last_post_id", text_or_null(link->last_post_id));
    static const struct {
        unsigned bit;
        const char *name;
    } flags[] = {{EK_THREAD_STICKY, "sticky"},
                 {EK_THREAD_ANNOUNCEMENT, "announcement"},
                 {EK_THREAD_GLOBAL, "global"},
                 {EK_THREAD_LOCKED, "locked"},
                 {EK_THREAD_MOVED, "moved"}};
    json_object_set_new(json, "last_post_time",
                        time_or_null(link->last_post_time, EK_PRECISION_SECOND));
    if (link->replies >= 0)
        json_object_set_new(json, "replies", json_integer(link->replies));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (link->flags & flags[i].bit)
            json_object_set_new(json, flags[i].name, json_true());
    return json;
}

json_t *ek_page_to_json(const struct ek_page *page)
{
    json_t *posts = json_array(), *links = json_array();
    for (size_t i = 0; i < page->post_count; i++)
        append(&posts, ek_post_to_json(&page->posts[i]));
    for (size_t i = 0; i < page->link_count; i++)
        append(&links, listing_to_json(&page->links[i]));
    json_t *thread = json_null();
    if (page->kind == EK_PAGE_THREAD)
        thread = json_pack("{s:o, s:o, s:o, s:o}", "id", text_or_null(page->thread_id), "title",
                           text_or_null(page->thread_title), "board", text_or_null(page->board_id),
                           "url", text_or_null(page->thread_url));
    json_t *json = json_pack(
        "{s:i, s:s, s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema_version",
        1, "kind", ek_page_kind_names[page->kind], "software", page->software, "software_version",
        text_or_null(page->software_version), "language", text_or_null(page->language), "layer",
        text_or_null(page->layer), "partial", page->partial, "reason", text_or_null(page->reason),
        "forum", text_or_null(page->forum), "zone", text_or_null(page->zone), "thread", thread,
        "posts", posts, "next", text_or_null(page->next), "links", links);
    return json;
}

json_t *ek_entry_to_json(const struct ek_entry *entry)
{
    json_t *json = ek_post_to_json(&entry->post);
    json_t *place =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "forum",
                  text_or_null(entry->forum), "thread_id", text_or_null(entry->thread_id),
                  "thread_title", text_or_null(entry->thread_title), "board_id",
                  text_or_null(entry->board_id), "url", text_or_null(entry->url), "state",
                  ek_state_names[entry->state], "language", text_or_null(entry->language),
                  "first_seen", time_or_null(entry->first_seen, EK_PRECISION_SECOND), "last_seen",
                  time_or_null(entry->last_seen, EK_PRECISION_SECOND));
    if (!json || !place || json_object_update(json, place) != 0) {
        json_decref(json);
        json = NULL;
    }
    json_decref(place);
    return json;
}

static json_t *hits_to_json(const struct ek_tag *tag)
{
    json_t *array = json_array();
    for (size_t i = 0; i < tag->hit_count; i++) {
        const struct ek_hit *hit = &tag->hits[i];
        json_t *json = json_pack("{s:I, s:I, s:s, s:s}", "start", (json_int_t)hit->start, "end",
                                 (json_int_t)hit->end, "text", hit->text, "rule", hit->rule);
        if (json && hit->cue)
            json_object_set_new(json, "cue", json_string(hit->cue));
        append(&array, json);
    }
    return array;
}

int ek_tags_add_json(json_t *object, const struct ek_tags *tags, bool with_hits)
{
    json_t *theories = json_array(), *treatments = json_array(), *treatment_hits = json_object();
    json_t *quoted = json_array(), *undetermined = json_array();
    int bad = 0;
    for (size_t i = 0; i < tags->theory_count; i++) {
        const struct ek_tag *tag = &tags->theories[i];
        json_t *json = json_pack("{s:s, s:s, s:b, s:b, s:s, s:f}", "theory", tag->code, "stance",
                                 ek_stance_names[tag->stance], "hedged", tag->hedged, "experience",
                                 tag->experience, "target", tag->cramps ? "cramps" : "rls",
                                 "weight", tag->weight);
        if (with_hits)
            bad |= json_object_set_new(json, "hits", hits_to_json(tag));
        bad |= json_array_append_new(theories, json);
    }
    for (size_t i = 0; i < tags->treatment_count; i++) {
        const struct ek_tag *tag = &tags->treatments[i];
        bad |= json_array_append_new(treatments, json_string(tag->code));
        bad |= json_object_set_new(treatment_hits, tag->code, hits_to_json(tag));
    }
    for (size_t i = 0; i < tags->quoted_count; i++)
        bad |= json_array_append_new(quoted, json_string(tags->quoted_only[i]));
    for (size_t i = 0; i < tags->undetermined_count; i++)
        bad |= json_array_append_new(undetermined, json_pack("{s:s, s:s, s:s}", "code",
                                                             tags->undetermined[i].code, "rule",
                                                             tags->undetermined[i].rule, "reason",
                                                             tags->undetermined[i].reason));
    bad |= json_object_set_new(object, "tags", theories);
    bad |= json_object_set_new(object, "treatments", treatments);
    if (with_hits)
        bad |= json_object_set_new(object, "treatment_hits", treatment_hits);
    else
        json_decref(treatment_hits);
    bad |= json_object_set_new(object, "quoted_only", quoted);
    bad |= json_object_set_new(object, "undetermined", undetermined);
    return bad ? -1 : 0;
}
