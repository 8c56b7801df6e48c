/*
 * contexts.h - how is libssl told what was chosen?
 *
 * One SSL_CTX for each end. Both allow exactly the chosen version and suites and nothing else, at
 * security level 0, because this program's whole purpose is to show old and weak choices at work.
 * Nothing outside these contexts is changed, and the machine's openssl.cnf is not read.
 *
 * Nothing is resumed unless it was chosen, but the server issues tickets anyway, as real ones do: a
 * ticket in a recording is one more thing to open it with.
 */
#ifndef KEYFALL_VICTIM_CONTEXTS_H
#define KEYFALL_VICTIM_CONTEXTS_H

#include "victim/choices.h"
#include "victim/ephemeral_reuse.h"
#include "victim/leak_files.h"
#include "victim/timeline.h"

/*
 * How much may be sent as 0-RTT. There is no reason to hold back a message of any size here; libssl
 * adds to this number, and would wrap around if it were the highest there is.
 */
#define EARLY_DATA_MAX (UINT32_C(1) << 30)

/* What libssl's callbacks need to know; borrowed by the contexts for as long as they live. */
struct backstage {
    const struct choices *choices;
    const struct credentials *credentials;
    const struct preshared *psk;
    const uint8_t *ticket_key; /* TICKET_KEY_SIZE bytes */
    bool withholds_tickets;    /* the server issues none */
    const struct timeline *timeline;
    struct ephemeral_reuse *reuse; /* or NULL */
    struct leak_files *leaks;      /* or NULL */
};

/* context_client and context_server make an end's context; NULL with *why. To SSL_CTX_free. */
SSL_CTX *context_client(struct backstage *backstage, struct complaint *why) MUST_CHECK;
SSL_CTX *context_server(struct backstage *backstage, struct complaint *why) MUST_CHECK;

/* context_backstage is what was given to the context of this connection. */
const struct backstage *context_backstage(const SSL *ssl);

/* context_allow_early_data lets a session carry 0-RTT, if that was chosen; false: libssl refuses.
 */
bool context_allow_early_data(SSL_SESSION *session, const struct choices *choices) MUST_CHECK;

/* context_log_keys makes an end write the key log, of which one copy is enough. */
void context_log_keys(SSL_CTX *ctx);

/*
 * libssl_reason is libssl's own word for what went wrong last ("no shared cipher"), or `otherwise`;
 * its error queue is empty afterwards. The text is static.
 */
const char *libssl_reason(const char *otherwise);

#endif
