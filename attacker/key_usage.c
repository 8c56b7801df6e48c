#include "attacker/key_usage.h"

#include <stdio.h>

/* The uses that TLS makes of a certificate's key. */
enum use {
    USE_TRANSPORT, /* it decrypts the premaster secret */
    USE_TEMPORARY, /* it does, or it signs a temporary key that does; RFC 2246 section 7.4.3 */
    USE_SIGN,      /* it signs the exchange, or the handshake */
    USE_AGREE,     /* it is one of the two keys of a Diffie-Hellman agreement */
    USE_UNKNOWN,
};

static const struct {
    const char *usage; /* in RFC 5280's words; what it is called in a sentence */
    const char *what;
} uses[] = {
    [USE_TRANSPORT] = {"keyEncipherment", "to decrypt (key transport)"},
    [USE_TEMPORARY] = {"keyEncipherment", "to decrypt (key transport)"},
    [USE_SIGN] = {"digitalSignature", "to sign"},
    [USE_AGREE] = {"keyAgreement", "to agree on keys"},
};

static enum use use_made(const struct handshake *h)
{
    if (!h->suite)
        return USE_UNKNOWN;
    switch (h->suite->key_exchange) {
    case KX_RSA:
    case KX_RSA_PSK:
        return USE_TRANSPORT;
    case KX_RSA_EXPORT:
        return USE_TEMPORARY;
    case KX_DH:
    case KX_ECDH:
        return USE_AGREE;
    case KX_DHE:
    case KX_ECDHE:
    case KX_SRP:
    case KX_ECCPWD:
    case KX_TLS13:
        return USE_SIGN;
    case KX_DH_ANON:
    case KX_ECDH_ANON:
    case KX_PSK:
    case KX_DHE_PSK:
    case KX_ECDHE_PSK:
    case KX_KRB5:
    case KX_GOST:
        break;
    }
    return USE_UNKNOWN;
}

/* What a key of this kind can do at all; NULL when there is nothing to be said of it. */
static const char *ability(const EVP_PKEY *key)
{
    static const struct {
        const char *type;
        const char *text;
    } kinds[] = {
        {"RSA", "an RSA key can do both, decrypt and sign"},
        {"RSA-PSS", "a key for RSA-PSS can only sign"},
        {"EC", "a key on a curve can sign or agree on keys, and decrypts nothing"},
        {"DSA", "a DSA key can only sign"},
        {"ED25519", "an EdDSA key can only sign"},
        {"ED448", "an EdDSA key can only sign"},
        {"DH", "a Diffie-Hellman key can only agree on keys"},
        {"DHX", "a Diffie-Hellman key can only agree on keys"},
        {"X25519", "a key on this curve can only agree on keys"},
        {"X448", "a key on this curve can only agree on keys"},
    };

    for (size_t i = 0; key && i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (EVP_PKEY_is_a(key, kinds[i].type))
            return kinds[i].text;
    }
    return NULL;
}

static bool permits(const struct certificate *c, const char *usage)
{
    for (size_t i = 0; i < c->num_key_usages; i++) {
        if (strcmp(c->key_usages[i], usage) == 0)
            return true;
    }
    return false;
}

/* The names of all usages fit: nine of at most 16 letters, with commas between. */
#define USAGES_TEXT_SIZE 200

static const char *usages_text(char out[static USAGES_TEXT_SIZE], const struct certificate *c)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < c->num_key_usages; i++)
        len += (size_t)snprintf(out + len, USAGES_TEXT_SIZE - len, "%s%s", i > 0 ? ", " : "",
                                c->key_usages[i]);
    return out;
}

static void note_permitted(struct evidence *e, const struct certificate *c, uint64_t frame)
{
    const char *able = ability(c->public_key);
    char text[USAGES_TEXT_SIZE];

    evidence_add(e, frame, "What does the server's certificate permit its key?", "%s%s%s",
                 c->num_key_usages > 0 ? usages_text(text, c)
                                       : "anything: it has no Key Usage, which would limit it",
                 able ? ". By itself, " : "", able ? able : "");
}

static void note_agreement(struct evidence *e, const struct handshake *h, uint64_t frame)
{
    static const char step[] = "Is that what the key was used for?";
    enum use use = use_made(h);
    const struct certificate *c = &h->certificate;

    if (use == USE_UNKNOWN)
        return;
    if (c->num_key_usages == 0)
        evidence_add(e, frame, step, "yes: the two agreed to use it %s", uses[use].what);
    else if (permits(c, uses[use].usage))
        evidence_add(e, frame, step, "yes: the two agreed to use it %s, and %s permits that",
                     uses[use].what, uses[use].usage);
    else if (use == USE_TEMPORARY && permits(c, uses[USE_SIGN].usage))
        evidence_add(e, frame, step,
                     "that depends: digitalSignature lets it sign a temporary key, which an export "
                     "suite may ask for; to decrypt with it would take keyEncipherment");
    else
        evidence_add(e, frame, step,
                     "no: the two agreed to use it %s, which takes %s. It is for the client to "
                     "object to that, and many do not%s",
                     uses[use].what, uses[use].usage,
                     use == USE_TRANSPORT ? ". The key decrypts all the same" : "");
}

void key_usage_note(struct evidence *e, const struct handshake *h, uint64_t frame)
{
    if (!h->certificate.seen)
        return;
    note_permitted(e, &h->certificate, frame);
    note_agreement(e, h, frame);
}
