/*
 * key_usage.h - what does the certificate permit its key, and is that what it was used for?
 *
 * A key of RSA can do both: decrypt what a client sends (key transport), and sign what a server
 * agrees on. Which of the two it may do is in the certificate's Key Usage, for whoever heeds it;
 * which of the two it did decides whether it opens the session. A key on a curve decrypts nothing.
 *
 * RFC 5280 section 4.2.1.3; what TLS asks for: RFC 5246 section 7.4.2, RFC 8446 section 4.4.2.2.
 */
#ifndef KEYFALL_ATTACKER_KEY_USAGE_H
#define KEYFALL_ATTACKER_KEY_USAGE_H

#include "attacker/leaks/evidence.h"
#include "attacker/tls/handshake.h"

/* key_usage_note adds two steps to the evidence, about the server's certificate in that frame;
 * none when there is no certificate. It has no part in the verdict: RFC 5280's words open nothing.
 */
void key_usage_note(struct evidence *e, const struct handshake *h, uint64_t frame);

#endif
