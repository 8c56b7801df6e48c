/*
 * A session whose keys change on the way: a real TLS 1.3 conversation in memory, in which both
 * sides send KeyUpdate (RFC 8446 section 4.6.3), played to a session with the key log of its
 * client.
 */
#include "tests/support/check.h"
#include "tests/support/parley.h"

static void say(struct parley *t, enum side from, const char *words)
{
    parley_say(t, from, bytes_of(words, strlen(words)));
}

static void converse(struct parley *t)
{
    parley_begin(t, &(struct parley_terms){0});
    say(t, SIDE_CLIENT, "one ");
    parley_update(t, SIDE_CLIENT, SSL_KEY_UPDATE_REQUESTED);
    say(t, SIDE_CLIENT, "two ");
    say(t, SIDE_SERVER, "three");
    parley_update(t, SIDE_CLIENT, SSL_KEY_UPDATE_NOT_REQUESTED);
    say(t, SIDE_CLIENT, "four");
}

static void hear(void *context, const struct session *s, enum side from, const struct chunk *chunk)
{
    struct buffer *said = context;

    (void)s;
    buffer_append(&said[from], chunk->data);
}

static void note_skip(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    (void)context;
    (void)s;
    (void)from;
    (void)sealed_len;
    fail_msg("nothing was missing");
}

static void play(const struct parley *t, struct session *s)
{
    for (size_t i = 0; i < t->num_bursts; i++) {
        const struct chunk chunk = {buffer_view(&t->bursts[i]), i, i + 1};

        session_bytes(s, t->from[i], &chunk);
    }
    session_close(s, t->num_bursts);
}

static void keys_that_are_updated_are_followed(void **state)
{
    struct parley t;
    struct buffer said[2] = {{0}, {0}};
    struct leaks leaks = {0};
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {said, hear, note_skip, NULL};

    (void)state;
    converse(&t);
    parley_leak(&t, &leaks);

    struct session *s = session_new(&connection, false, false, &leaks, &listener, NULL);
    play(&t, s);
    assert_int_equal(s->verdict.outcome, OUTCOME_DECRYPTED);
    assert_true(bytes_equal(buffer_view(&said[SIDE_CLIENT]), bytes_of("one two four", 12)));
    assert_true(bytes_equal(buffer_view(&said[SIDE_SERVER]), bytes_of("three", 5)));
    session_free(s);
    leaks_clear(&leaks);
    buffer_clear(&said[SIDE_CLIENT]);
    buffer_clear(&said[SIDE_SERVER]);
    parley_clear(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {CASE(keys_that_are_updated_are_followed)};

    return RUN(cases);
}
