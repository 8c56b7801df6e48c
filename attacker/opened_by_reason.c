#include "attacker/opened_by_reason.h"

#include <stdio.h>

#include "attacker/tls/exchange_name.h"

static char *say(char out[static OPENED_BY_REASON_SIZE], const char *reason)
{
    (void)snprintf(out, OPENED_BY_REASON_SIZE, "%s", reason);
    return out;
}

/* takes_up: up to TLS 1.2 a resumption exchanges no keys, so all is as it was before. */
static bool takes_up(const struct handshake *h)
{
    return h->version < TLS_1_3 && handshake_is_resumption(h);
}

static bool has_temporary_key(const struct handshake *h)
{
    return h->server_params.modulus.len > 0;
}

/* inherited is what is said of leaks that open the session before. */
static const char *inherited(enum opened_by leak)
{
    static const char *const sentences[] = {
        [OPENED_BY_SERVER_KEY] = "It takes up an earlier session, which the server's private key "
                                 "opens; no new keys were exchanged.",
        [OPENED_BY_TICKET_KEY] = "It takes up an earlier session, the secret of which crossed in a "
                                 "ticket; no new keys were exchanged.",
        [OPENED_BY_EPHEMERAL] = "It takes up an earlier session, which one of the two ephemeral "
                                "keys of that one opens; no new keys were exchanged.",
        [OPENED_BY_PSK] = "It takes up an earlier session, which the pre-shared key opens; no new "
                          "keys were exchanged.",
        [OPENED_BY_SESSION_SECRET] = "It takes up an earlier session, and goes on with what its "
                                     "secrets lead to.",
        [OPENED_BY_QUANTUM_COMPUTER] = "It takes up an earlier session, the exchange of which is "
                                       "recorded and can be undone; no new keys were exchanged.",
    };

    return sentences[leak];
}

/* --- The server's private key --------------------------------------------------------- */

static const char *why_server_key(const struct handshake *h)
{
    enum key_exchange kx = h->suite->key_exchange;

    if (kx == KX_RSA_EXPORT)
        return "The client encrypted the premaster secret to the key in the certificate: no "
               "temporary one was sent.";
    if (kx == KX_DH || kx == KX_ECDH)
        return "The key is itself the exponent of the exchange: static Diffie-Hellman is not "
               "forward secret.";
    if (kx == KX_GOST)
        return "The client sent the premaster secret wrapped for the key in the certificate.";
    return "The client encrypted the premaster secret to the key in the certificate.";
}

static const char *why_not_by_psk(const struct handshake *h)
{
    if (h->suite && h->suite->key_exchange == KX_RSA_PSK)
        return "One half of the secret was encrypted to it; the other half is the pre-shared key.";
    if (exchange_is_ephemeral(h))
        return "It has no part in the keys: a pre-shared key and an ephemeral exchange make them.";
    return "It has no part in the keys: they come from the pre-shared key alone. That is no "
           "forward "
           "secrecy: who gets hold of that key reads it all.";
}

/* why_not_the_one_before: a resumption of which the key opens no original. */
static const char *why_not_the_one_before(const struct handshake *h, unsigned opened_by)
{
    if (opened_by & ~opened_by_leaks(h))
        return "It takes up an earlier session, which the key does not open either.";
    if (opened_by_not_the_server_key(h))
        return "It takes up an earlier session; by its suite, the key opened nothing there either.";
    return "No keys were exchanged: the key opens it only together with the session that it takes "
           "up, which is not in the recording.";
}

static const char *why_not_exchange(const struct handshake *h)
{
    if (!h->suite)
        return "It can't be told: the cipher suite is not known, and so the key exchange is not "
               "either.";
    if (has_temporary_key(h))
        return "The client encrypted to a temporary key: the one in the certificate only signs "
               "that.";
    if (h->suite->key_exchange == KX_RSA_EXPORT)
        return "It can't be told: whether there was a temporary key is not in the recording.";
    if (h->suite->authentication == AUTH_ANON)
        return "No key has a part in it: nobody signs the exchange.";
    if (exchange_is_ephemeral(h))
        return "The key only signs the ephemeral exchange: the secret never crossed the wire.";
    return "The keys do not come from it, but from something that the two had before.";
}

static const char *why_not_server_key(const struct handshake *h, unsigned opened_by)
{
    if (!h->server_hello)
        return "It can't be told: no ServerHello is in the recording.";
    if (takes_up(h))
        return why_not_the_one_before(h, opened_by);
    if (h->psk_chosen || (h->suite && suite_uses_psk(h->suite)))
        return why_not_by_psk(h);
    if (h->version >= TLS_1_3)
        return "In TLS 1.3 the key only signs: the secret is made of two numbers that never "
               "crossed the wire.";
    return why_not_exchange(h);
}

/* --- The others ------------------------------------------------------------------------- */

static const char *why_ticket_key(const struct handshake *h)
{
    if (h->version >= TLS_1_3)
        return "The client names its key by a ticket, which the ticket key opens: the pre-shared "
               "key is in it.";
    if (h->new_session_ticket)
        return "The server sent a ticket in the clear, and this session's master secret is in it.";
    return "The client sent its ticket in the clear, and this session's master secret is in it.";
}

static const char *why_psk(const struct handshake *h)
{
    if (h->version >= TLS_1_3)
        return "The keys come from the pre-shared key alone (psk_ke): no exchange on top of it.";
    return "The premaster secret is the pre-shared key, and nothing else.";
}

static char *why_ephemeral(const struct handshake *h, char out[static OPENED_BY_REASON_SIZE])
{
    char group[GROUP_TEXT_SIZE];
    const char *name = exchange_group_name(h, group);

    if (has_temporary_key(h))
        return say(out, "The client encrypted to a temporary RSA key: its private part opens this "
                        "session, and every other that it served.");
    if (h->suite && suite_is_fixed(h->suite))
        return say(out, "The client made its half of the exchange for this session alone: that "
                        "private key gives the shared secret, too.");
    (void)snprintf(
        out, OPENED_BY_REASON_SIZE,
        "One of the two ephemeral private keys of the exchange%s%s gives the shared secret.",
        name[0] ? " in " : "", name);
    return out;
}

static char *why_quantum(const struct handshake *h, char out[static OPENED_BY_REASON_SIZE])
{
    char group[GROUP_TEXT_SIZE];
    const char *name = exchange_group_name(h, group);
    enum key_exchange kx = h->suite ? h->suite->key_exchange : KX_TLS13;

    if (has_temporary_key(h))
        return say(out, "Shor's algorithm factors the temporary key, which is recorded.");
    if (kx == KX_RSA || kx == KX_RSA_EXPORT)
        return say(out, "Shor's algorithm factors the public key, which is in the certificate.");
    if (kx == KX_DH || kx == KX_ECDH || kx == KX_GOST)
        return say(out, "Shor's algorithm finds the private key of the public one, which is in the "
                        "certificate.");
    (void)snprintf(
        out, OPENED_BY_REASON_SIZE,
        "Shor's algorithm finds the private key of a public value%s%s, which is recorded.",
        name[0] ? " in " : "", name);
    return out;
}

static const char *why_session_secret(const struct handshake *h)
{
    if (h->version >= TLS_1_3)
        return "Its traffic secrets open it, whatever they were made of: a key log or a program's "
               "memory has them.";
    return "Its master secret opens it, whatever that was made of: a key log or a program's memory "
           "has it.";
}

char *opened_by_reason(const struct handshake *h, unsigned opened_by, enum opened_by leak,
                       char out[static OPENED_BY_REASON_SIZE])
{
    bool named = opened_by & 1u << leak;
    bool follows = opened_by_leaks(h) & 1u << leak;

    if (named && !follows)
        return say(out, inherited(leak));
    switch (leak) {
    case OPENED_BY_SERVER_KEY:
        return say(out, named ? why_server_key(h) : why_not_server_key(h, opened_by));
    case OPENED_BY_TICKET_KEY:
        return say(out, why_ticket_key(h));
    case OPENED_BY_EPHEMERAL:
        return why_ephemeral(h, out);
    case OPENED_BY_PSK:
        return say(out, why_psk(h));
    case OPENED_BY_QUANTUM_COMPUTER:
        return why_quantum(h, out);
    case OPENED_BY_SESSION_SECRET:
    case NUM_OPENED_BY:
        break;
    }
    return say(out, why_session_secret(h));
}
