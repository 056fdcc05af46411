/* profile.c - read profiles. The format is described in ekbom-profile(5).
 *
 * Line by line, one key a line; what a key is stands in tables (EK_FIELDS, EK_SELECTORS in
 * profile.h, `marks` and `plain` here), so that a field that the next forum software needs is a
 * line of a table. Selectors, patterns and addresses are checked here, once: a profile that
 * compiles cannot fail on a page. */
#include "daemon/extract/profile.h"

#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/text.h"

#define PROFILES_BYTES (64u << 20)

static const struct {
    const char *section, *key, *as;
} fields[EK_FIELD_COUNT] = {
#define X(name, section, key, as) {section, key, as},
    EK_FIELDS(X)
#undef X
};

static const struct {
    const char *section, *key;
} parts[EK_PART_COUNT] = {
#define X(name, section, key) {section, key},
    EK_SELECTORS(X)
#undef X
};

static const char *const evidences[] = {"generator", "markup", "credit", "links", NULL};
static const char *const flags[] = {"sticky", "announcement", "global", "locked", "moved", NULL};

/* Lines "KEY WORD SELECTOR": the word is one of `words`, or any where those are NULL. */
static const struct {
    const char *section, *key;
    const char *const *words;
} marks[EK_MARK_USES] = {
    [EK_MARK_RECOGNISE] = {"software", "recognise", evidences},
    [EK_MARK_VERSION] = {"software", "version", NULL},
    [EK_MARK_KIND] = {"page", "kind", ek_page_kind_names},
    [EK_MARK_THREAD_FLAG] = {"thread", "flag", flags},
    [EK_MARK_ROW_FLAG] = {"thread-row", "flag", flags},
};

static bool fail(struct ek_line *line, size_t at, const char *fault)
{
    if (!line->fault) {
        line->fault = fault;
        line->at = at;
    }
    return false;
}

/* The first word of the value; *rest is where the rest starts. */
static struct ek_slice first_word(const struct ek_line *line, size_t *rest)
{
    size_t len = 0;
    while (len < line->value.len && !ek_html_space(line->value.at[len]))
        len++;
    *rest = len;
    while (*rest < line->value.len && ek_html_space(line->value.at[*rest]))
        ++*rest;
    return ek_slice(line->value.at, len);
}

static const char *copy(struct ek_line *line, struct ek_slice text)
{
    const char *made = ek_strndup(line->profiles->arena, text.at, text.len);
    if (!made)
        fail(line, 0, "out of memory");
    return made;
}

/* Plain lines --------------------------------------------------------------------------------- */

static bool read_name(struct ek_line *line)
{
    if (line->profile->software)
        return fail(line, 0, "the software is already named");
    line->profile->software = copy(line, line->value);
    return line->profile->software != NULL;
}

static bool read_session(struct ek_line *line)
{
    struct ek_profile *profile = line->profile;
    if (profile->session_count == EK_SESSIONS_MAX)
        return fail(line, 0, "more session parameters than a profile may have");
    profile->sessions[profile->session_count] = copy(line, line->value);
    return profile->sessions[profile->session_count++] != NULL;
}

static bool read_address(struct ek_line *line)
{
    static const char *const kinds[] = {"thread", "post", "board", "user", NULL};
    struct ek_profile *profile = line->profile;
    size_t rest;
    const char *word = copy(line, first_word(line, &rest));
    int kind = word ? ek_name_index(kinds, word) : -1;
    if (kind < 0)
        return fail(line, 0, "an address leads to a thread, post, board or user");
    if (profile->address_count == EK_ADDRESSES_MAX)
        return fail(line, 0, "more addresses than a profile may have");
    struct ek_slice form = ek_slice(line->value.at + rest, line->value.len - rest);
    struct ek_address_form *made = &profile->addresses[profile->address_count];
    const char *fault = ek_address_form_compile(made, line->profiles->arena, form);
    if (fault)
        return fail(line, rest, fault);
    made->kind = (enum ek_address_kind)kind;
    profile->address_count++;
    return true;
}

static struct ek_patterns *patterns_named(struct ek_line *line, struct ek_slice name)
{
    struct ek_profile *profile = line->profile;
    for (unsigned i = 0; i < profile->pattern_count; i++)
        if (ek_slice_is(name, profile->patterns[i].name))
            return &profile->patterns[i];
    if (profile->pattern_count == EK_PATTERN_LISTS_MAX) {
        fail(line, 0, "more lists of patterns than a profile may have");
        return NULL;
    }
    struct ek_patterns *list = &profile->patterns[profile->pattern_count];
    list->name = copy(line, name);
    list->pattern = EK_NEW_ARRAY(line->profiles->arena, struct ek_pattern, EK_PATTERNS_MAX);
    if (!list->name || !list->pattern) {
        fail(line, 0, "out of memory");
        return NULL;
    }
    profile->pattern_count++;
    return list;
}

static bool read_pattern(struct ek_line *line)
{
    size_t rest;
    struct ek_patterns *list = patterns_named(line, first_word(line, &rest));
    if (!list)
        return false;
    struct ek_slice pattern = ek_slice(line->value.at + rest, line->value.len - rest);
    if (!pattern.len)
        return fail(line, rest, "the pattern is missing");
    if (list->count == EK_PATTERNS_MAX)
        return fail(line, 0, "more patterns than a list may have");
    const char *fault =
        ek_pattern_compile(&list->pattern[list->count], line->profiles->arena, pattern);
    if (fault)
        return fail(line, rest, fault);
    list->count++;
    return true;
}

static const struct {
    const char *section, *key;
    bool (*read)(struct ek_line *line);
} plain[] = {{"software", "name", read_name},
             {"addresses", "session", read_session},
             {"addresses", "address", read_address},
             {"patterns", "pattern", read_pattern}};

/* Marks, fields, selectors --------------------------------------------------------------------- */

/* A quoted text at the end of the value; the value is cut before it. NULL if there is none. */
static const char *trailing_text(struct ek_line *line)
{
    struct ek_slice *value = &line->value;
    if (value->len < 3 || value->at[value->len - 1] != '"')
        return NULL;
    size_t start = value->len - 1;
    while (start > 0 && value->at[start - 1] != '"')
        start--;
    if (start < 2 || !ek_html_space(value->at[start - 2]))
        return NULL;
    const char *text = copy(line, ek_slice(value->at + start, value->len - 1 - start));
    *value = ek_slice_trim(ek_slice(value->at, start - 1));
    return text;
}

static bool read_mark(struct ek_line *line, enum ek_mark_use use)
{
    struct ek_mark *mark = EK_NEW(line->profiles->arena, struct ek_mark);
    const char *why = use == EK_MARK_KIND ? trailing_text(line) : NULL;
    size_t rest;
    const char *word = copy(line, first_word(line, &rest));
    if (!mark || !word)
        return fail(line, 0, "out of memory");
    mark->text = use == EK_MARK_VERSION ? word : why;
    if (marks[use].words)
        mark->value = ek_name_index(marks[use].words, word);
    if (mark->value < 0)
        return fail(line, 0, "no such word here");
    if (marks[use].words == flags)
        mark->value = 1 << mark->value;
    mark->selector = ek_line_selector(line, rest, line->value.len);
    if (!mark->selector)
        return false;
    struct ek_mark **end = &line->profile->marks[use];
    while (*end)
        end = &(*end)->next;
    *end = mark;
    return true;
}

static bool read_field(struct ek_line *line, enum ek_field field)
{
    struct ek_rule *rule = ek_rule_compile(line, fields[field].as);
    if (!rule)
        return false;
    struct ek_rule **end = &line->profile->fields[field];
    while (*end)
        end = &(*end)->next;
    *end = rule;
    return true;
}

static bool read_part(struct ek_line *line, enum ek_part part)
{
    if (line->profile->parts[part])
        return fail(line, 0, "this key stands once; put a comma between alternatives");
    line->profile->parts[part] = ek_line_selector(line, 0, line->value.len);
    return line->profile->parts[part] != NULL;
}

static bool is_key(const char *section, const char *key, const char *want_section,
                   const char *want_key)
{
    return strcmp(section, want_section) == 0 && strcmp(key, want_key) == 0;
}

static bool read_line(struct ek_line *line, const char *section, const char *key)
{
    if (strcmp(section, "dates") == 0) {
        const char *fault =
            ek_calendar_add(line->profiles->calendar, ek_slice_of(key), line->value);
        return fault ? fail(line, 0, fault) : true;
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (is_key(section, key, plain[i].section, plain[i].key))
            return plain[i].read(line);
    for (unsigned i = 0; i < EK_MARK_USES; i++)
        if (is_key(section, key, marks[i].section, marks[i].key))
            return read_mark(line, (enum ek_mark_use)i);
    for (unsigned i = 0; i < EK_FIELD_COUNT; i++)
        if (is_key(section, key, fields[i].section, fields[i].key))
            return read_field(line, (enum ek_field)i);
    for (unsigned i = 0; i < EK_PART_COUNT; i++)
        if (is_key(section, key, parts[i].section, parts[i].key))
            return read_part(line, (enum ek_part)i);
    return fail(line, 0, "no such key in this section");
}

/* Files -----------------------------------------------------------------------------------------
 */

struct file_reader {
    struct ek_line line;
    char section[32], key[32];
    const char *start; /* of the text line, for columns */
};

static bool take(char *out, size_t size, struct ek_slice text)
{
    if (text.len >= size)
        return false;
    memcpy(out, text.at, text.len);
    out[text.len] = '\0';
    return true;
}

/* One line of text. False with line.fault and line.at (from start) set. */
static bool read_text_line(struct file_reader *r, struct ek_slice text)
{
    r->line.fault = NULL;
    r->line.at = 0;
    r->line.value = text;
    struct ek_slice trimmed = ek_slice_trim(text);
    if (!trimmed.len || trimmed.at[0] == '#')
        return true;
    if (trimmed.at[0] == '[' && trimmed.at[trimmed.len - 1] == ']')
        return take(r->section, sizeof r->section, ek_slice(trimmed.at + 1, trimmed.len - 2)) ||
               fail(&r->line, 0, "no such section");
    r->line.value = trimmed;
    size_t rest;
    struct ek_slice key = first_word(&r->line, &rest);
    if (!take(r->key, sizeof r->key, key))
        return fail(&r->line, 0, "no such key in this section");
    r->line.value = ek_slice(trimmed.at + rest, trimmed.len - rest);
    if (!r->line.value.len)
        return fail(&r->line, 0, "a value is missing after the key");
    return read_line(&r->line, r->section, r->key);
}

static int read_file(struct ek_profiles *profiles, const struct ek_bundle *bundle,
                     const struct ek_file *file, struct ek_err *err)
{
    struct ek_profile *profile = EK_NEW(profiles->arena, struct ek_profile);
    char *name = ek_strdup(profiles->arena, file->name);
    if (!profile || !name)
        return ek_fail_memory(err);
    profile->file = name;
    if (ek_utf8_valid(file->text, file->len) != file->len || memchr(file->text, 0, file->len))
        return ek_fail(err, EK_FORMAT, "%s/%s: not a UTF-8 text", bundle->origin, file->name);
    struct file_reader r = {.line = {.profiles = profiles, .profile = profile}};
    const char *at = file->text, *end = file->text + file->len;
    for (unsigned number = 1; at < end; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        if (!read_text_line(&r, ek_slice(at, (size_t)(stop - at))))
            return ek_fail(err, EK_FORMAT, "%s/%s:%u:%zu: %s", bundle->origin, file->name, number,
                           ek_utf8_count(at, (size_t)(r.line.value.at - at) + r.line.at) + 1,
                           r.line.fault);
        at = stop + (stop < end);
    }
    if (profile->software && !profile->marks[EK_MARK_RECOGNISE])
        return ek_fail(err, EK_FORMAT,
                       "%s/%s: [software] has a name but no 'recognise' line, so no page is ever "
                       "read by it",
                       bundle->origin, file->name);
    struct ek_profile **last = &profiles->first;
    while (*last)
        last = &(*last)->next;
    if (profile->software)
        *last = profile;
    return 0;
}

int ek_profiles_compile(struct ek_profiles **out, const struct ek_bundle *bundle,
                        struct ek_err *err)
{
    *out = NULL;
    ek_tree_prepare();
    struct ek_profiles *profiles = calloc(1, sizeof *profiles);
    if (!profiles)
        return ek_fail_memory(err);
    profiles->arena = ek_arena_new(PROFILES_BYTES);
    profiles->names = profiles->arena ? ek_names_new(profiles->arena) : NULL;
    profiles->calendar = profiles->names ? ek_calendar_new(profiles->arena) : NULL;
    int result = profiles->calendar ? 0 : ek_fail_memory(err);
    if (result == 0) {
        profiles->href = ek_names_add(profiles->names, '@', ek_slice_of("href"));
        profiles->alt = ek_names_add(profiles->names, '@', ek_slice_of("alt"));
        ek_names_add(profiles->names, '@', ek_slice_of("class"));
        ek_names_add(profiles->names, '@', ek_slice_of("id"));
    }
    for (size_t i = 0; result == 0 && i < bundle->count; i++)
        result = read_file(profiles, bundle, &bundle->files[i], err);
    if (result == 0 && !profiles->first)
        result = ek_fail(err, EK_FORMAT, "%s: no profile names a software", bundle->origin);
    if (result != 0) {
        ek_profiles_free(profiles);
        return -1;
    }
    *out = profiles;
    return 0;
}

void ek_profiles_free(struct ek_profiles *profiles)
{
    if (!profiles)
        return;
    ek_arena_free(profiles->arena);
    free(profiles);
}
