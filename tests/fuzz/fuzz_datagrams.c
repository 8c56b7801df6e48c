/*
 * Target: datagram_watch_look, session_dtls_datagram, and what a run makes of them. Input: turns of
 * two sides, each a datagram; an odd one is of another client. Holds: verdicts leave in order, and
 * each flow makes as many sessions as it may.
 */
#include <assert.h>

#include "tests/fuzz/target.h"
#include "tests/support/fixture_leaks.h"
#include "tests/support/run_stage.h"
#include "tests/support/turns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct endpoint server = ipv4("10.0.0.2", 4433);
    struct reader r = reader_of(bytes_of(data, len));
    struct run_stage s;
    struct turn turn;
    size_t num_turns = 0;

    run_stage_init(&s, NULL);
    struct resumable *resumable = s.leaks.resumable;
    s.leaks = fixture_leaks_all()->leaks;
    s.leaks.resumable = resumable;
    for (; turn_next(&r, &turn); num_turns++) {
        struct endpoint client = ipv4("10.0.0.1", turn.odd ? 20001 : 20000);

        if (turn.from == SIDE_CLIENT)
            run_stage_datagram(&s, client, server, turn.said);
        else
            run_stage_datagram(&s, server, client, turn.said);
    }
    run_stage_finish(&s);
    assert(s.num_verdicts == s.summary->sessions && s.num_verdicts <= num_turns);
    s.leaks = (struct leaks){0}; /* they stay for the next input */
    run_stage_clear(&s);
    return 0;
}
