/* places.c - where things lie, and opening them. Options come before environment variables, those
 * before what lies beside the program (ekbom/places.h). */
#include "ekbom/places.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ekbom/limits.h"
#include "ekbom/texts.h"

const char *store_folder(const struct cli *cli)
{
    const char *given = option(cli, OPT_STORE), *environment = getenv("EKBOM_STORE");
    return given ? given : environment && *environment ? environment : "/var/lib/ekbom";
}

const char *rules_folder(struct cli *cli)
{
    const char *given = option(cli, OPT_RULES);
    return given ? given : ek_place(EK_PLACE_RULES, cli->arena);
}

static const char *profiles_folder(struct cli *cli)
{
    const char *given = option(cli, OPT_PROFILES);
    return given ? given : ek_place(EK_PLACE_PROFILES, cli->arena);
}

int open_store(struct cli *cli, enum ek_store_mode mode, struct ek_store **store,
               struct ek_err *err)
{
    const char *program = ek_printf(cli->arena, "ekbom %s", cli->command->name);
    if (!program)
        return ek_fail_memory(err);
    if (ek_store_open(store, store_folder(cli), mode, program, err) != 0)
        return -1;
    return has(cli, OPT_AS_STORED_ON) ? tell_stored(cli, *store, err) : 0;
}

int load_rules(struct cli *cli, struct ek_bundle *bundle, struct ek_err *err)
{
    if (ek_bundle_load(bundle, cli->arena, rules_folder(cli), ".rules", err) != 0)
        return ek_fail_in(err, "rules");
    return 0;
}

int load_profiles(struct cli *cli, struct ek_bundle *bundle, struct ek_err *err)
{
    if (ek_bundle_load(bundle, cli->arena, profiles_folder(cli), ".profile", err) != 0)
        return ek_fail_in(err, "forum profiles");
    return 0;
}

/* A pool as configured, with the program, the readers and the engine of the command line. */
static int start_pool(struct cli *cli, struct ek_pool_config config, struct ek_pool **pool,
                      struct ek_err *err)
{
    const char *readers = option(cli, OPT_READERS), *engine = option(cli, OPT_ENGINE);
    config.program = ek_place(EK_PLACE_READER, cli->arena);
    if (readers) {
        char *end;
        unsigned long n = strtoul(readers, &end, 10);
        if (*end || n < 1 || n > EK_READERS_MAX)
            return ek_fail(err, EK_USAGE, "--readers %s: give a number from 1 to %d", readers,
                           EK_READERS_MAX);
        config.readers = (unsigned)n;
    }
    if (engine && strcmp(engine, "fast") != 0 && strcmp(engine, "naive") != 0)
        return ek_fail(err, EK_USAGE, "--engine %s: write fast or naive", engine);
    config.naive = engine && strcmp(engine, "naive") == 0;
    if (ek_pool_open(pool, &config, err) != 0)
        return -1;
    if (ek_pool_downgrade(*pool))
        say("%s", ek_pool_downgrade(*pool));
    return 0;
}

int open_pool(struct cli *cli, const struct ek_bundle *profiles, const struct ek_bundle *rules,
              struct ek_store *store, struct ek_pool **pool, struct ek_err *err)
{
    struct ek_pool_config config = {.profiles = profiles, .rules = rules};
    struct ek_dictionary *dictionaries = NULL;
    if (store &&
        ek_store_dictionaries(store, cli->arena, &dictionaries, &config.dictionary_count, err) != 0)
        return -1;
    config.dictionaries = dictionaries;
    return start_pool(cli, config, pool, err);
}

int open_search_pool(struct cli *cli, const struct ek_pool_search *search,
                     const struct ek_dictionary *dictionaries, size_t count, struct ek_pool **pool,
                     struct ek_err *err)
{
    struct ek_pool_config config = {
        .search = search, .dictionaries = dictionaries, .dictionary_count = count};
    return start_pool(cli, config, pool, err);
}

int open_store_pool(struct cli *cli, struct ek_store *store, struct ek_pool **pool,
                    struct ek_err *err)
{
    struct ek_bundle rules;
    int got = ek_store_rules(store, cli->arena, &rules, err);
    if (got < 0)
        return -1;
    if (got == 0)
        return ek_fail(err, EK_NOT_FOUND, "%s holds no posts yet: `ekbom import` brings some in",
                       store_folder(cli));
    return open_pool(cli, NULL, &rules, store, pool, err);
}
