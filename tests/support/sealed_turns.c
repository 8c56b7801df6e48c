#include "tests/support/sealed_turns.h"

#include "attacker/tls/record.h"
#include "tests/support/check.h"
#include "tests/support/turns.h"

/* Types that there are: from ChangeCipherSpec to the one with a connection ID. */
#define NUM_TYPES (CONTENT_CONNECTION_ID - CONTENT_CHANGE_CIPHER_SPEC + 1)

void sealed_turns_append(struct parley *t, struct sealer sealers[static 2], struct bytes turns)
{
    struct reader r = reader_of(turns);
    struct turn turn;

    while (t->num_bursts < PARLEY_MAX_BURSTS && turn_next(&r, &turn)) {
        struct reader said = reader_of(turn.said);
        uint8_t type = 0;

        (void)!reader_u8(&said, &type);
        type = (uint8_t)(CONTENT_CHANGE_CIPHER_SPEC + type % NUM_TYPES);

        struct bytes record = sealer_seal(&sealers[turn.from], type, said.left);

        t->from[t->num_bursts] = turn.from;
        buffer_append(&t->bursts[t->num_bursts++], record);
        exact_free(record);
    }
}
