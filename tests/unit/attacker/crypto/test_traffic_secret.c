#include "attacker/crypto/traffic_secret.h"
#include "attacker/crypto/transcript.h"
#include "tests/support/check.h"
#include "tests/support/vectors.h"

#define HASH "SHA256"

static const struct traffic_terms TERMS = {HASH, 0};

static void see(struct handshake *h, struct vectors *v, enum side from, const char *name)
{
    assert_true(handshake_see(h, from, vectors_hex(v, name), 1, 0));
}

static void is_secret(const struct traffic_secrets *s, enum traffic_label which, struct bytes b)
{
    assert_int_equal(s->len[which], b.len);
    assert_memory_equal(s->value[which], b.at, b.len);
}

static void is_key(struct vectors *v, struct bytes secret, const char *label, const char *name)
{
    struct bytes expected = vectors_hex(v, name);
    uint8_t out[32];

    assert_true(traffic_key(out, expected.len, &TERMS, secret, label));
    assert_memory_equal(out, expected.at, expected.len);
}

static void check_handshake(struct vectors *v, const struct handshake *h, struct traffic_secrets *s,
                            uint8_t *handshake_secret)
{
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    size_t len = transcript_hash(hash, HASH, h, transcript_end(h));
    struct bytes transcript = bytes_of(hash, len);

    assert_true(bytes_equal(transcript, vectors_hex(v, "HASH_TO_SERVER_HELLO")));
    const struct traffic_inputs inputs = {.shared = vectors_hex(v, "SHARED_SECRET")};
    assert_true(traffic_handshake_secrets(s, handshake_secret, &TERMS, &inputs, transcript));
    assert_memory_equal(handshake_secret, vectors_hex(v, "HANDSHAKE_SECRET").at, 32);
    is_secret(s, TRAFFIC_CLIENT_HANDSHAKE, vectors_hex(v, "CLIENT_HANDSHAKE"));
    is_secret(s, TRAFFIC_SERVER_HANDSHAKE, vectors_hex(v, "SERVER_HANDSHAKE"));
    assert_int_equal(s->len[TRAFFIC_CLIENT_APPLICATION], 0);
    is_key(v, vectors_hex(v, "CLIENT_HANDSHAKE"), "key", "CLIENT_HANDSHAKE_KEY");
    is_key(v, vectors_hex(v, "CLIENT_HANDSHAKE"), "iv", "CLIENT_HANDSHAKE_IV");
    is_key(v, vectors_hex(v, "SERVER_HANDSHAKE"), "key", "SERVER_HANDSHAKE_KEY");
    is_key(v, vectors_hex(v, "SERVER_HANDSHAKE"), "iv", "SERVER_HANDSHAKE_IV");
}

static void check_application(struct vectors *v, const struct handshake *h,
                              struct traffic_secrets *s, const uint8_t *handshake_secret)
{
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    size_t len = transcript_hash(hash, HASH, h, transcript_end(h));
    struct bytes transcript = bytes_of(hash, len);

    assert_true(bytes_equal(transcript, vectors_hex(v, "HASH_TO_SERVER_FINISHED")));
    assert_true(traffic_application_secrets(s, &TERMS, handshake_secret, transcript));
    is_secret(s, TRAFFIC_CLIENT_APPLICATION, vectors_hex(v, "CLIENT_APPLICATION"));
    is_secret(s, TRAFFIC_SERVER_APPLICATION, vectors_hex(v, "SERVER_APPLICATION"));
    is_key(v, vectors_hex(v, "CLIENT_APPLICATION"), "key", "CLIENT_APPLICATION_KEY");
    is_key(v, vectors_hex(v, "CLIENT_APPLICATION"), "iv", "CLIENT_APPLICATION_IV");
    is_key(v, vectors_hex(v, "SERVER_APPLICATION"), "key", "SERVER_APPLICATION_KEY");
    is_key(v, vectors_hex(v, "SERVER_APPLICATION"), "iv", "SERVER_APPLICATION_IV");
}

/* The Finished seen last holds what `secret` makes of the messages in front of it. */
static void check_finished(const struct handshake *h, struct bytes secret)
{
    const struct message *finished = handshake_last(h);
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    uint8_t verify_data[TRAFFIC_SECRET_MAX_LEN];
    size_t len = transcript_hash(hash, HASH, h, finished);

    assert_int_equal(finished->type, HANDSHAKE_FINISHED);
    assert_true(traffic_verify_data(verify_data, &TERMS, secret, bytes_of(hash, len)));
    assert_true(bytes_equal(bytes_of(verify_data, len), finished->body));
}

static void check_resumption(struct vectors *v, const struct handshake *h,
                             const uint8_t *handshake_secret)
{
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    uint8_t secret[TRAFFIC_SECRET_MAX_LEN];
    size_t len = transcript_hash(hash, HASH, h, transcript_end(h));

    assert_true(traffic_resumption_secret(secret, &TERMS, handshake_secret, bytes_of(hash, len)));
    assert_true(bytes_equal(bytes_of(secret, len), vectors_hex(v, "RESUMPTION_SECRET")));
}

static void the_key_schedule_is_that_of_rfc_8448(void **state)
{
    struct vectors *v = vectors_open("tls13_simple_handshake.txt");
    struct handshake h = {0};
    struct traffic_secrets secrets = {0};
    uint8_t handshake_secret[TRAFFIC_SECRET_MAX_LEN];

    (void)state;
    assert_true(vectors_next(v));
    see(&h, v, SIDE_CLIENT, "CLIENT_HELLO");
    see(&h, v, SIDE_SERVER, "SERVER_HELLO");
    check_handshake(v, &h, &secrets, handshake_secret);
    see(&h, v, SIDE_SERVER, "ENCRYPTED_EXTENSIONS");
    see(&h, v, SIDE_SERVER, "CERTIFICATE");
    see(&h, v, SIDE_SERVER, "CERTIFICATE_VERIFY");
    see(&h, v, SIDE_SERVER, "SERVER_FINISHED");
    check_finished(&h, vectors_hex(v, "SERVER_HANDSHAKE"));
    check_application(v, &h, &secrets, handshake_secret);
    see(&h, v, SIDE_CLIENT, "CLIENT_FINISHED");
    check_finished(&h, vectors_hex(v, "CLIENT_HANDSHAKE"));
    check_resumption(v, &h, handshake_secret);
    assert_string_equal(h.certificate.subject, "CN=rsa");
    assert_string_equal(h.certificate.key_name, "RSA-1024");
    handshake_clear(&h);
    assert_false(vectors_next(v));
}

static void another_shared_secret_or_transcript_gives_other_secrets(void **state)
{
    struct bytes shared = unhex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
    struct bytes hash = unhex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
    const struct traffic_inputs inputs = {.shared = shared};
    const struct traffic_inputs shorter = {.shared = bytes_first(shared, 31)};
    const struct traffic_inputs with_psk = {.shared = shared, .psk = hash};
    struct traffic_secrets s = {0};
    struct traffic_secrets other = {0};
    uint8_t handshake_secret[TRAFFIC_SECRET_MAX_LEN];

    (void)state;
    assert_true(traffic_handshake_secrets(&s, handshake_secret, &TERMS, &inputs, hash));
    assert_true(traffic_handshake_secrets(&other, handshake_secret, &TERMS, &shorter, hash));
    assert_memory_not_equal(s.value[0], other.value[0], 32);
    assert_true(traffic_handshake_secrets(&other, handshake_secret, &TERMS, &with_psk, hash));
    assert_memory_not_equal(s.value[0], other.value[0], 32);
    assert_true(traffic_handshake_secrets(&other, handshake_secret, &TERMS, &inputs, shared));
    assert_memory_not_equal(s.value[0], other.value[0], 32);
    assert_memory_not_equal(s.value[TRAFFIC_CLIENT_HANDSHAKE], s.value[TRAFFIC_SERVER_HANDSHAKE],
                            32);
    exact_free(shared);
    exact_free(hash);
}

static void sha_384_makes_secrets_of_48_bytes(void **state)
{
    struct bytes shared = unhex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
    struct traffic_secrets s = {0};
    uint8_t handshake_secret[TRAFFIC_SECRET_MAX_LEN];

    (void)state;
    const struct traffic_inputs inputs = {.shared = shared};
    assert_true(traffic_handshake_secrets(&s, handshake_secret,
                                          &(struct traffic_terms){"SHA384", 0}, &inputs, shared));
    assert_true(traffic_application_secrets(&s, &(struct traffic_terms){"SHA384", 0},
                                            handshake_secret, shared));
    for (size_t i = 0; i < TRAFFIC_NUM_LABELS; i++)
        assert_int_equal(s.len[i], 48);
    exact_free(shared);
}

static void what_cannot_be_computed_is_refused(void **state)
{
    struct bytes secret = unhex("0102030405060708");
    const struct traffic_inputs inputs = {.shared = secret};
    struct traffic_secrets s = {0};
    uint8_t out[TRAFFIC_SECRET_MAX_LEN];

    (void)state;
    assert_int_equal(traffic_hash_len("SHA256"), 32);
    assert_int_equal(traffic_hash_len("SHA384"), 48);
    assert_int_equal(traffic_hash_len("no such hash"), 0);
    const struct traffic_terms unknown = {"no such hash", 0};
    assert_false(traffic_handshake_secrets(&s, out, &unknown, &inputs, secret));
    assert_false(traffic_early_secret(out, "no such hash", secret));
    assert_false(traffic_derive(out, &unknown, secret, "derived", secret));
    assert_false(traffic_resumption_secret(out, &unknown, out, secret));
    assert_false(traffic_application_secrets(&s, &unknown, out, secret));
    assert_false(traffic_verify_data(out, &unknown, secret, secret));
    assert_false(traffic_key(out, 16, &TERMS, secret, "a label far longer than any in the RFC"));
    exact_free(secret);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_key_schedule_is_that_of_rfc_8448),
        CASE(another_shared_secret_or_transcript_gives_other_secrets),
        CASE(sha_384_makes_secrets_of_48_bytes),
        CASE(what_cannot_be_computed_is_refused),
    };

    return RUN(cases);
}
