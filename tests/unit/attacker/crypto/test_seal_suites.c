/* Every row of the suite table, in every version it is for: sealed by another hand, and opened. */
#include <stdio.h>

#include "attacker/crypto/providers.h"
#include "attacker/crypto/seal_lacks.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/seal_check.h"
#include "tests/support/suite_plan.h"

static const char words[] = "attack at dawn, and bring what was lost in the hole of the recording";

/* talk_a_while: records of many lengths, each opened; the last one is refused when it is damaged.
 */
static void talk_a_while(const struct sealing_plan *plan, enum side from)
{
    struct seal_pair p;

    seal_pair_start(&p, plan, from);
    for (size_t len = 0; len < sizeof(words); len += 3) {
        struct bytes content = bytes_of(words, len);
        struct bytes record = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);

        opens(p.seal, record, CONTENT_APPLICATION_DATA, content);
        assert_true(seal_min_fragment(p.seal) <= record.len - RECORD_HEADER_LEN);
        exact_free(record);
    }
    struct bytes last = sealer_seal(&p.sealer, CONTENT_ALERT, bytes_of(words, 2));
    ((uint8_t *)unconst(last.at))[last.len / 2] ^= 1;
    refuses(p.seal, last);
    ((uint8_t *)unconst(last.at))[last.len / 2] ^= 1;
    opens(p.seal, last, CONTENT_ALERT, bytes_of(words, 2));
    exact_free(last);
    seal_pair_end(&p);
}

static void every_suite_that_can_be_computed_opens_in_every_version(void **state)
{
    size_t num_suites;
    const struct suite *table = suite_table(&num_suites);
    size_t opened = 0;

    (void)state;
    for (size_t i = 0; i < num_suites; i++) {
        char lacks[SEAL_LACKS_SIZE];
        struct sealing_plan plan;

        for (uint16_t v = table[i].version_min; v <= table[i].version_max; v++) {
            if (!suite_plan(&plan, table[i].name, table[i].id, v))
                continue;
            if (seal_lacks(lacks, &table[i], v))
                fail_msg("%s in %s: %s", table[i].name, version_name(v), lacks);
            talk_a_while(&plan, SIDE_CLIENT);
            talk_a_while(&plan, SIDE_SERVER);
        }
        opened += suite_plan(&plan, table[i].name, table[i].id, table[i].version_max);
    }
    print_message("%zu of %zu suites opened\n", opened, num_suites);
    assert_true(opened > 340);
}

static void what_cannot_be_computed_says_what_is_missing(void **state)
{
    static const struct {
        uint16_t id;
        uint16_t version;
        const char *lacks;
    } cases[] = {
        {0x0081, TLS_1_0,
         "neither libcrypto nor libgcrypt has GOST 28147-89 in counter mode, with its IMIT here"},
        {0x0083, TLS_1_0, "libcrypto has no hash GOSTR3411 here"},
        {0xc103, TLS_1_2, "neither libcrypto nor libgcrypt has Kuznyechik-MGM here"},
        {0xc0b4, TLS_1_3, "how it is used in TLS 1.3 is not known here"},
        {0x003c, SSL_3_0, "how it is used in SSL 3.0 is not known here"},
        {0x009c, SSL_3_0, "how it is used in SSL 3.0 is not known here"},
    };
    size_t num_suites;
    const struct suite *table = suite_table(&num_suites);
    char lacks[SEAL_LACKS_SIZE] = "";

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(seal_lacks(lacks, suite_find(cases[i].id), cases[i].version));
        assert_string_equal(lacks, cases[i].lacks);
    }
    for (size_t i = 0; i < num_suites; i++) {
        struct sealing_plan plan;

        if (!suite_plan(&plan, table[i].name, table[i].id, table[i].version_max))
            assert_true(seal_lacks(lacks, &table[i], table[i].version_max));
    }
}

/* RFC 6066 section 7. An AEAD has no HMAC that could be truncated, nor has SSL 3.0. */
static void a_truncated_hmac_is_ten_bytes_long(void **state)
{
    static const struct {
        uint16_t id;
        uint16_t version;
    } cases[] = {{0x0002, TLS_1_0}, {0x0004, TLS_1_2}, {0x002f, TLS_1_0},
                 {0x003d, TLS_1_2}, {0xc028, TLS_1_2}, {0x0003, TLS_1_0}};

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        struct sealing_plan plan;
        const struct suite *suite = suite_find(cases[i / 2].id);

        assert_true(suite_plan(&plan, suite->name, suite->id, cases[i / 2].version));
        plan.truncated_hmac = true;
        plan.encrypt_then_mac = i % 2 && plan.way == SEALER_CBC;
        talk_a_while(&plan, SIDE_CLIENT);
        talk_a_while(&plan, SIDE_SERVER);
    }
}

static void without_an_hmac_nothing_is_truncated(void **state)
{
    static const uint16_t cases[][2] = {{0x009c, TLS_1_2}, {0x002f, SSL_3_0}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sealing_plan plan;
        const struct suite *suite = suite_find(cases[i][0]);

        assert_true(suite_plan(&plan, suite->name, suite->id, cases[i][1]));
        plan.truncated_hmac = true;
        talk_a_while(&plan, SIDE_CLIENT);
    }
}

/* --- SSL 3.0 --------------------------------------------------------------------- */

/* RFC 6101 section 5.2.3.2: less than a block, whatever it holds. */
static void in_ssl_3_padding_is_shorter_than_a_block(void **state)
{
    static const uint16_t ids[] = {0x000a, 0x002f};

    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        const struct suite *suite = suite_find(ids[i]);
        struct bytes content = bytes_of(words, 20); /* with its MAC, 40 bytes */
        struct sealing_plan plan;
        struct seal_pair p;

        assert_true(suite_plan(&plan, suite->name, suite->id, SSL_3_0));
        seal_pair_start(&p, &plan, SIDE_CLIENT);
        p.sealer.more_padding = plan.block_len;
        struct bytes record = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
        refuses(p.seal, record);
        exact_free(record);
        seal_pair_end(&p);
    }
}

static void in_ssl_3_the_version_alone_can_be_changed(void **state)
{
    static const uint16_t ids[] = {0x0001, 0x0002, 0x0004, 0x0005};

    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        const struct suite *suite = suite_find(ids[i]);
        struct sealing_plan plan;
        struct seal_pair p;

        assert_true(suite_plan(&plan, suite->name, suite->id, SSL_3_0));
        seal_pair_start(&p, &plan, SIDE_SERVER);
        struct bytes record = sealer_seal(&p.sealer, CONTENT_HANDSHAKE, bytes_of(words, 30));
        struct bytes version = exact_copy(record);
        ((uint8_t *)unconst(version.at))[2] ^= 1;
        opens(p.seal, version, CONTENT_HANDSHAKE, bytes_of(words, 30)); /* it is not in the MAC */
        p.seal->at.sequence = 0;
        p.seal->at.keystream = 0;
        for (size_t k = RECORD_HEADER_LEN; k < record.len; k++) {
            struct bytes changed = exact_copy(record);

            ((uint8_t *)unconst(changed.at))[k] ^= 0x10;
            refuses(p.seal, changed);
            exact_free(changed);
        }
        exact_free(version);
        exact_free(record);
        seal_pair_end(&p);
    }
}

int main(void)
{
    struct providers providers;
    const struct CMUnitTest cases[] = {
        CASE(every_suite_that_can_be_computed_opens_in_every_version),
        CASE(what_cannot_be_computed_says_what_is_missing),
        CASE(a_truncated_hmac_is_ten_bytes_long),
        CASE(without_an_hmac_nothing_is_truncated),
        CASE(in_ssl_3_padding_is_shorter_than_a_block),
        CASE(in_ssl_3_the_version_alone_can_be_changed),
    };

    providers_load(&providers);
    int failed = RUN(cases);
    providers_unload(&providers);
    return failed;
}
