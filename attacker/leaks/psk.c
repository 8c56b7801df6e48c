#include "attacker/leaks/psk.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "attacker/leaks/hex_word.h"
#include "attacker/tls/identity_text.h"
#include "capture/alloc.h"

/* --- The list ------------------------------------------------------------------------- */

bool psks_add(struct psks *list, const char *text, struct complaint *why)
{
    const char *colon = strrchr(text, ':');
    const char *hex = colon ? colon + 1 : text;
    struct psk psk = {0};

    if (*hex == '\0')
        return complaint_say(why, "--psk: the key is empty; write it as hexadecimal digits, with "
                                  "or without an identity and a colon in front");
    if (strlen(hex) > 2 * sizeof(psk.value))
        return complaint_say(why,
                             "--psk: the key has more than %zu bytes, which no TLS stack takes; "
                             "is it a file's content?",
                             sizeof(psk.value));
    if (!hex_word_read(hex, psk.value, sizeof(psk.value), &psk.len)) {
        OPENSSL_cleanse(&psk, sizeof(psk));
        return complaint_say(why, "--psk: the key is not written in hexadecimal digits, two a "
                                  "byte; behind an identity it takes a colon in front");
    }
    list->keys = alloc_resize(list->keys, (list->num_keys + 1) * sizeof(psk));
    if (colon)
        psk.identity = alloc_format("%.*s", (int)(colon - text), text);
    list->keys[list->num_keys++] = psk;
    OPENSSL_cleanse(&psk, sizeof(psk));
    return true;
}

void psks_clear(struct psks *list)
{
    for (size_t i = 0; i < list->num_keys; i++) {
        free(list->keys[i].identity);
        OPENSSL_cleanse(&list->keys[i], sizeof(list->keys[i]));
    }
    free(list->keys);
    *list = (struct psks){0};
}

static bool is_named(const struct psk *psk, struct bytes identity)
{
    return psk->identity && bytes_equal(bytes_of(psk->identity, strlen(psk->identity)), identity);
}

const struct psk *psks_fitting(const struct psks *list, struct bytes identity, size_t which)
{
    size_t seen = 0;

    for (size_t i = 0; i < list->num_keys; i++) {
        if (is_named(&list->keys[i], identity) && seen++ == which)
            return &list->keys[i];
    }
    for (size_t i = 0; i < list->num_keys; i++) {
        if (!list->keys[i].identity && seen++ == which)
            return &list->keys[i];
    }
    return NULL;
}

enum psk_fit psks_fit(const struct psks *list, struct bytes identity)
{
    const struct psk *nearest = psks_fitting(list, identity, 0);

    if (!nearest)
        return PSK_FIT_NONE;
    return nearest->identity ? PSK_FIT_NAMED : PSK_FIT_ANY;
}

/* --- The premaster secret --------------------------------------------------------------- */

/* A length of two bytes, and that many. */
static void put_block(struct buffer *out, struct bytes block)
{
    const uint8_t len[2] = {(uint8_t)(block.len >> 8), (uint8_t)block.len};

    buffer_append(out, bytes_of(len, sizeof(len)));
    buffer_append(out, block);
}

/* mix puts the key behind `other`, or behind as many zeros. */
static bool mix(struct secret *out, struct bytes other, const struct psk *psk)
{
    static const uint8_t zeros[PSK_MAX_LEN] = {0};
    struct bytes key = bytes_of(psk->value, psk->len);
    struct buffer premaster = {0};

    put_block(&premaster, other.len > 0 ? other : bytes_of(zeros, key.len));
    put_block(&premaster, key);
    bool fits = secret_set(out, SECRET_PREMASTER, buffer_view(&premaster));
    OPENSSL_cleanse(premaster.at, premaster.len);
    buffer_clear(&premaster);
    return fits;
}

bool psk_replace(struct secret *premaster, const struct handshake *h, const struct psk *psk)
{
    struct reader r = reader_of(secret_view(premaster));
    struct reader other;

    if (h->suite->key_exchange == KX_PSK)
        return mix(premaster, (struct bytes){0}, psk);
    return reader_block(&r, &other, 2) && mix(premaster, other.left, psk);
}

/* --- The question ------------------------------------------------------------------------ */

/* note tells which key it is that is meant, if any. */
static void note(const struct psks *list, const struct handshake *h, struct evidence *e)
{
    static const char step[] = "Was a pre-shared key given for the identity that the client names?";
    struct bytes identity = h->client_params.psk_identity;
    uint64_t frame = h->client_key_exchange->frame;
    char name[IDENTITY_TEXT_SIZE];

    (void)identity_text(identity, name);
    switch (psks_fit(list, identity)) {
    case PSK_FIT_NONE:
        evidence_add(e, frame, step, "no: it is %s, and none was given for that", name);
        break;
    case PSK_FIT_ANY:
        evidence_add(e, frame, step, "perhaps: it is %s, and a key was given for no identity",
                     name);
        break;
    case PSK_FIT_NAMED:
        evidence_add(e, frame, step, "yes: it is %s, and a key was given for that", name);
        break;
    }
}

/* note_mixed tells what the premaster secret is made of. */
static void note_mixed(enum key_exchange kx, size_t len, struct evidence *e)
{
    const char *beside = kx == KX_PSK       ? "of as many zeros as the key has bytes, and the key "
                                              "behind them"
                         : kx == KX_RSA_PSK ? "of what the server's key has decrypted, and the "
                                              "pre-shared key behind it"
                                            : "of the shared secret of the ephemeral exchange, and "
                                              "the pre-shared key behind it";

    evidence_add(e, 0, "What is the premaster secret made of?", "%s: %zu bytes with their lengths",
                 beside, len);
}

enum answer psk_ask(const struct psks *list, const struct handshake *h, struct secret *secret,
                    struct evidence *e)
{
    static const char step[] = "Is that all that goes into the premaster secret?";
    const struct psk *psk;

    if (list->num_keys == 0 || h->version >= TLS_1_3 || handshake_is_resumption(h) ||
        !suite_uses_psk(h->suite))
        return ANSWER_NOT_GIVEN;
    if (!h->client_key_exchange) {
        evidence_add(e, 0, "Was a pre-shared key given for the identity that the client names?",
                     "can't be told: it stands in the ClientKeyExchange, which was not recorded");
        return ANSWER_BROKEN;
    }
    note(list, h, e);
    psk = psks_fitting(list, h->client_params.psk_identity, 0);
    if (!psk)
        return ANSWER_MISMATCH;
    if (h->suite->key_exchange != KX_PSK && secret->kind != SECRET_OTHER) {
        evidence_add(e, 0, step,
                     h->suite->key_exchange == KX_RSA_PSK
                         ? "no: 48 bytes go in as well, encrypted to the server's public key"
                         : "no: the shared secret of an ephemeral exchange goes in as well, and it "
                           "is not known");
        return ANSWER_WITHSTOOD;
    }
    if (!mix(secret, secret->kind == SECRET_OTHER ? secret_view(secret) : (struct bytes){0}, psk))
        return ANSWER_BROKEN;
    note_mixed(h->suite->key_exchange, secret->len, e);
    return ANSWER_SECRET;
}
