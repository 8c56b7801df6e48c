/*
 * TLS inside of TLS: a client speaks TLS to a proxy, asks it for a tunnel, and shakes hands through
 * it with somebody else. What opens is the outer conversation, and it says the bytes of the inner.
 */
#include "tests/support/check.h"
#include "tests/support/parley.h"
#include "tests/support/run_stage.h"

#define ASKED   "CONNECT garden.example:443 HTTP/1.1\r\nHost: garden.example\r\n\r\n"
#define GRANTED "HTTP/1.1 200 Connection established\r\n\r\n"

struct tunnel {
    struct parley outer;
    struct buffer said[2]; /* inside of it, by enum side */
};

static void say(struct tunnel *t, enum side from, struct bytes words)
{
    parley_say(&t->outer, from, words);
    buffer_append(&t->said[from], words);
}

static void say_text(struct tunnel *t, enum side from, const char *text)
{
    say(t, from, bytes_of(text, strlen(text)));
}

/* tunnel_begin has the two hold a whole inner conversation through the outer. */
static void tunnel_begin(struct tunnel *t, const struct parley_terms *outer,
                         const struct parley_terms *inner)
{
    struct parley carried;

    *t = (struct tunnel){0};
    parley_begin(&carried, inner);
    parley_say(&carried, SIDE_CLIENT, bytes_of("what grows there?", 17));
    parley_say(&carried, SIDE_SERVER, bytes_of("beans", 5));
    parley_hang_up(&carried);
    parley_begin(&t->outer, outer);
    say_text(t, SIDE_CLIENT, ASKED);
    say_text(t, SIDE_SERVER, GRANTED);
    for (size_t i = 0; i < carried.num_bursts; i++)
        say(t, carried.from[i], buffer_view(&carried.bursts[i]));
    parley_hang_up(&t->outer);
    parley_clear(&carried);
}

static void tunnel_clear(struct tunnel *t)
{
    parley_clear(&t->outer);
    buffer_clear(&t->said[SIDE_CLIENT]);
    buffer_clear(&t->said[SIDE_SERVER]);
}

/* How it is recorded. */
struct telling {
    bool with_syn;
    enum side client; /* the side of the connection that is the client of TLS */
    size_t piece_len;
};

/* tell_outer says what crosses in segments of that length. */
static void tell_outer(const struct tunnel *t, const struct telling *how, struct talk *talk)
{
    for (size_t i = 0; i < t->outer.num_bursts; i++) {
        enum side from = t->outer.from[i] == SIDE_CLIENT ? how->client : side_other(how->client);
        struct reader r = reader_of(buffer_view(&t->outer.bursts[i]));

        while (!reader_done(&r)) {
            struct bytes piece = bytes_first(r.left, how->piece_len);

            talk_say(talk, from, piece);
            assert_true(reader_skip(&r, piece.len));
        }
    }
    talk_close(talk);
}

static void outer_opens(const struct tunnel *t, const struct telling *how)
{
    struct run_stage s;
    struct talk talk;

    run_stage_init(&s, NULL);
    parley_leak(&t->outer, &s.leaks);
    talk = how->with_syn ? talk_open(&s, 20000) : talk_silently(&s, 20000);
    tell_outer(t, how, &talk);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 1);
    assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_DECRYPTED);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        assert_true(bytes_equal(buffer_view(&s.said[side]), buffer_view(&t->said[side])));
    run_stage_clear(&s);
}

static void opens_however_it_is_recorded(const struct parley_terms *outer,
                                         const struct parley_terms *inner)
{
    static const size_t piece_lens[] = {65000, 1448, 100, 7};
    struct tunnel t;

    tunnel_begin(&t, outer, inner);
    for (size_t i = 0; i < sizeof(piece_lens) / sizeof(piece_lens[0]); i++) {
        outer_opens(&t, &(struct telling){true, SIDE_CLIENT, piece_lens[i]});
        outer_opens(&t, &(struct telling){false, SIDE_CLIENT, piece_lens[i]});
        outer_opens(&t, &(struct telling){false, SIDE_SERVER, piece_lens[i]});
    }
    tunnel_clear(&t);
}

static void the_outer_conversation_says_the_bytes_of_the_inner(void **state)
{
    static const struct parley_terms terms[] = {
        {0},
        {TLS1_2_VERSION, "ECDHE-RSA-AES128-GCM-SHA256", 0},
        {TLS1_2_VERSION, "AES256-SHA", 0},
    };
    size_t num_terms = sizeof(terms) / sizeof(terms[0]);

    (void)state;
    for (size_t outer = 0; outer < num_terms; outer++) {
        for (size_t inner = 0; inner < num_terms; inner++)
            opens_however_it_is_recorded(&terms[outer], &terms[inner]);
    }
}

/* Then the inner hellos stand in the recording as they are. */
static void an_outer_conversation_that_hides_nothing_is_still_one(void **state)
{
    (void)state;
    opens_however_it_is_recorded(&(struct parley_terms){TLS1_2_VERSION, "NULL-SHA256", 0},
                                 &(struct parley_terms){0});
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_outer_conversation_says_the_bytes_of_the_inner),
        CASE(an_outer_conversation_that_hides_nothing_is_still_one),
    };

    return RUN(cases);
}
