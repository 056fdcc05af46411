/* address.c - see address.h. RFC 3986 section 5 with the leniency of browsers: blanks around and
 * line breaks inside are dropped, other unsafe bytes encoded. libxml2's own resolver refuses such
 * addresses outright, and boards are full of them. */
#include "daemon/extract/address.h"

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"

struct parts { /* at is NULL where the part is missing */
    struct ek_slice scheme, authority, path, query, fragment;
};

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Everything up to the first of stops; rest becomes what follows, that byte included. */
static struct ek_slice until(struct ek_slice *rest, const char *stops)
{
    size_t len = 0;
    while (len < rest->len && !strchr(stops, rest->at[len]))
        len++;
    struct ek_slice part = ek_slice(rest->at, len);
    *rest = ek_slice(rest->at + len, rest->len - len);
    return part;
}

static struct parts split(struct ek_slice text)
{
    struct parts p;
    memset(&p, 0, sizeof p);
    size_t colon = 0;
    while (colon < text.len &&
           (letter(text.at[colon]) || (colon && strchr("+-.0123456789", text.at[colon]))))
        colon++;
    if (colon && colon < text.len && text.at[colon] == ':') {
        p.scheme = ek_slice(text.at, colon);
        text = ek_slice(text.at + colon + 1, text.len - colon - 1);
    }
    if (text.len >= 2 && text.at[0] == '/' && text.at[1] == '/') {
        text = ek_slice(text.at + 2, text.len - 2);
        p.authority = until(&text, "/?#");
    }
    p.path = until(&text, "?#");
    if (text.len && text.at[0] == '?') {
        text = ek_slice(text.at + 1, text.len - 1);
        p.query = until(&text, "#");
    }
    if (text.len)
        p.fragment = ek_slice(text.at + 1, text.len - 1);
    return p;
}

/* The next parameter of a query, split at & or ;. */
static bool next_parameter(struct ek_slice *query, struct ek_slice *parameter)
{
    if (!query->len)
        return false;
    *parameter = until(query, "&;");
    if (query->len)
        *query = ek_slice(query->at + 1, query->len - 1);
    /* "&amp;" that was escaped twice */
    if (parameter->len > 4 && memcmp(parameter->at, "amp;", 4) == 0)
        *parameter = ek_slice(parameter->at + 4, parameter->len - 4);
    return true;
}

/* Match one part; keep its capture if it is the first. */
static bool match_part(const struct ek_pattern *pattern, struct ek_slice text, struct ek_slice *id)
{
    struct ek_slice capture;
    if (!ek_pattern_match(pattern, text, &capture))
        return false;
    if (!id->at && pattern->captures)
        *id = capture;
    return true;
}

/* Where in the path the part begins that the pattern matches to the end; path.len + 1 if nowhere.
 */
static size_t match_path(const struct ek_pattern *pattern, struct ek_slice path,
                         struct ek_slice *id)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.at[i - 1] == '/' && match_part(pattern, ek_slice(path.at + i, path.len - i), id))
            return i;
    return match_part(pattern, path, id) ? 0 : path.len + 1;
}

static bool match_parameter(const struct ek_pattern *pattern, struct ek_slice query,
                            struct ek_slice *id)
{
    struct ek_slice parameter;
    while (next_parameter(&query, &parameter))
        if (match_part(pattern, parameter, id))
            return true;
    return false;
}

bool ek_address_match(const struct ek_address_form *form, struct ek_slice address,
                      struct ek_slice *id)
{
    struct parts have = split(address);
    struct ek_slice found = {NULL, 0};
    if (form->has_path && match_path(&form->path, have.path, &found) > have.path.len)
        return false;
    for (unsigned i = 0; i < form->parameter_count; i++)
        if (!match_parameter(&form->parameters[i], have.query, &found))
            return false;
    if (form->has_fragment &&
        (!have.fragment.at || !match_part(&form->fragment, have.fragment, &found)))
        return false;
    if (!found.at || found.len > EK_MAX_ID_BYTES)
        return false;
    *id = found;
    return true;
}

size_t ek_address_base(const struct ek_address_form *form, const char *address)
{
    struct parts have = split(ek_slice_of(address));
    struct ek_slice id = {NULL, 0};
    if (!form->has_path || !have.authority.at || !ek_address_match(form, ek_slice_of(address), &id))
        return 0;
    size_t at = match_path(&form->path, have.path, &id);
    return at && at <= have.path.len ? (size_t)(have.path.at - address) + at : 0;
}

const char *ek_address_form_compile(struct ek_address_form *form, struct ek_arena *arena,
                                    struct ek_slice text)
{
    *form = (struct ek_address_form){0};
    form->text = ek_slice(ek_strndup(arena, text.at, text.len), text.len);
    if (!form->text.at)
        return "out of memory";
    struct parts parts = split(text);
    struct ek_slice parameter;
    form->has_path = parts.path.len > 0;
    form->has_fragment = parts.fragment.at != NULL;
    const char *fault = ek_pattern_compile(&form->path, arena, parts.path);
    bool captures = form->path.captures;
    while (!fault && next_parameter(&parts.query, &parameter)) {
        if (form->parameter_count == EK_FORM_PARAMETERS)
            return "too many parameters in one address form";
        struct ek_pattern *pattern = &form->parameters[form->parameter_count++];
        fault = ek_pattern_compile(pattern, arena, parameter);
        captures |= pattern->captures;
    }
    if (!fault)
        fault = ek_pattern_compile(&form->fragment, arena, parts.fragment);
    captures |= form->fragment.captures;
    if (!fault && !captures)
        fault = "an address form needs {id} or {text}";
    return fault;
}

/* Append with what may not stand in an address encoded. */
static void add_encoded(struct ek_buf *out, struct ek_slice text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '\n' || c == '\r' || c == '\t')
            continue;
        if (c > ' ' && c < 0x7F && !strchr("\"<>\\^`{|}", c)) {
            ek_buf_addc(out, (char)c);
            continue;
        }
        ek_buf_addc(out, '%');
        ek_buf_addc(out, hex[c >> 4]);
        ek_buf_addc(out, hex[c & 15]);
    }
}

static void add_lower(struct ek_buf *out, struct ek_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] > ' ')
            ek_buf_addc(out, lower(text.at[i]));
}

/* Append the path with "." and ".." segments resolved; out->data from `root` on is the path. */
static void add_path(struct ek_buf *out, struct ek_slice path, size_t root)
{
    while (path.len) {
        bool slash = path.at[0] == '/';
        if (slash)
            path = ek_slice(path.at + 1, path.len - 1);
        struct ek_slice segment = until(&path, "/");
        bool last = path.len == 0;
        if (ek_slice_is(segment, ".")) {
            if (last)
                ek_buf_addc(out, '/');
        } else if (ek_slice_is(segment, "..")) {
            while (out->len > root && out->data[--out->len] != '/')
                ;
            if (last)
                ek_buf_addc(out, '/');
        } else {
            ek_buf_addc(out, '/');
            add_encoded(out, segment);
        }
    }
    if (out->len == root)
        ek_buf_addc(out, '/');
}

static bool is_session(struct ek_slice parameter, const char *const *sessions)
{
    for (; *sessions; sessions++) {
        size_t len = strlen(*sessions);
        if (parameter.len > len && parameter.at[len] == '=' &&
            memcmp(parameter.at, *sessions, len) == 0)
            return true;
    }
    return false;
}

static void add_query(struct ek_buf *out, struct ek_slice query, const char *const *sessions)
{
    struct ek_slice parameter;
    const char *joint = "?";
    char separator[2] = "&";
    for (struct ek_slice rest = query; next_parameter(&rest, &parameter);) {
        if (is_session(parameter, sessions))
            continue;
        ek_buf_adds(out, joint);
        add_encoded(out, parameter);
        const char *after = parameter.at + parameter.len;
        if (after < query.at + query.len)
            separator[0] = *after;
        joint = separator;
    }
}

static bool web_scheme(struct ek_slice scheme)
{
    return (scheme.len == 4 || scheme.len == 5) && lower(scheme.at[0]) == 'h' &&
           lower(scheme.at[1]) == 't' && lower(scheme.at[2]) == 't' && lower(scheme.at[3]) == 'p' &&
           (scheme.len == 4 || lower(scheme.at[4]) == 's');
}

/* The base's path up to and including its last '/'. */
static struct ek_slice folder_of(struct ek_slice path)
{
    while (path.len && path.at[path.len - 1] != '/')
        path.len--;
    return path;
}

static void add_absolute(struct ek_buf *out, const struct parts *base, struct parts *p)
{
    add_lower(out, p->scheme.at ? p->scheme : base->scheme);
    ek_buf_adds(out, "://");
    bool own_host = p->authority.at != NULL;
    add_lower(out, own_host ? p->authority : base->authority);
    size_t root = out->len;
    if (own_host || (p->path.len && p->path.at[0] == '/')) {
        add_path(out, p->path, root);
    } else if (p->path.len) {
        struct ek_buf joined;
        ek_buf_init(&joined, 2 * EK_MAX_URL_BYTES);
        struct ek_slice folder = folder_of(base->path);
        ek_buf_add(&joined, folder.at, folder.len);
        if (!folder.len)
            ek_buf_addc(&joined, '/');
        ek_buf_add(&joined, p->path.at, p->path.len);
        const char *path = ek_buf_str(&joined);
        if (path)
            add_path(out, ek_slice(path, joined.len), root);
        else
            out->failed = true;
        ek_buf_free(&joined);
    } else {
        add_path(out, base->path, root);
        if (!p->query.at)
            p->query = base->query;
    }
}

char *ek_address_absolute(struct ek_arena *arena, const char *base_text, struct ek_slice reference,
                          const char *const *sessions)
{
    reference = ek_slice_trim(reference);
    struct parts p = split(reference), base = split(ek_slice_of(base_text ? base_text : ""));
    if ((p.scheme.at && (!web_scheme(p.scheme) || !p.authority.at)) ||
        reference.len > EK_MAX_URL_BYTES)
        return NULL;
    bool host = p.scheme.at || (base.scheme.at && base.authority.at);
    struct ek_buf out;
    ek_buf_init(&out, EK_MAX_URL_BYTES);
    if (host && (p.authority.len || (!p.authority.at && base.authority.len)))
        add_absolute(&out, &base, &p);
    else if (!p.authority.at)
        add_encoded(&out, p.path);
    else
        out.failed = true;
    add_query(&out, p.query, sessions);
    if (p.fragment.at) {
        ek_buf_addc(&out, '#');
        add_encoded(&out, p.fragment);
    }
    const char *text = ek_buf_str(&out);
    char *copy = text ? ek_strdup(arena, text) : NULL;
    ek_buf_free(&out);
    return copy;
}

char *ek_address_folder(struct ek_arena *arena, const char *address)
{
    struct parts p = split(ek_slice_of(address));
    if (!p.authority.at)
        return NULL;
    struct ek_slice folder = folder_of(p.path);
    const char *end = folder.len ? folder.at + folder.len : p.authority.at + p.authority.len;
    return ek_printf(arena, "%.*s%s", (int)(end - address), address, folder.len ? "" : "/");
}

static struct ek_slice without_www(struct ek_slice host)
{
    return host.len > 4 && memcmp(host.at, "www.", 4) == 0 ? ek_slice(host.at + 4, host.len - 4)
                                                           : host;
}

bool ek_address_below(const char *address, const char *base)
{
    struct parts a = split(ek_slice_of(address)), b = split(ek_slice_of(base));
    struct ek_slice host = without_www(a.authority), base_host = without_www(b.authority);
    return a.authority.at && b.authority.at && host.len == base_host.len &&
           memcmp(host.at, base_host.at, host.len) == 0 && a.path.len >= b.path.len &&
           memcmp(a.path.at, b.path.at, b.path.len) == 0;
}
