#include "attacker/tls/group.h"

#include <math.h>
#include <openssl/bn.h>
#include <stdio.h>

#include "attacker/tls/known_prime.h"

/* The largest prime in whose field somebody has said in public that they took a logarithm: 795
 * bits, about 3100 core-years. Boudot, Gaudry, Guillevic, Heninger, Thome, Zimmermann, CRYPTO 2020.
 */
#define LARGEST_PRIME_SOLVED 795

/* Adrian et al., "Imperfect Forward Secrecy: How Diffie-Hellman Fails in Practice", CCS 2015: for
 * two primes of this length they did once what does not depend on the exponent. */
#define LARGEST_PRIME_PREPARED 512

/* row is one after the other, NULL behind the last. */
static const struct group *row(size_t which)
{
    static const struct group groups[] = {
        {0x0010, "secp160r1", "secp160r1", GROUP_CURVE, 160},
        {0x0013, "secp192r1", "prime192v1", GROUP_CURVE, 192},
        {0x0015, "secp224r1", "secp224r1", GROUP_CURVE, 224},
        {0x0016, "secp256k1", "secp256k1", GROUP_CURVE, 256},
        {0x0017, "secp256r1", "prime256v1", GROUP_CURVE, 256},
        {0x0018, "secp384r1", "secp384r1", GROUP_CURVE, 384},
        {0x0019, "secp521r1", "secp521r1", GROUP_CURVE, 521},
        {0x001a, "brainpoolP256r1", "brainpoolP256r1", GROUP_CURVE, 256},
        {0x001b, "brainpoolP384r1", "brainpoolP384r1", GROUP_CURVE, 384},
        {0x001c, "brainpoolP512r1", "brainpoolP512r1", GROUP_CURVE, 512},
        {0x001d, "x25519", "X25519", GROUP_MONTGOMERY, 252},
        {0x001e, "x448", "X448", GROUP_MONTGOMERY, 446},
        {0x001f, "brainpoolP256r1tls13", "brainpoolP256r1", GROUP_CURVE, 256},
        {0x0020, "brainpoolP384r1tls13", "brainpoolP384r1", GROUP_CURVE, 384},
        {0x0021, "brainpoolP512r1tls13", "brainpoolP512r1", GROUP_CURVE, 512},
        {0x0029, "curveSM2", "SM2", GROUP_CURVE, 256},
        {0x0100, "ffdhe2048", "ffdhe2048", GROUP_FINITE_FIELD, 2048},
        {0x0101, "ffdhe3072", "ffdhe3072", GROUP_FINITE_FIELD, 3072},
        {0x0102, "ffdhe4096", "ffdhe4096", GROUP_FINITE_FIELD, 4096},
        {0x0103, "ffdhe6144", "ffdhe6144", GROUP_FINITE_FIELD, 6144},
        {0x0104, "ffdhe8192", "ffdhe8192", GROUP_FINITE_FIELD, 8192},
        {0x0200, "MLKEM512", NULL, GROUP_LATTICE, 0},
        {0x0201, "MLKEM768", NULL, GROUP_LATTICE, 0},
        {0x0202, "MLKEM1024", NULL, GROUP_LATTICE, 0},
        {0x11eb, "SecP256r1MLKEM768", NULL, GROUP_HYBRID, 256},
        {0x11ec, "X25519MLKEM768", NULL, GROUP_HYBRID, 252},
        {0x11ed, "SecP384r1MLKEM1024", NULL, GROUP_HYBRID, 384},
        {0x6399, "X25519Kyber768Draft00", NULL, GROUP_HYBRID, 252},
        {0x639a, "SecP256r1Kyber768Draft00", NULL, GROUP_HYBRID, 256},
    };

    return which < sizeof(groups) / sizeof(groups[0]) ? &groups[which] : NULL;
}

const struct group *group_find(uint16_t id)
{
    const struct group *group;

    for (size_t i = 0; (group = row(i)) != NULL; i++) {
        if (group->id == id)
            return group;
    }
    return NULL;
}

const struct group *group_find_named(const char *libcrypto)
{
    const struct group *group;

    for (size_t i = 0; (group = row(i)) != NULL; i++) {
        if (group->libcrypto && strcmp(group->libcrypto, libcrypto) == 0)
            return group;
    }
    return NULL;
}

bool group_yields_to_quantum(const struct group *group)
{
    return group->kind != GROUP_HYBRID && group->kind != GROUP_LATTICE;
}

unsigned group_prime_bits(struct bytes p)
{
    struct reader r = reader_of(p);
    uint8_t first = 0;

    while (first == 0) {
        if (!reader_u8(&r, &first))
            return 0;
    }

    unsigned bits = (unsigned)r.left.len * 8;
    for (; first > 0; first >>= 1)
        bits++;
    return bits;
}

/* is_trivial_power: 0, 1 and p - 1, which is what is left when p is as small as 3. */
static bool is_trivial_power(const BIGNUM *p, BIGNUM *value)
{
    bool trivial = BN_is_zero(value) || BN_is_one(value) || BN_cmp(value, p) >= 0;

    return trivial || (BN_add_word(value, 1) == 1 && BN_cmp(value, p) == 0);
}

bool group_hides(struct bytes p, struct bytes value)
{
    if (p.len == 0)
        return group_prime_bits(value) > 0;

    BIGNUM *modulus = BN_bin2bn(p.at, (int)p.len, NULL);
    BIGNUM *number = BN_bin2bn(value.at, (int)value.len, NULL);
    bool hides = modulus && number && !is_trivial_power(modulus, number);

    BN_free(modulus);
    BN_free(number);
    return hides;
}

char *group_prime_name(struct bytes p, char out[static GROUP_TEXT_SIZE])
{
    const struct known_prime *known = known_prime_find(p);

    if (known)
        (void)snprintf(out, GROUP_TEXT_SIZE, "%s", known->name);
    else
        (void)snprintf(out, GROUP_TEXT_SIZE, "%u-bit DH", group_prime_bits(p));
    return out;
}

char *group_cost_curve(unsigned bits, char out[static GROUP_TEXT_SIZE])
{
    (void)snprintf(out, GROUP_TEXT_SIZE,
                   "Pollard's rho, about 2^%u steps; nothing better is known for this curve",
                   bits / 2);
    return out;
}

char *group_cost_prime(unsigned bits, char out[static GROUP_TEXT_SIZE])
{
    /* L_p[1/3, (64/9)^(1/3)], the heuristic cost of the number field sieve, without its o(1).
     * Schirokauer, "Discrete logarithms and local units", 1993. */
    double ln_p = bits * log(2.0);
    double work = pow(64.0 / 9.0, 1.0 / 3.0) * pow(ln_p, 1.0 / 3.0) * pow(log(ln_p), 2.0 / 3.0);

    if (bits <= LARGEST_PRIME_PREPARED)
        (void)snprintf(
            out, GROUP_TEXT_SIZE,
            "the number field sieve, within reach: for %d bits, a week of preparation for "
            "the prime, then a minute for each exponent (Adrian et al., 2015)",
            LARGEST_PRIME_PREPARED);
    else if (bits <= LARGEST_PRIME_SOLVED)
        (void)snprintf(out, GROUP_TEXT_SIZE,
                       "the number field sieve, within reach: %d bits were done in 2019 (CRYPTO "
                       "2020, about 3100 core-years)",
                       LARGEST_PRIME_SOLVED);
    else
        (void)snprintf(out, GROUP_TEXT_SIZE,
                       "the number field sieve, about 2^%.0f steps; the public record is %d bits",
                       work / log(2.0), LARGEST_PRIME_SOLVED);
    return out;
}
