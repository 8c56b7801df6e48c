#include "attacker/opened_by.h"

#include "attacker/leaks/known_psk.h"
#include "attacker/tls/exchange_name.h"
#include "attacker/tls/session_ticket.h"

const char *opened_by_name(enum opened_by leak)
{
    static const char *const names[] = {"server_key", "ticket_key",     "ephemeral",
                                        "psk",        "session_secret", "quantum_computer"};

    return names[leak];
}

static unsigned bit(enum opened_by leak)
{
    return 1u << leak;
}

/* exchange_is_known: an export suite may have a temporary key, which stands in a message that may
 * not have been recorded; without one, the certificate's own key is used (RFC 2246 7.4.3). */
static bool exchange_is_known(const struct handshake *h)
{
    return !h->suite || h->suite->key_exchange != KX_RSA_EXPORT ||
           h->server_params.modulus.len > 0 ||
           (h->server_hello_done && !h->server_key_exchange && !h->torn[SIDE_SERVER]);
}

static unsigned opened_by_export(const struct handshake *h)
{
    if (h->server_params.modulus.len > 0)
        return bit(OPENED_BY_EPHEMERAL);
    return exchange_is_known(h) ? bit(OPENED_BY_SERVER_KEY) : 0;
}

static unsigned opened_by_exchange(const struct handshake *h)
{
    const struct group *group = group_find(h->group);
    unsigned quantum =
        group && !group_yields_to_quantum(group) ? 0 : bit(OPENED_BY_QUANTUM_COMPUTER);

    if (h->version >= TLS_1_3 && h->psk_chosen)
        return h->server_value.len > 0 ? 0 : bit(OPENED_BY_PSK);
    if (exchange_is_ephemeral(h) && !(h->suite && suite_uses_psk(h->suite)))
        return bit(OPENED_BY_EPHEMERAL) | quantum;
    if (!h->suite)
        return 0;

    enum key_exchange kx = h->suite->key_exchange;
    if (kx == KX_RSA_EXPORT)
        return opened_by_export(h) | quantum;
    if (suite_is_fixed(h->suite)) /* there, the client's value alone may be made for the purpose */
        return bit(OPENED_BY_SERVER_KEY) | quantum |
               (h->client_value.len > 0 ? bit(OPENED_BY_EPHEMERAL) : 0);
    if (kx == KX_RSA || kx == KX_GOST)
        return bit(OPENED_BY_SERVER_KEY) | quantum;
    return kx == KX_PSK ? bit(OPENED_BY_PSK) : 0;
}

/*
 * ticket_holds_secret: up to TLS 1.2 the ticket crosses in the clear and holds this very session's
 * master secret (RFC 5077 section 4); in TLS 1.3 it is for the next one, which may be this, and it
 * opens that if no key exchange took place.
 */
static bool ticket_holds_secret(const struct handshake *h)
{
    struct session_ticket handed_over;

    if (h->version >= TLS_1_3)
        return h->server_value.len == 0 && known_psk_is_sealed(h);
    if (handshake_is_resumption(h) && session_ticket_holds_state(h->ticket_offered))
        return true;
    return session_ticket_handed_over(h, &handed_over) &&
           session_ticket_holds_state(handed_over.ticket);
}

unsigned opened_by_leaks(const struct handshake *h)
{
    if (!h->server_hello)
        return 0;

    /* Up to TLS 1.2 a resumption exchanges no keys: what opens the first session opens this one. */
    bool exchanged = h->version >= TLS_1_3 || !handshake_is_resumption(h);
    unsigned leaks = (exchanged ? opened_by_exchange(h) : 0) | bit(OPENED_BY_SESSION_SECRET);
    if (ticket_holds_secret(h))
        leaks |= bit(OPENED_BY_TICKET_KEY);
    return leaks;
}

bool opened_by_not_the_server_key(const struct handshake *h)
{
    return h->server_hello && !(opened_by_exchange(h) & bit(OPENED_BY_SERVER_KEY)) &&
           (h->version >= TLS_1_3 || (h->suite && exchange_is_known(h)));
}
