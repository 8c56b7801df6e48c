/* What is said in front of the handshake, in memory. */
#include "victim/early_data.h"

#include <poll.h>
#include <stdlib.h>

#include "victim/remote.h"

#include "tests/support/check.h"
#include "tests/support/two_parties.h"

static const struct wishes by_ticket = {
    .kx = "tls13", .key_type = "ec", .resume = "ticket", .early_data = "early-data"};

/* Only the client has spoken, and no handshake is finished. */
static void assert_request_comes_first(struct two_parties *s)
{
    while (party_step(s->client))
        ;
    assert_true(two_carry(s->client, s->server));
    while (party_step(s->server))
        ;
    assert_int_equal(s->server->heard, PROGRESS_DONE);
    assert_false(SSL_is_init_finished(s->server->ssl));
    assert_false(SSL_is_init_finished(s->client->ssl));
    assert_true(two_talk(s));
    assert_int_equal(SSL_get_early_data_status(s->server->ssl), SSL_EARLY_DATA_ACCEPTED);
}

static void the_request_is_there_before_the_handshake_ends(void **state)
{
    struct two_parties s;

    (void)state;
    two_open(&s, &by_ticket);
    two_hold(&s);
    assert_int_equal(SSL_get_early_data_status(s.server->ssl), SSL_EARLY_DATA_NOT_SENT);
    two_begin(&s);
    assert_request_comes_first(&s);
    two_clear(&s);
}

static void a_key_from_outside_will_do_for_the_first_conversation(void **state)
{
    static const struct wishes wishes = {.kx = "psk", .tls = "1.3", .early_data = "early-data"};
    struct two_parties s;

    (void)state;
    two_open(&s, &wishes);
    two_begin(&s);
    assert_request_comes_first(&s);
    two_clear(&s);
}

static void a_message_of_any_size_goes_first_as_a_whole(void **state)
{
    const size_t len = 1000000;
    char *message = alloc_zero(len + 1);
    struct wishes wishes = by_ticket;
    struct two_parties s;

    (void)state;
    memset(message, 'm', len);
    wishes.message = message;
    two_open(&s, &wishes);
    two_hold(&s);
    two_begin(&s);
    while (s.client->stage == STAGE_EARLY) {
        (void)party_step(s.client);
        (void)two_carry(s.client, s.server);
        (void)party_step(s.server);
    }
    assert_int_equal(s.client->speech.text_said, s.client->speech.text.len);
    assert_true(s.client->speech.text.len > len);
    assert_false(SSL_is_init_finished(s.client->ssl));
    assert_true(two_talk(&s));
    two_clear(&s);
    free(message);
}

/* Else it would wait for a server that has no reason to speak. */
static void whoever_speaks_first_waits_for_room_and_not_for_an_answer(void **state)
{
    struct two_parties s;

    (void)state;
    two_open(&s, &by_ticket);
    two_hold(&s);
    two_begin(&s);
    assert_int_equal(remote_events(&(struct remote){.party = s.client}), POLLIN | POLLOUT);
    assert_int_equal(remote_events(&(struct remote){.party = s.server}), POLLIN);
    two_clear(&s);
}

static void what_the_ticket_does_not_allow_follows_the_handshake(void **state)
{
    struct two_parties s;

    (void)state;
    two_open(&s, &by_ticket);
    two_hold(&s);
    assert_int_equal(SSL_SESSION_set_max_early_data(s.scene.earlier, 100), 1);
    two_begin(&s);
    while (s.client->stage == STAGE_EARLY)
        (void)party_step(s.client);
    assert_int_equal(s.client->speech.text_said, 100);
    assert_true(two_talk(&s));
    two_clear(&s);
}

static void a_server_that_does_not_take_it_is_a_failure(void **state)
{
    struct two_parties s;

    (void)state;
    two_open(&s, &by_ticket);
    two_hold(&s);
    assert_int_equal(SSL_CTX_set_max_early_data(s.scene.server, 0), 1);
    two_begin(&s);
    two_fail(&s, "conversation 2: the server did not take the early data");
    two_clear(&s);
}

static void a_ticket_that_allows_none_is_a_failure(void **state)
{
    struct two_parties s;

    (void)state;
    two_open(&s, &by_ticket);
    two_hold(&s);
    assert_int_equal(SSL_SESSION_set_max_early_data(s.scene.earlier, 0), 1);
    two_begin(&s);
    two_fail(&s, "conversation 2: the server did not take the early data");
    two_clear(&s);
}

static void what_is_no_request_is_told_after_the_handshake(void **state)
{
    struct two_parties s;
    struct speech noise = {0};

    (void)state;
    two_open(&s, &by_ticket);
    two_hold(&s);
    two_begin(&s);
    noise.filler_len = HEARING_HEAD_MAX + 1;
    speech_clear(&s.client->speech);
    s.client->speech = noise;
    two_fail(&s, "the client does not speak HTTP");
    two_clear(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_request_is_there_before_the_handshake_ends),
        CASE(a_key_from_outside_will_do_for_the_first_conversation),
        CASE(a_message_of_any_size_goes_first_as_a_whole),
        CASE(whoever_speaks_first_waits_for_room_and_not_for_an_answer),
        CASE(what_the_ticket_does_not_allow_follows_the_handshake),
        CASE(a_server_that_does_not_take_it_is_a_failure),
        CASE(a_ticket_that_allows_none_is_a_failure),
        CASE(what_is_no_request_is_told_after_the_handshake),
    };

    return RUN(cases);
}
