/* The format of agreements, well-formed and otherwise. */
#include "attacker/agreement_message.h"

#include "capture/alloc.h"

#include "tests/support/check.h"
#include "tests/support/cuts.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char VALUE[] = "4b455946414c4c47 01 01 000102030405060708090a0b0c0d0e0f 0100 05 04 03 "
                            "00000003 aabbcc";
static const char SEALED[] = "4b455946414c4c47 01 02 000102030405060708090a0b0c0d0e0f 0100 02 01 "
                             "00 00000001 dd";

static void all_fields_are_read(void **state)
{
    struct bytes raw = unhex(VALUE);
    struct reader r = reader_of(raw);
    struct agreement_message m;

    (void)state;
    assert_int_equal(agreement_message_read(&r, &m), PROGRESS_DONE);
    assert_true(reader_done(&r));
    assert_int_equal(m.type, AGREEMENT_VALUE);
    assert_int_equal(m.id.len, AGREEMENT_ID_SIZE);
    assert_int_equal(m.group, 0x0100);
    assert_int_equal(m.members, 5);
    assert_int_equal(m.sender, 4);
    assert_int_equal(m.round, 3);
    assert_int_equal(m.header.len, raw.len - 3);
    assert_true(bytes_equal(m.body, bytes_of("\xaa\xbb\xcc", 3)));
    exact_free(raw);

    raw = unhex(SEALED);
    r = reader_of(raw);
    assert_int_equal(agreement_message_read(&r, &m), PROGRESS_DONE);
    assert_int_equal(m.type, AGREEMENT_SEALED);
    assert_true(bytes_equal(m.body, bytes_of("\xdd", 1)));
    exact_free(raw);
}

static bool is_message(struct bytes input, const void *context)
{
    struct reader r = reader_of(input);
    struct agreement_message m;

    (void)context;
    return agreement_message_read(&r, &m) == PROGRESS_DONE;
}

/* is_unfinished: the reader asks for more, and has not moved. */
static bool is_unfinished(struct bytes input)
{
    struct reader r = reader_of(input);
    struct agreement_message m;

    return agreement_message_read(&r, &m) == PROGRESS_NEED_MORE && r.left.len == input.len;
}

static void every_cut_wants_more(void **state)
{
    struct bytes raw = unhex(VALUE);

    (void)state;
    refuses_every_cut(raw, is_message, NULL);
    for (size_t len = 0; len < raw.len; len++) {
        struct bytes cut = exact_copy(bytes_first(raw, len));

        assert_true(is_unfinished(cut));
        exact_free(cut);
    }
    exact_free(raw);
}

static void what_follows_is_left(void **state)
{
    struct bytes raw = unhex(VALUE);
    struct buffer two = {0};
    struct agreement_message m;

    (void)state;
    buffer_append(&two, raw);
    buffer_append(&two, raw);

    struct reader r = reader_of(buffer_view(&two));

    assert_int_equal(agreement_message_read(&r, &m), PROGRESS_DONE);
    assert_int_equal(r.left.len, raw.len);
    assert_int_equal(agreement_message_read(&r, &m), PROGRESS_DONE);
    assert_true(reader_done(&r));
    buffer_clear(&two);
    exact_free(raw);
}

static void numbers_that_do_not_fit_are_malformed(void **state)
{
    static const struct {
        size_t at; /* this byte of VALUE becomes */
        uint8_t is;
    } table[] = {
        {0, 'k'},               /* magic */
        {7, 0},                 /* magic */
        {8, 0},     {8, 2},     /* version */
        {9, 0},     {9, 3},     /* type */
        {28, 0},    {28, 1},    /* members */
        {28, 17},   {28, 0xff}, /* members */
        {28, 3},                /* fewer than the sender's number */
        {29, 0},    {29, 6},    /* sender */
        {30, 0},    {30, 5},    /* round */
        {9, 2},                 /* a sealed message has none */
        {31, 0x80},             /* length */
        {32, 0x01}, {33, 0x05},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct bytes raw = unhex(VALUE);
        struct agreement_message m;
        struct buffer changed = {0};

        buffer_append(&changed, raw);
        changed.at[table[i].at] = table[i].is;

        struct reader r = reader_of(buffer_view(&changed));

        if (agreement_message_read(&r, &m) != PROGRESS_MALFORMED)
            fail_msg("byte %zu may be %u", table[i].at, table[i].is);
        buffer_clear(&changed);
        exact_free(raw);
    }
}

static void only_its_own_first_bytes_begin_it(void **state)
{
    (void)state;
    assert_true(agreement_message_begins(bytes_of("", 0)));
    assert_true(agreement_message_begins(bytes_of("K", 1)));
    assert_true(agreement_message_begins(bytes_of("KEYFALLG and more", 17)));
    assert_false(agreement_message_begins(bytes_of("KEYFALL!", 8)));
    assert_false(agreement_message_begins(bytes_of("\x16\x03\x01", 3)));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(all_fields_are_read),
        CASE(every_cut_wants_more),
        CASE(what_follows_is_left),
        CASE(numbers_that_do_not_fit_are_malformed),
        CASE(only_its_own_first_bytes_begin_it),
    };

    return RUN(cases);
}
