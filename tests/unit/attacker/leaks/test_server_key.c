#include "attacker/leaks/server_key.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/premaster_box.h"
#include "tests/support/sample_exchange.h"

#define RSA_SUITE     0x002f
#define RSA_PSK_SUITE 0x0094

static const char MATCHES[] = "Does the key belong to this server's certificate?";
static const char DECRYPTS[] = "Does the ClientKeyExchange decrypt with the key?";

static EVP_PKEY *server_key;
static EVP_PKEY *stranger;
static struct bytes premaster;
static struct bytes box;

static int set_up(void **state)
{
    (void)state;
    server_key = make_rsa(1024);
    stranger = make_rsa(1024);
    premaster = premaster_of(TLS_1_2);
    box = box_of(server_key, premaster);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    EVP_PKEY_free(server_key);
    EVP_PKEY_free(stranger);
    exact_free(premaster);
    exact_free(box);
    return 0;
}

/* One question and what came of it. */
struct asked {
    struct handshake h;
    struct evidence e;
    struct secret secret;
    enum answer answer;
};

static void ask(struct asked *a, EVP_PKEY **keys, size_t num_keys)
{
    struct private_keys given = keys_of(keys, num_keys);

    a->answer = server_key_ask(&given, &a->h, &a->secret, &a->e);
    private_keys_clear(&given);
}

static void forget(struct asked *a)
{
    handshake_clear(&a->h);
    evidence_clear(&a->e);
    secret_clear(&a->secret);
    free(a);
}

static struct asked *fresh(void)
{
    return alloc_zero(sizeof(struct asked));
}

static void without_keys_there_is_nothing_to_ask(void **state)
{
    struct asked *a = fresh();

    (void)state;
    exchange_of_rsa(&a->h, RSA_SUITE, server_key, box);
    ask(a, NULL, 0);
    assert_int_equal(a->answer, ANSWER_NOT_GIVEN);
    assert_int_equal(a->e.num_steps, 0);
    forget(a);
}

static void the_servers_key_opens_the_box_and_says_so(void **state)
{
    struct asked *a = fresh();

    (void)state;
    exchange_of_rsa(&a->h, RSA_SUITE, server_key, box);
    ask(a, &server_key, 1);
    assert_int_equal(a->answer, ANSWER_SECRET);
    assert_int_equal(a->secret.kind, SECRET_PREMASTER);
    assert_true(bytes_equal(secret_view(&a->secret), premaster));
    says(result_of(&a->e, MATCHES), "yes: RSA-1024");
    says(result_of(&a->e, DECRYPTS), "yes: 128 bytes of ciphertext");
    says(result_of(&a->e, DECRYPTS), "begins 03 03, the version that the client offered");
    assert_int_equal(step_of(&a->e, MATCHES)->frame, a->h.certificate_message->frame);
    assert_int_equal(step_of(&a->e, DECRYPTS)->frame, a->h.client_key_exchange->frame);
    forget(a);
}

static void the_version_inside_is_told_also_when_it_is_odd(void **state)
{
    struct asked *a = fresh();
    struct bytes odd = premaster_of(0x0002);
    struct bytes odd_box = box_of(server_key, odd);

    (void)state;
    exchange_of_rsa(&a->h, RSA_SUITE, server_key, odd_box);
    ask(a, &server_key, 1);
    assert_int_equal(a->answer, ANSWER_SECRET);
    says(result_of(&a->e, DECRYPTS), "neither the version offered nor the negotiated one");
    exact_free(odd);
    exact_free(odd_box);
    forget(a);
}

static void of_several_keys_the_one_in_the_certificate_is_taken(void **state)
{
    EVP_PKEY *keys[] = {stranger, server_key, stranger};
    struct asked *a = fresh();

    (void)state;
    exchange_of_rsa(&a->h, RSA_SUITE, server_key, box);
    ask(a, keys, 3);
    assert_int_equal(a->answer, ANSWER_SECRET);
    says(result_of(&a->e, MATCHES), "yes");
    forget(a);
}

static void another_servers_key_is_a_mismatch_and_both_are_named(void **state)
{
    EVP_PKEY *keys[] = {stranger, stranger};
    struct asked *a = fresh();

    (void)state;
    exchange_of_rsa(&a->h, RSA_SUITE, server_key, box);
    ask(a, keys, 1);
    assert_int_equal(a->answer, ANSWER_MISMATCH);
    assert_int_equal(a->secret.kind, SECRET_NONE);
    says(result_of(&a->e, MATCHES), "no: the certificate holds RSA-1024 with SHA-256 ");
    says(result_of(&a->e, MATCHES), "the key given is RSA-1024 with ");
    assert_null(strstr(result_of(&a->e, MATCHES), "other keys"));
    forget(a);

    a = fresh();
    exchange_of_rsa(&a->h, RSA_SUITE, server_key, box);
    ask(a, keys, 2);
    says(result_of(&a->e, MATCHES), "and the other keys fit no better");
    forget(a);
}

static void without_a_certificate_every_key_is_tried(void **state)
{
    EVP_PKEY *curve = make_curve("P-256");
    EVP_PKEY *keys[] = {curve, stranger, server_key};
    struct asked *a = fresh();

    (void)state;
    exchange_of_rsa(&a->h, RSA_SUITE, NULL, box);
    ask(a, keys, 3);
    assert_int_equal(a->answer, ANSWER_SECRET);
    assert_true(bytes_equal(secret_view(&a->secret), premaster));
    says(result_of(&a->e, MATCHES), "no certificate crossed the wire");
    forget(a);

    a = fresh();
    exchange_of_rsa(&a->h, RSA_SUITE, NULL, box);
    ask(a, keys, 2);
    assert_int_equal(a->answer, ANSWER_MISMATCH);
    says(result_of(&a->e, DECRYPTS), "no: its 128 bytes of ciphertext do not open");
    forget(a);
    EVP_PKEY_free(curve);
}

/* try_without_certificate asks about a box of a session whose certificate was not recorded. */
static struct asked *try_without_certificate(struct bytes sealed, EVP_PKEY **keys, size_t num_keys)
{
    struct asked *a = fresh();

    exchange_of_rsa(&a->h, RSA_SUITE, NULL, sealed);
    ask(a, keys, num_keys);
    return a;
}

static void only_keys_of_the_ciphertexts_size_are_tried(void **state)
{
    EVP_PKEY *shorter = make_rsa(768);
    EVP_PKEY *longer = make_rsa(1280);
    EVP_PKEY *keys[] = {shorter, longer, stranger, server_key};
    struct asked *a = try_without_certificate(box, keys, 4);

    (void)state;
    assert_int_equal(a->answer, ANSWER_SECRET);
    says(result_of(&a->e, "Which of the keys given opened it?"), "2 of 4 had the right size");
    forget(a);

    a = try_without_certificate(box, keys, 2);
    assert_int_equal(a->answer, ANSWER_MISMATCH);
    says(result_of(&a->e, DECRYPTS), "belong to an RSA key of 1024 bits, and none of that size");
    forget(a);
    EVP_PKEY_free(shorter);
    EVP_PKEY_free(longer);
}

/* short_box_of seals until the ciphertext begins with a zero, and leaves that out. */
static struct bytes short_box_of(EVP_PKEY *key, struct bytes content)
{
    for (;;) {
        struct bytes whole = box_of(key, content);
        struct reader r = reader_of(whole);
        uint8_t first = 1;

        assert_true(reader_u8(&r, &first));
        if (first == 0) {
            struct bytes rest = exact_copy(r.left);

            exact_free(whole);
            return rest;
        }
        exact_free(whole);
    }
}

static void a_ciphertext_without_its_first_zeros_is_tried_too(void **state)
{
    EVP_PKEY *keys[] = {stranger, server_key};
    struct bytes short_box = short_box_of(server_key, premaster);
    struct asked *a = try_without_certificate(short_box, keys, 2);

    (void)state;
    assert_int_equal(a->answer, ANSWER_SECRET);
    assert_true(bytes_equal(secret_view(&a->secret), premaster));
    forget(a);
    exact_free(short_box);
}

static void an_odd_version_is_enough_when_no_key_does_better(void **state)
{
    EVP_PKEY *keys[] = {stranger, server_key};
    struct bytes odd = premaster_of(0x0002);
    struct bytes odd_box = box_of(server_key, odd);
    struct asked *a = try_without_certificate(odd_box, keys, 2);

    (void)state;
    assert_int_equal(a->answer, ANSWER_SECRET);
    says(result_of(&a->e, DECRYPTS), "the Finished shows whether the secret is the right one");
    forget(a);
    exact_free(odd);
    exact_free(odd_box);
}

static void a_key_of_another_kind_is_named_as_such(void **state)
{
    EVP_PKEY *curve = make_curve("P-256");
    struct asked *a = try_without_certificate(box, &curve, 1);

    (void)state;
    assert_int_equal(a->answer, ANSWER_MISMATCH);
    says(result_of(&a->e, DECRYPTS), "are RSA's, and the key given is EC-prime256v1");
    forget(a);

    a = fresh();
    exchange_of_rsa(&a->h, RSA_SUITE, server_key, box);
    ask(a, &curve, 1);
    assert_int_equal(a->answer, ANSWER_MISMATCH);
    says(result_of(&a->e, MATCHES), "the key given is EC-prime256v1");
    says(result_of(&a->e, MATCHES), "another kind of key altogether");
    forget(a);
    EVP_PKEY_free(curve);
}

static void a_box_that_was_altered_does_not_open(void **state)
{
    struct asked *a = fresh();
    struct bytes altered = exact_copy(box);

    (void)state;
    ((uint8_t *)unconst(altered.at))[altered.len - 1] ^= 1;
    exchange_of_rsa(&a->h, RSA_SUITE, server_key, altered);
    ask(a, &server_key, 1);
    assert_int_equal(a->answer, ANSWER_BROKEN); /* the key is the right one */
    assert_int_equal(a->secret.kind, SECRET_NONE);
    says(result_of(&a->e, MATCHES), "yes");
    says(result_of(&a->e, DECRYPTS), "no");
    exact_free(altered);
    forget(a);
}

static void rsa_psk_needs_the_pre_shared_key_as_well(void **state)
{
    struct asked *a = fresh();

    (void)state;
    exchange_of_rsa(&a->h, RSA_PSK_SUITE, server_key, box);
    ask(a, &server_key, 1);
    assert_int_equal(a->answer, ANSWER_PSK);
    assert_int_equal(a->secret.kind, SECRET_OTHER); /* which is of no use without that key */
    assert_int_equal(a->secret.len, 48);
    says(result_of(&a->e, "Is that the whole premaster secret?"), "no: RSA_PSK");
    forget(a);
}

static void a_resumed_session_has_no_key_exchange_to_open(void **state)
{
    const struct sample_choice choice = {.version = TLS_1_2, .suite = RSA_SUITE};
    struct asked *a = fresh();

    (void)state;
    saw_hellos(&a->h, &choice);
    a->h.change_cipher_spec[SIDE_SERVER] = true;
    ask(a, &server_key, 1);
    assert_int_equal(a->answer, ANSWER_WITHSTOOD);
    says(result_of(&a->e, "Is there a key exchange for the key to open?"), "no");
    forget(a);
}

/* --- Loading ------------------------------------------------------------------ */

static char *key_in_file(const struct scratch *s, const char *name, EVP_PKEY *key)
{
    struct bytes pem = key_bytes(key, KEY_PEM_PKCS8);
    char *path = scratch_write(s, name, pem);

    exact_free(pem);
    return path;
}

static void a_file_and_a_folder_of_keys_are_loaded(void **state)
{
    struct private_keys keys = {0};
    struct complaint why;
    struct scratch s;

    (void)state;
    scratch_make(&s);
    char *first = key_in_file(&s, "first.pem", server_key);
    char *hidden = key_in_file(&s, ".hidden.pem", stranger);
    char *noise = scratch_write(&s, "notes.txt", bytes_of("shopping list", 13));
    assert_true(server_keys_load(&keys, first, NULL, &why));
    assert_int_equal(keys.num_keys, 1);
    char *second = key_in_file(&s, "second.pem", stranger);
    assert_true(server_keys_load(&keys, s.folder, NULL, &why));
    assert_int_equal(keys.num_keys, 3); /* one of the file, two of the folder */
    assert_int_equal(EVP_PKEY_eq(keys.keys[0], server_key), 1);
    private_keys_clear(&keys);
    assert_int_equal(keys.num_keys, 0);
    free(first);
    free(second);
    free(hidden);
    free(noise);
    scratch_remove(&s);
}

static void a_folder_without_keys_is_told(void **state)
{
    struct private_keys keys = {0};
    struct complaint why;
    struct scratch s;

    (void)state;
    scratch_make(&s);
    assert_false(server_keys_load(&keys, s.folder, NULL, &why));
    says(why.text, ": no file in this folder is a private key that can be read");
    says(why.text, s.folder);
    char *noise = scratch_write(&s, "notes.txt", bytes_of("shopping list", 13));
    assert_false(server_keys_load(&keys, s.folder, NULL, &why));
    assert_false(server_keys_load(&keys, noise, NULL, &why));
    says(why.text, "notes.txt: is not a private key");
    assert_int_equal(keys.num_keys, 0);
    free(noise);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(without_keys_there_is_nothing_to_ask),
        CASE(the_servers_key_opens_the_box_and_says_so),
        CASE(the_version_inside_is_told_also_when_it_is_odd),
        CASE(of_several_keys_the_one_in_the_certificate_is_taken),
        CASE(another_servers_key_is_a_mismatch_and_both_are_named),
        CASE(without_a_certificate_every_key_is_tried),
        CASE(only_keys_of_the_ciphertexts_size_are_tried),
        CASE(a_ciphertext_without_its_first_zeros_is_tried_too),
        CASE(an_odd_version_is_enough_when_no_key_does_better),
        CASE(a_key_of_another_kind_is_named_as_such),
        CASE(a_box_that_was_altered_does_not_open),
        CASE(rsa_psk_needs_the_pre_shared_key_as_well),
        CASE(a_resumed_session_has_no_key_exchange_to_open),
        CASE(a_file_and_a_folder_of_keys_are_loaded),
        CASE(a_folder_without_keys_is_told),
    };

    return cmocka_run_group_tests(cases, set_up, tear_down);
}
