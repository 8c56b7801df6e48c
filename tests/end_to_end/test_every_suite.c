/*
 * Every suite that `keyfall-victim list` names, at every version it is listed for: a live
 * conversation, recorded, and then every leak that could matter.
 *
 *     key exchange            server key          ephemeral key     key log
 *     rsa                     opens               -                 opens
 *     dhe, ecdhe, anonymous   stays shut          opens             opens
 *     tls13                   stays shut          opens             opens
 *     psk, rsa-psk            psk needed          -                 opens
 *     dhe-psk, ecdhe-psk      stays shut          psk needed        opens
 *
 * With the pre-shared key, psk opens; rsa-psk with the server's key besides, and dhe-psk and
 * ecdhe-psk with the ephemeral key besides.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define MAX_SUITES 400
#define PSK        "keyfall:00112233445566778899aabbccddeeff"

/* A line of the list: IANA name, id, key exchange, authentication, lowest-highest version. */
struct listed {
    char name[64];
    char id[8];
    char exchange[16];
    char authentication[16];
    unsigned lowest; /* the minor of TLS 1.x */
    unsigned highest;
};

/* What all cases share: the folder in which keys are kept once they were made, one a kind. */
static char *keys_folder;

static bool read_listed(const char *line, struct listed *out)
{
    char lowest;
    char highest;

    if (line[0] == '#' || sscanf(line, "%63s %7s %15s %15s 1.%c-1.%c", out->name, out->id,
                                 out->exchange, out->authentication, &lowest, &highest) != 6)
        return false;
    out->lowest = (unsigned)(lowest - '0');
    out->highest = (unsigned)(highest - '0');
    return true;
}

static bool is_one_of(const char *word, const char *list)
{
    const char *found = strstr(list, word);

    return found && (found == list || found[-1] == ' ') && strchr(" ", found[strlen(word)]);
}

/* attack runs the attacker with one leak and compares outcome and reason. */
static void attack(const struct listed *suite, const char *folder, const char *leak,
                   const char *outcome, const char *reason)
{
    struct run_result result;
    json_t *sessions;
    const json_t *session;
    const char *got;

    run_line(&result, "keyfall-attacker --json %s %s/r.pcap", leak, folder);
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), 1);
    session = json_array_get(sessions, 0);
    got = json_string_value(json_object_get(session, "reason"));
    if (strcmp(json_string_value(json_object_get(session, "outcome")), outcome) != 0 ||
        strcmp(got ? got : "", reason) != 0)
        fail_msg("%s with %s: not %s (%s) but\n%.3000s", suite->name, leak, outcome, reason,
                 run_out(&result));
    assert_string_equal(json_string_value(json_object_get(session, "cipher_suite")), suite->name);
    assert_string_equal(json_string_value(json_object_get(session, "cipher_suite_id")), suite->id);
    assert_int_equal(result.status, strcmp(outcome, "decrypted") == 0 ? 0 : 1);
    json_decref(sessions);
    run_clear(&result);
}

/* attack_with puts the leak's file into the option. */
static void attack_with(const struct listed *suite, const char *folder, const char *option,
                        const char *file, const char *outcome, const char *reason)
{
    char *leak = alloc_format("%s %s/%s", option, folder, file);

    attack(suite, folder, leak, outcome, reason);
    free(leak);
}

/* attack_with_psk: alone, and with what goes into the keys besides. */
static void attack_with_psk(const struct listed *s, const char *folder, bool ephemeral)
{
    if (strcmp(s->exchange, "psk") == 0) {
        attack(s, folder, "--psk " PSK, "decrypted", "");
        attack(s, folder, "--psk keyfall:00", "undecryptable", "key_mismatch");
    } else if (ephemeral) {
        attack(s, folder, "--psk " PSK, "protected", "forward_secret");
        attack_with(s, folder, "--psk " PSK " --ephemeral", "l/ephemeral-1.pem", "decrypted", "");
    } else {
        attack(s, folder, "--psk " PSK, "undecryptable", "no_key");
        attack_with(s, folder, "--psk " PSK " -k", "l/server.key", "decrypted", "");
    }
}

static void attack_with_all(const struct listed *s, const char *folder)
{
    bool certificate = !is_one_of(s->authentication, "none psk");
    bool psk = strstr(s->exchange, "psk") != NULL;
    bool ephemeral = is_one_of(s->exchange, "dhe ecdhe tls13 anon-dh anon-ecdh dhe-psk ecdhe-psk");
    const char *const shut[2] = {psk && !ephemeral ? "undecryptable" : "protected",
                                 psk && !ephemeral ? "psk_needed" : "forward_secret"};

    attack_with(s, folder, "--keylog", "l/keylog.txt", "decrypted", "");
    if (strcmp(s->exchange, "rsa") == 0)
        attack_with(s, folder, "-k", "l/server.key", "decrypted", "");
    else if (certificate)
        attack_with(s, folder, "-k", "l/server.key", shut[0], shut[1]);
    else
        attack(s, folder, "-k fixtures/rsa/server.key", shut[0], shut[1]);
    if (ephemeral && psk)
        attack_with(s, folder, "--ephemeral", "l/ephemeral-1.pem", "undecryptable", "psk_needed");
    else if (ephemeral)
        attack_with(s, folder, "--ephemeral", "l/ephemeral-1.pem", "decrypted", "");
    if (psk)
        attack_with_psk(s, folder, ephemeral);
    attack(s, folder, "", "undecryptable", "no_key");
}

/* converse records one conversation. The first one with a kind of key makes that key, the others
 * use it: a DSA key alone takes seconds. */
static void converse(const struct listed *s, const char *folder, unsigned minor)
{
    struct run_result result;
    const char *psk = strstr(s->exchange, "psk") ? " --psk " PSK : "";
    char *kept = alloc_format("%s/%s", keys_folder, s->authentication);
    bool made = access(kept, F_OK) == 0;
    bool certificate = !is_one_of(s->authentication, "none psk");

    if (certificate && made)
        run_line(&result,
                 "keyfall-victim exchange -q --suite %s --tls 1.%u --record %s/r.pcap --leaks "
                 "%s/l --key %s/server.key --cert %s/server.crt%s",
                 s->name, minor, folder, folder, kept, kept, psk);
    else
        run_line(&result,
                 "keyfall-victim exchange -q --suite %s --tls 1.%u --record %s/r.pcap --leaks "
                 "%s%s%s",
                 s->name, minor, folder, certificate ? kept : folder, certificate ? "" : "/l", psk);
    assert_status(&result, 0);
    run_clear(&result);
    if (certificate && !made)
        converse(s, folder, minor);
    free(kept);
}

static void opens_and_stays_shut_as_it_should(void **state)
{
    const struct listed *s = *state;

    for (unsigned minor = s->lowest; minor <= s->highest; minor++) {
        char *folder = scratch_new();

        converse(s, folder, minor);
        attack_with_all(s, folder);
        scratch_free(folder);
    }
}

int main(void)
{
    static struct CMUnitTest cases[MAX_SUITES];
    static struct listed suites[MAX_SUITES];
    struct run_result list;
    char *rest = NULL;
    size_t num_suites = 0;

    run_line(&list, "keyfall-victim list");
    for (char *line = strtok_r((char *)list.out.at, "\n", &rest); line && num_suites < MAX_SUITES;
         line = strtok_r(NULL, "\n", &rest)) {
        struct listed *s = &suites[num_suites];

        if (read_listed(line, s))
            cases[num_suites++] =
                (struct CMUnitTest){s->name, opens_and_stays_shut_as_it_should, NULL, NULL, s};
    }
    run_clear(&list);
    if (num_suites < 3) {
        (void)fputs("keyfall-victim list names no suites\n", stderr);
        return 1;
    }
    keys_folder = scratch_new();

    int failed = _cmocka_run_group_tests("every suite", cases, num_suites, NULL, NULL);

    scratch_free(keys_folder);
    return failed;
}
