/* kinds.h - the kinds of line that a dump consists of, in their order. See ekbom-dump(5).
 *
 * A line is one record: the struct of the records' own codec and the number or key that leads to
 * it. What can be made again from these (names, lists of posts, the index) is not dumped. */
#ifndef EKBOM_STORE_DUMP_KINDS_H
#define EKBOM_STORE_DUMP_KINDS_H

#include "ekbom/bundle.h"
#include "store/dump/fields.h"
#include "store/records/author.h"
#include "store/records/forgotten.h"
#include "store/records/forum.h"
#include "store/records/frontier_record.h"
#include "store/records/page.h"
#include "store/records/post.h"
#include "store/records/thread.h"

#define EK_DUMP_VERSION 1

enum ek_dump_kind {
    EK_DUMP_HEAD, /* what this is */
    EK_DUMP_STORE,
    EK_DUMP_RULE_SET,
    EK_DUMP_FORUM,
    EK_DUMP_BOARD,
    EK_DUMP_THREAD,
    EK_DUMP_AUTHOR,
    EK_DUMP_PAGE,
    EK_DUMP_POST,
    EK_DUMP_REVISION, /* of the post before it */
    EK_DUMP_QUARANTINE,
    EK_DUMP_FRONTIER,
    EK_DUMP_ROBOTS,
    EK_DUMP_FORGOTTEN,
    EK_DUMP_ARCHIVE,
    EK_DUMP_END,
    EK_DUMP_KINDS
};

struct ek_dump_head {
    uint64_t version, store_format;
    const char *program;
};
struct ek_dump_store {
    bool sample;
    const char *rules; /* digest of those in use; NULL */
    unsigned char key[32];
    struct ek_counters counters;
};
struct ek_dump_rule_set {
    const char *digest, *origin;
    struct ek_rule_code *codes;
    size_t code_count;
    struct ek_file *files;
    size_t file_count;
};
struct ek_dump_forum {
    uint64_t number;
    struct ek_forum_record is;
};
struct ek_dump_board {
    uint64_t number;
    struct ek_board_record is;
};
struct ek_dump_thread {
    uint64_t number;
    struct ek_thread_record is;
};
struct ek_dump_name {
    struct ek_author_name is;
    bool leads; /* the name alone means this author */
};
struct ek_dump_author {
    uint64_t number;
    struct ek_author_record is; /* without its names */
    struct ek_dump_name *names;
    size_t name_count;
};
struct ek_dump_page {
    unsigned char key[16];
    struct ek_page_record is;
};
struct ek_dump_post {
    uint64_t number;
    struct ek_post_record is;
};
struct ek_dump_revision {
    uint64_t post;
    struct ek_post words; /* subject, text, quotes, links */
};
struct ek_dump_quarantine {
    unsigned char key[16];
    struct ek_quarantined is;
};
struct ek_dump_frontier {
    unsigned char source[EK_SOURCE_BYTES];
    struct ek_frontier is;
};
struct ek_dump_archive {
    const char *file;
    uint64_t length;
    const char *sha256; /* of its first `length` bytes; NULL: it could not be read */
};
struct ek_dump_end {
    uint64_t lines, posts, revisions;
    unsigned char sha256[EK_SHA256_BYTES]; /* of every byte before this line */
};

struct ek_dump_kind_of {
    const char *name; /* "record" of the line */
    size_t size;      /* of its struct */
    const struct ek_field *fields;
};
extern const struct ek_dump_kind_of ek_dump_kinds[EK_DUMP_KINDS];

#endif
