/*
 * agreements.h - the agreements of several parties that a recording holds, beside its TLS.
 *
 * Every connection is looked at, on any port: the first bytes of a direction tell. One that begins
 * otherwise costs nothing more.
 */
#ifndef KEYFALL_ATTACKER_AGREEMENTS_H
#define KEYFALL_ATTACKER_AGREEMENTS_H

#include "attacker/agreement.h"
#include "attacker/leaks/leaks.h"
#include "attacker/story/sink.h"

/* Agreements that are kept, of some 300 KiB at the most: a lesson's, many times over. */
#define AGREEMENTS_MAX 64

/* Bytes of messages that have begun and not ended, on all connections together: 250 at a time that
 * are as long as they may be, where a ring has one on each of 16 connections. */
#define AGREEMENTS_MAX_HELD ((size_t)16 << 20)

/* Zero is none. */
struct agreements {
    struct agreement *list[AGREEMENTS_MAX]; /* in the order of their first messages */
    size_t num;
    size_t held;       /* see AGREEMENTS_MAX_HELD */
    uint64_t left_out; /* messages, because of the two limits */
};

/* One connection; zero is one of which nothing was seen. */
struct agreement_watch {
    bool over[2];          /* by enum side: it says something else, or its way is lost */
    struct buffer held[2]; /* a message that has begun */
};

/* agreement_watch_bytes and agreement_watch_gap take what the reassembly tells. */
void agreement_watch_bytes(struct agreement_watch *w, struct agreements *all,
                           const struct connection *c, enum side side, const struct chunk *chunk);
void agreement_watch_gap(struct agreement_watch *w, struct agreements *all, enum side side);

/* agreement_watch_end: the connection has ended. */
void agreement_watch_end(struct agreement_watch *w, struct agreements *all);

/* agreements_tell attacks each of them with what leaked, and hands them to the sinks. */
void agreements_tell(struct agreements *all, const struct leaks *leaks, struct sinks *sinks,
                     struct run_summary *summary);

void agreements_clear(struct agreements *all);

#endif
