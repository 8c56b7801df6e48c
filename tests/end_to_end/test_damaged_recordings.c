/*
 * Recordings in which something is missing, doubled or out of order: made from the fixtures packet
 * by packet. What can be opened opens, and the reason says what is missing from the rest.
 */
#include <pcap/pcap.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define MAX_PACKETS 64

/* The packets of a fixture, and the order in which they are written again. */
struct pile {
    struct pcap_pkthdr headers[MAX_PACKETS];
    struct buffer packets[MAX_PACKETS];
    size_t num_packets;
    size_t order[4 * MAX_PACKETS];
    size_t num_ordered;
    unsigned cut; /* packets are cut to so many bytes; 0 for whole */
};

static void take_up(struct pile *pile, const char *fixture)
{
    char error[PCAP_ERRBUF_SIZE];
    char *path = alloc_format("fixtures/%s/recording.pcap", fixture);
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
    struct pcap_pkthdr *header;
    const u_char *data;

    *pile = (struct pile){0};
    assert_non_null(pcap);
    while (pcap_next_ex(pcap, &header, &data) == 1) {
        size_t n = pile->num_packets++;

        assert_true(n < MAX_PACKETS);
        pile->headers[n] = *header;
        buffer_append(&pile->packets[n], bytes_of(data, header->caplen));
        pile->order[pile->num_ordered++] = n;
    }
    pcap_close(pcap);
    free(path);
}

static void put_down(struct pile *pile)
{
    for (size_t i = 0; i < pile->num_packets; i++)
        buffer_clear(&pile->packets[i]);
}

/* leave_out drops one packet, counted from 1 as the frames are. */
static void leave_out(struct pile *pile, size_t frame)
{
    size_t kept = 0;

    for (size_t i = 0; i < pile->num_ordered; i++) {
        if (pile->order[i] != frame - 1)
            pile->order[kept++] = pile->order[i];
    }
    pile->num_ordered = kept;
}

static void write_pile(const struct pile *pile, const char *path)
{
    pcap_t *dead =
        pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 262144, PCAP_TSTAMP_PRECISION_NANO);
    pcap_dumper_t *dumper = pcap_dump_open(dead, path);

    assert_non_null(dumper);
    for (size_t i = 0; i < pile->num_ordered; i++) {
        struct pcap_pkthdr header = pile->headers[pile->order[i]];

        if (pile->cut > 0 && header.caplen > pile->cut)
            header.caplen = pile->cut;
        pcap_dump((u_char *)dumper, &header, pile->packets[pile->order[i]].at);
    }
    pcap_dump_close(dumper);
    pcap_close(dead);
}

/* judge gives the one session's line; the caller frees it. */
static json_t *judge(const struct pile *pile, const char *leak)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/r.pcap", folder);
    struct run_result result;
    json_t *sessions;
    json_t *session;

    write_pile(pile, path);
    run_line(&result, "keyfall-attacker --json %s %s", leak, path);
    if (result.status > 1)
        fail_msg("status %d\n%s", result.status, run_err(&result));
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), 1);
    session = json_incref(json_array_get(sessions, 0));
    json_decref(sessions);
    run_clear(&result);
    free(path);
    scratch_free(folder);
    return session;
}

static bool is(const json_t *session, const char *key, const char *value)
{
    const char *given = json_string_value(json_object_get(session, key));

    return given && strcmp(given, value) == 0;
}

static void expect(const struct pile *pile, const char *leak, const char *outcome,
                   const char *reason)
{
    json_t *session = judge(pile, leak);

    if (!is(session, "outcome", outcome) || (reason[0] && !is(session, "reason", reason)))
        fail_msg("not %s (%s):\n%s", outcome, reason, json_dumps(session, JSON_INDENT(2)));
    json_decref(session);
}

#define RSA_KEY "-k fixtures/rsa/server.key"
#define DHE_KEY "-k fixtures/dhe/server.key"

static void a_recording_from_the_middle(void **state)
{
    struct pile pile;

    (void)state;
    take_up(&pile, "rsa");
    for (size_t frame = 1; frame <= 11; frame++)
        leave_out(&pile, frame);
    expect(&pile, RSA_KEY, "undecryptable", "handshake_missing");
    put_down(&pile);
}

static void a_handshake_that_was_cut_off(void **state)
{
    struct pile pile;

    (void)state;
    take_up(&pile, "rsa");
    pile.num_ordered = 4; /* the ClientHello and nothing behind it */
    expect(&pile, RSA_KEY, "undecryptable", "handshake_incomplete");
    put_down(&pile);
}

static void a_lost_packet_of_the_handshake(void **state)
{
    struct pile pile;

    (void)state;
    take_up(&pile, "rsa");
    leave_out(&pile, 6); /* ServerHello and Certificate */
    expect(&pile, RSA_KEY, "undecryptable", "packets_missing");
    put_down(&pile);
}

static void a_lost_packet_of_the_conversation(void **state)
{
    struct pile pile;
    json_t *session;

    (void)state;
    take_up(&pile, "rsa");
    leave_out(&pile, 14); /* the server's answer */
    session = judge(&pile, RSA_KEY);
    assert_true(is(session, "outcome", "partial"));
    assert_true(is(session, "reason", "packets_missing"));
    assert_true(json_integer_value(json_object_get(session, "client_bytes")) > 0);
    assert_true(json_is_true(json_object_get(session, "finished_verified")));
    json_decref(session);
    put_down(&pile);
}

static void packets_cut_by_the_snap_length(void **state)
{
    struct pile pile;

    (void)state;
    take_up(&pile, "rsa");
    pile.cut = 200;
    expect(&pile, RSA_KEY, "undecryptable", "packets_truncated");
    pile.cut = 60; /* of the ClientHello, the first bytes alone */
    expect(&pile, RSA_KEY, "undecryptable", "packets_truncated");
    put_down(&pile);
}

/* Each packet left out in turn: never a crash, never "decrypted" where something is missing that
 * carried data, and always a reason. */
static void lose_each(const char *fixture, const char *leak)
{
    struct pile whole;

    take_up(&whole, fixture);
    for (size_t frame = 1; frame <= whole.num_packets; frame++) {
        struct pile pile = whole;
        bool carries_data = whole.packets[frame - 1].len > 74;
        json_t *session;

        leave_out(&pile, frame);
        session = judge(&pile, leak);
        if (carries_data && is(session, "outcome", "decrypted"))
            fail_msg("frame %zu is missing, and all is open?", frame);
        if (!is(session, "outcome", "decrypted"))
            assert_true(json_is_string(json_object_get(session, "reason")));
        json_decref(session);
    }
    put_down(&whole);
}

static void any_one_packet_lost(void **state)
{
    (void)state;
    lose_each("rsa", RSA_KEY);
    lose_each("rsa", "--keylog fixtures/rsa/keylog.txt");
    lose_each("dhe", DHE_KEY);
    lose_each("dhe", "--ephemeral fixtures/dhe/ephemeral-1.pem");
    lose_each("tls13", "-k fixtures/tls13/server.key");
    lose_each("tls13", "--ephemeral fixtures/tls13/ephemeral-1.pem");
    lose_each("tls13", "--keylog fixtures/tls13/keylog.txt");
    lose_each("psk", "--keylog fixtures/psk/keylog.txt");
}

static void every_packet_recorded_twice(void **state)
{
    struct pile pile;

    (void)state;
    take_up(&pile, "rsa");
    pile.num_ordered = 0;
    for (size_t i = 0; i < pile.num_packets; i++) {
        pile.order[pile.num_ordered++] = i;
        pile.order[pile.num_ordered++] = i;
    }
    expect(&pile, RSA_KEY, "decrypted", "");
    put_down(&pile);
}

static void swap(struct pile *pile, size_t a, size_t b)
{
    size_t kept = pile->order[a];

    pile->order[a] = pile->order[b];
    pile->order[b] = kept;
}

static void neighbours_in_the_wrong_order(void **state)
{
    struct pile whole;

    (void)state;
    take_up(&whole, "rsa");
    for (size_t i = 0; i + 1 < whole.num_packets; i++) {
        struct pile pile = whole;

        swap(&pile, i, i + 1);
        expect(&pile, RSA_KEY, "decrypted", "");
    }
    put_down(&whole);
}

/* Any two packets between the TCP handshake and the first FIN change places. */
static void any_two_packets_in_the_wrong_order(void **state)
{
    struct pile whole;

    (void)state;
    take_up(&whole, "dhe");
    for (size_t a = 3; a + 4 < whole.num_packets; a += PART_STEP) {
        for (size_t b = a + 1; b + 4 < whole.num_packets; b++) {
            struct pile pile = whole;

            swap(&pile, a, b);
            expect(&pile, "--ephemeral fixtures/dhe/ephemeral-1.pem", "decrypted", "");
        }
    }
    put_down(&whole);
}

static void the_attack_on_dhe_does_not_need_the_whole_conversation(void **state)
{
    struct pile pile;

    (void)state;
    take_up(&pile, "dhe");
    pile.num_ordered = 14; /* somewhere behind the handshake */
    expect(&pile, DHE_KEY, "protected", "forward_secret");
    put_down(&pile);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_recording_from_the_middle),
        CASE(a_handshake_that_was_cut_off),
        CASE(a_lost_packet_of_the_handshake),
        CASE(a_lost_packet_of_the_conversation),
        CASE(packets_cut_by_the_snap_length),
        CASE(any_one_packet_lost),
        CASE(every_packet_recorded_twice),
        CASE(neighbours_in_the_wrong_order),
        CASE(any_two_packets_in_the_wrong_order),
        CASE(the_attack_on_dhe_does_not_need_the_whole_conversation),
    };

    return RUN(cases);
}
