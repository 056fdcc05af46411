/* cmd_forget.c - `ekbom forget AUTHOR|POST`: a person's words, taken out of the store for good.
 *
 * The records are one commit. What follows can be cut off at any moment and is done by the same
 * command again: posts of others tagged without what they quoted, archived pages blanked, texts
 * packed anew, since dictionaries are made of pieces of texts, and the store compacted, since freed
 * pages of its files hold the old bytes. `--dry-run` does the first, tells, and does not commit.
 */
#include <string.h>
#include <time.h>

#include "cli.h"
#include "ekbom/forget.h"
#include "ekbom/import.h"
#include "ekbom/store_care.h"

struct forgetting {
    const char *what;
    bool dry_run;
    struct ek_store *store;
    struct ek_pool *pool;
    struct ek_forget_report report;
    struct ek_forget_pages pages;
};

static void show(void *context, const char *doing, uint64_t count)
{
    (void)context;
    progress("%s: %llu", doing, (unsigned long long)count);
}

static const struct ek_forget_watch watch = {.progress = show};

/* In the slice that is open, or after it. */
static int sweep(struct forgetting *f, struct ek_err *err)
{
    return ek_forget_archived(f->store, f->pool, f->dry_run, &watch, &f->pages, err);
}

static int forget(struct forgetting *f, struct ek_err *err)
{
    struct ek_tagged tagged;
    if (ek_store_begin(f->store, err) != 0)
        return -1;
    int result = ek_store_forget(f->store, f->what, time(NULL), &watch, &f->report, err);
    if (result == 0 && f->dry_run)
        result = sweep(f, err);
    if (result != 0 || f->dry_run) {
        ek_store_abort(f->store);
        return result;
    }
    if (ek_store_commit(f->store, err) != 0 ||
        ek_tag_behind(f->store, f->pool, progress_tagged, NULL, &tagged, err) != 0 ||
        sweep(f, err) != 0)
        return -1;
    return 0;
}

#define COUNT(count, one, many) (unsigned long long)(count), (count) == 1 ? (one) : (many)

static void tell(const struct forgetting *f)
{
    const struct ek_forget_report *report = &f->report;
    const struct ek_forget_pages *pages = &f->pages;
    if (report->before)
        say("%s was forgotten before: nothing of it is left in the records", f->what);
    else
        say("%s: %llu %s with %llu %s, %llu %s, %llu %s of a thread; of others, in %llu %s: %llu "
            "%s, %llu %s, %llu %s",
            f->dry_run ? "would be forgotten" : "forgotten", COUNT(report->posts, "post", "posts"),
            COUNT(report->revisions, "text", "texts"), COUNT(report->authors, "author", "authors"),
            COUNT(report->titles, "title", "titles"), COUNT(report->touched, "post", "posts"),
            COUNT(report->quotes, "quote", "quotes"), COUNT(report->links, "link", "links"),
            COUNT(report->subjects, "subject", "subjects"));
    say("archive: %llu of %llu pages show it and %s blanked", (unsigned long long)pages->shown,
        (unsigned long long)pages->looked_at, f->dry_run ? "would be" : "were");
}

/* What is not done, and what to do. Returns the exit status. */
static int tell_rest(const struct forgetting *f)
{
    const struct ek_forget_pages *pages = &f->pages;
    if (pages->left)
        say("%llu %s it and could not be blanked, the first: %s",
            COUNT(pages->left, "archived page still holds", "archived pages still hold"),
            pages->left_first);
    if (pages->named)
        say("%llu other %s the name alone, beside the posts, as most of the forum's do: it seems "
            "to be a word of the forum's own, and they are left",
            COUNT(pages->named, "archived page shows", "archived pages show"));
    if (pages->unread)
        say("%llu %s not be read, and may hold it: `ekbom verify` names them",
            COUNT(pages->unread, "archived page could", "archived pages could"));
    return pages->left || pages->named || pages->unread ? EXIT_INCOMPLETE : EXIT_DONE;
}

/* The store is closed after it. */
static int compact(struct forgetting *f)
{
    const struct ek_care_watch bytes = {.progress = progress_bytes};
    struct ek_compact_report report;
    struct ek_err err;
    if (ek_store_repack(f->store, &watch, &err) == 0 && ek_store_settle(f->store, &err) == 0 &&
        ek_store_compact(f->store, &bytes, &report, &err) == 0)
        return EXIT_DONE;
    fail_with(&err);
    say("the files of %s still hold the old bytes: run the same command again",
        ek_store_folder(f->store));
    return EXIT_INCOMPLETE;
}

int cmd_forget(struct cli *cli)
{
    struct forgetting f = {.dry_run = has(cli, OPT_DRY_RUN)};
    struct ek_err err;
    int status;
    if (cli->argument_count != 1)
        return wrong_use("forget whom or what? ekbom forget AUTHOR, or ekbom forget POST");
    f.what = cli->arguments[0];
    if (ek_store_is_there(store_folder(cli), &err) != 0 ||
        open_store(cli, EK_STORE_WRITE, &f.store, &err) != 0 ||
        open_writing_pool(cli, f.store, &f.pool, &err) != 0 || forget(&f, &err) != 0)
        status = fail_with(&err);
    else {
        progress_end();
        tell(&f);
        status = tell_rest(&f);
        int compacted = f.dry_run ? EXIT_DONE : compact(&f);
        if (!f.dry_run)
            say("backups, dumps and datasets made before still hold it: make new ones, and remove "
                "the old");
        status = status == EXIT_DONE ? compacted : status;
    }
    ek_pool_close(f.pool);
    ek_store_close(f.store);
    return status;
}
