/* The sentences about sessions that take up an earlier one. */
#include "attacker/tls/exchange_name.h"
#include "attacker/verdict_settle.h"

/*
 * settle_like_original: the first session is in the recording, and it stayed shut. No key exchange
 * takes place in this one, so what is said of that of the first one holds for both.
 */
static void settle_like_original(struct verdict *v, const struct findings *f)
{
    switch (f->leaks->original_server_key) {
    case ANSWER_WITHSTOOD:
        verdict_settle(
            v, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
            "This session takes up an earlier one of this recording, and the key exchange of that "
            "one withstood the server's key: their common secret never crossed the wire.");
        break;
    case ANSWER_MISMATCH:
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
            "This session takes up an earlier one of this recording, which stayed shut: no key "
            "that was given is that server's.");
        break;
    case ANSWER_PSK:
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED,
            "This session takes up an earlier one of this recording, which stayed shut: a "
            "pre-shared key went into its keys, and it was not given.");
        break;
    case ANSWER_NOT_GIVEN:
    case ANSWER_BROKEN:
    case ANSWER_SECRET:
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
            "This session takes up an earlier one of this recording, which stayed shut: what opens "
            "that one will open this one too.");
        break;
    }
}

/* settle_by_ticket: what has forgotten its ephemeral keys and still has its ticket key, is the
 * server; so where a server key can't help, that is the leak to ask for. */
static void settle_by_ticket(struct verdict *v, const struct findings *f)
{
    const struct leaks_found *found = f->leaks;

    if (found->original_recorded && found->original_server_key != ANSWER_WITHSTOOD)
        settle_like_original(v, f);
    else if (found->original_recorded)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_TICKET_KEY_NEEDED,
            "This session was resumed with a ticket: no key exchange took place, and that of the "
            "first session, which was recorded, withstood the server's key. The server's ticket "
            "key would open both.");
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_TICKET_KEY_NEEDED,
            "This session was resumed with a ticket: no key exchange took place, and the session "
            "that got the ticket is not in the recording. The server's ticket key would open it.");
}

void verdict_settle_resumption(struct verdict *v, const struct findings *f)
{
    if (f->handshake->ticket_offered.len > 0)
        settle_by_ticket(v, f);
    else if (f->leaks->original_recorded)
        settle_like_original(v, f);
    else if (f->handshake->client_hello->torn)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_ORIGINAL_SESSION_MISSING,
            "This session was resumed: its secret is that of an earlier session. Whether by a "
            "ticket or by the session ID stood in a part of the ClientHello that was not "
            "recorded.");
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_ORIGINAL_SESSION_MISSING,
            "This session was resumed by its session ID: its secret is that of an earlier "
            "session, which is not in the recording. With that one recorded, its leak opens both.");
}

/* whose tells what pre-shared key it is that is missing. */
static const char *whose(const struct leaks_found *found)
{
    if (!found->takes_ticket)
        return "one that the two have agreed on elsewhere, and it was not given";
    if (found->original_recorded)
        return "that of a ticket, which an earlier session of this recording got. That one is "
               "open, "
               "but with its traffic secrets alone, from which no ticket's key follows";
    if (found->may_be_unread)
        return "that of a ticket, which an earlier session got. That may be one of this recording, "
               "which stayed shut";
    return "that of a ticket, which an earlier session got. That one is not in the recording";
}

bool verdict_settle_psk(struct verdict *v, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    const struct leaks_found *found = f->leaks;
    bool missing = found->takes_ticket && !found->original_recorded && !found->may_be_unread;

    if (h->version < TLS_1_3 || !h->psk_chosen)
        return false;
    if (found->answers[LEAK_ORIGINAL_SESSION] == ANSWER_WITHSTOOD)
        verdict_settle(
            v, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
            "The pre-shared key is known from the earlier session that this one takes up. But an "
            "ephemeral key exchange goes into the keys as well, and it withstood what was given.");
    else if (found->answers[LEAK_EPHEMERAL] == ANSWER_PSK)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED,
            "The ephemeral key that was given is the right one, and a pre-shared key goes into the "
            "keys as well: %s.",
            whose(found));
    else if (!exchange_is_ephemeral(h))
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, missing ? REASON_ORIGINAL_SESSION_MISSING : REASON_PSK_NEEDED,
            "No key exchange took place: the keys follow from a pre-shared key alone, %s.",
            whose(found));
    else
        return false;
    return true;
}
