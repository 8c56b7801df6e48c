/*
 * TLS inside of TLS: a client speaks TLS to a proxy, asks it for a tunnel, and shakes hands through
 * it with somebody else. Each of the two is a session.
 */
#include "attacker/nested.h"

#include "tests/support/check.h"
#include "tests/support/parley.h"
#include "tests/support/run_stage.h"

#define ASKED   "CONNECT garden.example:443 HTTP/1.1\r\nHost: garden.example\r\n\r\n"
#define GRANTED "HTTP/1.1 200 Connection established\r\n\r\n"

static const struct parley_terms tls13 = {0};
static const struct parley_terms tls12 = {TLS1_2_VERSION, "ECDHE-RSA-AES128-GCM-SHA256", 0};
static const struct parley_terms rsa = {TLS1_2_VERSION, "AES256-SHA", 0};
static const struct parley_terms in_the_clear = {TLS1_2_VERSION, "NULL-SHA256", 0};

struct tunnel {
    struct parley outer;
    struct parley inner;
    struct buffer said[2]; /* in the outer one, by enum side; the words of the inner stay ours */
};

static const char *const words[2] = {"what grows there?", "beans"};

static void say(struct tunnel *t, enum side from, struct bytes said)
{
    parley_say(&t->outer, from, said);
    buffer_append(&t->said[from], said);
}

static void say_text(struct tunnel *t, enum side from, const char *text)
{
    say(t, from, bytes_of(text, strlen(text)));
}

/* tunnel_begin has the two hold a whole inner conversation through the outer, behind `idle` bytes
 * of other talk. */
static void tunnel_begin(struct tunnel *t, const struct parley_terms *outer,
                         const struct parley_terms *inner, size_t idle)
{
    uint8_t *talk = alloc_zero(idle);

    *t = (struct tunnel){0};
    parley_begin(&t->inner, inner);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        parley_say(&t->inner, side, bytes_of(words[side], strlen(words[side])));
    parley_hang_up(&t->inner);
    parley_begin(&t->outer, outer);
    say_text(t, SIDE_CLIENT, ASKED);
    say_text(t, SIDE_SERVER, GRANTED);
    if (idle > 0)
        say(t, SIDE_SERVER, bytes_of(talk, idle));
    for (size_t i = 0; i < t->inner.num_bursts; i++)
        say(t, t->inner.from[i], buffer_view(&t->inner.bursts[i]));
    parley_hang_up(&t->outer);
    free(talk);
}

static void tunnel_clear(struct tunnel *t)
{
    parley_clear(&t->outer);
    parley_clear(&t->inner);
    buffer_clear(&t->said[SIDE_CLIENT]);
    buffer_clear(&t->said[SIDE_SERVER]);
}

/* How it is recorded. */
struct telling {
    bool with_syn;
    enum side client; /* the side of the connection that is the client of TLS */
    size_t piece_len;
};

static const struct telling plainly = {true, SIDE_CLIENT, 1448};

/* tell says what crosses in segments of that length. */
static void tell(const struct tunnel *t, const struct telling *how, struct run_stage *s)
{
    struct talk talk = how->with_syn ? talk_open(s, 20000) : talk_silently(s, 20000);

    for (size_t i = 0; i < t->outer.num_bursts; i++) {
        enum side from = t->outer.from[i] == SIDE_CLIENT ? how->client : side_other(how->client);
        struct reader r = reader_of(buffer_view(&t->outer.bursts[i]));

        while (!reader_done(&r)) {
            struct bytes piece = bytes_first(r.left, how->piece_len);

            talk_say(&talk, from, piece);
            assert_true(reader_skip(&r, piece.len));
        }
    }
    talk_close(&talk);
    run_stage_finish(s);
}

static void expect_outer(const struct run_stage *s, const struct tunnel *t)
{
    assert_int_equal(s->noted[0].verdict.outcome, OUTCOME_DECRYPTED);
    assert_int_equal(s->noted[0].carrier, 0);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        assert_true(bytes_equal(buffer_view(&s->said[side]), buffer_view(&t->said[side])));
}

static void expect_inner(const struct run_stage *s)
{
    assert_int_equal(s->noted[1].verdict.outcome, OUTCOME_DECRYPTED);
    assert_true(s->noted[1].verdict.finished_verified);
    assert_int_equal(s->noted[1].carrier, 1);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        assert_true(bytes_equal(buffer_view(&s->said_inside[side]),
                                bytes_of(words[side], strlen(words[side]))));
}

static void both_open(const struct tunnel *t, const struct telling *how)
{
    struct run_stage s;

    run_stage_init(&s, NULL);
    parley_leak(&t->outer, &s.leaks);
    parley_leak(&t->inner, &s.leaks);
    tell(t, how, &s);
    assert_int_equal(s.num_verdicts, 2);
    expect_outer(&s, t);
    expect_inner(&s);
    run_stage_clear(&s);
}

static void both_open_however_they_are_recorded(const struct parley_terms *outer,
                                                const struct parley_terms *inner)
{
    static const size_t piece_lens[] = {65000, 1448, 100, 7};
    struct tunnel t;

    tunnel_begin(&t, outer, inner, 0);
    for (size_t i = 0; i < sizeof(piece_lens) / sizeof(piece_lens[0]); i++) {
        both_open(&t, &(struct telling){true, SIDE_CLIENT, piece_lens[i]});
        both_open(&t, &(struct telling){false, SIDE_CLIENT, piece_lens[i]});
        both_open(&t, &(struct telling){false, SIDE_SERVER, piece_lens[i]});
    }
    tunnel_clear(&t);
}

static void the_outer_and_the_inner_conversation_open(void **state)
{
    static const struct parley_terms *const terms[] = {&tls13, &tls12, &rsa};
    size_t num_terms = sizeof(terms) / sizeof(terms[0]);

    (void)state;
    for (size_t outer = 0; outer < num_terms; outer++) {
        for (size_t inner = 0; inner < num_terms; inner++)
            both_open_however_they_are_recorded(terms[outer], terms[inner]);
    }
}

/* Then the inner hellos stand in the recording as they are. */
static void so_they_do_when_the_outer_one_hides_nothing(void **state)
{
    (void)state;
    both_open_however_they_are_recorded(&in_the_clear, &tls13);
}

static void who_has_the_key_of_the_outer_one_alone_sees_that_there_is_another(void **state)
{
    struct tunnel t;
    struct run_stage s;

    (void)state;
    tunnel_begin(&t, &tls13, &tls12, 0);
    run_stage_init(&s, NULL);
    parley_leak(&t.outer, &s.leaks);
    tell(&t, &plainly, &s);
    assert_int_equal(s.num_verdicts, 2);
    expect_outer(&s, &t);
    assert_int_equal(s.noted[1].verdict.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(s.noted[1].carrier, 1);
    assert_int_equal(s.said_inside[SIDE_CLIENT].len + s.said_inside[SIDE_SERVER].len, 0);
    run_stage_clear(&s);
    tunnel_clear(&t);
}

static void the_key_of_the_inner_one_alone_opens_nothing(void **state)
{
    struct tunnel t;
    struct run_stage s;

    (void)state;
    tunnel_begin(&t, &tls13, &rsa, 0);
    run_stage_init(&s, NULL);
    parley_leak(&t.inner, &s.leaks);
    tell(&t, &plainly, &s);
    assert_int_equal(s.num_verdicts, 1);
    assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_UNDECRYPTABLE);
    run_stage_clear(&s);
    tunnel_clear(&t);
}

static void plaintext_is_not_watched_for_ever(void **state)
{
    static const size_t idles[] = {NESTED_PATIENCE - sizeof(GRANTED), NESTED_PATIENCE + 1};
    static const size_t verdicts[] = {2, 1};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct tunnel t;
        struct run_stage s;

        tunnel_begin(&t, &tls13, &rsa, idles[i] - strlen(ASKED));
        run_stage_init(&s, NULL);
        parley_leak(&t.outer, &s.leaks);
        parley_leak(&t.inner, &s.leaks);
        tell(&t, &plainly, &s);
        assert_int_equal(s.num_verdicts, verdicts[i]);
        expect_outer(&s, &t);
        run_stage_clear(&s);
        tunnel_clear(&t);
    }
}

/* wrap puts what crossed in `inside` into a conversation of its own. */
static void wrap(struct parley *around, const struct parley *inside)
{
    parley_begin(around, &tls13);
    for (size_t i = 0; i < inside->num_bursts; i++)
        parley_say(around, inside->from[i], buffer_view(&inside->bursts[i]));
    parley_hang_up(around);
}

static void proxies_behind_proxies_are_followed_up_to_a_limit(void **state)
{
    struct tunnel t = {0};
    struct parley nested[NESTED_MAX_DEPTH + 2];
    size_t num_nested = sizeof(nested) / sizeof(nested[0]);
    struct run_stage s;

    (void)state;
    parley_begin(&nested[0], &tls13);
    parley_say(&nested[0], SIDE_CLIENT, bytes_of("deep", 4));
    parley_hang_up(&nested[0]);
    for (size_t i = 1; i < num_nested; i++)
        wrap(&nested[i], &nested[i - 1]);

    run_stage_init(&s, NULL);
    for (size_t i = 0; i < num_nested; i++)
        parley_leak(&nested[i], &s.leaks);
    t.outer = nested[num_nested - 1]; /* borrowed */
    tell(&t, &plainly, &s);
    assert_int_equal(s.num_verdicts, NESTED_MAX_DEPTH + 1);
    for (size_t i = 0; i < s.num_verdicts; i++) {
        assert_int_equal(s.noted[i].verdict.outcome, OUTCOME_DECRYPTED);
        assert_int_equal(s.noted[i].carrier, i);
    }
    run_stage_clear(&s);
    for (size_t i = 0; i < num_nested; i++)
        parley_clear(&nested[i]);
}

/* However little may be held, nothing is held twice, and nothing that has gone is asked. */
static void all_come_to_an_end_within_any_limit_of_memory(void **state)
{
    struct tunnel t;

    (void)state;
    tunnel_begin(&t, &tls13, &tls12, 0);
    for (size_t limit = 1; limit < 200000; limit = limit * 3 / 2 + 1) {
        struct run_stage s;

        run_stage_init(&s, NULL);
        run_limit_memory(s.run, limit);
        parley_leak(&t.outer, &s.leaks);
        tell(&t, &plainly, &s);
        assert_in_range(s.num_verdicts, 1, 2);
        run_stage_clear(&s);
    }
    tunnel_clear(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_outer_and_the_inner_conversation_open),
        CASE(so_they_do_when_the_outer_one_hides_nothing),
        CASE(who_has_the_key_of_the_outer_one_alone_sees_that_there_is_another),
        CASE(the_key_of_the_inner_one_alone_opens_nothing),
        CASE(plaintext_is_not_watched_for_ever),
        CASE(proxies_behind_proxies_are_followed_up_to_a_limit),
        CASE(all_come_to_an_end_within_any_limit_of_memory),
    };

    return RUN(cases);
}
