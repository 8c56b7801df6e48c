#include "attacker/leaks/private_keys.h"

#include "tests/support/check.h"
#include "tests/support/key_maker.h"

#define NUM_KEYS 4

static void each_is_found_by_its_public_half(void **state)
{
    EVP_PKEY *made[NUM_KEYS] = {make_rsa(512), make_curve("P-256"), make_rsa(768),
                                make_curve("ED25519")};
    struct private_keys list = keys_of(made, NUM_KEYS);

    (void)state;
    assert_int_equal(list.num_keys, NUM_KEYS);
    for (size_t i = 0; i < NUM_KEYS; i++) {
        assert_ptr_equal(private_keys_find(&list, made[i]), made[i]);
        EVP_PKEY_free(made[i]);
    }
    private_keys_clear(&list);
    assert_int_equal(list.num_keys, 0);
}

static void a_strangers_is_not_found(void **state)
{
    EVP_PKEY *made[] = {make_rsa(512), make_curve("P-256")};
    EVP_PKEY *strangers[] = {make_rsa(512), make_curve("P-256"), make_curve("X25519")};
    struct private_keys none = {0};
    struct private_keys list = keys_of(made, 2);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_null(private_keys_find(&list, strangers[i]));
        assert_null(private_keys_find(&none, strangers[i]));
        EVP_PKEY_free(strangers[i]);
    }
    EVP_PKEY_free(made[0]);
    EVP_PKEY_free(made[1]);
    private_keys_clear(&list);
    private_keys_clear(&none);
}

static void one_that_is_given_twice_is_found_once(void **state)
{
    EVP_PKEY *key = make_rsa(512);
    EVP_PKEY *made[] = {key, key};
    struct private_keys list = keys_of(made, 2);

    (void)state;
    assert_int_equal(list.num_keys, 2);
    assert_ptr_equal(private_keys_find(&list, key), key);
    private_keys_clear(&list);
    EVP_PKEY_free(key);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_is_found_by_its_public_half),
        CASE(a_strangers_is_not_found),
        CASE(one_that_is_given_twice_is_found_once),
    };

    return RUN(cases);
}
