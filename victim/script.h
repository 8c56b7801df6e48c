/*
 * script.h - which of the words are said in this run, and by whom?
 *
 * words.h can say many things; what the user chose decides: a fictional customer's login, the
 * user's own message, an answer of a certain size.
 */
#ifndef KEYFALL_VICTIM_SCRIPT_H
#define KEYFALL_VICTIM_SCRIPT_H

#include "victim/party.h"

struct script {
    bool has_message;
    struct bytes message; /* borrowed */
    bool has_size;
    uint64_t size;
    struct customer customer;
};

/* script_request is what the client says to our own server. */
void script_request(struct speech *request, const struct script *script);

/* script_inquiry is what the client says to `host` (HOST:PORT), a server of somebody else's. */
void script_inquiry(struct speech *request, const struct script *script, const char *host);

/* script_answer_customer answers script_request. A party_answer; `script` is a struct script. */
void script_answer_customer(struct speech *answer, const struct party *party, const void *script);

/* script_answer_visitor answers whatever a browser asks. As above. */
void script_answer_visitor(struct speech *answer, const struct party *party, const void *script);

#endif
