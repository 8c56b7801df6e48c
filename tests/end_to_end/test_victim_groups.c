/*
 * The group that the user names is the one in the recording, and the server's exponent in it opens
 * what was said; a group that libssl refuses is refused before anything is recorded.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/dh_file.h"
#include "tests/support/program.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Records with these options; assert_opens: in this group, and with the server's exponent. */
static void assert_opens(const char *folder, const char *options, const char *group)
{
    struct run_result result;

    run_line(&result, "keyfall-victim exchange -q --record %s/r.pcap --leaks %s %s", folder, folder,
             options);
    assert_status(&result, 0);
    run_clear(&result);
    run_line(&result, "keyfall-attacker --json --ephemeral %s/ephemeral-1.pem %s/r.pcap", folder,
             folder);
    assert_status(&result, 0);

    json_t *sessions = run_sessions(&result, NULL);
    const json_t *session = json_array_get(sessions, 0);

    assert_string_equal(json_string_value(json_object_get(session, "group")), group);
    assert_string_equal(json_string_value(json_object_get(session, "outcome")), "decrypted");
    json_decref(sessions);
    run_clear(&result);
}

static void each_group_opens_with_the_servers_exponent(void **state)
{
    static const struct {
        const char *options;
        const char *group;
    } table[] = {
        {"--kx anon-dh --group modp_1536", "modp1536"},
        {"--kx anon-dh --group ffdhe3072", "ffdhe3072"},
        {"--kx ecdhe --key-type ec --group P-384", "secp384r1"},
        {"--kx ecdhe --key-type ec --group X448", "x448"},
        {"--kx tls13 --key-type ec --group ffdhe2048", "ffdhe2048"},
        {"--kx tls13 --key-type ec --group P-521", "secp521r1"},
    };
    char *folder = scratch_new();

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        assert_opens(folder, table[i].options, table[i].group);
    scratch_free(folder);
}

static void a_prime_of_512_bits_from_a_file_opens_as_well(void **state)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/small.pem", folder);
    char *options = alloc_format("--kx dhe --group %s", path);

    (void)state;
    dh_file_write(path, DH_FILE_PRIME_512, 5);
    assert_opens(folder, options, "512-bit DH");
    free(options);
    free(path);
    scratch_free(folder);
}

static void what_libssl_refuses_is_no_request_that_makes_sense(void **state)
{
    static const struct {
        const char *options;
        const char *sentence;
    } table[] = {
        {"exchange --kx rsa --group X25519", "no Diffie-Hellman group takes part in --kx rsa"},
        {"exchange --kx dhe --group X25519", "is a curve, and --kx dhe computes with a prime"},
        {"exchange --kx tls13 --group P-192", "TLS 1.3 has dropped it"},
        {"exchange --kx dhe --group /dev/null", "no group in PEM"},
        {"serve --kx ecdhe --group ffdhe2048", "it is one of TLS 1.3"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct run_result result;

        run_line(&result, "keyfall-victim %s", table[i].options);
        assert_status(&result, 2);
        assert_says(run_err(&result), table[i].sentence);
        run_clear(&result);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_group_opens_with_the_servers_exponent),
        CASE(a_prime_of_512_bits_from_a_file_opens_as_well),
        CASE(what_libssl_refuses_is_no_request_that_makes_sense),
    };

    return RUN(cases);
}
