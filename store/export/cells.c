/* cells.c - the three formats.
 *
 * JSONL keeps values as they are. CSV (RFC 4180: UTF-8, a header line, CR LF) and TSV have one
 * rule for what is no plain text: null is an empty cell, yes/no is true or false, a list of codes
 * is joined with ';', and anything nested is its JSON. CSV doubles quotes and leaves everything
 * else alone: a text that begins with '=' is what somebody wrote, and a dataset that alters words
 * so that a spreadsheet does not run them would be wrong for everybody else. TSV writes \t, \n, \r
 * and \\ for the characters that it cannot hold. */
#include "store/export/cells.h"

#include <string.h>

#include "ekbom/buf.h"
#include "store/export/columns.h"

#define JSON_FLAGS (JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

static int add_bytes(const char *bytes, size_t len, void *out)
{
    ek_buf_add(out, bytes, len);
    return 0;
}

static void add_json(struct ek_buf *out, const json_t *value)
{
    if (json_dump_callback(value, add_bytes, out, JSON_FLAGS) != 0)
        out->failed = true;
}

static void add_plain(struct ek_buf *out, const struct ek_column *column, const json_t *value)
{
    if (json_is_null(value))
        return;
    if (json_is_string(value)) {
        ek_buf_adds(out, json_string_value(value));
        return;
    }
    if (strcmp(column->is.type, "list") != 0) {
        add_json(out, value);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (i)
            ek_buf_addc(out, ';');
        ek_buf_adds(out, json_string_value(json_array_get(value, i)));
    }
}

static void quote_csv(struct ek_buf *out, const char *cell)
{
    size_t len = strlen(cell);
    if (len == strcspn(cell, "\",\r\n") && (len == 0 || (cell[0] != ' ' && cell[len - 1] != ' '))) {
        ek_buf_add(out, cell, len);
        return;
    }
    ek_buf_addc(out, '"');
    for (const char *quote; (quote = strchr(cell, '"')); cell = quote + 1) {
        ek_buf_add(out, cell, (size_t)(quote - cell));
        ek_buf_adds(out, "\"\"");
    }
    ek_buf_adds(out, cell);
    ek_buf_addc(out, '"');
}

static void escape_tsv(struct ek_buf *out, const char *cell)
{
    static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
    for (;;) {
        size_t plain = strcspn(cell, special);
        ek_buf_add(out, cell, plain);
        cell += plain;
        if (!*cell)
            return;
        ek_buf_addc(out, '\\');
        ek_buf_addc(out, letters[strchr(special, *cell) - special]);
        cell++;
    }
}

struct separated {
    char separator;
    const char *end;
    void (*cell)(struct ek_buf *out, const char *cell);
};
static const struct separated csv = {',', "\r\n", quote_csv};
static const struct separated tsv = {'\t', "\n", escape_tsv};

static void head(struct ek_buf *out, const struct ek_column *const *columns, size_t count,
                 const struct separated *how)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            ek_buf_addc(out, how->separator);
        how->cell(out, columns[i]->is.name);
    }
    ek_buf_adds(out, how->end);
}

static void row(struct ek_buf *out, const struct ek_column *const *columns, json_t *const *values,
                size_t count, const struct separated *how)
{
    struct ek_buf cell;
    ek_buf_init(&cell, out->limit);
    for (size_t i = 0; i < count; i++) {
        ek_buf_clear(&cell);
        add_plain(&cell, columns[i], values[i]);
        if (i)
            ek_buf_addc(out, how->separator);
        if (cell.failed)
            out->failed = true;
        else
            how->cell(out, ek_buf_str(&cell));
    }
    ek_buf_adds(out, how->end);
    ek_buf_free(&cell);
}

static void csv_head(struct ek_buf *out, const struct ek_column *const *columns, size_t count)
{
    head(out, columns, count, &csv);
}

static void csv_row(struct ek_buf *out, const struct ek_column *const *columns,
                    json_t *const *values, size_t count)
{
    row(out, columns, values, count, &csv);
}

static void tsv_head(struct ek_buf *out, const struct ek_column *const *columns, size_t count)
{
    head(out, columns, count, &tsv);
}

static void tsv_row(struct ek_buf *out, const struct ek_column *const *columns,
                    json_t *const *values, size_t count)
{
    row(out, columns, values, count, &tsv);
}

static void jsonl_row(struct ek_buf *out, const struct ek_column *const *columns,
                      json_t *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ek_buf_addf(out, "%s\"%s\":", i ? "," : "{", columns[i]->is.name);
        add_json(out, values[i]);
    }
    ek_buf_adds(out, "}\n");
}

const struct ek_format ek_formats[] = {{"jsonl", NULL, jsonl_row},
                                       {"csv", csv_head, csv_row},
                                       {"tsv", tsv_head, tsv_row},
                                       {NULL, NULL, NULL}};
const char *const ek_export_format_names[] = {"jsonl", "csv", "tsv", NULL};
