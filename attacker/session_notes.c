#include "attacker/session_notes.h"

#include "attacker/key_usage.h"
#include "attacker/tls/compressed_certificate.h"
#include "attacker/tls/openssl_dtls.h"

/* note_hidden_hello: from outside, a real one and one for show look the same. RFC 9849 section 6.2.
 */
static void note_hidden_hello(struct session *s, const struct message *m)
{
    if (s->handshake.hides_hello)
        evidence_add(&s->evidence, m->frame, "Is this ClientHello the one that counts?",
                     "that can't be told: it carries an encrypted one (ECH), or random bytes that "
                     "look like it (GREASE). If it is real, the server name here is the outer one, "
                     "and the true one is hidden");
}

static void note_compressed_certificate(struct session *s, const struct message *m)
{
    const struct handshake *h = &s->handshake;

    if (m->from == SIDE_SERVER && h->certificate_message != m)
        evidence_add(&s->evidence, m->frame, "Can the server's certificate be read?",
                     "no: it was compressed with %s (0x%04x), which can't be undone here",
                     compressed_certificate_algorithm(h->certificate_compression),
                     h->certificate_compression);
}

static void note_forerunner(struct session *s, const struct message *m)
{
    if (s->handshake.draft != 0)
        evidence_add(&s->evidence, m->frame, "Which TLS 1.3 is this?",
                     "draft %u of it, from before RFC 8446: what differs is read and computed the "
                     "way of that draft",
                     s->handshake.draft);
    else if (openssl_dtls_is_spoken(&s->handshake))
        evidence_add(&s->evidence, m->frame, "Which DTLS 1.0 is this?",
                     "OpenSSL's own from before 0.9.8f, version 0x0100: what differs from RFC 4347 "
                     "is read and computed that way");
}

static void note_connection_ids(struct session *s, const struct message *m)
{
    const struct handshake *h = &s->handshake;

    if (h->connection_id)
        evidence_add(&s->evidence, m->frame, "Do the records carry a connection ID?",
                     "the two agreed on it (RFC 9146): what the client seals carries one of %zu "
                     "bytes, what the server seals one of %zu",
                     h->connection_ids[SIDE_CLIENT].len, h->connection_ids[SIDE_SERVER].len);
}

void session_notes_message(struct session *s, const struct message *m)
{
    /* Behind a retry the second ClientHello says the same again. */
    if (m->type == HANDSHAKE_CLIENT_HELLO && !s->handshake.retry_request)
        note_hidden_hello(s, m);
    else if (m->type == HANDSHAKE_COMPRESSED_CERTIFICATE)
        note_compressed_certificate(s, m);
    if (m == s->handshake.certificate_message)
        key_usage_note(&s->evidence, &s->handshake, m->frame);
    if (m == s->handshake.server_hello) {
        note_forerunner(s, m);
        note_connection_ids(s, m);
    }
}
