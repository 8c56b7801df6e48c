#include "attacker/session_ticket_ahead.h"

#include "attacker/session_dtls.h"
#include "attacker/session_keys.h"
#include "attacker/tls/session_ticket.h"

/* may_help: no leak has known the secret, and no ticket of this handshake was tried. */
static bool may_help(const struct session *s)
{
    return s->asked && !s->ticket_tried && !s->found.found && s->handshake.version < TLS_1_3;
}

/* try_ticket: `body` is that of a NewSessionTicket. */
static void try_ticket(struct session *s, struct bytes body, const struct record_mark *mark)
{
    struct session_ticket handed_over;

    s->ticket_tried = true;
    if (!session_ticket_read(body, &handed_over) || handed_over.ticket.len == 0)
        return;

    const struct ticket_seen seen = {.ticket = handed_over.ticket,
                                     .lifetime = handed_over.lifetime,
                                     .frame = mark->frame,
                                     .time_ns = mark->time_ns};
    if (leaks_ask_ticket(s->leaks, &s->handshake, &seen, &s->found, &s->secret, &s->evidence) &&
        s->directions[SIDE_CLIENT].sealed)
        session_keys_change_cipher_spec(s, SIDE_CLIENT);
}

/* --- Where it lies ------------------------------------------------------------------------ */

/* read_message reads the first message in `content`; MALFORMED when that is none with a ticket. */
static enum progress read_message(struct bytes content, struct bytes *body)
{
    struct reader r = reader_of(content);
    struct reader block;
    uint8_t type;

    if (!reader_u8(&r, &type))
        return PROGRESS_NEED_MORE;
    if (type != HANDSHAKE_NEW_SESSION_TICKET)
        return PROGRESS_MALFORMED;
    if (!reader_block(&r, &block, 3))
        return content.len < HANDSHAKE_MAX_MESSAGE ? PROGRESS_NEED_MORE : PROGRESS_MALFORMED;
    *body = block.left;
    return PROGRESS_DONE;
}

/* look looks ahead in the server's stream, and tries the ticket that comes next in it. */
static enum progress look(struct session *s)
{
    struct record_stream ahead = s->directions[SIDE_SERVER].stream; /* a copy, to look ahead with */
    struct buffer content = {0};
    enum progress progress = PROGRESS_NEED_MORE;
    enum progress cut = PROGRESS_DONE;
    struct record record;
    struct record_mark mark;
    struct bytes body;

    while (progress == PROGRESS_NEED_MORE && cut == PROGRESS_DONE) {
        cut = record_stream_next(&ahead, &record, &mark);
        if (cut == PROGRESS_DONE && record.type != CONTENT_HANDSHAKE)
            cut = PROGRESS_MALFORMED;
        if (cut != PROGRESS_DONE)
            break;
        buffer_append(&content, record.fragment);
        progress = read_message(buffer_view(&content), &body);
    }
    if (progress == PROGRESS_DONE)
        try_ticket(s, body, &mark);
    else if (cut == PROGRESS_MALFORMED || record_stream_at_hole(&ahead))
        progress = PROGRESS_MALFORMED;
    buffer_clear(&content);
    return progress;
}

/* look_in_datagrams does the same with the message that is due. */
static enum progress look_in_datagrams(struct session *s)
{
    const struct dtls_message *message =
        dtls_messages_next(&s->dtls->directions[SIDE_SERVER].messages);

    if (!message)
        return PROGRESS_NEED_MORE;

    struct reader r = reader_of(dtls_message_view(message));
    if (message->type != HANDSHAKE_NEW_SESSION_TICKET || !reader_skip(&r, DTLS_MESSAGE_HEADER_LEN))
        return PROGRESS_MALFORMED;
    try_ticket(s, r.left, &message->mark);
    return PROGRESS_DONE;
}

static bool waits_too_long(const struct session *s)
{
    return s->dtls ? s->dtls->given_up
                   : record_stream_waiting(&s->directions[SIDE_CLIENT].stream) >
                         SESSION_TICKET_MAX_WAITING;
}

bool session_ticket_ahead_awaits(struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;

    if (from != SIDE_CLIENT || !may_help(s) || !h->ticket_promised || !h->client_key_exchange ||
        h->past_reading[SIDE_SERVER] || s->directions[SIDE_SERVER].sealed)
        return false;
    switch (s->dtls ? look_in_datagrams(s) : look(s)) {
    case PROGRESS_NEED_MORE:
        return !waits_too_long(s);
    case PROGRESS_DONE:
    case PROGRESS_MALFORMED:
        break;
    }
    return false;
}

void session_ticket_ahead_seen(struct session *s)
{
    const struct message *m = s->handshake.new_session_ticket;
    const struct record_mark mark = {.frame = m->frame, .time_ns = m->time_ns};

    if (may_help(s))
        try_ticket(s, m->body, &mark);
}
