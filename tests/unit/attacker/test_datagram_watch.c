#include "attacker/datagram_watch.h"

#include "attacker/session_dtls.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"

/* A watch over a flow, and the conversation that it found last. */
struct lookout {
    struct datagram_watch watch;
    struct connection flow;
    struct leaks leaks;
    struct sinks sinks;
};

static int lookout_setup(void **state)
{
    struct lookout *l = test_calloc(1, sizeof(*l));

    l->flow = (struct connection){.start_ns = 1000, .first_frame = 1};
    l->watch = (struct datagram_watch){.flow = &l->flow, .leaks = &l->leaks, .sinks = &l->sinks};
    *state = l;
    return 0;
}

static int lookout_teardown(void **state)
{
    struct lookout *l = *state;

    conversation_free(l->watch.found);
    test_free(l);
    return 0;
}

#define ON_LOOKOUT(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, lookout_setup, lookout_teardown)

/* look asks the watch what this is; begin_with has it begin a conversation. Both free it. */
static enum datagram_news look(struct lookout *l, enum side from, struct bytes datagram)
{
    enum datagram_news news = datagram_watch_look(&l->watch, from, datagram);

    exact_free(datagram);
    return news;
}

static void begin_with(struct lookout *l, enum side from, struct bytes datagram)
{
    const struct chunk first = {.data = datagram, .frame = 9, .time_ns = 5000};

    assert_int_equal(datagram_watch_look(&l->watch, from, datagram), DATAGRAM_BEGINS);
    conversation_free(l->watch.found);
    datagram_watch_begin(&l->watch, from, &first);
    exact_free(datagram);
}

static void add_record(struct writer *w, uint16_t epoch, struct bytes fragment)
{
    write_uint(w, epoch == 0 ? CONTENT_HANDSHAKE : CONTENT_APPLICATION_DATA, 1);
    write_uint(w, DTLS_1_2, 2);
    write_uint(w, epoch, 2);
    write_uint(w, 5, 6);
    write_block(w, fragment, 2);
}

/* sealed is a datagram with so many records of epoch 1. */
static struct bytes sealed(size_t num_records)
{
    struct writer w = {0};

    for (size_t i = 0; i < num_records; i++)
        add_record(&w, 1, bytes_of("sealed", 6));
    return writer_take(&w);
}

/* hello is the first piece of one whose random is 32 times this byte. */
static struct bytes hello(uint8_t type, uint8_t random)
{
    struct writer body = {0};
    struct writer w = {0};

    write_uint(&body, type, 1);
    write_uint(&body, 100, 3);
    write_uint(&body, 0, 2);
    write_uint(&body, 0, 3);
    write_open(&body, 3);
    write_uint(&body, DTLS_1_2, 2);
    write_repeated(&body, random, RANDOM_LEN);
    write_close(&body);
    add_record(&w, 0, writer_view(&body));
    buffer_clear(&body.out);
    return writer_take(&w);
}

static struct bytes noise(void)
{
    return exact_copy(bytes_of("a question to a name server", 27));
}

static void one_hello_is_enough_on_any_side(void **state)
{
    struct lookout *l = *state;

    assert_int_equal(look(l, SIDE_CLIENT, noise()), DATAGRAM_NOTHING);
    assert_int_equal(look(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 1)), DATAGRAM_BEGINS);
    assert_int_equal(look(l, SIDE_SERVER, hello(HANDSHAKE_CLIENT_HELLO, 1)), DATAGRAM_BEGINS);
    assert_int_equal(look(l, SIDE_CLIENT, hello(HANDSHAKE_SERVER_HELLO, 1)), DATAGRAM_BEGINS);
    assert_int_equal(look(l, SIDE_SERVER, hello(HANDSHAKE_SERVER_HELLO, 1)), DATAGRAM_BEGINS);
}

static void who_sends_the_hello_is_who_it_says(void **state)
{
    struct lookout *l = *state;

    begin_with(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 1));
    assert_false(l->watch.found->session->swapped);
    assert_int_equal(l->watch.talk.first_frame, 9);
    assert_int_equal(l->watch.talk.start_ns, 5000);
    begin_with(l, SIDE_SERVER, hello(HANDSHAKE_CLIENT_HELLO, 2));
    assert_true(l->watch.found->session->swapped);
}

static void three_datagrams_of_sealed_records_are_the_middle_of_one(void **state)
{
    struct lookout *l = *state;

    assert_int_equal(look(l, SIDE_CLIENT, sealed(1)), DATAGRAM_NOTHING);
    assert_int_equal(look(l, SIDE_SERVER, sealed(2)), DATAGRAM_NOTHING);
    begin_with(l, SIDE_CLIENT, sealed(3));

    const struct session *s = l->watch.found->session;

    assert_true(s->from_the_middle);
    assert_int_equal(s->directions[SIDE_CLIENT].records, 1); /* the third datagram is to come */
    assert_int_equal(s->directions[SIDE_SERVER].records, 2);
    assert_int_equal(l->watch.talk.first_frame, 1);
}

static void anything_else_in_between_begins_the_count_anew(void **state)
{
    struct lookout *l = *state;

    for (size_t round = 0; round < 5; round++) {
        assert_int_equal(look(l, SIDE_CLIENT, sealed(1)), DATAGRAM_NOTHING);
        assert_int_equal(look(l, SIDE_SERVER, sealed(1)), DATAGRAM_NOTHING);
        assert_int_equal(look(l, SIDE_CLIENT, noise()), DATAGRAM_NOTHING);
    }
}

static void all_that_follows_belongs_to_the_conversation(void **state)
{
    struct lookout *l = *state;

    begin_with(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 1));
    assert_int_equal(look(l, SIDE_CLIENT, noise()), DATAGRAM_GOES_ON);
    assert_int_equal(look(l, SIDE_SERVER, sealed(1)), DATAGRAM_GOES_ON);
    assert_int_equal(look(l, SIDE_SERVER, hello(HANDSHAKE_SERVER_HELLO, 1)), DATAGRAM_GOES_ON);
    assert_int_equal(look(l, SIDE_SERVER, exact_copy(bytes_of("", 0))), DATAGRAM_GOES_ON);
}

/* The same random is the same hello, with a cookie or sent again; another one is another. That the
 * first one was read whole is not asked. */
static void another_random_is_another_conversation(void **state)
{
    struct lookout *l = *state;

    begin_with(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 1));
    assert_int_equal(look(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 1)), DATAGRAM_GOES_ON);
    begin_with(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 2));
    assert_int_equal(look(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 2)), DATAGRAM_GOES_ON);
    assert_int_equal(look(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 1)), DATAGRAM_BEGINS);
}

static void a_hello_may_be_overtaken_by_its_answer(void **state)
{
    struct lookout *l = *state;

    begin_with(l, SIDE_SERVER, hello(HANDSHAKE_SERVER_HELLO, 1));
    assert_int_equal(look(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 2)), DATAGRAM_GOES_ON);
    assert_int_equal(look(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 2)), DATAGRAM_GOES_ON);
    assert_int_equal(look(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 3)), DATAGRAM_BEGINS);
}

static void behind_the_middle_of_one_a_hello_begins_the_next(void **state)
{
    struct lookout *l = *state;

    assert_int_equal(look(l, SIDE_CLIENT, sealed(1)), DATAGRAM_NOTHING);
    assert_int_equal(look(l, SIDE_CLIENT, sealed(1)), DATAGRAM_NOTHING);
    begin_with(l, SIDE_CLIENT, sealed(1));
    begin_with(l, SIDE_CLIENT, hello(HANDSHAKE_CLIENT_HELLO, 1));
    assert_false(l->watch.found->session->from_the_middle);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_LOOKOUT(one_hello_is_enough_on_any_side),
        ON_LOOKOUT(who_sends_the_hello_is_who_it_says),
        ON_LOOKOUT(three_datagrams_of_sealed_records_are_the_middle_of_one),
        ON_LOOKOUT(anything_else_in_between_begins_the_count_anew),
        ON_LOOKOUT(all_that_follows_belongs_to_the_conversation),
        ON_LOOKOUT(another_random_is_another_conversation),
        ON_LOOKOUT(a_hello_may_be_overtaken_by_its_answer),
        ON_LOOKOUT(behind_the_middle_of_one_a_hello_begins_the_next),
    };

    return RUN(cases);
}
