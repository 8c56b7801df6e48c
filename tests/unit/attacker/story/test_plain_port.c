#include "attacker/story/plain_port.h"

#include "tests/support/check.h"

static void ports_known_for_tls_become_those_without_it(void **state)
{
    static const uint16_t pairs[][2] = {{443, 80},  {8443, 8080}, {993, 143},
                                        {995, 110}, {465, 25},    {636, 389},
                                        {990, 21},  {5061, 5060}, {853, 53}};

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        assert_int_equal(plain_port(pairs[i][0]), pairs[i][1]);
}

static void all_others_stay(void **state)
{
    static const uint16_t ports[] = {0, 25, 80, 442, 444, 4433, 50000, 65535};

    (void)state;
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        assert_int_equal(plain_port(ports[i]), ports[i]);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(ports_known_for_tls_become_those_without_it),
        CASE(all_others_stay),
    };

    return RUN(cases);
}
