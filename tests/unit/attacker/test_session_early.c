/* Early data: TLS 1.3, what the client says in front of the server's first word. */
#include "attacker/session_early.h"

#include <stdlib.h>

#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/played.h"
#include "tests/support/program.h"
#include "tests/support/record_sealer.h"
#include "tests/support/run_stage.h"

static const char EARLY[] = "GET /early";

/* Two connections; the second takes up the first, and begins with early data. */
struct two {
    struct parley first;
    struct parley second;
    struct played played; /* the second */
};

static void hold(struct two *two, const struct parley_again *how)
{
    parley_begin_touched(&two->first, &(struct parley_terms){0}, parley_early_allowed);
    parley_hang_up(&two->first);
    parley_begin_again_early(&two->second, &two->first, how);
    parley_say(&two->second, SIDE_CLIENT, bytes_of(", and late", 10));
    parley_say(&two->second, SIDE_SERVER, bytes_of("answer", 6));
    parley_hang_up(&two->second);
}

static void let_go(struct two *two)
{
    played_clear(&two->played);
    parley_clear(&two->first);
    parley_clear(&two->second);
}

/* keep_lines keeps those lines of the key log that begin with this label, or those that don't. */
static void keep_lines(struct parley *t, const char *label, bool with)
{
    struct buffer kept = {0};
    struct reader r = reader_of(buffer_view(&t->keylog));

    while (!reader_done(&r)) {
        struct reader line = r;

        assert_true(reader_seek(&r, '\n') && reader_skip(&r, 1));
        struct bytes text = bytes_first(line.left, line.left.len - r.left.len);
        struct bytes begin = bytes_first(text, strlen(label));
        if (bytes_equal(begin, bytes_of(label, strlen(label))) == with)
            buffer_append(&kept, text);
    }
    buffer_clear(&t->keylog);
    t->keylog = kept;
}

static bool tells(const struct evidence *e, const char *step, const char *result)
{
    for (size_t i = 0; i < e->num_steps; i++) {
        if (strstr(e->steps[i].step, step) && strstr(e->steps[i].result, result))
            return true;
    }
    return false;
}

static const struct parley_again accepted = {.early = EARLY};
static const struct parley_again ignored = {.early = EARLY, .ignored = true};
static const struct parley_again retried = {.early = EARLY, .retry = true};
static const struct parley_again forgotten = {.early = EARLY, .forgotten = true};
static const struct parley_again alone = {.early = EARLY, .alone = true};

static void the_key_log_opens_early_data_and_the_rest(void **state)
{
    struct two two;
    static const struct parley_again *const ways[] = {&accepted, &alone};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        hold(&two, ways[i]);
        played_with_keylog(&two.played, &two.second);
        played_is_open(&two.played, "GET /early, and late", "answer");
        assert_true(tells(&two.played.session->evidence, "take the client's early data", "yes"));
        assert_int_equal(two.played.session->early.num_opened, 2); /* and EndOfEarlyData */
        let_go(&two);
    }
}

/* The server has thrown it away, and the client has sent it: whoever listens in reads it. */
static void early_data_that_was_refused_opens_too(void **state)
{
    static const struct {
        const struct parley_again *how;
        const char *why;
    } rows[] = {{&ignored, "do not say so"},
                {&retried, "another ClientHello"},
                {&forgotten, "did not take the pre-shared key"}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct two two;

        hold(&two, rows[i].how);
        played_with_keylog(&two.played, &two.second);
        played_is_open(&two.played, "GET /early, and late", "answer");
        assert_true(
            tells(&two.played.session->evidence, "take the client's early data", rows[i].why));
        assert_int_equal(two.played.session->early.num_opened, 1);
        let_go(&two);
    }
}

static void without_its_secret_all_but_the_early_data_opens(void **state)
{
    static const struct parley_again *const ways[] = {&accepted, &ignored, &retried, &forgotten,
                                                      &alone};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct two two;

        hold(&two, ways[i]);
        keep_lines(&two.second, "CLIENT_EARLY", false);
        played_with_keylog(&two.played, &two.second);

        const struct session *s = two.played.session;
        const struct verdict *v = &s->verdict;
        size_t num_shut = ways[i] == &accepted || ways[i] == &alone ? 2 : 1;

        assert_int_equal(v->outcome, OUTCOME_PARTIAL);
        assert_int_equal(v->reason, REASON_PSK_NEEDED);
        assert_says(v->explanation, "early data (0-RTT)");
        assert_says(v->explanation, "CLIENT_EARLY_TRAFFIC_SECRET");
        assert_string_equal(v->secret_source, "keylog");
        assert_int_equal(s->directions[SIDE_CLIENT].records,
                         s->directions[SIDE_CLIENT].records_opened + num_shut);
        assert_int_equal(s->directions[SIDE_SERVER].records,
                         s->directions[SIDE_SERVER].records_opened);
        assert_true(
            bytes_equal(buffer_view(&two.played.said[SIDE_CLIENT]), bytes_of(", and late", 10)));
        /* It goes over EndOfEarlyData too, which was not read and says always the same. */
        assert_true(s->finished_verified[SIDE_CLIENT]);
        assert_true(s->finished_verified[SIDE_SERVER]);
        let_go(&two);
    }
}

static void its_secret_alone_opens_early_data_alone(void **state)
{
    static const struct parley_again *const ways[] = {&accepted, &ignored, &retried, &forgotten};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct two two;

        hold(&two, ways[i]);
        keep_lines(&two.second, "CLIENT_EARLY", true);
        played_with_keylog(&two.played, &two.second);

        const struct verdict *v = &two.played.session->verdict;
        assert_int_equal(v->outcome, OUTCOME_PARTIAL);
        assert_int_equal(v->reason, REASON_NO_KEY);
        assert_string_equal(v->secret_source, "keylog");
        assert_true(bytes_equal(buffer_view(&two.played.said[SIDE_CLIENT]),
                                bytes_of(EARLY, strlen(EARLY))));
        assert_int_equal(two.played.said[SIDE_SERVER].len, 0);
        let_go(&two);
    }
}

/* More than is kept waiting for the server's answer: it opens without. */
static void early_data_may_be_longer_than_what_waits(void **state)
{
    struct two two;
    size_t len = SESSION_MAX_WAITING + 100000;
    char *words = alloc_zero(len + 1);
    struct parley_again much = {.early = words};

    (void)state;
    memset(words, 'x', len);
    hold(&two, &much);
    played_with_keylog(&two.played, &two.second);
    assert_int_equal(two.played.session->verdict.outcome, OUTCOME_DECRYPTED);
    assert_int_equal(two.played.said[SIDE_CLIENT].len, len + 10);
    let_go(&two);
    free(words);
}

/* part_of the first burst, which is the ClientHello and three records of early data. */
static struct bytes part_of(const struct parley *t, size_t from, size_t to)
{
    struct reader r = reader_of(buffer_view(&t->bursts[0]));
    struct bytes part = {0};

    assert_true(reader_skip(&r, from) && reader_bytes(&r, &part, to - from));
    return part;
}

/* play_with_hole loses 1000 bytes in the second of three records of early data. */
static void play_with_hole(struct run_stage *s, const struct parley *t)
{
    size_t len = t->bursts[0].len;

    run_stage_init(s, NULL);
    parley_leak(t, &s->leaks);

    struct talk talk = talk_open(s, 4000);
    talk_say(&talk, SIDE_CLIENT, part_of(t, 0, len - 20000));
    talk_lose(&talk, SIDE_CLIENT, 1000);
    talk_say(&talk, SIDE_CLIENT, part_of(t, len - 19000, len));
    for (size_t i = 1; i < t->num_bursts; i++)
        talk_say(&talk, t->from[i], buffer_view(&t->bursts[i]));
    talk_close(&talk);
    run_stage_finish(s);
    assert_int_equal(s->noted[0].verdict.outcome, OUTCOME_PARTIAL);
}

/* Where the keys of the rest are known, that goes on; and the early data does, where they are not.
 */
static void a_hole_in_the_early_data_costs_what_is_in_it(void **state)
{
    char words[40001] = "";
    struct parley_again three = {.early = words};

    (void)state;
    memset(words, 'x', sizeof(words) - 1);
    for (int alone_known = 0; alone_known < 2; alone_known++) {
        struct two two = {0};
        struct run_stage s;

        hold(&two, &three);
        if (alone_known)
            keep_lines(&two.second, "CLIENT_EARLY", true);
        play_with_hole(&s, &two.second);
        assert_int_equal(s.noted[0].plain_bytes[SIDE_CLIENT],
                         40000 - 16384 + (alone_known ? 0 : 10));
        assert_int_equal(s.noted[0].plain_bytes[SIDE_SERVER], alone_known ? 0 : 6);
        if (!alone_known)
            assert_int_equal(s.noted[0].verdict.reason, REASON_PACKETS_MISSING);
        run_stage_clear(&s);
        let_go(&two);
    }
}

/* write_hello: its random is 32 times 0xc1, and it offers early data. */
static void write_hello(struct writer *w)
{
    write_hex(w, "16 0301");
    write_open(w, 2);
    write_uint(w, HANDSHAKE_CLIENT_HELLO, 1);
    write_open(w, 3);
    write_hex(w, "0303");
    write_repeated(w, 0xc1, RANDOM_LEN);
    write_hex(w, "00 0002 1301 01 00 0004 002a 0000");
    write_close(w);
    write_close(w);
}

/* forge has a client say hello and, under early keys of 32 zeros, a message of this type. */
static void forge(struct session *s, uint8_t type)
{
    static const struct sealing_plan plan = {.suite = 0x1301,
                                             .version = TLS_1_3,
                                             .way = SEALER_XOR_NONCE,
                                             .cipher = "AES-128-GCM",
                                             .key_len = 16,
                                             .tag_len = 16,
                                             .prf = "SHA256"};
    static const uint8_t secret[32] = {0};
    const uint8_t message[HANDSHAKE_HEADER_LEN] = {type};
    struct writer w = {0};
    struct sealer sealer;

    sealer_start(&sealer, &plan, bytes_of(secret, sizeof(secret)), SIDE_CLIENT, (struct bytes){0});
    struct bytes record =
        sealer_seal(&sealer, CONTENT_HANDSHAKE, bytes_of(message, sizeof(message)));

    write_hello(&w);
    write_bytes(&w, record);
    session_bytes(s, SIDE_CLIENT, &(struct chunk){writer_view(&w), 1, 1});
    exact_free(record);
    buffer_clear(&w.out);
}

/* Whoever made the recording may have put a key log into it, and anything under its keys. */
static void early_data_holds_no_message_but_its_end(void **state)
{
    static const char line[] = "CLIENT_EARLY_TRAFFIC_SECRET "
                               "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1 "
                               "0000000000000000000000000000000000000000000000000000000000000000\n";
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {0};
    struct leaks leaks = {0};

    (void)state;
    keylog_add_embedded(&leaks.keylog, bytes_of(line, strlen(line)));
    for (int type = 1; type < 256; type++) {
        struct session *s = session_new(&connection, false, false, &leaks, &listener, NULL);

        forge(s, (uint8_t)type);
        session_close(s, 2);
        assert_int_equal(s->early.num_opened, 1);
        assert_int_equal(s->malformed_frame, type == HANDSHAKE_END_OF_EARLY_DATA ? 0 : 1);
        session_free(s);
    }
    leaks_clear(&leaks);
}

static void other_versions_have_none_whatever_the_hello_offers(void **state)
{
    static const struct {
        uint16_t version; /* 0: the ServerHello has yet to come */
        bool datagrams;
        bool under_way;
    } rows[] = {
        {0, false, true}, {TLS_1_3, false, true}, {TLS_1_2, false, false}, {TLS_1_2, true, false}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct session *s = alloc_zero(sizeof(*s));

        s->handshake.early_data_offered = true;
        s->handshake.version = rows[i].version;
        s->handshake.datagrams = rows[i].datagrams;
        assert_int_equal(session_early_under_way(s, SIDE_CLIENT), rows[i].under_way);
        assert_false(session_early_under_way(s, SIDE_SERVER));
        free(s);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_key_log_opens_early_data_and_the_rest),
        CASE(early_data_that_was_refused_opens_too),
        CASE(without_its_secret_all_but_the_early_data_opens),
        CASE(its_secret_alone_opens_early_data_alone),
        CASE(early_data_may_be_longer_than_what_waits),
        CASE(a_hole_in_the_early_data_costs_what_is_in_it),
        CASE(early_data_holds_no_message_but_its_end),
        CASE(other_versions_have_none_whatever_the_hello_offers),
    };

    return RUN(cases);
}
