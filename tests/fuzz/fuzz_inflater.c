/*
 * Target: inflater_next and inflate_whole. Input: turns, each the content of a record; an odd one
 * is missing. Holds: nothing becomes longer than it may, and behind a loss nothing is read.
 */
#include "attacker/tls/inflater.h"

#include <assert.h>

#include "tests/fuzz/target.h"
#include "tests/support/turns.h"

/* As long as what is compressed may say it will be. */
#define WHOLE_LEN 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct reader r = reader_of(bytes_of(data, len));
    struct inflater *inflater = inflater_new();
    struct buffer whole = {0};
    struct bytes plain;
    struct turn turn;
    bool lost = false;

    while (turn_next(&r, &turn)) {
        if (turn.odd) {
            inflater_lose(inflater);
            lost = true;
        }
        if (inflater_next(inflater, &plain, turn.said))
            assert(!lost && plain.len <= INFLATER_MAX_PLAIN);
        if (inflate_whole(&whole, turn.said, WHOLE_LEN))
            assert(whole.len % WHOLE_LEN == 0);
    }
    buffer_clear(&whole);
    inflater_free(inflater);
    return 0;
}
