#include "attacker/tls/session_ticket.h"

bool session_ticket_read(struct bytes body, struct session_ticket *out)
{
    struct reader r = reader_of(body);
    struct reader ticket;
    uint32_t lifetime;

    if (!reader_u32(&r, &lifetime) || !reader_block(&r, &ticket, 2) || !reader_done(&r))
        return false;
    *out = (struct session_ticket){.ticket = ticket.left, .lifetime = lifetime};
    return true;
}

bool session_ticket_handed_over(const struct handshake *h, struct session_ticket *out)
{
    return h->version < TLS_1_3 && h->new_session_ticket &&
           session_ticket_read(h->new_session_ticket->body, out) && out->ticket.len > 0;
}

bool session_ticket_holds_state(struct bytes ticket)
{
    return ticket.len >= SESSION_TICKET_MIN_LEN;
}
