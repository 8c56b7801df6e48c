#include "tests/support/check.h"

#include "attacker/recording_faults.h"

enum { MAX_SENTENCES = 16, ROOM = 256 };

struct told {
    char sentences[MAX_SENTENCES][ROOM];
    size_t num;
};

static void on_sentence(void *context, const char *sentence)
{
    struct told *told = context;

    assert_true(told->num < MAX_SENTENCES);
    assert_true(strlen(sentence) < ROOM);
    memcpy(told->sentences[told->num++], sentence, strlen(sentence) + 1);
}

static void of_a_sound_recording_nothing_is_said(void **state)
{
    struct told told = {.num = 0};
    struct reassembly_counts counts = {.packets = 100, .connections = 3};

    (void)state;
    counts.arrivals.not_tcp = 5;
    counts.arrivals.fragments.met = 8;
    counts.arrivals.fragments.put_together = 4;
    recording_faults_tell(&counts, on_sentence, &told);
    assert_int_equal(told.num, 0);
}

static void each_fault_is_a_sentence_with_its_number(void **state)
{
    struct reassembly_counts counts = {0};
    uint64_t *const faults[] = {
        &counts.arrivals.malformed,
        &counts.arrivals.too_deep,
        &counts.arrivals.tunnels_unread,
        &counts.arrivals.bad_checksums,
        &counts.arrivals.fragments.incomplete,
        &counts.arrivals.fragments.given_up,
        &counts.gaps,
        &counts.in_front,
        &counts.outside,
        &counts.buffers_flushed,
        &counts.flushed_in_all,
        &counts.evicted,
        &counts.forgotten,
        &counts.differing,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct told told = {.num = 0};

        *faults[i] = 1;
        recording_faults_tell(&counts, on_sentence, &told);
        *faults[i] = 7654321;
        recording_faults_tell(&counts, on_sentence, &told);
        *faults[i] = 0;
        assert_int_equal(told.num, 2);
        assert_memory_equal(told.sentences[0], "1 ", 2);
        assert_memory_equal(told.sentences[1], "7654321 ", 8);
        assert_string_not_equal(told.sentences[0] + 2,
                                told.sentences[1] + 8); /* singular, plural */
    }
}

static void wrong_checksums_are_named(void **state)
{
    struct told told = {.num = 0};
    struct reassembly_counts counts = {0};

    (void)state;
    counts.arrivals.bad_checksums = 2;
    recording_faults_tell(&counts, on_sentence, &told);
    assert_string_equal(told.sentences[0], "2 packets were left out: they have wrong checksums");
}

static void what_was_cut_was_not_lost(void **state)
{
    struct told told = {.num = 0};
    struct reassembly_counts counts = {.gaps = 3, .gaps_cut = 2};

    (void)state;
    recording_faults_tell(&counts, on_sentence, &told);
    assert_int_equal(told.num, 2);
    assert_string_equal(told.sentences[0],
                        "1 hole in the recording: packets were lost when it was made");
    assert_string_equal(told.sentences[1],
                        "2 holes in the recording: packets are in it only as far as the snap "
                        "length");
}

static void where_all_was_cut_no_loss_is_claimed(void **state)
{
    struct told told = {.num = 0};
    struct reassembly_counts counts = {.gaps = 1, .gaps_cut = 1};

    (void)state;
    recording_faults_tell(&counts, on_sentence, &told);
    assert_int_equal(told.num, 1);
    assert_string_equal(told.sentences[0],
                        "1 hole in the recording: a packet is in it only as far as the snap "
                        "length");
}

static void one_segment_that_differs_is_spoken_of_as_one(void **state)
{
    struct told told = {.num = 0};
    struct reassembly_counts counts = {.differing = 1, .first_differing_frame = 42};

    (void)state;
    recording_faults_tell(&counts, on_sentence, &told);
    assert_int_equal(told.num, 1);
    assert_string_equal(told.sentences[0],
                        "1 segment repeats bytes with another content, in frame 42; the copy that "
                        "was recorded first is used");
}

static void of_bytes_that_differ_the_first_frame_is_named(void **state)
{
    struct told told = {.num = 0};
    struct reassembly_counts counts = {.differing = 3, .first_differing_frame = 42};

    (void)state;
    recording_faults_tell(&counts, on_sentence, &told);
    assert_int_equal(told.num, 1);
    assert_non_null(strstr(told.sentences[0], "frame 42"));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(of_a_sound_recording_nothing_is_said),
        CASE(each_fault_is_a_sentence_with_its_number),
        CASE(wrong_checksums_are_named),
        CASE(what_was_cut_was_not_lost),
        CASE(where_all_was_cut_no_loss_is_claimed),
        CASE(one_segment_that_differs_is_spoken_of_as_one),
        CASE(of_bytes_that_differ_the_first_frame_is_named),
    };

    return RUN(cases);
}
