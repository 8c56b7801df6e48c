#include "attacker/leaks/group_evidence.h"

#include "attacker/groups/kangaroo.h"
#include "attacker/tls/exchange_name.h"
#include "attacker/tls/known_prime.h"

static uint64_t frame_of(const struct handshake *h)
{
    return h->server_key_exchange ? h->server_key_exchange->frame : 0;
}

static const char *plural(size_t num)
{
    return num == 1 ? "" : "s";
}

static void note_name(const struct handshake *h, struct evidence *e)
{
    static const char step[] = "In which group is the exchange?";
    const struct known_prime *known = known_prime_find(h->server_params.p);

    if (known && known->standard)
        evidence_add(e, frame_of(h), step,
                     "%s, of %s: modulo a prime of %u bits that many servers share", known->name,
                     known->standard, known->bits);
    else if (known)
        evidence_add(e, frame_of(h), step,
                     "%s: its prime comes with that program, so many servers share it",
                     known->name);
    else
        evidence_add(
            e, frame_of(h), step,
            "of integers modulo a number of %u bits, which is none of the well-known primes",
            group_prime_bits(h->server_params.p));
}

/* note_composite: p is a product. */
static void note_composite(const struct group_attack *a, const char *step, uint64_t frame,
                           struct evidence *e)
{
    const BIGNUM *largest = factors_largest(&a->modulus);
    size_t num = a->modulus.num;

    if (!BN_is_one(a->modulus.rest))
        evidence_add(e, frame, step,
                     "no, it is a product. %zu different prime%s of it %s found, and %u bits were "
                     "not taken apart",
                     num, plural(num), num == 1 ? "was" : "were", number_bits(a->modulus.rest));
    else if (largest)
        evidence_add(e, frame, step,
                     "no, it is a product of %zu different prime%s, of which the largest has %u "
                     "bits: a logarithm is taken modulo each of them",
                     num, plural(num), number_bits(largest));
}

static void note_primality(const struct group_attack *a, const struct handshake *h,
                           struct evidence *e)
{
    static const char step[] = "Is the modulus p a prime?";
    const struct factors *f = a->num_parts > 0 ? &a->parts[0].among : NULL;
    const struct known_prime *known = known_prime_find(h->server_params.p);

    switch (a->primality) {
    case PRIMALITY_COMPOSITE:
        note_composite(a, step, frame_of(h), e);
        return;
    case PRIMALITY_UNKNOWN:
        evidence_add(e, frame_of(h), step, "it could not be told in the time that there was");
        return;
    case PRIMALITY_PRIME:
        break;
    }
    if (group_attack_is_safe(a))
        evidence_add(
            e, frame_of(h), step,
            "yes, and so is (p - 1) / 2%s%s, which makes it a safe prime: there are no small "
            "subgroups but that of 1 and -1",
            known && known->safe ? ", as is known of " : "",
            known && known->safe ? known->standard : "");
    else if (f && !BN_is_one(f->rest))
        evidence_add(e, frame_of(h), step,
                     "yes, and no safe one: p - 1 has %zu prime%s that %s found, and %u bits were "
                     "not taken apart",
                     f->num, plural(f->num), f->num == 1 ? "was" : "were", number_bits(f->rest));
    else
        evidence_add(e, frame_of(h), step, "yes, and no safe one: p - 1 has %zu different primes",
                     f ? f->num : 0);
}

/* num_primes counts those that are known of the order of g. */
static size_t num_primes(const struct group_attack *a)
{
    size_t num = 0;

    for (size_t i = 0; i < a->num_parts; i++)
        num += a->parts[i].order.num;
    return num;
}

/* worth says what it means that this is the largest prime of the order. */
static const char *worth(const BIGNUM *largest)
{
    return number_bits(largest) <= KANGAROO_MAX_BITS
               ? "that, and not the length of p, is what a logarithm costs"
               : "too large to go through its elements";
}

static void note_order(const struct group_attack *a, const struct handshake *h, struct evidence *e)
{
    static const char step[] = "Of which primes is the order of g made?";
    const BIGNUM *largest = group_attack_largest(a);
    size_t num = num_primes(a);

    if (!a->prepared)
        evidence_add(e, frame_of(h), step, "it could not be told in the time that there was");
    if (!a->prepared || a->num_parts == 0)
        return;
    if (BN_cmp(a->known, a->order) == 0 && !largest)
        evidence_add(e, frame_of(h), step, "of none: g is 1, and so are all of its powers");
    else if (BN_cmp(largest, a->order) == 0)
        evidence_add(e, frame_of(h), step, "it is one prime, of %u bits: %s", number_bits(largest),
                     worth(largest));
    else if (BN_cmp(a->known, a->order) == 0)
        evidence_add(e, frame_of(h), step,
                     "it has %u bits, and %zu prime%s, of which the largest has %u bits: %s",
                     number_bits(a->order), num, plural(num), number_bits(largest), worth(largest));
    else
        evidence_add(e, frame_of(h), step,
                     "%u bits of it are made of %zu prime%s, the largest with %u bits; what is "
                     "left was not taken apart, and has %u bits",
                     number_bits(a->known), num, plural(num), largest ? number_bits(largest) : 0,
                     number_bits(a->order) - number_bits(a->known) + 1);
}

/* odd_value says what is wrong with a public value; NULL when it lies between 2 and p - 2. */
static const char *odd_value(const struct group_attack *a, struct bytes wire)
{
    BIGNUM *value = number_of_bytes(wire);
    const char *what = BN_is_zero(value)          ? "0"
                       : BN_is_one(value)         ? "1"
                       : BN_cmp(value, a->p) >= 0 ? "not below p"
                                                  : NULL;

    if (!what && BN_add_word(value, 1) == 1 && BN_cmp(value, a->p) == 0)
        what = "-1";
    BN_free(value);
    return what;
}

static void note_values(const struct group_attack *a, const struct handshake *h, struct evidence *e)
{
    static const char step[] = "Does each public value lie between 2 and p - 2?";
    const char *server = odd_value(a, h->server_value);
    const char *client = odd_value(a, h->client_value);

    if (server)
        evidence_add(e, frame_of(h), step, "no: the server's is %s, which no honest program sends",
                     server);
    if (client)
        evidence_add(e, h->client_key_exchange ? h->client_key_exchange->frame : 0, step,
                     "no: the client's is %s, which no honest program sends", client);
}

void group_evidence_facts(const struct group_attack *a, const struct handshake *h,
                          struct evidence *e)
{
    note_name(h, e);
    note_primality(a, h, e);
    note_order(a, h, e);
    note_values(a, h, e);
}

/* --- What came of it ------------------------------------------------------------------------ */

static const char exponent_step[] = "Does an exponent follow from the public values?";

void group_evidence_found(const struct group_attack *a, const struct group_solution *s,
                          const struct handshake *h, uint64_t spent_ms, struct evidence *e)
{
    static const char *const names[] = {"server", "client"};
    const char *whose = names[s->whose % 2];
    double seconds = (double)spent_ms / 1000;

    switch (s->way) {
    case WAY_NONE:
        return;
    case WAY_SMALL_PRIMES:
        evidence_add(
            e, frame_of(h), exponent_step,
            num_primes(a) > 1
                ? "yes, in %.2f s: the %s's was found modulo each of %zu primes, and these "
                  "were put together (Pohlig and Hellman)"
                : "yes, in %.2f s: the %s's was found among so few elements",
            seconds, whose, num_primes(a));
        break;
    case WAY_SMALL_SUBGROUP:
        evidence_add(e, frame_of(h), exponent_step,
                     "so much as is needed, in %.2f s: the %s's value is one of so few that no "
                     "more than %u bits of the other exponent matter",
                     seconds, names[1 - s->whose % 2], s->known_bits);
        return;
    case WAY_SHORT:
        evidence_add(e, frame_of(h), exponent_step,
                     "yes, in %.2f s: the %s's has no more than %u bits. Small primes gave away %u "
                     "of them, and Pollard's kangaroos found the rest",
                     seconds, whose, number_bits(s->exponent), s->known_bits - 1);
        break;
    }
    evidence_add(e, 0, "Is g to the power of it the public value?",
                 "yes: it was computed, and is what the %s sent", whose);
}

void group_evidence_no_power(const struct handshake *h, struct evidence *e)
{
    evidence_add(
        e, frame_of(h), exponent_step,
        "no, there is none: neither of them is a power of g, so they were not made in this "
        "group");
}

/* note_cost: of the attacks that are known, the two that could be better. */
static void note_cost(const struct group_attack *a, const struct handshake *h, struct evidence *e)
{
    const BIGNUM *largest = group_attack_largest(a);
    char name[GROUP_TEXT_SIZE];
    char cost[GROUP_TEXT_SIZE];

    (void)group_cost_prime(number_bits(a->p), cost);
    evidence_add(e, frame_of(h), "What would it cost, then?", "a discrete logarithm in %s: %s",
                 exchange_group_name(h, name), cost);
    if (largest && BN_cmp(a->known, a->order) == 0 && number_bits(largest) < number_bits(a->p) / 2)
        evidence_add(e, frame_of(h), "And by way of the order of g?",
                     "Pollard's rho, about 2^%u steps, for its largest prime has %u bits",
                     number_bits(largest) / 2, number_bits(largest));
}

void group_evidence_withstood(const struct group_attack *a, unsigned tried_bits,
                              const struct handshake *h, uint64_t spent_ms, bool before,
                              struct evidence *e)
{
    double seconds = (double)spent_ms / 1000;

    if (before)
        evidence_add(
            e, frame_of(h), exponent_step,
            "no: this group has withstood %.1f s before in this recording, for other values "
            "in it, and was not tried for as long again",
            seconds);
    else if (tried_bits > 0)
        evidence_add(e, frame_of(h), exponent_step,
                     "no, not in %.1f s: neither small primes nor a short exponent gave one away; "
                     "Pollard's kangaroos looked for those below 2^%u",
                     seconds, tried_bits);
    else
        evidence_add(e, frame_of(h), exponent_step,
                     "no, not in %.1f s: neither small primes nor a short exponent gave one away",
                     seconds);
    note_cost(a, h, e);
}

void group_evidence_none(const struct handshake *h, struct evidence *e)
{
    static const char step[] = "Is there a group of integers modulo p to attack?";
    const struct group *group = group_find(h->group);
    char cost[GROUP_TEXT_SIZE];

    if (group && (group->kind == GROUP_CURVE || group->kind == GROUP_MONTGOMERY))
        evidence_add(e, 0, step,
                     "no: %s is a curve, whose order is a prime near its size, and none of what "
                     "makes such groups weak applies. What is left is %s",
                     group->name, group_cost_curve(group->bits, cost));
    else if (group && group->kind == GROUP_FINITE_FIELD)
        evidence_add(e, 0, step,
                     "%s, and it is not tried: in TLS 1.3 they are those of RFC 7919, whose primes "
                     "are safe. What is left is %s",
                     group->name, group_cost_prime(group->bits, cost));
    else if (group)
        evidence_add(e, 0, step, "no: %s is no such group, and no logarithm opens it alone",
                     group->name);
    else
        evidence_add(e, 0, step, "no: no Diffie-Hellman with ephemeral numbers took place");
}
