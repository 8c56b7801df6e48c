#include "victim/resumption.h"

#include <time.h>

/* Two groups that the ends do not share leave libssl no choice but psk_ke. */
#define GROUPS_OF_CLIENT "X25519"
#define GROUPS_OF_SERVER "P-256"

static void offer_session(const struct party *party, SSL_SESSION *earlier)
{
    /*
     * A simulated conversation is dated by a clock of its own, but libssl asks the machine's how
     * old a ticket is: it shall find it new, or it would not offer it any more.
     */
    if (party->backstage->timeline->simulated)
        (void)SSL_SESSION_set_time(earlier, (long)time(NULL));
    (void)SSL_set_session(party->ssl, earlier); /* resumption_met sees whether it did */
    SSL_set_psk_use_session_callback(party->ssl, NULL);
}

void resumption_begin(struct party *party, SSL_SESSION *earlier)
{
    const struct choices *choices = party->backstage->choices;
    bool is_client = party->side == SIDE_CLIENT;

    party->resumes = earlier != NULL;
    party->has_psk = choices->version == TLS1_3_VERSION && (earlier || choices->has_psk);
    if (is_client && earlier)
        offer_session(party, earlier);
    if (party->has_psk && choices->without_dhe)
        (void)SSL_set1_groups_list(party->ssl,
                                   unconst(is_client ? GROUPS_OF_CLIENT : GROUPS_OF_SERVER));
    if (choices->early_data && (party->has_psk || !is_client)) {
        party->stage = STAGE_EARLY;
        party->early_room = earlier ? SSL_SESSION_get_max_early_data(earlier) : EARLY_DATA_MAX;
    }
}

static bool differs(struct party *party, const char *what)
{
    return complaint_say(&party->why, "conversation %lu: %s", party->number, what);
}

/* Has the other end sent a key share? Up to TLS 1.2 nobody asks. */
static bool has_key_share(SSL *ssl)
{
    EVP_PKEY *theirs = NULL;
    bool has = SSL_get_peer_tmp_key(ssl, &theirs) == 1;

    EVP_PKEY_free(theirs);
    return has;
}

bool resumption_met(struct party *party)
{
    const struct choices *choices = party->backstage->choices;
    bool is_client = party->side == SIDE_CLIENT;
    bool is_tls13 = choices->version == TLS1_3_VERSION;

    if (party->resumes && SSL_session_reused(party->ssl) != 1)
        return differs(party, "it was to resume the one before, and became a whole handshake; the "
                              "server has kept no session, or issued no ticket");
    if (party->resumes && is_client && !is_tls13 && choices->resume == RESUME_TICKET &&
        SSL_SESSION_has_ticket(SSL_get_session(party->ssl)) != 1)
        return differs(party, "it was resumed by session ID, for the server issues no tickets; "
                              "take --resume id");
    if (is_client && party->has_psk && SSL_session_reused(party->ssl) != 1)
        return differs(party, "the server did not take the pre-shared key");
    if (is_client && party->has_psk && has_key_share(party->ssl) == choices->without_dhe)
        return differs(party, choices->without_dhe
                                  ? "the server sent a key share, which --psk-mode ke has not"
                                  : "the server sent no key share, which --psk-mode dhe has");
    if (is_client && party->has_psk && choices->early_data &&
        SSL_get_early_data_status(party->ssl) != SSL_EARLY_DATA_ACCEPTED)
        return differs(party, "the server did not take the early data");
    return true;
}

SSL_SESSION *resumption_keep(const struct party *client)
{
    if (client->backstage->choices->resume == RESUME_NONE)
        return NULL;
    /* libssl spoils the session of a connection that ended without a farewell. RFC 5246 7.2.1. */
    SSL_set_shutdown(client->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    return SSL_get1_session(client->ssl);
}
