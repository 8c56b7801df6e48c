#include "attacker/tls/handshake.h"
#include "tests/support/check.h"
#include "tests/support/cuts.h"
#include "tests/support/key_maker.h"
#include "tests/support/sample_handshake.h"

static const struct sample_choice ECDHE = {
    .version = TLS_1_2, .suite = 0xc02f, .extended_master_secret = true, .alpn = true};
static const struct sample_choice RSA_CHOICE = {
    .version = TLS_1_2, .suite = 0x002f, .encrypt_then_mac = true, .truncated_hmac = true};
static const struct sample_choice TLS13 = {.version = TLS_1_3, .suite = 0x1301, .group = 0x001d};

static bool is_text(struct bytes b, const char *text)
{
    return bytes_equal(b, bytes_of(text, strlen(text)));
}

static void nothing_is_known_of_a_handshake_that_was_not_seen(void **state)
{
    struct handshake h = {0};

    (void)state;
    assert_null(handshake_last(&h));
    assert_false(handshake_is_resumption(&h));
    handshake_clear(&h);
}

static void the_client_hello_files_its_facts(void **state)
{
    struct handshake h = {0};
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, false);

    (void)state;
    assert_true(saw(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, body));
    assert_ptr_equal(h.client_hello, handshake_last(&h));
    assert_int_equal(h.client_hello->frame, 100);
    assert_int_equal(h.client_hello->time_ns, 100000);
    assert_int_equal(h.client_hello->from, SIDE_CLIENT);
    assert_true(bytes_equal(h.client_hello->body, body));
    assert_int_equal(h.client_hello->whole.len, body.len + HANDSHAKE_HEADER_LEN);
    assert_int_equal(h.client_version, TLS_1_2);
    assert_int_equal(h.client_random[0], 0xc1);
    assert_int_equal(h.client_random[31], 0xc1);
    assert_int_equal(h.session_id_offered.len, 32);
    assert_true(is_text(h.server_name, SAMPLE_HOST));
    assert_true(is_text(h.ticket_offered, "a ticket"));
    assert_int_equal(h.version, 0);
    assert_null(h.server_hello);
    exact_free(body);
    handshake_clear(&h);
    assert_null(h.client_hello);
}

static void the_server_hello_of_tls_1_2_files_its_facts(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &ECDHE);
    assert_ptr_equal(h.server_hello, handshake_last(&h));
    assert_int_equal(h.version, TLS_1_2);
    assert_int_equal(h.suite_id, 0xc02f);
    assert_ptr_equal(h.suite, suite_find(0xc02f));
    assert_int_equal(h.server_random[0], 0x52);
    assert_int_equal(h.session_id_chosen.len, 32);
    assert_true(h.extended_master_secret);
    assert_false(h.encrypt_then_mac);
    assert_false(h.truncated_hmac);
    assert_int_equal(h.compression_method, 0);
    assert_false(h.psk_chosen);
    assert_true(is_text(h.protocol, "http/1.1"));
    handshake_clear(&h);

    saw_hellos(&h, &RSA_CHOICE);
    assert_false(h.extended_master_secret);
    assert_true(h.encrypt_then_mac);
    assert_true(h.truncated_hmac);
    assert_int_equal(h.protocol.len, 0);
    handshake_clear(&h);
}

static void the_server_hello_of_tls_1_3_files_version_and_both_key_shares(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &TLS13);
    assert_int_equal(h.version, TLS_1_3);
    assert_int_equal(h.group, 0x001d);
    assert_int_equal(h.server_value.len, 32);
    assert_int_equal(h.server_value.at[0], 0xe5);
    assert_int_equal(h.client_value.len, 32); /* the share of the chosen group, not the first */
    assert_int_equal(h.client_value.at[0], 0x1d);
    assert_false(h.psk_chosen);
    handshake_clear(&h);
}

/* A server that answers with the pre-shared key at the place that `extension` holds. */
static void saw_choice_of_psk(struct handshake *h, const char *extension)
{
    struct writer w = {0};

    write_hex(&w, "0303");
    write_repeated(&w, 0x52, RANDOM_LEN);
    write_hex(&w, "00 1301 00");
    write_open(&w, 2);
    write_hex(&w, "002b 0002 0304");
    write_hex(&w, extension);
    write_close(&w);
    assert_true(saw(h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, writer_view(&w)));
    buffer_clear(&w.out);
}

static void the_server_names_a_pre_shared_key_by_its_place(void **state)
{
    static const struct {
        const char *extension;
        bool chosen;
        uint16_t selected;
    } rows[] = {
        {"", false, 0}, {"0029 0002 0002", true, 2}, {"0029 0001 01", true, 0}, /* cut short */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct handshake h = {0};

        saw_choice_of_psk(&h, rows[i].extension);
        assert_int_equal(h.psk_chosen, rows[i].chosen);
        assert_int_equal(h.psk_selected, rows[i].selected);
        handshake_clear(&h);
    }
}

/* What is sent behind the second ClientHello is no early data. */
static void early_data_is_what_the_first_hello_offers(void **state)
{
    static const char hello[] =
        "0303 c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
        "00 0002 1301 01 00";
    const struct sample_choice retry = {
        .version = TLS_1_3, .suite = 0x1301, .group = 0x0017, .retry = true};
    char *offering = alloc_format("%s 0004 002a 0000", hello);
    struct handshake h = {0};
    struct writer w = {0};
    struct bytes request = sample_server_hello(&w, &retry);

    (void)state;
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, hello));
    assert_false(h.early_data_offered);
    handshake_clear(&h);
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, offering));
    assert_true(h.early_data_offered);
    assert_true(saw(&h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, request));
    assert_true(handshake_retry_is_open(&h));
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, hello));
    assert_true(h.early_data_offered);
    assert_false(handshake_retry_is_open(&h));
    handshake_clear(&h);
    exact_free(request);
    free(offering);
}

static void encrypted_extensions_bring_alpn(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &TLS13);
    assert_int_equal(h.protocol.len, 0);
    assert_true(
        saw_hex(&h, SIDE_SERVER, HANDSHAKE_ENCRYPTED_EXTENSIONS, "0009 0010 0005 0003 02 6832"));
    assert_true(is_text(h.protocol, "h2"));
    handshake_clear(&h);
}

static void a_suite_that_is_not_known_is_filed_by_its_number(void **state)
{
    const struct sample_choice unknown = {.version = TLS_1_2, .suite = 0x0a0a};
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &unknown);
    assert_int_equal(h.suite_id, 0x0a0a);
    assert_null(h.suite);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_SERVER_KEY_EXCHANGE, "abcd"));
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, "abcd"));
    assert_non_null(h.server_key_exchange);
    assert_non_null(h.client_key_exchange);
    handshake_clear(&h);
}

static void the_key_exchange_files_both_public_values(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &ECDHE);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_SERVER_KEY_EXCHANGE,
                        "03 0017 03 040506 0401 0002 beef"));
    assert_int_equal(h.group, 0x0017);
    assert_true(is_text(h.server_value, "\x04\x05\x06"));
    assert_true(is_text(h.server_params.signature, "\xbe\xef"));
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, ""));
    assert_ptr_equal(h.server_hello_done, handshake_last(&h));
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, "03 070809"));
    assert_true(is_text(h.client_value, "\x07\x08\x09"));
    assert_int_equal(h.client_key_exchange->frame, 104);
    handshake_clear(&h);
}

static void the_servers_certificate_is_kept_and_the_clients_is_not(void **state)
{
    EVP_PKEY *key = make_curve("P-256");
    EVP_PKEY *other = make_curve("P-384");
    struct bytes der = make_certificate(key, "server", NULL);
    struct bytes second = make_certificate(other, "another", NULL);
    struct writer w = {0};
    struct handshake h = {0};

    (void)state;
    write_open(&w, 3);
    write_block(&w, second, 3);
    write_close(&w);
    struct bytes of_client = writer_take(&w);

    saw_hellos(&h, &ECDHE);
    assert_true(saw(&h, SIDE_CLIENT, HANDSHAKE_CERTIFICATE, of_client));
    assert_false(h.certificate.seen);
    saw_certificate(&h, der);
    assert_true(h.certificate.seen);
    assert_string_equal(h.certificate.subject, "CN=server,O=keyfall");
    assert_int_equal(h.certificate_message->frame, 103);
    saw_certificate(&h, second); /* a second one does not take its place */
    assert_string_equal(h.certificate.subject, "CN=server,O=keyfall");
    handshake_clear(&h);
    exact_free(of_client);
    exact_free(second);
    exact_free(der);
    EVP_PKEY_free(other);
    EVP_PKEY_free(key);
}

static void a_certificate_message_without_certificate_is_no_trouble(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &ECDHE);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_CERTIFICATE, "000000"));
    assert_false(h.certificate.seen);
    assert_non_null(h.certificate_message);
    assert_int_equal(h.trouble, TROUBLE_NONE);
    handshake_clear(&h);
}

static void messages_that_have_no_meaning_here_are_kept_for_the_transcript(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &ECDHE);
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_CERTIFICATE_STATUS, "01 ffffff"));
    assert_true(saw_hex(&h, SIDE_SERVER, 77, "00"));
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_NEW_SESSION_TICKET, "00"));
    assert_ptr_equal(h.new_session_ticket, handshake_last(&h));
    assert_int_equal(h.num_messages, 5);
    handshake_clear(&h);
}

static void a_malformed_message_is_trouble_and_the_first_trouble_stays(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &ECDHE);
    assert_false(saw_hex(&h, SIDE_SERVER, HANDSHAKE_SERVER_KEY_EXCHANGE, "03 0017 03 0405"));
    assert_int_equal(h.trouble, TROUBLE_MALFORMED);
    assert_int_equal(h.trouble_type, HANDSHAKE_SERVER_KEY_EXCHANGE);
    assert_int_equal(h.trouble_frame, 102);
    assert_int_equal(h.num_messages, 3); /* it is there nonetheless */
    assert_false(saw_hex(&h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, "00"));
    assert_int_equal(h.trouble_frame, 102);
    assert_int_equal(h.trouble_type, HANDSHAKE_SERVER_KEY_EXCHANGE);
    handshake_clear(&h);
}

static void a_header_that_does_not_fit_its_message_is_trouble(void **state)
{
    static const char *const wholes[] = {"",          "01",           "01 0000",
                                         "0e 000001", "0e 000000 00", "14 ffffff 00"};

    (void)state;
    for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
        struct handshake h = {0};
        struct bytes whole = unhex(wholes[i]);

        assert_false(handshake_see(&h, SIDE_SERVER, whole, 9, 0));
        assert_int_equal(h.trouble, TROUBLE_MALFORMED);
        assert_int_equal(h.trouble_frame, 9);
        assert_int_equal(h.num_messages, 0);
        exact_free(whole);
        handshake_clear(&h);
    }
}

static void more_messages_than_allowed_are_trouble(void **state)
{
    struct handshake h = {0};

    (void)state;
    for (size_t i = 0; i < HANDSHAKE_MAX_MESSAGES; i++)
        assert_true(saw_hex(&h, SIDE_SERVER, 77, "00"));
    assert_int_equal(h.trouble, TROUBLE_NONE);
    assert_false(saw_hex(&h, SIDE_SERVER, 77, "00"));
    assert_int_equal(h.trouble, TROUBLE_LIMIT);
    assert_int_equal(h.num_messages, HANDSHAKE_MAX_MESSAGES);
    handshake_clear(&h);
}

static void a_message_longer_than_allowed_is_trouble(void **state)
{
    struct handshake h = {0};
    struct writer w = {0};

    (void)state;
    write_repeated(&w, 0, HANDSHAKE_MAX_MESSAGE - HANDSHAKE_HEADER_LEN);
    struct bytes longest = exact_copy(writer_view(&w));
    write_uint(&w, 0, 1);
    struct bytes too_long = writer_take(&w);
    assert_true(saw(&h, SIDE_SERVER, 77, longest));
    assert_false(saw(&h, SIDE_SERVER, 77, too_long));
    assert_int_equal(h.trouble, TROUBLE_LIMIT);
    assert_int_equal(h.num_messages, 1);
    exact_free(longest);
    exact_free(too_long);
    handshake_clear(&h);
}

/* What is seen before, and the message that is then cut. */
struct cut_case {
    const struct sample_choice *after;
    enum side from;
    uint8_t type;
};

static bool sees_body(struct bytes body, const void *context)
{
    const struct cut_case *c = context;
    struct handshake h = {0};

    if (c->after)
        saw_hellos(&h, c->after);
    bool seen = saw(&h, c->from, c->type, body);
    assert_int_equal(h.trouble, seen ? TROUBLE_NONE : TROUBLE_MALFORMED);
    handshake_clear(&h);
    return seen;
}

static void a_message_cut_off_at_any_byte_is_trouble(void **state)
{
    static const struct {
        struct cut_case cut;
        const char *body;
    } cases[] = {
        {{&TLS13, SIDE_SERVER, HANDSHAKE_ENCRYPTED_EXTENSIONS}, "0009 0010 0005 0003 02 6832"},
        {{&ECDHE, SIDE_CLIENT, HANDSHAKE_CERTIFICATE}, "000006 000003 aabbcc"},
        {{&TLS13, SIDE_CLIENT, HANDSHAKE_CERTIFICATE}, "01 ff 000008 000003 aabbcc 0000"},
        {{&ECDHE, SIDE_SERVER, HANDSHAKE_SERVER_KEY_EXCHANGE}, "03 001d 02 0102 0804 0002 beef"},
        {{&ECDHE, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE}, "03 010203"},
        {{&RSA_CHOICE, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE}, "0003 010203"},
        {{&ECDHE, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE}, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes body = unhex(cases[i].body);

        refuses_every_cut(body, sees_body, &cases[i].cut);
        refuses_a_trailing_byte(body, sees_body, &cases[i].cut);
        exact_free(body);
    }
}

static void a_certificate_that_cannot_be_read_is_noted_and_no_trouble(void **state)
{
    EVP_PKEY *key = make_curve("P-256");
    struct bytes der = make_certificate(key, "cut", NULL);
    struct bytes cut = exact_copy(bytes_first(der, der.len - 1));
    struct writer w = {0};
    struct handshake h = {0};

    (void)state;
    write_open(&w, 3);
    write_block(&w, cut, 3);
    write_close(&w);
    struct bytes body = writer_take(&w);
    saw_hellos(&h, &ECDHE);
    assert_true(saw(&h, SIDE_SERVER, HANDSHAKE_CERTIFICATE, body));
    assert_int_equal(h.trouble, TROUBLE_NONE);
    assert_non_null(h.certificate_message);
    assert_false(h.certificate.seen);
    exact_free(body);
    exact_free(cut);
    exact_free(der);
    handshake_clear(&h);
    EVP_PKEY_free(key);
}

/* The hellos are whole without extensions at one place; test_hello.c looks at each cut. */
static void a_hello_cut_off_in_its_extensions_is_trouble(void **state)
{
    static const struct cut_case client = {NULL, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO};
    static const struct cut_case server = {NULL, SIDE_SERVER, HANDSHAKE_SERVER_HELLO};
    struct writer w = {0};
    struct bytes bodies[2] = {sample_client_hello(&w, true), sample_server_hello(&w, &TLS13)};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct cut_case *c = i == 0 ? &client : &server;

        assert_true(sees_body(bodies[i], c));
        for (size_t len = bodies[i].len - 60; len < bodies[i].len; len++) {
            struct bytes cut = exact_copy(bytes_first(bodies[i], len));

            assert_int_equal(sees_body(cut, c), i == 1 && len == 70);
            exact_free(cut);
        }
        exact_free(bodies[i]);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(nothing_is_known_of_a_handshake_that_was_not_seen),
        CASE(the_client_hello_files_its_facts),
        CASE(the_server_hello_of_tls_1_2_files_its_facts),
        CASE(the_server_hello_of_tls_1_3_files_version_and_both_key_shares),
        CASE(the_server_names_a_pre_shared_key_by_its_place),
        CASE(early_data_is_what_the_first_hello_offers),
        CASE(encrypted_extensions_bring_alpn),
        CASE(a_suite_that_is_not_known_is_filed_by_its_number),
        CASE(the_key_exchange_files_both_public_values),
        CASE(the_servers_certificate_is_kept_and_the_clients_is_not),
        CASE(a_certificate_message_without_certificate_is_no_trouble),
        CASE(messages_that_have_no_meaning_here_are_kept_for_the_transcript),
        CASE(a_malformed_message_is_trouble_and_the_first_trouble_stays),
        CASE(a_header_that_does_not_fit_its_message_is_trouble),
        CASE(more_messages_than_allowed_are_trouble),
        CASE(a_message_longer_than_allowed_is_trouble),
        CASE(a_message_cut_off_at_any_byte_is_trouble),
        CASE(a_certificate_that_cannot_be_read_is_noted_and_no_trouble),
        CASE(a_hello_cut_off_in_its_extensions_is_trouble),
    };

    return RUN(cases);
}
