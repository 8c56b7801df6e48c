#include "tests/support/rewriter_findings.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define RECORDING(fixture)  "fixtures/" fixture "/recording.pcap"
#define SERVER_KEY(fixture) "-k fixtures/" fixture "/server.key"
#define KEYLOG(fixture)     "--keylog fixtures/" fixture "/keylog.txt"

const struct specimen specimens[NUM_SPECIMENS] = {
    {.name = "GCM", .recording = RECORDING("rsa"), .leak = SERVER_KEY("rsa")},
    {.name = "TLS 1.0, CBC with encrypt-then-MAC",
     .recording = RECORDING("rsa-tls10-aes128-cbc"),
     .leak = SERVER_KEY("rsa-tls10-aes128-cbc"),
     .block = 16,
     .mac_behind = 20},
    {.name = "BearSSL, TLS 1.0, CBC",
     .recording = RECORDING("rsa-bearssl-tls10"),
     .leak = SERVER_KEY("rsa-bearssl-tls10"),
     .block = 16},
    {.name = "TLS 1.1, CBC with encrypt-then-MAC",
     .recording = RECORDING("rsa-tls11-aes256-cbc"),
     .leak = SERVER_KEY("rsa-tls11-aes256-cbc")},
    {.name = "NSS, TLS 1.1, 3DES",
     .recording = RECORDING("rsa-nss-3des"),
     .leak = SERVER_KEY("rsa-nss-3des")},
    {.name = "GnuTLS over IPv6, CBC",
     .recording = RECORDING("rsa-gnutls-ipv6"),
     .leak = SERVER_KEY("rsa-gnutls-ipv6")},
    {.name = "ECDHE by an ephemeral key, CBC with encrypt-then-MAC",
     .recording = RECORDING("ecdhe-aes256-cbc-sha384"),
     .leak = "--ephemeral fixtures/ecdhe-aes256-cbc-sha384/ephemeral-1.pem"},
    {.name = "GnuTLS, RC4",
     .recording = RECORDING("rsa-gnutls-rc4"),
     .leak = SERVER_KEY("rsa-gnutls-rc4")},
    {.name = "Botan, CCM",
     .recording = RECORDING("rsa-botan-ccm"),
     .leak = SERVER_KEY("rsa-botan-ccm")},
    {.name = "Mbed TLS, GCM in small records",
     .recording = RECORDING("rsa-mbedtls-small-records"),
     .leak = SERVER_KEY("rsa-mbedtls-small-records")},
    {.name = "ChaCha20 by the key log",
     .recording = RECORDING("ecdhe-chacha20"),
     .leak = KEYLOG("ecdhe-chacha20")},
    {.name = "TLS 1.3 by the key log",
     .recording = RECORDING("tls13"),
     .leak = KEYLOG("tls13"),
     .hidden_records = {1, 4}},
    {.name = "GnuTLS, TLS 1.3 by the key log",
     .recording = RECORDING("tls13-gnutls-ccm8"),
     .leak = KEYLOG("tls13-gnutls-ccm8"),
     .hidden_records = {1, 4}},
    {.name = "ECDHE by the server key, which does not open it",
     .recording = RECORDING("ecdhe"),
     .leak = SERVER_KEY("ecdhe")},
};

static void take_streams(struct findings *out, const char *folder)
{
    static const char *const sides[] = {"client", "server"};
    size_t i;
    json_t *session;

    json_array_foreach(out->sessions, i, session)
    {
        json_int_t id = json_integer_value(json_object_get(session, "id"));

        assert_true(i < FINDINGS_MAX_SESSIONS);
        for (size_t side = 0; side < 2; side++) {
            char *path = alloc_format("%s/session-%lld-%s.bin", folder, id, sides[side]);

            if (json_object_get(session, "secret_source") != json_null())
                out->said[i][side] = file_read(path);
            free(path);
        }
    }
}

void findings_take(struct findings *out, const char *recording, const char *leak)
{
    char *folder = scratch_new();
    struct run_result result;

    *out = (struct findings){0};
    run_line(&result, "keyfall-attacker --json --extract %s %s %s", folder, leak, recording);
    if (result.status > 2)
        fail_msg("status %d\n%s", result.status, run_err(&result));
    out->status = result.status;
    out->complaints = alloc_text(run_err(&result));
    out->sessions = result.status < 2 ? run_sessions(&result, &out->summary) : json_array();
    take_streams(out, folder);
    run_clear(&result);
    scratch_free(folder);
}

void findings_clear(struct findings *findings)
{
    for (size_t i = 0; i < FINDINGS_MAX_SESSIONS; i++) {
        buffer_clear(&findings->said[i][0]);
        buffer_clear(&findings->said[i][1]);
    }
    json_decref(findings->sessions);
    json_decref(findings->summary);
    free(findings->complaints);
}

static bool same(const struct buffer *a, const struct buffer *b)
{
    return bytes_equal(buffer_view(a), buffer_view(b));
}

bool findings_say(const struct findings *findings, const struct buffer said[2])
{
    const struct buffer *own = findings->said[0];

    return (same(&said[0], &own[0]) && same(&said[1], &own[1])) ||
           (same(&said[0], &own[1]) && same(&said[1], &own[0]));
}

/* depends_on_recording: is this key about where, when and how packets were recorded? */
static bool depends_on_recording(const char *key)
{
    static const char *const keys[] = {"id", "client", "server", "start", "end", "evidence"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(key, keys[i]) == 0)
            return true;
    }
    return false;
}

static char *value_differs(const char *key, const json_t *expected, const json_t *found)
{
    char *right = json_dumps(expected, JSON_ENCODE_ANY);
    char *wrong = found ? json_dumps(found, JSON_ENCODE_ANY) : alloc_text("missing");
    char *difference = alloc_format("%s is %s and not %s", key, wrong, right);

    free(right);
    free(wrong);
    return difference;
}

char *findings_differ(const struct findings *original, const struct findings *found, size_t session)
{
    json_t *expected = json_array_get(original->sessions, 0);
    const json_t *line = json_array_get(found->sessions, session);
    const char *key;
    json_t *value;

    if (original->status != found->status)
        return alloc_format("status %d and not %d\n%s", found->status, original->status,
                            found->complaints);
    if (!line)
        return alloc_format("only %zu sessions", json_array_size(found->sessions));
    json_object_foreach(expected, key, value)
    {
        if (!depends_on_recording(key) && !json_equal(value, json_object_get(line, key)))
            return value_differs(key, value, json_object_get(line, key));
    }
    for (size_t side = 0; side < 2; side++) {
        if (!same(&original->said[0][side], &found->said[session][side]))
            return alloc_format("other bytes from side %zu", side);
    }
    return NULL;
}
