/*
 * Streams without TLS: 100 MB of random bytes, bytes that are less random than that, files, and
 * what other protocols say. Nothing is found.
 */
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/run_stage.h"

#define NUM_RANDOM_BYTES ((size_t)100 * 1000 * 1000 / PART_STEP)
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
        assert_true(num_talks > 50 / PART_STEP);
        assert_int_equal(s.summary->tcp_connections, num_talks);
        if (s.num_verdicts > 0)
            fail_msg("seed %zu: %zu, the first at port %u: %s", i, s.num_verdicts,
                     s.noted[0].client.port, s.noted[0].verdict.explanation);
        run_stage_clear(&s);
    }
}

/* --- Bytes that are full of record headers ------------------------------------------------ */

/* How a stream is recorded. */
struct telling {
    bool with_syn;
    bool echoed; /* the client says it first */
    size_t piece_len;
    unsigned lost_of_1000; /* pieces */
};

static const struct telling one_way[] = {
    {true, false, 1448, 0},   {false, false, 1448, 0},  {true, false, 1448, 10},
    {false, false, 1448, 10}, {true, false, 100, 200},  {false, false, 100, 200},
    {false, false, 1, 10},    {true, false, 64000, 10}, {false, false, 64000, 0},
};
static const struct telling both_ways[] = {
    {true, true, 1448, 100},
    {false, true, 1448, 0},
    {false, true, 64000, 0},
};

static void tell(struct run_stage *s, const struct telling *how, struct bytes said, uint64_t *dice)
{
    struct talk t = how->with_syn ? talk_open(s, 20000) : talk_silently(s, 20000);
    struct reader r = reader_of(said);

    while (!reader_done(&r)) {
        struct bytes piece = bytes_first(r.left, how->piece_len);

        if (how->echoed)
            talk_say(&t, SIDE_CLIENT, piece);
        if (next_random(dice) % 1000 < how->lost_of_1000)
            talk_lose(&t, SIDE_SERVER, (uint32_t)piece.len);
        else
            talk_say(&t, SIDE_SERVER, piece);
        assert_true(reader_skip(&r, piece.len));
    }
    talk_close(&t);
}

/* expect_no_false_alarm: however these bytes are recorded, no session is made of them. */
static void expect_no_false_alarm(const char *what, struct bytes said, const struct telling *ways,
                                  size_t num_ways, uint64_t *dice)
{
    for (size_t i = 0; i < num_ways; i++) {
        struct run_stage s;

        run_stage_init(&s, NULL);
        tell(&s, &ways[i], said, dice);
        run_stage_finish(&s);
        if (s.num_verdicts > 0)
            fail_msg("%s, %s SYN, %s, in pieces of %zu, %u of 1000 lost: %s", what,
                     ways[i].with_syn ? "with" : "without", ways[i].echoed ? "echoed" : "one way",
                     ways[i].piece_len, ways[i].lost_of_1000, s.noted[0].verdict.explanation);
        run_stage_clear(&s);
    }
}

static void expect_none_one_way(const char *what, struct bytes said, uint64_t *dice)
{
    expect_no_false_alarm(what, said, one_way, sizeof(one_way) / sizeof(one_way[0]), dice);
}

static void expect_none_both_ways(const char *what, struct bytes said, uint64_t *dice)
{
    expect_none_one_way(what, said, dice);
    expect_no_false_alarm(what, said, both_ways, sizeof(both_ways) / sizeof(both_ways[0]), dice);
}

/* Nothing but the bytes of which record headers are made. */
static void letters_of_record_headers_are_no_tls(void **state)
{
    static const char *const alphabets[] = {
        "16 17 14 15 03 01 02 03 00 00 00 20",
        "17 03 00",
        "17 03",
        "16 03 01 00",
        "14 03 01 00",
        "16 17 03 03 03 00 00 00 00",
        "15 03 00 02",
        "17 03 03 00 01 ff 80 40",
    };
    size_t len = 50000;
    uint8_t *said = test_malloc(len);
    uint64_t dice = 4;

    (void)state;
    for (size_t i = 0; i < sizeof(alphabets) / sizeof(alphabets[0]); i++) {
        struct bytes letters = unhex(alphabets[i]);

        for (size_t n = 0; n < 8; n++) {
            for (size_t k = 0; k < len; k++)
                said[k] = letters.at[next_random(&dice) % letters.len];
            expect_none_both_ways(alphabets[i], bytes_of(said, len), &dice);
        }
        exact_free(letters);
    }
    test_free(said);
}

/* Numbers that grow by little steps, in 2 to 4 bytes of either order, as in tables of characters:
 * 0x0316, 0x0317 and so on come in a row. */
static struct buffer write_table(size_t num_bytes, size_t width, bool little_end, uint64_t max_step,
                                 uint64_t *dice)
{
    struct buffer out = {0};
    uint64_t number = 0;

    while (out.len < num_bytes) {
        uint8_t bytes[4];

        number += next_random(dice) % (max_step + 1);
        for (size_t i = 0; i < width; i++)
            bytes[i] = (uint8_t)(number >> 8 * (little_end ? i : width - 1 - i));
        buffer_append(&out, bytes_of(bytes, width));
    }
    return out;
}

static void tables_of_numbers_are_no_tls(void **state)
{
    static const uint64_t max_steps[] = {1, 2, 7, 300};
    uint64_t dice = 5;

    (void)state;
    for (size_t i = 0; i < 24; i++) {
        size_t width = 2 + i % 3;
        bool little_end = i / 3 % 2 == 0;
        struct buffer table =
            write_table((size_t)1 << 18, width, little_end, max_steps[i / 6], &dice);

        expect_none_both_ways("a table", buffer_view(&table), &dice);
        buffer_clear(&table);
    }
}

/* As in libicudata: these ten bytes are two headers of one version, 23 bytes apart. */
static void two_headers_in_a_file_are_no_tls(void **state)
{
    struct bytes headers = unhex("16 03 00 00 17 03 00 00 18 03 00 00 19 03 00 00 1a 03 00 00 1b "
                                 "03 00 00 1c 03 00 00 17 03 00 00 1d 03 00 00");
    size_t len = (size_t)1 << 20;
    uint8_t *said = test_malloc(len + sizeof(uint64_t));
    uint64_t dice = 6;

    (void)state;
    fill(said, len, &dice);
    memcpy(said + len / 2 + 7, headers.at, headers.len);
    expect_none_both_ways("two headers", bytes_of(said, len), &dice);
    exact_free(headers);
    test_free(said);
}

static void a_recording_that_is_downloaded_is_no_tls(void **state)
{
    static const char *const fixtures[] = {"rsa", "dhe", "tls13", "rsa-three-sessions", "psk"};
    uint64_t dice = 7;

    (void)state;
    for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
        char *path = alloc_format("fixtures/%s/recording.pcap", fixtures[i]);
        struct buffer recording = file_read(path);
        struct buffer body = {0};

        for (size_t n = 0; n < 20; n++) {
            buffer_append(&body, buffer_view(&recording));
            expect_none_one_way(path, buffer_view(&recording), &dice);
        }
        expect_none_one_way("twenty of them", buffer_view(&body), &dice);
        buffer_clear(&body);
        buffer_clear(&recording);
        free(path);
    }
}

/* --- Other things ----------------------------------------------------------------------------- */

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
        CASE(letters_of_record_headers_are_no_tls),
        CASE(tables_of_numbers_are_no_tls),
        CASE(two_headers_in_a_file_are_no_tls),
        CASE(a_recording_that_is_downloaded_is_no_tls),
        CASE(bytes_of_one_kind_are_no_tls),
        CASE(what_other_protocols_say_is_no_tls),
        CASE(programs_and_archives_are_no_tls),
    };

    return RUN(cases);
}
