#include "attacker/leaks/key_loading.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/sample_exchange.h"

static void reads(const void *at, size_t len, size_t num, const char *const *passphrases)
{
    struct key_loading loading = {0};
    struct complaint why;
    struct scratch s;

    scratch_make(&s);
    char *path = scratch_write(&s, "passphrases", bytes_of(at, len));
    assert_true(key_loading_read_passphrases(&loading, path, &why));
    assert_int_equal(loading.num_passphrases, num);
    for (size_t i = 0; i < num; i++)
        assert_string_equal(loading.passphrases[i], passphrases[i]);
    key_loading_clear(&loading);
    assert_int_equal(loading.num_passphrases, 0);
    free(path);
    scratch_remove(&s);
}

static void each_line_is_a_passphrase(void **state)
{
    static const char *const one[] = {"sesame"};
    static const char *const several[] = {"open sesame", " with blanks ", "third"};
    static const char *const empty[] = {""};
    static const char *const empty_first[] = {"", "second"};

    (void)state;
    reads("sesame", 6, 1, one);
    reads("sesame\r\n", 8, 1, one);
    reads("\xef\xbb\xbfsesame\n", 10, 1, one);
    reads("\xff\xfes\0e\0s\0a\0m\0e\0\r\0\n\0", 18, 1, one);
    reads("open sesame\n\n with blanks \nthird", 32, 3, several);
    reads("", 0, 1, empty);
    reads("\nsecond\n", 8, 2, empty_first);
}

static void a_file_that_is_missing_is_told(void **state)
{
    struct key_loading loading = {0};
    struct complaint why;

    (void)state;
    assert_false(key_loading_read_passphrases(&loading, "/does/not/exist", &why));
    says(why.text, "/does/not/exist: cannot be opened");
    key_loading_clear(&loading);
}

static char *answer(const char *path)
{
    return strcmp(path, "known") == 0 ? strdup("sesame") : NULL;
}

static void what_was_answered_is_remembered(void **state)
{
    struct key_loading loading = {.ask = answer};
    struct key_loading nobody = {0};

    (void)state;
    assert_false(key_loading_ask(&nobody, "known"));
    assert_false(key_loading_ask(&loading, "unknown"));
    assert_int_equal(loading.num_passphrases, 0);
    assert_true(key_loading_ask(&loading, "known"));
    assert_int_equal(loading.num_passphrases, 1);
    assert_string_equal(loading.passphrases[0], "sesame");
    key_loading_clear(&loading);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_line_is_a_passphrase),
        CASE(a_file_that_is_missing_is_told),
        CASE(what_was_answered_is_remembered),
    };

    return RUN(cases);
}
