/* named_selection.c - see named_selection.h.
 *
 * A name is a file NAME.selection in $EKBOM_SELECTIONS or in STORE/selections; with a slash it is a
 * path. The digest is that of the file's bytes, comments and all: whoever has the file can check it
 * with sha256sum, and two files that mean the same but say it otherwise are told apart. So a file
 * cannot include another, whose bytes the digest would not cover. What the file names is looked up
 * in the store (store/query/named.c) like the options of the command line. */
#include "named_selection.h"

#include <dirent.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/digest.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "output.h"

#define SUFFIX ".selection"
#define MAX_NEAR 500u /* names looked at for "did you mean" */

const char *const named_kinds[] = {"forum", "board", "thread", "author", "post", "language", NULL};
static const char *const keys[] = {"title", "forums", "boards", "languages", "leave_out", NULL};
static const char *const entry_keys[] = {"forum", "board",    "thread", "author",
                                         "post",  "language", "reason", NULL};

struct reading {
    struct cli *cli;
    const char *path;
    struct named_selection *selection;
    struct ek_err *err;
};

/* The file ------------------------------------------------------------------------------------ */

static const char *folder_of(struct cli *cli)
{
    const char *given = getenv("EKBOM_SELECTIONS");
    return given && *given ? given : ek_printf(cli->arena, "%s/selections", store_folder(cli));
}

static int unknown(struct cli *cli, const char *name, const char *folder, struct ek_err *err)
{
    const char **names = EK_NEW_ARRAY(cli->arena, const char *, MAX_NEAR);
    DIR *dir = opendir(folder);
    size_t count = 0;
    for (struct dirent *entry; dir && names && count < MAX_NEAR && (entry = readdir(dir));) {
        size_t len = strlen(entry->d_name), suffix = sizeof SUFFIX - 1;
        if (len > suffix && strcmp(entry->d_name + len - suffix, SUFFIX) == 0)
            names[count++] = ek_strndup(cli->arena, entry->d_name, len - suffix);
    }
    if (dir)
        closedir(dir);
    const char *near = count ? ek_nearest(name, names, count) : NULL;
    if (near)
        return ek_fail(err, EK_USAGE, "no selection \"%s\" in %s: did you mean \"%s\"?", name,
                       folder, near);
    return ek_fail(err, EK_USAGE,
                   "no selection \"%s\" in %s: write one as %s" SUFFIX ", see ekbom-selection(5)",
                   name, folder, name);
}

static int read_stream(FILE *stream, const char *path, struct ek_buf *text, struct ek_err *err)
{
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, stream)) > 0)
        ek_buf_add(text, block, got);
    if (ferror(stream))
        return ek_fail_errno(err, "%s", path);
    if (text->failed)
        return ek_fail(err, EK_LIMIT, "%s: longer than %u bytes", path, EK_MAX_SELECTION_BYTES);
    size_t valid = text->len ? ek_utf8_valid(text->data, text->len) : 0;
    if (valid != text->len || (text->len && memchr(text->data, 0, text->len)))
        return ek_fail(err, EK_FORMAT, "%s: byte %zu is not UTF-8 text", path, valid);
    return 0;
}

static int read_file(struct cli *cli, const char *name, struct named_selection *selection,
                     struct ek_buf *text, struct ek_err *err)
{
    const char *folder = folder_of(cli);
    bool is_path = strchr(name, '/') != NULL;
    selection->path = is_path ? name : ek_printf(cli->arena, "%s/%s" SUFFIX, folder, name);
    if (!folder || !selection->path)
        return ek_fail_memory(err);
    FILE *stream = fopen(selection->path, "re");
    if (!stream) {
        ek_fail_errno(err, "%s", selection->path);
        return !is_path && err->kind == EK_NOT_FOUND ? unknown(cli, name, folder, err) : -1;
    }
    int result = read_stream(stream, selection->path, text, err);
    fclose(stream);
    return result;
}

/* Settings ------------------------------------------------------------------------------------ */

static const char *place_of(const struct reading *r, const config_setting_t *setting)
{
    const char *place =
        ek_printf(r->cli->arena, "%s:%d", r->path, config_setting_source_line(setting));
    return place ? place : r->path;
}

static int bad(const struct reading *r, const config_setting_t *setting, const char *what)
{
    return ek_fail(r->err, EK_FORMAT, "%s: %s", place_of(r, setting), what);
}

static int check_keys(const struct reading *r, const config_setting_t *group,
                      const char *const *known)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(setting);
        size_t count = 0;
        while (known[count])
            count++;
        if (ek_name_index(known, name) >= 0)
            continue;
        const char *near = ek_nearest(name, known, count);
        return ek_fail(r->err, EK_FORMAT, "%s: no key \"%s\"%s%s%s", place_of(r, setting), name,
                       near ? ": did you mean \"" : ": ekbom-selection(5) lists them",
                       near ? near : "", near ? "\"?" : "");
    }
    return 0;
}

/* Text, or a number that is an id; NULL with the error filled. */
static const char *text_of(const struct reading *r, const config_setting_t *setting)
{
    const char *text = NULL;
    if (config_setting_type(setting) == CONFIG_TYPE_STRING) {
        const char *given = config_setting_get_string(setting);
        text = ek_nfc(r->cli->arena, given, strlen(given));
    } else if (config_setting_type(setting) == CONFIG_TYPE_INT ||
               config_setting_type(setting) == CONFIG_TYPE_INT64) {
        text = ek_printf(r->cli->arena, "%lld", config_setting_get_int64(setting));
    } else {
        bad(r, setting, "write a text in quotes");
        return NULL;
    }
    if (!text)
        ek_fail_memory(r->err);
    else if (!*text)
        bad(r, setting, "an empty text names nothing");
    return text && *text ? text : NULL;
}

static int read_only(struct reading *r, const config_setting_t *root, const char *key,
                     enum ek_named_kind kind)
{
    const config_setting_t *list = config_setting_get_member(root, key);
    if (!list)
        return 0;
    if (!config_setting_is_array(list) && !config_setting_is_list(list))
        return bad(r, list, "write a list of texts: [\"one\", \"another\"]");
    if (config_setting_length(list) == 0)
        return bad(r, list, "an empty list would take in nothing: leave the line out");
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *item = config_setting_get_elem(list, (unsigned)i);
        const char *value = text_of(r, item);
        if (!value)
            return -1;
        if (r->selection->only_count == EK_MAX_SELECTION_NAMES)
            return bad(r, item, "too many names");
        r->selection->only[r->selection->only_count++] =
            (struct ek_named){.kind = kind, .value = value, .place = place_of(r, item)};
    }
    return 0;
}

/* What one entry of leave_out names: exactly one thing, and the forum that it is in if given. */
static int read_subject(struct reading *r, const config_setting_t *entry, struct ek_named *named)
{
    static const char one[] = "name one of forum, board, thread, author, post or language";
    unsigned found = 0;
    for (int kind = 0; named_kinds[kind]; kind++) {
        const config_setting_t *setting = config_setting_get_member(entry, named_kinds[kind]);
        const char *value = setting ? text_of(r, setting) : NULL;
        if (!setting)
            continue;
        if (!value)
            return -1;
        if (kind == EK_NAMED_FORUM) {
            named->forum = value;
            continue;
        }
        named->kind = (enum ek_named_kind)kind;
        named->value = value;
        found++;
    }
    if (found == 0 && named->forum) {
        *named = (struct ek_named){.kind = EK_NAMED_FORUM, .value = named->forum};
        found = 1;
    }
    if (found == 1 && named->kind == EK_NAMED_LANGUAGE && named->forum)
        return bad(r, entry, "a language is left out of every forum");
    return found == 1 ? 0 : bad(r, entry, one);
}

static int read_entry(struct reading *r, const config_setting_t *entry)
{
    struct ek_named named = {0};
    if (!config_setting_is_group(entry))
        return bad(r, entry, "write { board = \"9\"; reason = \"off topic\"; }");
    if (check_keys(r, entry, entry_keys) != 0 || read_subject(r, entry, &named) != 0)
        return -1;
    const config_setting_t *reason = config_setting_get_member(entry, "reason");
    if (!reason)
        return bad(r, entry, "say why it is left out: reason = \"...\";");
    named.reason = text_of(r, reason);
    named.place = place_of(r, entry);
    if (!named.reason)
        return -1;
    if (r->selection->left_out_count == EK_MAX_SELECTION_NAMES)
        return bad(r, entry, "too many names");
    r->selection->left_out[r->selection->left_out_count++] = named;
    return 0;
}

static int read_settings(struct reading *r, const config_setting_t *root)
{
    const config_setting_t *title = config_setting_get_member(root, "title");
    const config_setting_t *list = config_setting_get_member(root, "leave_out");
    if (check_keys(r, root, keys) != 0)
        return -1;
    if (title && !(r->selection->title = text_of(r, title)))
        return -1;
    if (read_only(r, root, "forums", EK_NAMED_FORUM) != 0 ||
        read_only(r, root, "boards", EK_NAMED_BOARD) != 0 ||
        read_only(r, root, "languages", EK_NAMED_LANGUAGE) != 0)
        return -1;
    if (list && !config_setting_is_list(list))
        return bad(r, list, "write a list of groups: ( { board = \"9\"; reason = \"...\"; } )");
    for (int i = 0; list && i < config_setting_length(list); i++)
        if (read_entry(r, config_setting_get_elem(list, (unsigned)i)) != 0)
            return -1;
    if (r->selection->only_count == 0 && r->selection->left_out_count == 0)
        return ek_fail(r->err, EK_FORMAT, "%s: it selects nothing and leaves nothing out", r->path);
    return 0;
}

static int parse(struct reading *r, const char *text)
{
    config_t parsed;
    const char *include = strstr(text, "@include");
    if (include)
        return ek_fail(r->err, EK_FORMAT,
                       "%s: @include: the digest would not cover another file; write it all here",
                       r->path);
    config_init(&parsed);
    int result = 0;
    if (config_read_string(&parsed, text) == CONFIG_TRUE)
        result = read_settings(r, config_root_setting(&parsed));
    else
        result = ek_fail(r->err, EK_FORMAT, "%s:%d: %s: a line is  key = value;", r->path,
                         config_error_line(&parsed), config_error_text(&parsed));
    config_destroy(&parsed);
    return result;
}

int named_selection_read(struct cli *cli, const char *name, struct named_selection *selection,
                         struct ek_err *err)
{
    unsigned char digest[EK_SHA256_BYTES];
    char hex[2 * EK_SHA256_BYTES + 1];
    struct ek_buf text;
    *selection = (struct named_selection){
        .name = name,
        .only = EK_NEW_ARRAY(cli->arena, struct ek_named, EK_MAX_SELECTION_NAMES),
        .left_out = EK_NEW_ARRAY(cli->arena, struct ek_named, EK_MAX_SELECTION_NAMES)};
    if (!selection->only || !selection->left_out)
        return ek_fail_memory(err);
    ek_buf_init(&text, EK_MAX_SELECTION_BYTES);
    int result = read_file(cli, name, selection, &text, err);
    if (result == 0) {
        struct reading reading = {cli, selection->path, selection, err};
        ek_sha256(text.data ? text.data : "", text.len, digest);
        selection->digest = ek_printf(cli->arena, "sha256:%s", ek_hex(digest, sizeof digest, hex));
        const char *whole = ek_buf_str(&text);
        result = whole && selection->digest ? parse(&reading, whole) : ek_fail_memory(err);
    }
    ek_buf_free(&text);
    return result;
}

/* In outputs ---------------------------------------------------------------------------------- */

json_t *named_selection_json(const struct named_selection *selection)
{
    return json_pack("{s:s, s:s?, s:s, s:I}", "name", selection->name, "title", selection->title,
                     "digest", selection->digest, "left_out",
                     (json_int_t)selection->left_out_count);
}

const char *named_selection_line(struct ek_arena *arena, const struct named_selection *selection)
{
    return ek_printf(arena, "selection %s (%.23s): %s%s%zu left out by name", selection->name,
                     selection->digest, selection->title ? selection->title : "",
                     selection->title ? "; " : "", selection->left_out_count);
}

void named_selection_print(const struct cli *cli)
{
    const char *line = cli->named ? named_selection_line(cli->arena, cli->named) : NULL;
    if (line) {
        put_safe(stdout, line, false);
        putchar('\n');
    }
}

void named_selection_say(const struct cli *cli)
{
    const char *line = cli->named ? named_selection_line(cli->arena, cli->named) : NULL;
    if (cli->named)
        say("%s", line ? line : cli->named->digest);
}
