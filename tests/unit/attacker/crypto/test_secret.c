#include "attacker/crypto/secret.h"

#include "tests/support/check.h"
#include "tests/support/message_writer.h"

static void a_secret_keeps_its_value_and_its_kind(void **state)
{
    struct bytes value = unhex("0102030405");
    struct secret secret = {0};

    (void)state;
    assert_true(secret_set(&secret, SECRET_PREMASTER, value));
    assert_int_equal(secret.kind, SECRET_PREMASTER);
    assert_true(bytes_equal(secret_view(&secret), value));
    secret_clear(&secret);
    assert_int_equal(secret.kind, SECRET_NONE);
    assert_int_equal(secret.len, 0);
    assert_int_equal(secret.value[0], 0);
    exact_free(value);
}

static void a_secret_longer_than_fits_changes_nothing(void **state)
{
    struct writer w = {0};
    struct secret secret = {0};

    (void)state;
    write_repeated(&w, 0x77, SECRET_MAX_LEN);
    struct bytes longest = exact_copy(writer_view(&w));
    write_uint(&w, 0x77, 1);
    struct bytes too_long = writer_take(&w);
    assert_false(secret_set(&secret, SECRET_MASTER, too_long));
    assert_int_equal(secret.kind, SECRET_NONE);
    assert_int_equal(secret.len, 0);
    assert_true(secret_set(&secret, SECRET_MASTER, longest));
    assert_int_equal(secret.len, SECRET_MAX_LEN);
    secret_clear(&secret);
    exact_free(longest);
    exact_free(too_long);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_secret_keeps_its_value_and_its_kind),
        CASE(a_secret_longer_than_fits_changes_nothing),
    };

    return RUN(cases);
}
