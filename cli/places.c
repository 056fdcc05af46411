/* places.c - where things lie, and opening them.
 *
 * A program in a checkout's build folder uses the checkout's rules, profiles and reader; an installed
 * one uses those below its prefix. The place of the program itself decides, so that a moved tree
 * still works; environment variables and options come before both. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "ekbom/limits.h"

/* The first of these paths, relative to the program's own folder, that exists. */
static const char *beside_program(struct cli *cli, const char *const *candidates)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return NULL;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; candidates[i]; i++) {
        const char *path = ek_printf(cli->arena, "%s/%s", self, candidates[i]);
        if (path && access(path, R_OK) == 0)
            return path;
    }
    return NULL;
}

static const char *place(struct cli *cli, const char *given, const char *variable,
                         const char *const *candidates, const char *fallback)
{
    const char *environment = getenv(variable);
    if (given)
        return given;
    if (environment && *environment)
        return environment;
    const char *found = beside_program(cli, candidates);
    return found ? found : fallback;
}

const char *store_folder(const struct cli *cli)
{
    const char *given = option(cli, OPT_STORE), *environment = getenv("EKBOM_STORE");
    return given ? given : environment && *environment ? environment : "/var/lib/ekbom";
}

const char *reader_program(struct cli *cli)
{
    static const char *const candidates[] = {"ekbom-reader", "../libexec/ekbom/ekbom-reader", NULL};
    return place(cli, NULL, "EKBOM_READER", candidates,
                 EKBOM_PREFIX "/libexec/ekbom/ekbom-reader");
}

const char *rules_folder(struct cli *cli)
{
    static const char *const candidates[] = {"../rules/rls", "../../rules/rls",
                                             "../share/ekbom/rules", NULL};
    return place(cli, option(cli, OPT_RULES), "EKBOM_RULES", candidates,
                 EKBOM_PREFIX "/share/ekbom/rules");
}

const char *profiles_folder(struct cli *cli)
{
    static const char *const candidates[] = {"../profiles", "../../profiles",
                                             "../share/ekbom/profiles", NULL};
    return place(cli, option(cli, OPT_PROFILES), "EKBOM_PROFILES", candidates,
                 EKBOM_PREFIX "/share/ekbom/profiles");
}

int open_store(struct cli *cli, enum ek_store_mode mode, struct ek_store **store,
               struct ek_err *err)
{
    const char *program = ek_printf(cli->arena, "ekbom %s", cli->command->name);
    if (!program)
        return ek_fail_memory(err);
    return ek_store_open(store, store_folder(cli), mode, program, err);
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

int open_pool(struct cli *cli, const struct ek_bundle *profiles, const struct ek_bundle *rules,
              struct ek_pool **pool, struct ek_err *err)
{
    const char *readers = option(cli, OPT_READERS), *engine = option(cli, OPT_ENGINE);
    struct ek_pool_config config = {.program = reader_program(cli), .profiles = profiles,
                                    .rules = rules};
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
    return open_pool(cli, NULL, &rules, pool, err);
}

int tag_entries(struct ek_pool *pool, const struct ek_entry *entries, size_t count,
                struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err)
{
    struct ek_pool_result result;
    struct ek_pool_text *texts = EK_NEW_ARRAY(arena, struct ek_pool_text, count ? count : 1);
    if (!texts)
        return ek_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        texts[i] = (struct ek_pool_text){.text = entries[i].post.text,
                                         .len = strlen(entries[i].post.text),
                                         .language = entries[i].language,
                                         .quotes = entries[i].post.quotes,
                                         .quote_count = entries[i].post.quote_count};
    if (ek_pool_submit_texts(pool, texts, count, NULL, err) != 0 ||
        ek_pool_next(pool, true, arena, &result, err) != 1)
        return -1;
    for (size_t i = 0; i < count; i++)
        tags[i] = result.items[i].tags;
    return 0;
}
