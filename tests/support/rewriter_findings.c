#include "tests/support/rewriter_findings.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define FIXTURE(name) "fixtures/" name "/recording.pcap"

const struct specimen specimens[NUM_SPECIMENS] = {
    {"GCM, by the server key", FIXTURE("rsa"), "-k fixtures/rsa/server.key", {0}},
    {"CBC of TLS 1.0, by the server key",
     FIXTURE("rsa-tls10-aes128-cbc"),
     "-k fixtures/rsa-tls10-aes128-cbc/server.key",
     {0}},
    {"CBC of TLS 1.1, by the server key",
     FIXTURE("rsa-tls11-aes256-cbc"),
     "-k fixtures/rsa-tls11-aes256-cbc/server.key",
     {0}},
    {"CBC of TLS 1.2, encrypt-then-MAC, by an ephemeral key",
     FIXTURE("ecdhe-aes256-cbc-sha384"),
     "--ephemeral fixtures/ecdhe-aes256-cbc-sha384/ephemeral-1.pem",
     {0}},
    {"ChaCha20 of TLS 1.2, by the key log",
     FIXTURE("ecdhe-chacha20"),
     "--keylog fixtures/ecdhe-chacha20/keylog.txt",
     {0}},
    {"GCM of TLS 1.3, by the key log",
     FIXTURE("tls13"),
     "--keylog fixtures/tls13/keylog.txt",
     {1, 4}},
    {"GnuTLS over IPv6, CBC of TLS 1.2, by the server key",
     FIXTURE("rsa-gnutls-ipv6"),
     "-k fixtures/rsa-gnutls-ipv6/server.key",
     {0}},
    {"ECDHE and the server key, which does not open it",
     FIXTURE("ecdhe"),
     "-k fixtures/ecdhe/server.key",
     {0}},
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
        if (!bytes_equal(buffer_view(&original->said[0][side]),
                         buffer_view(&found->said[session][side])))
            return alloc_format("other bytes from side %zu", side);
    }
    return NULL;
}
