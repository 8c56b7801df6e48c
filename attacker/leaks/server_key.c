#include "attacker/leaks/server_key.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "attacker/leaks/exchange_attack.h"
#include "attacker/leaks/key_file.h"
#include "attacker/leaks/premaster.h"
#include "capture/alloc.h"

static const char belongs_step[] = "Does the key belong to this server's certificate?";

static bool load_folder(struct private_keys *keys, const char *path, const char *passphrase,
                        struct complaint *why)
{
    DIR *folder = opendir(path);
    size_t before = keys->num_keys;
    const struct dirent *entry;

    if (!folder)
        return complaint_say(why, "%s: cannot be opened: %s", path, strerror(errno));
    while ((entry = readdir(folder)) != NULL) {
        struct complaint not_a_key;
        struct stat status;
        char *file = alloc_format("%s/%s", path, entry->d_name);
        bool is_file = stat(file, &status) == 0 && S_ISREG(status.st_mode);
        EVP_PKEY *key =
            is_file && entry->d_name[0] != '.' ? key_file_load(file, passphrase, &not_a_key) : NULL;

        if (key)
            private_keys_add(keys, key);
        free(file);
    }
    (void)closedir(folder);
    if (keys->num_keys == before)
        return complaint_say(why,
                             "%s: no file in this folder is a private key that can be read; it "
                             "should be PEM, DER or PKCS #12",
                             path);
    return true;
}

bool server_keys_load(struct private_keys *keys, const char *path, const char *passphrase,
                      struct complaint *why)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return load_folder(keys, path, passphrase, why);

    return private_keys_load(keys, path, passphrase, why);
}

/* fingerprint writes the beginning of a key's SHA-256. */
static char *fingerprint(const uint8_t sha256[static CERTIFICATE_FINGERPRINT],
                         char out[static EVIDENCE_HEX_SIZE])
{
    return evidence_hex(bytes_of(sha256, 8), out);
}

static void note_mismatch(const struct private_keys *keys, const struct handshake *h,
                          struct evidence *e)
{
    const struct certificate *certificate = &h->certificate;
    uint8_t sha256[CERTIFICATE_FINGERPRINT] = {0};
    X509_PUBKEY *given = NULL;
    char wanted_text[EVIDENCE_HEX_SIZE];
    char given_text[EVIDENCE_HEX_SIZE];
    char name[CERTIFICATE_KEY_NAME_SIZE];

    if (X509_PUBKEY_set(&given, keys->keys[0]) == 1)
        certificate_key_sha256(given, sha256);
    X509_PUBKEY_free(given);
    evidence_add(e, h->certificate_message->frame, belongs_step,
                 "no: the certificate holds %s with SHA-256 %s ..., the key given is %s with "
                 "%s ...%s",
                 certificate->key_name, fingerprint(certificate->key_sha256, wanted_text),
                 certificate_key_name(keys->keys[0], name), fingerprint(sha256, given_text),
                 keys->num_keys > 1 ? ", and the other keys fit no better" : "");
}

/*
 * match_certificate narrows the candidates down to the one key that belongs to the server's
 * certificate. False when the certificate was seen and none does.
 */
static bool match_certificate(const struct private_keys *keys, const struct handshake *h,
                              EVP_PKEY **matching, struct evidence *e)
{
    const struct certificate *certificate = &h->certificate;
    char hex[EVIDENCE_HEX_SIZE];

    *matching = NULL;
    if (!h->certificate_message) {
        evidence_add(e, 0, belongs_step, "can't be told: no certificate crossed the wire");
        return true;
    }
    if (!certificate->public_key) {
        evidence_add(e, h->certificate_message->frame, belongs_step,
                     "can't be told: the certificate, or the kind of key in it, can't be read");
        return true;
    }
    for (size_t i = 0; i < keys->num_keys && !*matching; i++) {
        if (EVP_PKEY_eq(certificate->public_key, keys->keys[i]) == 1)
            *matching = keys->keys[i];
    }
    if (!*matching) {
        note_mismatch(keys, h, e);
        return false;
    }
    evidence_add(e, h->certificate_message->frame, belongs_step,
                 "yes: %s, and both hold the public key with SHA-256 %s ...", certificate->key_name,
                 fingerprint(certificate->key_sha256, hex));
    return true;
}

/* note_premaster says what came out of the box, and whether its version is the client's. */
static void note_premaster(const struct handshake *h, const struct premaster *p, struct evidence *e)
{
    const char *remark = p->version == h->client_version ? ", the version that the client offered"
                         : p->version == h->version
                             ? ", the negotiated version, as some old clients write it"
                             : ", which is neither the version offered nor the negotiated one";

    evidence_add(
        e, h->client_key_exchange->frame, "Does the ClientKeyExchange decrypt with the key?",
        "yes: %zu bytes of ciphertext open to a PKCS #1 block with the 48-byte premaster "
        "secret that the client made; it begins %02x %02x%s",
        h->client_params.encrypted_premaster.len, p->version >> 8, p->version & 0xff, remark);
}

/* open_box tries the encrypted premaster secret with the matching key, or with each. When the key
 * is the certificate's own and does not open it, the ciphertext is not what the client sent. */
static enum answer open_box(const struct private_keys *keys, EVP_PKEY *matching,
                            const struct handshake *h, struct secret *out, struct evidence *e)
{
    enum answer answer = ANSWER_MISMATCH;

    for (size_t i = 0; i < keys->num_keys && answer == ANSWER_MISMATCH; i++) {
        struct premaster p;

        if (matching && keys->keys[i] != matching)
            continue;
        p = premaster_decrypt(keys->keys[i], h->client_params.encrypted_premaster);
        if (p.result == PREMASTER_OPENED &&
            secret_set(out, SECRET_PREMASTER, bytes_of(p.value, sizeof(p.value)))) {
            note_premaster(h, &p, e);
            answer = ANSWER_SECRET;
        }
        OPENSSL_cleanse(&p, sizeof(p));
    }
    if (answer == ANSWER_MISMATCH)
        evidence_add(e, h->client_key_exchange->frame,
                     "Does the ClientKeyExchange decrypt with the key?",
                     "no: its %zu bytes of ciphertext do not open to a premaster secret",
                     h->client_params.encrypted_premaster.len);
    return answer == ANSWER_MISMATCH && matching ? ANSWER_BROKEN : answer;
}

/* attack_exchange: where the key is the certificate's own, a signature by another one can't be this
 * server's; where no certificate was recorded, the key is not. */
static enum answer attack_exchange(const struct private_keys *keys, EVP_PKEY *matching,
                                   const struct handshake *h, struct evidence *e)
{
    enum answer answer = exchange_attack_tls12(matching ? matching : keys->keys[0], h, e);

    return answer == ANSWER_MISMATCH && matching ? ANSWER_BROKEN : answer;
}

enum answer server_key_ask(const struct private_keys *keys, const struct handshake *h,
                           struct secret *out, struct evidence *e)
{
    EVP_PKEY *matching;

    if (keys->num_keys == 0)
        return ANSWER_NOT_GIVEN;
    if (h->version >= TLS_1_3) {
        return exchange_attack_tls13(keys->keys[0], h, e);
    }
    if (handshake_is_resumption(h)) {
        evidence_add(e, h->server_hello->frame, "Is there a key exchange for the key to open?",
                     "no: the two take up an earlier session, whose secret both still know");
        return ANSWER_WITHSTOOD;
    }
    if (!match_certificate(keys, h, &matching, e))
        return ANSWER_MISMATCH;
    if (!h->client_key_exchange) {
        evidence_add(e, 0, "Does the ClientKeyExchange decrypt with the key?",
                     "can't be told: it is not in the recording");
        return ANSWER_BROKEN;
    }
    if (h->client_params.encrypted_premaster.len == 0)
        return attack_exchange(keys, matching, h, e);

    enum answer answer = open_box(keys, matching, h, out, e);
    if (answer != ANSWER_SECRET || h->suite->key_exchange != KX_RSA_PSK)
        return answer;
    evidence_add(e, h->client_key_exchange->frame, "Is that the whole premaster secret?",
                 "no: RSA_PSK puts a pre-shared key behind it (RFC 4279 section 4)");
    secret_clear(out);
    return ANSWER_PSK;
}
