/*
 * party.h - one end of a TLS conversation: libssl, and a play of five acts, with a prologue where
 * early data is sent (early_data.h).
 *
 *     client   handshake - says its request - hears the answer - answers the farewell - done
 *     server   handshake - hears the request - says its answer - waits for the farewell - done
 *
 * A party never touches a socket. Bytes from the other end are put in with party_input, party_step
 * does all that can be done with them, and party_output shows the bytes that want to go. So the
 * same code talks to itself (conversation.h) and to programs of others (remote.h).
 */
#ifndef KEYFALL_VICTIM_PARTY_H
#define KEYFALL_VICTIM_PARTY_H

#include "victim/contexts.h"
#include "victim/hearing.h"
#include "victim/recorder.h"
#include "victim/words.h"

/* How much a party says before it lets the other end listen: bounds the memory of both. */
#define PARTY_BURST ((size_t)128 * 1024)

enum stage {
    STAGE_HANDSHAKE,
    STAGE_EARLY, /* before it: 0-RTT */
    STAGE_SPEAK,
    STAGE_HEAR,
    STAGE_FAREWELL, /* has sent close_notify, and waits for the other's */
    STAGE_DONE,
    STAGE_FAILED,
};

struct party;

/*
 * A server's answer is written once the request is there: the function fills the empty *answer for
 * a party that has heard the request; `script` is what party_new_server was given.
 */
typedef void party_answer(struct speech *answer, const struct party *party, const void *script);

struct party {
    SSL *ssl;
    BIO *from_peer; /* both belong to ssl */
    BIO *to_peer;
    enum side side;
    enum stage stage;
    unsigned long number; /* of the session, from 1 */
    const struct backstage *backstage;
    struct leak_files *minutes; /* takes down what this party says and hears, or NULL */
    bool resumes;               /* the session before: it must. resumption.h sets these three */
    bool has_psk;               /* of TLS 1.3, such a session's or another one */
    size_t early_room;          /* how much more may be said before the handshake */
    struct speech speech;
    struct hearing hearing;
    enum progress heard;  /* is the request whole? */
    party_answer *answer; /* the server's */
    const void *script;
    struct complaint why;
};

/*
 * party_new_client and party_new_server make an end from its context: the client with what it will
 * say (which it takes) and the name it asks for (NULL: none), the server with who writes its
 * answers. `minutes` may be set before the first step.
 */
struct party *party_new_client(SSL_CTX *ctx, unsigned long number, struct speech *request,
                               const char *server_name) __attribute__((returns_nonnull));
struct party *party_new_server(SSL_CTX *ctx, unsigned long number, party_answer *answer,
                               const void *script) __attribute__((returns_nonnull));

void party_free(struct party *party);

/* party_input hands over bytes that came from the other end. */
void party_input(struct party *party, struct bytes bytes);

/* party_step does what can be done now; true when it did anything. */
bool party_step(struct party *party);

/* party_output is what wants to go to the other end, valid until party_output_sent or a step. */
struct bytes party_output(const struct party *party);

/* party_output_sent forgets the first `len` bytes of the output. */
void party_output_sent(struct party *party, size_t len);

/* party_close says farewell, after the handshake, though the other end may not have finished. */
void party_close(struct party *party);

/*
 * party_lost: the connection has ended under the party. It is done when everything was said and
 * heard but the farewell, and failed otherwise.
 */
void party_lost(struct party *party);

/* party_over: it is done or failed, and `why` says why if it failed. */
bool party_over(const struct party *party);

#endif
