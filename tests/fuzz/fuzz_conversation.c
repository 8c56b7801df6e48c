/*
 * Target: conversation_bytes and conversation_gap. Input: turns of two sides; an odd one is a hole.
 * Holds: what is given out as plaintext was opened, and there is a verdict when there was TLS.
 */
#include "attacker/conversation.h"

#include <assert.h>

#include "tests/fuzz/target.h"
#include "tests/support/fixture_leaks.h"
#include "tests/support/turns.h"

static void check(const struct conversation *c)
{
    const struct session *s = c->session;

    assert((c->state == CONVERSATION_ENDED) == (s != NULL));
    for (enum side side = SIDE_CLIENT; s && side <= SIDE_SERVER; side++) {
        const struct direction *d = &s->directions[side];

        assert(d->records_opened <= d->records);
        assert(d->plain_bytes <= d->records_opened * RECORD_MAX_FRAGMENT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct leaks leaks = fixture_leaks_all()->leaks;
    struct connection connection = {.syn_seen = len % 2};
    struct sinks sinks = {0};
    struct reader r = reader_of(bytes_of(data, len));
    struct turn turn;
    uint64_t frame = 1;

    leaks.resumable = resumable_new();

    struct conversation *c = conversation_new(&connection, &leaks, &sinks);
    for (; turn_next(&r, &turn); frame++) {
        if (turn.odd)
            conversation_gap(c, turn.from, &(struct gap){turn.len + 1, turn.len % 2, frame});
        conversation_bytes(c, turn.from, &(struct chunk){turn.said, frame, frame});
        (void)conversation_memory(c);
    }
    connection.end_ns = frame;
    conversation_close(c);
    check(c);
    if (c->state == CONVERSATION_ENDED)
        conversation_tell(c, 1);
    conversation_free(c);
    resumable_free(leaks.resumable);
    return 0;
}
