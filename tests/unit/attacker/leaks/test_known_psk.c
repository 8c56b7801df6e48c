/* The resumption of RFC 8448 section 4, and who may know its pre-shared key. */
#include "attacker/leaks/known_psk.h"

#include <stdio.h>

#include "attacker/leaks/early_secret.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/vectors.h"

struct scene {
    struct vectors *vectors;
    struct handshake h;
    struct leaks leaks;
    struct secret secret;
    struct evidence e;
};

static struct bytes value(struct scene *s, const char *name)
{
    return vectors_hex(s->vectors, name);
}

static void begin(struct scene *s)
{
    /* The others are for test_psk_schedule.c. */
    static const char *const others[] = {"RESUMPTION_SECRET",    "NONCE",
                                         "EARLY_SECRET",         "AGE",
                                         "BINDER_HASH",          "BINDER",
                                         "EARLY_RECORD",         "EARLY_DATA",
                                         "CLIENT_FINISHED",      "SERVER_FINISHED",
                                         "ENCRYPTED_EXTENSIONS", "END_OF_EARLY_DATA",
                                         "HANDSHAKE_SECRET",     "CLIENT_HANDSHAKE",
                                         "SERVER_HANDSHAKE",     "CLIENT_APPLICATION",
                                         "SERVER_APPLICATION",   "NEXT_RESUMPTION_SECRET"};

    *s = (struct scene){.vectors = vectors_open("tls13_resumed_handshake.txt"),
                        .leaks.resumable = resumable_new()};
    assert_true(vectors_next(s->vectors));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        (void)value(s, others[i]);
    assert_true(handshake_see(&s->h, SIDE_CLIENT, value(s, "CLIENT_HELLO"), 7, 0));
    assert_true(handshake_see(&s->h, SIDE_SERVER, value(s, "SERVER_HELLO"), 8, 0));
    (void)value(s, "PSK");
    (void)value(s, "IDENTITY");
    (void)value(s, "CLIENT_EARLY");
    (void)value(s, "SHARED_SECRET");
}

static void end(struct scene *s)
{
    handshake_clear(&s->h);
    resumable_free(s->leaks.resumable);
    evidence_clear(&s->e);
    secret_clear(&s->secret);
    assert_false(vectors_next(s->vectors));
}

/* file_psk: an earlier session handed the ticket out; `spoil` is xored into the key. */
static void file_psk(struct scene *s, size_t len, uint8_t spoil)
{
    struct original original = {.suite_id = 0x1301, .frame = 3, .secret_len = len};
    struct bytes psk = value(s, "PSK");

    memcpy(original.secret, psk.at, psk.len);
    original.secret[0] ^= spoil;
    resumable_file(s->leaks.resumable, RESUMABLE_PSK_IDENTITY, value(s, "IDENTITY"), &original);
}

static bool tells(const struct evidence *e, const char *part)
{
    for (size_t i = 0; i < e->num_steps; i++) {
        if (strstr(e->steps[i].result, part))
            return true;
    }
    return false;
}

static void a_key_is_believed_when_it_makes_the_binder(void **state)
{
    static const struct {
        bool filed;
        size_t len;
        uint8_t spoil;
        enum psk_answer answer;
        const char *told;
    } rows[] = {
        {false, 0, 0, PSK_UNKNOWN, "no ticket that was seen before"},
        {true, 0, 0, PSK_OUT_OF_REACH, "from traffic secrets"},
        {true, 32, 1, PSK_DIFFERS, "no: it was recomputed, 32 bytes, and differs"},
        {true, 32, 0, PSK_PROVEN, "yes: it was recomputed, 32 bytes, and is equal"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct known_psk psk = {0};
        struct scene s;

        begin(&s);
        if (rows[i].filed)
            file_psk(&s, rows[i].len, rows[i].spoil);
        assert_int_equal(known_psk_find(&s.leaks, &s.h, 0, &psk), rows[i].answer);
        if (rows[i].answer == PSK_PROVEN)
            assert_true(bytes_equal(bytes_of(psk.value, psk.len), value(&s, "PSK")));
        assert_int_equal(known_psk_find(&s.leaks, &s.h, 1, &psk), PSK_NOT_OFFERED);
        assert_int_equal(known_psk_ask(&s.leaks, LEAK_ORIGINAL_SESSION, &s.h, &s.secret, &s.e),
                         rows[i].answer == PSK_PROVEN ? ANSWER_WITHSTOOD : ANSWER_MISMATCH);
        assert_int_equal(s.secret.kind, SECRET_NONE);
        assert_true(tells(&s.e, rows[i].told));
        end(&s);
    }
}

static void it_is_mixed_with_the_secret_of_the_exchange_on_top(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    file_psk(&s, 32, 0);
    assert_true(secret_set(&s.secret, SECRET_SHARED, value(&s, "SHARED_SECRET")));
    assert_int_equal(known_psk_ask(&s.leaks, LEAK_ORIGINAL_SESSION, &s.h, &s.secret, &s.e),
                     ANSWER_SECRET);
    assert_int_equal(s.secret.kind, SECRET_SHARED);
    assert_true(bytes_equal(secret_view(&s.secret), value(&s, "SHARED_SECRET")));
    assert_true(bytes_equal(bytes_of(s.secret.psk, s.secret.psk_len), value(&s, "PSK")));

    s.h.suite = suite_find(0x1302); /* a server must not choose another hash */
    assert_int_equal(known_psk_ask(&s.leaks, LEAK_ORIGINAL_SESSION, &s.h, &s.secret, &s.e),
                     ANSWER_BROKEN);
    end(&s);
}

static void without_an_exchange_it_is_all_there_is(void **state)
{
    struct original original = {0};
    struct scene s;

    (void)state;
    begin(&s);
    file_psk(&s, 32, 0);
    assert_false(known_psk_original(&s.leaks, &s.h, &original));
    s.h.server_value = (struct bytes){0};
    assert_int_equal(known_psk_ask(&s.leaks, LEAK_ORIGINAL_SESSION, &s.h, &s.secret, &s.e),
                     ANSWER_SECRET);
    assert_int_equal(s.secret.kind, SECRET_SHARED);
    assert_int_equal(s.secret.len, 0);
    assert_int_equal(s.secret.psk_len, 32);
    assert_true(known_psk_original(&s.leaks, &s.h, &original));
    assert_int_equal(original.frame, 3);
    end(&s);
}

static void early_data_needs_nothing_that_the_server_says(void **state)
{
    struct early_secret early = {0};
    struct scene s;

    (void)state;
    begin(&s);
    assert_false(early_secret_ask(&s.leaks, &s.h, &early, &s.e));
    file_psk(&s, 32, 0);
    s.h.server_hello = NULL;
    assert_true(early_secret_ask(&s.leaks, &s.h, &early, &s.e));
    assert_int_equal(early.source, LEAK_ORIGINAL_SESSION);
    assert_ptr_equal(early.suite, suite_find(0x1301));
    assert_true(bytes_equal(bytes_of(early.value, early.len), value(&s, "CLIENT_EARLY")));
    end(&s);
}

static void where_no_key_was_chosen_there_is_nothing_to_ask(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    file_psk(&s, 32, 0);
    assert_true(known_psk_is_ticket(&s.h));
    s.h.psk_chosen = false;
    assert_false(known_psk_is_ticket(&s.h));
    assert_int_equal(known_psk_ask(&s.leaks, LEAK_ORIGINAL_SESSION, &s.h, &s.secret, &s.e),
                     ANSWER_NOT_GIVEN);
    s.h.psk_chosen = true;
    s.h.version = TLS_1_2;
    assert_int_equal(known_psk_ask(&s.leaks, LEAK_ORIGINAL_SESSION, &s.h, &s.secret, &s.e),
                     ANSWER_NOT_GIVEN);
    assert_int_equal(s.e.num_steps, 0);
    end(&s);
}

/* The binder of RFC 8448 is a ticket's: under the label of other keys it is another. */
static void a_key_that_was_given_is_no_tickets(void **state)
{
    char psk[2 * TRAFFIC_SECRET_MAX_LEN + 1] = "";
    struct known_psk known = {0};
    struct complaint why;
    struct scene s;

    (void)state;
    begin(&s);
    assert_int_equal(known_psk_ask(&s.leaks, LEAK_PSK, &s.h, &s.secret, &s.e), ANSWER_NOT_GIVEN);
    assert_true(psks_add(&s.leaks.psks, "alice:00", &why));
    assert_int_equal(known_psk_ask(&s.leaks, LEAK_PSK, &s.h, &s.secret, &s.e), ANSWER_NOT_GIVEN);
    assert_int_equal(s.e.num_steps, 0);

    struct reader r = reader_of(value(&s, "PSK"));
    uint8_t byte;
    for (size_t i = 0; reader_u8(&r, &byte); i += 2)
        assert_int_equal(snprintf(psk + i, sizeof(psk) - i, "%02x", byte), 2);
    assert_true(psks_add(&s.leaks.psks, psk, &why));
    assert_int_equal(known_psk_find(&s.leaks, &s.h, 0, &known), PSK_DIFFERS);
    assert_int_equal(known.source, LEAK_PSK);
    assert_int_equal(known_psk_ask(&s.leaks, LEAK_PSK, &s.h, &s.secret, &s.e), ANSWER_MISMATCH);
    assert_true(tells(&s.e, "perhaps: its identity is \",\\x03]"));
    assert_true(tells(&s.e, "no: it was recomputed, 32 bytes, and differs"));

    file_psk(&s, 32, 0); /* and where the ticket's is known, it is believed all the same */
    assert_int_equal(known_psk_find(&s.leaks, &s.h, 0, &known), PSK_PROVEN);
    assert_int_equal(known.source, LEAK_ORIGINAL_SESSION);
    leaks_clear(&s.leaks);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_key_is_believed_when_it_makes_the_binder),
        CASE(it_is_mixed_with_the_secret_of_the_exchange_on_top),
        CASE(without_an_exchange_it_is_all_there_is),
        CASE(early_data_needs_nothing_that_the_server_says),
        CASE(where_no_key_was_chosen_there_is_nothing_to_ask),
        CASE(a_key_that_was_given_is_no_tickets),
    };

    return RUN(cases);
}
