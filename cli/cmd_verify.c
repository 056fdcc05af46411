/* cmd_verify.c - `ekbom verify`: every reference, count and digest of the store. */
#include <stdio.h>

#include "cli.h"
#include "output.h"

static void report(void *context, const char *finding)
{
    (void)context;
    progress_end();
    put_safe(stdout, finding, false);
    putchar('\n');
}

int cmd_verify(struct cli *cli)
{
    struct ek_store *store = NULL;
    struct ek_err err;
    int status;
    if (cli->argument_count)
        return wrong_use("verify takes no arguments");
    if (open_store(cli, EK_STORE_VERIFY, &store, &err) != 0)
        return fail_with(&err);
    long findings = ek_store_verify(store, report, NULL, &err);
    if (findings < 0) {
        status = fail_with(&err);
    } else if (findings == 0) {
        say("nothing wrong with %s", store_folder(cli));
        status = EXIT_DONE;
    } else {
        say("%ld finding%s", findings, findings == 1 ? "" : "s");
        status = EXIT_NOTHING;
    }
    ek_store_close(store);
    return status;
}
