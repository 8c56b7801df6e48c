#include "victim/party.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include <openssl/err.h>

#include "capture/alloc.h"
#include "victim/early_data.h"
#include "victim/resumption.h"

/* The plaintext of one record. RFC 8446 section 5.1. */
#define CHUNK_SIZE (16 * 1024)

static bool fail(struct party *party, const char *doing)
{
    party->stage = STAGE_FAILED;
    (void)complaint_say(&party->why, "conversation %lu: the %s could not %s: %s", party->number,
                        party->side == SIDE_CLIENT ? "client" : "server", doing,
                        libssl_reason("the other end broke off"));
    return true;
}

static struct party *party_new(SSL_CTX *ctx, enum side side, unsigned long number)
{
    struct party *party = alloc_zero(sizeof(*party));

    party->side = side;
    party->number = number;
    party->backstage = SSL_CTX_get_app_data(ctx);
    party->ssl = SSL_new(ctx);
    party->from_peer = BIO_new(BIO_s_mem());
    party->to_peer = BIO_new(BIO_s_mem());
    /* Nothing that a peer does decides on these, so the answer is that of alloc.h. */
    if (!party->ssl || !party->from_peer || !party->to_peer)
        abort();
    SSL_set_bio(party->ssl, party->from_peer, party->to_peer);
    return party;
}

/* Server name indication: RFC 6066 section 3. libssl's macro takes no const. */
static void ask_for(SSL *ssl, const char *server_name)
{
    char *name = alloc_text(server_name);

    (void)SSL_set_tlsext_host_name(ssl, name);
    free(name);
}

struct party *party_new_client(SSL_CTX *ctx, unsigned long number, struct speech *request,
                               const char *server_name)
{
    struct party *party = party_new(ctx, SIDE_CLIENT, number);

    SSL_set_connect_state(party->ssl);
    if (server_name)
        ask_for(party->ssl, server_name);
    party->speech = *request;
    *request = (struct speech){0};
    return party;
}

/*
 * The server's ephemeral private key exists between its ServerKeyExchange (12), or in TLS 1.3 its
 * ServerHello (2), and the end of the key exchange; this is called in between. Without one (RSA, or
 * the ServerHello of TLS 1.2) libssl gives none.
 */
static void keep_ephemeral(int writing, int version, int content_type, const void *message,
                           size_t len, SSL *ssl, void *arg)
{
    enum { SERVER_HELLO = 2, SERVER_KEY_EXCHANGE = 12 }; /* RFC 5246 section 7.4 */
    const struct party *party = arg;
    const uint8_t *type = message;
    EVP_PKEY *key = NULL;

    (void)version;
    if (!writing || content_type != SSL3_RT_HANDSHAKE || len == 0 ||
        (*type != SERVER_HELLO && *type != SERVER_KEY_EXCHANGE))
        return;
    if (SSL_get_tmp_key(ssl, &key) == 1) {
        ephemeral_reuse_end(party->backstage->reuse);
        leak_files_ephemeral(party->backstage->leaks, party->number, key);
    }
    EVP_PKEY_free(key);
}

struct party *party_new_server(SSL_CTX *ctx, unsigned long number, party_answer *answer,
                               const void *script)
{
    struct party *party = party_new(ctx, SIDE_SERVER, number);

    SSL_set_accept_state(party->ssl);
    party->answer = answer;
    party->script = script;
    party->heard = PROGRESS_NEED_MORE;
    SSL_set_msg_callback(party->ssl, keep_ephemeral);
    SSL_set_msg_callback_arg(party->ssl, party);
    return party;
}

void party_free(struct party *party)
{
    if (!party)
        return;
    SSL_free(party->ssl);
    speech_clear(&party->speech);
    hearing_clear(&party->hearing);
    free(party);
}

void party_input(struct party *party, struct bytes bytes)
{
    size_t written;

    assert(bytes.len <= INT_MAX);
    if (bytes.len > 0 && BIO_write_ex(party->from_peer, bytes.at, bytes.len, &written) != 1)
        abort(); /* a memory BIO refuses only when there is no memory */
}

/* What SSL_do_handshake, SSL_read or SSL_write answered: is it just that more input is needed? */
static bool only_waits(const struct party *party, int answer)
{
    return SSL_get_error(party->ssl, answer) == SSL_ERROR_WANT_READ;
}

/* An answer, as soon as the request is whole; true when more of it has to be heard. */
static bool answer_request(struct party *party)
{
    switch (party->heard) {
    case PROGRESS_NEED_MORE:
        return true;
    case PROGRESS_MALFORMED:
        (void)complaint_say(&party->why, "conversation %lu: the client does not speak HTTP",
                            party->number);
        party->stage = STAGE_FAILED;
        return false;
    case PROGRESS_DONE:
        party->answer(&party->speech, party, party->script);
        if (party->hearing.is_head_request)
            words_head_only(&party->speech);
        party->stage = STAGE_SPEAK;
        return false;
    }
    return false;
}

static bool step_early(struct party *party)
{
    bool moved = false;
    enum progress progress =
        party->side == SIDE_CLIENT ? early_data_say(party, &moved) : early_data_hear(party, &moved);

    ephemeral_reuse_end(party->backstage->reuse);
    switch (progress) {
    case PROGRESS_DONE:
        party->stage = STAGE_HANDSHAKE;
        return true;
    case PROGRESS_NEED_MORE:
        return moved;
    case PROGRESS_MALFORMED:
        return fail(party, party->side == SIDE_CLIENT ? "send early data" : "read early data");
    }
    return false;
}

static bool step_handshake(struct party *party)
{
    int answer = SSL_do_handshake(party->ssl);

    ephemeral_reuse_end(party->backstage->reuse);
    if (answer == 1) {
        if (!choices_met(party->backstage->choices, &party->why, party->ssl) ||
            !resumption_met(party)) {
            party->stage = STAGE_FAILED;
            return true;
        }
        party->stage = party->side == SIDE_CLIENT ? STAGE_SPEAK : STAGE_HEAR;
        if (party->side == SIDE_SERVER)
            (void)answer_request(party); /* it may have come as early data */
        return true;
    }
    if (only_waits(party, answer))
        return false;
    return fail(party, "finish the handshake");
}

static bool step_speak(struct party *party)
{
    uint8_t chunk[CHUNK_SIZE];
    size_t written;

    while (party_output(party).len < PARTY_BURST) {
        size_t len = speech_next(&party->speech, chunk, sizeof(chunk));

        if (len == 0) {
            if (party->side == SIDE_SERVER)
                party_close(party);
            else
                party->stage = STAGE_HEAR;
            break;
        }
        leak_files_said(party->minutes, bytes_of(chunk, len));
        if (SSL_write_ex(party->ssl, chunk, len, &written) != 1)
            return fail(party, "send");
    }
    return true;
}

/* The server's half of what is heard. */
static bool take_request(struct party *party, struct bytes heard)
{
    party->heard = hearing_add(&party->hearing, heard);
    return answer_request(party);
}

static bool step_hear(struct party *party)
{
    uint8_t chunk[CHUNK_SIZE];
    bool moved = false;
    size_t len;
    int answer;

    while ((answer = SSL_read_ex(party->ssl, chunk, sizeof(chunk), &len)) == 1) {
        moved = true;
        leak_files_said(party->minutes, bytes_of(chunk, len));
        if (party->side == SIDE_SERVER && !take_request(party, bytes_of(chunk, len)))
            return true;
    }
    if (only_waits(party, answer))
        return moved;
    if (SSL_get_error(party->ssl, answer) != SSL_ERROR_ZERO_RETURN)
        return fail(party, "read");
    (void)SSL_shutdown(party->ssl); /* answers the farewell that has come */
    party->stage = STAGE_DONE;
    return true;
}

static bool step_farewell(struct party *party)
{
    uint8_t ignored[CHUNK_SIZE];
    size_t len;
    int answer;

    do {
        answer = SSL_read_ex(party->ssl, ignored, sizeof(ignored), &len);
    } while (answer == 1);
    if (only_waits(party, answer))
        return false;
    /* Whatever it was, all is said: some clients just leave, or send an alert of another kind. */
    ERR_clear_error();
    party->stage = STAGE_DONE;
    return true;
}

bool party_step(struct party *party)
{
    ERR_clear_error();
    switch (party->stage) {
    case STAGE_EARLY:
        return step_early(party);
    case STAGE_HANDSHAKE:
        return step_handshake(party);
    case STAGE_SPEAK:
        return step_speak(party);
    case STAGE_HEAR:
        return step_hear(party);
    case STAGE_FAREWELL:
        return step_farewell(party);
    case STAGE_DONE:
    case STAGE_FAILED:
        break;
    }
    return false;
}

struct bytes party_output(const struct party *party)
{
    const char *at = NULL;
    long len = BIO_get_mem_data(party->to_peer, &at);

    return bytes_of(at, len > 0 ? (size_t)len : 0);
}

void party_output_sent(struct party *party, size_t len)
{
    uint8_t gone[4096];

    if (len == party_output(party).len) {
        (void)BIO_reset(party->to_peer);
        return;
    }
    while (len > 0) {
        size_t n = 0;

        if (BIO_read_ex(party->to_peer, gone, len < sizeof(gone) ? len : sizeof(gone), &n) != 1)
            break;
        len -= n;
    }
}

void party_close(struct party *party)
{
    (void)SSL_shutdown(party->ssl);
    party->stage = STAGE_FAREWELL;
}

void party_lost(struct party *party)
{
    switch (party->stage) {
    case STAGE_EARLY:
    case STAGE_HANDSHAKE:
        (void)fail(party, "finish the handshake");
        break;
    case STAGE_SPEAK:
        (void)fail(party, "finish what it had to say");
        break;
    case STAGE_HEAR: /* HTTP allows an answer that ends with the connection: RFC 9112, 6.3 */
    case STAGE_FAREWELL:
        party->stage = STAGE_DONE;
        break;
    case STAGE_DONE:
    case STAGE_FAILED:
        break;
    }
}

bool party_over(const struct party *party)
{
    return party->stage == STAGE_DONE || party->stage == STAGE_FAILED;
}
