/*
 * datagram_flows.h - UDP datagrams in, conversations of two endpoints out.
 *
 * UDP has no connections: a flow is what two endpoints send each other, from the first datagram
 * that was recorded until nothing has come for long enough. Datagrams are handed on as they come;
 * what their order is, and which of them are missing, only those who sent them can tell.
 */
#ifndef KEYFALL_CAPTURE_DATAGRAM_FLOWS_H
#define KEYFALL_CAPTURE_DATAGRAM_FLOWS_H

#include "capture/stream.h"

/*
 * Flows at a time. Not fewer, because every question to a name server is a flow of its own, and
 * they must not push out the conversations that last; not more, because whoever listens keeps state
 * for each. The one that was silent for longest is closed first.
 */
#define DATAGRAM_FLOWS_MAX 65536

/*
 * An hour, by the clock of the recording: devices that report by datagram are silent for many
 * minutes at a time and keep their keys; behind a longer silence the ports are somebody else's.
 */
#define DATAGRAM_FLOWS_IDLE_NS ((uint64_t)3600 * 1000 * 1000 * 1000)

struct datagram_arrival {
    struct endpoint source;
    struct endpoint destination;
    struct chunk payload; /* what was recorded of it */
    size_t cut;           /* bytes that followed on the wire and were not recorded */
};

/* Who wants the datagrams. The client of a flow is who sent its first datagram. */
struct datagram_listener {
    void *context;
    /* As with struct stream_listener: *c lives until `closed` has returned. */
    void *(*opened)(void *context, const struct connection *c);
    void (*datagram)(void *conversation, enum side from, const struct chunk *payload, size_t cut);
    void (*closed)(void *conversation);
};

struct datagram_flows;

/* datagram_flows_new: `listener` is copied; what it points to is borrowed. Freed by
 * datagram_flows_free. */
struct datagram_flows *datagram_flows_new(const struct datagram_listener *listener);

/* datagram_flows_take hands on one datagram. */
void datagram_flows_take(struct datagram_flows *f, const struct datagram_arrival *datagram);

/* datagram_flows_finish closes every flow, the one that was silent for longest first. */
void datagram_flows_finish(struct datagram_flows *f);

/* datagram_flows_evicted counts those that were closed because of DATAGRAM_FLOWS_MAX. */
uint64_t datagram_flows_evicted(const struct datagram_flows *f);

/* datagram_flows_free takes NULL too. It calls nobody; call datagram_flows_finish first. */
void datagram_flows_free(struct datagram_flows *f);

#endif
