#include "attacker/groups/number.h"

void number_must(bool done)
{
    if (!done)
        (void)alloc_checked(NULL);
}

BIGNUM *number_new(void)
{
    return alloc_checked(BN_new());
}

BIGNUM *number_of_word(uint64_t word)
{
    BIGNUM *n = number_new();

    number_must(BN_set_word(n, word) == 1);
    return n;
}

BIGNUM *number_copy(const BIGNUM *n)
{
    return alloc_checked(BN_dup(n));
}

BIGNUM *number_of_bytes(struct bytes wire)
{
    return alloc_checked(BN_bin2bn(wire.at, (int)wire.len, NULL));
}

uint64_t number_word(const BIGNUM *n)
{
    return BN_get_word(n);
}

unsigned number_bits(const BIGNUM *n)
{
    return (unsigned)BN_num_bits(n);
}
