/* status_sources.c - see status_sources.h. The store's frontier says what is known of a source; a
 * running service is asked over its control socket for what only it knows. */
#include "status_sources.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/control.h"
#include "ekbom/frontier.h"
#include "output.h"

struct counting {
    struct ek_store *store;
    json_t *sources;
    long known, waiting, closed;
};

static int count(void *context, const struct ek_frontier *entry, struct ek_err *err)
{
    struct counting *c = context;
    (void)err;
    c->known++;
    c->closed += entry->closed != NULL;
    c->waiting += !entry->closed && (ek_frontier_has_news(entry) || entry->next_page);
    return 0;
}

static json_t *counts_json(struct counting *c, const char *source, enum ek_frontier_kind kind,
                           struct ek_err *err)
{
    c->known = c->waiting = c->closed = 0;
    if (ek_frontier_each(c->store, source, kind, count, c, err) != 0)
        return NULL;
    return json_pack("{s:I, s:I, s:I}", "known", (json_int_t)c->known, "waiting",
                     (json_int_t)c->waiting, "closed", (json_int_t)c->closed);
}

static json_t *time_json(ek_time time)
{
    char text[EK_TIME_TEXT];
    return *ek_time_format(time, EK_PRECISION_SECOND, text) ? json_string(text) : json_null();
}

static int add_source(void *context, const char *source, const struct ek_frontier *index,
                      struct ek_err *err)
{
    struct counting *c = context;
    json_t *boards = counts_json(c, source, EK_FRONTIER_BOARD, err);
    json_t *threads = boards ? counts_json(c, source, EK_FRONTIER_THREAD, err) : NULL;
    if (!threads) {
        json_decref(boards);
        return -1;
    }
    json_t *json =
        json_pack("{s:s, s:s, s:s?, s:o, s:o, s:o, s:o}", "source", source, "state", "not running",
                  "trouble", index->error, "last_success", time_json(index->visited), "next_visit",
                  time_json(index->due), "boards", boards, "threads", threads);
    return json_array_append_new(c->sources, json) == 0 ? 0 : ek_fail_memory(err);
}

static json_t *find(const json_t *sources, const char *address)
{
    size_t i;
    json_t *source;
    json_array_foreach(sources, i, source)
    {
        const char *known = json_string_value(json_object_get(source, "source"));
        if (known && strcmp(known, address) == 0)
            return source;
    }
    return NULL;
}

/* What the running service says of its sources and its disk; silence when none runs. */
static void ask_service(struct cli *cli, json_t *sources, json_t **disk)
{
    char *answer = NULL;
    struct ek_err err;
    size_t i;
    json_t *live;
    if (ek_control_ask(store_folder(cli), "status", &answer, &err) != 0)
        return;
    json_t *json = json_loads(answer, 0, NULL);
    json_array_foreach(json_object_get(json, "sources"), i, live)
    {
        const char *address = json_string_value(json_object_get(live, "source"));
        json_t *source = address ? find(sources, address) : NULL;
        if (source)
            json_object_update(source, live);
        else if (address)
            json_array_append(sources, live);
    }
    *disk = json_incref(json_object_get(json, "disk"));
    json_decref(json);
    free(answer);
}

json_t *sources_json(struct cli *cli, struct ek_store *store, json_t **disk, struct ek_err *err)
{
    struct counting counting = {.store = store, .sources = json_array()};
    *disk = NULL;
    if (!counting.sources) {
        ek_fail_memory(err);
        return NULL;
    }
    if (ek_frontier_sources(store, add_source, &counting, err) != 0) {
        json_decref(counting.sources);
        return NULL;
    }
    ask_service(cli, counting.sources, disk);
    return counting.sources;
}

static const char *text_of(const json_t *source, const char *field, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(source, field));
    return text ? text : otherwise;
}

static void print_counts(const json_t *source, const char *name)
{
    const json_t *counts = json_object_get(source, name);
    if (!counts)
        return;
    printf("  %-10s %lld known, %lld with news, %lld closed\n", name,
           (long long)json_integer_value(json_object_get(counts, "known")),
           (long long)json_integer_value(json_object_get(counts, "waiting")),
           (long long)json_integer_value(json_object_get(counts, "closed")));
}

void print_sources(const json_t *sources)
{
    static const char *const texts[] = {"trouble", "basis", "approval"};
    size_t i;
    json_t *source;
    json_array_foreach(sources, i, source)
    {
        printf("\nsource       ");
        put_safe(stdout, text_of(source, "source", ""), false);
        printf("\n  state      %s; last success %s, next visit %s\n",
               text_of(source, "state", "unknown"), text_of(source, "last_success", "never"),
               text_of(source, "next_visit", "not planned"));
        if (json_object_get(source, "requests_today"))
            printf("  today      %lld requests, %g s apart; this round: %lld index, %lld board, "
                   "%lld thread pages\n",
                   (long long)json_integer_value(json_object_get(source, "requests_today")),
                   json_number_value(json_object_get(source, "delay")),
                   (long long)json_integer_value(json_object_get(source, "index_pages")),
                   (long long)json_integer_value(json_object_get(source, "board_pages")),
                   (long long)json_integer_value(json_object_get(source, "thread_pages")));
        print_counts(source, "boards");
        print_counts(source, "threads");
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            const char *text = text_of(source, texts[t], NULL);
            if (!text)
                continue;
            printf("  %-10s ", texts[t]);
            put_safe(stdout, text, false);
            putchar('\n');
        }
    }
}

const char *sources_trouble(struct cli *cli, const json_t *sources)
{
    size_t i;
    json_t *source;
    json_array_foreach(sources, i, source)
    {
        const char *trouble = text_of(source, "trouble", NULL);
        if (trouble)
            return ek_printf(cli->arena, "%s: %s", text_of(source, "source", ""), trouble);
    }
    return NULL;
}
