#include "attacker/tls/dtls_messages.h"

#include "attacker/tls/handshake_type.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"

/* The body of every message here is a beginning of this; no two of its bytes are the same. */
#define BODY "abcdefghijklmnopqrstuvwxyz"

static struct bytes body_of(size_t len)
{
    return bytes_of(BODY, len);
}

static struct dtls_fragment piece(uint16_t message_seq, size_t length, size_t from, size_t to)
{
    const uint8_t *body = (const uint8_t *)BODY;

    return (struct dtls_fragment){
        .type = message_seq == 0 ? HANDSHAKE_CLIENT_HELLO : HANDSHAKE_CERTIFICATE,
        .length = (uint32_t)length,
        .message_seq = message_seq,
        .offset = (uint32_t)from,
        .body = bytes_of(body + from, to - from),
    };
}

/* give adds a piece out of memory of just its size, in the frame of this number. */
static void give(struct dtls_messages *m, const struct dtls_fragment *f, uint64_t frame)
{
    struct dtls_fragment exact = *f;

    exact.body = exact_copy(f->body);
    dtls_messages_add(m, &exact, false, &(struct record_mark){.frame = frame});
    exact_free(exact.body);
}

static void give_piece(struct dtls_messages *m, uint16_t message_seq, size_t length, size_t from,
                       size_t to)
{
    const struct dtls_fragment f = piece(message_seq, length, from, to);

    give(m, &f, 1);
}

/* expect_next: the due message is this one, with that much of BODY; it is dropped. */
static void expect_next(struct dtls_messages *m, uint16_t message_seq, size_t length)
{
    const struct dtls_message *due = dtls_messages_next(m);
    struct writer w = {0};

    assert_non_null(due);
    assert_int_equal(due->message_seq, message_seq);
    write_uint(&w, due->type, 1);
    write_uint(&w, length, 3);
    write_uint(&w, message_seq, 2);
    write_uint(&w, 0, 3);
    write_block(&w, body_of(length), 3);
    assert_true(bytes_equal(dtls_message_view(due), writer_view(&w)));
    buffer_clear(&w.out);
    dtls_messages_drop(m);
}

static void expect_nothing_waits(struct dtls_messages *m)
{
    assert_null(dtls_messages_next(m));
    assert_int_equal(m->num_waiting, 0);
    assert_int_equal(m->memory, 0);
}

/* --- One piece out of a record ----------------------------------------------------------- */

static void a_piece_is_taken_with_all_its_fields(void **state)
{
    struct bytes input = unhex("0b 000102 0304 000100 000002 aabb 0e");
    struct reader r = reader_of(input);
    struct dtls_fragment f;

    (void)state;
    assert_true(dtls_fragment_next(&r, &f));
    assert_int_equal(f.type, HANDSHAKE_CERTIFICATE);
    assert_int_equal(f.length, 0x102);
    assert_int_equal(f.message_seq, 0x304);
    assert_int_equal(f.offset, 0x100);
    assert_ptr_equal(f.body.at, input.at + DTLS_MESSAGE_HEADER_LEN);
    assert_int_equal(f.body.len, 2);
    assert_int_equal(r.left.len, 1);
    exact_free(input);
}

static void each_cut_of_a_piece_is_refused_and_takes_nothing(void **state)
{
    struct bytes whole = unhex("0b 000102 0304 000100 000002 aabb");

    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));
        struct reader r = reader_of(cut);
        struct dtls_fragment f = {.type = 0x5a};

        assert_false(dtls_fragment_next(&r, &f));
        assert_int_equal(r.left.len, len);
        assert_int_equal(f.type, 0x5a);
        exact_free(cut);
    }
    exact_free(whole);
}

static void a_piece_beyond_its_message_is_refused(void **state)
{
    static const struct {
        const char *hex;
        bool taken;
    } pieces[] = {
        {"0b 000002 0000 000000 000002 aabb", true},  {"0b 000002 0000 000001 000001 aa", true},
        {"0b 000002 0000 000002 000000", true},       {"0e 000000 0000 000000 000000", true},
        {"0b 000002 0000 000001 000002 aabb", false}, {"0b 000002 0000 000003 000000", false},
        {"0b 000001 0000 000000 000002 aabb", false}, {"0b 000001 0000 ffffff 000002 aabb", false},
        {"0b 000000 0000 000001 000000", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct bytes input = unhex(pieces[i].hex);
        struct reader r = reader_of(input);
        struct dtls_fragment f;

        assert_int_equal(dtls_fragment_next(&r, &f), pieces[i].taken);
        exact_free(input);
    }
}

/* --- Messages out of pieces ---------------------------------------------------------------- */

static void come_in_two(size_t length, size_t cut, bool back_first)
{
    struct dtls_messages m = {0};

    if (back_first)
        give_piece(&m, 0, length, cut, length);
    give_piece(&m, 0, length, 0, cut);
    if (!back_first)
        give_piece(&m, 0, length, cut, length);
    expect_next(&m, 0, length);
    expect_nothing_waits(&m);
    dtls_messages_clear(&m);
}

static void a_message_may_be_cut_anywhere_and_come_in_either_order(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 26; length++) {
        for (size_t cut = 0; cut <= length; cut++) {
            come_in_two(length, cut, false);
            come_in_two(length, cut, true);
        }
    }
}

#define THREE_LEN 8

/* come_in_three: pieces of eight bytes, in one of the six orders. */
static void come_in_three(const size_t ends[3][2], const size_t order[3])
{
    struct dtls_messages m = {0};
    bool known[THREE_LEN] = {0};
    size_t num_known = 0;

    for (size_t i = 0; i < 3; i++) {
        const size_t *end = ends[order[i]];

        give_piece(&m, 0, THREE_LEN, end[0], end[1]);
        for (size_t at = end[0]; at < end[1]; at++) {
            num_known += !known[at];
            known[at] = true;
        }
    }
    if (num_known == THREE_LEN)
        expect_next(&m, 0, THREE_LEN);
    else
        assert_null(dtls_messages_next(&m));
    dtls_messages_clear(&m);
}

static void pieces_may_overlap_and_come_in_any_order(void **state)
{
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    const size_t all = (size_t)9 * 9 * 9 * 9;

    (void)state;
    for (size_t cuts = 0; cuts < all; cuts++) {
        const size_t ends[3][2] = {
            {0, cuts % 9}, {cuts / 9 % 9, cuts / 81 % 9}, {cuts / 729, THREE_LEN}};

        for (size_t o = 0; o < 6 && ends[1][0] <= ends[1][1]; o++)
            come_in_three(ends, orders[o]);
    }
}

static void messages_wait_for_those_in_front_of_them(void **state)
{
    struct dtls_messages m = {0};

    (void)state;
    give_piece(&m, 0, 3, 0, 3);
    expect_next(&m, 0, 3);
    give_piece(&m, 3, 0, 0, 0);
    give_piece(&m, 2, 9, 0, 9);
    assert_null(dtls_messages_next(&m));
    give_piece(&m, 1, 20, 10, 20);
    assert_null(dtls_messages_next(&m));
    give_piece(&m, 1, 20, 0, 10);
    expect_next(&m, 1, 20);
    expect_next(&m, 2, 9);
    expect_next(&m, 3, 0);
    expect_nothing_waits(&m);
}

/* Without a hello there is no telling which message is the first. */
static void what_comes_in_front_of_the_hello_waits_for_it(void **state)
{
    struct dtls_messages m = {0};

    (void)state;
    give_piece(&m, 1, 5, 0, 5);
    assert_null(dtls_messages_next(&m));
    give_piece(&m, 0, 4, 0, 4);
    expect_next(&m, 0, 4);
    expect_next(&m, 1, 5);
}

static void a_message_is_sent_again_in_vain(void **state)
{
    struct dtls_messages m = {0};

    (void)state;
    give_piece(&m, 0, 5, 0, 5);
    give_piece(&m, 0, 5, 0, 5);
    assert_int_equal(m.num_waiting, 1);
    expect_next(&m, 0, 5);
    give_piece(&m, 0, 5, 0, 2);
    give_piece(&m, 0, 5, 2, 5);
    expect_nothing_waits(&m);
}

/* Of two copies of a byte, the first one counts, as it does in TCP. */
static void a_piece_that_says_otherwise_changes_nothing(void **state)
{
    struct dtls_messages m = {0};
    struct dtls_fragment f = piece(0, 6, 0, 6);

    (void)state;
    give_piece(&m, 0, 6, 0, 3);
    f.body = bytes_of("xyzdef", 6);
    give(&m, &f, 1);
    expect_next(&m, 0, 6);
}

static void a_piece_of_another_length_or_type_is_left_out(void **state)
{
    struct dtls_messages m = {0};
    struct dtls_fragment other_type = piece(0, 6, 3, 6);

    (void)state;
    give_piece(&m, 0, 6, 0, 3);
    give_piece(&m, 0, 7, 3, 6);
    give_piece(&m, 0, 26, 20, 26);
    other_type.type = HANDSHAKE_SERVER_HELLO;
    give(&m, &other_type, 1);
    assert_null(dtls_messages_next(&m));
    give_piece(&m, 0, 6, 3, 6);
    expect_next(&m, 0, 6);
}

static void the_mark_is_that_of_the_piece_that_was_new_last(void **state)
{
    struct dtls_messages m = {0};
    struct dtls_fragment front = piece(0, 6, 0, 4);
    struct dtls_fragment back = piece(0, 6, 3, 6);

    (void)state;
    give(&m, &back, 7);
    give(&m, &front, 9);
    give(&m, &back, 11);
    assert_int_equal(dtls_messages_next(&m)->mark.frame, 9);
    dtls_messages_clear(&m);
}

static void a_message_is_opened_when_all_of_its_pieces_are(void **state)
{
    (void)state;
    for (unsigned opened = 0; opened < 4; opened++) {
        struct dtls_messages m = {0};
        const struct record_mark mark = {0};
        const struct dtls_fragment front = piece(0, 6, 0, 3);
        const struct dtls_fragment back = piece(0, 6, 3, 6);

        dtls_messages_add(&m, &front, opened & 1, &mark);
        dtls_messages_add(&m, &back, opened & 2, &mark);
        assert_int_equal(dtls_messages_next(&m)->opened, opened == 3);
        dtls_messages_clear(&m);
    }
}

/* --- Limits --------------------------------------------------------------------------------- */

static void numbers_begin_where_the_hello_is_and_wrap(void **state)
{
    struct dtls_messages m = {0};
    struct dtls_fragment hello = piece(UINT16_MAX - 1, 4, 0, 4);

    (void)state;
    hello.type = HANDSHAKE_CLIENT_HELLO;
    give_piece(&m, 0, 4, 0, 0); /* waits; and is late when the hello has come */
    dtls_messages_clear(&m);
    give(&m, &hello, 1);
    expect_next(&m, UINT16_MAX - 1, 4);
    give_piece(&m, 1, 3, 0, 3);
    give_piece(&m, UINT16_MAX, 2, 0, 2);
    expect_next(&m, UINT16_MAX, 2);
    assert_null(dtls_messages_next(&m));
    give_piece(&m, 0, 1, 0, 1);
    expect_next(&m, 0, 1);
    expect_next(&m, 1, 3);
}

static void only_the_next_few_numbers_wait(void **state)
{
    struct dtls_messages m = {0};

    (void)state;
    give_piece(&m, 0, 1, 0, 1);
    for (uint16_t number = 1; number <= DTLS_MAX_MESSAGES; number++)
        give_piece(&m, number, 1, 0, 1);
    give_piece(&m, UINT16_MAX, 1, 0, 1);
    give_piece(&m, 0x8000, 1, 0, 1);
    assert_int_equal(m.num_waiting, DTLS_MAX_MESSAGES);
    for (uint16_t number = 0; number < DTLS_MAX_MESSAGES; number++)
        expect_next(&m, number, 1);
    expect_nothing_waits(&m);
}

/* A piece claims a length, and memory is made for it: up to a limit for all that waits. */
static void a_claimed_length_takes_memory_up_to_the_limit(void **state)
{
    enum { LARGEST = (DTLS_MAX_WAITING - DTLS_MESSAGE_HEADER_LEN) / 2 };
    struct dtls_messages m = {0};

    (void)state;
    give_piece(&m, 0, LARGEST + 1, 0, 1);
    give_piece(&m, 0, 0xffffff, 0, 1);
    assert_int_equal(m.num_waiting, 0);
    give_piece(&m, 0, LARGEST, 0, 1);
    assert_int_equal(m.num_waiting, 1);
    assert_true(m.memory <= DTLS_MAX_WAITING);
    give_piece(&m, 1, 0, 0, 0);
    assert_int_equal(m.num_waiting, 1);
    dtls_messages_clear(&m);
    assert_int_equal(m.memory, 0);
}

/* --- What will not come any more -------------------------------------------------------------- */

static void the_first_that_waits_is_due_when_others_are_skipped(void **state)
{
    struct dtls_messages m = {0};
    struct bytes torn;

    (void)state;
    assert_null(dtls_messages_skip(&m, &torn));
    give_piece(&m, 0, 1, 0, 1);
    expect_next(&m, 0, 1);
    give_piece(&m, 5, 4, 0, 4);
    give_piece(&m, 3, 4, 0, 4);
    assert_int_equal(dtls_messages_skip(&m, &torn)->message_seq, 3);
    expect_next(&m, 3, 4);
    assert_int_equal(dtls_messages_skip(&m, &torn)->message_seq, 5);
    expect_next(&m, 5, 4);
    assert_null(dtls_messages_skip(&m, &torn));
}

static void of_a_torn_message_what_stands_in_front_of_the_hole_is_shown(void **state)
{
    (void)state;
    for (size_t front = 0; front < 10; front++) {
        struct dtls_messages m = {0};
        struct bytes torn = {0};
        const struct dtls_message *message;

        give_piece(&m, 2, 10, 0, front);
        if (front < 8)
            give_piece(&m, 2, 10, front + 1, 10);
        message = dtls_messages_skip(&m, &torn);
        assert_non_null(message);
        assert_true(message->arrived < message->length);
        assert_int_equal(torn.len, DTLS_MESSAGE_HEADER_LEN + front);
        if (front > 0)
            assert_memory_equal(torn.at + DTLS_MESSAGE_HEADER_LEN, BODY, front);
        dtls_messages_drop(&m);
        expect_nothing_waits(&m);
        assert_int_equal(m.next, 3);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_piece_is_taken_with_all_its_fields),
        CASE(each_cut_of_a_piece_is_refused_and_takes_nothing),
        CASE(a_piece_beyond_its_message_is_refused),
        CASE(a_message_may_be_cut_anywhere_and_come_in_either_order),
        CASE(pieces_may_overlap_and_come_in_any_order),
        CASE(messages_wait_for_those_in_front_of_them),
        CASE(what_comes_in_front_of_the_hello_waits_for_it),
        CASE(a_message_is_sent_again_in_vain),
        CASE(a_piece_that_says_otherwise_changes_nothing),
        CASE(a_piece_of_another_length_or_type_is_left_out),
        CASE(the_mark_is_that_of_the_piece_that_was_new_last),
        CASE(a_message_is_opened_when_all_of_its_pieces_are),
        CASE(numbers_begin_where_the_hello_is_and_wrap),
        CASE(only_the_next_few_numbers_wait),
        CASE(a_claimed_length_takes_memory_up_to_the_limit),
        CASE(the_first_that_waits_is_due_when_others_are_skipped),
        CASE(of_a_torn_message_what_stands_in_front_of_the_hole_is_shown),
    };

    return RUN(cases);
}
