/* Which leaks open a session, and what is said of the one that is asked about most. */
#include "attacker/verdict.h"

#include <string.h>

#include "tests/support/check.h"
#include "tests/support/verdict_scene.h"

/* NewSessionTicket: 120 seconds, and a ticket of 160 bytes, which may hold a session; one of 32,
 * which may be the name of one; and none, by which the server has changed its mind. */
static const uint8_t long_ticket[4 + 2 + 160] = {0, 0, 0, 120, 0, 160};
static const uint8_t short_ticket[4 + 2 + 32] = {0, 0, 0, 120, 0, 32};
static const uint8_t no_ticket[4 + 2] = {0, 0, 0, 120, 0, 0};
static const struct message ticket = {.frame = 9, .body = {long_ticket, sizeof(long_ticket)}};
static const struct message name = {.frame = 9, .body = {short_ticket, sizeof(short_ticket)}};
static const struct message nothing = {.frame = 9, .body = {no_ticket, sizeof(no_ticket)}};

#define KEY       (1u << OPENED_BY_SERVER_KEY)
#define TICKET    (1u << OPENED_BY_TICKET_KEY)
#define EPHEMERAL (1u << OPENED_BY_EPHEMERAL)
#define PSK       (1u << OPENED_BY_PSK)
#define SESSION   (1u << OPENED_BY_SESSION_SECRET)
#define QUANTUM   (1u << OPENED_BY_QUANTUM_COMPUTER)

static void what_opens_a_session_follows_from_its_key_exchange(void **state)
{
    static const struct {
        enum scene scene;
        unsigned opened_by;
        bool forward_secret;
    } rows[] = {
        {NOTHING, 0, false},
        {HELLO_ALONE, 0, false},
        {RSA_EXCHANGE, KEY | SESSION | QUANTUM, false},
        {STATIC_DH, KEY | SESSION | QUANTUM, false},
        {DHE, EPHEMERAL | SESSION | QUANTUM, true},
        {ECDHE, EPHEMERAL | SESSION | QUANTUM, true},
        {PLAIN_PSK, PSK | SESSION, true},
        {RSA_PSK, SESSION, true},
        {ECDHE_PSK, SESSION, true},
        {TLS13, EPHEMERAL | SESSION | QUANTUM, true},
        {TLS13_HYBRID, EPHEMERAL | SESSION, true},
        {TLS13_PSK, PSK | SESSION, true},
        {TLS13_PSK_ECDHE, SESSION, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct handshake h = play(rows[i].scene);
        struct leaks_found found = {0};
        struct findings f = {.records = 2};
        struct verdict v = reach(&f, &h, &found);

        if (v.opened_by != rows[i].opened_by || v.forward_secret != rows[i].forward_secret)
            fail_msg("row %zu: opened_by %#x, forward_secret %d", i, v.opened_by, v.forward_secret);
    }
}

/* The client's part of it may have been made for the one session: then it opens that. */
static void a_fixed_exchange_has_an_ephemeral_half(void **state)
{
    struct handshake h = play(STATIC_DH);

    (void)state;
    assert_int_equal(opened_by_leaks(&h), KEY | SESSION | QUANTUM);
    h.client_value = bytes_of("value", 5);
    assert_int_equal(opened_by_leaks(&h), KEY | EPHEMERAL | SESSION | QUANTUM);
    assert_false(opened_by_not_the_server_key(&h));
}

static void a_ticket_in_the_clear_can_be_opened_by_the_ticket_key(void **state)
{
    struct handshake h = play(ECDHE);
    struct leaks_found found = {0};
    struct findings f = {.records = 2};

    (void)state;
    assert_int_equal(reach(&f, &h, &found).opened_by & TICKET, 0);
    h.new_session_ticket = &ticket;
    assert_int_equal(reach(&f, &h, &found).opened_by & TICKET, TICKET);
    h.new_session_ticket = &name;
    assert_int_equal(reach(&f, &h, &found).opened_by & TICKET, 0);
    h.new_session_ticket = &nothing;
    assert_int_equal(reach(&f, &h, &found).opened_by & TICKET, 0);
    h = play(TLS13); /* there it crosses encrypted, and is for the next session */
    h.new_session_ticket = &ticket;
    assert_int_equal(reach(&f, &h, &found).opened_by & TICKET, 0);
    h = play(BY_TICKET);
    assert_int_equal(reach(&f, &h, &found).opened_by & TICKET, TICKET);
    h.ticket_offered.len = 32;
    assert_int_equal(reach(&f, &h, &found).opened_by & TICKET, 0);
    h = play(BY_SESSION_ID);
    assert_int_equal(reach(&f, &h, &found).opened_by & TICKET, 0);
}

/* With no leak given the explanation says what the server's key would do; it has to be true. */
static void what_the_servers_key_would_do_is_said_truly(void **state)
{
    static const struct {
        enum scene scene;
        const char *says;
    } rows[] = {
        {RSA_EXCHANGE, "The server's private key would open it."},
        {ECDHE, "The server's private key would not open it: the key exchange is forward secret."},
        {TLS13, "The server's private key would not open it: the key exchange is forward secret."},
        {PLAIN_PSK, "The server's private key would not open it: it takes the pre-shared key."},
        {RSA_PSK, "The server's private key would not open it: it takes the pre-shared key."},
        {TLS13_PSK, "The server's private key would not open it: it takes the pre-shared key."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct handshake h = play(rows[i].scene);
        struct leaks_found found = {0};
        struct findings f = {.records = 5};
        struct verdict v = reach(&f, &h, &found);

        if (!strstr(v.explanation, rows[i].says))
            fail_msg("'%s' does not say '%s'", v.explanation, rows[i].says);
    }

    struct handshake h = play(RSA_EXCHANGE);
    struct leaks_found found = {0};
    struct findings f = {.records = 5};
    h.suite = NULL;
    assert_int_equal(reach(&f, &h, &found).reason, REASON_UNSUPPORTED_CIPHER);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_opens_a_session_follows_from_its_key_exchange),
        CASE(a_fixed_exchange_has_an_ephemeral_half),
        CASE(a_ticket_in_the_clear_can_be_opened_by_the_ticket_key),
        CASE(what_the_servers_key_would_do_is_said_truly),
    };

    return RUN(cases);
}
