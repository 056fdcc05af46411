/* fields.c - see fields.h.
 *
 * One table of types, each with how it is written and how it is read, so that what a dump holds and
 * what a load takes cannot differ. Reading is strict: a dump is the only copy of something, and a
 * member that is not understood is better refused than lost. */
#include "store/dump/fields.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/digest.h"
#include "ekbom/error.h"
#include "ekbom/record.h"
#include "ekbom/text.h"
#include "store/records/fact.h"

struct reading {
    struct ek_arena *arena;
    struct ek_err *err;
    bool told; /* err says already what is wrong */
};

static const void *at(const struct ek_field *field, const void *record)
{
    return (const char *)record + field->offset;
}

static void *in(const struct ek_field *field, void *record)
{
    return (char *)record + field->offset;
}

static const char *text_of(const json_t *json)
{
    const char *text = json_string_value(json);
    return text && strlen(text) == json_string_length(json) ? text : NULL;
}

/* Numbers ----------------------------------------------------------------------------------- */

static json_t *put_number(const struct ek_field *field, const void *record)
{
    uint64_t number = *(const uint64_t *)at(field, record);
    return number > INT64_MAX ? NULL : json_integer((json_int_t)number);
}

static int get_number(const struct ek_field *field, const json_t *json, void *record,
                      struct reading *reading)
{
    (void)reading;
    *(uint64_t *)in(field, record) = (uint64_t)json_integer_value(json);
    return json_is_integer(json) && json_integer_value(json) >= 0 ? 0 : -1;
}

static json_t *put_integer(const struct ek_field *field, const void *record)
{
    return json_integer(*(const long *)at(field, record));
}

static int get_integer(const struct ek_field *field, const json_t *json, void *record,
                       struct reading *reading)
{
    (void)reading;
    *(long *)in(field, record) = (long)json_integer_value(json);
    return json_is_integer(json) ? 0 : -1;
}

static json_t *put_status(const struct ek_field *field, const void *record)
{
    return json_integer(*(const int *)at(field, record));
}

static int get_status(const struct ek_field *field, const json_t *json, void *record,
                      struct reading *reading)
{
    json_int_t value = json_integer_value(json);
    (void)reading;
    *(int *)in(field, record) = (int)value;
    return json_is_integer(json) && value >= INT32_MIN && value <= INT32_MAX ? 0 : -1;
}

static json_t *put_bits(const struct ek_field *field, const void *record)
{
    return json_integer(*(const unsigned *)at(field, record));
}

static int get_bits(const struct ek_field *field, const json_t *json, void *record,
                    struct reading *reading)
{
    json_int_t value = json_integer_value(json);
    (void)reading;
    *(unsigned *)in(field, record) = (unsigned)value;
    return json_is_integer(json) && value >= 0 && value <= UINT32_MAX ? 0 : -1;
}

static json_t *put_flag(const struct ek_field *field, const void *record)
{
    return json_boolean(*(const bool *)at(field, record));
}

static int get_flag(const struct ek_field *field, const json_t *json, void *record,
                    struct reading *reading)
{
    (void)reading;
    *(bool *)in(field, record) = json_is_true(json);
    return json_is_boolean(json) ? 0 : -1;
}

static json_t *put_name(const struct ek_field *field, const void *record)
{
    const char *const *names = field->detail;
    return json_string(names[*(const unsigned *)at(field, record)]);
}

static int get_name(const struct ek_field *field, const json_t *json, void *record,
                    struct reading *reading)
{
    int index = ek_name_index(field->detail, text_of(json));
    (void)reading;
    *(unsigned *)in(field, record) = (unsigned)index;
    return index < 0 ? -1 : 0;
}

static json_t *time_json(ek_time time)
{
    return time == EK_TIME_UNKNOWN ? json_null() : json_integer(time);
}

static int time_from(const json_t *json, ek_time *time)
{
    *time = json_is_integer(json) ? (ek_time)json_integer_value(json) : EK_TIME_UNKNOWN;
    return json_is_null(json) || (json_is_integer(json) && *time != EK_TIME_UNKNOWN) ? 0 : -1;
}

static json_t *put_time(const struct ek_field *field, const void *record)
{
    return time_json(*(const ek_time *)at(field, record));
}

static int get_time(const struct ek_field *field, const json_t *json, void *record,
                    struct reading *reading)
{
    (void)reading;
    return time_from(json, in(field, record));
}

/* Texts ------------------------------------------------------------------------------------- */

static json_t *text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

static int copy_text(const char *text, const char **out, struct reading *reading)
{
    *out = ek_strdup(reading->arena, text);
    reading->told = text && !*out;
    return reading->told ? ek_fail_memory(reading->err) : 0;
}

static json_t *put_text(const struct ek_field *field, const void *record)
{
    return text_json(*(const char *const *)at(field, record));
}

static int get_text(const struct ek_field *field, const json_t *json, void *record,
                    struct reading *reading)
{
    const char *text = text_of(json);
    if (!text && (!json_is_null(json) || field->type == EK_FIELD_NEEDED))
        return -1;
    return copy_text(text, in(field, record), reading);
}

static json_t *put_short(const struct ek_field *field, const void *record)
{
    const char *text = at(field, record);
    return text_json(*text ? text : NULL);
}

static int get_short(const struct ek_field *field, const json_t *json, void *record,
                     struct reading *reading)
{
    const char *text = json_is_null(json) ? "" : text_of(json);
    (void)reading;
    if (!text || strlen(text) >= field->size)
        return -1;
    memcpy(in(field, record), text, strlen(text) + 1);
    return 0;
}

static json_t *put_fact(const struct ek_field *field, const void *record)
{
    const struct ek_fact *fact = at(field, record);
    if (!fact->value)
        return json_null();
    return json_pack("{s:s, s:o}", "value", fact->value, "seen", time_json(fact->seen));
}

static int get_fact(const struct ek_field *field, const json_t *json, void *record,
                    struct reading *reading)
{
    struct ek_fact *fact = in(field, record);
    *fact = (struct ek_fact){NULL, EK_TIME_UNKNOWN};
    if (json_is_null(json))
        return 0;
    const char *value = text_of(json_object_get(json, "value"));
    if (!value || json_object_size(json) != 2 ||
        time_from(json_object_get(json, "seen"), &fact->seen) != 0)
        return -1;
    return copy_text(value, &fact->value, reading);
}

/* Bytes ------------------------------------------------------------------------------------- */

static json_t *hex_json(const void *bytes, size_t len)
{
    char *hex = len < SIZE_MAX / 2 ? malloc(2 * len + 1) : NULL;
    json_t *json = hex ? json_string(ek_hex(bytes, len, hex)) : NULL;
    free(hex);
    return json;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

static int hex_from(const char *text, unsigned char *out, size_t len)
{
    if (!text || strlen(text) != 2 * len)
        return -1;
    for (size_t i = 0; i < len; i++) {
        int high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return 0;
}

static json_t *put_hex(const struct ek_field *field, const void *record)
{
    return hex_json(at(field, record), field->size);
}

static int get_hex(const struct ek_field *field, const json_t *json, void *record,
                   struct reading *reading)
{
    (void)reading;
    return hex_from(text_of(json), in(field, record), field->size);
}

static json_t *put_word(const struct ek_field *field, const void *record)
{
    unsigned char bytes[8];
    ek_put_be64(bytes, *(const uint64_t *)at(field, record));
    return hex_json(bytes, sizeof bytes);
}

static int get_word(const struct ek_field *field, const json_t *json, void *record,
                    struct reading *reading)
{
    unsigned char bytes[8];
    (void)reading;
    if (hex_from(text_of(json), bytes, sizeof bytes) != 0)
        return -1;
    *(uint64_t *)in(field, record) = ek_get_be64(bytes);
    return 0;
}

static size_t *count_of(const struct ek_field *field, void *record)
{
    return (size_t *)(void *)((char *)record + field->other);
}

static json_t *put_bytes(const struct ek_field *field, const void *record)
{
    const char *bytes = *(const char *const *)at(field, record);
    size_t len = *(const size_t *)((const void *)((const char *)record + field->other));
    if (len == 0 || (!memchr(bytes, 0, len) && ek_utf8_valid(bytes, len) == len))
        return json_stringn(len ? bytes : "", len);
    json_t *hex = hex_json(bytes, len);
    return hex ? json_pack("{s:o}", "hex", hex) : NULL;
}

static int get_bytes(const struct ek_field *field, const json_t *json, void *record,
                     struct reading *reading)
{
    const char *text = text_of(json), *hex = text_of(json_object_get(json, "hex"));
    size_t *len = count_of(field, record);
    if (!text && (!hex || json_object_size(json) != 1))
        return -1;
    *len = text ? strlen(text) : strlen(hex) / 2;
    char *bytes = ek_alloc(reading->arena, *len + 1, 1);
    *(const char **)in(field, record) = bytes;
    if (!bytes) {
        reading->told = true;
        return ek_fail_memory(reading->err);
    }
    if (!text)
        return hex_from(hex, (unsigned char *)bytes, *len);
    memcpy(bytes, text, *len);
    return 0;
}

/* Lists ------------------------------------------------------------------------------------- */

static json_t *put_list(const struct ek_field *field, const void *record)
{
    const char *items = *(const char *const *)at(field, record);
    size_t count = *(const size_t *)((const void *)((const char *)record + field->other));
    json_t *list = json_array();
    for (size_t i = 0; i < count && list; i++) {
        json_t *item = json_object();
        if (!item || ek_fields_put(item, field->detail, items + i * field->size) != 0 ||
            json_array_append(list, item) != 0) {
            json_decref(list);
            list = NULL;
        }
        json_decref(item);
    }
    return list;
}

static int get_list(const struct ek_field *field, const json_t *json, void *record,
                    struct reading *reading)
{
    size_t *count = count_of(field, record);
    if (!json_is_array(json))
        return -1;
    *count = json_array_size(json);
    char *items = ek_alloc(reading->arena, *count + 1, field->size);
    *(void **)in(field, record) = items;
    int result = items ? 0 : ek_fail_memory(reading->err);
    for (size_t i = 0; i < *count && result == 0; i++) {
        result = ek_fields_get(json_array_get(json, i), 0, field->detail, items + i * field->size,
                               reading->arena, reading->err);
        if (result != 0)
            ek_fail_in(reading->err, "'%s', item %zu", field->name, i + 1);
    }
    reading->told = result != 0;
    return result;
}

/* Types ------------------------------------------------------------------------------------- */

static const struct type {
    json_t *(*put)(const struct ek_field *field, const void *record);
    int (*get)(const struct ek_field *field, const json_t *json, void *record,
               struct reading *reading);
    const char *is;
} types[EK_FIELD_TYPES] = {
    [EK_FIELD_NUMBER] = {put_number, get_number, "a whole number from 0 on"},
    [EK_FIELD_INTEGER] = {put_integer, get_integer, "a whole number"},
    [EK_FIELD_STATUS] = {put_status, get_status, "a whole number of 32 bits"},
    [EK_FIELD_BITS] = {put_bits, get_bits, "a whole number of 32 bits from 0 on"},
    [EK_FIELD_FLAG] = {put_flag, get_flag, "true or false"},
    [EK_FIELD_NAME] = {put_name, get_name, "one of the names that ekbom-dump(5) lists"},
    [EK_FIELD_TIME] = {put_time, get_time, "seconds since 1970, or null"},
    [EK_FIELD_TEXT] = {put_text, get_text, "a text, or null"},
    [EK_FIELD_NEEDED] = {put_text, get_text, "a text"},
    [EK_FIELD_SHORT] = {put_short, get_short, "a short text, or null"},
    [EK_FIELD_FACT] = {put_fact, get_fact, "null, or an object of value and seen"},
    [EK_FIELD_HEX] = {put_hex, get_hex, "hexadecimal digits, lower case, as many as are due"},
    [EK_FIELD_WORD] = {put_word, get_word, "16 hexadecimal digits, lower case"},
    [EK_FIELD_BYTES] = {put_bytes, get_bytes, "a text, or an object of hex"},
    [EK_FIELD_LIST] = {put_list, get_list, "a list"},
};

int ek_fields_put(json_t *object, const struct ek_field *fields, const void *record)
{
    for (; fields->name; fields++)
        if (json_object_set_new_nocheck(object, fields->name,
                                        types[fields->type].put(fields, record)) != 0)
            return -1;
    return 0;
}

static int get_field(const json_t *object, const struct ek_field *field, void *record,
                     struct reading *reading)
{
    const json_t *json = json_object_get(object, field->name);
    if (!json)
        return ek_fail(reading->err, EK_FORMAT, "'%s' is missing", field->name);
    if (types[field->type].get(field, json, record, reading) == 0)
        return 0;
    if (reading->told)
        return -1;
    return ek_fail(reading->err, EK_FORMAT, "'%s' must be %s", field->name, types[field->type].is);
}

static int name_stranger(const json_t *object, const struct ek_field *fields, struct ek_err *err)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const struct ek_field *field = fields;
        while (field->name && strcmp(field->name, name) != 0)
            field++;
        if (!field->name && strcmp(name, "record") != 0)
            return ek_fail(err, EK_FORMAT, "'%s' is no member of this kind of record", name);
    }
    return ek_fail(err, EK_FORMAT, "a member too many");
}

int ek_fields_get(const json_t *object, size_t beside, const struct ek_field *fields, void *record,
                  struct ek_arena *arena, struct ek_err *err)
{
    struct reading reading = {.arena = arena, .err = err};
    size_t count = beside;
    if (!json_is_object(object))
        return ek_fail(err, EK_FORMAT, "an object is expected");
    for (const struct ek_field *field = fields; field->name; field++, count++)
        if (get_field(object, field, record, &reading) != 0)
            return -1;
    return json_object_size(object) == count ? 0 : name_stranger(object, fields, err);
}
