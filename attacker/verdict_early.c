/* The sentences about early data (0-RTT), which has keys of its own. */
#include "attacker/verdict_settle.h"

void verdict_settle_early_alone(struct verdict *v, const struct findings *f)
{
    unsigned long long opened = f->early_opened;

    if (f->early_source == LEAK_KEYLOG)
        verdict_settle(
            v, OUTCOME_PARTIAL, REASON_NO_KEY,
            "Only the early data (0-RTT) is open, %llu of %llu records: the key log holds "
            "its secret, CLIENT_EARLY_TRAFFIC_SECRET, and none of the others of this "
            "session.",
            opened, (unsigned long long)f->records);
    else if (f->early_source == LEAK_TICKET_KEY)
        verdict_settle(
            v, OUTCOME_PARTIAL, REASON_FORWARD_SECRET,
            "Only the early data (0-RTT) is open, %llu of %llu records: its keys follow from the "
            "pre-shared key in the ticket alone, and the ticket key opens that. Into those of the "
            "rest goes an ephemeral key exchange, which withstands this.%s%s%s",
            opened, (unsigned long long)f->records,
            f->early_published ? " Nobody has to steal that key, for it is published: " : "",
            f->early_published ? f->early_published : "", f->early_published ? "." : "");
    else
        verdict_settle(v, OUTCOME_PARTIAL, REASON_FORWARD_SECRET,
                       "Only the early data (0-RTT) is open, %llu of %llu records: its keys follow "
                       "from the pre-shared key %s. Into those of the rest goes an ephemeral key "
                       "exchange, which withstands this.",
                       opened, (unsigned long long)f->records,
                       f->early_source == LEAK_PSK ? "alone, which was given"
                                                   : "of an earlier session alone");
}

void verdict_settle_early_shut(struct verdict *v, const struct findings *f)
{
    verdict_settle(v, OUTCOME_PARTIAL, REASON_PSK_NEEDED,
                   "The client began with early data (0-RTT), and %llu record%s of it stay%s shut, "
                   "while all others open. CLIENT_EARLY_TRAFFIC_SECRET in a key log would open "
                   "%s, or the pre-shared key that the client offers first, from which that "
                   "follows.",
                   (unsigned long long)f->early_shut, f->early_shut == 1 ? "" : "s",
                   f->early_shut == 1 ? "s" : "", f->early_shut == 1 ? "it" : "them");
}
