/*
 * draft_talk.h - a conversation in a draft of TLS 1.3, which no stack here speaks: both sides made
 * by hand, with x25519 and AES-128-GCM.
 *
 * The key schedule and the layout of the messages are written down here once more, in the way of
 * record_sealer.h. What crosses goes into a struct parley, to be played with played.h.
 */
#ifndef KEYFALL_TESTS_SUPPORT_DRAFT_TALK_H
#define KEYFALL_TESTS_SUPPORT_DRAFT_TALK_H

#include "tests/support/parley.h"
#include "tests/support/record_sealer.h"

struct draft_terms {
    unsigned draft;    /* 0 for the RFC */
    uint16_t version;  /* its number, unless it is 0x7f00 and the draft's */
    bool retry;        /* the server asks for another ClientHello */
    const char *early; /* what the client says in 0-RTT, by a pre-shared key; or NULL */
};

struct draft_talk {
    struct draft_terms terms;
    struct parley parley;
    struct buffer transcript;
    EVP_PKEY *shares[2];     /* by enum side: the ephemeral keys */
    uint8_t schedule[32];    /* where the key schedule stands */
    uint8_t traffic[2][32];  /* the secrets that records are sealed with now */
    uint8_t finished[2][32]; /* those of the handshake */
    struct sealer sealers[2];
    bool sealed[2];
};

/* draft_talk_begin shakes hands. Ends with draft_talk_clear. */
void draft_talk_begin(struct draft_talk *t, const struct draft_terms *terms);

void draft_talk_say(struct draft_talk *t, enum side from, const char *words);

/* draft_talk_update has one side send a KeyUpdate. */
void draft_talk_update(struct draft_talk *t, enum side from);

void draft_talk_clear(struct draft_talk *t);

#endif
