/* The sentences about what the suite alone is the cause of. */
#include "attacker/crypto/seal_lacks.h"
#include "attacker/tls/group.h"
#include "attacker/tls/inflater.h"
#include "attacker/tls/tlcp.h"
#include "attacker/tls/version.h"
#include "attacker/verdict_settle.h"

void verdict_settle_temporary(struct verdict *v, const struct findings *f)
{
    unsigned bits = group_prime_bits(f->handshake->server_params.modulus);

    if (f->leaks->answers[LEAK_EPHEMERAL] == ANSWER_MISMATCH)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
            "The client sent the premaster secret encrypted to a temporary RSA key of %u bits, and "
            "the ephemeral key that was given is another one.",
            bits);
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
            "The client sent the premaster secret encrypted, but to a temporary RSA key of %u bits "
            "that the server's own key only signed. The server's key does not open it; the "
            "temporary key, given as --ephemeral, would.",
            bits);
}

void verdict_settle_uncomputed(struct verdict *v, const struct handshake *h)
{
    char lacks[SEAL_LACKS_SIZE];

    if (h->datagrams && h->version >= TLS_1_3)
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER,
                       "The secret is known, but records of DTLS 1.3 (RFC 9147) are not read here "
                       "yet.");
    else if (h->compression_method > COMPRESSION_DEFLATE)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER,
            "The secret is known, but the two agreed on a way of compressing records that can't be "
            "undone here: method %u.",
            h->compression_method);
    else if (h->suite && seal_lacks(lacks, h->suite, h->version))
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER,
            "The secret is known, but records that were sealed the way of %s can't be opened: %s.",
            h->suite->name, lacks);
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER,
            "The secret is known, but records that were sealed the way of %s can't be opened "
            "here.",
            h->suite ? h->suite->name : "this suite");
}

void verdict_settle_unknown(struct verdict *v, const struct handshake *h)
{
    const char *name = h->version == TLCP_1_1 ? tlcp_suite_name(h->suite_id) : NULL;

    if (name)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER,
            "The two spoke TLCP 1.1 (GB/T 38636) and agreed on %s: neither how its keys are "
            "exchanged nor how its records are sealed can be computed here.",
            name);
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER,
            "The two agreed on cipher suite 0x%04x%s, which is not known here: neither how keys "
            "were exchanged nor how records are sealed.",
            h->suite_id, h->version == TLCP_1_1 ? " of TLCP 1.1 (GB/T 38636)" : "");
}

bool verdict_settle_hopeless(struct verdict *v, const struct handshake *h)
{
    char lacks[SEAL_LACKS_SIZE];

    if (!seal_lacks(lacks, h->suite, h->version))
        return false;
    verdict_settle(
        v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER,
        "None of the leaks that were given knew the secret, and it would not help: the two agreed "
        "on %s, and %s.",
        h->suite->name, lacks);
    return true;
}
