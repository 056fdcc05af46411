/* named_selection.h - a selection kept in a text file, ekbom-selection(5). */
#ifndef EKBOM_NAMED_SELECTION_H
#define EKBOM_NAMED_SELECTION_H

#include <jansson.h>

#include "cli.h"

struct named_selection { /* all memory is the command's */
    const char *name, *path;
    const char *title;  /* NULL: the file has none */
    const char *digest; /* of the file's bytes: "sha256:..." */
    struct ek_named *only, *left_out;
    size_t only_count, left_out_count;
};

extern const char *const named_kinds[]; /* forum board thread author post language */

/* The file that --in means. 0, -1 with file and line, or the nearest name. */
int named_selection_read(struct cli *cli, const char *name, struct named_selection *selection,
                         struct ek_err *err);
/* As every output names it. */
json_t *named_selection_json(const struct named_selection *selection);
const char *named_selection_line(struct ek_arena *arena, const struct named_selection *selection);
/* That line to standard output, where there is one, for tables that are printed as they come. */
void named_selection_print(const struct cli *cli);
/* ... and to standard error, beside rows that have no room for it. */
void named_selection_say(const struct cli *cli);

#endif
