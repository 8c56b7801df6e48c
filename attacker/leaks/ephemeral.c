#include "attacker/leaks/ephemeral.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "attacker/leaks/diffie_hellman.h"
#include "attacker/leaks/premaster.h"
#include "attacker/tls/exchange_name.h"

/* compute goes from one side's private key and the other's public value to the shared secret. */
static bool compute(EVP_PKEY *key, const struct handshake *h, struct bytes peer, struct secret *out)
{
    bool tls13 = h->version >= TLS_1_3;

    return diffie_hellman_compute(key, peer, tls13, tls13 ? SECRET_SHARED : SECRET_PREMASTER, out);
}

/* other_value is what the other side gave: in the handshake, or, of a server that always gives the
 * same (DH and ECDH without an E), in its certificate. `room` is for that. */
static struct bytes other_value(enum side owner, const struct handshake *h,
                                uint8_t room[static SECRET_MAX_LEN])
{
    struct bytes value = owner == SIDE_SERVER ? h->client_value : h->server_value;
    size_t len;

    if (value.len == 0 && h->suite && suite_is_fixed(h->suite) && h->certificate.public_key &&
        diffie_hellman_value_of(h->certificate.public_key, room, &len))
        return bytes_of(room, len);
    return value;
}

static enum answer use(EVP_PKEY *key, enum side owner, const struct handshake *h,
                       struct secret *out, struct evidence *e)
{
    uint8_t room[SECRET_MAX_LEN];
    const struct message *where = h->version >= TLS_1_3
                                      ? (owner == SIDE_SERVER ? h->server_hello : h->client_hello)
                                  : owner == SIDE_SERVER ? h->server_key_exchange
                                                         : h->client_key_exchange;
    struct bytes peer = other_value(owner, h, room);
    char name[GROUP_TEXT_SIZE];

    evidence_add(e, where ? where->frame : 0, "Is the leaked ephemeral key one of this session?",
                 "yes: it gives the %s's public value in %s",
                 owner == SIDE_SERVER ? "server" : "client", exchange_group_name(h, name));
    return ephemeral_conclude(h, peer.len > 0 && compute(key, h, peer, out), out, e);
}

enum answer ephemeral_conclude(const struct handshake *h, bool computed, struct secret *out,
                               struct evidence *e)
{
    if (!computed) {
        evidence_add(e, 0, "Does it give the shared secret?",
                     "no: the other side's public value is missing or no member of the group");
        return ANSWER_BROKEN;
    }
    evidence_add(e, 0, "Does it give the shared secret?",
                 "yes: with the other side's public value, %zu bytes", out->len);
    if (h->psk_chosen || (h->suite && suite_uses_psk(h->suite))) {
        evidence_add(e, 0, "Is that all that the keys are made of?",
                     "no: a pre-shared key goes into them as well");
        if (h->version < TLS_1_3) /* the two are yet to be mixed: psk_ask, known_psk_ask */
            out->kind = SECRET_OTHER;
        return ANSWER_PSK;
    }
    return ANSWER_SECRET;
}

/* --- The temporary RSA key of the export suites ------------------------------- */

static bool has_modulus(const EVP_PKEY *key, struct bytes modulus)
{
    BIGNUM *n = NULL;
    bool same = EVP_PKEY_is_a(key, "RSA") &&
                EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
                diffie_hellman_is_number(n, modulus);

    BN_free(n);
    ERR_clear_error();
    return same;
}

static enum answer open_box(EVP_PKEY *key, const struct handshake *h, struct secret *out,
                            struct evidence *e)
{
    static const char step[] = "Does the ClientKeyExchange decrypt with it?";
    uint64_t frame = h->client_key_exchange ? h->client_key_exchange->frame : 0;
    struct bytes box = h->client_params.encrypted_premaster;
    struct premaster p = premaster_decrypt(key, box);
    bool opened = p.result == PREMASTER_OPENED &&
                  secret_set(out, SECRET_PREMASTER, bytes_of(p.value, sizeof(p.value)));

    OPENSSL_cleanse(&p, sizeof(p));
    evidence_add(e, frame, step,
                 opened ? "yes: its %zu bytes of ciphertext open to the premaster secret that the "
                          "client made"
                        : "no: its %zu bytes of ciphertext do not open to a premaster secret",
                 box.len);
    return opened ? ANSWER_SECRET : ANSWER_BROKEN;
}

static enum answer ask_temporary(const struct private_keys *ephemerals, const struct handshake *h,
                                 struct secret *out, struct evidence *e)
{
    static const char step[] = "Is the leaked key the temporary one of the ServerKeyExchange?";
    uint64_t frame = h->server_key_exchange->frame;

    for (size_t i = 0; i < ephemerals->num_keys; i++) {
        if (!has_modulus(ephemerals->keys[i], h->server_params.modulus))
            continue;
        evidence_add(e, frame, step, "yes: it has the modulus that stands there, %zu bytes",
                     h->server_params.modulus.len);
        return open_box(ephemerals->keys[i], h, out, e);
    }
    evidence_add(e, frame, step, "no: another modulus stands there");
    return ANSWER_MISMATCH;
}

/* --- All of them ------------------------------------------------------------- */

enum answer ephemeral_ask(const struct private_keys *ephemerals, const struct handshake *h,
                          struct secret *out, struct evidence *e)
{
    static const char step[] = "Is the leaked ephemeral key one of this session?";

    if (ephemerals->num_keys == 0)
        return ANSWER_NOT_GIVEN;
    if (h->server_params.modulus.len > 0)
        return ask_temporary(ephemerals, h, out, e);
    for (size_t i = 0; i < ephemerals->num_keys; i++) {
        EVP_PKEY *key = ephemerals->keys[i];

        if (diffie_hellman_has_value(key, h->server_params.p, h->server_value))
            return use(key, SIDE_SERVER, h, out, e);
        if (diffie_hellman_has_value(key, h->server_params.p, h->client_value))
            return use(key, SIDE_CLIENT, h, out, e);
    }
    if (exchange_is_ephemeral(h) && (h->server_value.len == 0 || h->client_value.len == 0)) {
        evidence_add(e, 0, step, "can't be told: a public value is missing from the recording");
        return ANSWER_BROKEN;
    }
    evidence_add(e, 0, step, "no: its public value is neither the server's nor the client's");
    return ANSWER_MISMATCH;
}
