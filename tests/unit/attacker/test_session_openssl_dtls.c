/*
 * DTLS as OpenSSL had it before 0.9.8f, and as Cisco's AnyConnect still has it: version 0x0100.
 * Nothing here speaks it as a server any more, so both sides are made by hand.
 */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/handmade_dtls.h"

static void heard(const struct handmade_dtls *t, const char *client, const char *server)
{
    assert_true(bytes_equal(buffer_view(&t->said[SIDE_CLIENT]), bytes_of(client, strlen(client))));
    assert_true(bytes_equal(buffer_view(&t->said[SIDE_SERVER]), bytes_of(server, strlen(server))));
}

static void it_opens_however_it_hashes_and_seals(void **state)
{
    static const struct handmade_dtls_terms all[] = {
        {.cookie = false},
        {.cookie = true},
        {.cookie = true, .cookie_not_hashed = true},
        {.cookie = true, .header_of_tls10 = true},
        {.header_of_tls10 = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct handmade_dtls t;

        handmade_dtls_hold(&t, &all[i]);
        if (t.session->verdict.outcome != OUTCOME_DECRYPTED)
            fail_msg("%zu: %s", i, t.session->verdict.explanation);
        assert_true(t.session->finished_verified[SIDE_CLIENT]);
        assert_true(t.session->finished_verified[SIDE_SERVER]);
        assert_string_equal(handshake_version_name(&t.session->handshake), "DTLS 1.0");
        heard(&t, "asked", "answered");
        handmade_dtls_clear(&t);
    }
}

/* Which of them a ChangeCipherSpec was, must not matter to what comes behind it. */
static void what_is_said_opens_whichever_datagram_of_the_end_is_lost(void **state)
{
    (void)state;
    for (size_t lost = 6; lost <= 9; lost++) { /* both ChangeCipherSpecs and Finished */
        struct handmade_dtls t;

        handmade_dtls_hold(&t, &(struct handmade_dtls_terms){.lost = lost});
        assert_int_equal(t.session->verdict.outcome, OUTCOME_PARTIAL);
        heard(&t, "asked", "answered");
        handmade_dtls_clear(&t);
    }
}

/* num_asking counts the steps of the evidence with that question. */
static size_t num_asking(const struct evidence *e, const char *step)
{
    size_t num = 0;

    for (size_t i = 0; i < e->num_steps; i++)
        num += strcmp(e->steps[i].step, step) == 0;
    return num;
}

/* The numbers of its messages begin anew, yet none of them is a late one of the attempt before. */
static void each_attempt_to_shake_hands_anew_is_seen_in_spite_of_a_refusal(void **state)
{
    (void)state;
    for (size_t refused = 1; refused <= 3; refused++) {
        struct handmade_dtls t;

        handmade_dtls_hold(&t, &(struct handmade_dtls_terms){.refused = refused});
        assert_int_equal(t.session->verdict.outcome, OUTCOME_DECRYPTED);
        assert_int_equal(
            num_asking(&t.session->evidence, "Do the two shake hands anew on this connection?"),
            refused);
        heard(&t, "asked", "answered");
        handmade_dtls_clear(&t);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(it_opens_however_it_hashes_and_seals),
        CASE(what_is_said_opens_whichever_datagram_of_the_end_is_lost),
        CASE(each_attempt_to_shake_hands_anew_is_seen_in_spite_of_a_refusal),
    };

    return RUN(cases);
}
