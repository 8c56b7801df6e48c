#include "attacker/leaks/server_key.h"

#include <openssl/crypto.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "attacker/leaks/exchange_attack.h"
#include "attacker/leaks/fixed_dh.h"
#include "attacker/leaks/key_folder.h"
#include "attacker/leaks/premaster.h"

static const char belongs_step[] = "Does the key belong to this server's certificate?";

bool server_keys_load(struct private_keys *keys, const char *path, struct key_loading *loading,
                      struct complaint *why)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return key_folder_load(keys, path, loading, why);

    return private_keys_load(keys, path, loading, why);
}

/* fingerprint writes the beginning of a key's SHA-256. */
static char *fingerprint(const uint8_t sha256[static CERTIFICATE_FINGERPRINT],
                         char out[static EVIDENCE_HEX_SIZE])
{
    return evidence_hex(bytes_of(sha256, 8), out);
}

/* fingerprint_of writes that of a private key's public half. */
static char *fingerprint_of(EVP_PKEY *key, char out[static EVIDENCE_HEX_SIZE])
{
    uint8_t sha256[CERTIFICATE_FINGERPRINT] = {0};
    X509_PUBKEY *public_half = NULL;

    if (X509_PUBKEY_set(&public_half, key) == 1)
        certificate_key_sha256(public_half, sha256);
    X509_PUBKEY_free(public_half);
    return fingerprint(sha256, out);
}

static void note_mismatch(const struct private_keys *keys, const struct handshake *h,
                          struct evidence *e)
{
    const struct certificate *certificate = &h->certificate;
    char wanted_text[EVIDENCE_HEX_SIZE];
    char given_text[EVIDENCE_HEX_SIZE];
    char name[CERTIFICATE_KEY_NAME_SIZE];
    bool same_kind =
        EVP_PKEY_get_base_id(keys->keys[0]) == EVP_PKEY_get_base_id(certificate->public_key);

    evidence_add(e, h->certificate_message->frame, belongs_step,
                 "no: the certificate holds %s with SHA-256 %s ..., the key given is %s with "
                 "%s ...%s",
                 certificate->key_name, fingerprint(certificate->key_sha256, wanted_text),
                 certificate_key_name(keys->keys[0], name),
                 fingerprint_of(keys->keys[0], given_text),
                 keys->num_keys > 1 ? ", and the other keys fit no better"
                 : same_kind        ? ""
                                    : ", which is another kind of key altogether");
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
    *matching = private_keys_find(keys, certificate->public_key);
    if (!*matching) {
        note_mismatch(keys, h, e);
        return false;
    }
    evidence_add(e, h->certificate_message->frame, belongs_step,
                 "yes: %s, and both hold the public key with SHA-256 %s ...", certificate->key_name,
                 fingerprint(certificate->key_sha256, hex));
    return true;
}

static const char decrypts_step[] = "Does the ClientKeyExchange decrypt with the key?";

/*
 * is_usual: the version inside is the one that the client offered (RFC 5246 section 7.4.7.1), or
 * the negotiated one, as some old clients write it.
 */
static bool is_usual(const struct premaster *p, const struct handshake *h)
{
    return p->version == h->client_version || p->version == h->version;
}

/* note_premaster says what came out of the box, and whether its version is the client's. */
static void note_premaster(const struct handshake *h, const struct premaster *p, struct evidence *e)
{
    const char *remark =
        p->version == h->client_version ? ", the version that the client offered"
        : is_usual(p, h)
            ? ", the negotiated version, as some old clients write it"
            : ", which is neither the version offered nor the negotiated one; a few clients write "
              "it wrongly, and the Finished shows whether the secret is the right one";

    evidence_add(e, h->client_key_exchange->frame, decrypts_step,
                 "yes: %zu bytes of ciphertext open to a PKCS #1 block with the 48-byte premaster "
                 "secret that the client made; it begins %02x %02x%s",
                 h->client_params.encrypted_premaster.len, p->version >> 8, p->version & 0xff,
                 remark);
}

/* note_closed says why not, as far as it can be seen from outside. */
static void note_closed(const struct private_keys *keys, const struct handshake *h,
                        size_t num_tried, struct evidence *e)
{
    uint64_t frame = h->client_key_exchange->frame;
    size_t len = h->client_params.encrypted_premaster.len;
    char name[CERTIFICATE_KEY_NAME_SIZE];
    bool any_rsa = false;

    for (size_t i = 0; i < keys->num_keys && !any_rsa; i++)
        any_rsa = EVP_PKEY_is_a(keys->keys[i], "RSA");
    if (!any_rsa)
        evidence_add(e, frame, decrypts_step,
                     "no: its %zu bytes of ciphertext are RSA's, and the key given is %s", len,
                     certificate_key_name(keys->keys[0], name));
    else if (num_tried == 0)
        evidence_add(e, frame, decrypts_step,
                     "no: its %zu bytes of ciphertext belong to an RSA key of %zu bits, and none "
                     "of that size was given",
                     len, 8 * len);
    else
        evidence_add(e, frame, decrypts_step,
                     "no: its %zu bytes of ciphertext do not open to a premaster secret", len);
}

/*
 * SHORTENED_MAX: a ciphertext is as long as the modulus (RFC 8017 section 7.2.1), but a few old
 * clients left the zeros in front of it out. Two of them are rare enough, one in 65536.
 */
#define SHORTENED_MAX 2

/* may_open tells for the price of a comparison whether the key is worth a decryption. */
static bool may_open(const EVP_PKEY *key, struct bytes ciphertext, size_t shortened)
{
    return EVP_PKEY_is_a(key, "RSA") &&
           (size_t)EVP_PKEY_get_size(key) == ciphertext.len + shortened;
}

/*
 * try_each: no certificate names the key. What looks like a secret and has an odd version may be
 * noise, once in some 30 million tries; so it is taken only when no key gives a better one.
 */
static EVP_PKEY *try_each(const struct private_keys *keys, const struct handshake *h,
                          struct premaster *out, size_t *num_tried)
{
    struct bytes box = h->client_params.encrypted_premaster;
    EVP_PKEY *opener = NULL;
    struct premaster p = {0};

    for (size_t shortened = 0; shortened <= SHORTENED_MAX; shortened++) {
        for (size_t i = 0; i < keys->num_keys && !(opener && is_usual(out, h)); i++) {
            if (!may_open(keys->keys[i], box, shortened))
                continue;
            ++*num_tried;
            p = premaster_decrypt(keys->keys[i], box);
            if (p.result == PREMASTER_OPENED && (!opener || is_usual(&p, h))) {
                *out = p;
                opener = keys->keys[i];
            }
        }
    }
    OPENSSL_cleanse(&p, sizeof(p));
    return opener;
}

/* note_opener names the key that was found by trying. */
static void note_opener(const struct private_keys *keys, EVP_PKEY *opener, size_t num_tried,
                        struct evidence *e)
{
    char hex[EVIDENCE_HEX_SIZE];

    if (keys->num_keys > 1)
        evidence_add(e, 0, "Which of the keys given opened it?",
                     "the one with SHA-256 %s ...; %zu of %zu had the right size and were tried",
                     fingerprint_of(opener, hex), num_tried, keys->num_keys);
}

/* open_box tries the encrypted premaster secret with the matching key, or with each. When the key
 * is the certificate's own and does not open it, the ciphertext is not what the client sent. */
static enum answer open_box(const struct private_keys *keys, EVP_PKEY *matching,
                            const struct handshake *h, struct secret *out, struct evidence *e)
{
    enum answer answer = matching ? ANSWER_BROKEN : ANSWER_MISMATCH;
    struct premaster p = {.result = PREMASTER_NO_CIPHERTEXT};
    size_t num_tried = 1;
    EVP_PKEY *opener = matching;

    if (matching) {
        p = premaster_decrypt(matching, h->client_params.encrypted_premaster);
    } else {
        num_tried = 0;
        opener = try_each(keys, h, &p, &num_tried);
    }
    if (opener && p.result == PREMASTER_OPENED &&
        secret_set(out, SECRET_PREMASTER, bytes_of(p.value, sizeof(p.value)))) {
        note_premaster(h, &p, e);
        if (!matching)
            note_opener(keys, opener, num_tried, e);
        answer = ANSWER_SECRET;
    } else {
        note_closed(keys, h, num_tried, e);
    }
    OPENSSL_cleanse(&p, sizeof(p));
    return answer;
}

/* attack_exchange: where the key is the certificate's own, a signature by another one can't be this
 * server's; where no certificate was recorded, the key is not. */
static enum answer attack_exchange(const struct private_keys *keys, EVP_PKEY *matching,
                                   const struct handshake *h, struct evidence *e)
{
    EVP_PKEY *key = matching ? matching : keys->keys[0];
    enum answer answer = h->server_params.modulus.len > 0 ? exchange_attack_temporary(key, h, e)
                                                          : exchange_attack_tls12(key, h, e);

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
        evidence_add(e, 0, decrypts_step, "can't be told: it is not in the recording");
        return ANSWER_BROKEN;
    }
    if (suite_is_fixed(h->suite))
        return fixed_dh_ask(matching, h, out, e);
    if (h->client_params.encrypted_premaster.len == 0)
        return attack_exchange(keys, matching, h, e);

    enum answer answer = open_box(keys, matching, h, out, e);
    if (answer != ANSWER_SECRET && h->server_params.modulus.len > 0)
        return attack_exchange(keys, matching, h, e);
    if (answer != ANSWER_SECRET || h->suite->key_exchange != KX_RSA_PSK)
        return answer;
    evidence_add(e, h->client_key_exchange->frame, "Is that the whole premaster secret?",
                 "no: RSA_PSK puts a pre-shared key behind it (RFC 4279 section 4)");
    out->kind = SECRET_OTHER;
    return ANSWER_PSK;
}
