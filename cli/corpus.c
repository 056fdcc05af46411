/* corpus.c - see corpus.h. */
#include "corpus.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_rules.h"
#include "ekbom/import.h"
#include "ekbom/limits.h"

#define BATCH 500u

struct numbers {
    uint64_t *items;
    size_t count, cap;
};

struct tagging {
    struct corpus *corpus;
    struct numbers numbers;
    int (*visit)(void *context, const struct corpus_post *post, struct ek_err *err);
    void *context;
    size_t done;
};

int corpus_open(struct corpus *corpus, struct cli *cli, const struct ek_bundle *rules, size_t sets,
                struct ek_err *err)
{
    corpus->cli = cli;
    corpus->sets = sets;
    corpus->arena = ek_arena_new(EK_ARENA_BYTES);
    if (!corpus->arena)
        return ek_fail_memory(err);
    if (!corpus->store && open_store(cli, EK_STORE_READ, &corpus->store, err) != 0)
        return -1;
    for (size_t i = 0; i < sets; i++) {
        if (open_pool(cli, NULL, &rules[i], NULL, &corpus->pools[i], err) != 0)
            return -1;
    }
    return 0;
}

void corpus_close(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->sets; i++)
        ek_pool_close(corpus->pools[i]);
    ek_store_close(corpus->store);
    ek_arena_free(corpus->arena);
}

static int collect(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct numbers *numbers = context;
    if (numbers->count == numbers->cap) {
        size_t cap = numbers->cap ? 2 * numbers->cap : 1024;
        uint64_t *items = realloc(numbers->items, cap * sizeof *items);
        if (!items)
            return ek_fail_memory(err);
        numbers->items = items;
        numbers->cap = cap;
    }
    numbers->items[numbers->count++] = row->number;
    return 0;
}

static int read_entries(struct tagging *tagging, struct ek_entry *entries, size_t *count,
                        struct ek_err *err)
{
    const struct numbers *numbers = &tagging->numbers;
    size_t bytes = 0;
    *count = 0;
    while (*count < BATCH && bytes < EK_MAX_UNTAGGED_BYTES && tagging->done < numbers->count) {
        int got = ek_store_entry(tagging->corpus->store, numbers->items[tagging->done++], true,
                                 tagging->corpus->arena, &entries[*count], err);
        if (got < 0)
            return -1;
        if (got == 1)
            bytes += strlen(entries[(*count)++].post.text);
    }
    return 0;
}

static int tag_batch(struct tagging *tagging, struct ek_err *err)
{
    struct corpus *corpus = tagging->corpus;
    struct ek_tags *tags[CORPUS_SETS];
    size_t count, first = tagging->done;
    ek_arena_reset(corpus->arena);
    struct ek_entry *entries = EK_NEW_ARRAY(corpus->arena, struct ek_entry, BATCH);
    if (!entries)
        return ek_fail_memory(err);
    if (read_entries(tagging, entries, &count, err))
        return -1;
    for (size_t set = 0; set < corpus->sets; set++) {
        tags[set] = EK_NEW_ARRAY(corpus->arena, struct ek_tags, count + 1);
        if (!tags[set])
            return ek_fail_memory(err);
        if (ek_tag_entries(corpus->pools[set], entries, count, corpus->arena, tags[set], err))
            return -1;
    }
    for (size_t i = 0; i < count; i++) {
        struct corpus_post post = {
            .entry = &entries[i], .place = first + i, .total = tagging->numbers.count};
        for (size_t set = 0; set < corpus->sets; set++)
            post.tags[set] = &tags[set][i];
        if (tagging->visit(tagging->context, &post, err))
            return -1;
    }
    progress("%zu of %zu posts tagged", tagging->done, tagging->numbers.count);
    return 0;
}

int corpus_each(struct corpus *corpus, const struct ek_selection *selection,
                int (*visit)(void *context, const struct corpus_post *post, struct ek_err *err),
                void *context, struct ek_err *err)
{
    struct tagging tagging = {.corpus = corpus, .visit = visit, .context = context};
    int result =
        ek_query_posts(corpus->store, selection, EK_OLDEST_FIRST, collect, &tagging.numbers, err);
    while (result == 0 && tagging.done < tagging.numbers.count)
        result = tag_batch(&tagging, err);
    progress_end();
    free(tagging.numbers.items);
    return result;
}

static int read_number(const struct cli *cli, enum option which, const char *name, uint64_t *number)
{
    const char *given = option(cli, which);
    char *end;
    if (!given)
        return 0;
    *number = strtoull(given, &end, 10);
    if (*end || !*given || *given == '-' || *given == '+')
        return wrong_use("--%s %s: give a whole number", name, given);
    return 0;
}

int read_draw(const struct cli *cli, size_t usual, size_t *want, uint64_t *seed)
{
    uint64_t count = usual;
    *seed = 0;
    int status = read_number(cli, OPT_SAMPLE, "sample", &count);
    if (status == 0)
        status = read_number(cli, OPT_SEED, "seed", seed);
    if (status == 0 && count > EK_MAX_DRAWN)
        status = wrong_use("--sample %llu: at most %u", (unsigned long long)count, EK_MAX_DRAWN);
    *want = (size_t)count;
    return status;
}

enum ek_bucket_size bucket_size(const struct cli *cli)
{
    const char *by = option(cli, OPT_BY);
    if (by && strcmp(by, "month") == 0)
        return EK_BY_MONTH;
    return by && strcmp(by, "quarter") == 0 ? EK_BY_QUARTER : EK_BY_YEAR;
}

int corpus_rules(struct cli *cli, struct ek_store *store, const char *name,
                 struct ek_bundle *bundle, struct ek_err *err)
{
    const char *digest;
    if (strcmp(name, "current") != 0) {
        if (access(name, F_OK) == 0)
            return ek_bundle_load(bundle, cli->arena, name, ".rules", err);
        if (rules_version(cli, store, name, &digest, err) != 0)
            return -1;
        return ek_store_rules_of(store, digest, cli->arena, bundle, err) == 1 ? 0 : -1;
    }
    int got = ek_store_rules(store, cli->arena, bundle, err);
    if (got == 0)
        return ek_fail(err, EK_NOT_FOUND, "%s has no rules yet: `ekbom retag` gives it some",
                       ek_store_folder(store));
    return got < 0 ? -1 : 0;
}
