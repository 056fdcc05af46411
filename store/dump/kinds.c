/* kinds.c - the fields of every kind of line. See kinds.h. A change here changes what
 * EK_DUMP_VERSION stands for. */
#include "store/dump/kinds.h"

static const char *const author_kinds[] = {"account", "guest", "name", NULL};
static const char *const rank_names[] = {"nobody", "name", "id", NULL};
static const char *const frontier_kinds[] = {"index", "board", "thread", NULL};
_Static_assert(sizeof author_kinds / sizeof *author_kinds == EK_AUTHOR_KINDS + 1, "a name a kind");
_Static_assert(sizeof rank_names / sizeof *rank_names == EK_RANKS + 1, "a name a rank");
_Static_assert(sizeof frontier_kinds / sizeof *frontier_kinds == EK_FRONTIER_KINDS + 1,
               "a name a kind");

#define SIZE_OF(of, member) sizeof(((of *)0)->member)
#define FIELD(type, name, of, member)                                                              \
    {                                                                                              \
        name, EK_FIELD_##type, offsetof(of, member), 0, SIZE_OF(of, member), NULL                  \
    }
#define NAMED(names, name, of, member)                                                             \
    {                                                                                              \
        name, EK_FIELD_NAME, offsetof(of, member), 0, 0, names                                     \
    }
#define LIST(fields, name, of, member, count)                                                      \
    {                                                                                              \
        name, EK_FIELD_LIST, offsetof(of, member), offsetof(of, count), SIZE_OF(of, member[0]),    \
            fields                                                                                 \
    }
#define BYTES(name, of, member, length)                                                            \
    {                                                                                              \
        name, EK_FIELD_BYTES, offsetof(of, member), offsetof(of, length), 0, NULL                  \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, EK_FIELD_TYPES, 0, 0, 0, NULL                                                        \
    }

static const struct ek_field head[] = {
    FIELD(NUMBER, "version", struct ek_dump_head, version),
    FIELD(NUMBER, "store_format", struct ek_dump_head, store_format),
    FIELD(NEEDED, "program", struct ek_dump_head, program),
    END,
};

static const struct ek_field store[] = {
    FIELD(FLAG, "sample", struct ek_dump_store, sample),
    FIELD(TEXT, "rules", struct ek_dump_store, rules),
    FIELD(HEX, "key", struct ek_dump_store, key),
    FIELD(NUMBER, "last_forum", struct ek_dump_store, counters.forum),
    FIELD(NUMBER, "last_board", struct ek_dump_store, counters.board),
    FIELD(NUMBER, "last_thread", struct ek_dump_store, counters.thread),
    FIELD(NUMBER, "last_author", struct ek_dump_store, counters.author),
    FIELD(NUMBER, "last_post", struct ek_dump_store, counters.post),
    FIELD(NUMBER, "last_change", struct ek_dump_store, counters.change),
    FIELD(NUMBER, "pages_read", struct ek_dump_store, counters.pages_read),
    FIELD(NUMBER, "pages_passed_over", struct ek_dump_store, counters.pages_passed_over),
    END,
};

static const struct ek_field codes[] = {
    FIELD(NEEDED, "code", struct ek_rule_code, code),
    FIELD(FLAG, "treatment", struct ek_rule_code, treatment),
    END,
};
static const struct ek_field files[] = {
    FIELD(NEEDED, "name", struct ek_file, name),
    BYTES("text", struct ek_file, text, len),
    END,
};
static const struct ek_field rule_set[] = {
    FIELD(NEEDED, "digest", struct ek_dump_rule_set, digest),
    FIELD(TEXT, "origin", struct ek_dump_rule_set, origin),
    LIST(codes, "codes", struct ek_dump_rule_set, codes, code_count),
    LIST(files, "files", struct ek_dump_rule_set, files, file_count),
    END,
};

static const struct ek_field forum[] = {
    FIELD(NUMBER, "number", struct ek_dump_forum, number),
    FIELD(FACT, "base", struct ek_dump_forum, is.base),
    FIELD(FACT, "title", struct ek_dump_forum, is.title),
    FIELD(FACT, "software", struct ek_dump_forum, is.software),
    FIELD(FACT, "software_version", struct ek_dump_forum, is.version),
    FIELD(FACT, "time_zone", struct ek_dump_forum, is.zone),
    FIELD(TIME, "last_fetched", struct ek_dump_forum, is.last_fetched),
    FIELD(NUMBER, "pages", struct ek_dump_forum, is.pages),
    END,
};

static const struct ek_field board[] = {
    FIELD(NUMBER, "number", struct ek_dump_board, number),
    FIELD(NUMBER, "forum", struct ek_dump_board, is.forum),
    FIELD(NEEDED, "id", struct ek_dump_board, is.id),
    FIELD(FACT, "title", struct ek_dump_board, is.title),
    FIELD(FACT, "parent", struct ek_dump_board, is.parent),
    END,
};

static const struct ek_field thread[] = {
    FIELD(NUMBER, "number", struct ek_dump_thread, number),
    FIELD(NUMBER, "forum", struct ek_dump_thread, is.forum),
    FIELD(NUMBER, "board", struct ek_dump_thread, is.board),
    FIELD(NEEDED, "id", struct ek_dump_thread, is.id),
    FIELD(FACT, "title", struct ek_dump_thread, is.title),
    FIELD(FACT, "url", struct ek_dump_thread, is.url),
    FIELD(FACT, "board_id", struct ek_dump_thread, is.board_id),
    FIELD(BITS, "flags", struct ek_dump_thread, is.flags),
    FIELD(TIME, "flags_seen", struct ek_dump_thread, is.flags_seen),
    END,
};

static const struct ek_field names[] = {
    FIELD(NEEDED, "name", struct ek_dump_name, is.name),
    FIELD(TIME, "first_seen", struct ek_dump_name, is.first),
    FIELD(TIME, "last_seen", struct ek_dump_name, is.last),
    FIELD(FLAG, "leads", struct ek_dump_name, leads),
    END,
};
static const struct ek_field author[] = {
    FIELD(NUMBER, "number", struct ek_dump_author, number),
    FIELD(NUMBER, "forum", struct ek_dump_author, is.forum),
    NAMED(author_kinds, "kind", struct ek_dump_author, is.kind),
    FIELD(TEXT, "id", struct ek_dump_author, is.id),
    LIST(names, "names", struct ek_dump_author, names, name_count),
    END,
};

static const struct ek_field page[] = {
    FIELD(HEX, "key", struct ek_dump_page, key),
    FIELD(NEEDED, "url", struct ek_dump_page, is.url),
    FIELD(TIME, "fetched", struct ek_dump_page, is.fetched),
    FIELD(STATUS, "status", struct ek_dump_page, is.status),
    FIELD(SHORT, "archive_file", struct ek_dump_page, is.archived.file),
    FIELD(NUMBER, "archive_offset", struct ek_dump_page, is.archived.offset),
    FIELD(NUMBER, "archive_length", struct ek_dump_page, is.archived.length),
    NAMED(ek_page_kind_names, "kind", struct ek_dump_page, is.kind),
    FIELD(NUMBER, "forum", struct ek_dump_page, is.forum),
    FIELD(NUMBER, "posts", struct ek_dump_page, is.posts),
    FIELD(HEX, "digest", struct ek_dump_page, is.digest),
    FIELD(TEXT, "quarantined", struct ek_dump_page, is.quarantined),
    END,
};

static const struct ek_field stamps[] = {
    FIELD(HEX, "digest", struct ek_stamp, digest),
    FIELD(WORD, "apparatus", struct ek_stamp, apparatus),
    FIELD(TIME, "first_seen", struct ek_stamp, first),
    FIELD(TIME, "last_seen", struct ek_stamp, last),
    END,
};
static const struct ek_field post[] = {
    FIELD(NUMBER, "number", struct ek_dump_post, number),
    FIELD(NEEDED, "id", struct ek_dump_post, is.id),
    FIELD(NUMBER, "forum", struct ek_dump_post, is.forum),
    FIELD(NUMBER, "thread", struct ek_dump_post, is.thread),
    FIELD(TIME, "thread_seen", struct ek_dump_post, is.thread_seen),
    FIELD(NUMBER, "author", struct ek_dump_post, is.author.number),
    NAMED(rank_names, "author_known_by", struct ek_dump_post, is.author.rank),
    FIELD(TIME, "author_seen", struct ek_dump_post, is.author.seen),
    FIELD(TIME, "time", struct ek_dump_post, is.time),
    NAMED(ek_precision_names, "time_precision", struct ek_dump_post, is.precision),
    NAMED(ek_time_source_names, "time_source", struct ek_dump_post, is.source),
    FIELD(TEXT, "time_text", struct ek_dump_post, is.time_text),
    FIELD(TIME, "time_seen", struct ek_dump_post, is.time_seen),
    FIELD(FACT, "language", struct ek_dump_post, is.language),
    FIELD(FACT, "url", struct ek_dump_post, is.url),
    FIELD(FLAG, "guest", struct ek_dump_post, is.guest),
    FIELD(TIME, "guest_seen", struct ek_dump_post, is.guest_seen),
    FIELD(FLAG, "edited", struct ek_dump_post, is.edited),
    FIELD(INTEGER, "edit_count", struct ek_dump_post, is.edit_count),
    FIELD(FACT, "edit_time_text", struct ek_dump_post, is.edit_time_text),
    NAMED(ek_state_names, "state", struct ek_dump_post, is.state),
    FIELD(TIME, "state_seen", struct ek_dump_post, is.state_seen),
    FIELD(TIME, "first_seen", struct ek_dump_post, is.first_seen),
    FIELD(TIME, "last_seen", struct ek_dump_post, is.last_seen),
    FIELD(HEX, "page", struct ek_dump_post, is.page),
    FIELD(TIME, "page_seen", struct ek_dump_post, is.page_seen),
    FIELD(NUMBER, "change", struct ek_dump_post, is.change),
    LIST(stamps, "revisions", struct ek_dump_post, is.stamps, is.stamp_count),
    END,
};

static const struct ek_field quotes[] = {
    FIELD(TEXT, "author", struct ek_quote, author),
    FIELD(TEXT, "post_id", struct ek_quote, post_id),
    FIELD(FLAG, "inferred", struct ek_quote, inferred),
    FIELD(BITS, "depth", struct ek_quote, depth),
    FIELD(NEEDED, "text", struct ek_quote, text),
    END,
};
static const struct ek_field links[] = {
    NAMED(ek_link_kind_names, "kind", struct ek_link, kind),
    FIELD(TEXT, "id", struct ek_link, id),
    FIELD(TEXT, "title", struct ek_link, title),
    FIELD(TEXT, "url", struct ek_link, url),
    FIELD(TEXT, "last_post_id", struct ek_link, last_post_id),
    FIELD(TIME, "last_post_time", struct ek_link, last_post_time),
    FIELD(INTEGER, "replies", struct ek_link, replies),
    FIELD(BITS, "flags", struct ek_link, flags),
    END,
};
static const struct ek_field revision[] = {
    FIELD(NUMBER, "post", struct ek_dump_revision, post),
    FIELD(TEXT, "subject", struct ek_dump_revision, words.subject),
    FIELD(NEEDED, "text", struct ek_dump_revision, words.text),
    LIST(quotes, "quotes", struct ek_dump_revision, words.quotes, words.quote_count),
    LIST(links, "links", struct ek_dump_revision, words.links, words.link_count),
    END,
};

static const struct ek_field quarantine[] = {
    FIELD(HEX, "key", struct ek_dump_quarantine, key),
    FIELD(NEEDED, "what", struct ek_dump_quarantine, is.what),
    FIELD(NEEDED, "reason", struct ek_dump_quarantine, is.reason),
    FIELD(TIME, "when", struct ek_dump_quarantine, is.when),
    END,
};

static const struct ek_field frontier[] = {
    FIELD(HEX, "source", struct ek_dump_frontier, source),
    NAMED(frontier_kinds, "kind", struct ek_dump_frontier, is.kind),
    FIELD(NEEDED, "id", struct ek_dump_frontier, is.id),
    FIELD(NEEDED, "url", struct ek_dump_frontier, is.url),
    FIELD(TEXT, "listed", struct ek_dump_frontier, is.listed),
    FIELD(TEXT, "done", struct ek_dump_frontier, is.done),
    FIELD(TEXT, "newest", struct ek_dump_frontier, is.newest),
    FIELD(TEXT, "last_page", struct ek_dump_frontier, is.last_page),
    FIELD(TEXT, "next_page", struct ek_dump_frontier, is.next_page),
    FIELD(TIME, "visited", struct ek_dump_frontier, is.visited),
    FIELD(TIME, "due", struct ek_dump_frontier, is.due),
    FIELD(TEXT, "etag", struct ek_dump_frontier, is.etag),
    FIELD(TEXT, "last_modified", struct ek_dump_frontier, is.last_modified),
    FIELD(TEXT, "closed", struct ek_dump_frontier, is.closed),
    FIELD(TEXT, "error", struct ek_dump_frontier, is.error),
    FIELD(TIME, "error_time", struct ek_dump_frontier, is.error_time),
    END,
};

static const struct ek_field robots[] = {
    FIELD(NEEDED, "url", struct ek_kept_robots, url),
    FIELD(STATUS, "status", struct ek_kept_robots, status),
    FIELD(TIME, "fetched", struct ek_kept_robots, fetched),
    BYTES("body", struct ek_kept_robots, body, len),
    END,
};

static const struct ek_field forgotten[] = {
    FIELD(HEX, "key", struct ek_forgotten_mark, key),
    FIELD(TIME, "when", struct ek_forgotten_mark, when),
    FIELD(HEX, "secret", struct ek_forgotten_mark, secret),
    END,
};

static const struct ek_field archive[] = {
    FIELD(NEEDED, "file", struct ek_dump_archive, file),
    FIELD(NUMBER, "length", struct ek_dump_archive, length),
    FIELD(TEXT, "sha256", struct ek_dump_archive, sha256),
    END,
};

static const struct ek_field end[] = {
    FIELD(NUMBER, "lines", struct ek_dump_end, lines),
    FIELD(NUMBER, "posts", struct ek_dump_end, posts),
    FIELD(NUMBER, "revisions", struct ek_dump_end, revisions),
    FIELD(HEX, "sha256", struct ek_dump_end, sha256),
    END,
};

const struct ek_dump_kind_of ek_dump_kinds[EK_DUMP_KINDS] = {
    [EK_DUMP_HEAD] = {"ekbom-dump", sizeof(struct ek_dump_head), head},
    [EK_DUMP_STORE] = {"store", sizeof(struct ek_dump_store), store},
    [EK_DUMP_RULE_SET] = {"rule-set", sizeof(struct ek_dump_rule_set), rule_set},
    [EK_DUMP_FORUM] = {"forum", sizeof(struct ek_dump_forum), forum},
    [EK_DUMP_BOARD] = {"board", sizeof(struct ek_dump_board), board},
    [EK_DUMP_THREAD] = {"thread", sizeof(struct ek_dump_thread), thread},
    [EK_DUMP_AUTHOR] = {"author", sizeof(struct ek_dump_author), author},
    [EK_DUMP_PAGE] = {"page", sizeof(struct ek_dump_page), page},
    [EK_DUMP_POST] = {"post", sizeof(struct ek_dump_post), post},
    [EK_DUMP_REVISION] = {"revision", sizeof(struct ek_dump_revision), revision},
    [EK_DUMP_QUARANTINE] = {"quarantine", sizeof(struct ek_dump_quarantine), quarantine},
    [EK_DUMP_FRONTIER] = {"frontier", sizeof(struct ek_dump_frontier), frontier},
    [EK_DUMP_ROBOTS] = {"robots", sizeof(struct ek_kept_robots), robots},
    [EK_DUMP_FORGOTTEN] = {"forgotten", sizeof(struct ek_forgotten_mark), forgotten},
    [EK_DUMP_ARCHIVE] = {"archive", sizeof(struct ek_dump_archive), archive},
    [EK_DUMP_END] = {"end", sizeof(struct ek_dump_end), end},
};
