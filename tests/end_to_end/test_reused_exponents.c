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

/* A key log of both must not say two things of one client random. */
static void recordings_of_one_seed_are_told_apart_by_it(void **state)
{
    static const char *const exchanges[] = {"ecdhe", "tls13"};
    char *folder = scratch_new();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct run_result result;

        run_line(&result, "keyfall-victim exchange -q --seed s --kx %s --leaks %s/fresh",
                 exchanges[i], folder);
        run_clear(&result);
        run_line(&result,
                 "keyfall-victim exchange -q --seed s --kx %s --reuse-ephemeral --leaks %s/again",
                 exchanges[i], folder);
        run_clear(&result);
        run_line(&result,
                 "sh -c 'grep -v ^# $0/fresh/keylog.txt | cut -d\" \" -f2 | grep -F -f - "
                 "$0/again/keylog.txt' %s",
                 folder);
        assert_status(&result, 1);
        assert_string_equal(run_out(&result), "");
        run_clear(&result);
    }
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(one_exponent_opens_all_when_it_is_used_again),
        CASE(it_opens_its_own_when_it_is_not),
        CASE(recordings_of_one_seed_are_told_apart_by_it),
    };

    return RUN(cases);
}
