/*
 * A part of a hello was not recorded. What stands in front of the hole is enough for most leaks:
 * both randoms and the suite are in the first bytes. Real conversations in memory, each with one
 * hole in the first thing that a side said.
 */
#include "tests/support/check.h"
#include "tests/support/parley.h"
#include "tests/support/sample_exchange.h"

#define NO_EXTRAS (SSL_OP_NO_EXTENDED_MASTER_SECRET | SSL_OP_NO_ENCRYPT_THEN_MAC)

/* Where the random of a hello ends, and with it what can't be done without. */
#define RANDOM_END ((size_t)RECORD_HEADER_LEN + HANDSHAKE_HEADER_LEN + 2 + RANDOM_LEN)

enum leaked { SERVER_KEY, KEY_LOG };

/* A conversation, what the thief has, and what came of it when nothing was missing. */
struct scene {
    struct parley parley;
    struct leaks leaks;
    uint64_t plain_bytes[2];
};

static void ignore_plaintext(void *context, const struct session *s, enum side from,
                             const struct chunk *chunk)
{
    (void)context;
    (void)s;
    (void)from;
    (void)chunk;
}

static void ignore_skip(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    (void)context;
    (void)s;
    (void)sealed_len;
    (void)from;
}

/* Bytes of the first thing that a side said. */
struct part {
    enum side side;
    size_t from;
    size_t to;
};

static void send(struct session *s, enum side side, struct bytes data, size_t burst)
{
    if (data.len > 0)
        session_bytes(s, side, &(struct chunk){data, burst + 1, 1000 * burst});
}

static void send_torn(struct session *s, const struct part *hole, struct bytes data, size_t burst)
{
    struct reader r = reader_of(data);

    send(s, hole->side, bytes_first(data, hole->from), burst);
    session_gap(s, hole->side, &(struct gap){.missing = hole->to - hole->from, .frame = burst + 1});
    assert_true(reader_skip(&r, hole->to));
    send(s, hole->side, r.left, burst);
}

static struct session *play(const struct scene *scene, const struct part *hole)
{
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {NULL, ignore_plaintext, ignore_skip, NULL};
    struct session *s = session_new(&connection, false, false, &scene->leaks, &listener, NULL);
    const struct parley *t = &scene->parley;
    bool torn = false;

    for (size_t i = 0; i < t->num_bursts; i++) {
        struct bytes data = buffer_view(&t->bursts[i]);

        if (hole && !torn && t->from[i] == hole->side) {
            send_torn(s, hole, data, i);
            torn = true;
        } else {
            send(s, t->from[i], data, i);
        }
    }
    session_close(s, t->num_bursts);
    return s;
}

static void leak(struct scene *scene, enum leaked leaked)
{
    struct complaint why;

    if (leaked == KEY_LOG)
        parley_leak(&scene->parley, &scene->leaks);
    else
        assert_true(
            server_keys_load(&scene->leaks.server_keys, "fixtures/rsa/server.key", NULL, &why));
}

/* converse: hands have been shaken. */
static void converse(struct scene *scene, enum leaked leaked)
{
    parley_say(&scene->parley, SIDE_CLIENT, bytes_of("What's for dinner?", 18));
    parley_say(&scene->parley, SIDE_SERVER, bytes_of("Soup.", 5));
    parley_say(&scene->parley, SIDE_CLIENT, bytes_of("Again?", 6));
    parley_hang_up(&scene->parley);
    leak(scene, leaked);
    scene->plain_bytes[SIDE_CLIENT] = 24;
    scene->plain_bytes[SIDE_SERVER] = 5;
}

static void set_up(struct scene *scene, const struct parley_terms *terms, enum leaked leaked)
{
    *scene = (struct scene){0};
    parley_begin(&scene->parley, terms);
    converse(scene, leaked);
}

static void tear_down(struct scene *scene)
{
    leaks_clear(&scene->leaks);
    parley_clear(&scene->parley);
}

/* first_of and first_burst: the first thing that a side said; it begins with its hello. */
static size_t first_of(const struct scene *scene, enum side side)
{
    return scene->parley.from[0] == side ? 0 : 1;
}

static struct bytes first_burst(const struct scene *scene, enum side side)
{
    return buffer_view(&scene->parley.bursts[first_of(scene, side)]);
}

/* hello_end: where the record with the hello ends. */
static size_t hello_end(const struct scene *scene, enum side side)
{
    struct bytes said = first_burst(scene, side);
    struct reader r = reader_of(said);
    struct record record;

    assert_int_equal(record_next(&r, &record), PROGRESS_DONE);
    return said.len - r.left.len;
}

/* needed_end: what of the hello the leaks can't do without ends here. */
static size_t needed_end(const struct scene *scene, enum side side)
{
    struct reader r = reader_of(first_burst(scene, side));
    uint8_t id_len = 0;

    if (side == SIDE_CLIENT)
        return RANDOM_END;
    assert_true(reader_skip(&r, RANDOM_END) && reader_u8(&r, &id_len));
    return RANDOM_END + 1 + id_len + 2;
}

static void stays_shut(const struct scene *scene, const struct part *hole, const char *says_part)
{
    struct session *s = play(scene, hole);

    assert_int_equal(s->verdict.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(s->verdict.reason, REASON_PACKETS_MISSING);
    assert_false(s->verdict.finished_verified);
    says(s->verdict.explanation, says_part);
    assert_int_equal(s->directions[SIDE_CLIENT].plain_bytes, 0);
    assert_int_equal(s->directions[SIDE_SERVER].plain_bytes, 0);
    session_free(s);
}

/* all_else_opens: every protected record does, and the verdict says what is missing. */
static void all_else_opens(const struct scene *scene, const struct part *hole)
{
    struct session *s = play(scene, hole);

    if (s->verdict.outcome != OUTCOME_PARTIAL)
        fail_msg("%s, %zu to %zu: %s", hole->side == SIDE_CLIENT ? "client" : "server", hole->from,
                 hole->to, s->verdict.explanation);
    assert_int_equal(s->verdict.reason, REASON_PACKETS_MISSING);
    assert_false(s->verdict.finished_verified);
    says(s->verdict.explanation,
         hole->side == SIDE_CLIENT ? "a part of the ClientHello" : "a part of the ServerHello");
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        assert_int_equal(s->directions[side].plain_bytes, scene->plain_bytes[side]);
        assert_int_equal(s->directions[side].records_opened, s->directions[side].records);
    }
    session_free(s);
}

/* Holes of several widths, each beginning at every byte of the hello and ending no later. */
static void tear_everywhere(const struct scene *scene, enum side side)
{
    static const size_t widths[] = {1, 5, 40, 10000};
    size_t end = hello_end(scene, side);
    size_t needed = needed_end(scene, side);

    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        for (size_t from = RECORD_HEADER_LEN + HANDSHAKE_HEADER_LEN + 2; from < end;
             from += INSTRUMENTED ? 5 : 1) {
            struct part hole = {side, from, from + widths[i] < end ? from + widths[i] : end};

            if (from < needed)
                stays_shut(scene, &hole, "is among what is missing");
            else
                all_else_opens(scene, &hole);
        }
    }
}

/* What opens although a part of the handshake is unknown. */
static const struct {
    struct parley_terms terms;
    enum leaked leaked;
} open_kinds[] = {
    {{TLS1_2_VERSION, "AES128-GCM-SHA256", SSL_OP_NO_EXTENDED_MASTER_SECRET}, SERVER_KEY},
    {{TLS1_2_VERSION, "AES256-SHA", NO_EXTRAS}, SERVER_KEY},
    {{TLS1_2_VERSION, "AES128-SHA256", SSL_OP_NO_EXTENDED_MASTER_SECRET}, SERVER_KEY},
    {{TLS1_2_VERSION, "AES128-SHA256", 0}, KEY_LOG},
    {{TLS1_2_VERSION, "NULL-SHA256", 0}, KEY_LOG},
    {{TLS1_2_VERSION, "ECDHE-RSA-CHACHA20-POLY1305", 0}, KEY_LOG},
    {{TLS1_1_VERSION, "AES128-SHA", 0}, KEY_LOG},
    {{TLS1_VERSION, "AES128-SHA", 0}, KEY_LOG},
    {{TLS1_VERSION, "AES128-SHA", NO_EXTRAS}, SERVER_KEY},
    {{TLS1_3_VERSION, NULL, 0}, KEY_LOG},
};

static void each_kind_opens(enum side side)
{
    for (size_t i = 0; i < sizeof(open_kinds) / sizeof(open_kinds[0]); i++) {
        struct scene scene;

        set_up(&scene, &open_kinds[i].terms, open_kinds[i].leaked);
        struct session *s = play(&scene, NULL);
        assert_int_equal(s->verdict.outcome, OUTCOME_DECRYPTED);
        session_free(s);
        tear_everywhere(&scene, side);
        tear_down(&scene);
    }
}

static void a_torn_client_hello_leaves_the_rest_open(void **state)
{
    (void)state;
    each_kind_opens(SIDE_CLIENT);
}

static void a_torn_server_hello_leaves_the_rest_open(void **state)
{
    (void)state;
    each_kind_opens(SIDE_SERVER);
}

/* Both sides' first hellos, the ClientHello and the HelloRetryRequest. */
static void a_hello_torn_in_front_of_a_retry_leaves_the_rest_open(void **state)
{
    struct scene scene = {0};

    (void)state;
    parley_begin_with_retry(&scene.parley);
    converse(&scene, KEY_LOG);
    tear_everywhere(&scene, SIDE_CLIENT);
    tear_everywhere(&scene, SIDE_SERVER);
    tear_down(&scene);
}

/* The first record that opens tells how the two parts of its content were sealed. */
static void the_order_of_the_mac_is_learned_from_a_record(void **state)
{
    (void)state;
    for (int agreed = 0; agreed < 2; agreed++) {
        const struct parley_terms terms = {TLS1_2_VERSION, "AES128-SHA",
                                           agreed ? SSL_OP_NO_EXTENDED_MASTER_SECRET : NO_EXTRAS};
        struct scene scene;

        set_up(&scene, &terms, SERVER_KEY);
        struct part hole = {SIDE_SERVER, needed_end(&scene, SIDE_SERVER),
                            hello_end(&scene, SIDE_SERVER)};
        struct session *s = play(&scene, &hole);
        assert_int_equal(s->verdict.outcome, OUTCOME_PARTIAL);
        assert_int_equal(s->handshake.encrypt_then_mac, agreed);
        session_free(s);
        tear_down(&scene);
    }
}

/* the_key_is_not_enough: with either hello torn, the server's key opens nothing. */
static void the_key_is_not_enough(const struct parley_terms *terms, const char *says_why)
{
    struct scene scene;

    set_up(&scene, terms, SERVER_KEY);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct part hole = {side, needed_end(&scene, side), hello_end(&scene, side)};

        stays_shut(&scene, &hole, says_why);
        stays_shut(&scene, &hole,
                   side == SIDE_CLIENT ? "a part of the ClientHello" : "a part of the ServerHello");
    }
    tear_down(&scene);
}

static void with_the_extended_master_secret_the_servers_key_is_not_enough(void **state)
{
    (void)state;
    the_key_is_not_enough(&(struct parley_terms){TLS1_2_VERSION, "AES128-GCM-SHA256", 0},
                          "the extended master secret");
}

/* In TLS 1.3 it is no proof of anything that a key share was not recorded. */
static void no_torn_hello_makes_tls_1_3_look_protected(void **state)
{
    (void)state;
    the_key_is_not_enough(&(struct parley_terms){TLS1_3_VERSION, NULL, 0}, "not in the recording");
}

/* A record may hold several messages: those in front of the hole are whole. */
static void a_hello_in_front_of_the_hole_is_whole(void **state)
{
    const struct parley_terms terms = {TLS1_2_VERSION, "AES128-GCM-SHA256",
                                       SSL_OP_NO_EXTENDED_MASTER_SECRET};
    struct scene scene;

    (void)state;
    set_up(&scene, &terms, SERVER_KEY);
    struct buffer *flight = &scene.parley.bursts[first_of(&scene, SIDE_SERVER)];
    struct reader r = reader_of(buffer_view(flight));
    size_t end = hello_end(&scene, SIDE_SERVER);
    struct writer w = {0};
    struct record record;

    write_hex(&w, "16 0303");
    write_open(&w, 2);
    while (!reader_done(&r)) {
        assert_int_equal(record_next(&r, &record), PROGRESS_DONE);
        write_bytes(&w, record.fragment);
    }
    write_close(&w);
    buffer_clear(flight);
    *flight = w.out;

    struct part hole = {SIDE_SERVER, end + 100, end + 200}; /* in the Certificate */
    struct session *s = play(&scene, &hole);
    assert_int_equal(s->verdict.outcome, OUTCOME_PARTIAL);
    assert_false(s->handshake.server_hello->torn);
    assert_int_equal(s->directions[SIDE_SERVER].plain_bytes, scene.plain_bytes[SIDE_SERVER]);
    session_free(s);
    tear_down(&scene);
}

/* Holes from the ServerHello's suite on to the end of the server's first flight: whatever is
 * missing there, of hello, certificate, ServerHelloDone. Without a certificate, the key is found by
 * trying. */
static void tear_first_flight(const struct scene *scene)
{
    size_t len = first_burst(scene, SIDE_SERVER).len;
    size_t step = INSTRUMENTED ? 71 : 7;

    for (size_t from = needed_end(scene, SIDE_SERVER); from < len; from += step) {
        for (size_t width = 3; width < 5 * len; width *= 5) {
            struct part hole = {SIDE_SERVER, from, from + width < len ? from + width : len};
            struct session *s = play(scene, &hole);

            assert_int_equal(s->verdict.outcome, OUTCOME_PARTIAL);
            assert_int_equal(s->verdict.reason, REASON_PACKETS_MISSING);
            assert_int_equal(s->directions[SIDE_CLIENT].plain_bytes,
                             scene->plain_bytes[SIDE_CLIENT]);
            assert_int_equal(s->directions[SIDE_SERVER].plain_bytes,
                             scene->plain_bytes[SIDE_SERVER]);
            session_free(s);
        }
    }
}

static void the_rest_of_the_servers_first_flight_is_not_needed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(open_kinds) / sizeof(open_kinds[0]); i++) {
        struct scene scene;

        set_up(&scene, &open_kinds[i].terms, open_kinds[i].leaked);
        tear_first_flight(&scene);
        tear_down(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_torn_client_hello_leaves_the_rest_open),
        CASE(a_torn_server_hello_leaves_the_rest_open),
        CASE(a_hello_torn_in_front_of_a_retry_leaves_the_rest_open),
        CASE(the_order_of_the_mac_is_learned_from_a_record),
        CASE(with_the_extended_master_secret_the_servers_key_is_not_enough),
        CASE(no_torn_hello_makes_tls_1_3_look_protected),
        CASE(a_hello_in_front_of_the_hole_is_whole),
        CASE(the_rest_of_the_servers_first_flight_is_not_needed),
    };

    return RUN(cases);
}
