#include "attacker/crypto/master_secret.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/record_sealer.h"
#include "tests/support/vectors.h"

#define MAX_OUTPUT 256

static void prf_gives_the_published_answers(void **state)
{
    struct vectors *v = vectors_open("tls_prf.txt");
    int blocks = 0;

    (void)state;
    for (; vectors_next(v); blocks++) {
        struct bytes expected = vectors_hex(v, "OUTPUT");
        uint8_t out[MAX_OUTPUT];

        assert_true(prf(out, expected.len, vectors_word(v, "HASH"), vectors_hex(v, "SECRET"),
                        "test label", vectors_hex(v, "SEED")));
        assert_memory_equal(out, expected.at, expected.len);
    }
    assert_int_equal(blocks, 3);
}

static struct bytes joined(struct bytes a, struct bytes b)
{
    struct writer w = {0};

    write_bytes(&w, a);
    write_bytes(&w, b);
    return writer_take(&w);
}

static void master_secret_and_key_block_are_those_of_nist(void **state)
{
    struct vectors *v = vectors_open("tls_key_derivation.txt");
    int blocks = 0;

    (void)state;
    for (; vectors_next(v); blocks++) {
        struct reader suite_reader = reader_of(vectors_hex(v, "SUITE"));
        struct reader version_reader = reader_of(vectors_hex(v, "VERSION"));
        uint16_t suite = 0;
        uint16_t version = 0;
        uint8_t master[MASTER_SECRET_LEN];
        uint8_t block[MAX_OUTPUT];

        assert_true(reader_u16(&suite_reader, &suite));
        assert_true(reader_u16(&version_reader, &version));
        const char *hash = master_secret_hash(suite_find(suite), version);

        struct bytes seed =
            joined(vectors_hex(v, "CLIENT_HELLO_RANDOM"), vectors_hex(v, "SERVER_HELLO_RANDOM"));
        assert_true(
            master_secret_derive(master, hash, vectors_hex(v, "PRE_MASTER_SECRET"), false, seed));
        assert_memory_equal(master, vectors_hex(v, "MASTER_SECRET").at, sizeof(master));
        exact_free(seed);

        struct bytes expected = vectors_hex(v, "KEY_BLOCK");
        seed = joined(vectors_hex(v, "SERVER_RANDOM"), vectors_hex(v, "CLIENT_RANDOM"));
        assert_true(prf(block, expected.len, hash, bytes_of(master, sizeof(master)),
                        "key expansion", seed));
        assert_memory_equal(block, expected.at, expected.len);
        exact_free(seed);
    }
    assert_int_equal(blocks, 4);
}

static void the_extended_master_secret_is_made_from_the_hash_of_the_handshake(void **state)
{
    struct vectors *v = vectors_open("tls_extended_master_secret.txt");
    uint8_t master[MASTER_SECRET_LEN];

    (void)state;
    assert_true(vectors_next(v));
    assert_true(master_secret_derive(master, vectors_word(v, "HASH"),
                                     vectors_hex(v, "PRE_MASTER_SECRET"), true,
                                     vectors_hex(v, "SESSION_HASH")));
    assert_memory_equal(master, vectors_hex(v, "MASTER_SECRET").at, sizeof(master));
    assert_false(vectors_next(v));
}

/* Hash, and whether each gives the same as the PRF of record_sealer.c, written out from the RFCs.
 */
static void verify_data_is_the_prf_of_the_senders_label(void **state)
{
    static const char *const hashes[] = {"MD5-SHA1", "SHA256", "SHA384"};
    struct bytes master = unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                                "202122232425262728292a2b2c2d2e2f");
    struct bytes transcript = unhex("abababababababababababababababababababababababababababababab"
                                    "ababab");

    (void)state;
    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
        uint8_t client[VERIFY_DATA_LEN];
        uint8_t server[VERIFY_DATA_LEN];
        uint8_t expected[VERIFY_DATA_LEN];

        assert_true(finished_verify_data(client, hashes[i], master, SIDE_CLIENT, transcript));
        hmac_prf(expected, sizeof(expected), hashes[i], master, "client finished", transcript);
        assert_memory_equal(client, expected, sizeof(expected));
        assert_true(finished_verify_data(server, hashes[i], master, SIDE_SERVER, transcript));
        hmac_prf(expected, sizeof(expected), hashes[i], master, "server finished", transcript);
        assert_memory_equal(server, expected, sizeof(expected));
    }
    exact_free(master);
    exact_free(transcript);
}

static void before_tls_1_2_every_suite_uses_md5_and_sha_1(void **state)
{
    (void)state;
    assert_string_equal(master_secret_hash(suite_find(0x002f), TLS_1_0), "MD5-SHA1");
    assert_string_equal(master_secret_hash(suite_find(0x002f), TLS_1_1), "MD5-SHA1");
    assert_string_equal(master_secret_hash(suite_find(0x002f), TLS_1_2), "SHA256");
    assert_string_equal(master_secret_hash(suite_find(0x009d), TLS_1_2), "SHA384");
}

static void a_premaster_of_any_length_is_taken(void **state)
{
    struct bytes seed = unhex("0102");
    struct writer w = {0};

    (void)state;
    for (size_t len = 1; len <= SECRET_MAX_LEN; len += 89) {
        uint8_t master[MASTER_SECRET_LEN];
        uint8_t expected[MASTER_SECRET_LEN];

        write_repeated(&w, 0x6b, len);
        struct bytes premaster = writer_take(&w);
        assert_true(master_secret_derive(master, "MD5-SHA1", premaster, false, seed));
        hmac_prf(expected, sizeof(expected), "MD5-SHA1", premaster, "master secret", seed);
        assert_memory_equal(master, expected, sizeof(expected));
        exact_free(premaster);
    }
    exact_free(seed);
}

static void what_cannot_be_computed_is_refused(void **state)
{
    struct bytes secret = unhex("0102030405060708");
    struct writer w = {0};
    uint8_t out[12];

    (void)state;
    write_repeated(&w, 0, 64 + PRF_MAX_SEED);
    struct bytes seed = writer_take(&w);
    assert_false(prf(out, sizeof(out), "SHA256", secret, "label", seed));
    assert_false(prf(out, sizeof(out), "no such hash", secret, "label", bytes_first(seed, 32)));
    assert_true(prf(out, sizeof(out), "SHA256", secret, "label", bytes_first(seed, PRF_MAX_SEED)));
    exact_free(secret);
    exact_free(seed);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(prf_gives_the_published_answers),
        CASE(master_secret_and_key_block_are_those_of_nist),
        CASE(the_extended_master_secret_is_made_from_the_hash_of_the_handshake),
        CASE(verify_data_is_the_prf_of_the_senders_label),
        CASE(before_tls_1_2_every_suite_uses_md5_and_sha_1),
        CASE(a_premaster_of_any_length_is_taken),
        CASE(what_cannot_be_computed_is_refused),
    };

    return RUN(cases);
}
