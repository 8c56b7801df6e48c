/* A hello whose end was not recorded: what is filed, and what stays unknown. */
#include "attacker/tls/handshake.h"
#include "tests/support/check.h"
#include "tests/support/sample_handshake.h"

static const struct sample_choice CBC = {.version = TLS_1_2, .suite = 0x002f};
static const struct sample_choice GCM = {.version = TLS_1_2, .suite = 0x009c};
static const struct sample_choice TLS13 = {.version = TLS_1_3, .suite = 0x1301, .group = 0x001d};

/* saw_torn lets `h` see the message without its last `missing` bytes. */
static bool saw_torn(struct handshake *h, enum side from, uint8_t type, struct bytes body,
                     size_t missing)
{
    struct bytes whole = message_of(type, body);
    struct bytes begun = exact_copy(bytes_first(whole, whole.len - missing));
    bool seen = handshake_see_torn(h, from, begun, 77, 7700);

    exact_free(begun);
    exact_free(whole);
    return seen;
}

static bool saw_torn_client(struct handshake *h, bool tls13, size_t missing)
{
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, tls13);
    bool seen = saw_torn(h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, body, missing);

    exact_free(body);
    return seen;
}

static bool saw_torn_server(struct handshake *h, const struct sample_choice *choice, size_t missing)
{
    struct writer w = {0};
    struct bytes body = sample_server_hello(&w, choice);
    bool seen = saw_torn(h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, body, missing);

    exact_free(body);
    return seen;
}

static void a_torn_client_hello_files_what_there_is(void **state)
{
    struct handshake h = {0};

    (void)state;
    assert_true(saw_torn_client(&h, true, 1));
    assert_ptr_equal(h.client_hello, handshake_last(&h));
    assert_true(h.client_hello->torn);
    assert_int_equal(h.client_hello->frame, 77);
    assert_int_equal(h.client_hello->time_ns, 7700);
    assert_int_equal(h.client_version, TLS_1_2);
    assert_int_equal(h.client_random[0], 0xc1);
    assert_int_equal(h.session_id_offered.len, 32);
    assert_true(bytes_equal(h.server_name, bytes_of(SAMPLE_HOST, strlen(SAMPLE_HOST))));
    assert_int_equal(h.trouble, TROUBLE_NONE);
    handshake_clear(&h);
}

static void a_key_share_in_front_of_the_hole_is_found(void **state)
{
    struct writer server_writer = {0};
    struct bytes server = sample_server_hello(&server_writer, &TLS13);

    (void)state;
    for (size_t missing = 1; missing < 80; missing += 78) {
        struct handshake h = {0};
        struct writer w = {0};
        struct bytes client = sample_client_hello(&w, true);
        /* Another extension behind the key shares. */
        write_bytes(&w, client);
        write_hex(&w, "002d 0002 0101");
        exact_free(client);
        client = writer_take(&w);

        assert_true(saw_torn(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, client, missing));
        assert_true(saw(&h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, server));
        assert_int_equal(h.server_value.len, 32);
        assert_int_equal(h.client_value.len, missing == 1 ? 32 : 0);
        exact_free(client);
        handshake_clear(&h);
    }
    exact_free(server);
}

static void without_extensions_the_suite_tells_the_version(void **state)
{
    struct handshake h = {0};
    size_t extensions = 2 + 6 + 4 + 4 + 32; /* supported_versions, key_share */

    (void)state;
    assert_true(saw_torn_client(&h, true, 1));
    assert_true(saw_torn_server(&h, &TLS13, extensions));
    assert_true(h.server_hello->torn);
    assert_int_equal(h.version, TLS_1_3);
    assert_int_equal(h.suite_id, 0x1301);
    assert_int_equal(h.server_random[0], 0x52);
    assert_int_equal(h.server_value.len, 0);
    assert_false(h.extended_master_secret_unknown);
    handshake_clear(&h);

    assert_true(saw_torn_client(&h, false, 1));
    assert_true(saw_torn_server(&h, &GCM, 2));
    assert_int_equal(h.version, TLS_1_2);
    handshake_clear(&h);
}

static void what_was_not_recorded_is_unknown_where_it_may_have_been_agreed_on(void **state)
{
    struct sample_choice known = CBC;
    struct handshake h = {0};
    struct writer w = {0};
    struct bytes offers_ems = sample_client_hello(&w, false); /* and no encrypt-then-MAC */

    (void)state;
    assert_true(saw_torn_server(&h, &CBC, 1)); /* nothing of the ClientHello: all may be */
    assert_true(h.extended_master_secret_unknown);
    assert_true(h.encrypt_then_mac_unknown);
    assert_false(h.extended_master_secret);
    assert_false(h.encrypt_then_mac);
    handshake_clear(&h);

    assert_true(saw(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, offers_ems));
    assert_true(saw_torn_server(&h, &CBC, 1));
    assert_true(h.extended_master_secret_unknown);
    assert_false(h.encrypt_then_mac_unknown);
    handshake_clear(&h);

    assert_true(saw_torn_server(&h, &GCM, 1)); /* encrypt-then-MAC is about CBC alone */
    assert_false(h.encrypt_then_mac_unknown);
    handshake_clear(&h);

    known.extended_master_secret = true;
    known.encrypt_then_mac = true;
    known.alpn = true; /* behind the two */
    assert_true(saw_torn_server(&h, &known, 1));
    assert_true(h.extended_master_secret);
    assert_true(h.encrypt_then_mac);
    assert_false(h.extended_master_secret_unknown);
    assert_false(h.encrypt_then_mac_unknown);
    handshake_clear(&h);
    exact_free(offers_ems);
}

static void a_whole_server_hello_leaves_nothing_unknown(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &CBC);
    assert_false(h.server_hello->torn);
    assert_false(h.extended_master_secret_unknown);
    assert_false(h.encrypt_then_mac_unknown);
    handshake_clear(&h);
}

static void nothing_changes_by_what_is_no_torn_hello(void **state)
{
    struct handshake h = {0};
    struct writer w = {0};
    struct bytes client = sample_client_hello(&w, false);
    struct bytes server = sample_server_hello(&w, &GCM);

    (void)state;
    assert_false(saw_torn(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, client, 0)); /* it is whole */
    assert_false(saw_torn(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, client, client.len - 33));
    assert_false(saw_torn(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, client, client.len + 4));
    assert_false(saw_torn(&h, SIDE_SERVER, HANDSHAKE_CLIENT_HELLO, client, 1));
    assert_false(saw_torn(&h, SIDE_CLIENT, HANDSHAKE_SERVER_HELLO, server, 1));
    assert_false(saw_torn(&h, SIDE_SERVER, HANDSHAKE_CERTIFICATE, server, 1));
    assert_false(saw_torn(&h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, server, server.len - 68));
    assert_int_equal(h.num_messages, 0);
    assert_int_equal(h.num_bytes, 0);
    assert_int_equal(h.version, 0);
    assert_int_equal(h.trouble, TROUBLE_NONE);
    exact_free(client);
    exact_free(server);
    handshake_clear(&h);
}

static void a_torn_hello_never_takes_the_place_of_another(void **state)
{
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &CBC);
    assert_false(saw_torn_client(&h, true, 1));
    assert_false(saw_torn_server(&h, &TLS13, 1));
    assert_int_equal(h.num_messages, 2);
    assert_int_equal(h.version, TLS_1_2);
    handshake_clear(&h);
}

static void a_retry_asks_for_another_client_hello_torn_or_not(void **state)
{
    const struct sample_choice retry = {
        .version = TLS_1_3, .suite = 0x1301, .group = 0x0017, .retry = true};
    struct handshake h = {0};

    (void)state;
    saw_hellos(&h, &retry);
    assert_non_null(h.retry_request);
    assert_true(saw_torn_client(&h, true, 1));
    assert_true(h.client_hello->torn);
    assert_false(saw_torn_client(&h, true, 1));
    assert_int_equal(h.num_messages, 3);
    handshake_clear(&h);
}

/* Each length in the front claims each of some lengths; nothing outside is read, as ASan knows. */
static void a_torn_hello_that_lies_about_its_lengths_reaches_nothing_outside(void **state)
{
    static const uint64_t claims[] = {0, 1, 31, 33, 255, 256, 65535};
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, true);

    (void)state;
    for (size_t i = 0; i < w.num_lengths; i++) {
        for (size_t k = 0; k < sizeof(claims) / sizeof(claims[0]); k++) {
            struct bytes lie = lying(body, &w.lengths[i], claims[k]);
            struct handshake h = {0};

            for (size_t missing = 1; missing < lie.len; missing++) {
                (void)!saw_torn(&h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, lie, missing);
                if (h.client_hello) {
                    assert_int_equal(h.client_random[31], 0xc1);
                    assert_true(h.session_id_offered.len <= 32);
                    assert_true(h.num_bytes <= lie.len + HANDSHAKE_HEADER_LEN);
                }
                handshake_clear(&h);
            }
            exact_free(lie);
        }
    }
    exact_free(body);
}

static void a_torn_hello_is_subject_to_the_limits(void **state)
{
    struct handshake h = {0};

    (void)state;
    for (size_t i = 0; i < HANDSHAKE_MAX_MESSAGES; i++)
        assert_true(saw_hex(&h, SIDE_SERVER, 77, "00"));
    assert_false(saw_torn_client(&h, true, 1));
    assert_int_equal(h.trouble, TROUBLE_LIMIT);
    assert_null(h.client_hello);
    handshake_clear(&h);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_torn_client_hello_files_what_there_is),
        CASE(a_key_share_in_front_of_the_hole_is_found),
        CASE(without_extensions_the_suite_tells_the_version),
        CASE(what_was_not_recorded_is_unknown_where_it_may_have_been_agreed_on),
        CASE(a_whole_server_hello_leaves_nothing_unknown),
        CASE(nothing_changes_by_what_is_no_torn_hello),
        CASE(a_torn_hello_never_takes_the_place_of_another),
        CASE(a_retry_asks_for_another_client_hello_torn_or_not),
        CASE(a_torn_hello_that_lies_about_its_lengths_reaches_nothing_outside),
        CASE(a_torn_hello_is_subject_to_the_limits),
    };

    return RUN(cases);
}
