/* places.c - see ekbom/places.h. */
#include "ekbom/places.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ekbom/arena.h"

static const struct {
    const char *variable, *fallback;
    const char
        *beside[4]; /* relative to the program's folder: checkout, sanitizer build, installed */
} places[] = {
    [EK_PLACE_RULES] = {"EKBOM_RULES",
                        EKBOM_PREFIX "/share/ekbom/rules",
                        {"../rules/rls", "../../rules/rls", "../share/ekbom/rules", NULL}},
    [EK_PLACE_PROFILES] = {"EKBOM_PROFILES",
                           EKBOM_PREFIX "/share/ekbom/profiles",
                           {"../profiles", "../../profiles", "../share/ekbom/profiles", NULL}},
    [EK_PLACE_READER] = {"EKBOM_READER",
                         EKBOM_PREFIX "/libexec/ekbom/ekbom-reader",
                         {"ekbom-reader", "../libexec/ekbom/ekbom-reader", NULL}},
};

/* The first of these paths, relative to the program's own folder, that exists. */
static const char *beside_program(const char *const *candidates, struct ek_arena *arena)
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
        const char *path = ek_printf(arena, "%s/%s", self, candidates[i]);
        if (path && access(path, R_OK) == 0)
            return path;
    }
    return NULL;
}

const char *ek_place(enum ek_place place, struct ek_arena *arena)
{
    const char *given = getenv(places[place].variable);
    if (given && *given)
        return given;
    const char *found = beside_program(places[place].beside, arena);
    return found ? found : places[place].fallback;
}
