/* attributes.c - see attributes.h.
 *
 * libxml2 compares each attribute of a tag with all before it: 100,000 of them take it ten to
 * thirty seconds, before any callback could stop it. Counting them beforehand costs a few percent
 * of a parse. Where this count and the parser's reading could differ (an odd quote), the reader's
 * limit on processor time is the second wall. Comments, scripts and style sheets hold no tags. */
#include "daemon/extract/attributes.h"

#include <strings.h>

#include "ekbom/limits.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(const char *at, const char *end, const char *name)
{
    size_t len = strlen(name);
    return (size_t)(end - at) > len && strncasecmp(at, name, len) == 0 && !is_letter(at[len]);
}

/* Past the next `stop`, or the end. */
static const char *past(const char *at, const char *end, const char *stop)
{
    const char *found = memmem(at, (size_t)(end - at), stop, strlen(stop));
    return found ? found + strlen(stop) : end;
}

/* Past the tag whose name begins at `at`; counts its attributes. */
static const char *past_tag(const char *at, const char *end, unsigned *attributes)
{
    char quote = 0, before = 'x';
    for (*attributes = 0; at < end; at++) {
        if (quote) {
            if (*at == quote)
                quote = 0;
            continue;
        }
        if (*at == '>')
            return at + 1;
        bool gap = ek_html_space(before) || before == '/';
        if ((*at == '"' || *at == '\'') && before == '=')
            quote = *at;
        else if (gap && !ek_html_space(*at) && *at != '/' && *at != '=')
            ++*attributes;
        if (!(ek_html_space(*at) && before == '='))
            before = *at;
    }
    return end;
}

bool ek_attributes_too_many(struct ek_slice html)
{
    const char *at = html.at, *end = html.at + html.len;
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        unsigned attributes;
        at++;
        if (at < end && *at == '!') {
            bool comment = end - at >= 3 && at[1] == '-' && at[2] == '-';
            at = comment ? past(at, end, "-->") : at;
            continue;
        }
        if (at == end || !is_letter(*at))
            continue;
        const char *stop = is_name(at, end, "script")  ? "</script"
                           : is_name(at, end, "style") ? "</style"
                                                       : NULL;
        at = past_tag(at, end, &attributes);
        if (attributes > EK_MAX_TAG_ATTRIBUTES)
            return true;
        if (stop)
            at = past(at, end, stop);
    }
    return false;
}
