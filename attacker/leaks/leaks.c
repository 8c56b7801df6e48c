#include "attacker/leaks/leaks.h"

#include <openssl/crypto.h>

#include "attacker/leaks/known_psk.h"
#include "attacker/tls/offered_psk.h"

static enum answer ask(const struct leaks *leaks, enum leak kind, const struct handshake *h,
                       struct leaks_found *found, struct secret *secret, struct evidence *e)
{
    switch (kind) {
    case LEAK_SERVER_KEY:
        return server_key_ask(&leaks->server_keys, h, secret, e);
    case LEAK_EPHEMERAL:
        return ephemeral_ask(&leaks->ephemerals, h, secret, e);
    case LEAK_KEYLOG:
        return keylog_ask(&leaks->keylog, h, secret, e);
    case LEAK_TICKET_KEY:
        return h->version >= TLS_1_3 ? known_psk_ask(leaks, kind, h, secret, e)
                                     : ticket_key_ask(&leaks->ticket_keys, h, secret, e);
    case LEAK_ORIGINAL_SESSION:
        if (found->answers[LEAK_TICKET_KEY] == ANSWER_WITHSTOOD)
            return ANSWER_NOT_GIVEN; /* the key is known: nobody else needs to know it */
        return h->version >= TLS_1_3 ? known_psk_ask(leaks, kind, h, secret, e)
                                     : resumable_ask(leaks->resumable, h, secret, e);
    case LEAK_DISCRETE_LOG:
        return discrete_log_ask(leaks->discrete_log, h, secret, e, &found->group_withstood_ms);
    case LEAK_PSK:
        return h->version >= TLS_1_3 ? known_psk_ask(leaks, kind, h, secret, e)
                                     : psk_ask(&leaks->psks, h, secret, e);
    case NUM_LEAKS:
        break;
    }
    return ANSWER_NOT_GIVEN;
}

/* note_original: what would have opened the first session opens this one too, whether it was that
 * way or another that it was opened. */
static void note_original(const struct leaks *leaks, const struct handshake *h,
                          struct leaks_found *found)
{
    struct original original;

    found->original_recorded = h->version >= TLS_1_3
                                   ? known_psk_original(leaks, h, &original)
                                   : resumable_original(leaks->resumable, h, &original);
    found->takes_ticket = known_psk_is_ticket(h);
    found->may_be_unread = found->takes_ticket && known_psk_may_be_unread(leaks, h);
    if (!found->original_recorded)
        return;
    found->original_opened_by = original.opened_by;
    found->original_server_key = original.server_key;
    OPENSSL_cleanse(&original, sizeof(original));
}

void leaks_ask(const struct leaks *leaks, const struct handshake *h, struct leaks_found *found,
               struct secret *secret, struct evidence *e)
{
    *found = (struct leaks_found){0};
    for (int kind = 0; kind < NUM_LEAKS && !found->found; kind++) {
        found->answers[kind] = ask(leaks, (enum leak)kind, h, found, secret, e);
        found->found = found->answers[kind] == ANSWER_SECRET;
        if (found->found)
            found->source = (enum leak)kind;
    }
    found->published = secret->published;
    if (!found->found)
        secret_clear(secret); /* what one leak gave was of no use without another */
    found->psk_fit = psks_fit(&leaks->psks, offered_psk_identity(h));
    note_original(leaks, h, found);
}

bool leaks_ask_again(const struct leaks *leaks, const struct handshake *h,
                     struct leaks_found *found, struct secret *secret, struct evidence *e)
{
    if (!keylog_ask_again(&leaks->keylog, h, secret, e))
        return false;
    found->answers[LEAK_KEYLOG] = ANSWER_SECRET;
    found->found = true;
    found->source = LEAK_KEYLOG;
    return true;
}

bool leaks_ask_ticket(const struct leaks *leaks, const struct handshake *h,
                      const struct ticket_seen *seen, struct leaks_found *found,
                      struct secret *secret, struct evidence *e)
{
    enum answer answer = ticket_key_ask_early(&leaks->ticket_keys, h, seen, secret, e);

    found->answers[LEAK_TICKET_KEY] = answer;
    if (answer != ANSWER_SECRET)
        return false;
    found->found = true;
    found->source = LEAK_TICKET_KEY;
    found->published = secret->published;
    return true;
}

bool leaks_any(const struct leaks *leaks)
{
    return leaks->server_keys.num_keys > 0 || leaks->ephemerals.num_keys > 0 ||
           leaks->keylog.num_given > 0 || leaks->ticket_keys.num_files > 0 ||
           leaks->psks.num_keys > 0 || leaks->discrete_log;
}

void leaks_clear(struct leaks *leaks)
{
    private_keys_clear(&leaks->server_keys);
    private_keys_clear(&leaks->ephemerals);
    keylog_clear(&leaks->keylog);
    ticket_keys_clear(&leaks->ticket_keys);
    discrete_log_free(leaks->discrete_log);
    leaks->discrete_log = NULL;
    psks_clear(&leaks->psks);
}
