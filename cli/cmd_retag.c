/* cmd_retag.c - `ekbom retag`: the whole store under a rule set, as a new tag generation. The old
 * one answers until the new one is complete. */
#include <string.h>

#include "cli.h"
#include "ekbom/import.h"

static int retag(struct cli *cli, struct ek_store *store, struct ek_pool **pool,
                 struct ek_tagged *tagged, struct ek_err *err)
{
    struct ek_bundle rules;
    if (load_rules(cli, &rules, err) != 0 || open_pool(cli, NULL, &rules, store, pool, err) != 0)
        return -1;
    if (ek_put_rules(store, &rules, err) != 0 ||
        ek_tag_behind(store, *pool, progress_tagged, NULL, tagged, err) != 0)
        return -1;
    return ek_store_swap(store, err) != 0 ? -1 : ek_store_settle(store, err);
}

int cmd_retag(struct cli *cli)
{
    struct ek_store *store = NULL;
    struct ek_pool *pool = NULL;
    struct ek_err err;
    struct ek_tagged tagged = {0};
    int status = EXIT_DONE;
    if (cli->argument_count)
        return wrong_use("retag takes no arguments: it tags the whole store");
    if (open_store(cli, EK_STORE_WRITE, &store, &err) != 0 ||
        retag(cli, store, &pool, &tagged, &err) != 0)
        status = fail_with(&err);
    else
        say("%llu posts tagged under %s", (unsigned long long)tagged.posts,
            ek_store_rules_digest(store));
    if (status == EXIT_DONE && tagged.undetermined) {
        say("%llu of them are undetermined: `ekbom posts --undetermined`",
            (unsigned long long)tagged.undetermined);
        status = EXIT_INCOMPLETE;
    }
    ek_pool_close(pool);
    ek_store_close(store);
    return status;
}
