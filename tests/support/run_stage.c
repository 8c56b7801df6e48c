#include "tests/support/run_stage.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#include "tests/support/check.h"

#define MAX_SEGMENT ((size_t)65000) /* an IPv4 packet holds 65535 bytes, headers and all */

static void *on_session(void *sink, const struct session *session)
{
    struct run_stage *s = sink;

    return session->depth > 0 ? s->said_inside : s->said;
}

static void on_plaintext(void *sink, void *of_session, enum side from, struct bytes data,
                         uint64_t time_ns)
{
    struct buffer *said = of_session;

    (void)sink;
    (void)time_ns;
    buffer_append(&said[from], data);
}

static void on_verdict(void *sink, void *of_session, const struct session *session, uint64_t id)
{
    struct run_stage *s = sink;

    (void)of_session;
    s->num_verdicts++;
    assert_int_equal(id, s->num_verdicts);
    if (id > RUN_STAGE_MAX_NOTED)
        return;
    s->noted[id - 1] = (struct noted){
        .client = session->connection.client,
        .verdict = session->verdict,
        .resumed = session_resumed(session),
        .carrier = session->carrier,
        .plain_bytes = {session->directions[SIDE_CLIENT].plain_bytes,
                        session->directions[SIDE_SERVER].plain_bytes},
        .client_hello = session->handshake.client_hello,
        .server_hello = session->handshake.server_hello,
    };
}

static const struct sink_kind notebook = {
    .session_opened = on_session,
    .plaintext = on_plaintext,
    .verdict = on_verdict,
};

void run_stage_init(struct run_stage *s, const char *fixture)
{
    struct complaint why;

    memset(s, 0, sizeof(*s));
    if (fixture) {
        char *path = alloc_format("fixtures/%s/server.key", fixture);

        assert_true(server_keys_load(&s->leaks.server_keys, path, NULL, &why));
        free(path);
    }
    s->sinks = (struct sinks){.kinds = {&notebook}, .states = {s}, .num_sinks = 1};
    s->run = run_new(&s->leaks, &s->sinks, &(struct reassembly_options){0});
}

void run_stage_finish(struct run_stage *s)
{
    s->summary = run_finish(s->run);
}

void run_stage_clear(struct run_stage *s)
{
    run_free(s->run);
    leaks_clear(&s->leaks);
    buffer_clear(&s->frame_bytes);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        buffer_clear(&s->said[side]);
        buffer_clear(&s->said_inside[side]);
    }
}

/* hand_on gives the run the frame that was built. */
static void hand_on(struct run_stage *s)
{
    s->frame++;
    run_packet(s->run, &(struct packet){
                           .frame = s->frame,
                           .time_ns = 1000 * s->frame,
                           .link_type = DLT_EN10MB,
                           .wire_len = s->frame_bytes.len,
                           .data = buffer_view(&s->frame_bytes),
                       });
}

void run_stage_datagram(struct run_stage *s, struct endpoint from, struct endpoint to,
                        struct bytes payload)
{
    buffer_drop(&s->frame_bytes, s->frame_bytes.len);
    buffer_append(&s->frame_bytes, payload);
    wrap_udp(&s->frame_bytes, from.port, to.port);
    wrap_ip(&s->frame_bytes, from, to, 17);
    wrap_ethernet(&s->frame_bytes, 0x0800);
    hand_on(s);
}

struct talk talk_silently(struct run_stage *s, uint16_t client_port)
{
    return (struct talk){
        .stage = s,
        .ends = {ipv4("10.0.0.1", client_port), ipv4("10.0.0.2", 443)},
        .next = {1000, 5000},
    };
}

static void send_segment(struct talk *t, enum side from, uint8_t flags, struct bytes payload)
{
    struct run_stage *s = t->stage;
    enum side to = side_other(from);

    build_frame(&s->frame_bytes, &(struct recipe){
                                     .from = t->ends[from],
                                     .to = t->ends[to],
                                     .sequence = t->next[from],
                                     .acknowledge = t->next[to],
                                     .flags = flags,
                                     .payload = payload,
                                 });
    hand_on(s);
    t->next[from] += (uint32_t)payload.len + (flags & (TCP_FLAG_SYN | TCP_FLAG_FIN) ? 1 : 0);
}

struct talk talk_open(struct run_stage *s, uint16_t client_port)
{
    struct talk t = talk_silently(s, client_port);

    send_segment(&t, SIDE_CLIENT, TCP_FLAG_SYN, bytes_of(NULL, 0));
    send_segment(&t, SIDE_SERVER, TCP_FLAG_SYN | TCP_FLAG_ACK, bytes_of(NULL, 0));
    return t;
}

void talk_say(struct talk *t, enum side from, struct bytes data)
{
    struct reader r = reader_of(data);

    while (!reader_done(&r)) {
        struct bytes piece = bytes_first(r.left, MAX_SEGMENT);

        assert_true(reader_skip(&r, piece.len));
        send_segment(t, from, TCP_FLAG_ACK, piece);
    }
}

void talk_lose(struct talk *t, enum side from, uint32_t len)
{
    t->next[from] += len;
}

void talk_close(struct talk *t)
{
    send_segment(t, SIDE_CLIENT, TCP_FLAG_ACK | TCP_FLAG_FIN, bytes_of(NULL, 0));
    send_segment(t, SIDE_SERVER, TCP_FLAG_ACK | TCP_FLAG_FIN, bytes_of(NULL, 0));
    send_segment(t, SIDE_CLIENT, TCP_FLAG_ACK, bytes_of(NULL, 0));
}
