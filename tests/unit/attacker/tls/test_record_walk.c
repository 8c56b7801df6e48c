/* From header to header: the same answer however the records are cut. */
#include "attacker/tls/record_walk.h"

#include "tests/support/check.h"

#define RECORDS "16 0301 0004 01020304 14 0303 0001 01 17 0303 0000 17 0303 0009 010203040506070809"

/* walks is whether the first `len` bytes can be walked over in pieces of `step`. */
static bool walks(struct bytes stream, size_t step)
{
    struct record_walk w = {0};
    struct reader r = reader_of(stream);
    bool well = true;

    while (well && !reader_done(&r)) {
        struct bytes piece = exact_copy(bytes_first(r.left, step));

        well = record_walk_on(&w, piece);
        assert_true(reader_skip(&r, piece.len));
        exact_free(piece);
    }
    return well;
}

static void records_are_walked_over_however_they_are_cut(void **state)
{
    struct bytes stream = unhex(RECORDS);

    (void)state;
    for (size_t len = 0; len <= stream.len; len++) {
        for (size_t step = 1; step <= stream.len; step++)
            assert_true(walks(bytes_first(stream, len), step));
    }
    exact_free(stream);
}

static void what_is_no_record_stops_the_walk(void **state)
{
    static const char *const streams[] = {RECORDS "00 00000000", RECORDS "17 0203 0001",
                                          RECORDS "17 0303 4801", "474554202f",
                                          "17 0303 0001 01 0d 0a0d0a 3c"};

    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        struct bytes stream = unhex(streams[i]);

        for (size_t step = 1; step <= stream.len; step++) {
            assert_false(walks(stream, step));
            assert_true(
                walks(bytes_first(stream, stream.len - 1), step)); /* not to be judged yet */
        }
        exact_free(stream);
    }
}

static void amid_a_conversation_the_walk_is_strict(void **state)
{
    static const struct {
        const char *said;
        bool well;
    } cases[] = {
        {"16 0303 0004 01020304 14 0303 0001 01 17 0303 0001 aa", true},
        {"16 0301 0004 01020304 14 0303 0001 01", false},
        {"16 0303 0004 01020304 17 0303 0000", false},
        {"14 0303 0002 0102", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes said = unhex(cases[i].said);
        struct record_walk w = {.is_strict = true};

        assert_int_equal(record_walk_on(&w, said), cases[i].well);
        assert_true(walks(said, said.len));
        exact_free(said);
    }
}

static void headers_are_counted_and_the_end_is_known(void **state)
{
    struct bytes stream = unhex(RECORDS);
    struct record_walk w = {0};
    size_t num_ends = 0;

    (void)state;
    assert_false(record_walk_is_at_end(&w));
    for (size_t i = 0; i < stream.len; i++) {
        assert_true(record_walk_on(&w, bytes_of(stream.at + i, 1)));
        num_ends += record_walk_is_at_end(&w);
    }
    assert_int_equal(num_ends, 4);
    assert_int_equal(w.num_headers, 4);
    assert_int_equal(w.len, stream.len);
    exact_free(stream);
}

static void missing_bytes_are_walked_over_within_a_record(void **state)
{
    struct bytes begun = unhex("17 0303 0009 0102");

    (void)state;
    for (uint64_t missing = 1; missing < 20; missing++) {
        struct record_walk w = {0};

        assert_true(record_walk_on(&w, begun));
        assert_int_equal(record_walk_skip(&w, missing), missing <= 7);
        assert_int_equal(record_walk_is_at_end(&w), missing == 7);
    }
    for (size_t len = 1; len < 5; len++) {
        struct record_walk w = {0};

        assert_true(record_walk_on(&w, bytes_first(begun, len)));
        assert_false(record_walk_skip(&w, 1));
    }
    exact_free(begun);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(records_are_walked_over_however_they_are_cut),
        CASE(what_is_no_record_stops_the_walk),
        CASE(amid_a_conversation_the_walk_is_strict),
        CASE(headers_are_counted_and_the_end_is_known),
        CASE(missing_bytes_are_walked_over_within_a_record),
    };

    return RUN(cases);
}
