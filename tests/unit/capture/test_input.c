#include "capture/input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_pcapng.h"

/* More than any buffer on the way, and nothing that compresses to nothing. */
#define LONG_LEN ((size_t)300 * 1000)

struct scratch {
    char *folder;
    char *path;
    struct complaint why;
};

static int setup(void **state)
{
    struct scratch *s = alloc_zero(sizeof(*s));

    s->folder = scratch_new();
    s->path = alloc_format("%s/file", s->folder);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scratch *s = *state;

    scratch_free(s->folder);
    free(s->path);
    free(s);
    return 0;
}

static struct bytes long_text(void)
{
    static uint8_t text[LONG_LEN];
    unsigned short dice[3] = {1, 2, 3};

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)("0123456789abcdef"[nrand48(dice) % 16]);
    return bytes_of(text, sizeof(text));
}

/* read_all reads the file to its end; *damage is a copy of what input_damage says, or NULL. */
static struct buffer read_all(struct scratch *s, char **damage)
{
    struct input *i = input_open(s->path, &s->why);
    struct buffer all = {0};
    uint8_t piece[1000];
    size_t n;

    if (!i)
        fail_msg("%s", s->why.text);
    FILE *stream = input_stream(i);

    assert_non_null(stream);
    while ((n = fread(piece, 1, sizeof(piece), stream)) > 0)
        buffer_append(&all, bytes_of(piece, n));
    *damage = input_damage(i) ? alloc_text(input_damage(i)) : NULL;
    assert_int_equal(fclose(stream), 0);
    input_close(i);
    return all;
}

static void assert_reads(struct scratch *s, struct bytes file, struct bytes expected)
{
    char *damage;

    file_write(s->path, file);

    struct buffer all = read_all(s, &damage);

    assert_null(damage);
    assert_true(bytes_equal(buffer_view(&all), expected));
    buffer_clear(&all);
}

static void assert_refused(struct scratch *s, struct bytes file, const char *because)
{
    file_write(s->path, file);
    assert_null(input_open(s->path, &s->why));
    assert_says(s->why.text, because);
}

static void plain_files_are_read_as_they_are(void **state)
{
    assert_reads(*state, long_text(), long_text());
}

static void files_shorter_than_a_magic_number_are_read(void **state)
{
    for (size_t len = 1; len <= INPUT_MAGIC_LEN; len++) {
        assert_reads(*state, bytes_first(long_text(), len), bytes_first(long_text(), len));
    }
}

static void the_magic_number_is_that_of_the_content(void **state)
{
    struct scratch *s = *state;
    struct bytes compressed = gzip_of(long_text(), 1);
    struct input *i;

    file_write(s->path, compressed);
    i = input_open(s->path, &s->why);
    assert_non_null(i);
    assert_true(bytes_equal(input_magic(i), bytes_first(long_text(), INPUT_MAGIC_LEN)));
    input_close(i);
    exact_free(compressed);
}

static void gzip_is_decompressed_whatever_the_number_of_members(void **state)
{
    for (size_t num = 1; num <= 4; num++) {
        struct bytes compressed = gzip_of(long_text(), num);

        assert_reads(*state, compressed, long_text());
        exact_free(compressed);
    }
}

static void what_follows_on_the_last_member_is_left_out(void **state)
{
    static const char *const tails[] = {"\0\0\0\0", "garb", "\x1f", "\x1fxyz"};
    struct bytes compressed = gzip_of(long_text(), 2);

    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        struct buffer file = {0};

        buffer_append(&file, compressed);
        buffer_append(&file, bytes_of(tails[i], i == 2 ? 1 : 4));
        assert_reads(*state, buffer_view(&file), long_text());
        buffer_clear(&file);
    }
    exact_free(compressed);
}

/* Of each cut, what is in front of it comes out, and that it is cut is told. */
static void a_cut_compression_yields_what_is_in_front_of_the_cut(void **state)
{
    struct scratch *s = *state;
    struct bytes plain = bytes_first(long_text(), 2000);
    struct bytes compressed = gzip_of(plain, 1);
    size_t before = 0;

    for (size_t len = 20; len < compressed.len; len++) {
        struct input *i;
        char *damage;

        file_write(s->path, bytes_first(compressed, len));
        i = input_open(s->path, &s->why);
        if (!i) {
            assert_says(s->why.text, "can't be read: it ends in the middle of its gzip");
            continue;
        }
        input_close(i);

        struct buffer all = read_all(s, &damage);

        assert_string_equal(damage, "it ends in the middle of its gzip compression");
        assert_true(bytes_equal(buffer_view(&all), bytes_first(plain, all.len)));
        assert_true(all.len >= before);
        before = all.len;
        buffer_clear(&all);
        free(damage);
    }
    assert_int_equal(before, plain.len); /* only the checksum was missing */
    exact_free(compressed);
}

static void a_damaged_compression_is_told(void **state)
{
    struct scratch *s = *state;
    struct bytes compressed = gzip_of(long_text(), 1);
    struct buffer file = {0};
    char *damage;

    buffer_append(&file, compressed);
    file.at[file.len - 6] ^= 1; /* the checksum */
    file_write(s->path, buffer_view(&file));

    struct buffer all = read_all(s, &damage);

    assert_string_equal(damage, "its gzip compression is damaged (incorrect data check)");
    assert_int_equal(all.len, LONG_LEN);
    free(damage);
    buffer_clear(&all);
    buffer_clear(&file);
    exact_free(compressed);
}

/* From a pipe, what was written arrives although more will come; compressed or not. */
static void nobody_waits_for_more_than_there_is(void **state)
{
    struct bytes plain = bytes_of("first words", 11);
    struct bytes compressed = gzip_of(plain, 1);
    const struct bytes forms[] = {plain, compressed};

    for (size_t k = 0; k < 2; k++) {
        struct scratch *s = *state;
        int ends[2];
        uint8_t got[11];

        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], forms[k].at, forms[k].len), forms[k].len);
        assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);

        struct input *i = input_open("-", &s->why);

        assert_non_null(i);
        assert_string_equal(input_name(i), "standard input");

        FILE *stream = input_stream(i);

        assert_int_equal(fread(got, 1, sizeof(got), stream), sizeof(got));
        assert_memory_equal(got, "first words", sizeof(got));
        assert_int_equal(close(ends[1]), 0);
        assert_int_equal(fgetc(stream), EOF);
        assert_null(input_damage(i));
        assert_int_equal(fclose(stream), 0);
        input_close(i);
        assert_int_equal(close(ends[0]), 0);
    }
    exact_free(compressed);
}

static void other_compressions_are_named_with_what_undoes_them(void **state)
{
    assert_refused(*state, bytes_of("\x28\xb5\x2f\xfd....", 8), "zstdcat FILE | keyfall-attacker");
    assert_refused(*state, bytes_of("\x04\x22\x4d\x18....", 8), "compressed with LZ4");
    assert_refused(*state,
                   bytes_of("\xfd"
                            "7zXZ\0...",
                            8),
                   "xzcat FILE");
    assert_refused(*state, bytes_of("BZh91AY&", 8), "compressed with bzip2");
    assert_refused(*state, bytes_of("PK\x03\x04....", 8), "compressed with zip");
}

static void what_can_not_be_opened_is_told(void **state)
{
    struct scratch *s = *state;
    struct bytes nothing = gzip_of(bytes_of("", 0), 1);

    assert_null(input_open("/tmp/keyfall-test-is-not-there", &s->why));
    assert_says(s->why.text, "No such file or directory");
    assert_null(input_open(s->folder, &s->why));
    assert_says(s->why.text, "is a directory");
    assert_refused(s, bytes_of("", 0), "is empty");
    assert_refused(s, nothing, "is empty");
    exact_free(nothing);
}

#define ON_SCRATCH(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_SCRATCH(plain_files_are_read_as_they_are),
        ON_SCRATCH(files_shorter_than_a_magic_number_are_read),
        ON_SCRATCH(the_magic_number_is_that_of_the_content),
        ON_SCRATCH(gzip_is_decompressed_whatever_the_number_of_members),
        ON_SCRATCH(what_follows_on_the_last_member_is_left_out),
        ON_SCRATCH(a_cut_compression_yields_what_is_in_front_of_the_cut),
        ON_SCRATCH(a_damaged_compression_is_told),
        ON_SCRATCH(nobody_waits_for_more_than_there_is),
        ON_SCRATCH(other_compressions_are_named_with_what_undoes_them),
        ON_SCRATCH(what_can_not_be_opened_is_told),
    };

    return RUN(cases);
}
