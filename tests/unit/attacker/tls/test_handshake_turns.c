/* Who has the word: handshake_awaits and handshake_is_resumption, message by message. */
#include "tests/support/check.h"
#include "tests/support/sample_handshake.h"

/* turn_is: may the client's next message be read now, may the server's? */
#define turn_is(h, client, server)                                                                 \
    do {                                                                                           \
        assert_int_equal(!handshake_awaits(h, SIDE_CLIENT), client);                               \
        assert_int_equal(!handshake_awaits(h, SIDE_SERVER), server);                               \
    } while (0)

#define FINISHED_BODY "000102030405060708090a0b"

static void saw_client_hello(struct handshake *h, bool tls13)
{
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, tls13);

    assert_true(saw(h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, body));
    exact_free(body);
}

static void saw_server_hello(struct handshake *h, const struct sample_choice *choice)
{
    struct writer w = {0};
    struct bytes body = sample_server_hello(&w, choice);

    assert_true(saw(h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, body));
    exact_free(body);
}

static const struct sample_choice TLS12 = {.version = TLS_1_2, .suite = 0x002f};
static const struct sample_choice TLS13 = {.version = TLS_1_3, .suite = 0x1301, .group = 0x001d};

static void in_a_full_handshake_the_two_take_turns(void **state)
{
    struct handshake h = {0};

    (void)state;
    turn_is(&h, true, false);
    saw_client_hello(&h, false);
    turn_is(&h, false, true);
    saw_server_hello(&h, &TLS12);
    turn_is(&h, false, true);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_CERTIFICATE, "000000"));
    turn_is(&h, false, true);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, ""));
    turn_is(&h, true, false);
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, "0002 cafe"));
    turn_is(&h, true, false);
    h.change_cipher_spec[SIDE_CLIENT] = true;
    turn_is(&h, true, false);
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_FINISHED, FINISHED_BODY));
    turn_is(&h, true, true);
    assert_ptr_equal(h.finished[SIDE_CLIENT], handshake_last(&h));
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_FINISHED, FINISHED_BODY));
    turn_is(&h, true, true);
    assert_ptr_equal(h.finished[SIDE_SERVER], handshake_last(&h));
    assert_false(handshake_is_resumption(&h));
    handshake_clear(&h);
}

static void in_a_resumed_handshake_the_server_finishes_first(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_client_hello(&h, false);
    saw_server_hello(&h, &TLS12);
    assert_false(handshake_is_resumption(&h));
    turn_is(&h, false, true);
    h.change_cipher_spec[SIDE_SERVER] = true;
    assert_true(handshake_is_resumption(&h));
    turn_is(&h, false, true);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_FINISHED, FINISHED_BODY));
    turn_is(&h, true, true);
    h.change_cipher_spec[SIDE_CLIENT] = true;
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_FINISHED, FINISHED_BODY));
    assert_true(handshake_is_resumption(&h));
    handshake_clear(&h);
}

static void a_full_handshake_is_no_resumption_when_the_server_changes_its_keys(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_client_hello(&h, false);
    saw_server_hello(&h, &TLS12);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, ""));
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, "0002 cafe"));
    h.change_cipher_spec[SIDE_CLIENT] = true;
    h.change_cipher_spec[SIDE_SERVER] = true;
    assert_false(handshake_is_resumption(&h));
    handshake_clear(&h);
}

static void in_tls_1_3_the_client_waits_for_the_servers_finished(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_client_hello(&h, true);
    turn_is(&h, false, true);
    saw_server_hello(&h, &TLS13);
    turn_is(&h, false, true);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_ENCRYPTED_EXTENSIONS, "0000"));
    turn_is(&h, false, true);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_FINISHED, FINISHED_BODY));
    turn_is(&h, true, true);
    assert_false(handshake_is_resumption(&h));
    handshake_clear(&h);
}

static void a_retry_gives_the_client_the_word_again(void **state)
{
    struct sample_choice retry = TLS13;
    struct handshake h = {0};

    (void)state;
    retry.retry = true;
    saw_client_hello(&h, true);
    saw_server_hello(&h, &retry);
    assert_ptr_equal(h.retry_request, handshake_last(&h));
    assert_null(h.server_hello);
    turn_is(&h, true, false);
    saw_client_hello(&h, true);
    assert_ptr_equal(h.client_hello, handshake_last(&h));
    turn_is(&h, false, true);
    saw_server_hello(&h, &TLS13);
    assert_non_null(h.server_hello);
    turn_is(&h, false, true);
    handshake_clear(&h);
}

static void a_chosen_psk_is_a_resumption_in_tls_1_3(void **state)
{
    struct sample_choice psk = TLS13;
    struct handshake h = {0};

    (void)state;
    psk.psk = true;
    saw_client_hello(&h, true);
    saw_server_hello(&h, &psk);
    assert_true(h.psk_chosen);
    assert_true(handshake_is_resumption(&h));
    handshake_clear(&h);
}

static void nobody_waits_for_a_side_of_which_nothing_more_can_be_read(void **state)
{
    struct handshake h = {0};

    (void)state;
    h.past_reading[SIDE_CLIENT] = true;
    turn_is(&h, true, true);
    saw_client_hello(&h, false);
    turn_is(&h, false, true);
    h.past_reading[SIDE_SERVER] = true;
    turn_is(&h, true, true);
    handshake_clear(&h);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(in_a_full_handshake_the_two_take_turns),
        CASE(in_a_resumed_handshake_the_server_finishes_first),
        CASE(a_full_handshake_is_no_resumption_when_the_server_changes_its_keys),
        CASE(in_tls_1_3_the_client_waits_for_the_servers_finished),
        CASE(a_retry_gives_the_client_the_word_again),
        CASE(a_chosen_psk_is_a_resumption_in_tls_1_3),
        CASE(nobody_waits_for_a_side_of_which_nothing_more_can_be_read),
    };

    return RUN(cases);
}
