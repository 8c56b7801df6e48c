/*
 * resumption.h - how does a conversation begin with what both ends have from before?
 *
 * With the session of the conversation before (by ID or ticket), or in TLS 1.3 with a key that both
 * were given. libssl does it; this file hands it the session, and checks that it really did.
 */
#ifndef KEYFALL_VICTIM_RESUMPTION_H
#define KEYFALL_VICTIM_RESUMPTION_H

#include "victim/party.h"

/*
 * resumption_begin prepares a party that has not taken a step: `earlier` is the session that this
 * conversation must resume, or NULL when it need not resume any. Both ends of an exchange are told.
 */
void resumption_begin(struct party *party, SSL_SESSION *earlier);

/*
 * resumption_met: the handshake began with what it was to begin with, and early data, if any was
 * sent, was taken; else false, and the party's `why` says so.
 */
bool resumption_met(struct party *party) MUST_CHECK;

/*
 * resumption_keep is the session that the next conversation resumes, as the client knows it at the
 * end of this one; to SSL_SESSION_free. NULL when no conversation is to be resumed.
 */
SSL_SESSION *resumption_keep(const struct party *client);

#endif
