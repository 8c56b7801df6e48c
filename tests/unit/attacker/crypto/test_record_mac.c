#include "attacker/crypto/record_mac.h"

#include "tests/support/check.h"
#include "tests/support/ssl3_by_hand.h"

/* RFC 2202 sections 2 and 3, test case 2, in two parts. */
static void hmac_is_that_of_rfc_2202_every_time(void **state)
{
    static const char *const rows[][2] = {
        {"MD5", "750c783e6ab0b503eaa86e310a5db738"},
        {"SHA1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bytes expected = unhex(rows[i][1]);
        struct record_mac mac = {0};
        uint8_t out[EVP_MAX_MD_SIZE];

        assert_true(record_mac_start(&mac, rows[i][0], bytes_of("Jefe", 4), false));
        for (int again = 0; again < 2; again++) {
            struct bytes header = bytes_of("what do ya want ", 16);

            assert_int_equal(record_mac_compute(&mac, out, header, bytes_of("for nothing?", 12)),
                             expected.len);
            assert_memory_equal(out, expected.at, expected.len);
        }
        record_mac_clear(&mac);
        exact_free(expected);
    }
}

static void the_mac_of_ssl_3_is_that_of_rfc_6101_every_time(void **state)
{
    static const char *const hashes[] = {"MD5", "SHA1"};
    struct bytes header = unhex("0000000000000005 17 000b");
    struct bytes key = bytes_of("sixteen or twenty...", 20);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bytes own = bytes_first(key, i == 0 ? 16 : 20);
        struct record_mac mac = {0};
        struct writer by_hand = {0};
        uint8_t out[EVP_MAX_MD_SIZE];

        ssl3_mac(&by_hand, hashes[i], own, 5, 0x17, bytes_of("hello world", 11));
        assert_true(record_mac_start(&mac, hashes[i], own, true));
        for (int again = 0; again < 2; again++) {
            assert_int_equal(record_mac_compute(&mac, out, header, bytes_of("hello world", 11)),
                             by_hand.out.len);
            assert_memory_equal(out, by_hand.out.at, by_hand.out.len);
        }
        record_mac_clear(&mac);
        buffer_clear(&by_hand.out);
    }
    exact_free(header);
}

static void a_hash_that_is_not_there_is_told(void **state)
{
    struct record_mac mac = {0};

    (void)state;
    assert_false(record_mac_start(&mac, "no such hash", bytes_of("key", 3), false));
    record_mac_clear(&mac);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(hmac_is_that_of_rfc_2202_every_time),
        CASE(the_mac_of_ssl_3_is_that_of_rfc_6101_every_time),
        CASE(a_hash_that_is_not_there_is_told),
    };

    return RUN(cases);
}
