#include "attacker/leaks/ticket_key.h"

#include <openssl/crypto.h>

#include "attacker/tls/session_ticket.h"

/* is_of: is the session in the ticket the one that is shaking hands? */
static bool is_of(const struct ticket_state *state, const struct handshake *h,
                  const struct ticket_seen *seen, struct evidence *e)
{
    if (!state->tls13 && state->suite_id == h->suite_id)
        return true;
    evidence_add(e, seen->frame, "Is that the session that the two have agreed on?",
                 "no: it is in another cipher suite, which must not change");
    return false;
}

enum answer ticket_key_ask_early(const struct ticket_keys *keys, const struct handshake *h,
                                 const struct ticket_seen *seen, struct secret *out,
                                 struct evidence *e)
{
    struct ticket_opened opened;
    enum ticket_answer found = ticket_open(keys, seen, &opened);
    bool sealed = session_ticket_holds_state(seen->ticket);
    enum answer answer = keys->num_files > 0 && sealed ? ANSWER_MISMATCH : ANSWER_NOT_GIVEN;

    ticket_open_note(keys, seen, found, &opened, e);
    if (found == TICKET_OPENED && is_of(&opened.state, h, seen, e) &&
        secret_set(out, SECRET_MASTER, bytes_of(opened.state.secret, opened.state.len))) {
        answer = ANSWER_SECRET;
        out->published = opened.published;
    } else if (found != TICKET_SHUT) {
        answer = ANSWER_BROKEN;
    }
    OPENSSL_cleanse(&opened, sizeof(opened));
    return answer;
}

enum answer ticket_key_ask(const struct ticket_keys *keys, const struct handshake *h,
                           struct secret *out, struct evidence *e)
{
    enum answer answer = ANSWER_NOT_GIVEN;
    struct session_ticket handed_over;

    if (h->version >= TLS_1_3)
        return answer;
    if (handshake_is_resumption(h) && h->ticket_offered.len > 0) {
        const struct ticket_seen taken_up = {.ticket = h->ticket_offered,
                                             .frame = h->client_hello->frame,
                                             .time_ns = h->client_hello->time_ns};

        answer = ticket_key_ask_early(keys, h, &taken_up, out, e);
    }
    if (answer != ANSWER_SECRET && session_ticket_handed_over(h, &handed_over)) {
        const struct ticket_seen seen = {.ticket = handed_over.ticket,
                                         .lifetime = handed_over.lifetime,
                                         .frame = h->new_session_ticket->frame,
                                         .time_ns = h->new_session_ticket->time_ns};
        enum answer other = ticket_key_ask_early(keys, h, &seen, out, e);

        answer = other > answer ? other : answer;
    }
    return answer;
}
