/* What a flush, a rollback, a full disk, a disk that refuses and a crash leave of the archive:
 * whole records, and everything that was flushed. */
#include "archive_fixture.h"

/* In place of the C library's: what was made durable, and a disk that refuses. */
static int files_synced, folders_synced, sync_error;

static int count_sync(int fd, long call)
{
    struct stat st;
    if (sync_error) {
        errno = sync_error;
        return -1;
    }
    if (fstat(fd, &st) == 0)
        *(S_ISDIR(st.st_mode) ? &folders_synced : &files_synced) += 1;
    return (int)syscall(call, fd);
}

int fdatasync(int fd)
{
    return count_sync(fd, SYS_fdatasync);
}

int fsync(int fd)
{
    return count_sync(fd, SYS_fsync);
}

static void rollback_takes_back_to_the_flush(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second, other;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &first);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    long flushed = size_of(FILE_NAME);
    append_good(archive, 2, MARCH, &second);
    append_good(archive, 3, MARCH + 86400 * 31, &other);
    assert_true(size_of(FILE_NAME) > flushed);
    ek_archive_rollback(archive);
    assert_int_equal(size_of(FILE_NAME), flushed);
    assert_int_equal(size_of(other.file), -1);
    append_good(archive, 4, MARCH, &second);
    append_good(archive, 5, MARCH + 86400 * 31, &other);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    expect_page(&first, 1);
    expect_page(&second, 4);
    expect_page(&other, 5);
    expect_responses(FILE_NAME, 2);
}

static void flush_is_durable_or_undone(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second, other;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &first);
    append_good(archive, 2, MARCH + 86400 * 31, &other);
    files_synced = folders_synced = 0;
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    assert_int_equal(files_synced, 2);
    assert_int_equal(folders_synced, 1); /* two files are new */
    append_good(archive, 3, MARCH, &second);
    files_synced = folders_synced = 0;
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    assert_int_equal(files_synced, 1);
    assert_int_equal(folders_synced, 0);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    assert_int_equal(files_synced, 1);
    long flushed = size_of(FILE_NAME), errors[] = {ENOSPC, EIO};
    for (int i = 0; i < 2; i++) {
        append_good(archive, 4, MARCH, &second);
        append_good(archive, 5, MARCH + 86400 * 62, &other);
        sync_error = (int)errors[i];
        assert_int_equal(ek_archive_flush(archive, &err), -1);
        sync_error = 0;
        assert_int_equal(err.kind, i ? EK_IO : EK_FULL);
        assert_int_equal(size_of(FILE_NAME), flushed);
        assert_int_equal(size_of(other.file), -1);
    }
    /* The first byte of a file follows the note of its length, which is on the disk by then. */
    files_synced = folders_synced = 0;
    append_good(archive, 6, MARCH + 86400 * 93, &other);
    assert_int_equal(files_synced, 1);
    assert_int_equal(folders_synced, 1);
    sync_error = EIO;
    assert_int_equal(append(archive, 7, MARCH + 86400 * 124, 0, &other, &err), -1);
    sync_error = 0;
    ek_archive_close(archive);
    expect_page(&first, 1);
    expect_responses(FILE_NAME, 2);
}

/* A crash may leave any part of what was appended after the last flush. */
static void torn_record_is_cut(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second, third;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &first);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    long flushed = size_of(FILE_NAME);
    append_good(archive, 2, MARCH, &second);
    ek_archive_close(archive);
    long all = size_of(FILE_NAME);
    char *bytes = malloc((size_t)all);
    FILE *file = fopen(in_folder(FILE_NAME), "r");
    assert_int_equal(fread(bytes, 1, (size_t)all, file), all);
    fclose(file);
    for (long size = flushed; size <= all; size++) {
        file = fopen(in_folder(FILE_NAME), "w");
        assert_int_equal(fwrite(bytes, 1, (size_t)size, file), size);
        /* Some file systems leave zeros where data never arrived. */
        static const char zeros[100];
        if (size % 2)
            fwrite(zeros, 1, sizeof zeros, file);
        fclose(file);
        archive = open_archive();
        /* The last bytes of a member are zeros themselves: added ones may make it whole. */
        long kept = size_of(FILE_NAME), whole = (long)(second.offset + second.length);
        assert_true(kept == flushed || kept == whole || kept == all);
        assert_true(size % 2 || kept == (size == all ? all : size < whole ? flushed : whole));
        append_good(archive, 3, MARCH, &third);
        assert_int_equal(ek_archive_flush(archive, &err), 0);
        ek_archive_close(archive);
        expect_page(&first, 1);
        expect_page(&third, 3);
        expect_responses(FILE_NAME, kept > flushed ? 3 : 2);
        /* Back to the note that the crash found. */
        file = fopen(in_folder("lengths"), "w");
        fprintf(file, FILE_NAME " %ld\n", flushed);
        fclose(file);
    }
    free(bytes);
}

/* After a clean close the lengths are known; a last record that lost its end is cut all the same.
 */
static void cut_short_after_a_clean_close(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second, third;
    struct ek_err err = {0};
    char note[200];
    append_good(archive, 1, MARCH, &first);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    long flushed = size_of(FILE_NAME);
    append_good(archive, 2, MARCH, &second);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    FILE *file = fopen(in_folder("lengths"), "r");
    assert_int_equal(fscanf(file, FILE_NAME " %199s", note), 1);
    fclose(file);
    assert_int_equal(atol(note), size_of(FILE_NAME));
    assert_int_equal(truncate(in_folder(FILE_NAME), (off_t)(second.offset + second.length) - 5), 0);
    archive = open_archive();
    assert_int_equal(size_of(FILE_NAME), flushed);
    append_good(archive, 3, MARCH, &third);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    file = fopen(in_folder(FILE_NAME), "a");
    fputs("\x1f\x8b\x08 and so on", file);
    fclose(file);
    archive = open_archive();
    append_good(archive, 4, MARCH, &second);
    ek_archive_close(archive);
    expect_page(&first, 1);
    expect_page(&third, 3);
    expect_page(&second, 4);
    expect_responses(FILE_NAME, 3);
}

/* A file that is gone may be brought back: nothing is written under its name until then. */
static void a_missing_file_keeps_its_name(void **state)
{
    (void)state;
    static const char other[] = "board.example_8090-2011-03.2.warc.gz";
    struct ek_archive_ref refs[4];
    struct ek_err err = {0};
    char kept[4200];
    for (int i = 0; i < 4; i++) {
        struct ek_archive *archive = open_archive();
        append_good(archive, i, MARCH, &refs[i]);
        assert_int_equal(ek_archive_flush(archive, &err), 0);
        ek_archive_close(archive);
        snprintf(kept, sizeof kept, "%s", in_folder("kept"));
        if (i == 0)
            assert_int_equal(rename(in_folder(FILE_NAME), kept), 0);
        if (i == 2)
            assert_int_equal(rename(kept, in_folder(FILE_NAME)), 0);
    }
    for (int i = 0; i < 4; i++) {
        assert_string_equal(refs[i].file, i == 1 || i == 2 ? other : FILE_NAME);
        expect_page(&refs[i], i);
    }
    expect_responses(FILE_NAME, 2);
    expect_responses(other, 2);
}

/* What was flushed is never cut, whatever it looks like. */
static void flushed_bytes_are_never_touched(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &first);
    append_good(archive, 2, MARCH, &second);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    append_good(archive, 3, MARCH, &second);
    ek_archive_close(archive);
    long all = size_of(FILE_NAME);
    FILE *file = fopen(in_folder("lengths"), "w");
    fprintf(file, "not a line\n../etc 5\n" FILE_NAME " %ld\n", (long)second.offset);
    fclose(file);
    int fd = open(in_folder(FILE_NAME), O_WRONLY);
    assert_int_equal(pwrite(fd, "XXXX", 4, (off_t)first.offset + 20), 4);
    close(fd);
    ek_archive_close(open_archive());
    assert_int_equal(size_of(FILE_NAME), all);
    /* Shorter than noted, and damaged before its end: nobody but its owner may decide. */
    assert_int_equal(truncate(in_folder(FILE_NAME), (off_t)second.offset - 3), 0);
    assert_int_equal(ek_archive_open(&archive, folder, &err), -1);
    assert_int_equal(err.kind, EK_FORMAT);
    assert_non_null(strstr(err.message, FILE_NAME));
    assert_int_equal(size_of(FILE_NAME), second.offset - 3);
}

/* kill -9 at random moments: the archive opens, every record is whole, flushed pages are there. */
static void killed_while_writing(void **state)
{
    (void)state;
    struct ek_err err = {0};
    for (int round = 0; round < 20; round++) {
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0) {
            struct ek_archive *archive = open_archive();
            struct ek_archive_ref refs[2];
            for (int i = 0;; i++) {
                if (append(archive, i, MARCH, 200000, &refs[0], &err) < 0 ||
                    append(archive, i, MARCH, 100, &refs[1], &err) < 0 ||
                    ek_archive_flush(archive, &err) < 0 ||
                    write(pipes[1], &refs[1], sizeof refs[1]) != sizeof refs[1])
                    _exit(1);
            }
        }
        close(pipes[1]);
        usleep((useconds_t)(2000 + round * 1700));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        struct ek_archive *archive = open_archive();
        ek_archive_close(archive);
        struct ek_archive_ref ref;
        for (int i = 0; read(pipes[0], &ref, sizeof ref) == sizeof ref; i++)
            expect_page(&ref, i);
        close(pipes[0]);
        int responses, all;
        if (size_of(FILE_NAME) > 0)
            count_records(FILE_NAME, &responses, &all);
    }
}

static void full_disk(void **state)
{
    (void)state;
    struct ek_archive_ref first = {0}, ref;
    struct ek_err err = {0};
    if (mount("none", folder, "tmpfs", 0, "size=300k") != 0)
        skip();
    struct ek_archive *archive = open_archive();
    append_good(archive, 1, MARCH, &first);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    long flushed = size_of(FILE_NAME);
    append_good(archive, 2, MARCH, &ref);
    long before = size_of(FILE_NAME);
    assert_int_equal(append(archive, 3, MARCH, 400000, &ref, &err), -1);
    assert_int_equal(err.kind, EK_FULL);
    assert_int_equal(size_of(FILE_NAME), before);
    assert_non_null(strstr(err.message, FILE_NAME));
    ek_archive_rollback(archive);
    assert_int_equal(size_of(FILE_NAME), flushed);
    append_good(archive, 4, MARCH, &ref);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    expect_page(&first, 1);
    expect_page(&ref, 4);
    expect_responses(FILE_NAME, 2);
    assert_int_equal(umount(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rollback_takes_back_to_the_flush, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(flush_is_durable_or_undone, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(torn_record_is_cut, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(cut_short_after_a_clean_close, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(a_missing_file_keeps_its_name, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(flushed_bytes_are_never_touched, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(killed_while_writing, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(full_disk, make_folder, drop_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
