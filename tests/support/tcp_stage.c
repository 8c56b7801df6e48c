#include "tests/support/tcp_stage.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

/* Missing bytes that are written down as zeros; a larger gap is a fault of the test or of the code.
 */
#define GAP_MAX ((uint64_t)128 << 20)

static void *on_opened(void *context, const struct connection *c)
{
    struct stage *s = context;

    s->num_opened++;
    if (s->num_heard == STAGE_MAX_HEARD)
        return NULL;

    struct heard *heard = &s->heard[s->num_heard++];

    heard->about = c;
    return heard;
}

static void on_bytes(void *conversation, enum side from, const struct chunk *chunk)
{
    struct heard *heard = conversation;

    if (!heard)
        return;

    size_t before = heard->present[from].len;

    assert_int_equal(heard->closed, 0);
    assert_true(chunk->data.len > 0);
    buffer_append(&heard->stream[from], chunk->data);
    buffer_append(&heard->present[from], chunk->data);
    memset(heard->present[from].at + before, 1, chunk->data.len);
    heard->num_chunks[from]++;
    heard->last_chunk[from] = *chunk;
    heard->last_at[from] = chunk->data.at;
}

static void on_gap(void *conversation, enum side from, const struct gap *gap)
{
    struct heard *heard = conversation;

    if (!heard)
        return;
    assert_int_equal(heard->closed, 0);
    assert_in_range(gap->missing, 1, GAP_MAX);

    void *zeros = alloc_zero(gap->missing);

    buffer_append(&heard->stream[from], bytes_of(zeros, gap->missing));
    buffer_append(&heard->present[from], bytes_of(zeros, gap->missing));
    free(zeros);
    heard->num_gaps[from]++;
    heard->last_gap[from] = *gap;
}

static void on_closed(void *conversation)
{
    struct heard *heard = conversation;

    if (!heard)
        return;
    heard->at_the_end = *heard->about;
    heard->closed++;
    assert_int_equal(heard->closed, 1);
}

static void start(struct stage *s)
{
    s->reassembly = reassembly_new(
        &(struct stream_listener){s, on_opened, on_bytes, on_gap, on_closed}, &s->options);
}

void stage_init(struct stage *s)
{
    memset(s, 0, sizeof(*s));
    s->client = ipv4("10.0.0.1", 40000);
    s->server = ipv4("10.0.0.2", 443);
    start(s);
}

static void forget(struct stage *s)
{
    reassembly_free(s->reassembly);
    for (size_t i = 0; i < s->num_heard; i++) {
        for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
            buffer_clear(&s->heard[i].stream[side]);
            buffer_clear(&s->heard[i].present[side]);
        }
    }
    memset(s->heard, 0, s->num_heard * sizeof(s->heard[0]));
    s->num_heard = 0;
    s->num_opened = 0;
    s->frame = 0;
    s->waited = 0;
}

void stage_reset(struct stage *s)
{
    forget(s);
    start(s);
}

void stage_clear(struct stage *s)
{
    forget(s);
    buffer_clear(&s->frame_bytes);
}

int stage_setup(void **state)
{
    struct stage *s = alloc_zero(sizeof(*s));

    stage_init(s);
    *state = s;
    return 0;
}

int stage_teardown(void **state)
{
    stage_clear(*state);
    free(*state);
    return 0;
}

void stage_wait(struct stage *s, uint64_t ns)
{
    s->waited += ns;
}

void stage_packet(struct stage *s, const struct recipe *recipe)
{
    build_frame(&s->frame_bytes, recipe);
    s->frame++;

    struct packet packet = {
        .frame = s->frame,
        .time_ns = 1000 * s->frame + s->waited,
        .link_type = DLT_EN10MB,
        .wire_len = s->frame_bytes.len,
        .data = buffer_view(&s->frame_bytes),
    };

    if (s->snaplen > 0)
        packet.data = bytes_first(packet.data, s->snaplen);
    reassembly_packet(s->reassembly, &packet);
}

void stage_send(struct stage *s, enum side from, uint8_t flags, uint32_t sequence,
                struct bytes payload)
{
    stage_packet(s, &(struct recipe){
                        .from = from == SIDE_CLIENT ? s->client : s->server,
                        .to = from == SIDE_CLIENT ? s->server : s->client,
                        .sequence = sequence,
                        .flags = flags,
                        .payload = payload,
                    });
}

void stage_say(struct stage *s, enum side from, uint32_t sequence, const char *text)
{
    stage_send(s, from, 0, sequence, bytes_of(text, strlen(text)));
}

void stage_ack(struct stage *s, enum side from, uint32_t sequence, uint32_t acknowledge)
{
    stage_packet(s, &(struct recipe){
                        .from = from == SIDE_CLIENT ? s->client : s->server,
                        .to = from == SIDE_CLIENT ? s->server : s->client,
                        .sequence = sequence,
                        .acknowledge = acknowledge,
                        .flags = TCP_FLAG_ACK,
                    });
}

void stage_handshake(struct stage *s, uint32_t client_first, uint32_t server_first)
{
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, client_first - 1, bytes_of(NULL, 0));
    stage_packet(s, &(struct recipe){
                        .from = s->server,
                        .to = s->client,
                        .sequence = server_first - 1,
                        .acknowledge = client_first,
                        .flags = TCP_FLAG_SYN | TCP_FLAG_ACK,
                    });
    stage_ack(s, SIDE_CLIENT, client_first, server_first);
}

void stage_assert_stream(const struct stage *s, size_t i, enum side from, const char *text)
{
    assert_true(i < s->num_heard);

    const struct buffer *stream = &s->heard[i].stream[from];

    assert_int_equal(stream->len, strlen(text));
    if (stream->len > 0)
        assert_memory_equal(stream->at, text, stream->len);
    assert_int_equal(s->heard[i].num_gaps[from], 0);
}
