#include "attacker/leaks/keylog_file.h"

#include <stdlib.h>
#include <unistd.h>

#include "capture/alloc.h"
#include "tests/support/check.h"
#include "tests/support/program.h"

/* The lines that were handed over, each with a bar behind it. */
struct taken {
    char *folder;
    char *path;
    struct keylog_file *file;
    char text[512];
};

static void take(void *context, struct keylog_file *f, char *line)
{
    struct taken *t = context;

    assert_ptr_equal(f, t->file);
    strncat(t->text, line, sizeof(t->text) - strlen(t->text) - 2);
    strncat(t->text, "|", 2);
}

static void taken_begin(struct taken *t, struct bytes content)
{
    struct complaint why;

    *t = (struct taken){.folder = scratch_new()};
    t->path = alloc_format("%s/keylog.txt", t->folder);
    file_write(t->path, content);
    t->file = keylog_file_new(t->path);
    assert_true(keylog_file_read(t->file, take, t, &why));
}

static void taken_end(struct taken *t)
{
    keylog_file_free(t->file);
    free(t->path);
    scratch_free(t->folder);
}

static struct bytes text(const char *words)
{
    return bytes_of(words, strlen(words));
}

static void append(struct taken *t, const char *words)
{
    FILE *file = fopen(t->path, "a");

    assert_non_null(file);
    assert_true(fputs(words, file) >= 0);
    assert_int_equal(fclose(file), 0);
    t->text[0] = '\0';
    keylog_file_look_again(t->file, take, t);
}

static void text_of_any_system_is_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } files[] = {
        {"one\ntwo\n", 8},
        {"one\r\n\r\ntwo", 10},
        {"one\rtwo\r", 8},
        {"\xef\xbb\xbfone\ntwo\n", 11},
        {"\xff\xfeo\0n\0e\0\r\0\n\0t\0w\0o\0", 18},
        {"\xfe\xff\0o\0n\0e\0\n\0t\0w\0o\0\n", 18},
        {"o\0n\0e\0\n\0t\0w\0o\0\n\0", 16},
        {"\0o\0n\0e\0\n\0t\0w\0o", 14},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct taken t;

        taken_begin(&t, bytes_of(files[i].bytes, files[i].len));
        assert_string_equal(t.text, "one|two|");
        taken_end(&t);
    }
}

static void of_a_file_that_grew_the_new_lines_are_read(void **state)
{
    struct taken t;

    (void)state;
    taken_begin(&t, text("one\n"));
    append(&t, "");
    assert_string_equal(t.text, "");
    append(&t, "two\nthree\n");
    assert_string_equal(t.text, "two|three|");
    taken_end(&t);
}

/* The last line was handed over, in case that nothing comes; whole, it is so once more. */
static void a_line_whose_end_comes_later_is_read_as_a_whole(void **state)
{
    struct taken t;

    (void)state;
    taken_begin(&t, text("one\ntw"));
    assert_string_equal(t.text, "one|tw|");
    append(&t, "o");
    assert_string_equal(t.text, "");
    append(&t, "\nthree");
    assert_string_equal(t.text, "two|");
    append(&t, "\n");
    assert_string_equal(t.text, "three|");
    taken_end(&t);
}

static void a_file_that_was_made_anew_is_read_from_its_beginning(void **state)
{
    struct taken t;

    (void)state;
    taken_begin(&t, text("one\ntwo\n"));
    file_write(t.path, text("six\n")); /* shorter */
    append(&t, "");
    assert_string_equal(t.text, "six|");

    char *other = alloc_format("%s/other", t.folder);
    file_write(other, text("another one, longer\n"));
    assert_int_equal(rename(other, t.path), 0);
    append(&t, "");
    assert_string_equal(t.text, "another one, longer|");
    free(other);
    taken_end(&t);
}

static void a_file_that_is_gone_or_unchanged_says_nothing(void **state)
{
    struct taken t;

    (void)state;
    taken_begin(&t, text("one\n"));
    t.text[0] = '\0';
    assert_int_equal(unlink(t.path), 0);
    keylog_file_look_again(t.file, take, &t);
    assert_string_equal(t.text, "");
    taken_end(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(text_of_any_system_is_read),
        CASE(of_a_file_that_grew_the_new_lines_are_read),
        CASE(a_line_whose_end_comes_later_is_read_as_a_whole),
        CASE(a_file_that_was_made_anew_is_read_from_its_beginning),
        CASE(a_file_that_is_gone_or_unchanged_says_nothing),
    };

    return RUN(cases);
}
