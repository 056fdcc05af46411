/* test_archive_blank.c - an archived page is taken back, and nothing else changes. */
#include "care_fixture.h"

#include "ekbom/forget.h"
#include "store/archive/blank.h"

struct pages {
    struct ek_archive_ref refs[8];
    const char *urls[8];
    size_t count;
    struct fixture *f;
};

static int note(void *context, const char *url, ek_time fetched, const struct ek_archive_ref *ref,
                struct ek_err *err)
{
    struct pages *pages = context;
    (void)fetched;
    (void)err;
    pages->urls[pages->count] = ek_strdup(pages->f->arena, url);
    pages->refs[pages->count++] = *ref;
    return 0;
}

static const char *folder(struct fixture *f)
{
    return ek_printf(f->arena, "%s/archive", f->folder);
}

static struct pages archived(struct fixture *f)
{
    struct pages pages = {.f = f};
    for (unsigned i = 1; i <= 3; i++)
        put_page(f, i, 2);
    OK(f, ek_store_each_archived(f->store, note, &pages, &f->err));
    assert_int_equal(pages.count, 3);
    return pages;
}

static int status_of(struct fixture *f, const struct ek_archive_ref *ref, const char *url)
{
    struct ek_warc *warc;
    struct ek_warc_record record;
    OK(f, ek_archive_read(folder(f), ref, &warc, &record, &f->err));
    assert_string_equal(record.url, url);
    assert_int_equal(record.length, ref->length);
    int status = record.status;
    ek_warc_close(warc);
    return status;
}

static void blanks_one(void **state)
{
    struct fixture *f = *state;
    struct pages pages = archived(f);
    const char *file = ek_printf(f->arena, "%s/%s", folder(f), pages.refs[0].file);
    uint64_t count;
    struct stat before, after;
    stat(file, &before);
    OK(f, ek_archive_blank(folder(f), &pages.refs[1], pages.urls[1], 1700000000, &f->err));
    stat(file, &after);
    assert_int_equal(before.st_size, after.st_size);
    assert_int_equal(status_of(f, &pages.refs[0], pages.urls[0]), 200);
    assert_int_equal(status_of(f, &pages.refs[1], pages.urls[1]), 410);
    assert_int_equal(status_of(f, &pages.refs[2], pages.urls[2]), 200);
    OK(f, ek_blanked_count(folder(f), pages.refs[1].file, &count, &f->err));
    assert_int_equal(count, 1);
    OK(f, ek_blanked_count(folder(f), "board.example-2023", &count, &f->err));
    assert_int_equal(count, 0); /* another file, though its name begins so */
    expect_sound(f);
    /* Every record is still there, for others too. */
    struct ek_warc *warc;
    struct ek_warc_record record;
    size_t records = 0;
    OK(f, ek_warc_open(&warc, file, &f->err));
    while (ek_warc_next(warc, &record, &f->err) == 1) {
        assert_null(record.oddity);
        records++;
    }
    ek_warc_close(warc);
    assert_int_equal(records, 7); /* one of the file; of each page a response and a conclusion */
    shell("gzip -dcq %s%s >/dev/null", file, "");
}

/* Half written: damaged, and mended by the same again. */
static void goes_on_after_a_cut(void **state)
{
    struct fixture *f = *state;
    struct pages pages = archived(f);
    const char *file = ek_printf(f->arena, "%s/%s", folder(f), pages.refs[0].file);
    struct ek_warc *warc;
    struct ek_warc_record record;
    FILE *archive = fopen(file, "r+b");
    fseek(archive, (long)pages.refs[1].offset + 20, SEEK_SET);
    fwrite("half of another record", 1, 22, archive);
    fclose(archive);
    assert_int_equal(ek_archive_read(folder(f), &pages.refs[1], &warc, &record, &f->err), -1);
    OK(f, ek_archive_blank(folder(f), &pages.refs[1], pages.urls[1], 1700000000, &f->err));
    assert_int_equal(status_of(f, &pages.refs[1], pages.urls[1]), 410);
    expect_sound(f);
}

static void refuses_what_is_too_short(void **state)
{
    struct fixture *f = *state;
    struct pages pages = archived(f);
    struct ek_archive_ref ref = pages.refs[1];
    ref.length = 60;
    assert_int_equal(ek_archive_blank(folder(f), &ref, pages.urls[1], 1700000000, &f->err), -1);
    assert_int_equal(f->err.kind, EK_LIMIT);
    assert_int_equal(status_of(f, &pages.refs[1], pages.urls[1]), 200);
    snprintf(ref.file, sizeof ref.file, "../key");
    ref.length = 4000;
    assert_int_equal(ek_archive_blank(folder(f), &ref, pages.urls[1], 1700000000, &f->err), -1);
    assert_int_equal(f->err.kind, EK_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blanks_one, care_setup, care_teardown),
        cmocka_unit_test_setup_teardown(goes_on_after_a_cut, care_setup, care_teardown),
        cmocka_unit_test_setup_teardown(refuses_what_is_too_short, care_setup, care_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
