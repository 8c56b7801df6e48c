#include "attacker/leaks/exchange_attack.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdio.h>

#include "attacker/leaks/premaster.h"
#include "attacker/tls/exchange_name.h"
#include "attacker/tls/signature_scheme.h"
#include "capture/alloc.h"

/* try_as_ciphertext puts a public value through the private key, as if it were a box. */
static void try_as_ciphertext(EVP_PKEY *key, uint64_t frame, struct bytes value, struct evidence *e)
{
    static const char step[] = "And if those bytes are decrypted with it all the same?";
    struct premaster p = premaster_decrypt(key, value);

    switch (p.result) {
    case PREMASTER_OPENED:
    case PREMASTER_WRONG_LENGTH:
        evidence_add(e, frame, step, "a PKCS #1 block comes out, which should not be");
        break;
    case PREMASTER_NO_CIPHERTEXT:
        evidence_add(e, frame, step,
                     "the number is not below the modulus: RSA has no answer to it");
        break;
    case PREMASTER_NO_PADDING:
        evidence_add(e, frame, step,
                     "noise: it begins %02x %02x, a secret would begin 00 02 (PKCS #1 padding)",
                     p.first_bytes[0], p.first_bytes[1]);
        break;
    case PREMASTER_NOT_RSA:
        evidence_add(e, frame, step, "a key of this kind cannot decrypt, it only signs");
        break;
    }
    OPENSSL_cleanse(&p, sizeof(p));
}

static bool signature_verifies(EVP_PKEY *key, const struct signature_scheme *scheme,
                               const struct handshake *h)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    const struct bytes params = h->server_params.params;
    const struct bytes signature = h->server_params.signature;
    struct buffer covered = {0};

    buffer_append(&covered, bytes_of(h->client_random, RANDOM_LEN));
    buffer_append(&covered, bytes_of(h->server_random, RANDOM_LEN));
    buffer_append(&covered, params);

    bool verified =
        context &&
        EVP_DigestVerifyInit_ex(context, &key_context, scheme->hash, NULL, NULL, key, NULL) == 1 &&
        (scheme->kind != SIGNATURE_PSS ||
         EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1) &&
        EVP_DigestVerify(context, signature.at, signature.len, covered.at, covered.len) == 1;
    buffer_clear(&covered);
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return verified;
}

/* check_signature: the right key shows itself by what it signed. RFC 5246 section 7.4.3. */
static enum answer check_signature(EVP_PKEY *key, const struct handshake *h, struct evidence *e)
{
    static const char step[] = "Does the ServerKeyExchange's signature verify with the key?";
    const struct server_key_exchange *x = &h->server_params;
    bool unsigned_by_design =
        h->suite->authentication == AUTH_ANON || h->suite->authentication == AUTH_PSK;

    if (!h->server_key_exchange) {
        evidence_add(e, 0, step, "there is no ServerKeyExchange in the recording");
        return ANSWER_BROKEN;
    }

    uint64_t frame = h->server_key_exchange->frame;
    if (x->signature.len == 0) {
        evidence_add(e, frame, step,
                     "nobody signed it: the server's key has no part in this at all");
        return unsigned_by_design ? ANSWER_WITHSTOOD : ANSWER_BROKEN;
    }

    const struct signature_scheme *scheme =
        h->version >= TLS_1_2 ? signature_scheme_find(x->signature_scheme)
                              : signature_scheme_before_tls12(EVP_PKEY_is_a(key, "RSA"));
    if (!scheme) {
        evidence_add(e, frame, step, "can't be told: signature scheme 0x%04x is not known here",
                     x->signature_scheme);
        return ANSWER_BROKEN;
    }

    bool verified = signature_verifies(key, scheme, h);
    evidence_add(e, frame, step,
                 verified
                     ? "yes (%s, over both randoms and the public value): the key is the right "
                       "one, and all it does is sign"
                     : "no (%s): this key did not sign these parameters",
                 scheme->name);
    return verified ? ANSWER_WITHSTOOD : ANSWER_MISMATCH;
}

/* check_values: a value that hides nothing gives the secret to everybody. */
static bool check_values(const struct handshake *h, uint64_t frame, struct evidence *e)
{
    bool hidden = group_hides(h->server_params.p, h->server_value) &&
                  group_hides(h->server_params.p, h->client_value);

    if (!hidden)
        evidence_add(e, frame, "Do the two public values hide anything?",
                     "no: one of them is 0, 1 or -1 in its group, which no honest program sends");
    return hidden;
}

/* cost_of writes the best known attack on the group, as a clause. */
static void cost_of(const struct handshake *h, char out[static GROUP_TEXT_SIZE])
{
    const struct group *group = group_find(h->group);

    if (h->server_params.p.len > 0)
        (void)group_cost_prime(group_prime_bits(h->server_params.p), out);
    else if (!group)
        (void)snprintf(out, GROUP_TEXT_SIZE, "what that costs in this group is not known here");
    else if (!group_yields_to_quantum(group))
        (void)snprintf(
            out, GROUP_TEXT_SIZE,
            "no attack is known, not even for a quantum computer: ML-KEM has to fall too");
    else if (group->kind == GROUP_FINITE_FIELD)
        (void)group_cost_prime(group->bits, out);
    else
        (void)group_cost_curve(group->bits, out);
}

/* note_missing: what would be needed, and what it would cost to compute it. */
static void note_missing(const struct handshake *h, uint64_t frame, struct evidence *e)
{
    const struct group *group = group_find(h->group);
    unsigned bits = h->server_params.p.len > 0 ? group_prime_bits(h->server_params.p)
                    : group                    ? group->bits
                                               : 0;
    char name[GROUP_TEXT_SIZE];
    char cost[GROUP_TEXT_SIZE];
    char size[32] = "";

    bool psk = h->psk_chosen || (h->suite && suite_uses_psk(h->suite));

    evidence_add(e, 0, "What is missing?",
                 "x, from which the server made its value, or y, from which the client made its "
                 "own: either gives the shared secret%s, and neither was ever sent",
                 psk ? ", which the pre-shared key is then mixed with" : "");
    cost_of(h, cost);
    if (bits > 0)
        (void)snprintf(size, sizeof(size), " (%u bits)", bits);
    evidence_add(e, frame, "What would it cost to compute x from the server's value?",
                 "%s in %s%s: %s",
                 group && group->kind == GROUP_LATTICE ? "a short vector" : "a discrete logarithm",
                 exchange_group_name(h, name), size, cost);
}

enum answer exchange_attack_tls12(EVP_PKEY *key, const struct handshake *h, struct evidence *e)
{
    static const char step[] = "Does the ClientKeyExchange decrypt with the key?";
    char name[GROUP_TEXT_SIZE];
    char hex[EVIDENCE_HEX_SIZE];
    uint64_t frame = h->client_key_exchange->frame;

    if (h->client_value.len == 0) {
        evidence_add(e, frame, step,
                     "there is no ciphertext in it: its %zu bytes hold neither a premaster secret "
                     "nor a public value",
                     h->client_key_exchange->body.len);
        return suite_is_ephemeral(h->suite) ? ANSWER_BROKEN : ANSWER_WITHSTOOD;
    }
    evidence_add(e, frame, step,
                 "there is no ciphertext in it: its %zu bytes are the client's public value in "
                 "%s: %s",
                 h->client_key_exchange->body.len, exchange_group_name(h, name),
                 evidence_hex(h->client_value, hex));
    try_as_ciphertext(key, frame, h->client_value, e);

    enum answer signature = check_signature(key, h, e);
    if (signature != ANSWER_WITHSTOOD)
        return signature;
    if (!check_values(h, frame, e))
        return ANSWER_BROKEN;
    note_missing(h, h->server_key_exchange->frame, e);
    return ANSWER_WITHSTOOD;
}

/* cost_of_factoring: RSA-155, of 512 bits, fell in 1999; RSA-250, of 829, in 2020. */
static const char *cost_of_factoring(unsigned bits)
{
    if (bits <= 512)
        return "hours on a few rented machines: a number of 512 bits was first factored in 1999";
    return bits <= 830 ? "thousands of core years at most: 829 bits were factored in 2020"
                       : "no number of this size has been factored in public";
}

enum answer exchange_attack_temporary(EVP_PKEY *key, const struct handshake *h, struct evidence *e)
{
    uint64_t frame = h->server_key_exchange->frame;
    unsigned bits = group_prime_bits(h->server_params.modulus);

    evidence_add(e, frame, "To which key did the client encrypt it, then?",
                 "to a temporary RSA key of %u bits, which the server made for export suites and "
                 "sent in its ServerKeyExchange",
                 bits);

    enum answer signature = check_signature(key, h, e);
    if (signature != ANSWER_WITHSTOOD)
        return signature;
    evidence_add(e, frame, "Is the session safe with that?",
                 "from a later loss of the server's key, yes; not from a loss of the temporary "
                 "key, which servers used for days and for all clients");
    evidence_add(e, frame, "What would it cost to factor the temporary key?", "%s",
                 cost_of_factoring(bits));
    return ANSWER_WITHSTOOD;
}

enum answer exchange_attack_tls13(EVP_PKEY *key, const struct handshake *h, struct evidence *e)
{
    static const char step[] = "Is there a ciphertext for the key to open?";
    char name[GROUP_TEXT_SIZE];
    char hex[EVIDENCE_HEX_SIZE];

    evidence_add(e, h->server_hello->frame, "Does the key belong to this server's certificate?",
                 "can't be known: TLS 1.3 encrypts everything behind the ServerHello, the "
                 "Certificate too");
    if (h->server_hello->torn || (h->client_hello->torn && h->client_value.len == 0)) {
        evidence_add(e, h->client_hello->frame, step,
                     "no: TLS 1.3 has no RSA key transport. What there is instead, stands at "
                     "least in part where the recording of a hello has a hole");
        return ANSWER_BROKEN;
    }
    if (h->server_value.len == 0) {
        evidence_add(e, h->client_hello->frame, step,
                     "no: TLS 1.3 has no RSA key transport, and here the secret comes from a "
                     "pre-shared key alone");
        return h->psk_chosen ? ANSWER_WITHSTOOD : ANSWER_BROKEN;
    }
    if (h->client_value.len == 0) {
        evidence_add(e, h->client_hello->frame, step,
                     "no, and no public value either: the server answers in %s, which the client "
                     "did not offer",
                     exchange_group_name(h, name));
        return ANSWER_BROKEN;
    }
    evidence_add(e, h->client_hello->frame, step,
                 "no: TLS 1.3 has no ClientKeyExchange. In its key_share the client sends a public "
                 "value of %zu bytes in %s: %s",
                 h->client_value.len, exchange_group_name(h, name),
                 evidence_hex(h->client_value, hex));
    try_as_ciphertext(key, h->client_hello->frame, h->client_value, e);
    evidence_add(e, h->server_hello->frame, "What does the key do in this handshake?",
                 "%s; the ServerHello holds a public value of %zu bytes: %s",
                 h->psk_chosen
                     ? "nothing: a pre-shared key takes its place"
                     : "it signs the CertificateVerify, which is encrypted with keys from "
                       "the very secret that is sought",
                 h->server_value.len, evidence_hex(h->server_value, hex));
    if (!check_values(h, h->server_hello->frame, e))
        return ANSWER_BROKEN;
    note_missing(h, h->server_hello->frame, e);
    return ANSWER_WITHSTOOD;
}
