#include "attacker/leaks/premaster.h"

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/message_writer.h"
#include "tests/support/premaster_box.h"

#define MODULUS_LEN 128 /* 1024 bits: enough to be wrong with, and quickly made */

static EVP_PKEY *key;
static EVP_PKEY *stranger;

static int make_keys(void **state)
{
    (void)state;
    key = make_rsa(8 * MODULUS_LEN);
    stranger = make_rsa(8 * MODULUS_LEN);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(key);
    EVP_PKEY_free(stranger);
    return 0;
}

static void the_right_key_opens_the_box(void **state)
{
    static const uint16_t versions[] = {0x0300, 0x0301, 0x0303};

    (void)state;
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        struct bytes premaster = premaster_of(versions[i]);
        struct bytes box = box_of(key, premaster);
        struct premaster p = premaster_decrypt(key, box);

        assert_int_equal(p.result, PREMASTER_OPENED);
        assert_memory_equal(p.value, premaster.at, PREMASTER_LEN);
        assert_int_equal(p.version, versions[i]);
        assert_int_equal(p.first_bytes[0], 0x00);
        assert_int_equal(p.first_bytes[1], 0x02);
        exact_free(premaster);
        exact_free(box);
    }
}

static void another_key_gets_noise_and_never_a_secret(void **state)
{
    struct bytes premaster = premaster_of(0x0303);

    (void)state;
    for (int i = 0; i < 50; i++) {
        struct bytes box = box_of(key, premaster);
        struct premaster p = premaster_decrypt(stranger, box);

        /* Too big for the modulus, or noise; noise looks like padding once in 65536 times. */
        assert_int_not_equal(p.result, PREMASTER_OPENED);
        assert_int_not_equal(p.result, PREMASTER_NOT_RSA);
        exact_free(box);
    }
    exact_free(premaster);
}

static void a_key_that_is_not_rsa_cannot_decrypt(void **state)
{
    EVP_PKEY *curve = make_curve("P-256");
    struct bytes box = unhex("0102030405060708");

    (void)state;
    assert_int_equal(premaster_decrypt(curve, box).result, PREMASTER_NOT_RSA);
    exact_free(box);
    EVP_PKEY_free(curve);
}

static void a_number_that_is_not_below_the_modulus_is_no_ciphertext(void **state)
{
    struct writer w = {0};

    (void)state;
    write_repeated(&w, 0xff, MODULUS_LEN);
    struct bytes not_below = exact_copy(writer_view(&w));
    write_uint(&w, 0xff, 1);
    struct bytes too_long = writer_take(&w);
    assert_int_equal(premaster_decrypt(key, not_below).result, PREMASTER_NO_CIPHERTEXT);
    assert_int_equal(premaster_decrypt(key, too_long).result, PREMASTER_NO_CIPHERTEXT);
    assert_int_equal(premaster_decrypt(key, (struct bytes){0}).result, PREMASTER_NO_CIPHERTEXT);
    exact_free(not_below);
    exact_free(too_long);
}

static void a_short_number_is_tried_and_is_noise(void **state)
{
    struct bytes point = unhex("04000102030405060708090a0b0c0d0e0f");
    struct premaster p = premaster_decrypt(key, point);

    (void)state;
    assert_int_equal(p.result, PREMASTER_NO_PADDING);
    assert_true(p.first_bytes[0] != 0x00 || p.first_bytes[1] != 0x02);
    exact_free(point);
}

static void a_block_of_another_length_is_no_premaster(void **state)
{
    static const size_t lengths[] = {0, 1, 47, 49, 64, 117};
    struct writer w = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        write_repeated(&w, 0x33, lengths[i]);
        struct bytes content = writer_take(&w);
        struct bytes box = box_of(key, content.len > 0 ? content : bytes_of("", 0));

        assert_int_equal(premaster_decrypt(key, box).result, PREMASTER_WRONG_LENGTH);
        exact_free(content);
        exact_free(box);
    }
}

/* A block of the modulus' length: the start, then `padding` bytes of 0x55, then `rest`. */
static enum premaster_result result_of_block(const char *start, size_t padding, const char *rest)
{
    struct writer w = {0};
    struct bytes end = unhex(rest);

    write_hex(&w, start);
    write_repeated(&w, 0x55, padding);
    write_bytes(&w, end);
    assert_true(w.out.len <= MODULUS_LEN);
    write_repeated(&w, 0x66, MODULUS_LEN - w.out.len);
    struct bytes block = writer_take(&w);
    struct bytes box = raw_box_of(key, block);
    enum premaster_result result = premaster_decrypt(key, box).result;
    exact_free(block);
    exact_free(box);
    exact_free(end);
    return result;
}

static void only_a_pkcs_1_block_is_padding(void **state)
{
    (void)state;
    /* 2 + 77 + 1 + 48 = 128 */
    assert_int_equal(result_of_block("0002", 77, "00"), PREMASTER_OPENED);
    assert_int_equal(result_of_block("0001", 77, "00"), PREMASTER_NO_PADDING);
    assert_int_equal(result_of_block("0102", 77, "00"), PREMASTER_NO_PADDING);
    assert_int_equal(result_of_block("0002", 126, ""), PREMASTER_NO_PADDING); /* no end */
    assert_int_equal(result_of_block("0002", 7, "00"), PREMASTER_NO_PADDING); /* too little */
    assert_int_equal(result_of_block("0002", 8, "00"), PREMASTER_WRONG_LENGTH);
    assert_int_equal(result_of_block("0002", 0, "00"), PREMASTER_NO_PADDING);
    assert_int_equal(result_of_block("0002", 125, "00"),
                     PREMASTER_WRONG_LENGTH); /* nothing in it */
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_right_key_opens_the_box),
        CASE(another_key_gets_noise_and_never_a_secret),
        CASE(a_key_that_is_not_rsa_cannot_decrypt),
        CASE(a_number_that_is_not_below_the_modulus_is_no_ciphertext),
        CASE(a_short_number_is_tried_and_is_noise),
        CASE(a_block_of_another_length_is_no_premaster),
        CASE(only_a_pkcs_1_block_is_padding),
    };

    return cmocka_run_group_tests(cases, make_keys, free_keys);
}
