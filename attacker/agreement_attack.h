/*
 * agreement_attack.h - does one member's secret open what all of them agreed on?
 *
 * Without a secret there is nothing to compute: each value that crossed lacks an exponent. With one
 * x the value that arrived last at its owner becomes the key, whichever member that is. So an
 * agreement is as safe as the most careless of its members.
 *
 *     key = HKDF-SHA256(salt: the agreement's number, secret: g^(x1 ... xn), as long as p,
 *                       info: "keyfall group message"), 32 bytes        RFC 5869
 *     message: AES-256-GCM, the header being additional data            RFC 5116
 */
#ifndef KEYFALL_ATTACKER_AGREEMENT_ATTACK_H
#define KEYFALL_ATTACKER_AGREEMENT_ATTACK_H

#include "attacker/agreement.h"
#include "attacker/leaks/leaks.h"

/* agreement_attack tries the ephemeral keys that leaked, and reaches the verdict. It opens only
 * what verifies. */
void agreement_attack(struct agreement *a, const struct leaks *leaks);

#endif
