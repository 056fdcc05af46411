/* fields.c - reading of head lines as they are found, not as they should be.
 *
 * Lines end in CR LF or LF alone; a line that begins with a blank continues the one before; a
 * line without a colon is passed over. A head is walked once a field that is asked for: heads are
 * short and bounded, and an index over them would be more code than it saves. */
#include "store/archive/fields.h"

#include <string.h>
#include <strings.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

size_t ek_head_length(const char *head, size_t len, size_t *scanned)
{
    size_t at = *scanned;
    while (at < len) {
        const char *end = memchr(head + at, '\n', len - at);
        if (!end)
            return 0;
        size_t line = (size_t)(end - head) - at;
        at += line + 1;
        if (line == 0 || (line == 1 && head[at - 2] == '\r'))
            return at;
        *scanned = at;
    }
    return 0;
}

struct line {
    const char *text;
    size_t len; /* without the line's end */
};

/* The line at *at, which is moved behind it. False at the end. */
static bool next_line(const char *head, size_t len, size_t *at, struct line *line)
{
    if (*at >= len)
        return false;
    const char *end = memchr(head + *at, '\n', len - *at);
    size_t all = end ? (size_t)(end - head) - *at : len - *at;
    line->text = head + *at;
    line->len = all;
    if (line->len && line->text[line->len - 1] == '\r')
        line->len--;
    *at += all + (end != NULL);
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_field(const struct line *line, const char *name)
{
    size_t len = strlen(name);
    if (line->len <= len || strncasecmp(line->text, name, len) != 0)
        return false;
    while (len < line->len && blank(line->text[len]))
        len++;
    return len < line->len && line->text[len] == ':';
}

/* Adds text to value[*used ..], cleaned; false if it is too long. */
static bool add_clean(char *value, size_t *used, const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    while (at < end && blank(*at))
        at++;
    while (end > at && blank(end[-1]))
        end--;
    if (*used && at < end)
        value[(*used)++] = ' ';
    if ((size_t)(end - at) > EK_MAX_FIELD_BYTES - *used)
        return false;
    while (at < end) {
        size_t good = ek_utf8_valid(at, (size_t)(end - at));
        for (size_t i = 0; i < good; i++)
            if ((unsigned char)at[i] >= 0x20 && at[i] != 0x7f)
                value[(*used)++] = at[i];
        at += good;
        if (at < end) {
            value[(*used)++] = '?';
            at++;
        }
    }
    return true;
}

const char *ek_keep(struct ek_strings *strings, const char *bytes, size_t len)
{
    const char *copy = ek_strndup(strings->arena, bytes, len);
    strings->failed = strings->failed || !copy;
    return copy;
}

const char *ek_field(const char *head, size_t len, const char *name, struct ek_strings *strings)
{
    char value[EK_MAX_FIELD_BYTES + 2];
    struct line line;
    size_t at = 0, used = 0;
    bool found = false;
    while (!found && next_line(head, len, &at, &line))
        found = is_field(&line, name);
    if (!found)
        return NULL;
    size_t colon = (size_t)((const char *)memchr(line.text, ':', line.len) - line.text) + 1;
    bool fits = add_clean(value, &used, line.text + colon, line.len - colon);
    while (fits && next_line(head, len, &at, &line) && line.len && blank(line.text[0]))
        fits = add_clean(value, &used, line.text, line.len);
    return fits ? ek_keep(strings, value, used) : NULL;
}

bool ek_fields_malformed(const char *head, size_t len)
{
    struct line line;
    size_t at = 0;
    next_line(head, len, &at, &line);
    while (next_line(head, len, &at, &line) && line.len)
        if (!blank(line.text[0]) && !memchr(line.text, ':', line.len))
            return true;
    return false;
}

const char *ek_field_url(const char *value, struct ek_strings *strings, bool *odd)
{
    static const char digits[] = "0123456789ABCDEF";
    if (!value)
        return NULL;
    size_t len = strlen(value);
    if (len >= 2 && value[0] == '<' && value[len - 1] == '>') {
        value++;
        len -= 2;
    }
    while (len && blank(*value)) {
        value++;
        len--;
    }
    while (len && blank(value[len - 1]))
        len--;
    if (len == 0 || len > EK_MAX_URL_BYTES) {
        *odd = *odd || len;
        return NULL;
    }
    char *url = ek_alloc(strings->arena, 3 * len + 1, 1);
    size_t used = 0;
    strings->failed = strings->failed || !url;
    for (size_t i = 0; url && i < len; i++) {
        unsigned char c = (unsigned char)value[i];
        if (c > 0x20 && c < 0x7f) {
            url[used++] = value[i];
            continue;
        }
        url[used++] = '%';
        url[used++] = digits[c >> 4];
        url[used++] = digits[c & 15];
        *odd = true;
    }
    return used > EK_MAX_URL_BYTES ? NULL : url;
}

bool ek_field_number(const char *value, uint64_t *number)
{
    uint64_t n = 0;
    if (!value || !*value)
        return false;
    for (; *value; value++) {
        unsigned digit = (unsigned)*value - '0';
        if (digit > 9 || n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *number = n;
    return true;
}
