#include "attacker/crypto/psk_schedule.h"

#include "attacker/crypto/seal.h"
#include "attacker/crypto/traffic_secret.h"
#include "attacker/crypto/transcript.h"
#include "attacker/tls/offered_psk.h"
#include "tests/support/check.h"
#include "tests/support/vectors.h"

#define HASH "SHA256"

static const struct traffic_terms TERMS = {.hash = HASH};

static const struct message *see(struct handshake *h, struct vectors *v, enum side from,
                                 const char *name)
{
    assert_true(handshake_see(h, from, vectors_hex(v, name), 1, 0));
    return handshake_last(h);
}

static void is(struct vectors *v, const uint8_t *value, const char *name)
{
    struct bytes expected = vectors_hex(v, name);

    assert_memory_equal(value, expected.at, expected.len);
}

static void check_ticket(struct vectors *v)
{
    uint8_t out[TRAFFIC_SECRET_MAX_LEN];

    assert_true(
        psk_of_ticket(out, HASH, vectors_hex(v, "RESUMPTION_SECRET"), vectors_hex(v, "NONCE")));
    is(v, out, "PSK");
    assert_true(traffic_early_secret(out, HASH, vectors_hex(v, "PSK")));
    is(v, out, "EARLY_SECRET");
}

static void check_binder(struct vectors *v, const struct handshake *h)
{
    struct offered_psk offered;
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    uint8_t binder[TRAFFIC_SECRET_MAX_LEN];
    uint8_t age[4] = {0};

    assert_true(offered_psk_read(h->client_hello, 0, &offered));
    assert_true(bytes_equal(offered.identity, vectors_hex(v, "IDENTITY")));
    assert_true(bytes_equal(offered.binder, vectors_hex(v, "BINDER")));
    for (size_t i = 0; i < sizeof(age); i++)
        age[i] = (uint8_t)(offered.age >> (24 - 8 * i));
    is(v, age, "AGE");
    size_t len = transcript_hash_with(hash, HASH, h, h->client_hello, offered.bound);
    is(v, hash, "BINDER_HASH");
    assert_true(psk_binder(binder, HASH, vectors_hex(v, "PSK"), PSK_BINDER_RESUMPTION,
                           bytes_of(hash, len)));
    is(v, binder, "BINDER");
    assert_true(
        psk_binder(binder, HASH, vectors_hex(v, "PSK"), PSK_BINDER_EXTERNAL, bytes_of(hash, len)));
    assert_memory_not_equal(binder, offered.binder.at, len);
}

static void check_early_data(struct vectors *v, const struct handshake *h)
{
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    uint8_t secret[TRAFFIC_SECRET_MAX_LEN];
    size_t len = transcript_hash(hash, HASH, h, transcript_end(h));
    struct reader r = reader_of(vectors_hex(v, "EARLY_RECORD"));
    struct record record;
    struct bytes plain;
    uint8_t type;

    assert_true(psk_early_traffic(secret, HASH, vectors_hex(v, "PSK"), bytes_of(hash, len)));
    is(v, secret, "CLIENT_EARLY");

    struct seal *seal = seal_from_traffic_secret(suite_find(0x1301), 0, bytes_of(secret, len));
    assert_int_equal(record_next(&r, &record), PROGRESS_DONE);
    assert_true(seal_open(seal, &plain, &type, &record));
    assert_int_equal(type, CONTENT_APPLICATION_DATA);
    assert_true(bytes_equal(plain, vectors_hex(v, "EARLY_DATA")));
    seal_free(seal);
}

static void check_handshake(struct vectors *v, const struct handshake *h, struct traffic_secrets *s,
                            uint8_t *handshake_secret)
{
    const struct traffic_inputs inputs = {vectors_hex(v, "SHARED_SECRET"), vectors_hex(v, "PSK")};
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    size_t len = transcript_hash(hash, HASH, h, transcript_end(h));

    assert_true(
        traffic_handshake_secrets(s, handshake_secret, &TERMS, &inputs, bytes_of(hash, len)));
    is(v, handshake_secret, "HANDSHAKE_SECRET");
    is(v, s->value[TRAFFIC_CLIENT_HANDSHAKE], "CLIENT_HANDSHAKE");
    is(v, s->value[TRAFFIC_SERVER_HANDSHAKE], "SERVER_HANDSHAKE");
}

static void check_finished(const struct handshake *h, const struct message *finished,
                           const uint8_t *secret)
{
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    uint8_t verify_data[TRAFFIC_SECRET_MAX_LEN];
    size_t len = transcript_hash(hash, HASH, h, finished);

    assert_true(
        traffic_verify_data(verify_data, &TERMS, bytes_of(secret, len), bytes_of(hash, len)));
    assert_true(bytes_equal(bytes_of(verify_data, len), finished->body));
}

static void a_resumed_handshake_with_early_data_is_that_of_rfc_8448(void **state)
{
    struct vectors *v = vectors_open("tls13_resumed_handshake.txt");
    struct handshake h = {0};
    struct traffic_secrets s = {0};
    uint8_t handshake_secret[TRAFFIC_SECRET_MAX_LEN];
    uint8_t resumption[TRAFFIC_SECRET_MAX_LEN];
    uint8_t hash[TRANSCRIPT_MAX_LEN];

    (void)state;
    assert_true(vectors_next(v));
    check_ticket(v);
    (void)see(&h, v, SIDE_CLIENT, "CLIENT_HELLO");
    assert_true(h.early_data_offered);
    check_binder(v, &h);
    check_early_data(v, &h);
    (void)see(&h, v, SIDE_SERVER, "SERVER_HELLO");
    assert_true(h.psk_chosen);
    assert_int_equal(h.psk_selected, 0);
    check_handshake(v, &h, &s, handshake_secret);
    (void)see(&h, v, SIDE_SERVER, "ENCRYPTED_EXTENSIONS");
    assert_true(h.early_data_accepted);
    check_finished(&h, see(&h, v, SIDE_SERVER, "SERVER_FINISHED"),
                   s.value[TRAFFIC_SERVER_HANDSHAKE]);
    size_t len = transcript_hash(hash, HASH, &h, transcript_end(&h));
    assert_true(traffic_application_secrets(&s, &TERMS, handshake_secret, bytes_of(hash, len)));
    is(v, s.value[TRAFFIC_CLIENT_APPLICATION], "CLIENT_APPLICATION");
    is(v, s.value[TRAFFIC_SERVER_APPLICATION], "SERVER_APPLICATION");
    assert_ptr_equal(h.end_of_early_data, NULL);
    const struct message *end = see(&h, v, SIDE_CLIENT, "END_OF_EARLY_DATA");
    assert_ptr_equal(h.end_of_early_data, end);
    check_finished(&h, see(&h, v, SIDE_CLIENT, "CLIENT_FINISHED"),
                   s.value[TRAFFIC_CLIENT_HANDSHAKE]);
    len = transcript_hash(hash, HASH, &h, transcript_end(&h));
    assert_true(
        traffic_resumption_secret(resumption, &TERMS, handshake_secret, bytes_of(hash, len)));
    is(v, resumption, "NEXT_RESUMPTION_SECRET");
    handshake_clear(&h);
    assert_false(vectors_next(v));
}

static void a_nonce_may_have_255_bytes_and_the_hash_must_be_known(void **state)
{
    struct bytes secret = unhex("7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c");
    uint8_t nonce[256] = {1};
    uint8_t out[TRAFFIC_SECRET_MAX_LEN];

    (void)state;
    assert_true(psk_of_ticket(out, HASH, secret, bytes_of(nonce, 255)));
    assert_false(psk_of_ticket(out, HASH, secret, bytes_of(nonce, 256)));
    assert_false(psk_of_ticket(out, "no such hash", secret, secret));
    assert_false(psk_binder(out, "no such hash", secret, PSK_BINDER_EXTERNAL, secret));
    assert_false(psk_early_traffic(out, "no such hash", secret, secret));
    exact_free(secret);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_resumed_handshake_with_early_data_is_that_of_rfc_8448),
        CASE(a_nonce_may_have_255_bytes_and_the_hash_must_be_known),
    };

    return RUN(cases);
}
