/*
 * Several parties agree on a key, are recorded, and one of them loses its secret.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

/* A recording in r.pcap of a scratch folder, and what leaked beside it. */
static char *record(unsigned peers)
{
    char *folder = scratch_new();
    struct run_result result;

    run_line(&result,
             "keyfall-victim group --peers %u --message 'meet at noon' --record %s/r.pcap "
             "--leaks %s",
             peers, folder, folder);
    assert_status(&result, 0);
    assert_says(run_err(&result), "members agreed on one key, its SHA-256 begins ");
    run_clear(&result);
    return folder;
}

/* The fingerprint is what both programs call the key by. */
static void the_story_has_the_public_values_and_no_more(void **state)
{
    char *folder = record(3);
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-attacker %s/r.pcap", folder);
    assert_status(&result, 1);
    assert_says(run_out(&result), "-- agreement of 3 members ---");
    assert_says(run_out(&result), " 3 to 1  round 2  ");
    assert_says(run_out(&result), "UNDECRYPTABLE (no_key)");
    assert_says(run_out(&result), "1 agreement of several parties: 0 decrypted.");
    assert_null(strstr(run_out(&result), "meet at noon"));
    assert_null(strstr(run_err(&result), "no TLS was found"));
    run_clear(&result);
    scratch_free(folder);
}

static void any_one_members_secret_opens_it(void **state)
{
    static const unsigned sizes[] = {2, 3, 16};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        char *folder = record(sizes[i]);

        for (unsigned member = 1; member <= sizes[i]; member += member < 3 ? 1 : 6) {
            struct run_result result;

            run_line(&result, "keyfall-attacker --ephemeral %s/member-%u.pem %s/r.pcap", folder,
                     member, folder);
            assert_status(&result, 0);
            assert_says(run_out(&result), "DECRYPTED");
            assert_says(run_out(&result), "member 1 > meet at noon");
            run_clear(&result);
        }
        scratch_free(folder);
    }
}

static void the_json_has_a_line_of_its_own_for_it(void **state)
{
    char *folder = record(4);
    struct run_result result;
    json_t *summary;

    (void)state;
    run_line(&result, "keyfall-attacker --json --ephemeral %s/member-2.pem %s/r.pcap", folder,
             folder);
    assert_status(&result, 0);

    json_t *lines = run_sessions(&result, &summary);
    const json_t *line = json_array_get(lines, 0);
    json_t *values = json_object_get(line, "values");
    const json_t *value = json_array_get(values, 11);

    assert_int_equal(json_array_size(lines), 1);
    assert_string_equal(json_string_value(json_object_get(line, "type")), "agreement");
    assert_int_equal(json_integer_value(json_object_get(line, "peers")), 4);
    assert_string_equal(json_string_value(json_object_get(line, "group")), "ffdhe2048");
    assert_string_equal(json_string_value(json_object_get(line, "outcome")), "decrypted");
    assert_string_equal(json_string_value(json_object_get(line, "secret_source")), "ephemeral");
    assert_true(json_is_null(json_object_get(line, "reason")));
    assert_int_equal(json_integer_value(json_object_get(line, "message_bytes")), 12);
    assert_int_equal(json_array_size(values), 12);
    assert_int_equal(json_integer_value(json_object_get(value, "from")), 4);
    assert_int_equal(json_integer_value(json_object_get(value, "to")), 1);
    assert_int_equal(json_integer_value(json_object_get(value, "round")), 3);
    assert_int_equal(json_integer_value(json_object_get(summary, "sessions")), 0);
    assert_int_equal(json_integer_value(json_object_get(summary, "decrypted")), 0);
    assert_int_equal(json_integer_value(json_object_get(summary, "tcp_connections")), 4);
    json_decref(lines);
    json_decref(summary);
    run_clear(&result);
    scratch_free(folder);
}

static void a_strangers_secret_and_a_servers_key_open_nothing(void **state)
{
    static const struct {
        const char *leak;
        const char *told;
    } table[] = {
        {"--ephemeral fixtures/dhe/ephemeral-1.pem", "- undecryptable key_mismatch agreement of"},
        {"-k fixtures/rsa/server.key", "- protected forward_secret agreement of 2 members"},
    };
    char *folder = record(2);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct run_result result;

        run_line(&result, "keyfall-attacker -q %s %s/r.pcap", table[i].leak, folder);
        assert_status(&result, 1);
        assert_says(run_out(&result), table[i].told);
        run_clear(&result);
    }
    scratch_free(folder);
}

/* Agreements and TLS in one recording, each with its own leak. */
static void sessions_beside_it_are_told_as_ever(void **state)
{
    char *folder = record(3);
    struct run_result result;

    (void)state;
    run_line(&result,
             "keyfall-attacker -q -k fixtures/rsa/server.key --ephemeral %s/member-3.pem "
             "fixtures/rsa/recording.pcap %s/r.pcap",
             folder, folder);
    assert_status(&result, 0);
    assert_says(run_out(&result), "1 decrypted server_key ");
    assert_says(run_out(&result), "- decrypted ephemeral agreement of 3 members\n");
    run_clear(&result);
    scratch_free(folder);
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const char *options;
        const char *sentence;
    } table[] = {
        {"", "group needs to know how many"},
        {"--peers 1", "an agreement here has 2 to 16 parties"},
        {"--peers 17", "an agreement here has 2 to 16 parties"},
        {"--peers two", "write it in digits"},
        {"--peers 3 --record /nowhere/r.pcap", "name a file that can be written"},
        {"--peers 3 --leaks /dev/null/leaks", "/dev/null/leaks"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct run_result result;

        run_line(&result, "keyfall-victim group %s", table[i].options);
        assert_status(&result, 2);
        assert_says(run_err(&result), table[i].sentence);
        run_clear(&result);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_story_has_the_public_values_and_no_more),
        CASE(any_one_members_secret_opens_it),
        CASE(the_json_has_a_line_of_its_own_for_it),
        CASE(a_strangers_secret_and_a_servers_key_open_nothing),
        CASE(sessions_beside_it_are_told_as_ever),
        CASE(what_makes_no_sense_is_refused),
    };

    return RUN(cases);
}
