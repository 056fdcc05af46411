/* cite_log.c - how many answers were asked of the store, from STORE/log. A line that cannot be read
 * is `ekbom log`'s to tell. See cite.h. */
#include <string.h>

#include "cite.h"
#include "ekbom/store_log.h"
#include "log_entry.h"

static bool is_string(const json_t *line, const char *name, const char *value)
{
    const char *held = json_string_value(json_object_get(line, name));
    return held && value && strcmp(held, value) == 0;
}

static int visit(void *context, uint64_t number, const char *text, struct ek_err *err)
{
    struct citation *c = context;
    json_t *line = json_loads(text, 0, NULL);
    (void)number;
    (void)err;
    if (json_is_string(json_object_get(line, "command"))) {
        json_t *tests = json_object_get(line, "tests");
        uint64_t count = json_integer_value(tests) > 0 ? (uint64_t)json_integer_value(tests) : 0;
        bool here = is_string(line, "selection_digest", selection_digest(c->cli)) &&
                    is_string(line, "ruleset", c->tagged.rules_digest);
        c->log.answers++;
        c->log.tests += count;
        c->log.here_answers += here;
        c->log.here_tests += here ? count : 0;
    }
    json_decref(line);
    return 0;
}

int cite_read_log(struct citation *c, struct ek_err *err)
{
    return ek_store_log_each(c->store, visit, c, err);
}
