/* fields.h - a record as a JSON object and back, by a table of its fields. */
#ifndef EKBOM_STORE_DUMP_FIELDS_H
#define EKBOM_STORE_DUMP_FIELDS_H

#include <jansson.h>
#include <stddef.h>

struct ek_arena;
struct ek_err;

enum ek_field_type {
    EK_FIELD_NUMBER,  /* uint64_t */
    EK_FIELD_INTEGER, /* long */
    EK_FIELD_STATUS,  /* int */
    EK_FIELD_BITS,    /* unsigned */
    EK_FIELD_FLAG,    /* bool */
    EK_FIELD_NAME,    /* an enumeration; detail: its names */
    EK_FIELD_TIME,    /* ek_time: seconds since 1970, null for unknown */
    EK_FIELD_TEXT,    /* const char *, which may be NULL */
    EK_FIELD_NEEDED,  /* const char *, which may not */
    EK_FIELD_SHORT,   /* char[size]; null for "" */
    EK_FIELD_FACT,    /* struct ek_fact: {"value", "seen"}, null for a value never seen */
    EK_FIELD_HEX,     /* unsigned char[size] */
    EK_FIELD_WORD,    /* uint64_t as 16 hex digits: a digest */
    EK_FIELD_BYTES,   /* const char * and its length (other): a text, or {"hex"} if it is none */
    EK_FIELD_LIST,    /* pointer and count (other) of records of this size; detail: their fields */
    EK_FIELD_TYPES
};

struct ek_field {
    const char *name; /* NULL ends a table */
    enum ek_field_type type;
    size_t offset; /* in the record */
    size_t other;  /* offset of the count or length that belongs to it */
    size_t size;   /* of the field, or of an item of the list */
    const void *detail;
};

/* Add a record's fields to an object, in the order of the table. 0, -1: out of memory, or a number
 * that JSON's integers do not hold. */
int ek_fields_put(json_t *object, const struct ek_field *fields, const void *record);
/* The object's members into the record, strings into the arena. Every field must be there, and
 * nothing else but `beside` members. -1 names the member. */
int ek_fields_get(const json_t *object, size_t beside, const struct ek_field *fields, void *record,
                  struct ek_arena *arena, struct ek_err *err);

#endif
