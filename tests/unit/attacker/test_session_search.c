/*
 * Holes anywhere in a conversation: of real ones in memory, a part of one direction is left out. No
 * matter where it was, each record that was recorded whole has to open, and nothing else may be
 * given out.
 */
#include "attacker/session_search.h"

#include "tests/support/check.h"
#include "tests/support/parley.h"

#include <stdlib.h>

#define NO_EXTRAS (SSL_OP_NO_EXTENDED_MASTER_SECRET | SSL_OP_NO_ENCRYPT_THEN_MAC)

/* The ways of sealing that libssl knows. In TLS 1.0 a record needs the last block of the one in
 * front, and has to stay shut without it; with encrypt-then-MAC a MAC stands behind that. */
struct kind {
    struct parley_terms terms;
    size_t block;
    size_t mac_behind;
};

static const struct kind kinds[] = {
    {{TLS1_VERSION, "AES128-SHA", NO_EXTRAS}, 16, 0},
    {{TLS1_VERSION, "AES128-SHA", 0}, 16, 20},
    {{TLS1_1_VERSION, "AES256-SHA", NO_EXTRAS}, 0, 0},
    {{TLS1_2_VERSION, "AES128-SHA256", NO_EXTRAS}, 0, 0},
    {{TLS1_2_VERSION, "AES256-SHA", 0}, 0, 0},
    {{TLS1_2_VERSION, "NULL-SHA256", 0}, 0, 0},
    {{TLS1_2_VERSION, "AES128-GCM-SHA256", 0}, 0, 0},
    {{TLS1_2_VERSION, "AES128-CCM8", NO_EXTRAS}, 0, 0},
    {{TLS1_2_VERSION, "ECDHE-RSA-CHACHA20-POLY1305", 0}, 0, 0},
    {{TLS1_3_VERSION, NULL, 0}, 0, 0},
};
#define NUM_KINDS (sizeof(kinds) / sizeof(kinds[0]))

#define MAX_PIECES 256

/* What a session gave out, record by record, in order. */
struct heard {
    struct buffer pieces[2][MAX_PIECES];
    size_t num_pieces[2];
    size_t num_skips[2];
};

static void hear(void *context, const struct session *s, enum side from, const struct chunk *chunk)
{
    struct heard *heard = context;

    (void)s;
    assert_true(heard->num_pieces[from] < MAX_PIECES);
    buffer_append(&heard->pieces[from][heard->num_pieces[from]++], chunk->data);
}

static void note_skip(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    struct heard *heard = context;

    (void)s;
    (void)sealed_len;
    heard->num_skips[from]++;
}

static void forget(struct heard *heard)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        for (size_t i = 0; i < heard->num_pieces[side]; i++)
            buffer_clear(&heard->pieces[side][i]);
    }
    free(heard);
}

/* A part of one direction, in bytes from its beginning. */
struct part {
    enum side side;
    size_t from;
    size_t to;
    bool garbled; /* other bytes stand there; otherwise none do */
};

static void send(struct session *s, enum side side, struct bytes data, size_t burst)
{
    if (data.len > 0)
        session_bytes(s, side, &(struct chunk){data, burst, burst + 1});
}

/* send_garbled sends other bytes than these, each of them. */
static void send_garbled(struct session *s, enum side side, struct bytes data, size_t burst)
{
    struct buffer other = {0};

    buffer_append(&other, data);
    for (size_t i = 0; i < other.len; i++)
        other.at[i] ^= 0xa5;
    send(s, side, buffer_view(&other), burst);
    buffer_clear(&other);
}

/*
 * play_burst plays what of burst `i` is not in the hole. `at` is where it begins in its direction.
 */
static void play_burst(struct session *s, const struct parley *t, size_t i, size_t at,
                       const struct part *hole)
{
    struct reader r = reader_of(buffer_view(&t->bursts[i]));
    struct bytes front = r.left;
    size_t end = at + front.len;

    if (t->from[i] == hole->side && at < hole->to && end > hole->from) {
        size_t kept = hole->from > at ? hole->from - at : 0;
        size_t stop = hole->to < end ? hole->to - at : front.len;
        struct bytes missing = {0};

        front = bytes_first(front, kept);
        send(s, t->from[i], front, i);
        assert_true(reader_skip(&r, kept) && reader_bytes(&r, &missing, stop - kept));
        if (hole->garbled)
            send_garbled(s, hole->side, missing, i);
        else if (hole->to <= end)
            session_gap(s, hole->side,
                        &(struct gap){.missing = hole->to - hole->from, .frame = i + 1});
        front = r.left;
    }
    send(s, t->from[i], front, i);
}

/*
 * play plays the conversation but for the hole. `late`: what follows on the hole in its direction
 * comes at the very end, as it does when a reassembly has waited for what is missing.
 */
static struct session *play(const struct parley *t, const struct leaks *leaks,
                            const struct part *hole, bool late, struct heard *heard)
{
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {heard, hear, note_skip, NULL};
    struct session *s = session_new(&connection, false, false, leaks, &listener, NULL);

    for (int round = 0; round < 2; round++) {
        size_t at[2] = {0, 0};

        for (size_t i = 0; i < t->num_bursts; i++) {
            enum side side = t->from[i];
            size_t end = at[side] + t->bursts[i].len;
            bool behind = late && side == hole->side && end > hole->from;

            if (behind == (round == 1))
                play_burst(s, t, i, at[side], hole);
            at[side] = end;
        }
    }
    session_close(s, t->num_bursts);
    return s;
}

/* A direction of a conversation, and what a hole does to it. */
struct hit {
    size_t len;       /* of the direction */
    size_t first_len; /* of its first record */
    size_t records;   /* so many have a byte in the hole */
    size_t last_end;  /* where the last of them ends */
};

static struct hit hit_by(const struct parley *t, const struct part *hole)
{
    struct hit hit = {0};
    struct buffer all = {0};
    struct record record;
    size_t at = 0;

    for (size_t i = 0; i < t->num_bursts; i++) {
        if (t->from[i] == hole->side)
            buffer_append(&all, buffer_view(&t->bursts[i]));
    }
    for (struct reader r = reader_of(buffer_view(&all)); !reader_done(&r);) {
        assert_int_equal(record_next(&r, &record), PROGRESS_DONE);
        size_t end = all.len - r.left.len;

        if (at < hole->to && end > hole->from) {
            hit.records++;
            hit.last_end = end;
        }
        at = end;
        if (hit.first_len == 0)
            hit.first_len = end;
    }
    hit.len = all.len;
    buffer_clear(&all);
    return hit;
}

/* may_cost: how many records may stay shut because of this hole. Where other bytes stand in front,
 * encrypt-then-MAC proves no IV. */
static size_t may_cost(const struct kind *kind, const struct hit *hit, const struct part *hole)
{
    size_t end = hit->last_end - kind->mac_behind;
    bool block_hit = hole->to + kind->block > end && hole->from < end;
    bool unproven = hole->garbled && kind->mac_behind > 0;

    return hit->records + (kind->block > 0 && (block_hit || unproven));
}

/* missing_pieces: how many of `whole` are not in `part`; fails when that has any other. */
static size_t missing_pieces(const struct heard *whole, const struct heard *part, enum side side)
{
    size_t next = 0;
    size_t missing = 0;

    for (size_t i = 0; i < whole->num_pieces[side]; i++) {
        if (next < part->num_pieces[side] && bytes_equal(buffer_view(&whole->pieces[side][i]),
                                                         buffer_view(&part->pieces[side][next])))
            next++;
        else
            missing++;
    }
    assert_int_equal(next, part->num_pieces[side]);
    return missing;
}

/* Many short words and some long ones, each like no other. */
static void converse(struct parley *t, const struct parley_terms *terms)
{
    static uint8_t words[20000];

    parley_begin(t, terms);
    for (size_t i = 0; i < 40; i++) {
        size_t len = i % 13 == 5 ? 20000 : 1 + i * 37 % 900;

        for (size_t k = 0; k < len; k++)
            words[k] = (uint8_t)(i + k / 256 * 41 + k);
        parley_say(t, i % 3 ? SIDE_SERVER : SIDE_CLIENT, bytes_of(words, len));
        if (i % 16 == 9 && !terms->suites)
            parley_update(t, SIDE_SERVER, SSL_KEY_UPDATE_REQUESTED);
    }
    parley_hang_up(t);
}

static void a_hole_costs_the_records_in_it(const struct parley *t, const struct leaks *leaks,
                                           const struct heard *whole, const struct part *hole,
                                           const struct kind *kind)
{
    struct hit hit = hit_by(t, hole);

    for (int late = 0; late < 2; late++) {
        struct heard *heard = calloc(1, sizeof(*heard));
        struct session *s = play(t, leaks, hole, late, heard);
        size_t missing = missing_pieces(whole, heard, hole->side);

        assert_int_not_equal(s->verdict.outcome, OUTCOME_DECRYPTED);
        if (missing > may_cost(kind, &hit, hole))
            fail_msg("kind %zu: %s, %zu to %zu (%s): %zu records hit, %zu missing",
                     (size_t)(kind - kinds), hole->side == SIDE_CLIENT ? "client" : "server",
                     hole->from, hole->to, late ? "late" : "in order", hit.records, missing);
        assert_int_equal(missing_pieces(whole, heard, side_other(hole->side)), 0);
        assert_int_equal(s->verdict.outcome, OUTCOME_PARTIAL);
        if (!hole->garbled) {
            assert_int_equal(s->verdict.reason, REASON_PACKETS_MISSING);
            assert_true(s->bytes_missing >= hole->to - hole->from);
            assert_true(s->records_missing <= may_cost(kind, &hit, hole));
        }
        session_free(s);
        forget(heard);
    }
}

static size_t random_below(uint64_t *state, size_t limit)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return (size_t)(*state >> 33) % limit;
}

#define HOLES_PER_KIND 120

/* The handshake and what is sealed first is shorter than this, in both directions. */
#define HANDSHAKE_END 4000

/* some_hole picks one behind the direction's first record; a garbled one behind the handshake. */
static struct part some_hole(const struct parley *t, size_t i, bool garbled, uint64_t *random)
{
    static const size_t widths[] = {1, 5, 60, 300, 1448, 4000, 30000};
    struct part hole = {.side = i % 2 ? SIDE_SERVER : SIDE_CLIENT, .garbled = garbled};
    struct hit hit = hit_by(t, &hole);
    size_t first_len = garbled ? HANDSHAKE_END : hit.first_len;

    hole.from = first_len + random_below(random, i % 4 < 2 ? 1500 : hit.len - first_len - 1);
    hole.to = hole.from + 1 + random_below(random, widths[i % 7]);
    if (hole.to > hit.len)
        hole.to = hit.len;
    return hole;
}

/* hole_in_an_end picks one of a few bytes, none of which is more than 24 in front of a record's
 * end. */
static struct part hole_in_an_end(const struct parley *t, size_t i, bool garbled, uint64_t *random)
{
    struct part hole = some_hole(t, i, garbled, random);
    struct hit hit;

    hole.to = hole.from + 1;
    hit = hit_by(t, &hole);
    hole.from = hit.last_end - 1 - random_below(random, 24);
    if (hole.from < hit.first_len)
        hole.from = hit.first_len; /* without which there is nothing */
    hole.to = hole.from + 1 + random_below(random, hit.last_end - hole.from);
    return hole;
}

static void each_whole_record_opens(struct part (*pick)(const struct parley *t, size_t i,
                                                        bool garbled, uint64_t *random),
                                    bool garbled)
{
    for (size_t k = 0; k < NUM_KINDS; k++) {
        static const struct part none = {0};
        struct leaks leaks = {0};
        struct heard *whole = calloc(1, sizeof(*whole));
        struct parley t;
        uint64_t random = k + 1;

        converse(&t, &kinds[k].terms);
        parley_leak(&t, &leaks);
        struct session *s = play(&t, &leaks, &none, false, whole);
        assert_int_equal(s->verdict.outcome, OUTCOME_DECRYPTED);
        session_free(s);
        for (size_t i = 0; i < HOLES_PER_KIND; i++) {
            struct part hole = pick(&t, i, garbled, &random);

            if (hole.from < hole.to)
                a_hole_costs_the_records_in_it(&t, &leaks, whole, &hole, &kinds[k]);
        }
        forget(whole);
        leaks_clear(&leaks);
        parley_clear(&t);
    }
}

static void each_whole_record_opens_wherever_the_hole_is(void **state)
{
    (void)state;
    each_whole_record_opens(some_hole, false);
}

static void each_whole_record_opens_when_the_end_of_one_is_missing(void **state)
{
    (void)state;
    each_whole_record_opens(hole_in_an_end, false);
}

static void each_whole_record_opens_wherever_other_bytes_stand(void **state)
{
    (void)state;
    each_whole_record_opens(some_hole, true);
    each_whole_record_opens(hole_in_an_end, true);
}

static void a_search_of_very_many_bytes_is_given_up_and_that_is_told(void **state)
{
    static const uint8_t zeros[65536];
    static const struct part none = {0};
    const struct connection connection = {.syn_seen = true};
    struct heard *heard = calloc(1, sizeof(*heard));
    const struct session_listener listener = {heard, hear, note_skip, NULL};
    struct leaks leaks = {0};
    struct parley t;

    (void)state;
    parley_begin(&t, &kinds[0].terms);
    parley_leak(&t, &leaks);
    struct session *s = session_new(&connection, false, false, &leaks, &listener, NULL);
    for (size_t i = 0; i < t.num_bursts; i++)
        play_burst(s, &t, i, 0, &none);
    session_gap(s, SIDE_SERVER, &(struct gap){.missing = 100, .frame = 1});
    for (size_t len = 0; len <= SEARCH_MAX_BYTES; len += sizeof(zeros))
        send(s, SIDE_SERVER, bytes_of(zeros, sizeof(zeros)), 1);
    session_close(s, 2);
    assert_true(s->search_limited);
    assert_int_equal(s->verdict.outcome, OUTCOME_PARTIAL);
    assert_non_null(strstr(s->verdict.explanation, "ended after 1843200 bytes"));
    session_free(s);
    forget(heard);
    leaks_clear(&leaks);
    parley_clear(&t);
}

/* In the middle of a record stands what looks like the header of a long one. */
static void what_only_looks_like_a_record_does_not_cost_the_rest(void **state)
{
    const struct connection connection = {.syn_seen = true};
    static uint8_t lookalike[16000] = {CONTENT_APPLICATION_DATA, 3, 3, 15000 >> 8, 15000 & 255};
    static const struct part none = {0};
    struct heard *heard = calloc(1, sizeof(*heard));
    const struct session_listener listener = {heard, hear, note_skip, NULL};
    struct leaks leaks = {0};
    struct parley t;

    (void)state;
    converse(&t, &kinds[6].terms);
    parley_leak(&t, &leaks);
    struct session *s = session_new(&connection, false, false, &leaks, &listener, NULL);
    uint64_t lost = 0; /* of the server's middle, which ends in the lookalike */
    for (size_t i = 0; i < t.num_bursts; i++) {
        if (t.from[i] == SIDE_SERVER && i >= 4 && i + 8 < t.num_bursts) {
            lost += t.bursts[i].len;
            continue;
        }
        if (t.from[i] == SIDE_SERVER && lost > 0) {
            assert_true(lost > sizeof(lookalike));
            session_gap(s, SIDE_SERVER,
                        &(struct gap){.missing = lost - sizeof(lookalike), .frame = i});
            send(s, SIDE_SERVER, bytes_of(lookalike, sizeof(lookalike)), i);
            lost = 0;
        }
        play_burst(s, &t, i, 0, &none);
    }
    session_close(s, t.num_bursts);
    assert_int_equal(s->holes_crossed, 1);
    assert_false(s->search_limited);
    session_free(s);
    forget(heard);
    leaks_clear(&leaks);
    parley_clear(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_whole_record_opens_wherever_the_hole_is),
        CASE(each_whole_record_opens_when_the_end_of_one_is_missing),
        CASE(each_whole_record_opens_wherever_other_bytes_stand),
        CASE(what_only_looks_like_a_record_does_not_cost_the_rest),
        CASE(a_search_of_very_many_bytes_is_given_up_and_that_is_told),
    };

    return RUN(cases);
}
