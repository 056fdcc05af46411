/* robots.c - parser and matcher of robots.txt. See ekbom/robots.h.
 *
 * The file is read in one pass into three flat lists: agents (which group names which agent), rules
 * and crawl delays, each with the number of its group. Consecutive user-agent lines share a group,
 * and only an Allow or Disallow ends their list: blank lines, sitemaps, Crawl-delay and unknown
 * lines do not, as RFC 9309 has it (but a Crawl-delay is for the agents named before it). A verdict
 * walks the rules of every group that applies.
 *
 * A pattern is matched piece by piece between its wildcards, each found leftmost by
 * memmem: linear in the address, where the usual backtracking matcher is quadratic on hostile
 * patterns. Hostile files are bounded by their 500 KiB: 64,000 rules cost some milliseconds a
 * check. */
#include "ekbom/robots.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "robots_path.h"

#define NO_GROUP UINT32_MAX

struct agent {
    uint32_t group;
    uint32_t name, len; /* in text; "*" is the agent for everyone */
};

struct rule {
    uint32_t group;
    uint32_t line;
    uint32_t pattern, len; /* in text, in compared form */
    uint32_t shown;        /* in text, NUL-terminated: "Disallow: /x" */
    bool allow;
    bool anchored; /* the pattern ended with "$", which is not part of it */
};

struct delay {
    uint32_t group;
    uint32_t agents; /* read before it: it is not for those that follow */
    double seconds;
};

struct ek_robots {
    struct ek_buf text; /* what the lists point into */
    struct agent *agents;
    struct rule *rules;
    struct delay *delays;
    size_t agent_count, rule_count, delay_count;
};

struct slice {
    const char *at;
    size_t len;
};

/* Parsing -------------------------------------------------------------------------------------- */

struct parser {
    struct ek_robots *robots;
    uint32_t line;
    uint32_t group;        /* NO_GROUP until a user-agent line */
    bool naming;           /* the last line that counted was a user-agent line */
    struct ek_buf scratch; /* one path in compared form */
    bool failed;
};

/* Room for one more in a list that doubles. */
static void *grown(void *list, size_t count, size_t size)
{
    if (count & (count - 1) || (count && count < 8))
        return list;
    return realloc(list, (count < 8 ? 8 : 2 * count) * size);
}

static uint32_t keep(struct ek_robots *robots, const char *bytes, size_t len)
{
    size_t at = robots->text.len;
    ek_buf_add(&robots->text, bytes, len);
    ek_buf_addc(&robots->text, '\0');
    return (uint32_t)at;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static struct slice trim(struct slice s)
{
    while (s.len && is_blank(s.at[0]))
        s.at++, s.len--;
    while (s.len && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

static bool agent_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

static void add_agent(struct parser *p, struct slice value, bool allow)
{
    (void)allow;
    struct ek_robots *robots = p->robots;
    if (!p->naming)
        p->group = p->group == NO_GROUP ? 0 : p->group + 1;
    p->naming = true;
    size_t len = 0;
    if (value.len && value.at[0] == '*' && (value.len == 1 || is_blank(value.at[1])))
        len = 1;
    else
        while (len < value.len && agent_char(value.at[len]))
            len++;
    struct agent *agents = grown(robots->agents, robots->agent_count, sizeof *agents);
    if (!agents) {
        p->failed = true;
        return;
    }
    robots->agents = agents;
    agents[robots->agent_count++] =
        (struct agent){p->group, keep(robots, value.at, len), (uint32_t)len};
}

static void add_rule(struct parser *p, struct slice value, bool allow)
{
    struct ek_robots *robots = p->robots;
    p->naming = false;
    if (p->group == NO_GROUP || !value.len)
        return;
    struct rule *rules = grown(robots->rules, robots->rule_count, sizeof *rules);
    if (!rules) {
        p->failed = true;
        return;
    }
    robots->rules = rules;
    struct rule *rule = &rules[robots->rule_count++];
    *rule = (struct rule){.group = p->group, .line = p->line, .allow = allow};
    rule->shown = (uint32_t)robots->text.len;
    ek_buf_adds(&robots->text, allow ? "Allow: " : "Disallow: ");
    keep(robots, value.at, value.len);
    rule->anchored = value.at[value.len - 1] == '$';
    value.len -= rule->anchored;
    ek_buf_clear(&p->scratch);
    ek_robots_path_form(&p->scratch, value.at, value.len, true);
    rule->len = (uint32_t)p->scratch.len;
    rule->pattern = keep(robots, p->scratch.data, p->scratch.len);
    p->failed |= p->scratch.failed;
}

static void add_delay(struct parser *p, struct slice value, bool allow)
{
    (void)allow;
    struct ek_robots *robots = p->robots;
    char number[32], *end;
    if (p->group == NO_GROUP || !value.len || value.len >= sizeof number)
        return;
    memcpy(number, value.at, value.len);
    number[value.len] = '\0';
    if (strspn(number, "0123456789.") != value.len)
        return; /* no sign, exponent, infinity */
    double seconds = strtod(number, &end);
    if (*end)
        return;
    struct delay *delays = grown(robots->delays, robots->delay_count, sizeof *delays);
    if (!delays) {
        p->failed = true;
        return;
    }
    robots->delays = delays;
    if (seconds > EK_MAX_CRAWL_DELAY_SECONDS)
        seconds = EK_MAX_CRAWL_DELAY_SECONDS;
    delays[robots->delay_count++] =
        (struct delay){p->group, (uint32_t)robots->agent_count, seconds};
}

static const struct {
    const char *key;
    void (*add)(struct parser *p, struct slice value, bool allow);
    bool allow;
} keys[] = {
    {"user-agent", add_agent, false},
    {"allow", add_rule, true},
    {"disallow", add_rule, false},
    {"crawl-delay", add_delay, false},
};

static void read_line(struct parser *p, struct slice line)
{
    const char *comment = memchr(line.at, '#', line.len);
    if (comment)
        line.len = (size_t)(comment - line.at);
    const char *colon = memchr(line.at, ':', line.len);
    if (!colon)
        return;
    size_t key_len = (size_t)(colon - line.at);
    struct slice key = trim((struct slice){line.at, key_len});
    struct slice value = trim((struct slice){colon + 1, line.len - key_len - 1});
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i].key) == key.len && strncasecmp(keys[i].key, key.at, key.len) == 0)
            keys[i].add(p, value, keys[i].allow);
}

/* A line ends with LF, CR or CRLF. A byte order mark, even half of one, is passed over. */
static void read_lines(struct parser *p, const char *at, size_t len)
{
    static const char mark[3] = "\xef\xbb\xbf";
    const char *end = at + len;
    for (size_t i = 0; i < sizeof mark && at < end && *at == mark[i]; i++)
        at++;
    while (at < end) {
        const char *stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        p->line++;
        read_line(p, (struct slice){at, (size_t)(stop - at)});
        at = stop + 1;
        if (at < end && *stop == '\r' && *at == '\n')
            at++;
    }
}

int ek_robots_parse(struct ek_robots **robots, const void *bytes, size_t len, struct ek_err *err)
{
    struct ek_robots *made = calloc(1, sizeof *made);
    *robots = NULL;
    if (!made)
        return ek_fail_memory(err);
    if (len > EK_MAX_ROBOTS_BYTES)
        len = EK_MAX_ROBOTS_BYTES;
    struct parser p = {.robots = made, .group = NO_GROUP};
    /* A rule is kept twice, with a word of at most ten bytes before it, and an octet can become
     * three; the shortest rule takes eight bytes. */
    ek_buf_init(&made->text, 8 * (size_t)EK_MAX_ROBOTS_BYTES);
    ek_buf_init(&p.scratch, 3 * (size_t)EK_MAX_ROBOTS_BYTES);
    read_lines(&p, bytes, len);
    ek_buf_free(&p.scratch);
    if (p.failed || made->text.failed) {
        ek_robots_free(made);
        return ek_fail_memory(err);
    }
    *robots = made;
    return 0;
}

void ek_robots_free(struct ek_robots *robots)
{
    if (!robots)
        return;
    ek_buf_free(&robots->text);
    free(robots->agents);
    free(robots->rules);
    free(robots->delays);
    free(robots);
}

/* Matching ------------------------------------------------------------------------------------- */

static bool matches(const struct ek_robots *robots, const struct rule *rule, struct slice path)
{
    const char *at = robots->text.data + rule->pattern, *end = at + rule->len;
    bool first = true;
    for (;;) {
        const char *star = memchr(at, '*', (size_t)(end - at));
        size_t len = (size_t)((star ? star : end) - at);
        const char *found = path.at;
        if (len > path.len)
            return false;
        if (!star && rule->anchored && !first)
            found = path.at + path.len - len;
        if (first || (!star && rule->anchored))
            found = memcmp(found, at, len) == 0 ? found : NULL;
        else
            found = len ? memmem(path.at, path.len, at, len) : path.at;
        if (!found)
            return false;
        path.len -= (size_t)(found - path.at) + len;
        path.at = found + len;
        if (!star)
            return !rule->anchored || !path.len;
        at = star + 1;
        first = false;
    }
}

static bool names(const struct ek_robots *robots, const struct agent *agent, const char *wanted)
{
    return agent->len && strlen(wanted) == agent->len &&
           strncasecmp(robots->text.data + agent->name, wanted, agent->len) == 0;
}

static bool is_named(const struct ek_robots *robots, const char *agent)
{
    for (size_t i = 0; i < robots->agent_count; i++)
        if (names(robots, &robots->agents[i], agent))
            return true;
    return false;
}

/* The groups that apply, in rising order, one after another: call with *at = 0 first; *at is then
 * the number of agents up to the one that names the group. NO_GROUP at the end. */
static uint32_t next_group(const struct ek_robots *robots, const char *agent, size_t *at)
{
    while (*at < robots->agent_count) {
        const struct agent *a = &robots->agents[(*at)++];
        if (names(robots, a, agent))
            return a->group;
    }
    return NO_GROUP;
}

void ek_robots_check(const struct ek_robots *robots, const char *agent, const char *url,
                     struct ek_robots_verdict *verdict)
{
    *verdict = (struct ek_robots_verdict){.allowed = true};
    struct ek_buf form;
    ek_buf_init(&form, SIZE_MAX / 2);
    struct slice path;
    path.at = ek_robots_path_of(url, &path.len);
    if (!path.len || path.at[0] != '/')
        ek_buf_addc(&form, '/');
    ek_robots_path_form(&form, path.at, path.len, false);
    const char *text = ek_buf_str(&form);
    if (!text) { /* out of memory: what cannot be checked is not fetched */
        verdict->allowed = false;
        return;
    }
    path = (struct slice){text, form.len};
    const struct rule *best = NULL;
    const char *who = is_named(robots, agent) ? agent : "*";
    size_t next = 0;
    uint32_t group = next_group(robots, who, &next);
    bool exempt = strcmp(text, "/robots.txt") == 0;
    for (size_t i = 0; i < robots->rule_count && !exempt; i++) {
        const struct rule *rule = &robots->rules[i];
        while (group < rule->group)
            group = next_group(robots, who, &next);
        if (group != rule->group ||
            (best && rule->len + rule->anchored < best->len + best->anchored))
            continue;
        bool wins = !best || rule->len + rule->anchored > best->len + best->anchored ||
                    (rule->allow && !best->allow);
        if (wins && matches(robots, rule, path))
            best = rule;
    }
    if (best)
        *verdict =
            (struct ek_robots_verdict){best->allow, best->line, robots->text.data + best->shown};
    ek_buf_free(&form);
}

double ek_robots_crawl_delay(const struct ek_robots *robots, const char *agent)
{
    const char *who = is_named(robots, agent) ? agent : "*";
    size_t next = 0;
    uint32_t group = next_group(robots, who, &next);
    double longest = 0;
    for (size_t i = 0; i < robots->delay_count; i++) {
        const struct delay *delay = &robots->delays[i];
        while (group < delay->group)
            group = next_group(robots, who, &next);
        if (group == delay->group && next <= delay->agents && delay->seconds > longest)
            longest = delay->seconds;
    }
    return longest;
}

bool ek_robots_is_agent(const char *agent)
{
    size_t len = 0;
    while (agent_char(agent[len]))
        len++;
    return len && !agent[len];
}
