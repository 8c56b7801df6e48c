#include "attacker/crypto/bulk_cipher.h"

#include "attacker/crypto/providers.h"
#include "tests/support/check.h"
#include "tests/support/vectors.h"

/* cipher_named finds the row of the suite table that has this cipher, not an export one's. */
static const struct cipher *cipher_named(const char *name)
{
    size_t num_suites;
    const struct suite *table = suite_table(&num_suites);

    for (size_t i = 0; i < num_suites; i++) {
        const struct cipher *cipher = table[i].cipher;

        if (strcmp(cipher->name, name) == 0 &&
            (cipher->export_key_len == 0 || strcmp(name, "RC2-CBC") == 0))
            return cipher;
    }
    fail_msg("no suite has %s", name);
    return NULL;
}

static void check_open(struct bulk_cipher *b, struct vectors *v, struct bytes plain,
                       struct bytes ciphertext)
{
    uint8_t out[64];
    struct bulk_sealed sealed = {
        .nonce = vectors_hex(v, "NONCE").at,
        .additional = vectors_hex(v, "AAD"),
        .ciphertext = ciphertext,
        .tag = vectors_hex(v, "TAG"),
    };
    struct bulk_sealed forged = sealed;

    for (int again = 0; again < 2; again++) {
        struct bytes tag = exact_copy(sealed.tag);

        memset(out, 0, sizeof(out));
        assert_true(bulk_cipher_open(b, out, &sealed));
        assert_memory_equal(out, plain.at, plain.len);
        ((uint8_t *)unconst(tag.at))[15] ^= 1;
        forged.tag = tag;
        assert_false(bulk_cipher_open(b, out, &forged));
        exact_free(tag);
    }
}

static void known_answers_come_out(void **state)
{
    static const uint8_t zero_iv[16];
    struct vectors *v = vectors_open("bulk_ciphers.txt");
    size_t blocks = 0;

    (void)state;
    for (; vectors_next(v); blocks++) {
        const struct cipher *cipher = cipher_named(vectors_word(v, "CIPHER"));
        struct bytes key = vectors_hex(v, "KEY");
        struct bytes plain = vectors_hex(v, "PLAIN");
        struct bytes sealed = vectors_hex(v, "SEALED");
        struct bulk_cipher b = {0};
        uint8_t out[64];

        assert_true(bulk_cipher_known(cipher));
        assert_int_equal(bulk_cipher_key_len(cipher), key.len);
        assert_true(bulk_cipher_start(&b, cipher, key.at));
        if (cipher->sealing == SEALING_AEAD) {
            check_open(&b, v, plain, sealed);
        } else {
            bool stream = cipher->sealing == SEALING_STREAM;

            assert_true(bulk_cipher_decrypt(&b, out, stream ? NULL : zero_iv, sealed));
            assert_memory_equal(out, plain.at, plain.len);
        }
        bulk_cipher_clear(&b);
        assert_null(b.context);
    }
    assert_int_equal(blocks, 8);
}

static void a_stream_goes_on_and_a_chain_begins_anew(void **state)
{
    static const uint8_t key[16] = {1, 2, 3};
    static const uint8_t iv[16] = {9};
    static const uint8_t sealed[16] = {5, 6, 7};
    struct bulk_cipher stream = {0};
    struct bulk_cipher chain = {0};
    uint8_t first[16];
    uint8_t second[16];

    (void)state;
    assert_true(bulk_cipher_start(&stream, cipher_named("RC4"), key));
    assert_true(bulk_cipher_decrypt(&stream, first, NULL, bytes_of(sealed, 16)));
    assert_true(bulk_cipher_decrypt(&stream, second, NULL, bytes_of(sealed, 16)));
    assert_memory_not_equal(first, second, 16);
    assert_true(bulk_cipher_start(&chain, cipher_named("IDEA-CBC"), key));
    assert_true(bulk_cipher_decrypt(&chain, first, iv, bytes_of(sealed, 16)));
    assert_true(bulk_cipher_decrypt(&chain, second, iv, bytes_of(sealed, 16)));
    assert_memory_equal(first, second, 16);
    bulk_cipher_clear(&stream);
    bulk_cipher_clear(&chain);
}

static void a_cipher_that_no_library_has_does_not_start(void **state)
{
    static const struct cipher nobodys = {.name = "ENIGMA-CBC", .sealing = SEALING_CBC};
    static const uint8_t key[16] = {1};
    struct bulk_cipher b = {0};

    (void)state;
    assert_false(bulk_cipher_known(&nobodys));
    assert_false(bulk_cipher_start(&b, &nobodys, key));
    bulk_cipher_clear(&b);
}

int main(void)
{
    struct providers providers;
    const struct CMUnitTest cases[] = {
        CASE(known_answers_come_out),
        CASE(a_stream_goes_on_and_a_chain_begins_anew),
        CASE(a_cipher_that_no_library_has_does_not_start),
    };

    providers_load(&providers);
    int failed = RUN(cases);
    providers_unload(&providers);
    return failed;
}
