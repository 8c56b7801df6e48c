/*
 * Conversations that begin with what both ends have from before, as the victim records them and the
 * attacker reads them: each key exchange, resumed in each way that it can be.
 */
#include <stdlib.h>

#include <openssl/hmac.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

/* Making a key takes longer than all the rest. */
#define RSA_KEY " --key fixtures/rsa/server.key --cert fixtures/rsa/server.crt "
#define EC_KEY  " --key-type ec "

/* record runs the victim: F/NAME.pcap and F/NAME are the recording and the leaks. */
static void record(const char *folder, const char *name, const char *choices)
{
    struct run_result result;

    run_line(&result, "keyfall-victim exchange -q --record %s/%s.pcap --leaks %s/%s %s", folder,
             name, folder, name, choices);
    assert_status(&result, 0);
    run_clear(&result);
}

/* read_with gives the sessions of F/r.pcap; the caller frees them. */
static json_t *read_with(const char *folder, const char *option, const char *leak,
                         size_t num_sessions)
{
    struct run_result result;
    json_t *sessions;

    run_line(&result, "keyfall-attacker --json %s %s/r/%s %s/r.pcap", option, folder, leak, folder);
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), num_sessions);
    run_clear(&result);
    return sessions;
}

static void assert_value(const json_t *sessions, size_t i, const char *key, const char *value)
{
    const char *is = json_string_value(json_object_get(json_array_get(sessions, i), key));

    if (!is || strcmp(is, value) != 0)
        fail_msg("%s of session %zu is %s and not %s", key, i + 1, is ? is : "null", value);
}

/* The first is whole, the others take it up, and the key log opens all of them. */
static void assert_chain(const char *folder, size_t num_sessions, const char *how)
{
    json_t *sessions = read_with(folder, "--keylog", "keylog.txt", num_sessions);

    for (size_t i = 0; i < num_sessions; i++) {
        assert_value(sessions, i, "resumed", i == 0 ? "no" : how);
        assert_value(sessions, i, "outcome", "decrypted");
        assert_value(sessions, i, "secret_source", "keylog");
    }
    json_decref(sessions);
}

static const char *const exchanges[] = {
    "rsa" RSA_KEY, "dhe" RSA_KEY, "ecdhe" EC_KEY,    "psk", "dhe-psk", "ecdhe-psk",
    "anon-dh",     "anon-ecdh",   "rsa-psk" RSA_KEY,
};
#define NUM_EXCHANGES (sizeof(exchanges) / sizeof(*exchanges))

static void resumes_each_key_exchange(const char *folder, const char *how, const char *resumed)
{
    for (size_t i = 0; i < NUM_EXCHANGES; i++) {
        char *choices = alloc_format("--kx %s --resume %s", exchanges[i], how);

        record(folder, "r", choices);
        assert_chain(folder, 2, resumed);
        free(choices);
    }
}

static void each_key_exchange_is_resumed_by_session_id(void **state)
{
    resumes_each_key_exchange(*state, "id", "session_id");
}

static void each_key_exchange_is_resumed_by_ticket(void **state)
{
    resumes_each_key_exchange(*state, "ticket", "ticket");
}

static void old_versions_and_other_suites_are_resumed_as_well(void **state)
{
    static const char *const choices[][2] = {
        {RSA_KEY "--tls 1.0 --resume id", "session_id"},
        {EC_KEY "--tls 1.0 --kx ecdhe --resume ticket", "ticket"},
        {RSA_KEY "--tls 1.1 --kx dhe --resume id", "session_id"},
        {"--suite TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 --resume ticket", "ticket"},
        {RSA_KEY "--suite TLS_RSA_WITH_NULL_SHA256 --resume id", "session_id"},
        {RSA_KEY "--suite TLS_RSA_WITH_AES_256_CBC_SHA256 --resume id --size 100000", "session_id"},
        {EC_KEY "--suite TLS_AES_256_GCM_SHA384 --resume ticket", "psk"},
        {EC_KEY "--suite TLS_CHACHA20_POLY1305_SHA256 --resume ticket --psk-mode ke", "psk"},
    };

    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        record(*state, "r", choices[i][0]);
        assert_chain(*state, 2, choices[i][1]);
    }
}

static void the_servers_key_opens_what_takes_up_an_rsa_session(void **state)
{
    static const char *const ways[] = {"id", "ticket"};

    for (size_t i = 0; i < 2; i++) {
        char *choices = alloc_format(RSA_KEY "--kx rsa --resume %s", ways[i]);
        json_t *sessions;

        record(*state, "r", choices);
        sessions = read_with(*state, "-k", "server.key", 2);
        assert_value(sessions, 0, "secret_source", "server_key");
        assert_value(sessions, 1, "secret_source", "original_session");
        json_decref(sessions);
        free(choices);
    }
}

static void so_many_sessions_are_one_chain(void **state)
{
    record(*state, "r", EC_KEY "--kx ecdhe --resume id --sessions 4");
    assert_chain(*state, 4, "session_id");
    record(*state, "r", RSA_KEY "--kx rsa --resume ticket --sessions 3");
    assert_chain(*state, 3, "ticket");
    record(*state, "r", EC_KEY "--kx tls13 --resume ticket --sessions 3");
    assert_chain(*state, 3, "psk");
}

static bool is_there(const char *folder, const char *leak)
{
    struct run_result result;
    bool is;

    run_line(&result, "test -e %s/r/%s", folder, leak);
    is = result.status == 0;
    run_clear(&result);
    return is;
}

/* On the wire: a key share comes back, or none does; and each that came leaves an exponent. */
static void the_mode_of_a_key_of_tls_1_3_is_the_one_asked_for(void **state)
{
    static const struct {
        const char *choices;
        const char *second;
        bool leaves_exponent;
    } table[] = {
        {EC_KEY "--tls 1.3 --resume ticket", "PSK_ECDHE", true},
        {EC_KEY "--tls 1.3 --resume ticket --psk-mode dhe", "PSK_ECDHE", true},
        {EC_KEY "--tls 1.3 --resume ticket --psk-mode ke", "PSK", false},
        {"--tls 1.3 --kx psk --sessions 2", "PSK_ECDHE", true},
        {"--tls 1.3 --kx psk --psk-mode ke --psk me:00ff --sessions 2", "PSK", false},
        {"--tls 1.3 --kx psk --psk-mode ke --resume ticket", "PSK", false},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        json_t *sessions;

        record(*state, "r", table[i].choices);
        sessions = read_with(*state, "--keylog", "keylog.txt", 2);
        assert_value(sessions, 1, "key_exchange", table[i].second);
        assert_value(sessions, 1, "resumed", "psk");
        assert_value(sessions, 1, "outcome", "decrypted");
        assert_int_equal(is_there(*state, "ephemeral-2.pem"), table[i].leaves_exponent);
        json_decref(sessions);
    }
}

static void early_data_leaves_its_secret_in_the_key_log(void **state)
{
    static const char *const choices[] = {
        EC_KEY "--tls 1.3 --resume ticket --early-data",
        EC_KEY "--tls 1.3 --resume ticket --early-data --psk-mode ke --message 'the code is 0000'",
        "--tls 1.3 --kx psk --early-data",
    };
    const char *folder = *state;

    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        char *path = alloc_format("%s/r/keylog.txt", folder);
        struct buffer log;

        record(folder, "r", choices[i]);
        log = file_read(path);
        buffer_append(&log, bytes_of("", 1));
        assert_says((const char *)log.at, "CLIENT_EARLY_TRAFFIC_SECRET ");
        buffer_clear(&log);
        free(path);
    }
}

static bool is_same(const char *folder, const char *file, const char *other)
{
    struct run_result result;
    bool same;

    run_line(&result, "cmp -s %s/%s %s/%s", folder, file, folder, other);
    same = result.status == 0;
    run_clear(&result);
    return same;
}

static void a_seed_repeats_every_byte(void **state)
{
    static const char *const choices[] = {
        RSA_KEY "--seed s --resume id",
        EC_KEY "--seed s --resume ticket --kx ecdhe",
        EC_KEY "--seed s --resume ticket --kx tls13 --psk-mode ke --sessions 3",
        EC_KEY "--seed s --resume ticket --kx tls13 --early-data",
        "--seed s --kx psk --tls 1.3 --early-data",
    };

    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        record(*state, "r", choices[i]);
        record(*state, "again", choices[i]);
        assert_true(is_same(*state, "r.pcap", "again.pcap"));
        assert_true(is_same(*state, "r/keylog.txt", "again/keylog.txt"));
        assert_true(is_same(*state, "r/message.txt", "again/message.txt"));
    }
}

/* One leaked exponent must not open the other recordings of the same seed. */
static void ways_of_one_seed_share_no_ephemeral_key(void **state)
{
    static const char *const choices[] = {"", "--resume ticket", "--resume ticket --psk-mode ke",
                                          "--resume ticket --early-data"};

    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        char *name = alloc_format("way-%zu", i);
        char *line = alloc_format(EC_KEY "--seed s --kx tls13 %s", choices[i]);

        record(*state, name, line);
        for (size_t before = 0; before < i; before++) {
            char *mine = alloc_format("way-%zu/ephemeral-1.pem", i);
            char *other = alloc_format("way-%zu/ephemeral-1.pem", before);

            assert_false(is_same(*state, mine, other));
            free(mine);
            free(other);
        }
        free(name);
        free(line);
    }
}

/* name 16 | IV 16 | state | HMAC 32, behind two bytes of length. RFC 5077 section 4. */
static void assert_sealed(struct reader behind_name, struct bytes name, struct bytes before,
                          struct bytes hmac_key)
{
    enum { MAC_SIZE = 32 };
    struct reader length = reader_of(before);
    struct bytes rest = {0};
    struct bytes mac = {0};
    uint8_t made[MAC_SIZE];
    uint16_t len = 0;
    struct buffer sealed = {0};

    assert_true(reader_u16(&length, &len) && len > name.len + MAC_SIZE);
    assert_true(reader_bytes(&behind_name, &rest, len - name.len - MAC_SIZE));
    assert_true(reader_bytes(&behind_name, &mac, MAC_SIZE));
    buffer_append(&sealed, name);
    buffer_append(&sealed, rest);
    assert_non_null(
        HMAC(EVP_sha256(), hmac_key.at, (int)hmac_key.len, sealed.at, sealed.len, made, NULL));
    assert_true(bytes_equal(mac, bytes_of(made, sizeof(made))));
    buffer_clear(&sealed);
}

static void the_ticket_key_sealed_the_ticket_that_is_recorded(void **state)
{
    static const char *const choices[] = {EC_KEY "--kx ecdhe --resume ticket",
                                          EC_KEY "--kx tls13 --resume ticket"};
    const char *folder = *state;
    char *recording = alloc_format("%s/r.pcap", folder);
    char *path = alloc_format("%s/r/ticket.key", folder);

    for (size_t i = 0; i < 2; i++) {
        struct buffer packets;
        struct buffer key;
        const uint8_t *at;

        record(folder, "r", choices[i]);
        packets = file_read(recording);
        key = file_read(path);
        assert_int_equal(key.len, 80);
        at = memmem(packets.at, packets.len, key.at, 16);
        assert_non_null(at);
        assert_sealed(reader_of(bytes_of(at + 16, packets.len - (size_t)(at + 16 - packets.at))),
                      bytes_of(key.at, 16), bytes_of(at - 2, 2), bytes_of(key.at + 16, 32));
        buffer_clear(&packets);
        buffer_clear(&key);
    }
    free(recording);
    free(path);
}

static void what_can_not_be_resumed_is_refused_with_the_reason(void **state)
{
    static const char *const lines[][2] = {
        {"exchange --tls 1.3 --resume id", "take --resume ticket, or --tls 1.2"},
        {"exchange --resume again", "take none, id or ticket"},
        {"exchange --resume id --sessions 1", "leaves no second conversation"},
        {"exchange --early-data", "a client of TLS 1.3 needs a key that the server knows"},
        {"exchange --psk-mode ke", "no pre-shared key of TLS 1.3 takes part"},
        {"serve --tls 1.3 --resume id", "take --resume ticket, or --tls 1.2"},
        {"serve --early-data", "a client of TLS 1.3 needs a key that the server knows"},
        {"serve --tls 1.3 --psk-mode ke", "--psk-mode has no meaning for serve"},
        {"connect 127.0.0.1:1 --tls 1.3 --psk-mode ke", "--psk-mode has no meaning for connect"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct run_result result;

        run_line(&result, "keyfall-victim %s", lines[i][0]);
        assert_status(&result, 2);
        assert_string_equal(run_out(&result), "");
        assert_says(run_err(&result), lines[i][1]);
        run_clear(&result);
    }
}

/* tshark sees no error, and as many requests in the clear as were made. */
static void tshark_reads_them_all(void **state)
{
    static const char *const choices[][2] = {
        {RSA_KEY "--resume id", "2"},
        {EC_KEY "--kx ecdhe --resume ticket --sessions 3", "3"},
        {EC_KEY "--kx tls13 --resume ticket --psk-mode ke", "2"},
        {EC_KEY "--kx tls13 --resume ticket --early-data", "2"},
        {"--kx psk --tls 1.3 --psk-mode ke --early-data", "1"},
    };
    const char *folder = *state;

    if (!is_installed("tshark"))
        skip();
    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        struct run_result result;
        size_t num_lines = 0;

        record(folder, "r", choices[i][0]);
        run_line(&result,
                 "tshark -r %s/r.pcap -o tls.keylog_file:%s/r/keylog.txt -d tcp.port==1-65535,tls "
                 "-Y 'http.request || _ws.malformed || tcp.analysis.flags' -T fields -e "
                 "http.request.method -e _ws.malformed",
                 folder, folder);
        assert_status(&result, 0);
        for (const char *at = run_out(&result); (at = strstr(at, "POST")); at++)
            num_lines++;
        if (num_lines != strtoul(choices[i][1], NULL, 10) || strstr(run_out(&result), "alformed"))
            fail_msg("%s: tshark says\n%s", choices[i][0], run_out(&result));
        run_clear(&result);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        IN_FOLDER(each_key_exchange_is_resumed_by_session_id),
        IN_FOLDER(each_key_exchange_is_resumed_by_ticket),
        IN_FOLDER(old_versions_and_other_suites_are_resumed_as_well),
        IN_FOLDER(the_servers_key_opens_what_takes_up_an_rsa_session),
        IN_FOLDER(so_many_sessions_are_one_chain),
        IN_FOLDER(the_mode_of_a_key_of_tls_1_3_is_the_one_asked_for),
        IN_FOLDER(early_data_leaves_its_secret_in_the_key_log),
        IN_FOLDER(a_seed_repeats_every_byte),
        IN_FOLDER(ways_of_one_seed_share_no_ephemeral_key),
        IN_FOLDER(the_ticket_key_sealed_the_ticket_that_is_recorded),
        IN_FOLDER(what_can_not_be_resumed_is_refused_with_the_reason),
        IN_FOLDER(tshark_reads_them_all),
    };

    return RUN(cases);
}
