/* Whole agreements, over real connections, and what is left of them. */
#include "victim/ring.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

/* Opens and holds one; the test fails when it does not come to its end. */
static void hold(struct ring *ring, const struct wishes *wishes)
{
    struct complaint why;

    if (!ring_open(ring, &why, wishes) || !ring_hold(ring, &why))
        fail_msg("%s", why.text);
}

static void every_number_of_members_comes_to_one_key(void **state)
{
    (void)state;
    for (unsigned n = RING_MIN_MEMBERS; n <= RING_MAX_MEMBERS; n += n < 4 ? 1 : 6) {
        struct wishes wishes = {.command = COMMAND_GROUP, .peers = n, .quiet = true};
        struct complaint why;
        struct ring ring;

        hold(&ring, &wishes);
        assert_int_equal(ring.num_members, n);
        for (unsigned i = 1; i < n; i++) {
            assert_memory_equal(ring.members[i].key, ring.members[0].key, RING_KEY_SIZE);
            assert_int_equal(EVP_PKEY_eq(ring.members[i].secret, ring.members[0].secret), 0);
        }
        assert_true(ring_close(&ring, &why));
    }
}

static void each_members_secret_and_the_message_are_left(void **state)
{
    char *folder = scratch_new();
    char *stale = alloc_format("%s/member-7.pem", folder);
    char *record = alloc_format("%s/r.pcap", folder);
    char *message = alloc_format("%s/message.txt", folder);
    struct wishes wishes = {
        .command = COMMAND_GROUP,
        .peers = 3,
        .quiet = true,
        .record = record,
        .leaks = folder,
        .message = "the launch code is 0000",
    };
    struct complaint why;
    struct ring ring;

    (void)state;
    file_write(stale, bytes_of("of an earlier run", 17));
    hold(&ring, &wishes);
    assert_true(ring_close(&ring, &why));
    for (int i = 1; i <= 3; i++) {
        char *path = alloc_format("%s/member-%d.pem", folder, i);
        struct stat found;

        assert_int_equal(stat(path, &found), 0);
        assert_int_equal(found.st_mode & 0777, 0600);
        free(path);
    }
    assert_int_not_equal(access(stale, F_OK), 0);

    struct buffer said = file_read(message);
    struct buffer recording = file_read(record);

    assert_true(bytes_equal(buffer_view(&said), bytes_of(wishes.message, strlen(wishes.message))));
    assert_non_null(memmem(recording.at, recording.len, RING_MAGIC, strlen(RING_MAGIC)));
    assert_null(memmem(recording.at, recording.len, wishes.message, strlen(wishes.message)));
    buffer_clear(&said);
    buffer_clear(&recording);
    free(stale);
    free(record);
    free(message);
    scratch_free(folder);
}

static struct buffer record_with_seed(const char *seed)
{
    char *folder = scratch_new();
    char *record = alloc_format("%s/r.pcap", folder);
    struct wishes wishes = {
        .command = COMMAND_GROUP, .peers = 4, .quiet = true, .record = record, .seed = seed};
    struct complaint why;
    struct ring ring;

    hold(&ring, &wishes);
    assert_true(ring_close(&ring, &why));

    struct buffer recording = file_read(record);

    free(record);
    scratch_free(folder);
    return recording;
}

static void a_seed_repeats_every_byte(void **state)
{
    struct buffer first = record_with_seed("s");
    struct buffer again = record_with_seed("s");
    struct buffer other = record_with_seed("t");

    (void)state;
    assert_true(bytes_equal(buffer_view(&first), buffer_view(&again)));
    assert_false(bytes_equal(buffer_view(&first), buffer_view(&other)));
    buffer_clear(&first);
    buffer_clear(&again);
    buffer_clear(&other);
}

static void files_that_can_not_be_written_are_complained_of(void **state)
{
    static const struct wishes table[] = {
        {.command = COMMAND_GROUP, .peers = 2, .record = "/nowhere/r.pcap"},
        {.command = COMMAND_GROUP, .peers = 2, .leaks = "/dev/null/leaks"},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct complaint why = {""};
        struct complaint at_close;
        struct ring ring;

        assert_false(ring_open(&ring, &why, &table[i]));
        assert_true(strlen(why.text) > 0);
        assert_true(ring_close(&ring, &at_close));
    }
}

static void a_message_has_a_limit(void **state)
{
    char *text = alloc_zero(RING_MAX_TEXT + 2);
    struct wishes wishes = {.command = COMMAND_GROUP, .peers = 2, .quiet = true, .message = text};
    struct complaint why = {""};
    struct ring ring;

    (void)state;
    memset(text, 'a', RING_MAX_TEXT);
    hold(&ring, &wishes);
    assert_true(ring_close(&ring, &why));
    text[RING_MAX_TEXT] = 'a';
    assert_false(ring_open(&ring, &why, &wishes));
    assert_says(why.text, "--message has more than 65536 bytes; take a shorter one");
    assert_true(ring_close(&ring, &why));
    free(text);
}

static void a_broken_connection_ends_it(void **state)
{
    static const struct wishes wishes = {.command = COMMAND_GROUP, .peers = 3, .quiet = true};
    struct complaint why = {""};
    struct ring ring;

    (void)state;
    assert_true(ring_open(&ring, &why, &wishes));
    (void)close(ring.links[1].fd[SIDE_SERVER]);
    ring.links[1].fd[SIDE_SERVER] = -1;
    assert_false(ring_hold(&ring, &why));
    assert_says(why.text, "the connection from member 2 to the next one broke off");
    assert_true(ring_close(&ring, &why));
}

/* Who has another number in mind takes nothing. */
static void a_member_that_computes_something_else_is_noticed(void **state)
{
    static const struct wishes wishes = {.command = COMMAND_GROUP, .peers = 2, .quiet = true};
    struct complaint why = {""};
    struct ring ring;

    (void)state;
    assert_true(ring_open(&ring, &why, &wishes));
    memset(ring.members[0].value, 0, RING_VALUE_SIZE);
    assert_false(ring_hold(&ring, &why));
    assert_says(why.text, "member 2 got something in round 1 that is no public value");
    assert_true(ring_close(&ring, &why));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_number_of_members_comes_to_one_key),
        CASE(each_members_secret_and_the_message_are_left),
        CASE(a_seed_repeats_every_byte),
        CASE(files_that_can_not_be_written_are_complained_of),
        CASE(a_message_has_a_limit),
        CASE(a_broken_connection_ends_it),
        CASE(a_member_that_computes_something_else_is_noticed),
    };

    return RUN(cases);
}
