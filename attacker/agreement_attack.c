#include "attacker/agreement_attack.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/sha.h>

#include "attacker/leaks/diffie_hellman.h"
#include "attacker/tls/group.h"

#define KEY_SIZE   32
#define NONCE_SIZE 12
#define TAG_SIZE   16
#define PURPOSE    "keyfall group message"

/* One member's secret, as far as it is needed. */
struct member {
    unsigned number; /* from 1 */
    BIGNUM *p;
    BIGNUM *x;
};

static void member_clear(struct member *m)
{
    BN_free(m->p);
    BN_clear_free(m->x);
    *m = (struct member){0};
}

static const struct agreement_part *sent(const struct agreement *a, unsigned member, unsigned round)
{
    return &a->values[member - 1][round - 1];
}

/* Who sends to this member. */
static unsigned previous(const struct agreement *a, unsigned member)
{
    return member == 1 ? a->members : member - 1;
}

/* --- Whose secret is it? ---------------------------------------------------------------- */

static bool is_in_group(const EVP_PKEY *key, const struct agreement *a)
{
    const struct group *group = group_find(a->group);
    char name[32];

    return group && group->kind == GROUP_FINITE_FIELD && group->libcrypto &&
           EVP_PKEY_is_a(key, "DH") &&
           EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) == 1 &&
           strcmp(name, group->libcrypto) == 0;
}

/* find_member: g^x is what a member sent first. The caller clears *out. */
static bool find_member(struct member *out, EVP_PKEY *key, const struct agreement *a)
{
    BIGNUM *own = NULL;

    *out = (struct member){0};
    if (is_in_group(key, a) && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PUB_KEY, &own) == 1) {
        for (unsigned i = a->members; i > 0; i--) {
            if (sent(a, i, 1)->frame > 0 &&
                diffie_hellman_is_number(own, buffer_view(&sent(a, i, 1)->bytes)))
                out->number = i;
        }
    }
    BN_free(own);
    return out->number > 0 && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &out->p) == 1 &&
           EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &out->x) == 1;
}

/* --- What is computed -------------------------------------------------------------------- */

/* power_of is value^x mod p, as long as p. */
static bool power_of(const struct member *m, const struct buffer *value, struct secret *out)
{
    return diffie_hellman_raise(m->p, m->x, buffer_view(value), true, SECRET_SHARED, out);
}

/* explains counts the values that this member made from others, and those that x explains. */
static void explains(const struct agreement *a, const struct member *m, unsigned *made,
                     unsigned *explained)
{
    struct secret raised = {0};

    *made = 0;
    *explained = 0;
    for (unsigned round = 1; round + 1 < a->members; round++) {
        const struct agreement_part *in = sent(a, previous(a, m->number), round);
        const struct agreement_part *out = sent(a, m->number, round + 1);

        if (in->frame == 0 || out->frame == 0)
            continue;
        (*made)++;
        *explained += power_of(m, &in->bytes, &raised) &&
                      bytes_equal(secret_view(&raised), buffer_view(&out->bytes));
    }
    secret_clear(&raised);
}

static bool derive(uint8_t key[static KEY_SIZE], const struct agreement *a, struct bytes secret)
{
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(hkdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, unconst("SHA256"), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, unconst(secret.at), secret.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, unconst(a->id), sizeof(a->id)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, unconst(PURPOSE), strlen(PURPOSE)),
        OSSL_PARAM_construct_end(),
    };
    bool ok = ctx && EVP_KDF_derive(ctx, key, KEY_SIZE, params) == 1;

    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(hkdf);
    return ok;
}

/* open_message appends the text to a->message when the tag verifies. */
static bool open_message(struct agreement *a, const uint8_t key[static KEY_SIZE])
{
    struct reader r = reader_of(buffer_view(&a->sealed.bytes));
    struct bytes nonce;
    struct bytes body;
    int len = 0;
    int more = 0;

    if (!reader_bytes(&r, &nonce, NONCE_SIZE) || r.left.len < TAG_SIZE ||
        !reader_bytes(&r, &body, r.left.len - TAG_SIZE))
        return false;

    struct bytes tag = reader_rest(&r);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    struct buffer text = {0};

    buffer_append(&text, body); /* opened in place */

    bool ok =
        ctx && EVP_DecryptInit_ex2(ctx, EVP_aes_256_gcm(), key, nonce.at, NULL) == 1 &&
        EVP_DecryptUpdate(ctx, NULL, &len, a->sealed_header.at, (int)a->sealed_header.len) == 1 &&
        (body.len == 0 || EVP_DecryptUpdate(ctx, text.at, &len, text.at, (int)body.len) == 1) &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, unconst(tag.at)) == 1 &&
        EVP_DecryptFinal_ex(ctx, (uint8_t[TAG_SIZE]){0}, &more) == 1;

    if (ok)
        buffer_append(&a->message, buffer_view(&text));
    if (text.len > 0)
        OPENSSL_cleanse(text.at, text.len);
    buffer_clear(&text);
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

/* --- What is told --------------------------------------------------------------------- */

static void settle(struct agreement *a, enum outcome outcome, enum reason reason,
                   const char *explanation)
{
    a->outcome = outcome;
    a->reason = reason;
    a->explanation = explanation;
}

static void note_public(struct agreement *a)
{
    const struct group *group = group_find(a->group);
    size_t all = (size_t)a->members * (a->members - 1);
    char cost[GROUP_TEXT_SIZE];

    evidence_add(&a->evidence, a->sealed.frame, "What crossed the wire?",
                 "%zu of %zu public values of %u members in %s, and %s", agreement_num_values(a),
                 all, a->members, group ? group->name : "a group that is not known",
                 a->sealed.frame > 0 ? "a message that one of them sealed for the others"
                                     : "no message that was sealed with the key");
    evidence_add(&a->evidence, 0, "Do the public values give the key?",
                 "no: each is g to the product of some members' exponents, and lacks at least "
                 "one. The key is g to the product of all %u, and no product or power of the "
                 "others comes to it (the computational Diffie-Hellman problem)",
                 a->members);
    if (group && group->kind == GROUP_FINITE_FIELD)
        evidence_add(&a->evidence, 0, "What would it cost to compute one exponent?", "%s",
                     group_cost_prime(group->bits, cost));
}

/* note_key tells which key it is as the members' program does, and not the key. */
static void note_key(struct agreement *a, const uint8_t key[static KEY_SIZE], uint64_t frame)
{
    enum { SHOWN = 8 };
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char hex[EVIDENCE_HEX_SIZE];

    SHA256(key, KEY_SIZE, digest);
    evidence_add(&a->evidence, frame, "What comes of the value that arrived there last?",
                 "it lacks this x alone. Raised to it, it is the number that all have in common, "
                 "and HKDF makes the key of it; the key's SHA-256 begins %s",
                 evidence_hex(bytes_of(digest, SHOWN), hex));
}

static void note_member(struct agreement *a, const struct member *m)
{
    const struct agreement_part *first = sent(a, m->number, 1);
    char hex[EVIDENCE_HEX_SIZE];
    unsigned made;
    unsigned explained;

    evidence_add(&a->evidence, first->frame, "Whose secret is the key that was given?",
                 "member %u's: g^x is what it sent first, %s", m->number,
                 evidence_hex(buffer_view(&first->bytes), hex));
    explains(a, m, &made, &explained);
    if (made > 0)
        evidence_add(&a->evidence, 0, "Does it explain what that member sent later?",
                     "%s: %u of %u values are what had arrived there, raised to x",
                     explained == made ? "yes" : "no", explained, made);
}

/* use: a member's secret is known. */
static void use(struct agreement *a, const struct member *m)
{
    const struct agreement_part *last = sent(a, previous(a, m->number), a->members - 1);
    struct secret raised = {0};
    uint8_t key[KEY_SIZE];

    note_member(a, m);
    if (last->frame == 0 || a->sealed.frame == 0) {
        settle(a, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING,
               last->frame == 0
                   ? "One member's secret is known, but the value that it got last is not in the "
                     "recording, and the key is made from that."
                   : "One member's secret is known, but no message that was sealed with the key is "
                     "in the recording, so there is nothing to open.");
        return;
    }

    bool known = power_of(m, &last->bytes, &raised) && derive(key, a, secret_view(&raised));
    bool opened = known && open_message(a, key);

    if (known)
        note_key(a, key, last->frame);
    evidence_add(&a->evidence, a->sealed.frame, "Does the message open with it?",
                 opened ? "yes: its tag verifies, over the message and its header"
                        : "no: its tag does not verify");
    if (opened)
        settle(a, OUTCOME_DECRYPTED, REASON_NONE,
               "One member's secret exponent is known. The value that this member got last, raised "
               "to it, is what all have in common: any one of them gives the key away for all.");
    else
        settle(a, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
               "One member's secret is known, but the message does not verify with the key that "
               "follows from it: the recording, or the agreement itself, was tampered with.");
    a->secret_source = opened ? "ephemeral" : NULL;
    secret_clear(&raised);
    OPENSSL_cleanse(key, sizeof(key));
}

static void settle_shut(struct agreement *a, const struct leaks *leaks)
{
    if (leaks->ephemerals.num_keys > 0) {
        evidence_add(&a->evidence, 0, "Whose secret is the key that was given?",
                     "nobody's: none of the members sent its g^x first");
        settle(a, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
               "No ephemeral key that was given is the secret of one of these members.");
    } else if (leaks_any(leaks)) {
        settle(a, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
               "The members agreed by Diffie-Hellman, and no key of a server has a part in it. "
               "Their exponents never crossed the wire; one of them, given as --ephemeral, would "
               "open it.");
    } else {
        settle(a, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
               "Nothing was given to try. The secret exponent of any one member, given as "
               "--ephemeral, would open it; the public values alone do not.");
    }
}

void agreement_attack(struct agreement *a, const struct leaks *leaks)
{
    struct member m = {0};
    bool found = false;

    note_public(a);
    if (a->contradicts)
        evidence_add(&a->evidence, 0, "Do the messages agree with each other?",
                     "no: something was sent twice, and differs; what came first counts");
    for (size_t i = 0; i < leaks->ephemerals.num_keys && !found; i++) {
        member_clear(&m);
        found = find_member(&m, leaks->ephemerals.keys[i], a);
    }
    if (found)
        use(a, &m);
    else
        settle_shut(a, leaks);
    member_clear(&m);
    ERR_clear_error();
}
