#include "attacker/leaks/known_psk_note.h"

#include <openssl/crypto.h>

#include "attacker/crypto/traffic_secret.h"
#include "attacker/tls/identity_text.h"

static const char known_step[] = "Is the pre-shared key that the server took known?";

struct ticket_seen known_psk_seen(const struct handshake *h, const struct offered_psk *offered)
{
    return (struct ticket_seen){.ticket = offered->identity,
                                .frame = h->client_hello->frame,
                                .time_ns = h->client_hello->time_ns};
}

/* note_ticket tells what came of the ticket keys; false when they have nothing to say of it. */
static bool note_ticket(const struct leaks *leaks, const struct handshake *h, struct evidence *e)
{
    struct offered_psk offered;
    struct ticket_opened opened;

    if (!known_psk_is_ticket(h) || !offered_psk_read(h->client_hello, h->psk_selected, &offered))
        return false;

    const struct ticket_seen seen = known_psk_seen(h, &offered);
    enum ticket_answer found = ticket_open(&leaks->ticket_keys, &seen, &opened);
    ticket_open_note(&leaks->ticket_keys, &seen, found, &opened, e);
    OPENSSL_cleanse(&opened, sizeof(opened));
    return true;
}

/* note_original tells what is known of an earlier session. */
static void note_original(const struct handshake *h, enum psk_answer answer,
                          const struct known_psk *psk, struct evidence *e)
{
    uint64_t frame = h->client_hello->frame;

    switch (answer) {
    case PSK_NOT_OFFERED:
        evidence_add(e, frame, known_step, "no: the recording does not have the whole offer of it");
        return;
    case PSK_UNKNOWN:
        evidence_add(e, frame, known_step,
                     "no: its identity is no ticket that was seen before in this recording, in a "
                     "session that is open");
        return;
    case PSK_OUT_OF_REACH:
        evidence_add(e, psk->frame, known_step,
                     "no: its identity is a ticket that an earlier session handed out in this "
                     "frame, but from traffic secrets, as key logs have them, no ticket's key "
                     "follows");
        return;
    case PSK_DIFFERS:
    case PSK_PROVEN:
        evidence_add(e, psk->frame, known_step,
                     "perhaps: its identity is a ticket that an earlier session handed out in this "
                     "frame, and that session's secrets give a key");
        return;
    }
}

/* note_elsewhere: it is no ticket, so the two have agreed on it elsewhere, and none was given. */
static void note_elsewhere(const struct handshake *h, struct evidence *e)
{
    char name[IDENTITY_TEXT_SIZE];

    evidence_add(e, h->client_hello->frame, known_step,
                 "no: its identity is %s, which is no ticket; the two have agreed on the key "
                 "elsewhere, and none was given",
                 identity_text(offered_psk_identity(h), name));
}

/* note_given tells whether it was given by its identity. */
static void note_given(const struct psks *psks, const struct handshake *h, struct evidence *e)
{
    struct bytes identity = offered_psk_identity(h);
    uint64_t frame = h->client_hello->frame;
    char name[IDENTITY_TEXT_SIZE];

    (void)identity_text(identity, name);
    switch (psks_fit(psks, identity)) {
    case PSK_FIT_NONE:
        evidence_add(e, frame, known_step, "no: its identity is %s, and none was given for that",
                     name);
        return;
    case PSK_FIT_ANY:
        evidence_add(e, frame, known_step,
                     "perhaps: its identity is %s, and a key was given for no identity", name);
        return;
    case PSK_FIT_NAMED:
        evidence_add(e, frame, known_step,
                     "perhaps: its identity is %s, and a key was given for that", name);
        return;
    }
}

void known_psk_note(const struct leaks *leaks, enum leak kind, const struct handshake *h,
                    enum psk_answer answer, const struct known_psk *psk, struct evidence *e)
{
    if (kind == LEAK_TICKET_KEY) {
        if (!note_ticket(leaks, h, e))
            return;
    } else if (kind == LEAK_PSK && answer != PSK_NOT_OFFERED) {
        note_given(&leaks->psks, h, e);
    } else if (answer == PSK_UNKNOWN && !known_psk_is_ticket(h)) {
        note_elsewhere(h, e);
    } else {
        note_original(h, answer, psk, e);
    }
    if (answer == PSK_DIFFERS || answer == PSK_PROVEN)
        evidence_add(e, h->client_hello->frame,
                     "Is the binder in the ClientHello what this key makes of it?",
                     answer == PSK_PROVEN ? "yes: it was recomputed, %zu bytes, and is equal"
                                          : "no: it was recomputed, %zu bytes, and differs",
                     traffic_hash_len(psk->hash));
}
