/*
 * flow_table.h - which connection does this packet belong to?
 *
 * Two endpoints name a connection, in either order. The table holds the open ones and, for a while,
 * what is needed to recognise late packets of those that have ended. Both kinds are bounded.
 */
#ifndef KEYFALL_CAPTURE_FLOW_TABLE_H
#define KEYFALL_CAPTURE_FLOW_TABLE_H

#include "capture/half_stream.h"
#include "capture/keyed_hash.h"

/* struct four_tuple is two endpoints in a fixed order. Compared as bytes: it has no padding. */
struct four_tuple {
    uint8_t address[2][16];
    uint16_t port[2];
    uint16_t family;
};

/* four_tuple_of: the same whichever comes first. */
struct four_tuple four_tuple_of(const struct endpoint *a, const struct endpoint *b);

/* struct open_connection is what is kept of a connection while it lasts. */
struct open_connection {
    struct connection about; /* what the listener sees */
    void *conversation;      /* what the listener answered when it was opened */
    struct half_stream half[2];
    size_t segments;       /* of both; counted no further than REASSEMBLY_SETTLED */
    size_t waiting_memory; /* of both halves, as it was last added to the sum of all */
    struct open_connection *prev_waiting;
    struct open_connection *next_waiting;
};

/* struct ended_half is what is kept of a direction afterwards. */
struct ended_half {
    bool known; /* the numbers mean something: the direction was seen */
    uint32_t first_sequence;
    uint32_t next_sequence;
};

struct flow {
    struct four_tuple key;
    struct endpoint client;       /* tells the two sides of an ended connection apart */
    struct open_connection *open; /* NULL: it has ended */
    struct ended_half ended[2];
    uint64_t ended_ns;  /* when it ended, or, while it lingers, when it last carried data */
    bool lingers;       /* it is open, and was reset */
    enum side reset_by; /* who did that */
    struct flow *prev_lingering;
    struct flow *next_lingering;
    struct flow *prev; /* in the list of open or of ended ones, by time of the latest packet */
    struct flow *next;
    UT_hash_handle hh;
};

struct flow_table {
    struct flow *flows;     /* uthash: by four-tuple, and in the order in which they were added */
    struct flow *open;      /* list, longest silent first */
    struct flow *ended;     /* list, longest ended first */
    struct flow *lingering; /* list, longest lingering first; they are in `open` as well */
    size_t num_open;
    size_t num_ended;
    struct keyed_hash hash;
};

/* flow_table_init makes an empty table. */
void flow_table_init(struct flow_table *t);

/* flow_table_clear frees all flows, open connections included, and tells nobody. */
void flow_table_clear(struct flow_table *t);

/* flow_table_find is the flow between these two, or NULL. */
struct flow *flow_table_find(const struct flow_table *t, const struct endpoint *a,
                             const struct endpoint *b);

/* flow_table_add adds an open connection, zeroed but for the endpoints; there must be none yet. */
struct flow *flow_table_add(struct flow_table *t, const struct endpoint *client,
                            const struct endpoint *server);

/* flow_table_touch says that an open flow has just had a packet. */
void flow_table_touch(struct flow_table *t, struct flow *flow);

/* flow_table_linger says that an open flow was reset, or, now that it lingers, carried data again.
 */
void flow_table_linger(struct flow_table *t, struct flow *flow, uint64_t now_ns);

/* flow_table_stop_lingering says that it was not reset after all. */
void flow_table_stop_lingering(struct flow_table *t, struct flow *flow);

/*
 * flow_table_end turns an open flow into an ended one; beyond the limit it forgets the oldest.
 * True when that is one of which something could still come.
 */
bool flow_table_end(struct flow_table *t, struct flow *flow);

/* flow_table_remove forgets a flow and frees it. */
void flow_table_remove(struct flow_table *t, struct flow *flow);

#endif
