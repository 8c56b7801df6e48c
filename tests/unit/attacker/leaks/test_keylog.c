#include "attacker/leaks/keylog.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/sample_exchange.h"

/* The random of sample_hello.h's ClientHello, and another one. */
#define RANDOM "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define OTHER  "d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2"
#define MASTER                                                                                     \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d" \
    "2e2f"
#define SECRET32 "8080808080808080808080808080808080808080808080808080808080808080"
#define SECRET64 SECRET32 SECRET32

static const struct sample_choice TLS12 = {.version = TLS_1_2, .suite = 0x009c};
static const struct sample_choice TLS13 = {.version = TLS_1_3, .suite = 0x1301, .group = 0x001d};

/* load loads a key log of these lines. */
static bool load(struct keylog *keylog, const char *text, struct complaint *why)
{
    struct scratch s;

    scratch_make(&s);
    char *path = scratch_write(&s, "keylog.txt", bytes_of(text, strlen(text)));
    bool loaded = keylog_load(keylog, path, why);
    free(path);
    scratch_remove(&s);
    return loaded;
}

/* ask asks a key log of these lines about a handshake; the text has to be one. */
static enum answer ask(const char *text, const struct handshake *h, struct secret *secret)
{
    struct keylog keylog = {0};
    struct evidence e = {0};
    struct complaint why;

    secret_clear(secret);
    assert_true(load(&keylog, text, &why));
    enum answer answer = keylog_ask(&keylog, h, secret, &e);
    if (answer == ANSWER_SECRET)
        says(result_of(&e, "Is this session in the key log?"), "yes");
    if (answer == ANSWER_MISMATCH)
        says(result_of(&e, "Is this session in the key log?"), "no");
    evidence_clear(&e);
    keylog_clear(&keylog);
    return answer;
}

static void is_master(const struct secret *secret)
{
    struct bytes master = unhex(MASTER);

    assert_int_equal(secret->kind, SECRET_MASTER);
    assert_true(bytes_equal(secret_view(secret), master));
    exact_free(master);
}

static void a_client_random_line_gives_the_master_secret(void **state)
{
    struct handshake h = {0};
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    assert_int_equal(ask("CLIENT_RANDOM " RANDOM " " MASTER "\n", &h, &secret), ANSWER_SECRET);
    is_master(&secret);
    assert_int_equal(ask("CLIENT_RANDOM " OTHER " " MASTER "\n", &h, &secret), ANSWER_MISMATCH);
    assert_int_equal(secret.kind, SECRET_NONE);
    handshake_clear(&h);
}

static void lines_end_as_every_system_ends_them_and_comments_are_passed_over(void **state)
{
    static const char *const texts[] = {
        "CLIENT_RANDOM " RANDOM " " MASTER,
        "CLIENT_RANDOM " RANDOM " " MASTER "\r\n",
        "# made by hand\n\n   \nCLIENT_RANDOM " RANDOM " " MASTER "\n",
        "#CLIENT_RANDOM " OTHER "\r\n\r\nCLIENT_RANDOM " RANDOM " " MASTER "\r\n",
        "CLIENT_RANDOM " OTHER " " MASTER "\nCLIENT_RANDOM " RANDOM " " MASTER "\n",
        "CLIENT_RANDOM\t" RANDOM "  " MASTER " \n",
        "noise in front\nCLIENT_RANDOM " RANDOM " " MASTER "\n",
    };
    struct handshake h = {0};
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(ask(texts[i], &h, &secret), ANSWER_SECRET);
        is_master(&secret);
    }
    handshake_clear(&h);
}

static void capital_hex_is_hex_too(void **state)
{
    struct handshake h = {0};
    struct secret secret = {0};
    char text[] = "CLIENT_RANDOM " RANDOM " " MASTER "\n";

    (void)state;
    for (char *at = text; *at; at++)
        *at = (char)(*at >= 'a' && *at <= 'f' ? *at - 'a' + 'A' : *at);
    saw_hellos(&h, &TLS12);
    assert_int_equal(ask(text, &h, &secret), ANSWER_SECRET);
    is_master(&secret);
    handshake_clear(&h);
}

static void a_line_that_stands_twice_is_found_as_one(void **state)
{
    static const char line[] = "CLIENT_RANDOM " RANDOM " " MASTER "\n"
                               "CLIENT_RANDOM " OTHER " " SECRET32 "\n"
                               "CLIENT_RANDOM " RANDOM " " MASTER "\n";
    struct handshake h = {0};
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    assert_int_equal(ask(line, &h, &secret), ANSWER_SECRET);
    is_master(&secret);
    handshake_clear(&h);
}

/* Every random is found among many, and one that is not there is not. */
static void one_of_many_lines_is_found(void **state)
{
    enum { NUM_LINES = 200 };
    struct keylog keylog = {0};
    struct handshake h = {0};
    struct secret secret = {0};
    struct evidence e = {0};
    struct complaint why;
    struct writer w = {0};

    (void)state;
    for (unsigned i = 0; i < NUM_LINES; i++) {
        char *line = alloc_format("CLIENT_RANDOM %02x"
                                  "%s"
                                  " %02x"
                                  "%s\n",
                                  i * 7 % NUM_LINES, &RANDOM[2], i * 7 % NUM_LINES, &MASTER[2]);
        write_text(&w, line);
        free(line);
    }
    write_uint(&w, 0, 1);
    assert_true(load(&keylog, (const char *)w.out.at, &why));
    saw_hellos(&h, &TLS12);
    for (unsigned i = 0; i < NUM_LINES + 1; i++) {
        h.client_random[0] = (uint8_t)i;
        assert_int_equal(keylog_ask(&keylog, &h, &secret, &e),
                         i < NUM_LINES ? ANSWER_SECRET : ANSWER_MISMATCH);
        if (i < NUM_LINES)
            assert_int_equal(secret.value[0], i);
    }
    evidence_clear(&e);
    keylog_clear(&keylog);
    handshake_clear(&h);
    buffer_clear(&w.out);
}

static void the_four_traffic_secrets_of_tls_1_3_are_found(void **state)
{
    struct handshake h = {0};
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS13);
    assert_int_equal(ask("CLIENT_HANDSHAKE_TRAFFIC_SECRET " RANDOM " 0a\n"
                         "SERVER_HANDSHAKE_TRAFFIC_SECRET " RANDOM " 0b0b\n"
                         "CLIENT_TRAFFIC_SECRET_0 " RANDOM " 0c0c0c\n"
                         "SERVER_TRAFFIC_SECRET_0 " RANDOM " 0d0d0d0d\n"
                         "EXPORTER_SECRET " RANDOM " 0e0e\n",
                         &h, &secret),
                     ANSWER_SECRET);
    assert_int_equal(secret.kind, SECRET_TRAFFIC);
    for (size_t i = 0; i < TRAFFIC_NUM_LABELS; i++) {
        assert_int_equal(secret.traffic.len[i], i + 1);
        assert_int_equal(secret.traffic.value[i][0], 0x0a + i);
    }
    /* One of them is better than nothing. */
    assert_int_equal(ask("CLIENT_TRAFFIC_SECRET_0 " RANDOM " 0c\n", &h, &secret), ANSWER_SECRET);
    assert_int_equal(secret.kind, SECRET_TRAFFIC);
    assert_int_equal(secret.traffic.len[TRAFFIC_CLIENT_APPLICATION], 1);
    assert_int_equal(secret.traffic.len[TRAFFIC_CLIENT_HANDSHAKE], 0);
    assert_int_equal(ask("CLIENT_RANDOM " RANDOM " " MASTER "\n", &h, &secret), ANSWER_MISMATCH);
    handshake_clear(&h);
}

static void an_rsa_line_is_found_by_the_beginning_of_the_ciphertext(void **state)
{
    static const char ciphertext[] = "0010 1112131415161718 191a1b1c1d1e1f20";
    struct handshake h = {0};
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    assert_int_equal(ask("RSA 1112131415161718 " MASTER "\n", &h, &secret), ANSWER_MISMATCH);
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, ciphertext));
    assert_int_equal(ask("RSA 1112131415161718 " MASTER "\n", &h, &secret), ANSWER_SECRET);
    assert_int_equal(secret.kind, SECRET_PREMASTER);
    assert_int_equal(secret.len, 48);
    assert_int_equal(ask("RSA 1112131415161719 " MASTER "\n", &h, &secret), ANSWER_MISMATCH);
    handshake_clear(&h);
}

static void a_premaster_of_any_key_exchange_is_found_by_the_random(void **state)
{
    struct handshake h = {0};
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    assert_int_equal(ask("PMS_CLIENT_RANDOM " RANDOM " " SECRET64 "80\n", &h, &secret),
                     ANSWER_SECRET);
    assert_int_equal(secret.kind, SECRET_PREMASTER);
    assert_int_equal(secret.len, 65);
    handshake_clear(&h);
}

static void a_master_secret_is_found_by_the_session_id_that_the_server_chose(void **state)
{
    static const uint8_t id[] = {0x0a, 0x0b, 0x0c};
    struct handshake h = {0};
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    h.session_id_chosen = bytes_of(id, sizeof(id));
    assert_int_equal(ask("RSA Session-ID:0a0b0c Master-Key:" MASTER "\n", &h, &secret),
                     ANSWER_SECRET);
    is_master(&secret);
    assert_int_equal(ask("New, TLSv1.2\n    Session-ID: 0A0B0C\n    Session-ID-ctx: \n"
                         "    Master-Key: " MASTER "\n",
                         &h, &secret),
                     ANSWER_SECRET);
    is_master(&secret);
    assert_int_equal(ask("RSA Session-ID:0a0b0c00 Master-Key:" MASTER "\n", &h, &secret),
                     ANSWER_MISMATCH);
    h.session_id_chosen = bytes_of(NULL, 0);
    assert_int_equal(ask("RSA Session-ID:0a0b0c Master-Key:" MASTER "\n", &h, &secret),
                     ANSWER_MISMATCH);
    handshake_clear(&h);
}

/* Asked once more, the key log adds to the evidence only when it knows. */
static void what_has_come_since_is_told_when_it_is_asked_for_again(void **state)
{
    struct handshake h = {0};
    struct keylog keylog = {0};
    struct evidence e = {0};
    struct secret secret = {0};
    struct complaint why;

    (void)state;
    saw_hellos(&h, &TLS12);
    assert_true(load(&keylog, "CLIENT_RANDOM " OTHER " " MASTER "\n", &why));
    assert_false(keylog_ask_again(&keylog, &h, &secret, &e));
    assert_int_equal(e.num_steps, 0);
    assert_int_equal(keylog_num_lines(&keylog), 1);
    assert_true(load(&keylog, "CLIENT_RANDOM " RANDOM " " MASTER "\n", &why));
    assert_int_equal(keylog_num_lines(&keylog), 2);
    assert_true(keylog_ask_again(&keylog, &h, &secret, &e));
    is_master(&secret);
    assert_int_equal(e.num_steps, 1);
    secret_clear(&secret);
    evidence_clear(&e);
    keylog_clear(&keylog);
    handshake_clear(&h);
}

static void a_secret_of_another_length_is_not_taken_for_a_master_secret(void **state)
{
    struct handshake h = {0};
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    assert_int_equal(ask("CLIENT_RANDOM " RANDOM " " SECRET32 "\n", &h, &secret), ANSWER_MISMATCH);
    assert_int_equal(secret.kind, SECRET_NONE);
    assert_int_equal(ask("CLIENT_RANDOM " RANDOM " " SECRET64 "\n", &h, &secret), ANSWER_MISMATCH);
    handshake_clear(&h);
}

static void lines_that_are_none_make_a_file_that_is_no_key_log(void **state)
{
    static const char *const texts[] = {
        "shopping list\n",
        "CLIENT_RANDOM\n",
        "CLIENT_RANDOM " RANDOM "\n",
        "CLIENT_RANDOM " RANDOM " abc\n",            /* odd */
        "CLIENT_RANDOM " RANDOM " zz\n",             /* no hex */
        "CLIENT_RANDOM " RANDOM "00 " MASTER "\n",   /* random too long */
        "CLIENT_RANDOM c1c1 " MASTER "\n",           /* and too short */
        "CLIENT_RANDOM " RANDOM " " SECRET64 "80\n", /* secret too long */
        "RSA " RANDOM " " MASTER "\n",               /* RSA wants 8 bytes */
        "\xd4\xc3\xb2\xa1 \x02 \x04\n",              /* a capture */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct keylog keylog = {0};
        struct complaint why;

        assert_false(load(&keylog, texts[i], &why));
        says(why.text, "keylog.txt: is not a key log; its lines should be like CLIENT_RANDOM");
        assert_null(keylog.lines);
        keylog_clear(&keylog);
    }
}

static void an_empty_key_log_is_one(void **state)
{
    static const char *const texts[] = {"", "\n", "# nothing yet\n\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct keylog keylog = {0};
        struct complaint why;

        assert_true(load(&keylog, texts[i], &why));
        assert_null(keylog.lines);
        keylog_clear(&keylog);
    }
}

static void a_key_log_that_cannot_be_read_is_told(void **state)
{
    struct keylog keylog = {0};
    struct complaint why;

    (void)state;
    assert_false(keylog_load(&keylog, "/nowhere/keylog.txt", &why));
    assert_string_equal(why.text,
                        "/nowhere/keylog.txt: cannot be opened: No such file or directory");
    assert_false(keylog_load(&keylog, "/tmp", &why));
    says(why.text, "/tmp: cannot be read");
}

static void without_a_key_log_there_is_nothing_to_ask(void **state)
{
    const struct keylog none = {0};
    struct handshake h = {0};
    struct secret secret = {0};
    struct evidence e = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    assert_int_equal(keylog_ask(&none, &h, &secret, &e), ANSWER_NOT_GIVEN);
    assert_int_equal(e.num_steps, 0);
    handshake_clear(&h);
}

/* --- What a recording holds --------------------------------------------------------- */

static void add_embedded(struct keylog *keylog, const char *text)
{
    struct bytes copy = exact_copy(bytes_of(text, strlen(text)));

    keylog_add_embedded(keylog, copy);
    exact_free(copy);
}

static void lines_of_a_recording_are_used_with_any_line_ends(void **state)
{
    static const char *const texts[] = {
        "CLIENT_RANDOM " RANDOM " " MASTER,
        "CLIENT_RANDOM " RANDOM " " MASTER "\n",
        "\r\n\n# words\r\nnonsense\r\nCLIENT_RANDOM " RANDOM " " MASTER "\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct keylog keylog = {0};

        add_embedded(&keylog, texts[i]);
        assert_int_equal(keylog.num_embedded, 1);
        assert_int_equal(keylog.num_given, 0);
        keylog_clear(&keylog);
    }
}

static void texts_of_a_recording_that_are_no_key_log_add_nothing(void **state)
{
    struct keylog keylog = {0};
    char *long_line = alloc_zero(100001);

    (void)state;
    memset(long_line, 'a', 100000);
    add_embedded(&keylog, "");
    add_embedded(&keylog, "\n\n");
    add_embedded(&keylog, "CLIENT_RANDOM");
    add_embedded(&keylog, long_line);
    assert_null(keylog.lines);
    free(long_line);
    keylog_clear(&keylog);
}

static void what_was_given_goes_before_what_the_recording_holds(void **state)
{
    struct handshake h = {0};
    struct keylog keylog = {0};
    struct evidence e = {0};
    struct complaint why;
    struct secret secret = {0};

    (void)state;
    saw_hellos(&h, &TLS12);
    assert_true(load(&keylog, "CLIENT_RANDOM " RANDOM " " MASTER "\n", &why));
    add_embedded(&keylog, "CLIENT_RANDOM " RANDOM " " SECRET32 "80808080808080808080808080808080");
    assert_int_equal(keylog_ask(&keylog, &h, &secret, &e), ANSWER_SECRET);
    is_master(&secret);
    secret_clear(&secret);
    evidence_clear(&e);
    keylog_clear(&keylog);
    handshake_clear(&h);
}

static void what_a_recording_may_hold_is_limited(void **state)
{
    struct keylog keylog = {0};

    (void)state;
    for (size_t i = 0; i < KEYLOG_MAX_EMBEDDED + 3; i++) {
        char *line = alloc_format("CLIENT_RANDOM %064zx " MASTER, i);

        keylog_add_embedded(&keylog, bytes_of(line, strlen(line)));
        free(line);
    }
    assert_int_equal(keylog.num_embedded, KEYLOG_MAX_EMBEDDED);
    assert_int_equal(keylog.num_left_out, 3);
    keylog_clear(&keylog);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_client_random_line_gives_the_master_secret),
        CASE(lines_end_as_every_system_ends_them_and_comments_are_passed_over),
        CASE(capital_hex_is_hex_too),
        CASE(a_line_that_stands_twice_is_found_as_one),
        CASE(one_of_many_lines_is_found),
        CASE(the_four_traffic_secrets_of_tls_1_3_are_found),
        CASE(an_rsa_line_is_found_by_the_beginning_of_the_ciphertext),
        CASE(a_premaster_of_any_key_exchange_is_found_by_the_random),
        CASE(a_master_secret_is_found_by_the_session_id_that_the_server_chose),
        CASE(what_has_come_since_is_told_when_it_is_asked_for_again),
        CASE(a_secret_of_another_length_is_not_taken_for_a_master_secret),
        CASE(lines_that_are_none_make_a_file_that_is_no_key_log),
        CASE(an_empty_key_log_is_one),
        CASE(a_key_log_that_cannot_be_read_is_told),
        CASE(without_a_key_log_there_is_nothing_to_ask),
        CASE(lines_of_a_recording_are_used_with_any_line_ends),
        CASE(texts_of_a_recording_that_are_no_key_log_add_nothing),
        CASE(what_was_given_goes_before_what_the_recording_holds),
        CASE(what_a_recording_may_hold_is_limited),
    };

    return RUN(cases);
}
