/* cmd_ctl.c - `ekbom ctl status|reload|visit`: a word to the service on this store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ekbom/control.h"
#include "output.h"

int cmd_ctl(struct cli *cli)
{
    static const char *const words[] = {"status", "reload", "visit", NULL};
    char *answer = NULL;
    struct ek_err err;
    if (cli->argument_count < 1 || cli->argument_count > 2 ||
        ek_name_index(words, cli->arguments[0]) < 0)
        return wrong_use("ctl what? status, reload, or visit [ADDRESS]");
    const char *line =
        ek_printf(cli->arena, "%s%s%s", cli->arguments[0], cli->argument_count > 1 ? " " : "",
                  cli->argument_count > 1 ? cli->arguments[1] : "");
    if (!line || strchr(line, '\n'))
        return wrong_use("an address is one line");
    if (ek_control_ask(store_folder(cli), line, &answer, &err) != 0)
        return err.kind == EK_NOT_FOUND ? (say("%s", err.message), EXIT_NOTHING) : fail_with(&err);
    json_t *json = json_loads(answer, 0, NULL);
    free(answer);
    if (!json)
        return wrong_use("the service's answer is no JSON");
    /* A request that the service refused is a check that failed. */
    json_t *reloaded = json_object_get(json, "reloaded");
    bool refused = json_is_false(reloaded) || json_object_get(json, "error") ||
                   (strcmp(cli->arguments[0], "visit") == 0 &&
                    json_integer_value(json_object_get(json, "visits")) == 0);
    if (print_json(json) != 0)
        return EXIT_WRONG;
    return refused ? EXIT_NOTHING : EXIT_DONE;
}
