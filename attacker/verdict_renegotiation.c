/* What is said of a session that is open up to a renegotiation, and shut behind it. */
#include "attacker/verdict_settle.h"

void verdict_settle_renegotiation(struct verdict *v, const struct findings *f)
{
    struct verdict inner = {0};

    verdict_settle_unopened(&inner, f->shut);
    verdict_settle(v, OUTCOME_PARTIAL, inner.reason,
                   "Open up to renegotiation %zu, and shut from there on. %s", f->renegotiations,
                   inner.explanation);
}
