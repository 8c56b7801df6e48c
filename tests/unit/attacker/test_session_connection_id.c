/*
 * DTLS whose records carry a connection ID, RFC 9146. libssl does not speak it, so both sides are
 * made by hand.
 */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/handmade_dtls.h"
#include "tests/support/sample_exchange.h"

#define STEP "Do the records carry a connection ID?"

/* clang-format off */
static const struct sealing_plan plans[] = {
    {.suite = 0x009c, .version = 0x0303, .way = SEALER_EXPLICIT_NONCE, .cipher = "AES-128-GCM",
     .key_len = 16, .tag_len = 16, .prf = "SHA256"},
    {.suite = 0xc0a0, .version = 0x0303, .way = SEALER_EXPLICIT_NONCE, .cipher = "AES-128-CCM",
     .key_len = 16, .tag_len = 8, .prf = "SHA256"},
    {.suite = 0x002f, .version = 0x0303, .way = SEALER_CBC, .cipher = "AES-128-CBC",
     .key_len = 16, .block_len = 16, .mac = "SHA1", .prf = "SHA256"},
    {.suite = 0x003d, .version = 0x0303, .way = SEALER_CBC, .cipher = "AES-256-CBC",
     .key_len = 32, .block_len = 16, .mac = "SHA256", .prf = "SHA256", .encrypt_then_mac = true},
    {.suite = 0x003b, .version = 0x0303, .way = SEALER_NULL, .mac = "SHA256", .prf = "SHA256"},
};
/* clang-format on */
#define NUM_PLANS (sizeof(plans) / sizeof(plans[0]))

static struct bytes id_of(size_t len)
{
    static const uint8_t id[255] = {0x17, 0x00, 0x01, 0xff, 0x19, 0xfe, 0xfd};

    return bytes_of(id, len);
}

static void hold(struct handmade_dtls *t, const struct sealing_plan *plan, size_t client,
                 size_t server, size_t lost)
{
    const struct handmade_dtls_terms terms = {
        .plan = plan, .connection_ids = true, .ids = {id_of(client), id_of(server)}, .lost = lost};

    handmade_dtls_hold(t, &terms);
}

static void expect_said(const struct handmade_dtls *t)
{
    assert_true(bytes_equal(buffer_view(&t->said[SIDE_CLIENT]), bytes_of("asked", 5)));
    assert_true(bytes_equal(buffer_view(&t->said[SIDE_SERVER]), bytes_of("answered", 8)));
}

static void it_opens_however_it_is_sealed_and_however_long_the_ids_are(void **state)
{
    static const size_t lengths[] = {0, 1, 8, 255};

    (void)state;
    for (size_t i = 0; i < NUM_PLANS * 16; i++) {
        struct handmade_dtls t;

        hold(&t, &plans[i / 16], lengths[i % 4], lengths[i / 4 % 4], 0);
        if (t.session->verdict.outcome != OUTCOME_DECRYPTED)
            fail_msg("%zu: %s", i, t.session->verdict.explanation);
        assert_true(t.session->verdict.finished_verified);
        expect_said(&t);
        handmade_dtls_clear(&t);
    }
}

static void the_evidence_tells_of_the_ids(void **state)
{
    struct handmade_dtls t;

    (void)state;
    hold(&t, &plans[0], 7, 0, 0);
    says(result_of(&t.session->evidence, STEP), "the client seals carries one of 7 bytes");
    says(result_of(&t.session->evidence, STEP), "the server seals one of 0");
    handmade_dtls_clear(&t);
}

/* The certificate goes into no key here. Without either hello there is no key. */
static void what_is_said_opens_without_the_certificate(void **state)
{
    struct handmade_dtls t;

    (void)state;
    hold(&t, &plans[0], 5, 9, 3);
    assert_int_equal(t.session->verdict.outcome, OUTCOME_PARTIAL);
    expect_said(&t);
    handmade_dtls_clear(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(it_opens_however_it_is_sealed_and_however_long_the_ids_are),
        CASE(the_evidence_tells_of_the_ids),
        CASE(what_is_said_opens_without_the_certificate),
    };

    return RUN(cases);
}
