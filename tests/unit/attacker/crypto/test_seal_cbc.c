/* CBC and NULL: everything that has an HMAC. */
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/seal_check.h"

#define MD5_SHA1 "MD5-SHA1"

static const struct sealing_plan plans[] = {
    {0x002f, TLS_1_0, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", MD5_SHA1, false, false, 0, 0},
    {0x002f, TLS_1_1, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", MD5_SHA1, false, false, 0, 0},
    {0x002f, TLS_1_2, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", "SHA256", false, false, 0, 0},
    {0x003c, TLS_1_2, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA256", "SHA256", false, false, 0, 0},
    {0x003d, TLS_1_2, SEALER_CBC, "AES-256-CBC", 32, 16, 0, "SHA256", "SHA256", false, false, 0, 0},
    {0xc028, TLS_1_2, SEALER_CBC, "AES-256-CBC", 32, 16, 0, "SHA384", "SHA384", false, false, 0, 0},
    {0x000a, TLS_1_0, SEALER_CBC, "DES-EDE3-CBC", 24, 8, 0, "SHA1", MD5_SHA1, false, false, 0, 0},
    {0x0084, TLS_1_1, SEALER_CBC, "CAMELLIA-256-CBC", 32, 16, 0, "SHA1", MD5_SHA1, false, false, 0,
     0},
    {0xc03c, TLS_1_2, SEALER_CBC, "ARIA-128-CBC", 16, 16, 0, "SHA256", "SHA256", false, false, 0,
     0},
    {0x002f, TLS_1_0, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", MD5_SHA1, true, false, 0, 0},
    {0x002f, TLS_1_1, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", MD5_SHA1, true, false, 0, 0},
    {0x003c, TLS_1_2, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA256", "SHA256", true, false, 0, 0},
    {0xc028, TLS_1_2, SEALER_CBC, "AES-256-CBC", 32, 16, 0, "SHA384", "SHA384", true, false, 0, 0},
    {0x0001, TLS_1_0, SEALER_NULL, NULL, 0, 0, 0, "MD5", MD5_SHA1, false, false, 0, 0},
    {0x0002, TLS_1_1, SEALER_NULL, NULL, 0, 0, 0, "SHA1", MD5_SHA1, false, false, 0, 0},
    {0x003b, TLS_1_2, SEALER_NULL, NULL, 0, 0, 0, "SHA256", "SHA256", false, false, 0, 0},
};
#define NUM_PLANS (sizeof(plans) / sizeof(plans[0]))

static struct bytes repeated(uint8_t byte, size_t len)
{
    struct writer w = {0};

    write_repeated(&w, byte, len);
    return writer_take(&w);
}

static void records_of_every_length_open_in_their_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * NUM_PLANS; i++) {
        struct seal_pair p;

        seal_pair_start(&p, &plans[i / 2], i % 2 ? SIDE_SERVER : SIDE_CLIENT);
        for (size_t len = 0; len < 40; len++) {
            struct bytes content = repeated((uint8_t)('a' + len), len);
            struct bytes record = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);

            opens(p.seal, record, CONTENT_APPLICATION_DATA, content);
            exact_free(record);
            exact_free(content);
        }
        struct bytes longest = repeated('z', 1 << 14);
        struct bytes record = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, longest);
        opens(p.seal, record, CONTENT_APPLICATION_DATA, longest);
        exact_free(record);
        exact_free(longest);
        seal_pair_end(&p);
    }
}

static void one_flipped_bit_anywhere_is_refused(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        seal_pair_start(&p, &plans[i], SIDE_CLIENT);
        for (int k = 0; k < 3; k++) {
            struct bytes record = sealer_seal(&p.sealer, CONTENT_HANDSHAKE, content);

            refuses_any_change(p.seal, record, CONTENT_HANDSHAKE, content);
            exact_free(record);
        }
        seal_pair_end(&p);
    }
}

static void a_record_out_of_its_order_is_refused(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        seal_pair_start(&p, &plans[i], SIDE_SERVER);
        struct bytes first = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
        struct bytes second = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
        refuses(p.seal, second);
        opens(p.seal, first, CONTENT_APPLICATION_DATA, content);
        refuses(p.seal, first);
        opens(p.seal, second, CONTENT_APPLICATION_DATA, content);
        exact_free(first);
        exact_free(second);
        seal_pair_end(&p);
    }
}

/* The MAC is right, so that nothing but the padding can be what is refused. */
static void padding_may_be_longer_than_needed_and_must_be_right(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        if (plans[i].way != SEALER_CBC)
            continue;
        seal_pair_start(&p, &plans[i], SIDE_CLIENT);
        for (size_t more = 0; more + 2 * plans[i].block_len <= 256; more += plans[i].block_len) {
            p.sealer.more_padding = more;
            struct bytes record = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
            opens(p.seal, record, CONTENT_APPLICATION_DATA, content);
            exact_free(record);
        }
        p.sealer.more_padding = plans[i].block_len;
        p.sealer.spoil_padding = true;
        struct bytes spoiled = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
        refuses(p.seal, spoiled);
        exact_free(spoiled);
        seal_pair_end(&p);
    }
}

static void padding_that_claims_more_than_there_is_is_refused(void **state)
{
    static const size_t claims[] = {16, 31, 47, 63, 64, 127, 255};
    struct bytes content = bytes_of("attack at dawn", 14);

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        if (plans[i].way != SEALER_CBC)
            continue;
        for (size_t k = 0; k < sizeof(claims) / sizeof(claims[0]); k++) {
            seal_pair_start(&p, &plans[i], SIDE_CLIENT);
            p.sealer.claim_padding = claims[k];
            struct bytes record = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
            refuses(p.seal, record);
            exact_free(record);
            seal_pair_end(&p);
        }
    }
}

static void a_record_too_short_to_hold_its_parts_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        seal_pair_start(&p, &plans[i], SIDE_CLIENT);
        for (size_t len = 0; len <= 80; len++) {
            struct writer w = {0};

            write_uint(&w, CONTENT_APPLICATION_DATA, 1);
            write_uint(&w, plans[i].version, 2);
            write_open(&w, 2);
            write_repeated(&w, 0, len);
            write_close(&w);
            struct bytes record = writer_take(&w);
            refuses(p.seal, record);
            exact_free(record);
        }
        seal_pair_end(&p);
    }
}

static void another_choice_of_encrypt_then_mac_does_not_open(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);
    struct sealing_plan plan = plans[3];
    struct seal_pair with;
    struct seal_pair without;

    (void)state;
    seal_pair_start(&without, &plan, SIDE_CLIENT);
    plan.encrypt_then_mac = true;
    seal_pair_start(&with, &plan, SIDE_CLIENT);
    struct bytes record = sealer_seal(&with.sealer, CONTENT_APPLICATION_DATA, content);
    refuses(without.seal, record);
    opens(with.seal, record, CONTENT_APPLICATION_DATA, content);
    exact_free(record);
    record = sealer_seal(&without.sealer, CONTENT_APPLICATION_DATA, content);
    opens(without.seal, record, CONTENT_APPLICATION_DATA, content);
    exact_free(record);
    seal_pair_end(&with);
    seal_pair_end(&without);
}

/* Where the choice is not known, the first record that opens shows it, and it stays. */
static void an_unknown_choice_of_encrypt_then_mac_is_learned(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        if (plans[i].way != SEALER_CBC)
            continue;
        seal_pair_start(&p, &plans[i], SIDE_CLIENT);
        p.seal->encrypt_then_mac = false;
        p.seal->mac_order_unknown = true;
        for (int k = 0; k < 2; k++) {
            struct bytes record = sealer_seal(&p.sealer, CONTENT_HANDSHAKE, content);

            refuses_any_change(p.seal, record, CONTENT_HANDSHAKE, content);
            exact_free(record);
            assert_false(p.seal->mac_order_unknown);
            assert_int_equal(p.seal->encrypt_then_mac, plans[i].encrypt_then_mac);
        }
        seal_pair_end(&p);
    }
}

/* RFC 7366 section 3: it is about CBC alone. */
static void encrypt_then_mac_changes_nothing_for_other_ciphers(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);
    struct sealing_plan plan = plans[NUM_PLANS - 1];
    struct seal_pair p;

    (void)state;
    plan.encrypt_then_mac = true;
    seal_pair_start(&p, &plan, SIDE_CLIENT);
    assert_false(p.seal->encrypt_then_mac);
    struct bytes record = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
    opens(p.seal, record, CONTENT_APPLICATION_DATA, content);
    exact_free(record);
    seal_pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(records_of_every_length_open_in_their_order),
        CASE(one_flipped_bit_anywhere_is_refused),
        CASE(a_record_out_of_its_order_is_refused),
        CASE(padding_may_be_longer_than_needed_and_must_be_right),
        CASE(padding_that_claims_more_than_there_is_is_refused),
        CASE(a_record_too_short_to_hold_its_parts_is_refused),
        CASE(another_choice_of_encrypt_then_mac_does_not_open),
        CASE(an_unknown_choice_of_encrypt_then_mac_is_learned),
        CASE(encrypt_then_mac_changes_nothing_for_other_ciphers),
    };

    return RUN(cases);
}
