/*
 * What is known of what is missing: real conversations in memory, of which some records were not
 * recorded, played to a session with the key log of the client.
 */
#include "attacker/session_lapse.h"
#include "tests/support/check.h"
#include "tests/support/parley.h"

static void hear(void *context, const struct session *s, enum side from, const struct chunk *chunk)
{
    (void)context;
    (void)s;
    (void)from;
    (void)chunk;
}

static void note_skip(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    (void)context;
    (void)s;
    (void)from;
    (void)sealed_len;
}

/* Some records of a burst that were not recorded. */
struct lost {
    size_t burst;
    size_t first; /* from 0 */
    size_t count;
};

/* play_burst plays a burst but for the lost records in it. */
static void play_burst(struct session *s, const struct parley *t, size_t burst,
                       const struct lost *lost)
{
    struct reader r = reader_of(buffer_view(&t->bursts[burst]));
    uint64_t missing = 0;

    for (size_t i = 0; !reader_done(&r); i++) {
        struct bytes left = r.left;
        struct record record;

        assert_int_equal(record_next(&r, &record), PROGRESS_DONE);
        size_t len = left.len - r.left.len;

        if (burst == lost->burst && i >= lost->first && i < lost->first + lost->count) {
            missing += len;
            continue;
        }
        if (missing > 0)
            session_gap(s, t->from[burst], &(struct gap){.missing = missing, .frame = burst + 1});
        missing = 0;
        session_bytes(s, t->from[burst],
                      &(struct chunk){bytes_first(left, len), burst + 1, burst + 1});
    }
    if (missing > 0)
        session_gap(s, t->from[burst], &(struct gap){.missing = missing, .frame = burst + 1});
}

/* play plays the first `num_bursts` of a conversation; the key log has leaked. */
static struct session *play(const struct parley *t, struct leaks *leaks, size_t num_bursts,
                            const struct lost *lost)
{
    static const struct session_listener listener = {NULL, hear, note_skip, NULL};
    const struct connection connection = {.syn_seen = true};
    struct session *s = session_new(&connection, false, false, leaks, &listener, NULL);

    parley_leak(t, leaks);
    for (size_t i = 0; i < t->num_bursts && i < num_bursts; i++)
        play_burst(s, t, i, lost);
    session_close(s, t->num_bursts);
    return s;
}

/* The server's Finished has a number of its own, and that is lost with it. */
static void of_records_in_front_of_a_change_of_keys_one_is_known(void **state)
{
    const struct lost flight = {.burst = 1, .first = 1, .count = SIZE_MAX / 2};
    struct leaks leaks = {0};
    struct parley t;

    (void)state;
    parley_begin(&t, &(struct parley_terms){0});
    parley_say(&t, SIDE_SERVER, bytes_of("attack at dawn", 14));

    struct session *s = play(&t, &leaks, SIZE_MAX, &flight);
    assert_int_equal(s->verdict.outcome, OUTCOME_PARTIAL);
    assert_int_equal(s->records_missing, 1);
    assert_true(s->more_records_missing);
    assert_non_null(strstr(s->verdict.explanation, "at least 1 protected record"));
    session_free(s);
    leaks_clear(&leaks);
    parley_clear(&t);
}

/* A ChangeCipherSpec of TLS 1.3 is sent in the clear, and has no number. */
static void a_lost_change_cipher_spec_of_tls13_costs_nothing(void **state)
{
    const struct lost change = {.burst = 2, .first = 0, .count = 1};
    struct leaks leaks = {0};
    struct parley t;

    (void)state;
    parley_begin(&t, &(struct parley_terms){0});

    struct session *s = play(&t, &leaks, SIZE_MAX, &change);
    assert_int_equal(s->bytes_missing, RECORD_HEADER_LEN + 1);
    assert_true(s->finished_verified[SIDE_CLIENT]);
    assert_int_equal(s->records_missing, 0);
    session_free(s);
    leaks_clear(&leaks);
    parley_clear(&t);
}

/* Up to the ClientKeyExchange, all of the handshake goes into the keys; nothing behind it does. */
static void what_goes_into_the_keys_is_told_from_what_does_not(void **state)
{
    static const struct {
        struct lost lost;
        bool torn;
    } rows[] = {
        {{1, 1, 1}, true},  /* the server's Certificate */
        {{2, 2, 1}, false}, /* the client's Finished */
        {{2, 1, 2}, false}, /* and its ChangeCipherSpec */
        {{3, 2, 1}, false}, /* the server's Finished */
        {{3, 0, 3}, false}, /* and the NewSessionTicket */
    };
    struct parley t;

    (void)state;
    parley_begin(&t, &(struct parley_terms){TLS1_2_VERSION, "AES256-SHA", 0});
    parley_say(&t, SIDE_SERVER, bytes_of("attack at dawn", 14));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct leaks leaks = {0};
        struct session *s = play(&t, &leaks, SIZE_MAX, &rows[i].lost);

        assert_int_equal(s->keys_torn, rows[i].torn);
        session_free(s);
        leaks_clear(&leaks);
    }
    parley_clear(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(of_records_in_front_of_a_change_of_keys_one_is_known),
        CASE(a_lost_change_cipher_spec_of_tls13_costs_nothing),
        CASE(what_goes_into_the_keys_is_told_from_what_does_not),
    };

    return RUN(cases);
}
