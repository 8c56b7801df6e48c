/*
 * Who speaks TLS on a connection, and from where on? Recordings from the middle, refusals, holes,
 * bytes that only look like TLS, and the order in which verdicts leave.
 */
#include "attacker/conversation.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_segments.h"
#include "tests/support/run_stage.h"

#define RECORDING "fixtures/rsa/recording.pcap"

static struct bytes text(const char *words)
{
    return bytes_of(words, strlen(words));
}

/* what_was_said is one direction of the fixture; buffer_clear is the caller's. */
static struct buffer what_was_said(enum side side)
{
    struct segments list;
    struct buffer stream;

    segments_read(&list, RECORDING);
    stream = segments_stream(&list, side == SIDE_CLIENT);
    segments_clear(&list);
    return stream;
}

/* converse plays the whole fixture in this connection, turn by turn. */
static void converse(struct talk *t)
{
    struct segments list;

    segments_read(&list, RECORDING);
    for (size_t i = 0; i < list.num; i++) {
        bool client = segment_is_from_client(&list, &list.at[i]);

        talk_say(t, client ? SIDE_CLIENT : SIDE_SERVER, buffer_view(&list.at[i].payload));
    }
    segments_clear(&list);
}

static void say_in_pieces(struct talk *t, enum side from, struct bytes said, size_t len)
{
    struct reader r = reader_of(said);

    while (!reader_done(&r)) {
        struct bytes piece = bytes_first(r.left, len);

        talk_say(t, from, piece);
        assert_true(reader_skip(&r, piece.len));
    }
}

static void expect_one(const struct run_stage *s, enum outcome outcome, enum reason reason)
{
    const struct verdict *v = &s->noted[0].verdict;

    assert_int_equal(s->num_verdicts, 1);
    if (v->outcome != outcome || v->reason != reason)
        fail_msg("%s, %s: %s", verdict_outcome_name(v->outcome),
                 v->reason ? verdict_reason_code(v->reason) : "-", v->explanation);
}

/* --- From the middle ------------------------------------------------------------------ */

/* record_at is where record number `number` begins in a stream, from 0. */
static size_t record_at(struct bytes stream, size_t number)
{
    struct reader r = reader_of(stream);
    struct record record;

    for (size_t i = 0; i < number; i++)
        assert_int_equal(record_next(&r, &record), PROGRESS_DONE);
    return stream.len - r.left.len;
}

static size_t num_records(struct bytes stream)
{
    struct reader r = reader_of(stream);
    struct record record;
    size_t n = 0;

    while (record_next(&r, &record) == PROGRESS_DONE)
        n++;
    return n;
}

static void a_recording_from_any_byte_on_is_noticed(void **state)
{
    (void)state;
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct buffer stream = what_was_said(side);
        struct bytes whole = buffer_view(&stream);
        size_t last_but_one = record_at(whole, num_records(whole) - 2);

        assert_true(last_but_one > 300);
        for (size_t cut = 1; cut <= last_but_one; cut++) {
            struct reader r = reader_of(whole);
            struct run_stage s;

            run_stage_init(&s, "rsa");
            struct talk t = talk_silently(&s, 20000);
            assert_true(reader_skip(&r, cut));
            say_in_pieces(&t, side, r.left, 100);
            run_stage_finish(&s);
            expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_MISSING);
            run_stage_clear(&s);
        }
        buffer_clear(&stream);
    }
}

static void a_single_record_in_a_packet_of_its_own_is_noticed(void **state)
{
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    struct talk t = talk_silently(&s, 20000);
    talk_say(&t, SIDE_SERVER,
             bytes_of("\x17\x03\x03\0\x04"
                      "abcd",
                      9));
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_MISSING);
    run_stage_clear(&s);
}

/* --- Answers that are no TLS ------------------------------------------------------------ */

static void a_client_hello_that_plain_text_answers_is_incomplete(void **state)
{
    struct buffer said = what_was_said(SIDE_CLIENT);
    struct bytes hello = bytes_first(buffer_view(&said), record_at(buffer_view(&said), 1));
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_CLIENT, hello);
    talk_say(&t, SIDE_SERVER, text("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_INCOMPLETE);
    run_stage_clear(&s);
    buffer_clear(&said);
}

static void a_refusal_behind_plain_talk_is_named(void **state)
{
    struct buffer said = what_was_said(SIDE_CLIENT);
    struct bytes hello = bytes_first(buffer_view(&said), record_at(buffer_view(&said), 1));
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_SERVER, text("220 mail\r\n"));
    talk_say(&t, SIDE_CLIENT, text("STARTTLS\r\n"));
    talk_say(&t, SIDE_SERVER, text("220 Go ahead\r\n"));
    talk_say(&t, SIDE_CLIENT, hello);
    talk_say(&t, SIDE_SERVER, bytes_of("\x15\x03\x03\0\x02\x02\x28", 7));
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_INCOMPLETE);
    assert_says(s.noted[0].verdict.explanation, "the server sent the alert handshake_failure");
    run_stage_clear(&s);
    buffer_clear(&said);
}

/* --- Holes ------------------------------------------------------------------------------ */

static void a_hole_where_the_other_side_should_begin_is_told(void **state)
{
    struct buffer said[2] = {what_was_said(SIDE_CLIENT), what_was_said(SIDE_SERVER)};
    struct reader behind = reader_of(buffer_view(&said[SIDE_SERVER]));
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_CLIENT, buffer_view(&said[SIDE_CLIENT]));
    talk_lose(&t, SIDE_SERVER, 70);
    assert_true(reader_skip(&behind, 70));
    talk_say(&t, SIDE_SERVER, behind.left);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING);
    run_stage_clear(&s);
    buffer_clear(&said[SIDE_CLIENT]);
    buffer_clear(&said[SIDE_SERVER]);
}

/* Of the hello behind the preface the end is missing, and the other side was not recorded. */
static void a_hole_in_a_hello_is_no_false_alarm(void **state)
{
    struct buffer said = what_was_said(SIDE_CLIENT);
    struct reader behind = reader_of(buffer_view(&said));
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_CLIENT, text("STARTTLS\r\n"));
    talk_say(&t, SIDE_CLIENT, bytes_first(behind.left, 50));
    talk_lose(&t, SIDE_CLIENT, 20);
    assert_true(reader_skip(&behind, 70));
    talk_say(&t, SIDE_CLIENT, behind.left);
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING);
    run_stage_clear(&s);
    buffer_clear(&said);
}

/* Both hellos are missing, but the connection's beginning is there. */
static void a_hole_instead_of_the_hellos_is_no_recording_from_the_middle(void **state)
{
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct buffer said = what_was_said(side);
        struct reader behind = reader_of(buffer_view(&said));

        talk_lose(&t, side, 100);
        assert_true(reader_skip(&behind, 100));
        talk_say(&t, side, behind.left);
        buffer_clear(&said);
    }
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING);
    assert_says(s.noted[0].verdict.explanation, "200 bytes");
    run_stage_clear(&s);
}

static void a_hole_in_the_plain_talk_is_nobodys_business(void **state)
{
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_SERVER, text("220 mail"));
    talk_lose(&t, SIDE_SERVER, 100);
    talk_lose(&t, SIDE_CLIENT, 10);
    talk_say(&t, SIDE_SERVER, text("220 Go ahead\r\n"));
    converse(&t);
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_DECRYPTED, REASON_NONE);
    run_stage_clear(&s);
}

/* So many that it would be noticed if each one made the next one slower. */
static void a_quarter_of_a_million_holes_come_to_an_end(void **state)
{
    struct buffer said = what_was_said(SIDE_CLIENT);
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_CLIENT, bytes_first(buffer_view(&said), record_at(buffer_view(&said), 1)));
    buffer_clear(&said);
    said = what_was_said(SIDE_SERVER);
    talk_say(&t, SIDE_SERVER, buffer_view(&said));
    for (size_t i = 0; i < 250000; i++) {
        talk_lose(&t, SIDE_SERVER, 1);
        talk_say(&t, SIDE_SERVER, text("\x16"));
    }
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING);
    run_stage_clear(&s);
    buffer_clear(&said);
}

/* --- Bytes that only look like TLS --------------------------------------------------------- */

static void download(struct talk *t, const char *path, size_t piece)
{
    struct buffer file = file_read(path);

    talk_say(t, SIDE_CLIENT, text("GET /r HTTP/1.1\r\nHost: garden.example\r\n\r\n"));
    talk_say(t, SIDE_SERVER, text("HTTP/1.1 200 OK\r\nContent-Type: application/pcap\r\n\r\n"));
    say_in_pieces(t, SIDE_SERVER, buffer_view(&file), piece);
    buffer_clear(&file);
}

static void a_recording_that_is_downloaded_is_no_session(void **state)
{
    static const char *const paths[] = {RECORDING, "fixtures/dhe/recording.pcap",
                                        "fixtures/tls13/recording.pcap"};
    static const size_t pieces[] = {37, 1448, 60000};

    (void)state;
    for (size_t i = 0; i < 18; i++) {
        struct run_stage s;

        run_stage_init(&s, "rsa");
        struct talk t = i < 9 ? talk_open(&s, 20000) : talk_silently(&s, 20000);
        download(&t, paths[i / 3 % 3], pieces[i % 3]);
        talk_close(&t);
        run_stage_finish(&s);
        if (s.num_verdicts > 0)
            fail_msg("%s in pieces of %zu: %s", paths[i / 3 % 3], pieces[i % 3],
                     s.noted[0].verdict.explanation);
        run_stage_clear(&s);
    }
}

static void behind_a_false_alarm_the_watch_goes_on(void **state)
{
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    download(&t, RECORDING, 1448);
    talk_say(&t, SIDE_CLIENT, text("CONNECT kitchen.example:443 HTTP/1.1\r\n\r\n"));
    talk_say(&t, SIDE_SERVER, text("HTTP/1.1 200 Connection established\r\n\r\n"));
    converse(&t);
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_DECRYPTED, REASON_NONE);
    run_stage_clear(&s);
}

/* Plain talk with the beginning of a ClientHello, which claims to go on into the true one. */
static void what_looks_like_a_hello_does_not_hide_the_true_one(void **state)
{
    struct bytes look_alike = unhex("2b 16 0301 0200 01 0001fc 0303 0d0a");
    static const size_t lens[] = {1, 5, 12, 14, 1448};

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        struct run_stage s;

        run_stage_init(&s, "rsa");
        struct talk t = i < 5 ? talk_open(&s, 20000) : talk_silently(&s, 20000);
        talk_say(&t, SIDE_SERVER, text("220 mail\r\n"));
        say_in_pieces(&t, SIDE_CLIENT, look_alike, lens[i % 5]);
        talk_say(&t, SIDE_SERVER, text("500 what?\r\n"));
        say_in_pieces(&t, SIDE_CLIENT, text("STARTTLS\r\n"), lens[i % 5]);
        talk_say(&t, SIDE_SERVER, text("220 Go ahead\r\n"));
        converse(&t);
        talk_close(&t);
        run_stage_finish(&s);
        expect_one(&s, OUTCOME_DECRYPTED, REASON_NONE);
        run_stage_clear(&s);
    }
    exact_free(look_alike);
}

/* Both in one segment. */
static void a_true_hello_is_found_in_the_same_piece_as_a_false_one(void **state)
{
    struct bytes look_alike = unhex("2b 16 0301 0200 01 0001fc 0303 0d0a");
    struct buffer said[2] = {what_was_said(SIDE_CLIENT), what_was_said(SIDE_SERVER)};
    struct bytes hello =
        bytes_first(buffer_view(&said[SIDE_CLIENT]), record_at(buffer_view(&said[SIDE_CLIENT]), 1));
    struct reader behind = reader_of(buffer_view(&said[SIDE_CLIENT]));
    struct buffer piece = {0};
    struct run_stage s;

    (void)state;
    buffer_append(&piece, look_alike);
    buffer_append(&piece, look_alike);
    buffer_append(&piece, hello);
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_CLIENT, buffer_view(&piece));
    talk_say(&t, SIDE_SERVER, buffer_view(&said[SIDE_SERVER]));
    assert_true(reader_skip(&behind, hello.len));
    talk_say(&t, SIDE_CLIENT, behind.left);
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_DECRYPTED, REASON_NONE);
    run_stage_clear(&s);
    buffer_clear(&piece);
    buffer_clear(&said[SIDE_CLIENT]);
    buffer_clear(&said[SIDE_SERVER]);
    exact_free(look_alike);
}

/* A client makes up its random, and sends its hello in two pieces. */
static void what_a_hello_holds_does_not_take_its_place(void **state)
{
    static const uint8_t like_hello[] = {22, 3, 1, 1, 0, 1, 0, 0, 252, 3, 3};
    struct buffer said[2] = {what_was_said(SIDE_CLIENT), what_was_said(SIDE_SERVER)};
    struct reader behind = reader_of(buffer_view(&said[SIDE_CLIENT]));
    struct run_stage s;

    (void)state;
    memcpy(said[SIDE_CLIENT].at + 11, like_hello, sizeof(like_hello));
    run_stage_init(&s, NULL);
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_CLIENT, bytes_first(behind.left, 60));
    assert_true(reader_skip(&behind, 60));
    talk_say(&t, SIDE_CLIENT, behind.left);
    talk_say(&t, SIDE_SERVER, buffer_view(&said[SIDE_SERVER]));
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY);
    run_stage_clear(&s);
    buffer_clear(&said[SIDE_CLIENT]);
    buffer_clear(&said[SIDE_SERVER]);
}

/* Two headers, of which the second claims 16 KiB, and then a hello. */
static void what_looks_like_a_middle_does_not_hide_a_hello(void **state)
{
    struct bytes look_alike = unhex("2b 17 0303 0001 ff 17 0303 4000 2b");
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk t = talk_silently(&s, 20000);
    talk_say(&t, SIDE_CLIENT, look_alike);
    talk_say(&t, SIDE_SERVER, text("220 Go ahead\r\n"));
    converse(&t);
    talk_close(&t);
    run_stage_finish(&s);
    expect_one(&s, OUTCOME_DECRYPTED, REASON_NONE);
    run_stage_clear(&s);
    exact_free(look_alike);
}

/* One every 11 bytes: what that costs has a bound. */
static void a_flood_of_false_hellos_comes_to_an_end(void **state)
{
    struct bytes look_alike = unhex("16 0301 2000 01 001ffc 0303");
    struct buffer flood = {0};
    struct run_stage s;

    (void)state;
    while (flood.len < (size_t)1 << 20)
        buffer_append(&flood, look_alike);
    run_stage_init(&s, "rsa");
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_CLIENT, text("+"));
    for (size_t i = 0; i < 8; i++)
        talk_say(&t, SIDE_CLIENT, buffer_view(&flood));
    talk_close(&t);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 0);
    run_stage_clear(&s);
    buffer_clear(&flood);
    exact_free(look_alike);
}

static void half_a_hello_amid_other_bytes_is_no_session(void **state)
{
    struct buffer said = what_was_said(SIDE_CLIENT);
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_SERVER, text("PK"));
    talk_say(&t, SIDE_SERVER, bytes_first(buffer_view(&said), 60));
    talk_close(&t);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 0);
    run_stage_clear(&s);
    buffer_clear(&said);
}

/* --- Order ------------------------------------------------------------------------------------ */

/* Two connections; the earlier one begins its TLS later, after so much plain talk. */
static void expect_order(size_t plain_talk, uint16_t first, uint16_t second)
{
    char *plain = alloc_zero(plain_talk);
    struct run_stage s;

    run_stage_init(&s, "rsa");
    struct talk early = talk_open(&s, 20000);
    struct talk late = talk_open(&s, 30000);
    talk_say(&early, SIDE_CLIENT, bytes_of(plain, plain_talk));
    converse(&late);
    talk_close(&late);
    converse(&early);
    talk_close(&early);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 2);
    assert_int_equal(s.noted[0].client.port, first);
    assert_int_equal(s.noted[1].client.port, second);
    assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_DECRYPTED);
    assert_int_equal(s.noted[1].verdict.outcome, OUTCOME_DECRYPTED);
    run_stage_clear(&s);
    free(plain);
}

static void verdicts_wait_for_a_connection_that_begins_with_plain_talk(void **state)
{
    (void)state;
    expect_order(4000, 20000, 30000);
}

static void verdicts_do_not_wait_for_one_that_goes_on_with_it(void **state)
{
    (void)state;
    expect_order(20000, 30000, 20000);
}

/* The one that comes back to the queue stands where its first packet belongs. */
static void who_comes_late_takes_his_place(void **state)
{
    static const uint8_t plain[20000];
    struct run_stage s;

    (void)state;
    run_stage_init(&s, "rsa");
    struct talk first = talk_open(&s, 20000);
    struct talk second = talk_open(&s, 30000);
    talk_say(&first, SIDE_CLIENT, bytes_of(plain, sizeof(plain)));
    converse(&second);
    converse(&first);
    talk_close(&second);
    assert_int_equal(s.num_verdicts, 0);
    talk_close(&first);
    assert_int_equal(s.num_verdicts, 2);
    run_stage_finish(&s);
    assert_int_equal(s.noted[0].client.port, 20000);
    assert_int_equal(s.noted[1].client.port, 30000);
    run_stage_clear(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_recording_from_any_byte_on_is_noticed),
        CASE(a_single_record_in_a_packet_of_its_own_is_noticed),
        CASE(a_client_hello_that_plain_text_answers_is_incomplete),
        CASE(a_refusal_behind_plain_talk_is_named),
        CASE(a_hole_where_the_other_side_should_begin_is_told),
        CASE(a_hole_in_a_hello_is_no_false_alarm),
        CASE(a_hole_instead_of_the_hellos_is_no_recording_from_the_middle),
        CASE(a_hole_in_the_plain_talk_is_nobodys_business),
        CASE(a_quarter_of_a_million_holes_come_to_an_end),
        CASE(a_recording_that_is_downloaded_is_no_session),
        CASE(behind_a_false_alarm_the_watch_goes_on),
        CASE(what_looks_like_a_hello_does_not_hide_the_true_one),
        CASE(a_true_hello_is_found_in_the_same_piece_as_a_false_one),
        CASE(what_a_hello_holds_does_not_take_its_place),
        CASE(what_looks_like_a_middle_does_not_hide_a_hello),
        CASE(a_flood_of_false_hellos_comes_to_an_end),
        CASE(half_a_hello_amid_other_bytes_is_no_session),
        CASE(verdicts_wait_for_a_connection_that_begins_with_plain_talk),
        CASE(verdicts_do_not_wait_for_one_that_goes_on_with_it),
        CASE(who_comes_late_takes_his_place),
    };

    return RUN(cases);
}
