#include "tests/support/check.h"

#include <stdlib.h>

#include "tests/support/datagram_tape.h"

/*
 * Frames of fixtures/rsa-dtls12-openssl, from 0: 0 ClientHello, 1 HelloVerifyRequest, 2 ClientHello
 * with the cookie, 3 to 8 ServerHello, Certificate in pieces, ServerHelloDone, 9 ClientKeyExchange,
 * ChangeCipherSpec and Finished, 10 NewSessionTicket, 11 ChangeCipherSpec and Finished, 12 and 13
 * what is said, 14 and 15 close_notify.
 */
#define OPENSSL          "rsa-dtls12-openssl"
#define SAID_BY_CLIENT   "dear server, this went by datagram\n"
#define SAID_BY_SERVER   "and so did the answer\n"
#define KEY_EXCHANGE_AT  9
#define CLIENT_SPEAKS_AT 12
#define SERVER_HELLO_AT  3

static const char *const fixtures[] = {OPENSSL, "rsa-dtls10-openssl", "rsa-dtls10-gnutls"};
#define NUM_FIXTURES (sizeof(fixtures) / sizeof(fixtures[0]))

static void expect(const struct run_stage *s, enum outcome outcome, enum reason reason)
{
    assert_int_equal(s->num_verdicts, 1);
    assert_int_equal(s->noted[0].verdict.outcome, outcome);
    assert_int_equal(s->noted[0].verdict.reason, reason);
}

static void expect_said(const struct run_stage *s, enum side from, const char *text)
{
    assert_true(bytes_equal(buffer_view(&s->said[from]), bytes_of(text, strlen(text))));
}

/* expect_whole: nothing of it is missing, and all is proven. */
static void expect_whole(struct run_stage *s, const char *fixture)
{
    run_stage_finish(s);
    expect(s, OUTCOME_DECRYPTED, REASON_NONE);
    assert_true(s->noted[0].verdict.finished_verified);
    expect_said(s, SIDE_CLIENT, SAID_BY_CLIENT);
    expect_said(s, SIDE_SERVER, strstr(fixture, "gnutls") ? SAID_BY_CLIENT : SAID_BY_SERVER);
    run_stage_clear(s);
}

static void any_two_neighbours_may_change_places(void **state)
{
    (void)state;
    for (size_t f = 0; f < NUM_FIXTURES; f++) {
        struct tape tape;

        tape_read(&tape, fixtures[f]);
        for (size_t late = 0; late + 1 < tape.num; late++) {
            struct run_stage s;

            run_stage_init(&s, fixtures[f]);
            for (size_t i = 0; i < tape.num; i++)
                tape_play(&tape, &s, i == late ? late + 1 : i == late + 1 ? late : i);
            expect_whole(&s, fixtures[f]);
        }
        tape_clear(&tape);
    }
}

static void any_datagram_may_come_again_anywhere_later(void **state)
{
    (void)state;
    for (size_t f = 0; f < NUM_FIXTURES; f++) {
        struct tape tape;

        tape_read(&tape, fixtures[f]);
        for (size_t twice = 0; twice < tape.num; twice++) {
            for (size_t behind = twice; behind < tape.num; behind++) {
                struct run_stage s;

                run_stage_init(&s, fixtures[f]);
                for (size_t i = 0; i < tape.num; i++) {
                    tape_play(&tape, &s, i);
                    if (i == behind)
                        tape_play(&tape, &s, twice);
                }
                expect_whole(&s, fixtures[f]);
            }
        }
        tape_clear(&tape);
    }
}

/* Everything behind the first hello, in any order. */
static void all_that_is_in_flight_may_be_shuffled(void **state)
{
    (void)state;
    for (size_t f = 0; f < NUM_FIXTURES; f++) {
        struct tape tape;

        tape_read(&tape, fixtures[f]);
        for (unsigned seed = 1; seed <= 100; seed++) {
            size_t order[TAPE_MAX_PACKETS] = {0};
            unsigned random = seed;
            struct run_stage s;

            for (size_t i = 0; i < tape.num; i++)
                order[i] = i;
            for (size_t i = tape.num - 1; i > 2; i--) {
                random = random * 1103515245 + 12345;
                size_t other = 2 + (random >> 16) % (i - 1);
                size_t kept = order[i];

                order[i] = order[other];
                order[other] = kept;
            }
            run_stage_init(&s, fixtures[f]);
            for (size_t i = 0; i < tape.num; i++)
                tape_play(&tape, &s, order[i]);
            expect_whole(&s, fixtures[f]);
        }
        tape_clear(&tape);
    }
}

static void a_lost_datagram_of_the_handshake_is_told(void **state)
{
    struct tape tape;

    (void)state;
    tape_read(&tape, OPENSSL);
    for (size_t lost = SERVER_HELLO_AT; lost <= KEY_EXCHANGE_AT; lost++) {
        struct run_stage s;

        run_stage_init(&s, OPENSSL);
        tape_play_all(&tape, &s, lost);
        run_stage_finish(&s);
        /* All of it goes into the keys: the two agreed on the extended master secret. */
        expect(&s, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING);
        expect_said(&s, SIDE_CLIENT, "");
        run_stage_clear(&s);
    }
    tape_clear(&tape);
}

/* Without the extended master secret, the rest opens, whatever of the certificate is missing. */
static void a_lost_piece_of_the_certificate_leaves_the_rest_open(void **state)
{
    struct tape tape;
    struct run_stage s;

    (void)state;
    tape_read(&tape, "rsa-dtls10-gnutls");
    run_stage_init(&s, "rsa-dtls10-gnutls");
    tape_play_all(&tape, &s, 5);
    run_stage_finish(&s);
    expect(&s, OUTCOME_PARTIAL, REASON_PACKETS_MISSING);
    expect_said(&s, SIDE_CLIENT, SAID_BY_CLIENT);
    expect_said(&s, SIDE_SERVER, SAID_BY_CLIENT);
    run_stage_clear(&s);
    tape_clear(&tape);
}

static void behind_a_lost_record_the_next_one_opens(void **state)
{
    struct tape tape;
    struct run_stage s;

    (void)state;
    tape_read(&tape, OPENSSL);
    run_stage_init(&s, OPENSSL);
    tape_play_all(&tape, &s, CLIENT_SPEAKS_AT);
    run_stage_finish(&s);
    expect(&s, OUTCOME_PARTIAL, REASON_PACKETS_MISSING);
    assert_true(s.noted[0].verdict.finished_verified);
    assert_non_null(strstr(s.noted[0].verdict.explanation, "1 protected record "));
    expect_said(&s, SIDE_CLIENT, "");
    expect_said(&s, SIDE_SERVER, SAID_BY_SERVER);
    run_stage_clear(&s);
    tape_clear(&tape);
}

/* The first hello and the answer to it are no part of the handshake. */
static void without_the_exchange_of_the_cookie_nothing_is_missing(void **state)
{
    struct tape tape;

    (void)state;
    tape_read(&tape, OPENSSL);
    for (size_t from = 0; from <= 2; from++) {
        struct run_stage s;

        run_stage_init(&s, OPENSSL);
        for (size_t i = from; i < tape.num; i++)
            tape_play(&tape, &s, i);
        expect_whole(&s, OPENSSL);
    }
    tape_clear(&tape);
}

static void the_middle_of_a_conversation_is_recognised(void **state)
{
    struct tape tape;
    struct run_stage s;

    (void)state;
    tape_read(&tape, OPENSSL);
    run_stage_init(&s, OPENSSL);
    for (size_t i = CLIENT_SPEAKS_AT; i < tape.num; i++)
        tape_play(&tape, &s, i);
    run_stage_finish(&s);
    expect(&s, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_MISSING);
    run_stage_clear(&s);
    tape_clear(&tape);
}

/* take_ports gives the packets of one tape the UDP ports of the other: the first of each is the
 * client's. They stand behind Ethernet and an IPv4 header without options. */
static void take_ports(struct tape *tape, const struct tape *other)
{
    const uint8_t *ports = other->packets[0].data.at + 34;
    uint8_t client[2];

    memcpy(client, tape->packets[0].data.at + 34, 2);
    for (size_t i = 0; i < tape->num; i++) {
        uint8_t *own = (uint8_t *)unconst(tape->packets[i].data.at) + 34;
        bool by_client = memcmp(own, client, 2) == 0;

        memcpy(own, ports + (by_client ? 0 : 2), 2);
        memcpy(own + 2, ports + (by_client ? 2 : 0), 2);
    }
}

static void the_same_two_may_begin_anew(void **state)
{
    struct tape first;
    struct tape second;
    struct run_stage s;

    (void)state;
    tape_read(&first, "rsa-dtls10-openssl");
    tape_read(&second, OPENSSL);
    run_stage_init(&s, OPENSSL);
    take_ports(&second, &first);
    tape_play_all(&first, &s, TAPE_ALL);
    tape_play_all(&second, &s, TAPE_ALL);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 2);
    assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_DECRYPTED);
    assert_int_equal(s.noted[1].verdict.outcome, OUTCOME_DECRYPTED);
    expect_said(&s, SIDE_CLIENT, SAID_BY_CLIENT SAID_BY_CLIENT);
    run_stage_clear(&s);
    tape_clear(&first);
    tape_clear(&second);
}

/* A changed byte shows in the record it is in and nowhere else. */
static void a_record_that_was_altered_is_not_given_out(void **state)
{
    struct tape tape;
    struct run_stage s;

    (void)state;
    tape_read(&tape, OPENSSL);
    struct bytes altered = tape.packets[CLIENT_SPEAKS_AT].data;

    ((uint8_t *)unconst(altered.at))[altered.len - 1] ^= 1;
    run_stage_init(&s, OPENSSL);
    tape_play_all(&tape, &s, TAPE_ALL);
    run_stage_finish(&s);
    assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_PARTIAL);
    expect_said(&s, SIDE_CLIENT, "");
    expect_said(&s, SIDE_SERVER, SAID_BY_SERVER);
    run_stage_clear(&s);
    tape_clear(&tape);
}

/* Each datagram cut at each length: nothing is claimed that is not there, and nothing breaks. */
static void datagrams_may_be_cut_anywhere(void **state)
{
    struct tape tape;

    (void)state;
    tape_read(&tape, OPENSSL);
    for (size_t cut = 0; cut < tape.num; cut++) {
        for (size_t len = 42; len < tape.packets[cut].data.len; len += 7) {
            struct packet whole = tape.packets[cut];
            struct bytes front = exact_copy(bytes_first(whole.data, len));
            struct run_stage s;

            tape.packets[cut].data = front;
            run_stage_init(&s, OPENSSL);
            tape_play_all(&tape, &s, TAPE_ALL);
            run_stage_finish(&s);
            assert_int_equal(s.num_verdicts, 1);
            run_stage_clear(&s);
            exact_free(front);
            tape.packets[cut] = whole;
        }
    }
    tape_clear(&tape);
}

static void send(struct run_stage *s, struct bytes payload)
{
    run_stage_datagram(s, ipv4("10.0.0.1", 5000), ipv4("10.0.0.2", 53), payload);
}

#define LITERAL(text)                                                                              \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static void what_only_looks_a_little_like_it_is_no_session(void **state)
{
    /* A question to a name server, RTP, the beginning of QUIC, STUN, and DTLS's own header in front
     * of something else. */
    static const struct bytes others[] = {
        LITERAL(
            "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x03net\x00\x00\x01\x00\x01"),
        LITERAL("\x80\x60\x00\x01\x00\x00\x00\x01\x00\x00\x00\x02"),
        LITERAL("\xc3\x00\x00\x00\x01\x08\x01\x02\x03\x04\x05\x06\x07\x08"),
        LITERAL("\x00\x01\x00\x00\x21\x12\xa4\x42"),
        LITERAL("\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x01\x02\x03\x04"),
        LITERAL("\x17\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01x"),
        LITERAL("\x17\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x00\x00\x09x"),
    };
    struct run_stage s;
    unsigned random = 1;

    (void)state;
    run_stage_init(&s, OPENSSL);
    for (size_t round = 0; round < 5; round++) {
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
            send(&s, others[i]);
    }
    for (size_t round = 0; round < 20000; round++) {
        uint8_t noise[40];

        for (size_t i = 0; i < sizeof(noise); i++) {
            random = random * 1103515245 + 12345;
            noise[i] = (uint8_t)(random >> 16);
        }
        noise[0] = 20 + noise[0] % 6;
        send(&s, bytes_of(noise, sizeof(noise)));
    }
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 0);
    run_stage_clear(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(any_two_neighbours_may_change_places),
        CASE(any_datagram_may_come_again_anywhere_later),
        CASE(all_that_is_in_flight_may_be_shuffled),
        CASE(a_lost_datagram_of_the_handshake_is_told),
        CASE(a_lost_piece_of_the_certificate_leaves_the_rest_open),
        CASE(behind_a_lost_record_the_next_one_opens),
        CASE(without_the_exchange_of_the_cookie_nothing_is_missing),
        CASE(the_middle_of_a_conversation_is_recognised),
        CASE(the_same_two_may_begin_anew),
        CASE(a_record_that_was_altered_is_not_given_out),
        CASE(datagrams_may_be_cut_anywhere),
        CASE(what_only_looks_a_little_like_it_is_no_session),
    };

    return cmocka_run_group_tests(cases, NULL, NULL);
}
