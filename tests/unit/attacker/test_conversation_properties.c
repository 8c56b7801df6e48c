/*
 * A conversation behind plain talk, told in thousands of ways: cut up, one side ahead of the other,
 * with holes. What is whole opens; what has holes is never called decrypted; and one connection
 * never makes two sessions.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/preface.h"
#include "tests/support/run_stage.h"

#define NUM_TELLINGS 1400

/* What both sides say: the plain talk and the TLS behind it. */
struct script {
    struct buffer said[2];
    size_t plain_len[2];
};

static void write_script(struct script *out, const struct preface *preface)
{
    struct segments list;

    *out = (struct script){0};
    segments_read(&list, "fixtures/rsa/recording.pcap");
    for (size_t i = 0; i < PREFACE_MAX_TURNS; i++) {
        enum side from = preface->turns[i].from;

        buffer_append(&out->said[from], preface->turns[i].said);
        out->plain_len[from] = out->said[from].len;
    }
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct buffer tls = segments_stream(&list, side == SIDE_CLIENT);

        buffer_append(&out->said[side], buffer_view(&tls));
        buffer_clear(&tls);
    }
    segments_clear(&list);
}

struct telling {
    bool with_syn;
    unsigned max_piece;
    unsigned lost_of_100; /* pieces that were not recorded */
};

static unsigned roll(unsigned short dice[static 3], unsigned sides)
{
    return (unsigned)nrand48(dice) % sides;
}

/* tell says all of it in pieces, both sides in any order; true when bytes of TLS were lost. */
static bool tell(struct run_stage *s, const struct script *script, const struct telling *how,
                 unsigned short dice[static 3])
{
    struct talk t = how->with_syn ? talk_open(s, 20000) : talk_silently(s, 20000);
    struct reader left[2] = {reader_of(buffer_view(&script->said[SIDE_CLIENT])),
                             reader_of(buffer_view(&script->said[SIDE_SERVER]))};
    bool lost_tls = false;

    while (!reader_done(&left[SIDE_CLIENT]) || !reader_done(&left[SIDE_SERVER])) {
        enum side from = roll(dice, 2) ? SIDE_CLIENT : SIDE_SERVER;
        struct bytes piece = bytes_first(left[from].left, 1 + roll(dice, how->max_piece));

        assert_true(reader_skip(&left[from], piece.len));
        if (piece.len > 0 && roll(dice, 100) < how->lost_of_100) {
            talk_lose(&t, from, (uint32_t)piece.len);
            lost_tls |= script->said[from].len - left[from].left.len > script->plain_len[from];
        } else {
            talk_say(&t, from, piece);
        }
    }
    talk_close(&t);
    return lost_tls;
}

static void try_telling(const struct script *script, unsigned short dice[static 3])
{
    const struct telling how = {
        .with_syn = roll(dice, 2),
        .max_piece = 1 + roll(dice, roll(dice, 2) ? 50 : 1500),
        .lost_of_100 = roll(dice, 2) ? roll(dice, 20) : 0,
    };
    struct run_stage s;
    bool lost_tls;

    run_stage_init(&s, "rsa");
    lost_tls = tell(&s, script, &how, dice);
    run_stage_finish(&s);
    assert_true(s.num_verdicts <= 1);
    if (how.lost_of_100 == 0)
        assert_int_equal(s.num_verdicts, 1);
    if (s.num_verdicts == 1 &&
        (s.noted[0].verdict.outcome == OUTCOME_DECRYPTED) != (how.lost_of_100 == 0 || !lost_tls))
        fail_msg("%s SYN, pieces up to %u, %s: %s", how.with_syn ? "with" : "without",
                 how.max_piece, lost_tls ? "lost TLS" : "all there",
                 s.noted[0].verdict.explanation);
    run_stage_clear(&s);
}

static void however_it_is_told_the_verdict_fits(void **state)
{
    unsigned short dice[3] = {3, 4, 5};

    (void)state;
    for (size_t i = 0; i < NUM_PREFACES; i++) {
        struct script script;

        write_script(&script, &prefaces[i]);
        for (size_t n = 0; n < NUM_TELLINGS / NUM_PREFACES; n++)
            try_telling(&script, dice);
        buffer_clear(&script.said[SIDE_CLIENT]);
        buffer_clear(&script.said[SIDE_SERVER]);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {CASE(however_it_is_told_the_verdict_fits)};

    return RUN(cases);
}
