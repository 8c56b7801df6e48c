/*
 * The turns that a handshake up to TLS 1.2 can take, made by hand where no stack here takes them:
 * TLS compression, an SSL 2.0 hello in front, messages nobody knows, records of odd sizes.
 */
#include "tests/support/check.h"
#include "tests/support/cuts.h"
#include "tests/support/handmade.h"
#include "tests/support/played.h"
#include "tests/support/sample_exchange.h"

static void opens(const struct handmade_terms *terms)
{
    struct handmade m;
    struct played p;

    handmade_begin(&m, terms);
    handmade_say(&m, SIDE_CLIENT, "to be or ");
    handmade_say(&m, SIDE_SERVER, "that is the question");
    handmade_say(&m, SIDE_CLIENT, "not to be");
    played_with_server_key(&p, &m.parley);
    played_is_open(&p, "to be or not to be", "that is the question");
    assert_int_equal(p.session->handshake.suite_id, 0x002f);
    assert_true(p.session->handshake.certificate.seen);
    played_clear(&p);
    handmade_clear(&m);
}

static void a_handshake_may_be_cut_into_the_smallest_records(void **state)
{
    (void)state;
    opens(&(struct handmade_terms){0});
    opens(&(struct handmade_terms){.most_in_record = 1});
    opens(&(struct handmade_terms){.most_in_record = 7, .odd_messages = true});
}

static void messages_that_nobody_knows_are_part_of_the_transcript(void **state)
{
    (void)state;
    opens(&(struct handmade_terms){.odd_messages = true});
}

static void the_next_protocol_is_told_in_secret(void **state)
{
    const struct handmade_terms terms = {.next_protocol = true};
    struct handmade m;
    struct played p;

    (void)state;
    handmade_begin(&m, &terms);
    played_with_server_key(&p, &m.parley);
    played_is_open(&p, "", "");
    assert_true(bytes_equal(p.session->handshake.protocol, bytes_of("spdy/3", 6)));
    played_clear(&p);
    handmade_clear(&m);
}

static void a_hello_in_the_format_of_ssl_2_may_stand_in_front(void **state)
{
    (void)state;
    opens(&(struct handmade_terms){.sslv2 = true});
    opens(&(struct handmade_terms){.sslv2 = true, .most_in_record = 100});
}

static void compressed_records_are_inflated(void **state)
{
    (void)state;
    opens(&(struct handmade_terms){.compression = 1});
    opens(&(struct handmade_terms){.compression = 1, .most_in_record = 3});
}

static void what_is_compressed_in_an_unknown_way_is_not_given_out(void **state)
{
    const struct handmade_terms terms = {.compression = 64};
    struct handmade m;
    struct played p;

    (void)state;
    handmade_begin(&m, &terms);
    handmade_say(&m, SIDE_CLIENT, "as it is");
    played_with_server_key(&p, &m.parley);
    assert_int_equal(p.session->verdict.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(p.session->verdict.reason, REASON_UNSUPPORTED_CIPHER);
    says(p.session->verdict.explanation, "method 64");
    assert_int_equal(p.said[SIDE_CLIENT].len, 0);
    played_clear(&p);
    handmade_clear(&m);
}

/* What is wrong inside a record whose MAC is right is not made up for. */
static void a_record_that_does_not_inflate_ends_the_stream(void **state)
{
    const struct handmade_terms terms = {.compression = 1};
    struct writer bomb = {0};
    struct handmade m;
    struct played p;

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        handmade_begin(&m, &terms);
        handmade_say(&m, SIDE_CLIENT, "before");
        if (turn == 0) {
            handmade_send_as_it_is(&m, SIDE_CLIENT, 23, bytes_of("\xff\xff\xff", 3));
        } else {
            write_repeated(&bomb, 'x', INFLATER_MAX_PLAIN + 1);
            handmade_send(&m, SIDE_CLIENT, 23, writer_view(&bomb));
        }
        handmade_say(&m, SIDE_CLIENT, "behind");
        handmade_say(&m, SIDE_SERVER, "the other side goes on");
        played_with_server_key(&p, &m.parley);
        assert_int_equal(p.session->verdict.outcome, OUTCOME_PARTIAL);
        assert_int_equal(p.session->verdict.reason, REASON_MALFORMED);
        assert_true(bytes_equal(buffer_view(&p.said[SIDE_CLIENT]), bytes_of("before", 6)));
        assert_int_equal(p.said[SIDE_SERVER].len, 22);
        played_clear(&p);
        handmade_clear(&m);
    }
    buffer_clear(&bomb.out);
}

static void the_longest_record_inflates(void **state)
{
    const struct handmade_terms terms = {.compression = 1};
    struct writer longest = {0};
    struct handmade m;
    struct played p;

    (void)state;
    write_repeated(&longest, 'x', INFLATER_MAX_PLAIN);
    handmade_begin(&m, &terms);
    handmade_send(&m, SIDE_CLIENT, 23, writer_view(&longest));
    played_with_server_key(&p, &m.parley);
    assert_int_equal(p.session->verdict.outcome, OUTCOME_DECRYPTED);
    assert_true(bytes_equal(buffer_view(&p.said[SIDE_CLIENT]), writer_view(&longest)));
    played_clear(&p);
    handmade_clear(&m);
    buffer_clear(&longest.out);
}

static void behind_a_missing_record_nothing_inflates(void **state)
{
    const struct handmade_terms terms = {.compression = 1};
    struct handmade m;
    struct played p;

    (void)state;
    handmade_begin(&m, &terms);
    handmade_say(&m, SIDE_CLIENT, "before");
    handmade_say(&m, SIDE_CLIENT, "lost");
    struct buffer *last = &m.parley.bursts[m.parley.num_bursts - 1];
    last->at[last->len - 1] ^= 1;
    handmade_say(&m, SIDE_CLIENT, "behind");
    played_with_server_key(&p, &m.parley);
    assert_int_equal(p.session->verdict.outcome, OUTCOME_PARTIAL);
    assert_true(bytes_equal(buffer_view(&p.said[SIDE_CLIENT]), bytes_of("before", 6)));
    played_clear(&p);
    handmade_clear(&m);
}

/* A heartbeat (RFC 6520), a warning and an empty fragment are records, and nothing that was said.
 */
static void what_is_no_application_data_is_counted_and_not_given_out(void **state)
{
    struct handmade m;
    struct played p;

    (void)state;
    handmade_begin(&m, &(struct handmade_terms){0});
    handmade_say(&m, SIDE_CLIENT, "");
    handmade_say(&m, SIDE_CLIENT, "said");
    handmade_send(&m, SIDE_CLIENT, 24, bytes_of("\1\0\4ping0123456789abcdef", 23));
    handmade_send(&m, SIDE_SERVER, 24, bytes_of("\2\0\4ping0123456789abcdef", 23));
    handmade_send(&m, SIDE_SERVER, 21, bytes_of("\1\x5a", 2));   /* user_canceled */
    handmade_send(&m, SIDE_SERVER, 22, bytes_of("\0\0\0\0", 4)); /* HelloRequest, not heeded */
    handmade_say(&m, SIDE_SERVER, "answered");
    handmade_send(&m, SIDE_SERVER, 21, bytes_of("\1\0", 2));
    handmade_send(&m, SIDE_CLIENT, 21, bytes_of("\1\0", 2));
    played_with_server_key(&p, &m.parley);
    played_is_open(&p, "said", "answered");
    assert_int_equal(p.session->directions[SIDE_CLIENT].records, 5);
    assert_int_equal(p.session->directions[SIDE_SERVER].records, 6);
    played_clear(&p);
    handmade_clear(&m);
}

/* RFC 7918: the client does not wait for the server's Finished. */
static void what_is_said_in_a_false_start_is_open(void **state)
{
    const struct handmade_terms terms = {.false_start = "at once"};
    struct handmade m;
    struct played p;

    (void)state;
    handmade_begin(&m, &terms);
    handmade_say(&m, SIDE_CLIENT, ", and then");
    played_with_server_key(&p, &m.parley);
    played_is_open(&p, "at once, and then", "");
    played_clear(&p);
    handmade_clear(&m);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_handshake_may_be_cut_into_the_smallest_records),
        CASE(messages_that_nobody_knows_are_part_of_the_transcript),
        CASE(the_next_protocol_is_told_in_secret),
        CASE(a_hello_in_the_format_of_ssl_2_may_stand_in_front),
        CASE(compressed_records_are_inflated),
        CASE(what_is_compressed_in_an_unknown_way_is_not_given_out),
        CASE(a_record_that_does_not_inflate_ends_the_stream),
        CASE(the_longest_record_inflates),
        CASE(behind_a_missing_record_nothing_inflates),
        CASE(what_is_said_in_a_false_start_is_open),
        CASE(what_is_no_application_data_is_counted_and_not_given_out),
    };

    return RUN(cases);
}
