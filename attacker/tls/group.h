/*
 * group.h - in which group did they do Diffie-Hellman, and what would it cost to undo it?
 *
 * The public value g^x crossed the wire; x did not. To go from one to the other is the discrete
 * logarithm problem, and its price depends on the group alone.
 */
#ifndef KEYFALL_ATTACKER_TLS_GROUP_H
#define KEYFALL_ATTACKER_TLS_GROUP_H

#include <stdbool.h>

#include "capture/bytes.h"

enum group_kind {
    GROUP_FINITE_FIELD, /* integers modulo a prime: RFC 7919 */
    GROUP_CURVE,        /* points (x, y) on a curve: RFC 8422 */
    GROUP_MONTGOMERY,   /* X25519 and X448, one coordinate: RFC 7748 */
    GROUP_HYBRID,       /* a curve and ML-KEM, both needed: a quantum computer opens one of them */
    GROUP_LATTICE,      /* ML-KEM alone: FIPS 203 */
};

struct group {
    uint16_t id; /* in supported_groups and key_share */
    const char *name;
    const char *libcrypto; /* its name there; NULL when libcrypto has none */
    enum group_kind kind;
    unsigned bits; /* of the prime (finite field), of the group's order (curves); 0 for a lattice */
};

/* group_yields_to_quantum: would a quantum computer get at the shared secret (Shor's algorithm)? */
bool group_yields_to_quantum(const struct group *group);

/* group_find returns the row of a number from the wire, or NULL. */
const struct group *group_find(uint16_t id);

/* group_find_named returns the first row with libcrypto's name, or NULL. */
const struct group *group_find_named(const char *libcrypto);

#define GROUP_TEXT_SIZE 256

/*
 * group_prime_name writes what is known of a prime that a server sent for DHE: the name of
 * known_prime.h, "ffdhe2048" or "512-bit DH of Apache mod_ssl 2.2", else "2048-bit DH"; and returns
 * `out`.
 */
char *group_prime_name(struct bytes p, char out[static GROUP_TEXT_SIZE]);

/*
 * group_hides: can a public value hide its exponent at all? Not when it is 0, 1 or p - 1 (`p` is
 * empty for a curve), or a point that is all zeros: then everybody knows the shared secret.
 * RFC 7919 section 5.1, RFC 7748 section 6.1.
 */
bool group_hides(struct bytes p, struct bytes value);

/* group_prime_bits is the length of a number, leading zeros not counted. */
unsigned group_prime_bits(struct bytes p);

/*
 * group_cost_curve and group_cost_prime write, for a curve of `bits` and for a prime of `bits`, the
 * best known attack and the order of magnitude of its work, as a clause; and return `out`.
 */
char *group_cost_curve(unsigned bits, char out[static GROUP_TEXT_SIZE]);
char *group_cost_prime(unsigned bits, char out[static GROUP_TEXT_SIZE]);

#endif
