/*
 * Target: agreement_watch_bytes, agreement_attack. Input: what one side of a connection says.
 * Holds: in two pieces it is the same story as in one; nothing is left held, and nothing opens.
 */
#include "attacker/agreement_attack.h"
#include "attacker/agreements.h"

#include <assert.h>

#include "tests/fuzz/target.h"

static void hear(struct agreements *all, struct agreement_watch *w, struct bytes said)
{
    static const struct connection c = {.server = {.family = 4, .port = 7001}};
    const struct chunk chunk = {.data = said, .frame = 1};

    if (said.len > 0)
        agreement_watch_bytes(w, all, &c, SIDE_CLIENT, &chunk);
}

/* In two pieces. */
static void hear_all(struct agreements *all, struct bytes said, size_t cut)
{
    struct agreement_watch w = {0};
    struct reader r = reader_of(said);
    struct bytes first;

    if (reader_bytes(&r, &first, cut)) {
        hear(all, &w, first);
        hear(all, &w, r.left);
    }
    agreement_watch_end(&w, all);
    assert(all->held == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct leaks none = {0};
    struct agreements whole = {0};
    struct agreements halves = {0};
    struct bytes said = bytes_of(data, len);

    hear_all(&whole, said, 0);
    hear_all(&halves, said, len > 0 ? len / 2 : 0);
    assert(whole.num == halves.num);
    for (size_t i = 0; i < whole.num; i++) {
        assert(agreement_num_values(whole.list[i]) == agreement_num_values(halves.list[i]));
        agreement_attack(whole.list[i], &none);
        assert(whole.list[i]->outcome == OUTCOME_UNDECRYPTABLE && whole.list[i]->explanation);
    }
    agreements_clear(&whole);
    agreements_clear(&halves);
    return 0;
}
