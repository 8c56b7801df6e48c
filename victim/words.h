/*
 * words.h - what do the two ends say to each other?
 *
 * HTTP/1.1, as it goes through TLS all day: a login form with a password, answered with the balance
 * of an account, both of fictional people; or the user's own message. So a listener who opens a
 * recording sees at once what was at stake. RFC 9110, RFC 9112.
 *
 * Next: hearing.h, when the other end has finished.
 */
#ifndef KEYFALL_VICTIM_WORDS_H
#define KEYFALL_VICTIM_WORDS_H

#include "capture/alloc.h"
#include "victim/seed.h"

/* The server's name where nobody gives it another: SNI, certificate, Host. RFC 2606 reserves it. */
#define WORDS_HOST "bank.example"

/*
 * struct speech is what one end has to say: a text, and behind it any amount of filler that is made
 * while it is said, so that an answer of a gigabyte needs no gigabyte of memory. Zero says nothing.
 */
struct speech {
    struct buffer text;
    size_t text_said;
    uint64_t filler_len;
    uint64_t filler_said;
};

/* A fictional customer, one of several; drawn once for a conversation, known to both of its ends.
 */
struct customer {
    const char *user;
    char password[24];
    char account[23]; /* an IBAN of a country that does not exist */
    uint32_t balance_cents;
};

void customer_draw(struct customer *customer, struct dice *dice);

/* words_login: the customer's name and password in a form, POST /login. */
void words_login(struct speech *speech, const struct customer *customer, const char *host);

/*
 * words_account: GET /account, the password in an Authorization header (RFC 7617). It is what
 * `connect` asks of servers it does not know, since they all answer GET.
 */
void words_account(struct speech *speech, const struct customer *customer, const char *host);

/* words_message: the user's own bytes as the body of POST /message. */
void words_message(struct speech *speech, struct bytes message, const char *host);

/* words_balance answers a login: 200 and the customer's balance in JSON. */
void words_balance(struct speech *speech, const struct customer *customer, uint64_t date_s);

/* words_received answers a message of `len` bytes: 200 and a receipt in JSON. */
void words_received(struct speech *speech, size_t len, uint64_t date_s);

/* words_page answers a browser: 200 and a small page in HTML that says what this is. */
void words_page(struct speech *speech, const char *version, const char *suite, uint64_t date_s);

/* words_echo answers anybody with the user's own bytes as plain text. */
void words_echo(struct speech *speech, struct bytes message, uint64_t date_s);

/* words_filler answers anything with `len` bytes of numbered lines, the same ones every time. */
void words_filler(struct speech *speech, uint64_t len, uint64_t date_s);

/* words_head_only leaves of an answer its head, for a HEAD request. RFC 9110 section 9.3.2. */
void words_head_only(struct speech *speech);

/* speech_next gives out the next bytes, at most `room`; 0 when all is said. */
size_t speech_next(struct speech *speech, uint8_t *out, size_t room);

/* speech_clear frees and wipes the text. */
void speech_clear(struct speech *speech);

#endif
