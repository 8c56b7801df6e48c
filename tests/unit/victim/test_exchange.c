/* Whole conversations, with everything that belongs to one but the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "victim/exchange.h"

#include "tests/support/check.h"

static const char *const names[] = {
    "r.pcap",     "server.key",  "server.crt",      "ticket.key",      "psk.txt",
    "keylog.txt", "message.txt", "ephemeral-1.pem", "ephemeral-2.pem", "DEMONSTRATION-ONLY.txt",
};
#define NUM_NAMES (sizeof(names) / sizeof(*names))

/* What a run leaves: the content of each of `names`, NULL when there is no such file. */
struct left {
    struct buffer content[NUM_NAMES];
    bool is_there[NUM_NAMES];
    struct complaint why;
    bool ok;
};

static void read_and_remove(struct left *left, size_t i, const char *folder)
{
    char *path = alloc_format("%s/%s", folder, names[i]);
    FILE *file = fopen(path, "rb");
    uint8_t chunk[4096];
    size_t n;

    left->is_there[i] = file != NULL;
    while (file && (n = fread(chunk, 1, sizeof(chunk), file)) > 0)
        buffer_append(&left->content[i], bytes_of(chunk, n));
    if (file)
        (void)fclose(file);
    (void)unlink(path);
    free(path);
}

/* Runs an exchange into a folder of its own and takes up what it left. */
static void run(struct left *left, struct wishes wishes)
{
    char folder[] = "/tmp/keyfall-exchange-XXXXXX";
    struct complaint at_close;
    struct scene scene;

    *left = (struct left){0};
    assert_non_null(mkdtemp(folder));

    char *record = alloc_format("%s/r.pcap", folder);

    wishes.command = COMMAND_EXCHANGE;
    wishes.quiet = true;
    wishes.record = record;
    wishes.leaks = folder;
    left->ok = scene_open(&scene, &left->why, &wishes) && exchange_run(&scene, &left->why);
    assert_true(scene_close(&scene, &at_close));
    for (size_t i = 0; i < NUM_NAMES; i++)
        read_and_remove(left, i, folder);
    assert_int_equal(rmdir(folder), 0);
    free(record);
}

static void drop(struct left *left)
{
    for (size_t i = 0; i < NUM_NAMES; i++)
        buffer_clear(&left->content[i]);
}

static size_t index_of(const char *name)
{
    for (size_t i = 0; i < NUM_NAMES; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    fail_msg("%s is not among the names", name);
    return 0;
}

static struct bytes content(const struct left *left, const char *name)
{
    return buffer_view(&left->content[index_of(name)]);
}

static void assert_left(const struct left *left, const char *const *expected)
{
    bool wanted[NUM_NAMES] = {false};

    if (!left->ok)
        fail_msg("%s", left->why.text);
    for (; *expected; expected++)
        wanted[index_of(*expected)] = true;
    for (size_t i = 0; i < NUM_NAMES; i++) {
        if (wanted[i] != left->is_there[i])
            fail_msg("%s is %s", names[i], wanted[i] ? "missing" : "there");
    }
}

#define FILES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void each_key_exchange_leaves_what_there_is_to_steal(void **state)
{
    struct left left;

    (void)state;
    run(&left, (struct wishes){.kx = "rsa"});
    assert_left(&left, FILES("r.pcap", "server.key", "server.crt", "ticket.key", "keylog.txt",
                             "message.txt"));
    drop(&left);
    run(&left, (struct wishes){.kx = "tls13", .key_type = "ec", .sessions = 2});
    assert_left(&left, FILES("r.pcap", "server.key", "server.crt", "ticket.key", "keylog.txt",
                             "message.txt", "ephemeral-1.pem", "ephemeral-2.pem"));
    drop(&left);
    run(&left, (struct wishes){.kx = "dhe-psk", .psk = "me:00ff"});
    assert_left(&left, FILES("r.pcap", "psk.txt", "ticket.key", "keylog.txt", "message.txt",
                             "ephemeral-1.pem"));
    drop(&left);
}

static void the_users_message_is_kept_and_does_not_cross_in_the_clear(void **state)
{
    static const char message[] = "the launch code is 0000";
    struct left left;

    (void)state;
    run(&left, (struct wishes){.message = message});
    assert_true(left.ok);
    assert_true(bytes_equal(content(&left, "message.txt"), bytes_of(message, strlen(message))));

    struct bytes recording = content(&left, "r.pcap");

    assert_true(recording.len > 1000);
    assert_null(memmem(recording.at, recording.len, message, strlen(message)));
    drop(&left);

    /* The control experiment: with a suite that does not encrypt, it is there. */
    run(&left, (struct wishes){.message = message, .suite = "NULL-SHA"});
    assert_true(left.ok);
    recording = content(&left, "r.pcap");
    assert_non_null(memmem(recording.at, recording.len, message, strlen(message)));
    drop(&left);
}

static void a_seed_repeats_every_byte(void **state)
{
    static const char *const exchanges[] = {"rsa", "dhe", "ecdhe", "tls13", "rsa-psk", "anon-dh"};

    (void)state;
    for (size_t i = 0; i < sizeof(exchanges) / sizeof(*exchanges); i++) {
        struct left first;
        struct left again;

        run(&first, (struct wishes){.kx = exchanges[i], .seed = "s"});
        run(&again, (struct wishes){.kx = exchanges[i], .seed = "s"});
        assert_true(first.ok && again.ok);
        for (size_t n = 0; n < NUM_NAMES; n++)
            assert_true(
                bytes_equal(buffer_view(&first.content[n]), buffer_view(&again.content[n])));
        drop(&first);
        drop(&again);
    }
}

static void one_seed_gives_matched_pairs(void **state)
{
    static const char *const exchanges[] = {"dhe", "ecdhe", "tls13"};
    static const char *const same[] = {"server.key", "server.crt", "ticket.key", "message.txt"};
    struct left rsa;

    (void)state;
    run(&rsa, (struct wishes){.kx = "rsa", .seed = "s"});
    assert_true(rsa.ok);
    for (size_t i = 0; i < sizeof(exchanges) / sizeof(*exchanges); i++) {
        struct left other;

        run(&other, (struct wishes){.kx = exchanges[i], .seed = "s"});
        assert_true(other.ok);
        for (size_t n = 0; n < sizeof(same) / sizeof(*same); n++) {
            assert_true(content(&rsa, same[n]).len > 0);
            assert_true(bytes_equal(content(&rsa, same[n]), content(&other, same[n])));
        }
        assert_false(bytes_equal(content(&rsa, "r.pcap"), content(&other, "r.pcap")));
        drop(&other);
    }
    drop(&rsa);
}

/* One leaked exponent must not open the other recordings of the same seed. */
static void matched_pairs_share_no_ephemeral_key(void **state)
{
    struct left ecdhe;
    struct left tls13;

    (void)state;
    run(&ecdhe, (struct wishes){.kx = "ecdhe", .seed = "s"});
    run(&tls13, (struct wishes){.kx = "tls13", .seed = "s"});
    assert_true(ecdhe.ok && tls13.ok);
    assert_true(content(&ecdhe, "ephemeral-1.pem").len > 0);
    assert_false(
        bytes_equal(content(&ecdhe, "ephemeral-1.pem"), content(&tls13, "ephemeral-1.pem")));
    drop(&ecdhe);
    drop(&tls13);
}

static void without_a_seed_no_two_runs_are_alike(void **state)
{
    struct left first;
    struct left again;

    (void)state;
    run(&first, (struct wishes){.key_type = "ec", .kx = "ecdhe"});
    run(&again, (struct wishes){.key_type = "ec", .kx = "ecdhe"});
    assert_true(first.ok && again.ok);
    assert_false(bytes_equal(content(&first, "server.key"), content(&again, "server.key")));
    assert_false(bytes_equal(content(&first, "keylog.txt"), content(&again, "keylog.txt")));
    drop(&first);
    drop(&again);
}

static void lines_of_the_key_log_are_there_once(void **state)
{
    struct left left;

    (void)state;
    run(&left, (struct wishes){.kx = "tls13", .key_type = "ec"});
    assert_true(left.ok);

    struct bytes log = content(&left, "keylog.txt");
    static const char label[] = "CLIENT_TRAFFIC_SECRET_0 ";
    const uint8_t *first = memmem(log.at, log.len, label, strlen(label));

    assert_non_null(first);
    assert_null(memmem(first + 1, log.len - (size_t)(first + 1 - log.at), label, strlen(label)));
    drop(&left);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_key_exchange_leaves_what_there_is_to_steal),
        CASE(the_users_message_is_kept_and_does_not_cross_in_the_clear),
        CASE(a_seed_repeats_every_byte),
        CASE(one_seed_gives_matched_pairs),
        CASE(matched_pairs_share_no_ephemeral_key),
        CASE(without_a_seed_no_two_runs_are_alike),
        CASE(lines_of_the_key_log_are_there_once),
    };

    return RUN(cases);
}
