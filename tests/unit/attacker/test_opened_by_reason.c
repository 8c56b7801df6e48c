/* Why a leak opens a session, and why the server's key does not: over handshakes made by hand. */
#include "attacker/opened_by_reason.h"

#include <string.h>

#include "tests/support/check.h"
#include "tests/support/verdict_scene.h"

/* check: what is said of this leak has `part` in it. */
static void check(const struct handshake *h, unsigned inherited, enum opened_by leak,
                  const char *part)
{
    char reason[OPENED_BY_REASON_SIZE];

    if (!strstr(opened_by_reason(h, opened_by_leaks(h) | inherited, leak, reason), part))
        fail_msg("of %s, '%s' does not say '%s'", opened_by_name(leak), reason, part);
    assert_int_equal(reason[strlen(reason) - 1], '.');
}

static void what_the_servers_key_does_follows_from_the_key_exchange(void **state)
{
    static const struct {
        enum scene scene;
        const char *says;
    } rows[] = {
        {NOTHING, "no ServerHello"},
        {HELLO_ALONE, "no ServerHello"},
        {RSA_EXCHANGE, "encrypted the premaster secret to the key in the certificate"},
        {STATIC_DH, "static Diffie-Hellman is not forward secret"},
        {DHE, "only signs the ephemeral exchange"},
        {ECDHE, "only signs the ephemeral exchange"},
        {PLAIN_PSK, "from the pre-shared key alone"},
        {RSA_PSK, "the other half is the pre-shared key"},
        {ECDHE_PSK, "a pre-shared key and an ephemeral exchange"},
        {BY_TICKET, "only together with the session that it takes up"},
        {BY_SESSION_ID, "only together with the session that it takes up"},
        {TLS13, "In TLS 1.3 the key only signs"},
        {TLS13_HYBRID, "In TLS 1.3 the key only signs"},
        {TLS13_PSK, "no forward secrecy"},
        {TLS13_PSK_ECDHE, "a pre-shared key and an ephemeral exchange"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct handshake h = play(rows[i].scene);

        check(&h, 0, OPENED_BY_SERVER_KEY, rows[i].says);
    }
}

/* of_suite is a whole TLS 1.2 handshake in this suite. */
static struct handshake of_suite(uint16_t suite)
{
    struct handshake h = play(RSA_EXCHANGE);

    h.suite = suite_find(suite);
    assert_non_null(h.suite);
    return h;
}

static void each_suite_has_a_reason_of_its_own(void **state)
{
    (void)state;
    struct handshake h = of_suite(0xc004); /* TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA */
    check(&h, 0, OPENED_BY_SERVER_KEY, "not forward secret");
    check(&h, 0, OPENED_BY_QUANTUM_COMPUTER, "private key of the public one");
    h = of_suite(0x0018); /* TLS_DH_anon_WITH_RC4_128_MD5 */
    check(&h, 0, OPENED_BY_SERVER_KEY, "nobody signs");
    h = of_suite(0xc01d); /* TLS_SRP_SHA_WITH_AES_128_CBC_SHA */
    check(&h, 0, OPENED_BY_SERVER_KEY, "something that the two had before");
    h.suite = NULL;
    check(&h, 0, OPENED_BY_SERVER_KEY, "suite is not known");
}

static void a_temporary_key_takes_the_place_of_the_servers(void **state)
{
    (void)state;
    struct handshake h = of_suite(0x0003); /* TLS_RSA_EXPORT_WITH_RC4_40_MD5 */
    check(&h, 0, OPENED_BY_SERVER_KEY, "no temporary one was sent");
    h.torn[SIDE_SERVER] = true;
    check(&h, 0, OPENED_BY_SERVER_KEY, "whether there was a temporary key");
    h.server_params.modulus = bytes_of("modulus", 7);
    check(&h, 0, OPENED_BY_SERVER_KEY, "encrypted to a temporary key");
    check(&h, 0, OPENED_BY_EPHEMERAL, "encrypted to a temporary RSA key");
    check(&h, 0, OPENED_BY_QUANTUM_COMPUTER, "factors the temporary key");
}

static void what_opens_a_session_is_named_with_its_group(void **state)
{
    (void)state;
    struct handshake h = play(TLS13);
    check(&h, 0, OPENED_BY_EPHEMERAL, "ephemeral private keys of the exchange in x25519");
    check(&h, 0, OPENED_BY_QUANTUM_COMPUTER, "public value in x25519, which");
    check(&h, 0, OPENED_BY_SESSION_SECRET, "traffic secrets");
    h = play(RSA_EXCHANGE);
    check(&h, 0, OPENED_BY_QUANTUM_COMPUTER, "factors the public key");
    check(&h, 0, OPENED_BY_SESSION_SECRET, "master secret");
    h = play(STATIC_DH);
    h.client_value = bytes_of("value", 5);
    check(&h, 0, OPENED_BY_EPHEMERAL, "The client made its half of the exchange");
    h = play(PLAIN_PSK);
    check(&h, 0, OPENED_BY_PSK, "nothing else");
    h = play(TLS13_PSK);
    check(&h, 0, OPENED_BY_PSK, "psk_ke");
}

static void a_ticket_crossed_from_the_server_or_from_the_client(void **state)
{
    static const struct message ticket = {.frame = 9};

    (void)state;
    struct handshake h = play(ECDHE);
    h.new_session_ticket = &ticket;
    check(&h, 0, OPENED_BY_TICKET_KEY, "The server sent a ticket in the clear");
    h = play(BY_TICKET);
    check(&h, 0, OPENED_BY_TICKET_KEY, "The client sent its ticket in the clear");
}

/* A resumption exchanges no keys: what opened the first session opens it. */
static void what_is_inherited_says_so(void **state)
{
    (void)state;
    for (int leak = 0; leak < NUM_OPENED_BY; leak++) {
        struct handshake h = play(BY_SESSION_ID);

        if (leak != OPENED_BY_SESSION_SECRET)
            check(&h, 1u << leak, (enum opened_by)leak, "It takes up an earlier session");
    }

    struct handshake h = play(BY_SESSION_ID);
    check(&h, 1u << OPENED_BY_EPHEMERAL, OPENED_BY_SERVER_KEY, "does not open either");
    h.suite = suite_find(0xc02f);
    check(&h, 0, OPENED_BY_SERVER_KEY, "opened nothing there either");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_the_servers_key_does_follows_from_the_key_exchange),
        CASE(each_suite_has_a_reason_of_its_own),
        CASE(a_temporary_key_takes_the_place_of_the_servers),
        CASE(what_opens_a_session_is_named_with_its_group),
        CASE(a_ticket_crossed_from_the_server_or_from_the_client),
        CASE(what_is_inherited_says_so),
    };

    return RUN(cases);
}
