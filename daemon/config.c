/* config.c - the configuration file, by libconfig, which keeps the line of every setting.
 *
 * One table of keys: name, type, where it goes, bounds, default, and a sentence for the manual. See
 * ekbom/config.h. */
#include "ekbom/config.h"

#include <libconfig.h>
#include <stdarg.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/fetch.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "ekbom/time.h"

enum type { TEXT, NUMBER, SECONDS, LIST, FLAG };
static const char *const type_words[] = {"text", "whole number", "number of seconds",
                                         "list of texts", "true or false"};

struct key {
    const char *name;
    enum type type;
    bool source; /* of a source; else of the whole */
    bool required;
    size_t offset;
    double low, high, otherwise;
    const char *help;
};

#define GLOBAL(field) false, false, offsetof(struct ek_config, field)
#define SOURCE(field) true, false, offsetof(struct ek_config_source, field)

static const struct key keys[] = {
    {"store", TEXT, GLOBAL(store), 0, 0, 0, "Folder of the store; default /var/lib/ekbom."},
    {"contact", TEXT, GLOBAL(contact), 0, 0, 0,
     "Mail address or web page that the User-Agent names, for administrators who want to write. "
     "Without it no public address is asked."},
    {"rules", TEXT, GLOBAL(rules), 0, 0, 0,
     "Rule folder; default: the installed pack. Changed rules tag the whole store anew."},
    {"profiles", TEXT, GLOBAL(profiles), 0, 0, 0, "Forum profiles; default: the installed ones."},
    {"reader", TEXT, GLOBAL(reader), 0, 0, 0,
     "Program that reads pages; default: the installed one."},
    {"readers", NUMBER, GLOBAL(readers), 1, 64, 1, "Reader processes."},
    {"keep_free", NUMBER, GLOBAL(keep_free), 10, 1e9, EK_KEEP_FREE_MB,
     "Megabytes that are left free on the disk of the store. Below them nothing is fetched until "
     "there is room again; below twice as many the log and `ekbom status` warn."},
    {"store_limit", NUMBER, GLOBAL(store_limit), 0, 1e9, 0,
     "Megabytes that the store may take; 0 for no limit. At them nothing is fetched; at nine "
     "tenths of them the log and `ekbom status` warn."},
    {"sample_data", FLAG, GLOBAL(sample_data), 0, 0, 0,
     "Mark the store's figures as sample data, not findings; it stays marked."},
    {"address", TEXT, true, true, offsetof(struct ek_config_source, address), 0, 0, 0,
     "Address of the forum's index, of one board, or of one thread."},
    {"boards", LIST, SOURCE(boards), 0, 0, 0,
     "Only these boards, by the forum's own ids; default: all that a visitor sees."},
    {"since", TEXT, SOURCE(since), 0, 0, 0,
     "Threads without a post since then are left out: 2015, 2015-03 or 2015-03-17; default: all."},
    {"time_zone", TEXT, SOURCE(time_zone), 0, 0, 0,
     "Zone of the board's times (Europe/London), used only where a page names none; without either "
     "such times are unknown."},
    {"delay", SECONDS, SOURCE(delay), 0, 86400, 5,
     "Least time between two requests to the host; at least 1 for a public address, and robots.txt "
     "may lengthen it."},
    {"contact", TEXT, SOURCE(contact), 0, 0, 0, "In place of the general one."},
    {"allow", TEXT, SOURCE(allow), 0, 0, 0,
     "Address ranges that this source may use although they are not public: loopback, private, or "
     "a range such as 10.8.0.0/16."},
    {"visit_every", NUMBER, SOURCE(visit_every), 1, 31536000, 3600,
     "Seconds from the end of one visit to the next."},
    {"recheck_days", NUMBER, SOURCE(recheck_days), 0, 3650, 30,
     "Days after which a thread is read again whole, a few a visit, to see edits; 0 for never."},
    {"basis", TEXT, SOURCE(basis), 0, 0, 0,
     "On what ground the board is read: free text, shown by status."},
    {"approval", TEXT, SOURCE(approval), 0, 0, 0,
     "Who approved it, and its number: free text, shown by status."},
};
#define KEY_COUNT (sizeof keys / sizeof *keys)

struct reading {
    const char *file, *folder; /* the configuration, and what is relative to it */
    struct ek_arena *arena;
    struct ek_err *err;
};

static int refuse(const struct reading *r, const config_setting_t *setting, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static int refuse(const struct reading *r, const config_setting_t *setting, const char *format, ...)
{
    char text[700];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    const char *included = config_setting_source_file(setting);
    return ek_fail(r->err, EK_FORMAT, "%s%s:%u: %s", included && *included != '/' ? r->folder : "",
                   included ? included : r->file, config_setting_source_line(setting), text);
}

static const struct key *find_key(const char *name, bool source)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].source == source && strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static int unknown(const struct reading *r, const config_setting_t *setting, bool source)
{
    const char *names[KEY_COUNT + 1], *name = config_setting_name(setting);
    size_t n = 0;
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].source == source)
            names[n++] = keys[i].name;
    if (!source)
        names[n++] = "sources";
    const char *near = ek_nearest(name, names, n);
    return near ? refuse(r, setting, "unknown key '%s': did you mean '%s'?", name, near)
                : refuse(r, setting, "unknown key '%s': ekbomd.conf(5) lists them", name);
}

static int set_text(const struct reading *r, const struct key *key, const config_setting_t *setting,
                    void *at)
{
    const char *text = config_setting_get_string(setting);
    if (!text)
        return refuse(r, setting, "'%s' is a text: write %s = \"...\";", key->name, key->name);
    if (!*text)
        return refuse(r, setting, "'%s' is empty", key->name);
    *(const char **)at = ek_strdup(r->arena, text);
    return *(const char **)at ? 0 : ek_fail_memory(r->err);
}

static int set_number(const struct reading *r, const struct key *key,
                      const config_setting_t *setting, void *at)
{
    int type = config_setting_type(setting);
    bool whole = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
    double value =
        whole ? (double)config_setting_get_int64(setting) : config_setting_get_float(setting);
    if (!whole && (type != CONFIG_TYPE_FLOAT || key->type == NUMBER))
        return refuse(r, setting, "'%s' is a %s: write %s = %g;", key->name, type_words[key->type],
                      key->name, key->otherwise);
    if (!(value >= key->low && value <= key->high))
        return refuse(r, setting, "'%s' is from %.0f to %.0f", key->name, key->low, key->high);
    if (key->type == NUMBER)
        *(long *)at = lround(value);
    else
        *(double *)at = value;
    return 0;
}

static int set_flag(const struct reading *r, const struct key *key, const config_setting_t *setting,
                    void *at)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
        return refuse(r, setting, "'%s' is true or false", key->name);
    *(bool *)at = config_setting_get_bool(setting) != 0;
    return 0;
}

static int set_boards(const struct reading *r, const config_setting_t *setting,
                      struct ek_config_source *source)
{
    int count = config_setting_is_array(setting) || config_setting_is_list(setting)
                    ? config_setting_length(setting)
                    : -1;
    if (count < 0)
        return refuse(r, setting, "'boards' is a list of texts: write boards = [ \"5\", \"7\" ];");
    source->boards = EK_NEW_ARRAY(r->arena, const char *, (size_t)count + 1);
    for (int i = 0; source->boards && i < count; i++) {
        const char *id = config_setting_get_string_elem(setting, i);
        if (!id)
            return refuse(r, setting, "a board is named by its id as a text: \"5\"");
        source->boards[i] = ek_strdup(r->arena, id);
        if (!source->boards[i])
            return ek_fail_memory(r->err);
    }
    source->board_count = (size_t)count;
    return source->boards ? 0 : ek_fail_memory(r->err);
}

static int set(const struct reading *r, const struct key *key, const config_setting_t *setting,
               void *owner)
{
    void *at = (char *)owner + key->offset;
    if (key->type == TEXT)
        return set_text(r, key, setting, at);
    if (key->type == LIST)
        return set_boards(r, setting, owner);
    if (key->type == FLAG)
        return set_flag(r, key, setting, at);
    return set_number(r, key, setting, at);
}

static void set_defaults(bool source, void *owner)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        void *at = (char *)owner + keys[i].offset;
        if (keys[i].source == source && keys[i].type == NUMBER)
            *(long *)at = (long)keys[i].otherwise;
        if (keys[i].source == source && keys[i].type == SECONDS)
            *(double *)at = keys[i].otherwise;
    }
}

static int read_source(const struct reading *r, const config_setting_t *group,
                       struct ek_config_source *source)
{
    struct ek_err why;
    if (!config_setting_is_group(group))
        return refuse(r, group, "a source is a group: { address = \"https://...\"; }");
    set_defaults(true, source);
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const struct key *key = find_key(config_setting_name(setting), true);
        if (!key)
            return unknown(r, setting, true);
        if (set(r, key, setting, source) != 0)
            return -1;
    }
    if (!source->address)
        return refuse(r, group, "this source has no address");
    if (source->allow && ek_fetch_check_permit(source->allow, &why) != 0)
        return refuse(r, group, "'allow': %s", why.message);
    struct ek_period since;
    if (source->since && ek_period_parse(source->since, &since, &why) != 0)
        return refuse(r, group, "'since': %s", why.message);
    struct ek_civil noon = {2000, 1, 1, 12, 0, 0};
    ek_time time;
    if (source->time_zone && ek_zone_to_utc(source->time_zone, &noon, &time, NULL) != 0)
        return refuse(r, group,
                      "'time_zone': no zone is called %s: write a name like Europe/London",
                      source->time_zone);
    struct ek_buf url;
    ek_buf_init(&url, 8192);
    int bad = ek_url_normalise(&url, NULL, source->address, &why);
    ek_buf_free(&url);
    return bad ? refuse(r, group, "'address': %s", why.message) : 0;
}

static int read_sources(const struct reading *r, const config_setting_t *list,
                        struct ek_config *config)
{
    if (!config_setting_is_list(list))
        return refuse(r, list, "'sources' is a list: sources = ( { address = \"...\"; } );");
    size_t count = (size_t)config_setting_length(list);
    config->sources = EK_NEW_ARRAY(r->arena, struct ek_config_source, count + 1);
    if (!config->sources)
        return ek_fail_memory(r->err);
    for (size_t i = 0; i < count; i++) {
        struct ek_config_source *source = &config->sources[i];
        if (read_source(r, config_setting_get_elem(list, (unsigned)i), source) != 0)
            return -1;
        for (size_t j = 0; j < i; j++)
            if (strcmp(config->sources[j].address, source->address) == 0)
                return refuse(r, config_setting_get_elem(list, (unsigned)i),
                              "%s is a source already", source->address);
    }
    config->source_count = count;
    return 0;
}

static int read_all(const struct reading *r, const config_setting_t *root, struct ek_config *config)
{
    set_defaults(false, config);
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *setting = config_setting_get_elem(root, (unsigned)i);
        const struct key *key = find_key(config_setting_name(setting), false);
        int bad;
        if (strcmp(config_setting_name(setting), "sources") == 0)
            bad = read_sources(r, setting, config);
        else
            bad = key ? set(r, key, setting, config) : unknown(r, setting, false);
        if (bad)
            return -1;
    }
    for (size_t i = 0; i < config->source_count; i++)
        if (!config->sources[i].contact)
            config->sources[i].contact = config->contact;
    return 0;
}

/* The parser ends the process when it cannot read what it was given: a folder never reaches it. */
static FILE *open_file(const char *file, struct ek_err *err)
{
    struct stat about;
    FILE *stream = fopen(file, "re");
    if (!stream || fstat(fileno(stream), &about) != 0) {
        ek_fail_errno(err, "%s", file);
    } else if (S_ISDIR(about.st_mode)) {
        ek_fail(err, EK_FORMAT, "%s: a folder, not a configuration file", file);
    } else {
        return stream;
    }
    if (stream)
        fclose(stream);
    return NULL;
}

static int parse(const struct reading *r, config_t *parsed, FILE *stream)
{
    /* Not relative to where the service was started. */
    config_set_include_dir(parsed, *r->folder ? r->folder : ".");
    if (config_read(parsed, stream) == CONFIG_TRUE)
        return 0;
    const char *included = config_error_file(parsed);
    return ek_fail(r->err, EK_FORMAT, "%s:%d: %s: a line is  key = value;",
                   included ? included : r->file, config_error_line(parsed),
                   config_error_text(parsed));
}

int ek_config_read(struct ek_config *config, const char *file, struct ek_arena *arena,
                   struct ek_err *err)
{
    const char *slash = strrchr(file, '/');
    const char *folder = ek_printf(arena, "%.*s", slash ? (int)(slash - file + 1) : 0, file);
    struct reading reading = {file, folder, arena, err};
    config_t parsed;
    *config = (struct ek_config){.file = file};
    if (!folder)
        return ek_fail_memory(err);
    FILE *stream = open_file(file, err);
    if (!stream)
        return -1;
    config_init(&parsed);
    int result = parse(&reading, &parsed, stream);
    if (result == 0)
        result = read_all(&reading, config_root_setting(&parsed), config);
    config_destroy(&parsed);
    fclose(stream);
    return result;
}

/* mdoc wants each sentence on a line of its own. */
static void put_sentences(FILE *to, const char *text)
{
    for (const char *end; (end = strstr(text, ". ")); text = end + 2)
        fprintf(to, "%.*s\n", (int)(end - text + 1), text);
    fprintf(to, "%s\n", text);
}

void ek_config_describe(FILE *to)
{
    for (int source = 0; source < 2; source++) {
        fprintf(to, ".Ss %s\n.Bl -tag -width Ds\n",
                source ? "Keys of a source" : "Keys of the whole file");
        for (size_t i = 0; i < KEY_COUNT; i++) {
            const struct key *key = &keys[i];
            if (key->source != source)
                continue;
            fprintf(to, ".It Ic %s Pq %s", key->name, type_words[key->type]);
            fprintf(to, "\n");
            put_sentences(to, key->help);
            if (key->type == NUMBER || key->type == SECONDS)
                fprintf(to, "From %.0f to %.0f; default %.0f.\n", key->low, key->high,
                        key->otherwise);
            if (key->required)
                fprintf(to, "Required.\n");
        }
        fprintf(to, ".El\n");
    }
}
