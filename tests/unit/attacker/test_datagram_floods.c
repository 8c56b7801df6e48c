/*
 * Datagrams that are no DTLS, and floods of those that begin some: nothing is made up, and memory
 * stays within its limit.
 */
#include <stdlib.h>

#include "attacker/tls/hello.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/run_stage.h"

/* Enough for each pattern of 20 bits at the beginning of a datagram; KEYFALL_RANDOM_MEGABYTES in
 * the environment asks for more. */
#define NUM_MEGABYTES 4
#define MEGABYTE      ((size_t)1000 * 1000)
#define MAX_DATAGRAM  1400
#define NUM_PORTS     2000

/* xorshift64 (Marsaglia, 2003). */
static uint64_t next_random(uint64_t *dice)
{
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    return *dice;
}

static size_t random_bytes_wanted(void)
{
    const char *megabytes = getenv("KEYFALL_RANDOM_MEGABYTES");

    return (megabytes ? strtoul(megabytes, NULL, 10) : NUM_MEGABYTES) * MEGABYTE;
}

static void send_from(struct run_stage *s, uint64_t number, struct bytes payload)
{
    struct endpoint client = ipv4("10.0.0.1", (uint16_t)(1024 + number % NUM_PORTS));
    struct endpoint server = ipv4("10.0.0.2", 4433);
    bool back = number % 3 == 2;

    run_stage_datagram(s, back ? server : client, back ? client : server, payload);
}

/* Every second one of these has a first byte that begins a record. */
static void in_random_datagrams_nothing_is_found(void **state)
{
    uint8_t payload[MAX_DATAGRAM + sizeof(uint64_t)];
    uint64_t dice = 20261125;
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    for (size_t sent = 0; sent < random_bytes_wanted();) {
        size_t len = next_random(&dice) % MAX_DATAGRAM;

        for (size_t i = 0; i < len; i += sizeof(dice)) {
            uint64_t word = next_random(&dice);

            memcpy(payload + i, &word, sizeof(word));
        }
        if (next_random(&dice) % 2)
            payload[0] = (uint8_t)(CONTENT_CHANGE_CIPHER_SPEC + next_random(&dice) % 6);
        send_from(&s, next_random(&dice), bytes_of(payload, len));
        sent += len + 1;
    }
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 0);
    run_stage_clear(&s);
}

/* What shares UDP with DTLS, and ports with it in WebRTC: RFC 7983 tells them by the first byte. */
static const char *const others[] = {
    /* DNS: a question, and an answer */
    "1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 036e6574 00 0001 0001",
    "1234 8180 0000 0001 0000 0000 03777777 036e6574 00 0001 0001 00000e10 0004 c0000201",
    /* DNS of which the number looks like a record's type and version */
    "16fe fd00 0001 0000 0000 0000 03777777 036e6574 00 0001 0001",
    "17fe fd00 0100 0000 0000 0000 03777777 036e6574 00 0001 0001",
    /* QUIC: Initial, Version Negotiation, a short header */
    "c3 00000001 08 0102030405060708 00 00 449e 1a2b3c4d 5e6f",
    "80 00000000 08 0102030405060708 00 00000001 6b3343cf",
    "43 0102030405060708 1a 99 5e 6f 70 11 22 33 44 55 66 77",
    /* RTP and RTCP */
    "80 60 0001 00000001 00000002 d5d5d5d5d5d5d5d5",
    "80 c8 0006 00000002 e9000000 00000000 00000000 00000001 000000a0",
    /* STUN: a Binding Request and its answer; TURN's ChannelData */
    "0001 0000 2112a442 0102030405060708090a0b0c",
    "0101 000c 2112a442 0102030405060708090a0b0c 0020 0008 0001 a147 e112a643",
    "4000 0004 01020304",
    /* ZRTP, SNMP, NTP, DHCP's first bytes, TLS itself */
    "1000 0001 5a525450 00000002 505a0003",
    "302902010004067075626c6963a01c0204",
    "1b0004fa 00010000 00010000",
    "01010600 3903f326 0000 0000 00000000 00000000",
    "16 0301 0005 01 000001 00",
    /* a record of DTLS in the clear that is no hello; a ClientHello of which the length lies */
    "15 fefd 0000 000000000001 0002 0228",
    "16 fefd 0000 000000000000 0038 01 00002a 0000 000000 00002a fefd 0000",
};
#define NUM_OTHERS (sizeof(others) / sizeof(others[0]))

static void what_shares_udp_with_dtls_is_not_taken_for_it(void **state)
{
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    for (size_t i = 0; i < NUM_OTHERS; i++) {
        struct bytes payload = unhex(others[i]);

        for (size_t round = 0; round < 9; round++)
            run_stage_datagram(&s, ipv4("10.0.0.1", (uint16_t)(2000 + i)), ipv4("10.0.0.2", 3478),
                               payload);
        exact_free(payload);
    }
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 0);
    run_stage_clear(&s);
}

/* half_hello is the first piece of a ClientHello that claims to have this many bytes. */
static struct bytes half_hello(uint32_t claimed)
{
    struct writer body = {0};
    struct writer w = {0};

    write_hex(&w, "16 fefd 0000 000000000000");
    write_uint(&body, 1, 1);
    write_uint(&body, claimed, 3);
    write_hex(&body, "0000 000000");
    write_open(&body, 3);
    write_hex(&body, "fefd");
    write_repeated(&body, 0x77, RANDOM_LEN);
    write_close(&body);
    write_block(&w, writer_view(&body), 2);
    buffer_clear(&body.out);
    return writer_take(&w);
}

/* Each claims 200 KiB that never come. */
static void a_flood_of_half_hellos_stays_within_the_limit(void **state)
{
    enum { NUM = 500, CLAIMED = 200 * 1024 };
    const size_t limit = (size_t)8 << 20;
    struct bytes half = half_hello(CLAIMED);
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    run_limit_memory(s.run, limit);
    for (unsigned i = 0; i < NUM; i++)
        run_stage_datagram(&s, ipv4("10.0.0.1", (uint16_t)(2000 + i)), ipv4("10.0.0.2", 4433),
                           half);
    /* Each holds twice what it claims, so 21 of them pass the limit. */
    assert_true(s.num_verdicts > NUM - 21);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, NUM);
    assert_int_equal(s.summary->num_warnings, 1);
    assert_non_null(strstr(s.summary->warnings[0], "ended early"));
    run_stage_clear(&s);
    exact_free(half);
}

/* sealed_record waits for keys that never come. */
static struct bytes sealed_record(uint64_t number)
{
    struct writer w = {0};

    write_hex(&w, "17 fefd 0001");
    write_uint(&w, number, 6);
    write_open(&w, 2);
    write_repeated(&w, 0x99, MAX_DATAGRAM);
    write_close(&w);
    return writer_take(&w);
}

static void a_flood_of_records_without_keys_stays_within_the_limit(void **state)
{
    enum { NUM = 100, RECORDS = 60 };
    const size_t limit = (size_t)2 << 20;
    struct bytes half = half_hello(60);
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    run_limit_memory(s.run, limit);
    for (unsigned i = 0; i < NUM; i++) {
        struct endpoint client = ipv4("10.0.0.1", (uint16_t)(2000 + i));

        run_stage_datagram(&s, client, ipv4("10.0.0.2", 4433), half);
        for (uint64_t number = 0; number < RECORDS; number++) {
            struct bytes record = sealed_record(number);

            run_stage_datagram(&s, client, ipv4("10.0.0.2", 4433), record);
            exact_free(record);
        }
    }
    assert_true(s.num_verdicts > NUM - 25); /* each holds 84 KB */
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, NUM);
    run_stage_clear(&s);
    exact_free(half);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(in_random_datagrams_nothing_is_found),
        CASE(what_shares_udp_with_dtls_is_not_taken_for_it),
        CASE(a_flood_of_half_hellos_stays_within_the_limit),
        CASE(a_flood_of_records_without_keys_stays_within_the_limit),
    };

    return RUN(cases);
}
