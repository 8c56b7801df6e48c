/*
 * Streams without TLS: 100 MB of random bytes, and what other protocols say. Nothing is found.
 */
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/run_stage.h"

#define NUM_RANDOM_BYTES ((size_t)100 * 1000 * 1000)
#define MAX_STREAM       ((size_t)2 << 20)
#define MAX_PIECE        ((size_t)64 << 10)

/* xorshift64 (Marsaglia, 2003): good enough to have every pattern of 30 bits in 100 MB. */
static uint64_t next_random(uint64_t *dice)
{
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    return *dice;
}

static void fill(uint8_t *out, size_t len, uint64_t *dice)
{
    for (size_t i = 0; i < len; i += sizeof(uint64_t)) {
        uint64_t word = next_random(dice);

        memcpy(out + i, &word, sizeof(word));
    }
}

/* about picks a length from 1 to `max`: as often a short one as a long one. */
static size_t about(uint64_t *dice, size_t max)
{
    size_t len = (size_t)next_random(dice) % max + 1;

    return (len >> next_random(dice) % 12) + 1;
}

/* babble is one connection: random bytes in both directions, with a hole now and then. */
static size_t babble(struct run_stage *s, uint16_t port, bool with_syn, uint64_t *dice)
{
    static uint8_t piece[MAX_PIECE + 1 + sizeof(uint64_t)];
    struct talk t = with_syn ? talk_open(s, port) : talk_silently(s, port);
    size_t len = about(dice, MAX_STREAM);
    size_t said = 0;

    while (said < len) {
        size_t piece_len = about(dice, MAX_PIECE);
        enum side from = next_random(dice) % 2 ? SIDE_CLIENT : SIDE_SERVER;

        if (next_random(dice) % 64 == 0)
            talk_lose(&t, from, (uint32_t)about(dice, MAX_PIECE));
        fill(piece, piece_len, dice);
        talk_say(&t, from, bytes_of(piece, piece_len));
        said += piece_len;
    }
    talk_close(&t);
    return said;
}

static void in_100_megabytes_of_random_bytes_nothing_is_found(void **state)
{
    static const uint64_t seeds[] = {1, 0x1234567890abcdef, 0xfedcba0987654321, 20261124};
    size_t num_seeds = sizeof(seeds) / sizeof(seeds[0]);

    (void)state;
    for (size_t i = 0; i < num_seeds; i++) {
        uint64_t dice = seeds[i];
        struct run_stage s;
        size_t said = 0;
        uint16_t num_talks = 0;

        run_stage_init(&s, NULL);
        while (said < NUM_RANDOM_BYTES / num_seeds) {
            said += babble(&s, (uint16_t)(1024 + num_talks), num_talks % 2, &dice);
            num_talks++;
        }
        run_stage_finish(&s);
        assert_true(num_talks > 50);
        assert_int_equal(s.summary->tcp_connections, num_talks);
        if (s.num_verdicts > 0)
            fail_msg("seed %zu: %zu, the first at port %u: %s", i, s.num_verdicts,
                     s.noted[0].client.port, s.noted[0].verdict.explanation);
        run_stage_clear(&s);
    }
}

/* expect_nothing plays the same bytes in both directions, with and without the beginning. */
static void expect_nothing(const char *what, struct bytes said, size_t piece_len)
{
    struct run_stage s;

    run_stage_init(&s, NULL);
    for (uint16_t i = 0; i < 2; i++) {
        struct talk t = i ? talk_open(&s, 20001) : talk_silently(&s, 20000);
        struct reader r = reader_of(said);

        while (!reader_done(&r)) {
            struct bytes piece = bytes_first(r.left, piece_len);

            talk_say(&t, SIDE_CLIENT, piece);
            talk_say(&t, SIDE_SERVER, piece);
            assert_true(reader_skip(&r, piece.len));
        }
        talk_close(&t);
    }
    run_stage_finish(&s);
    assert_int_equal(s.summary->tcp_connections, 2);
    if (s.num_verdicts > 0)
        fail_msg("%s: %s", what, s.noted[0].verdict.explanation);
    run_stage_clear(&s);
}

static void bytes_of_one_kind_are_no_tls(void **state)
{
    static const uint8_t kinds[] = {0x00, 0x03, 0x14, 0x16, 0x17, 0xff};
    size_t len = (size_t)1 << 20;
    uint8_t *said = test_malloc(len);

    (void)state;
    for (size_t i = 0; i < sizeof(kinds); i++) {
        memset(said, kinds[i], len);
        expect_nothing("one byte", bytes_of(said, len), 1448);
    }
    test_free(said);
}

#define SAID(literal) bytes_of(literal, sizeof(literal) - 1)

static void what_other_protocols_say_is_no_tls(void **state)
{
    const struct {
        const char *what;
        struct bytes said;
    } cases[] = {
        {"HTTP", SAID("GET / HTTP/1.1\r\nHost: garden.example\r\n\r\n")},
        {"SSH", SAID("SSH-2.0-OpenSSH_9.2\r\n\0\0\x05\xdc\x07\x14"
                     "abcdefghijklmnop\0\0\x01\x03"
                     "curve25519-sha256,sntrup761x25519-sha512@openssh.com")},
        {"DNS", SAID("\0\x1e\x16\x03\x01\0\0\x01\0\0\0\0\0\0\x07kitchen\x07"
                     "example\0\0\x01\0\x01")},
        {"a length in front, 0x160301", SAID("\x16\x03\x01\0\x11\x03"
                                             "0123456789abcde")},
        {"DTLS", SAID("\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x40\x01\0\0\x34\0\0\0\0\0\0\0\x34\xfe\xfd")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t piece_len = 1; piece_len <= cases[i].said.len; piece_len++)
            expect_nothing(cases[i].what, cases[i].said, piece_len);
    }
}

static void programs_and_archives_are_no_tls(void **state)
{
    struct buffer program = file_read("/proc/self/exe");
    struct run_result archive;

    (void)state;
    run_line(&archive, "gzip -c /proc/%d/exe", (int)getpid());
    assert_status(&archive, 0);
    assert_true(archive.out.len > 10000);
    expect_nothing("a program", buffer_view(&program), 1448);
    expect_nothing("an archive", buffer_view(&archive.out), 1448);
    run_clear(&archive);
    buffer_clear(&program);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(in_100_megabytes_of_random_bytes_nothing_is_found),
        CASE(bytes_of_one_kind_are_no_tls),
        CASE(what_other_protocols_say_is_no_tls),
        CASE(programs_and_archives_are_no_tls),
    };

    return RUN(cases);
}
