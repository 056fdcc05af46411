/* writing.c - what import and crawl need before they write: the store's rules, readers that have
 * them, and an index that has caught up. */
#include <string.h>

#include "cli.h"
#include "ekbom/import.h"

static void show_tagged(void *context, uint64_t tagged)
{
    (void)context;
    progress("tagging what a cut-off run left behind: %llu posts", (unsigned long long)tagged);
}

/* A store keeps the rules it was tagged with: 1; a new one takes the installed pack: 0. */
static int choose_rules(struct cli *cli, struct ek_store *store, struct ek_bundle *rules,
                        struct ek_err *err)
{
    int got = ek_store_rules(store, cli->arena, rules, err);
    if (got < 0)
        return -1;
    struct ek_bundle installed;
    if (load_rules(cli, &installed, err) != 0)
        return got ? 1 : -1;
    if (got && strcmp(installed.digest, rules->digest) != 0)
        say("the store is tagged under %.19s, not the rules in %s: `ekbom retag` changes that",
            rules->digest, rules_folder(cli));
    if (!got)
        *rules = installed;
    return got;
}

/* The pool is opened first, so that rules which do not compile leave no trace in the store. */
int open_writing_pool(struct cli *cli, struct ek_store *store, struct ek_pool **pool,
                      struct ek_err *err)
{
    struct ek_bundle rules, profiles;
    struct ek_tagged tagged;
    int has_rules = choose_rules(cli, store, &rules, err);
    if (has_rules < 0 || load_profiles(cli, &profiles, err) != 0 ||
        open_pool(cli, &profiles, &rules, store, pool, err) != 0)
        return -1;
    if (!has_rules && ek_put_rules(store, &rules, err) != 0)
        return -1;
    return ek_tag_behind(store, *pool, show_tagged, NULL, &tagged, err);
}
