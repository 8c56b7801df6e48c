/* The sentences about session tickets and the keys that they are sealed with. */
#include <stdio.h>

#include "attacker/tls/exchange_name.h"
#include "attacker/verdict_settle.h"

/* how_it_opened tells what the ticket key did. */
static const char *how_it_opened(const struct handshake *h)
{
    if (h->version >= TLS_1_3 && exchange_is_ephemeral(h))
        return "The pre-shared key is in the ticket, which the ticket key opens; and with one of "
               "the two ephemeral private keys, which was given, so does the exchange on top.";
    if (h->version >= TLS_1_3)
        return "No key exchange took place: the keys follow from the pre-shared key in the ticket "
               "alone, and the ticket key opens that.";
    if (handshake_is_resumption(h))
        return "This session was resumed with a ticket, and its master secret is in that: the "
               "ticket key opens it, and all others that got or used a ticket under this key.";
    return "The server sealed this session's master secret into a ticket and sent that in the "
           "clear: the ticket key opens it, whatever the key exchange, and all others that got or "
           "used a ticket under this key.";
}

void verdict_ticket_opened(char out[static VERDICT_EXPLANATION_SIZE], const struct findings *f)
{
    const char *published = f->leaks->published;

    (void)snprintf(out, VERDICT_EXPLANATION_SIZE, "%s%s%s%s", how_it_opened(f->handshake),
                   published ? " Nobody has to steal it, for it is published: " : "",
                   published ? published : "", published ? "." : "");
}

/* settle_another_key: none of the ticket keys that were given is the one. False when the other
 * leaks have more to say. */
static bool settle_another_key(struct verdict *v, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    const enum answer *answers = f->leaks->answers;
    const char *why;

    if (h->version < TLS_1_3 && handshake_is_resumption(h))
        why = "This session was resumed with a ticket, in which its master secret is sealed, but "
              "not with a ticket key that was given.";
    else if (answers[LEAK_SERVER_KEY] > ANSWER_NOT_GIVEN ||
             answers[LEAK_EPHEMERAL] > ANSWER_NOT_GIVEN ||
             answers[LEAK_ORIGINAL_SESSION] > ANSWER_MISMATCH)
        return false;
    else if (h->version < TLS_1_3)
        why = "The server handed out a ticket, in which this session's master secret is sealed, "
              "but not with a ticket key that was given.";
    else if (exchange_is_ephemeral(h))
        why = "The ticket that this session takes up is not sealed with a ticket key that was "
              "given. The right one would open no more than early data: an ephemeral key exchange "
              "goes into the keys as well.";
    else
        why = "No key exchange took place: the keys follow from the pre-shared key in a ticket "
              "alone, but that is not sealed with a ticket key that was given.";
    verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH, "%s", why);
    return true;
}

bool verdict_settle_ticket(struct verdict *v, const struct findings *f)
{
    switch (f->leaks->answers[LEAK_TICKET_KEY]) {
    case ANSWER_NOT_GIVEN:
    case ANSWER_PSK:
    case ANSWER_SECRET:
        return false;
    case ANSWER_MISMATCH:
        return settle_another_key(v, f);
    case ANSWER_WITHSTOOD:
        verdict_settle(
            v, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
            "The ticket key gives the pre-shared key, which is in the ticket. But an ephemeral key "
            "exchange goes into the keys as well, and its secret never crossed the wire.");
        return true;
    case ANSWER_BROKEN:
        break;
    }
    verdict_settle(
        v, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
        "It is the right ticket key, and yet nothing follows from it, as the evidence shows: the "
        "key or the ticket has been altered, or the server has a way of its own to write it.");
    return true;
}
