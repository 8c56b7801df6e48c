/* The sentences about pre-shared keys that were given. */
#include "attacker/tls/exchange_name.h"
#include "attacker/tls/identity_text.h"
#include "attacker/tls/offered_psk.h"
#include "attacker/verdict_settle.h"

const char *verdict_opened_by_psk(const struct handshake *h)
{
    if (exchange_is_ephemeral(h))
        return "A pre-shared key and an ephemeral exchange make the secret. Both have leaked: that "
               "key, and one of the two ephemeral private keys.";
    if (h->suite->key_exchange == KX_RSA_PSK)
        return "A pre-shared key makes the secret, and what the client sent encrypted to the "
               "server's public key. Both have leaked: that key, and the server's private key.";
    return "The keys follow from a pre-shared key alone: it opens this session, and every other "
           "that the two began with it in this way.";
}

/* settle_withstood: the key fits, and something else goes into the keys as well. */
static void settle_withstood(struct verdict *v, const struct findings *f, const char *name)
{
    bool ephemeral = exchange_is_ephemeral(f->handshake);

    if (!ephemeral && f->leaks->answers[LEAK_SERVER_KEY] == ANSWER_MISMATCH)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
            "A pre-shared key was given for the identity of this session, %s. RSA_PSK takes the "
            "server's private key as well, and no key that was given is this server's.",
            name);
    else if (!ephemeral)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
            "A pre-shared key was given for the identity of this session, %s. RSA_PSK takes the "
            "server's private key as well: it would open what the client encrypted to it.",
            name);
    else if (f->handshake->version >= TLS_1_3)
        verdict_settle(
            v, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
            "The pre-shared key that was given is that of this session, as the binder shows. But "
            "an ephemeral key exchange goes into the keys as well, and it withstands this: its "
            "two secret numbers never crossed the wire.");
    else
        verdict_settle(
            v, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
            "A pre-shared key was given for the identity of this session, %s. But an ephemeral key "
            "exchange goes into the keys as well, and it withstands this: its two secret numbers "
            "never crossed the wire.",
            name);
}

/* settle_differs: `proof` shows that it is not the key of this identity. */
static void settle_differs(struct verdict *v, enum psk_fit fit, const char *name, const char *proof)
{
    switch (fit) {
    case PSK_FIT_NONE:
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
                       "The pre-shared key of this session goes by the identity %s, and none was "
                       "given for that.",
                       name);
        break;
    case PSK_FIT_ANY:
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
                       "The pre-shared key of this session goes by the identity %s, and none that "
                       "was given is that one: %s.",
                       name, proof);
        break;
    case PSK_FIT_NAMED:
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
                       "A pre-shared key was given for the identity of this session, %s, but it is "
                       "another one: %s.",
                       name, proof);
        break;
    }
}

bool verdict_settle_psk_given(struct verdict *v, const struct findings *f)
{
    const enum answer *answers = f->leaks->answers;
    bool withstood = answers[LEAK_SERVER_KEY] == ANSWER_WITHSTOOD &&
                     answers[LEAK_EPHEMERAL] != ANSWER_PSK && exchange_is_ephemeral(f->handshake);
    char name[IDENTITY_TEXT_SIZE];

    (void)identity_text(offered_psk_identity(f->handshake), name);
    switch (answers[LEAK_PSK]) {
    case ANSWER_WITHSTOOD:
        if (answers[LEAK_SERVER_KEY] == ANSWER_BROKEN || answers[LEAK_EPHEMERAL] == ANSWER_BROKEN)
            return false; /* what was recorded of the rest contradicts itself */
        settle_withstood(v, f, name);
        return true;
    case ANSWER_MISMATCH:
        if (withstood || f->leaks->takes_ticket)
            return false;
        settle_differs(v, f->leaks->psk_fit, name,
                       "the binder in the ClientHello is not what it makes");
        return true;
    case ANSWER_NOT_GIVEN:
    case ANSWER_BROKEN:
    case ANSWER_PSK:
    case ANSWER_SECRET:
        break;
    }
    return false;
}

bool verdict_settle_psk_wrong(struct verdict *v, const struct findings *f)
{
    char name[IDENTITY_TEXT_SIZE];

    if (f->leaks->source != LEAK_PSK || f->handshake->version >= TLS_1_3)
        return false;
    settle_differs(v, f->leaks->psk_fit, identity_text(offered_psk_identity(f->handshake), name),
                   "no record verifies with the keys that it makes");
    return true;
}
