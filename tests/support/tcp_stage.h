/*
 * tcp_stage.h - two endpoints, a reassembly that listens in, and a record of all that it told.
 *
 * A test sends segments with stage_send and then looks at what arrived. A hole is recorded as that
 * many zero bytes, with a 0 for each in `present`, so that a stream always has its true length.
 */
#ifndef KEYFALL_TESTS_SUPPORT_TCP_STAGE_H
#define KEYFALL_TESTS_SUPPORT_TCP_STAGE_H

#include "capture/alloc.h"
#include "capture/reassembly.h"
#include "tests/support/packet_builder.h"

struct heard {
    const struct connection *about; /* dead once it is closed */
    struct connection at_the_end;   /* a copy, taken when it was closed */
    struct buffer stream[2];
    struct buffer present[2]; /* a 1 for each byte that was delivered, a 0 for each missing one */
    size_t num_chunks[2];
    size_t num_gaps[2];
    struct chunk last_chunk[2]; /* its data is dead; time and frame are not */
    struct gap last_gap[2];
    const void *last_at[2]; /* where the last chunk's data stood */
    size_t closed;          /* how often, and it must be 1; 0 while it is open */
};

/* More connections than this are counted but not recorded. */
#define STAGE_MAX_HEARD 64

struct stage {
    struct reassembly *reassembly;
    struct reassembly_options options; /* for the next reassembly: stage_reset */
    struct endpoint client;
    struct endpoint server;
    struct buffer frame_bytes; /* the last frame that was sent */
    uint64_t frame;            /* its number; its time is 1000 times that in ns, and `waited` */
    uint64_t waited;           /* ns that passed between packets, of stage_wait */
    size_t snaplen;            /* 0: nothing is cut */
    struct heard heard[STAGE_MAX_HEARD];
    size_t num_heard;
    size_t num_opened;
};

/* stage_init: 10.0.0.1:40000 will talk to 10.0.0.2:443. Ends with stage_clear. */
void stage_init(struct stage *s);
void stage_clear(struct stage *s);

/* ON_STAGE is CASE for a function whose *state is a struct stage of its own. */
#define ON_STAGE(function) cmocka_unit_test_setup_teardown(function, stage_setup, stage_teardown)
int stage_setup(void **state);
int stage_teardown(void **state);

/* stage_reset forgets what was heard and starts a new reassembly; snap length and options
 * are kept. */
void stage_reset(struct stage *s);

/* stage_wait lets the clock move on before the next packet. */
void stage_wait(struct stage *s, uint64_t ns);

/* stage_packet hands the recipe's frame to the reassembly, cut to the snap length. */
void stage_packet(struct stage *s, const struct recipe *recipe);

/* stage_send is stage_packet between client and server; `sequence` is that of the first byte. */
void stage_send(struct stage *s, enum side from, uint8_t flags, uint32_t sequence,
                struct bytes payload);

/* stage_say is stage_send of text, without the ACK flag, so that it acknowledges nothing. */
void stage_say(struct stage *s, enum side from, uint32_t sequence, const char *text);

/* stage_ack sends a bare acknowledgement. */
void stage_ack(struct stage *s, enum side from, uint32_t sequence, uint32_t acknowledge);

/* stage_handshake: SYN, SYN-ACK, ACK; the first bytes will have these two numbers. */
void stage_handshake(struct stage *s, uint32_t client_first, uint32_t server_first);

/* stage_assert_stream: connection `i` delivered just this text in this direction, with no gap. */
void stage_assert_stream(const struct stage *s, size_t i, enum side from, const char *text);

#endif
