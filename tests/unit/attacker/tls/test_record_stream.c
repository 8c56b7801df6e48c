#include "attacker/tls/record_stream.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"

/* Three records of 4, 0 and 300 bytes; each byte of a fragment tells where it stands. */
#define NUM_RECORDS 3
static const size_t FRAGMENTS[NUM_RECORDS] = {4, 0, 300};

static struct bytes conversation(void)
{
    struct writer w = {0};

    for (size_t i = 0; i < NUM_RECORDS; i++) {
        write_hex(&w, "17 0303");
        write_open(&w, 2);
        for (size_t k = 0; k < FRAGMENTS[i]; k++)
            write_uint(&w, w.out.len & 0xff, 1);
        write_close(&w);
    }
    return writer_take(&w);
}

/* The end of record `i` in the conversation. */
static size_t end_of(size_t i)
{
    size_t end = 0;

    for (size_t k = 0; k <= i && k < NUM_RECORDS; k++)
        end += RECORD_HEADER_LEN + FRAGMENTS[k];
    return end;
}

static void append(struct record_stream *s, struct bytes data, uint64_t frame)
{
    struct bytes exact = exact_copy(data);
    struct chunk chunk = {.data = exact, .time_ns = 1000 * frame, .frame = frame};

    record_stream_append(s, &chunk);
    exact_free(exact); /* the stream keeps its own copy */
}

/* take_ready takes what is whole: the records in their order, each marked with the chunk (of
 * `size` bytes, numbered from 1) that holds its last byte. */
static void take_ready(struct record_stream *s, struct bytes whole, size_t *taken, size_t size)
{
    struct record record;
    struct record_mark mark;

    while (record_stream_next(s, &record, &mark) == PROGRESS_DONE) {
        assert_true(*taken < NUM_RECORDS);
        if (*taken >= NUM_RECORDS)
            return;

        size_t end = end_of(*taken);
        struct bytes expected = bytes_of(whole.at + end - FRAGMENTS[*taken], FRAGMENTS[*taken]);
        uint64_t frame = (end - 1) / size + 1;

        assert_true(bytes_equal(record.fragment, expected));
        assert_int_equal(mark.frame, frame);
        assert_int_equal(mark.time_ns, 1000 * frame);
        (*taken)++;
    }
}

static void any_size_of_chunk_gives_the_same_records_and_right_marks(void **state)
{
    struct bytes whole = conversation();

    (void)state;
    for (size_t size = 1; size <= whole.len; size++) {
        struct record_stream s = {0};
        size_t taken = 0;

        for (size_t at = 0, frame = 1; at < whole.len; at += size, frame++) {
            append(&s, bytes_first(bytes_of(whole.at + at, whole.len - at), size), frame);
            take_ready(&s, whole, &taken, size);
        }
        assert_int_equal(taken, NUM_RECORDS);
        assert_int_equal(record_stream_waiting(&s), 0);
        record_stream_clear(&s);
    }
    exact_free(whole);
}

static void all_chunks_first_and_then_all_records_gives_the_same(void **state)
{
    struct bytes whole = conversation();

    (void)state;
    for (size_t size = 1; size <= whole.len; size++) {
        struct record_stream s = {0};
        size_t taken = 0;

        for (size_t at = 0, frame = 1; at < whole.len; at += size, frame++)
            append(&s, bytes_first(bytes_of(whole.at + at, whole.len - at), size), frame);
        assert_int_equal(record_stream_waiting(&s), whole.len);
        take_ready(&s, whole, &taken, size);
        assert_int_equal(taken, NUM_RECORDS);
        record_stream_clear(&s);
    }
    exact_free(whole);
}

static void every_split_in_two_marks_the_chunk_with_the_last_byte(void **state)
{
    struct bytes whole = conversation();

    (void)state;
    for (size_t split = 1; split < whole.len; split++) {
        struct record_stream s = {0};
        size_t taken = 0;

        append(&s, bytes_first(whole, split), 7);
        for (int turn = 0; turn < 2; turn++) {
            struct record record;
            struct record_mark mark;

            while (record_stream_next(&s, &record, &mark) == PROGRESS_DONE) {
                assert_int_equal(mark.frame, end_of(taken) <= split ? 7 : 9);
                taken++;
            }
            if (turn == 0)
                append(&s, bytes_of(whole.at + split, whole.len - split), 9);
        }
        assert_int_equal(taken, NUM_RECORDS);
        record_stream_clear(&s);
    }
    exact_free(whole);
}

static void bytes_that_are_no_record_are_marked_where_they_begin(void **state)
{
    struct bytes record_bytes = unhex("17 0303 0001 aa");
    struct bytes noise = unhex("ffffffffffff");
    struct record_stream s = {0};
    struct record record;
    struct record_mark mark = {0};

    (void)state;
    append(&s, record_bytes, 3);
    append(&s, noise, 4);
    assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_DONE);
    assert_int_equal(mark.frame, 3);
    assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_MALFORMED);
    assert_int_equal(mark.frame, 4);
    assert_int_equal(record_stream_waiting(&s), noise.len);
    assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_MALFORMED);
    record_stream_clear(&s);

    append(&s, noise, 5);
    assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_MALFORMED);
    assert_int_equal(mark.frame, 5);
    record_stream_clear(&s);
    exact_free(record_bytes);
    exact_free(noise);
}

static void no_record_reaches_over_a_hole(void **state)
{
    struct bytes whole = conversation();
    size_t second = end_of(1);

    (void)state;
    for (size_t cut = second + 1; cut < whole.len; cut++) {
        struct bytes rest = bytes_of(whole.at + cut, whole.len - cut);
        struct record_stream s = {0};
        struct record record;
        struct record_mark mark;

        append(&s, bytes_first(whole, cut), 1);
        record_stream_append_hole(&s, 3);
        record_stream_append_hole(&s, 4);
        append(&s, rest, 2);
        record_stream_append_hole(&s, 5);
        assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_DONE);
        assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_DONE);
        assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_NEED_MORE);
        assert_true(record_stream_at_hole(&s));
        assert_int_equal(record_stream_left(&s).len, cut - second);
        assert_int_equal(record_stream_cross(&s), 7);
        assert_true(bytes_equal(record_stream_left(&s), rest));
        record_stream_take(&s, rest.len, &mark);
        assert_int_equal(mark.frame, 2);
        assert_int_equal(record_stream_cross(&s), 5);
        assert_false(record_stream_at_hole(&s));
        append(&s, whole, 3);
        assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_DONE);
        assert_int_equal(mark.frame, 3);
        record_stream_clear(&s);
    }
    exact_free(whole);
}

/* Between two holes each, one byte: with work for each hole that grew with their number, this would
 * take hours. */
static void a_million_holes_are_crossed_one_by_one(void **state)
{
    uint64_t num = 1000000;
    struct bytes noise = unhex("ff");
    struct record_stream s = {0};

    (void)state;
    for (uint64_t i = 1; i <= num; i++) {
        record_stream_append(&s, &(struct chunk){noise, i, i});
        record_stream_append_hole(&s, i);
    }
    for (uint64_t i = 1; i <= num; i++) {
        if (record_stream_waiting(&s) != num - i + 1 || record_stream_left(&s).len != 1 ||
            record_stream_cross(&s) != i)
            fail_msg("at hole %llu", (unsigned long long)i);
    }
    assert_false(record_stream_at_hole(&s));
    record_stream_clear(&s);
    exact_free(noise);
}

/* Some of the holes are crossed, then more bytes and holes come. */
static void what_comes_behind_crossed_holes_is_in_its_place(void **state)
{
    struct bytes noise = unhex("ffffff");
    struct record_stream s = {0};
    struct record_mark mark;

    (void)state;
    record_stream_append_hole(&s, 1);
    append(&s, noise, 1);
    record_stream_append_hole(&s, 2);
    append(&s, noise, 2);
    record_stream_append_hole(&s, 3);
    assert_int_equal(record_stream_cross(&s), 1);
    assert_int_equal(record_stream_cross(&s), 2);
    append(&s, bytes_first(noise, 2), 3);
    assert_int_equal(record_stream_left(&s).len, 3);
    assert_int_equal(record_stream_cross(&s), 3);
    assert_int_equal(record_stream_left(&s).len, 2);
    record_stream_take(&s, 2, &mark);
    assert_int_equal(mark.frame, 3);
    record_stream_append_hole(&s, 4);
    record_stream_append_hole(&s, 5);
    assert_int_equal(record_stream_cross(&s), 9);
    record_stream_append_hole(&s, 6);
    assert_int_equal(record_stream_cross(&s), 6);
    assert_int_equal(record_stream_waiting(&s), 0);
    record_stream_clear(&s);
    exact_free(noise);
}

static void an_empty_stream_needs_more(void **state)
{
    struct record_stream s = {0};
    struct record record;
    struct record_mark mark;

    (void)state;
    assert_int_equal(record_stream_next(&s, &record, &mark), PROGRESS_NEED_MORE);
    assert_int_equal(record_stream_waiting(&s), 0);
    record_stream_clear(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(any_size_of_chunk_gives_the_same_records_and_right_marks),
        CASE(all_chunks_first_and_then_all_records_gives_the_same),
        CASE(every_split_in_two_marks_the_chunk_with_the_last_byte),
        CASE(bytes_that_are_no_record_are_marked_where_they_begin),
        CASE(no_record_reaches_over_a_hole),
        CASE(a_million_holes_are_crossed_one_by_one),
        CASE(what_comes_behind_crossed_holes_is_in_its_place),
        CASE(an_empty_stream_needs_more),
    };

    return RUN(cases);
}
