/* TLCP, the TLS 1.1 of GB/T 38636: it is found, and said to be what it is. Its bytes are made here.
 */
#include "attacker/tls/handshake_type.h"
#include "attacker/tls/record.h"
#include "attacker/tls/spotter.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/run_stage.h"

struct spoken {
    struct talk talk;
    enum side client; /* the side of the connection that is the client of TLCP */
    size_t piece_len;
};

static void cross(struct spoken *t, enum side from, uint8_t type, struct bytes content)
{
    struct writer w = {0};
    struct bytes record;
    struct reader r;

    write_uint(&w, type, 1);
    write_uint(&w, TLCP_1_1, 2);
    write_block(&w, content, 2);
    record = writer_take(&w);
    r = reader_of(record);
    while (!reader_done(&r)) {
        struct bytes piece = bytes_first(r.left, t->piece_len);

        talk_say(&t->talk, from == SIDE_CLIENT ? t->client : side_other(t->client), piece);
        assert_true(reader_skip(&r, piece.len));
    }
    exact_free(record);
}

static void tell(struct spoken *t, enum side from, uint8_t type, struct writer *body)
{
    struct bytes taken = writer_take(body);
    struct bytes whole = message_of(type, taken);

    cross(t, from, CONTENT_HANDSHAKE, whole);
    exact_free(whole);
    exact_free(taken);
}

static void tell_hex(struct spoken *t, enum side from, uint8_t type, const char *hex)
{
    struct writer w = {0};

    write_hex(&w, hex);
    tell(t, from, type, &w);
}

static void tell_hello(struct spoken *t, enum side from, const char *behind_random)
{
    struct writer w = {0};

    write_uint(&w, TLCP_1_1, 2);
    write_repeated(&w, 0xab, 32);
    write_hex(&w, behind_random);
    tell(t, from, from == SIDE_CLIENT ? HANDSHAKE_CLIENT_HELLO : HANDSHAKE_SERVER_HELLO, &w);
}

/* go_on_sealed: as records look from outside, an IV and some blocks. */
static void go_on_sealed(struct spoken *t, enum side from, uint8_t type)
{
    uint8_t sealed[80];

    memset(sealed, 0x5e, sizeof(sealed));
    cross(t, from, type, bytes_of(sealed, sizeof(sealed)));
}

/* converse: `suite` is what the server chooses, in hex. Two certificates, one to sign with and one
 * to encrypt to; the signature; the premaster secret, encrypted. */
static void converse(struct spoken *t, const char *suite)
{
    char chosen[32];
    const struct bytes change = bytes_of("\1", 1);

    (void)snprintf(chosen, sizeof(chosen), "00 %s 00", suite);
    tell_hello(t, SIDE_CLIENT, "00 0008 e013 e011 e053 e051 01 00");
    tell_hello(t, SIDE_SERVER, chosen);
    tell_hex(t, SIDE_SERVER, HANDSHAKE_CERTIFICATE, "00000e 000004 deadbeef 000004 feedf00d");
    tell_hex(t, SIDE_SERVER, HANDSHAKE_SERVER_KEY_EXCHANGE, "0004 30020101");
    tell_hex(t, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, "");
    tell_hex(t, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, "0006 300402010203");
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        cross(t, side, CONTENT_CHANGE_CIPHER_SPEC, change);
        go_on_sealed(t, side, CONTENT_HANDSHAKE);
    }
    go_on_sealed(t, SIDE_CLIENT, CONTENT_APPLICATION_DATA);
    go_on_sealed(t, SIDE_SERVER, CONTENT_APPLICATION_DATA);
}

static void assert_told(const struct run_stage *s, const char *suite)
{
    const struct verdict *v = &s->noted[0].verdict;

    assert_int_equal(s->num_verdicts, 1);
    assert_true(s->noted[0].client_hello);
    assert_true(s->noted[0].server_hello);
    assert_int_equal(v->outcome, OUTCOME_UNDECRYPTABLE);
    assert_string_equal(verdict_reason_code(v->reason), "unsupported_cipher");
    assert_non_null(strstr(v->explanation, "TLCP"));
    assert_non_null(strstr(v->explanation, suite));
}

static void tells(const char *fixture, bool with_syn, enum side client, size_t piece_len)
{
    struct run_stage s;
    struct spoken t = {.client = client, .piece_len = piece_len};

    run_stage_init(&s, fixture);
    t.talk = with_syn ? talk_open(&s, 20000) : talk_silently(&s, 20000);
    converse(&t, "e013");
    talk_close(&t.talk);
    run_stage_finish(&s);
    assert_told(&s, "ECC_SM4_CBC_SM3");
    run_stage_clear(&s);
}

static void it_is_told_however_it_is_recorded(void **state)
{
    (void)state;
    for (size_t piece_len = 1; piece_len < 200; piece_len = 2 * piece_len + 1) {
        tells(NULL, true, SIDE_CLIENT, piece_len);
        tells("rsa", true, SIDE_CLIENT, piece_len);
        tells("rsa", false, SIDE_CLIENT, piece_len);
        tells("rsa", false, SIDE_SERVER, piece_len);
    }
}

static void every_suite_of_the_standard_is_named(void **state)
{
    static const struct {
        const char *id;
        const char *name;
    } suites[] = {
        {"e011", "ECDHE_SM4_CBC_SM3"}, {"e013", "ECC_SM4_CBC_SM3"},  {"e015", "IBSDH_SM4_CBC_SM3"},
        {"e017", "IBC_SM4_CBC_SM3"},   {"e019", "RSA_SM4_CBC_SM3"},  {"e01c", "RSA_SM4_CBC_SHA256"},
        {"e051", "ECDHE_SM4_GCM_SM3"}, {"e053", "ECC_SM4_GCM_SM3"},  {"e055", "IBSDH_SM4_GCM_SM3"},
        {"e057", "IBC_SM4_GCM_SM3"},   {"e059", "RSA_SM4_GCM_SM3"},  {"e05a", "RSA_SM4_GCM_SHA256"},
        {"e003", "ECC_SM1_SM3"},       {"e01a", "RSA_SM4_CBC_SHA1"}, {"e0ff", "0xe0ff"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        struct run_stage s;
        struct spoken t = {.piece_len = 1000};

        run_stage_init(&s, NULL);
        t.talk = talk_open(&s, 20000);
        converse(&t, suites[i].id);
        run_stage_finish(&s);
        assert_told(&s, suites[i].name);
        run_stage_clear(&s);
    }
}

/* Only a hello at the first byte is looked for. */
static void what_has_its_version_elsewhere_is_none(void **state)
{
    static const char *const streams[] = {
        "00 16 0101 002a 01 000026 0101", /* behind a byte */
        "16 0101 002a 01 000026 0303",    /* another version in it */
        "16 0101 002a 0b 000026 0101",    /* no hello */
        "17 0101 002a 01 000026 0101",    /* no handshake */
        "16 0101 4001 01 000026 0101",    /* too long a record */
        "16 0101 002a 01 000005 0101",    /* too short a hello */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        struct spotter spotter = {0};
        struct spotter_place place;
        struct bytes stream = unhex(streams[i]);
        enum spotted spotted = spotter_feed(&spotter, &place, &(struct chunk){stream, 1, 1}, false);

        assert_int_equal(spotted, SPOTTED_NOTHING);
        exact_free(stream);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(it_is_told_however_it_is_recorded),
        CASE(every_suite_of_the_standard_is_named),
        CASE(what_has_its_version_elsewhere_is_none),
    };

    return RUN(cases);
}
