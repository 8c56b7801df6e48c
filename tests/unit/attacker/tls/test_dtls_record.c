#include "attacker/tls/dtls_record.h"

#include "attacker/tls/dtls_messages.h"
#include "attacker/tls/handshake_type.h"
#include "attacker/tls/hello.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"

#define HEADER_LEN 13

/* add_record writes a record with `length` bytes of fragment. */
static void add_record(struct writer *w, uint8_t type, uint16_t version, uint16_t epoch,
                       uint64_t sequence, size_t length)
{
    write_uint(w, type, 1);
    write_uint(w, version, 2);
    write_uint(w, epoch, 2);
    write_uint(w, sequence, 6);
    write_open(w, 2);
    write_repeated(w, 0xab, length);
    write_close(w);
}

static struct bytes record_of(uint8_t type, uint16_t version, size_t length)
{
    struct writer w = {0};

    add_record(&w, type, version, 1, 7, length);
    return writer_take(&w);
}

static enum dtls_answer next_of(struct bytes datagram)
{
    struct reader r = reader_of(datagram);
    struct dtls_record record = {.epoch = 0x5a5a};
    enum dtls_answer answer = dtls_record_next(&r, &record);

    if (answer != DTLS_RECORD) {
        assert_int_equal(r.left.len, datagram.len);
        assert_int_equal(record.epoch, 0x5a5a);
    }
    return answer;
}

static void a_record_is_taken_with_all_its_fields(void **state)
{
    struct bytes input = unhex("17 fefd 0102 030405060708 0003 0a0b0c 15");
    struct reader r = reader_of(input);
    struct dtls_record d;

    (void)state;
    assert_int_equal(dtls_record_next(&r, &d), DTLS_RECORD);
    assert_int_equal(d.record.type, CONTENT_APPLICATION_DATA);
    assert_int_equal(d.record.version, DTLS_1_2);
    assert_int_equal(d.epoch, 0x0102);
    assert_true(d.sequence == 0x030405060708);
    assert_ptr_equal(d.record.header.at, input.at);
    assert_int_equal(d.record.header.len, HEADER_LEN);
    assert_ptr_equal(d.record.fragment.at, input.at + HEADER_LEN);
    assert_int_equal(d.record.fragment.len, 3);
    assert_int_equal(r.left.len, 1);
    exact_free(input);
}

static void every_beginning_of_a_record_is_none_or_cut(void **state)
{
    struct bytes whole = record_of(CONTENT_HANDSHAKE, DTLS_1_0, 40);

    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));

        assert_int_equal(next_of(cut), len < HEADER_LEN ? DTLS_NONE : DTLS_CUT);
        exact_free(cut);
    }
    exact_free(whole);
}

static void a_length_that_lies_reaches_into_no_other_record(void **state)
{
    struct writer w = {0};

    (void)state;
    add_record(&w, CONTENT_HANDSHAKE, DTLS_1_2, 0, 0, 20);
    struct bytes whole = writer_take(&w);

    for (uint64_t claimed = 0; claimed <= UINT16_MAX; claimed++) {
        struct bytes datagram = lying(whole, &w.lengths[0], claimed);

        assert_int_equal(next_of(datagram), claimed > RECORD_MAX_FRAGMENT ? DTLS_NONE
                                            : claimed > 20                ? DTLS_CUT
                                                                          : DTLS_RECORD);
        exact_free(datagram);
    }
    exact_free(whole);
}

static void a_record_may_be_empty_or_as_long_as_allowed(void **state)
{
    static const size_t lengths[] = {0, 1, RECORD_MAX_FRAGMENT, RECORD_MAX_FRAGMENT + 1};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct bytes whole = record_of(CONTENT_APPLICATION_DATA, DTLS_1_2, lengths[i]);

        assert_int_equal(next_of(whole),
                         lengths[i] <= RECORD_MAX_FRAGMENT ? DTLS_RECORD : DTLS_NONE);
        exact_free(whole);
    }
}

static void each_first_byte_has_its_meaning(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        struct bytes whole = record_of((uint8_t)type, DTLS_1_2, 1);
        enum dtls_answer expected = type >> 5 == 1             ? DTLS_UNIFIED
                                    : type == 25               ? DTLS_CONNECTION_ID
                                    : type >= 20 && type <= 24 ? DTLS_RECORD
                                                               : DTLS_NONE;

        assert_int_equal(next_of(whole), expected);
        exact_free(whole);
    }
}

/* record_with_id has 3 bytes of content behind an ID of `id_len` zeros. */
static struct bytes record_with_id(size_t id_len)
{
    struct writer w = {0};

    write_hex(&w, "19 fefd 0001 000000000007");
    write_repeated(&w, 0, id_len);
    write_hex(&w, "0003 abcdef");
    return writer_take(&w);
}

static void a_record_with_an_id_ends_where_the_length_of_the_id_tells(void **state)
{
    (void)state;
    for (size_t id_len = 1; id_len <= CONNECTION_ID_MAX_LEN; id_len += 127) {
        struct bytes whole = record_with_id(id_len);

        for (size_t cut = 0; cut <= whole.len; cut++) {
            struct bytes front = exact_copy(bytes_first(whole, cut));
            struct reader r = reader_of(front);
            struct dtls_record d = {0};

            assert_int_equal(dtls_record_with_id(&r, &d, id_len), cut == whole.len);
            assert_int_equal(r.left.len, cut == whole.len ? 0 : cut);
            if (cut == whole.len) {
                assert_int_equal(d.epoch, 1);
                assert_int_equal(d.sequence, 7);
                assert_int_equal(d.record.connection_id.len, id_len);
                assert_int_equal(d.record.fragment.len, 3);
            }
            exact_free(front);
        }
        exact_free(whole);
    }
}

static void where_nothing_tells_the_length_of_the_id_the_datagram_does(void **state)
{
    (void)state;
    for (size_t id_len = 1; id_len <= CONNECTION_ID_MAX_LEN; id_len++) {
        struct bytes whole = record_with_id(id_len);
        struct reader r = reader_of(whole);
        struct reader cut = reader_of(bytes_first(whole, whole.len - 1));
        struct dtls_record d = {0};

        assert_true(dtls_record_with_some_id(&r, &d));
        assert_true(reader_done(&r));
        assert_int_equal(d.record.connection_id.len, id_len);
        assert_false(dtls_record_with_some_id(&cut, &d));
        assert_int_equal(cut.left.len, whole.len - 1);
        exact_free(whole);
    }
}

static void versions_of_tls_begin_no_record(void **state)
{
    static const uint16_t others[] = {0x0000, 0x0300, 0x0301, 0x0302, 0x0303,
                                      0x0304, 0xfefb, 0xfefe, 0xff00, 0xffff};

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct bytes whole = record_of(CONTENT_HANDSHAKE, others[i], 1);
        struct bytes with_id = record_of(CONTENT_CONNECTION_ID, others[i], 1);

        assert_int_equal(next_of(whole), DTLS_NONE);
        assert_int_equal(next_of(with_id), DTLS_NONE);
        exact_free(whole);
        exact_free(with_id);
    }
}

static void records_of_several_epochs_share_a_datagram(void **state)
{
    struct writer w = {0};
    struct dtls_record d;

    (void)state;
    add_record(&w, CONTENT_HANDSHAKE, DTLS_1_2, 0, 5, 9);
    add_record(&w, CONTENT_CHANGE_CIPHER_SPEC, DTLS_1_2, 0, 6, 1);
    add_record(&w, CONTENT_HANDSHAKE, DTLS_1_2, 1, 0, 40);
    add_record(&w, CONTENT_APPLICATION_DATA, DTLS_1_2, UINT16_MAX, ((uint64_t)1 << 48) - 1, 2);

    struct bytes whole = writer_take(&w);
    struct reader r = reader_of(whole);

    assert_int_equal(dtls_record_next(&r, &d), DTLS_RECORD);
    assert_int_equal(d.epoch, 0);
    assert_int_equal(dtls_record_next(&r, &d), DTLS_RECORD);
    assert_int_equal(d.record.type, CONTENT_CHANGE_CIPHER_SPEC);
    assert_int_equal(dtls_record_next(&r, &d), DTLS_RECORD);
    assert_int_equal(d.epoch, 1);
    assert_int_equal(dtls_record_next(&r, &d), DTLS_RECORD);
    assert_int_equal(d.epoch, UINT16_MAX);
    assert_true(d.sequence == ((uint64_t)1 << 48) - 1);
    assert_int_equal(dtls_record_next(&r, &d), DTLS_NONE);
    assert_true(reader_done(&r));
    exact_free(whole);
}

/* --- Hellos ------------------------------------------------------------------------------- */

/* What a hello begins with; the fields are those that can be wrong. */
struct opening {
    uint8_t content;
    uint16_t epoch;
    uint8_t message;
    uint64_t offset;
    uint16_t version;
    size_t rest; /* bytes behind version and random */
};

static const struct opening right = {CONTENT_HANDSHAKE, 0, HANDSHAKE_CLIENT_HELLO, 0, DTLS_1_2, 6};

/* hello_of makes its first piece, of a message of 200 bytes. */
static struct bytes hello_of(const struct opening *o)
{
    struct writer w = {0};

    write_uint(&w, o->content, 1);
    write_uint(&w, DTLS_1_0, 2);
    write_uint(&w, o->epoch, 2);
    write_uint(&w, 0, 6);
    write_open(&w, 2);
    write_uint(&w, o->message, 1);
    write_uint(&w, 200, 3);
    write_uint(&w, 0, 2);
    write_uint(&w, o->offset, 3);
    write_open(&w, 3);
    write_uint(&w, o->version, 2);
    write_repeated(&w, 0xcd, RANDOM_LEN);
    write_repeated(&w, 0, o->rest);
    write_close(&w);
    write_close(&w);
    return writer_take(&w);
}

static bool is_hello(struct bytes datagram)
{
    uint8_t type;
    struct bytes random;

    return dtls_record_is_hello(datagram, &type, &random);
}

static void expect_hello(const struct opening *o, bool expected)
{
    struct bytes datagram = hello_of(o);

    assert_int_equal(is_hello(datagram), expected);
    exact_free(datagram);
}

static void the_first_piece_of_a_hello_is_known_with_its_random(void **state)
{
    struct bytes datagram = hello_of(&right);
    uint8_t type = 0;
    struct bytes random = {0};

    (void)state;
    assert_true(dtls_record_is_hello(datagram, &type, &random));
    assert_int_equal(type, HANDSHAKE_CLIENT_HELLO);
    assert_ptr_equal(random.at, datagram.at + HEADER_LEN + DTLS_MESSAGE_HEADER_LEN + 2);
    assert_int_equal(random.len, RANDOM_LEN);
    exact_free(datagram);
}

static void each_cut_of_a_hello_is_none(void **state)
{
    struct bytes whole = hello_of(&right);

    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));

        assert_false(is_hello(cut));
        exact_free(cut);
    }
    exact_free(whole);
}

static void what_differs_from_a_hello_in_one_field_is_none(void **state)
{
    struct opening o = right;

    (void)state;
    expect_hello(&o, true);
    o.message = HANDSHAKE_SERVER_HELLO;
    expect_hello(&o, true);
    o.rest = 0;
    expect_hello(&o, true);
    o.message = HANDSHAKE_HELLO_VERIFY_REQUEST;
    expect_hello(&o, false);
    o = right;
    o.content = CONTENT_ALERT;
    expect_hello(&o, false);
    o = right;
    o.epoch = 1;
    expect_hello(&o, false);
    o = right;
    o.offset = 1;
    expect_hello(&o, false);
    o = right;
    o.version = 0x0303;
    expect_hello(&o, false);
}

/* --- The middle of a conversation ---------------------------------------------------------- */

static void only_datagrams_of_sealed_records_alone_are_counted(void **state)
{
    struct writer w = {0};

    (void)state;
    assert_int_equal(dtls_record_count_sealed(bytes_of(NULL, 0)), 0);
    add_record(&w, CONTENT_APPLICATION_DATA, DTLS_1_2, 1, 4, 20);
    assert_int_equal(dtls_record_count_sealed(writer_view(&w)), 1);
    add_record(&w, CONTENT_ALERT, DTLS_1_2, 2, 0, 20);
    assert_int_equal(dtls_record_count_sealed(writer_view(&w)), 2);

    struct bytes two = exact_copy(writer_view(&w));

    for (size_t len = 0; len < two.len; len++) {
        struct bytes cut = exact_copy(bytes_first(two, len));

        assert_int_equal(dtls_record_count_sealed(cut), len == two.len - 33 ? 1 : 0);
        exact_free(cut);
    }
    add_record(&w, CONTENT_ALERT, DTLS_1_2, 0, 9, 2);
    assert_int_equal(dtls_record_count_sealed(writer_view(&w)), 0);
    exact_free(two);
    buffer_clear(&w.out);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_record_is_taken_with_all_its_fields),
        CASE(every_beginning_of_a_record_is_none_or_cut),
        CASE(a_length_that_lies_reaches_into_no_other_record),
        CASE(a_record_may_be_empty_or_as_long_as_allowed),
        CASE(each_first_byte_has_its_meaning),
        CASE(a_record_with_an_id_ends_where_the_length_of_the_id_tells),
        CASE(where_nothing_tells_the_length_of_the_id_the_datagram_does),
        CASE(versions_of_tls_begin_no_record),
        CASE(records_of_several_epochs_share_a_datagram),
        CASE(the_first_piece_of_a_hello_is_known_with_its_random),
        CASE(each_cut_of_a_hello_is_none),
        CASE(what_differs_from_a_hello_in_one_field_is_none),
        CASE(only_datagrams_of_sealed_records_alone_are_counted),
    };

    return RUN(cases);
}
