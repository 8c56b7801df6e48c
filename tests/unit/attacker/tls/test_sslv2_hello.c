#include "attacker/tls/sslv2_hello.h"

#include "attacker/tls/spotter.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/cuts.h"

#define SPECS     "00002f 000004 010080"
#define CHALLENGE "000102030405060708090a0b0c0d0e0f"
#define HELLO     "01 0301 0009 0000 0010" SPECS CHALLENGE
#define STREAM    "8022" HELLO

static bool reads(struct bytes input, const void *context)
{
    struct hello hello;

    (void)context;
    return sslv2_hello_read(input, &hello);
}

static void an_old_hello_has_a_random_with_zeros_in_front(void **state)
{
    struct bytes whole = unhex(HELLO);
    struct bytes challenge = unhex(CHALLENGE);
    static const uint8_t zeros[16];
    struct hello hello;

    (void)state;
    assert_true(sslv2_hello_read(whole, &hello));
    assert_int_equal(hello.legacy_version, TLS_1_0);
    assert_true(bytes_equal(bytes_of(hello.random, 16), bytes_of(zeros, 16)));
    assert_true(bytes_equal(bytes_of(hello.random + 16, 16), challenge));
    assert_int_equal(hello.extensions.len, 0);
    refuses_every_cut(whole, reads, NULL);
    refuses_a_trailing_byte(whole, reads, NULL);
    exact_free(challenge);
    exact_free(whole);
}

static void its_parts_must_fit_each_other(void **state)
{
    static const char *const wrong[] = {
        "8023" HELLO,                                                 /* the length */
        "0022" HELLO,                                                 /* padded */
        "8022 04 0301 0009 0000 0010" SPECS CHALLENGE,                /* a ServerHello */
        "8022 01 0002 0009 0000 0010" SPECS CHALLENGE,                /* SSL 2.0 itself */
        "8021 01 0301 0008 0000 0010 00002f 000004 0100" CHALLENGE,   /* cipher specs */
        "8019 01 0301 0000 0000 0010" CHALLENGE,                      /* none of them */
        "8023 01 0301 0009 0001 0010" SPECS "aa" CHALLENGE,           /* session id */
        "8012 01 0301 0009 0000 0000" SPECS,                          /* challenge */
        "8033 01 0301 0009 0000 0021" SPECS CHALLENGE CHALLENGE "00", /* too much of it */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct bytes stream = unhex(wrong[i]);

        assert_false(sslv2_hello_begins(stream));
        exact_free(stream);
    }
}

static void it_is_taken_from_the_stream_when_it_is_whole(void **state)
{
    struct bytes stream = unhex(STREAM "16 0301");

    (void)state;
    for (size_t len = 0; len <= stream.len; len++) {
        struct bytes front = exact_copy(bytes_first(stream, len));
        struct reader r = reader_of(front);
        struct bytes whole;

        assert_int_equal(sslv2_hello_begins(front), len >= SSLV2_HELLO_BEGINNING_LEN);
        if (len < 2 + 34)
            assert_false(sslv2_hello_next(&r, &whole));
        else
            assert_true(sslv2_hello_next(&r, &whole) && whole.len == 34 && r.left.len == len - 36);
        exact_free(front);
    }
    exact_free(stream);
}

/* Cut anywhere, it is spotted; but not where something else was said before. */
static void it_is_spotted_at_the_very_beginning_alone(void **state)
{
    struct bytes stream = unhex(STREAM);

    (void)state;
    for (size_t cut = 0; cut <= stream.len; cut++) {
        struct spotter s = {0};
        struct spotter_place place;
        struct bytes front = bytes_first(stream, cut);
        struct bytes rest = bytes_of(stream.at + cut, stream.len - cut);
        enum spotted spotted = spotter_feed(&s, &place, &(struct chunk){front, 1, 1}, false);

        if (spotted == SPOTTED_NOTHING)
            spotted = spotter_feed(&s, &place, &(struct chunk){rest, 2, 2}, false);
        assert_int_equal(spotted, SPOTTED_CLIENT_HELLO);
        assert_int_equal(place.offset, 0);
    }

    struct spotter s = {0};
    struct spotter_place place;
    assert_int_equal(spotter_feed(&s, &place, &(struct chunk){bytes_of("x", 1), 1, 1}, false),
                     SPOTTED_NOTHING);
    assert_int_equal(spotter_feed(&s, &place, &(struct chunk){stream, 2, 2}, false),
                     SPOTTED_NOTHING);
    exact_free(stream);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(an_old_hello_has_a_random_with_zeros_in_front),
        CASE(its_parts_must_fit_each_other),
        CASE(it_is_taken_from_the_stream_when_it_is_whole),
        CASE(it_is_spotted_at_the_very_beginning_alone),
    };

    return RUN(cases);
}
