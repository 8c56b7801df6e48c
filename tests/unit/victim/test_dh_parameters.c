/* Which groups libcrypto takes, from its own list or from a file, and why it refuses others. */
#include "victim/dh_parameters.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/dh_file.h"
#include "tests/support/program.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void names_of_libcrypto_are_known(void **state)
{
    static const struct {
        const char *name;
        int bits;
    } table[] = {
        {"ffdhe2048", 2048}, {"ffdhe8192", 8192},   {"modp_1536", 1536},
        {"modp_8192", 8192}, {"dh_1024_160", 1024}, {"dh_2048_256", 2048},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        EVP_PKEY *group = dh_parameters_named(table[i].name);

        assert_non_null(group);
        assert_int_equal(EVP_PKEY_get_bits(group), table[i].bits);

        char *text = dh_parameters_text(group);

        assert_string_equal(text, table[i].name);
        free(text);
        EVP_PKEY_free(group);
    }
    assert_null(dh_parameters_named("P-256"));
    assert_null(dh_parameters_named(""));
}

/* Reads what was written; NULL and *why when it is refused. */
static EVP_PKEY *write_and_read(struct complaint *why, const char *prime, unsigned generator)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/group.pem", folder);
    EVP_PKEY *group;

    dh_file_write(path, prime, generator);
    group = dh_parameters_read(why, path);
    free(path);
    scratch_free(folder);
    return group;
}

static void a_small_prime_is_no_reason_to_refuse(void **state)
{
    struct complaint why = {""};
    EVP_PKEY *group = write_and_read(&why, DH_FILE_PRIME_512, 2);
    EVP_PKEY *other = write_and_read(&why, DH_FILE_PRIME_512, 3);

    (void)state;
    assert_true(group && other);

    char *text = dh_parameters_text(group);

    assert_string_equal(text, "a group of 512 bits");
    assert_true(dh_parameters_equal(group, group));
    assert_false(dh_parameters_equal(group, other));
    free(text);
    EVP_PKEY_free(group);
    EVP_PKEY_free(other);
}

/* Nobody looks whether it is a prime, which is one of the things to be shown. */
static void an_odd_number_passes_for_a_prime(void **state)
{
    struct complaint why = {""};
    EVP_PKEY *group = write_and_read(&why, DH_FILE_PRIME_512 "03", 2);

    (void)state;
    if (!group)
        fail_msg("%s", why.text);
    EVP_PKEY_free(group);
}

static void what_libssl_refuses_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *prime;
        unsigned generator;
        const char *sentence;
    } table[] = {
        {"ffffffffffffffc5", 2, "the prime has 64 bits, and libssl takes 512 to 10000"},
        {DH_FILE_PRIME_512 "00", 2, "the modulus is even, so it is no prime"},
        {DH_FILE_PRIME_512, 0, "the generator is not among 2 to p-2"},
        {DH_FILE_PRIME_512, 1, "the generator is not among 2 to p-2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct complaint why = {""};

        assert_null(write_and_read(&why, table[i].prime, table[i].generator));
        assert_says(why.text, table[i].sentence);
    }
}

static void a_prime_that_is_too_long_is_refused(void **state)
{
    enum { BITS = 10008 };
    char prime[BITS / 4 + 1] = "";
    struct complaint why = {""};

    (void)state;
    memset(prime, 'f', BITS / 4);
    assert_null(write_and_read(&why, prime, 2));
    assert_says(why.text, "the prime has 10008 bits, and libssl takes 512 to 10000");
}

static void a_file_of_something_else_is_refused(void **state)
{
    static const char curve[] = "-----BEGIN EC PARAMETERS-----\n"
                                "BggqhkjOPQMBBw==\n"
                                "-----END EC PARAMETERS-----\n";
    char *folder = scratch_new();
    char *path = alloc_format("%s/group.pem", folder);
    struct complaint why = {""};

    (void)state;
    assert_null(dh_parameters_read(&why, path));
    assert_says(why.text, "No such file or directory; name a file with BEGIN DH PARAMETERS");
    file_write(path, bytes_of("nothing", strlen("nothing")));
    assert_null(dh_parameters_read(&why, path));
    assert_says(why.text, "no group in PEM; a file with BEGIN DH PARAMETERS is wanted");
    file_write(path, bytes_of(curve, strlen(curve)));
    assert_null(dh_parameters_read(&why, path));
    assert_says(why.text, "holds parameters of type EC; a file with BEGIN DH PARAMETERS");
    free(path);
    scratch_free(folder);
}

static void the_tag_is_another_one_for_another_prime(void **state)
{
    EVP_PKEY *first = dh_parameters_named("ffdhe2048");
    EVP_PKEY *second = dh_parameters_named("modp_2048");
    char *tags[] = {dh_parameters_tag(first), dh_parameters_tag(second), dh_parameters_tag(first)};

    (void)state;
    assert_int_equal(strlen(tags[0]), 8);
    assert_string_not_equal(tags[0], tags[1]);
    assert_string_equal(tags[0], tags[2]);
    for (size_t i = 0; i < COUNT(tags); i++)
        free(tags[i]);
    EVP_PKEY_free(first);
    EVP_PKEY_free(second);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(names_of_libcrypto_are_known),
        CASE(a_small_prime_is_no_reason_to_refuse),
        CASE(an_odd_number_passes_for_a_prime),
        CASE(what_libssl_refuses_is_refused_with_the_reason),
        CASE(a_prime_that_is_too_long_is_refused),
        CASE(a_file_of_something_else_is_refused),
        CASE(the_tag_is_another_one_for_another_prime),
    };

    return RUN(cases);
}
