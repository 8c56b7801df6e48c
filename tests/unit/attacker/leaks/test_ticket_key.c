/* What a ticket key says when it is asked about a handshake up to TLS 1.2. */
#include "attacker/leaks/ticket_key.h"

#include "tests/support/check.h"
#include "tests/support/sample_handshake.h"
#include "tests/support/ticket_maker.h"

#define SUITE 0xc02f

struct scene {
    struct ticket_keys keys;
    struct ticket_key key;
    struct handshake h;
    struct secret secret;
    struct evidence e;
};

static void give(struct scene *s, const struct ticket_key *key)
{
    struct buffer file = {0};

    buffer_append(&file, bytes_of(key->name, sizeof(key->name)));
    buffer_append(&file, bytes_of(key->mac, 32));
    buffer_append(&file, bytes_of(key->cipher, 32));
    assert_true(ticket_keys_add(&s->keys, buffer_view(&file)));
    buffer_clear(&file);
}

static void begin(struct scene *s, uint16_t version)
{
    const struct sample_choice choice = {.version = version, .suite = SUITE};

    *s = (struct scene){.key = ticket_key_made(32, 32)};
    saw_hellos(&s->h, &choice);
}

static void end(struct scene *s)
{
    ticket_keys_clear(&s->keys);
    handshake_clear(&s->h);
    secret_clear(&s->secret);
    evidence_clear(&s->e);
}

static struct bytes ticket_for(const struct ticket_key *key, uint16_t suite)
{
    struct bytes inside = ticket_state_made(suite);
    struct bytes ticket = ticket_made(key, &TICKET_OPENSSL, inside);

    exact_free(inside);
    return ticket;
}

/* hand_over: the server says NewSessionTicket. */
static void hand_over(struct scene *s, const struct ticket_key *key, uint16_t suite)
{
    struct bytes ticket = ticket_for(key, suite);
    struct writer w = {0};

    write_uint(&w, 7200, 4);
    write_block(&w, ticket, 2);
    assert_true(saw(&s->h, SIDE_SERVER, HANDSHAKE_NEW_SESSION_TICKET, writer_view(&w)));
    buffer_clear(&w.out);
    exact_free(ticket);
}

static enum answer ask(struct scene *s)
{
    return ticket_key_ask(&s->keys, &s->h, &s->secret, &s->e);
}

static void is_the_master_secret(const struct scene *s)
{
    assert_int_equal(s->secret.kind, SECRET_MASTER);
    assert_int_equal(s->secret.len, 48);
    assert_int_equal(s->secret.value[0], 0x5e);
    assert_int_equal(s->secret.value[47], 0x5e);
}

static void the_ticket_that_is_handed_over_holds_the_secret(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, 0x0303);
    give(&s, &s.key);
    assert_int_equal(ask(&s), ANSWER_NOT_GIVEN); /* no ticket has been seen */
    hand_over(&s, &s.key, SUITE);
    assert_int_equal(ask(&s), ANSWER_SECRET);
    is_the_master_secret(&s);
    assert_null(s.secret.published);
    end(&s);
}

/* A ServerHello and a ChangeCipherSpec, and no key exchange: it takes up the session of the ticket
 * that the client has offered. */
static void so_does_the_one_that_is_taken_up(void **state)
{
    struct scene s;
    struct bytes ticket;

    (void)state;
    begin(&s, 0x0303);
    give(&s, &s.key);
    ticket = ticket_for(&s.key, SUITE);
    s.h.ticket_offered = ticket;
    assert_int_equal(ask(&s), ANSWER_NOT_GIVEN); /* nobody has taken it yet */
    s.h.change_cipher_spec[SIDE_SERVER] = true;
    assert_int_equal(ask(&s), ANSWER_SECRET);
    is_the_master_secret(&s);
    exact_free(ticket);
    end(&s);
}

static void a_renewed_one_will_do_where_the_old_ones_key_is_lost(void **state)
{
    struct ticket_key lost = ticket_key_made(32, 32);
    struct scene s;
    struct bytes ticket;

    (void)state;
    begin(&s, 0x0303);
    lost.name[0] = 0;
    lost.mac[0] = 0;
    give(&s, &s.key);
    ticket = ticket_for(&lost, SUITE);
    s.h.ticket_offered = ticket;
    s.h.change_cipher_spec[SIDE_SERVER] = true;
    assert_int_equal(ask(&s), ANSWER_MISMATCH);
    hand_over(&s, &s.key, SUITE);
    assert_int_equal(ask(&s), ANSWER_SECRET);
    is_the_master_secret(&s);
    exact_free(ticket);
    end(&s);
}

static void a_ticket_of_another_suite_leads_nowhere(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, 0x0303);
    give(&s, &s.key);
    hand_over(&s, &s.key, 0x002f);
    assert_int_equal(ask(&s), ANSWER_BROKEN);
    assert_int_equal(s.secret.kind, SECRET_NONE);
    assert_non_null(strstr(s.e.steps[s.e.num_steps - 1].result, "another cipher suite"));
    end(&s);
}

static void another_key_is_told_from_one_that_was_altered(void **state)
{
    struct ticket_key other = ticket_key_made(32, 32);
    struct scene s;

    (void)state;
    begin(&s, 0x0303);
    hand_over(&s, &s.key, SUITE);
    assert_int_equal(ask(&s), ANSWER_NOT_GIVEN);
    assert_int_equal(s.e.num_steps, 0);
    other.mac[0] ^= 1;
    other.name[0] ^= 1;
    give(&s, &other);
    assert_int_equal(ask(&s), ANSWER_MISMATCH);
    other.name[0] ^= 1;
    give(&s, &other);
    assert_int_equal(ask(&s), ANSWER_BROKEN);
    end(&s);
}

static void a_published_key_is_named_with_the_secret(void **state)
{
    static const struct ticket_key zeros = {.mac_len = 32, .cipher_len = 32};
    struct scene s;

    (void)state;
    begin(&s, 0x0303);
    hand_over(&s, &zeros, SUITE);
    assert_int_equal(ask(&s), ANSWER_SECRET);
    is_the_master_secret(&s);
    assert_non_null(strstr(s.secret.published, "all zero"));
    end(&s);
}

static void in_tls13_it_is_not_asked_here(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, 0x0304);
    give(&s, &s.key);
    hand_over(&s, &s.key, SUITE);
    assert_int_equal(ask(&s), ANSWER_NOT_GIVEN);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_ticket_that_is_handed_over_holds_the_secret),
        CASE(so_does_the_one_that_is_taken_up),
        CASE(a_renewed_one_will_do_where_the_old_ones_key_is_lost),
        CASE(a_ticket_of_another_suite_leads_nowhere),
        CASE(another_key_is_told_from_one_that_was_altered),
        CASE(a_published_key_is_named_with_the_secret),
        CASE(in_tls13_it_is_not_asked_here),
    };

    return RUN(cases);
}
