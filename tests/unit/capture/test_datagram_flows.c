#include "tests/support/check.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#include "capture/reassembly.h"
#include "tests/support/packet_builder.h"

/* What a flow was heard of. */
struct heard_flow {
    const struct connection *about;
    struct buffer said[2]; /* by enum side */
    size_t cut;
    bool closed;
};

#define MAX_HEARD 8

/* 10.0.0.1 and 10.0.0.2 send each other datagrams, and somebody listens. */
struct wire {
    struct reassembly *reassembly;
    struct heard_flow heard[MAX_HEARD];
    size_t num_opened;
    size_t num_closed;
    uint64_t frame;
    uint64_t now_ns;
    size_t snaplen;
    struct buffer bytes;
};

static void *on_opened(void *context, const struct connection *c)
{
    struct wire *w = context;
    struct heard_flow *flow = &w->heard[w->num_opened++ % MAX_HEARD];

    if (w->num_opened <= MAX_HEARD)
        flow->about = c;
    return w->num_opened <= MAX_HEARD ? flow : NULL;
}

static void on_datagram(void *flow, enum side from, const struct chunk *payload, size_t cut)
{
    struct heard_flow *heard = flow;

    if (!heard)
        return;
    assert_false(heard->closed);
    assert_int_equal(heard->about->end_ns, payload->time_ns);
    buffer_append(&heard->said[from], payload->data);
    heard->cut += cut;
}

static void on_closed(void *flow)
{
    struct heard_flow *heard = flow;

    if (heard)
        heard->closed = true;
}

static void listen_in(struct wire *w, bool verify_checksums)
{
    const struct reassembly_options options = {.verify_checksums = verify_checksums};
    const struct stream_listener nobody = {0};
    const struct datagram_listener listener = {w, on_opened, on_datagram, on_closed};

    reassembly_free(w->reassembly);
    w->reassembly = reassembly_new(&nobody, &options);
    reassembly_hear_datagrams(w->reassembly, &listener);
}

static int setup(void **state)
{
    struct wire *w = alloc_zero(sizeof(*w));

    listen_in(w, false);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct wire *w = *state;

    reassembly_free(w->reassembly);
    for (size_t i = 0; i < MAX_HEARD; i++) {
        buffer_clear(&w->heard[i].said[SIDE_CLIENT]);
        buffer_clear(&w->heard[i].said[SIDE_SERVER]);
    }
    buffer_clear(&w->bytes);
    free(w);
    return 0;
}

/* record hands in what w->bytes holds, an Ethernet frame. */
static void record(struct wire *w)
{
    struct bytes frame = buffer_view(&w->bytes);
    struct packet packet = {
        .frame = ++w->frame,
        .time_ns = ++w->now_ns,
        .link_type = DLT_EN10MB,
        .wire_len = frame.len,
        .data = w->snaplen ? bytes_first(frame, w->snaplen) : frame,
    };

    reassembly_packet(w->reassembly, &packet);
}

static void say(struct wire *w, struct endpoint from, struct endpoint to, const char *text)
{
    buffer_clear(&w->bytes);
    buffer_append(&w->bytes, bytes_of(text, strlen(text)));
    wrap_udp(&w->bytes, from.port, to.port);
    wrap_ip(&w->bytes, from, to, 17);
    wrap_ethernet(&w->bytes, 0x0800);
    record(w);
}

static void assert_said(const struct heard_flow *heard, enum side from, const char *text)
{
    assert_true(bytes_equal(buffer_view(&heard->said[from]), bytes_of(text, strlen(text))));
}

static void both_ways_are_one_flow_and_its_client_spoke_first(void **state)
{
    struct wire *w = *state;
    struct endpoint a = ipv4("10.0.0.1", 5000);
    struct endpoint b = ipv4("10.0.0.2", 6000);

    say(w, b, a, "you there?");
    say(w, a, b, "yes");
    say(w, b, a, " good");
    assert_int_equal(w->num_opened, 1);
    assert_said(&w->heard[0], SIDE_CLIENT, "you there? good");
    assert_said(&w->heard[0], SIDE_SERVER, "yes");
    assert_true(endpoint_equal(&w->heard[0].about->client, &b));
    assert_int_equal(w->heard[0].about->first_frame, 1);
    reassembly_finish(w->reassembly);
    assert_true(w->heard[0].closed);
    assert_int_equal(reassembly_counts(w->reassembly)->connections, 0);
}

static void other_ports_are_another_flow(void **state)
{
    struct wire *w = *state;

    say(w, ipv4("10.0.0.1", 5000), ipv4("10.0.0.2", 6000), "one");
    say(w, ipv4("10.0.0.1", 5001), ipv4("10.0.0.2", 6000), "two");
    say(w, ipv4("10.0.0.1", 6000), ipv4("10.0.0.2", 5000), "three");
    assert_int_equal(w->num_opened, 3);
    assert_said(&w->heard[2], SIDE_CLIENT, "three");
}

static void behind_an_hour_of_silence_it_is_another_flow(void **state)
{
    struct wire *w = *state;
    struct endpoint a = ipv4("10.0.0.1", 5000);
    struct endpoint b = ipv4("10.0.0.2", 6000);

    say(w, a, b, "one");
    w->now_ns += DATAGRAM_FLOWS_IDLE_NS - 1;
    say(w, a, b, "two");
    assert_int_equal(w->num_opened, 1);
    w->now_ns += DATAGRAM_FLOWS_IDLE_NS;
    say(w, b, a, "three");
    assert_int_equal(w->num_opened, 2);
    assert_true(w->heard[0].closed);
    assert_said(&w->heard[1], SIDE_CLIENT, "three");
}

static void beyond_the_limit_the_longest_silent_is_closed(void **state)
{
    struct wire *w = *state;

    for (size_t i = 0; i < DATAGRAM_FLOWS_MAX; i++)
        say(w, ipv4("10.0.0.1", (uint16_t)i), ipv4("10.0.0.2", 53), "?");
    say(w, ipv4("10.0.0.1", 0), ipv4("10.0.0.2", 53), "still here");
    assert_false(w->heard[0].closed || w->heard[1].closed);
    say(w, ipv4("10.0.0.3", 1), ipv4("10.0.0.2", 53), "one too many");
    assert_false(w->heard[0].closed);
    assert_true(w->heard[1].closed);
    assert_false(w->heard[2].closed);
    reassembly_finish(w->reassembly);
    assert_int_equal(reassembly_counts(w->reassembly)->flows_evicted, 1);
}

static void a_datagram_in_fragments_comes_whole(void **state)
{
    struct wire *w = *state;
    struct endpoint a = ipv4("10.0.0.1", 5000);
    struct endpoint b = ipv4("10.0.0.2", 6000);
    const char *text = "thirty-two bytes in two fragment";
    struct buffer whole = {0};

    buffer_append(&whole, bytes_of(text, strlen(text)));
    wrap_udp(&whole, a.port, b.port);
    wrap_ip(&whole, a, b, 17);
    for (size_t offset = 0; offset < 40; offset += 24) {
        build_fragment(&w->bytes, buffer_view(&whole), offset, offset ? 16 : 24, 7);
        wrap_ethernet(&w->bytes, 0x0800);
        record(w);
    }
    assert_said(&w->heard[0], SIDE_CLIENT, text);
    buffer_clear(&whole);
}

static void what_the_snap_length_cut_off_is_told(void **state)
{
    struct wire *w = *state;

    w->snaplen = 14 + 20 + 8 + 3;
    say(w, ipv4("10.0.0.1", 5000), ipv4("10.0.0.2", 6000), "one two");
    assert_said(&w->heard[0], SIDE_CLIENT, "one");
    assert_int_equal(w->heard[0].cut, 4);
}

static void a_wrong_checksum_is_left_out_when_they_are_verified(void **state)
{
    struct wire *w = *state;
    struct endpoint a = ipv4("10.0.0.1", 5000);
    struct endpoint b = ipv4("10.0.0.2", 6000);

    listen_in(w, true);
    say(w, a, b, "none was made");
    assert_int_equal(w->num_opened, 1);
    buffer_clear(&w->bytes);
    buffer_append(&w->bytes, bytes_of("x", 1));
    wrap_udp(&w->bytes, a.port, b.port);
    w->bytes.at[7] = 1;
    wrap_ip(&w->bytes, a, b, 17);
    wrap_ethernet(&w->bytes, 0x0800);
    record(w);
    assert_said(&w->heard[0], SIDE_CLIENT, "none was made");
    assert_int_equal(reassembly_counts(w->reassembly)->arrivals.bad_checksums, 1);
}

#define ON_WIRE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_WIRE(both_ways_are_one_flow_and_its_client_spoke_first),
        ON_WIRE(other_ports_are_another_flow),
        ON_WIRE(behind_an_hour_of_silence_it_is_another_flow),
        ON_WIRE(beyond_the_limit_the_longest_silent_is_closed),
        ON_WIRE(a_datagram_in_fragments_comes_whole),
        ON_WIRE(what_the_snap_length_cut_off_is_told),
        ON_WIRE(a_wrong_checksum_is_left_out_when_they_are_verified),
    };

    return cmocka_run_group_tests(cases, NULL, NULL);
}
