/*
 * Target: handshake_see and handshake_see_torn, and with them every message of a handshake. Input:
 * turns of two sides, each a message; an odd one is torn. Holds: what was filed are views of
 * messages that are kept.
 */
#include "attacker/tls/handshake.h"

#include <assert.h>

#include "attacker/tls/offered_psk.h"
#include "tests/fuzz/target.h"
#include "tests/support/turns.h"

static bool is_within(struct bytes view, struct bytes whole)
{
    return view.len == 0 || (view.at >= whole.at && view.at + view.len <= whole.at + whole.len);
}

/* is_kept: it is a view of some message, of which a later hello can have taken the place. */
static bool is_kept(struct bytes view, const struct handshake *h)
{
    for (size_t i = 0; i < h->num_messages; i++) {
        if (is_within(view, h->messages[i].whole) || is_within(view, h->messages[i].body))
            return true;
    }
    return view.len == 0;
}

static void check(const struct handshake *h)
{
    struct offered_psk psk;

    assert(h->num_messages <= HANDSHAKE_MAX_MESSAGES && h->num_bytes <= HANDSHAKE_MAX_BYTES);
    assert(is_kept(h->session_id_offered, h) && is_kept(h->session_id_chosen, h));
    assert(is_kept(h->ticket_offered, h) && is_kept(h->server_name, h) && is_kept(h->protocol, h));
    assert(is_kept(h->client_value, h) && is_kept(h->server_value, h));
    if (h->client_hello && offered_psk_read(h->client_hello, h->psk_selected, &psk))
        assert(is_kept(psk.identity, h) && is_kept(psk.binder, h));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct handshake h = {.datagrams = len % 2};
    struct reader r = reader_of(bytes_of(data, len));
    struct turn turn;
    uint64_t frame = 1;

    for (; turn_next(&r, &turn); frame++) {
        if (turn.odd)
            (void)!handshake_see_torn(&h, turn.from, turn.said, frame, frame);
        else if (turn.said.len >= HANDSHAKE_HEADER_LEN)
            (void)handshake_see(&h, turn.from, turn.said, frame, frame);
        check(&h);
        (void)handshake_awaits(&h, turn.from);
        (void)handshake_is_resumption(&h);
        (void)handshake_version_name(&h);
    }
    handshake_clear(&h);
    return 0;
}
