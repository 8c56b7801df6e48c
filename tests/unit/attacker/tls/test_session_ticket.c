/* The ticket in a NewSessionTicket of TLS 1.2. */
#include "attacker/tls/session_ticket.h"

#include "tests/support/check.h"
#include "tests/support/sample_handshake.h"

static bool reads(const char *hex, struct session_ticket *out)
{
    struct bytes body = unhex(hex);
    bool read = session_ticket_read(body, out);

    exact_free(body);
    return read;
}

static void a_ticket_has_a_lifetime_and_a_length(void **state)
{
    struct session_ticket t;

    (void)state;
    assert_true(reads("00001c20 0003 aabbcc", &t));
    assert_int_equal(t.lifetime, 7200);
    assert_int_equal(t.ticket.len, 3);
    assert_true(reads("00000000 0000", &t));
    assert_int_equal(t.ticket.len, 0);
}

static void what_is_cut_or_longer_is_refused(void **state)
{
    static const char *const rows[] = {"", "00001c", "00001c20 00", "00001c20 0003 aabb",
                                       "00001c20 0003 aabbcc dd"};
    struct session_ticket t;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_false(reads(rows[i], &t));
}

static void an_empty_one_is_not_handed_over(void **state)
{
    static const struct sample_choice tls12 = {.version = 0x0303, .suite = 0xc02f};
    struct handshake h = {0};
    struct session_ticket t;

    (void)state;
    saw_hellos(&h, &tls12);
    assert_false(session_ticket_handed_over(&h, &t));
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_NEW_SESSION_TICKET, "00000000 0000"));
    assert_false(session_ticket_handed_over(&h, &t));
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_NEW_SESSION_TICKET, "00000000 0001 aa"));
    assert_true(session_ticket_handed_over(&h, &t));
    assert_int_equal(t.ticket.len, 1);
    handshake_clear(&h);
}

static void a_short_one_is_a_name(void **state)
{
    static const uint8_t bytes[SESSION_TICKET_MIN_LEN];

    (void)state;
    assert_false(session_ticket_holds_state((struct bytes){0}));
    assert_false(session_ticket_holds_state(bytes_of(bytes, 32)));
    assert_false(session_ticket_holds_state(bytes_of(bytes, SESSION_TICKET_MIN_LEN - 1)));
    assert_true(session_ticket_holds_state(bytes_of(bytes, SESSION_TICKET_MIN_LEN)));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_ticket_has_a_lifetime_and_a_length),
        CASE(what_is_cut_or_longer_is_refused),
        CASE(an_empty_one_is_not_handed_over),
        CASE(a_short_one_is_a_name),
    };

    return RUN(cases);
}
