/* record.c - the names of the contract's enumerations. See ekbom/record.h. */
#include "ekbom/record.h"

#include <string.h>

const char *const ek_precision_names[] = {"unknown", "day", "minute", "second", NULL};
const char *const ek_time_source_names[] = {"none",  "attribute", "epoch",
                                            "title", "text+zone", NULL};
const char *const ek_state_names[] = {"live", "edited", "gone", "hidden", NULL};
const char *const ek_link_kind_names[] = {"board", "thread", "page", "post", "external", NULL};
const char *const ek_page_kind_names[] = {"thread", "board", "index", "login",
                                          "error",  "other", NULL};
const char *const ek_stance_names[] = {"supports", "disputes", "neutral-mention", "asks", NULL};

int ek_name_index(const char *const *names, const char *name)
{
    for (int i = 0; name && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}
