/*
 * run_stage.h - a run of the attacker without a file: connections that a test makes up, and what
 * came of them.
 *
 * Each connection is of one struct talk; its two sides say things in turn, as segments of at most
 * 65 000 bytes. The verdicts are noted in the order in which they leave.
 */
#ifndef KEYFALL_TESTS_SUPPORT_RUN_STAGE_H
#define KEYFALL_TESTS_SUPPORT_RUN_STAGE_H

#include "attacker/run.h"
#include "tests/support/packet_builder.h"

/* More verdicts than this are counted but not noted. */
#define RUN_STAGE_MAX_NOTED 64

struct noted {
    struct endpoint client; /* as TLS sees it */
    struct verdict verdict;
    const char *resumed; /* see session_resumed */
    uint64_t carrier;    /* see struct session */
    uint64_t plain_bytes[2];
    bool client_hello; /* seen */
    bool server_hello;
};

struct run_stage {
    struct run *run;
    struct leaks leaks;
    struct sinks sinks;
    uint64_t frame;
    struct buffer frame_bytes;
    struct noted noted[RUN_STAGE_MAX_NOTED];
    size_t num_verdicts;
    struct buffer said[2];        /* plaintext of all sessions, */
    struct buffer said_inside[2]; /* but of those inside of others */
    const struct run_summary *summary;
};

/* run_stage_init: with the server key of this fixture, or without any leak when NULL. */
void run_stage_init(struct run_stage *s, const char *fixture);

/* run_stage_finish ends the recording; then `summary` is set. */
void run_stage_finish(struct run_stage *s);

void run_stage_clear(struct run_stage *s);

/* run_stage_datagram: `payload` goes from one to the other by UDP. */
void run_stage_datagram(struct run_stage *s, struct endpoint from, struct endpoint to,
                        struct bytes payload);

struct talk {
    struct run_stage *stage;
    struct endpoint ends[2]; /* by enum side */
    uint32_t next[2];        /* the sequence number of the next byte */
};

/* talk_silently begins a connection 10.0.0.1:client_port -> 10.0.0.2:443 of which nothing was
 * recorded; talk_open records its SYNs. */
struct talk talk_silently(struct run_stage *s, uint16_t client_port);
struct talk talk_open(struct run_stage *s, uint16_t client_port);

/* talk_say: `from` sends these bytes. talk_lose: it sends so many that were not recorded. */
void talk_say(struct talk *t, enum side from, struct bytes data);
void talk_lose(struct talk *t, enum side from, uint32_t len);

/* talk_close: both sides end it. */
void talk_close(struct talk *t);

#endif
