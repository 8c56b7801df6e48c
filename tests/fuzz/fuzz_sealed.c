/*
 * Target: what a session makes of a record once it is open. Input: a choice, then turns, of which
 * each is sealed with the keys of a conversation. Holds: no more is given out than was sealed,
 * unless it was compressed.
 */
#include <assert.h>

#include "tests/fuzz/target.h"
#include "tests/support/draft_talk.h"
#include "tests/support/handmade.h"
#include "tests/support/played.h"
#include "tests/support/sealed_turns.h"

enum choice { CHOICE_TLS_1_2, CHOICE_DEFLATE, CHOICE_TLS_1_3, CHOICE_DRAFT_18, NUM_CHOICES };

static void check_and_clear(struct played *p, bool compressed, size_t len)
{
    assert(compressed || p->said[SIDE_CLIENT].len + p->said[SIDE_SERVER].len <= len);
    played_clear(p);
}

static void over_tls_1_2(struct bytes turns, bool compressed)
{
    struct handmade m;
    struct played p;

    handmade_begin(&m, &(struct handmade_terms){.compression = compressed});
    sealed_turns_append(&m.parley, m.sealers, turns);
    played_with_server_key(&p, &m.parley);
    check_and_clear(&p, compressed, turns.len);
    handmade_clear(&m);
}

static void over_tls_1_3(struct bytes turns, unsigned draft)
{
    struct draft_talk t;
    struct played p;

    draft_talk_begin(&t, &(struct draft_terms){.draft = draft});
    sealed_turns_append(&t.parley, t.sealers, turns);
    played_with_ephemeral(&p, &t.parley, t.shares[SIDE_SERVER]);
    check_and_clear(&p, false, turns.len);
    draft_talk_clear(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct reader r = reader_of(bytes_of(data, len));
    uint8_t choice;

    if (!reader_u8(&r, &choice))
        return 0;
    choice %= NUM_CHOICES;
    if (choice == CHOICE_TLS_1_2 || choice == CHOICE_DEFLATE)
        over_tls_1_2(r.left, choice == CHOICE_DEFLATE);
    else
        over_tls_1_3(r.left, choice == CHOICE_DRAFT_18 ? 18 : 0);
    return 0;
}
