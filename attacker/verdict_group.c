/* The sentence about a group that was attacked itself. */
#include "attacker/tls/exchange_name.h"
#include "attacker/verdict_settle.h"

void verdict_settle_group(struct verdict *v, const struct findings *f)
{
    char name[GROUP_TEXT_SIZE];

    verdict_settle(
        v, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
        "The key exchange is ephemeral Diffie-Hellman, and its group (%s) was attacked "
        "itself for %.1f s: neither of the two exponents came to light. The secret never "
        "crossed the wire.",
        exchange_group_name(f->handshake, name), (double)f->leaks->group_withstood_ms / 1000);
}
