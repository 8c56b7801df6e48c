/*
 * A server that uses its ephemeral key again: the exponent of one conversation opens the others.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

/* opens: so many of the three conversations, with what leaked of the second one. */
static void opens(json_int_t num, const char *choices)
{
    char *folder = scratch_new();
    struct run_result result;
    json_t *sessions;
    json_t *summary;

    run_line(&result, "keyfall-victim exchange -q --sessions 3 --record %s/r.pcap --leaks %s/l %s",
             folder, folder, choices);
    assert_status(&result, 0);
    run_clear(&result);
    run_line(&result, "keyfall-attacker --json --ephemeral %s/l/ephemeral-2.pem %s/r.pcap", folder,
             folder);
    assert_status(&result, 0);
    sessions = run_sessions(&result, &summary);
    assert_int_equal(json_array_size(sessions), 3);
    assert_int_equal(json_integer_value(json_object_get(summary, "decrypted")), num);
    json_decref(sessions);
    json_decref(summary);
    run_clear(&result);
    scratch_free(folder);
}

static void one_exponent_opens_all_when_it_is_used_again(void **state)
{
    (void)state;
    opens(3, "--kx ecdhe --key-type ec --reuse-ephemeral");
    opens(3, "--kx tls13 --key-type ec --reuse-ephemeral");
    opens(3, "--kx anon-dh --reuse-ephemeral --seed s");
}

static void it_opens_its_own_when_it_is_not(void **state)
{
    (void)state;
    opens(1, "--kx ecdhe --key-type ec");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(one_exponent_opens_all_when_it_is_used_again),
        CASE(it_opens_its_own_when_it_is_not),
    };

    return RUN(cases);
}
