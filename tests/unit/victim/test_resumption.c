/* Two ends that talk in memory, and whether what one of them takes up is what was left. */
#include "victim/resumption.h"

#include "tests/support/check.h"
#include "tests/support/two_parties.h"

static void each_way_resumes_the_one_before(void **state)
{
    static const struct wishes table[] = {
        {.kx = "anon-dh", .resume = "id"},
        {.kx = "anon-dh", .resume = "ticket"},
        {.kx = "psk", .tls = "1.0", .resume = "id"},
        {.kx = "tls13", .key_type = "ec", .resume = "ticket"},
        {.kx = "tls13", .key_type = "ec", .resume = "ticket", .psk_mode = "ke"},
        {.kx = "tls13", .key_type = "ec", .resume = "ticket", .early_data = "early-data"},
        {.kx = "psk", .tls = "1.3", .resume = "ticket", .psk_mode = "ke"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        bool begins_with_psk = strcmp(table[i].kx, "psk") == 0 && strcmp(table[i].tls, "1.3") == 0;
        struct two_parties s;

        two_open(&s, &table[i]);
        two_hold(&s);
        assert_int_equal(SSL_session_reused(s.server->ssl), begins_with_psk);
        for (int again = 0; again < 3; again++) {
            assert_non_null(s.scene.earlier);
            two_hold(&s);
            assert_int_equal(SSL_session_reused(s.client->ssl), 1);
            assert_int_equal(SSL_session_reused(s.server->ssl), 1);
        }
        two_clear(&s);
    }
}

static void without_the_wish_nothing_is_kept(void **state)
{
    static const struct wishes wishes = {.kx = "anon-dh"};
    struct two_parties s;

    (void)state;
    two_open(&s, &wishes);
    two_hold(&s);
    assert_null(s.scene.earlier);
    two_clear(&s);
}

/* The simulated date of a ticket lies months before or behind what the machine's clock says. */
static void a_simulated_ticket_is_never_too_old(void **state)
{
    static const struct wishes table[] = {
        {.kx = "anon-dh", .resume = "ticket", .seed = "s", .quiet = true},
        {.kx = "tls13",
         .key_type = "ec",
         .resume = "ticket",
         .early_data = "early-data",
         .seed = "s",
         .quiet = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct two_parties s;

        two_open(&s, &table[i]);
        two_hold(&s);
        two_hold(&s);
        two_clear(&s);
    }
}

static void a_ticket_that_the_server_does_not_know_is_a_failure(void **state)
{
    static const char *const exchanges[] = {"anon-dh", "tls13"};

    (void)state;
    for (size_t i = 0; i < sizeof(exchanges) / sizeof(*exchanges); i++) {
        struct wishes wishes = {.kx = exchanges[i], .resume = "ticket"};
        uint8_t other[TICKET_KEY_SIZE] = {1, 2, 3};
        struct two_parties s;

        two_open(&s, &wishes);
        two_hold(&s);
        assert_int_equal(SSL_CTX_set_tlsext_ticket_keys(s.scene.server, other, sizeof(other)), 1);
        two_begin(&s);
        two_fail(&s, "conversation 2: it was to resume the one before");
        two_clear(&s);
    }
}

static void a_session_that_the_server_has_dropped_is_a_failure(void **state)
{
    static const struct wishes wishes = {.kx = "anon-dh", .resume = "id"};
    struct two_parties s;

    (void)state;
    two_open(&s, &wishes);
    two_hold(&s);
    SSL_CTX_flush_sessions(s.scene.server, 0); /* all of them */
    two_begin(&s);
    two_fail(&s, "conversation 2: it was to resume the one before");
    two_clear(&s);
}

/* A server may keep sessions in the other way; that is not what was asked for. */
static void a_session_id_does_not_pass_for_a_ticket(void **state)
{
    static const struct wishes wishes = {.kx = "anon-dh", .resume = "ticket"};
    struct two_parties s;

    (void)state;
    two_open(&s, &wishes);
    SSL_CTX_set_options(s.scene.server, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(s.scene.server, SSL_SESS_CACHE_SERVER);
    two_hold(&s);
    two_begin(&s);
    two_fail(&s, "it was resumed by session ID, for the server issues no tickets");
    two_clear(&s);
}

static void a_key_share_is_sent_in_the_mode_that_has_one(void **state)
{
    static const struct {
        const char *mode;
        const char *groups_of_client;
        const char *sentence;
    } table[] = {
        {"ke", "P-256", "sent a key share, which --psk-mode ke has not"},
        {"dhe", "X448", "sent no key share, which --psk-mode dhe has"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct wishes wishes = {.kx = "psk", .tls = "1.3", .psk_mode = table[i].mode};
        struct two_parties s;

        two_open(&s, &wishes);
        SSL_CTX_set_options(s.scene.client, SSL_OP_ALLOW_NO_DHE_KEX);
        SSL_CTX_set_options(s.scene.server, SSL_OP_ALLOW_NO_DHE_KEX);
        two_begin(&s);
        assert_int_equal(SSL_set1_groups_list(s.client->ssl, unconst(table[i].groups_of_client)),
                         1);
        assert_int_equal(SSL_set1_groups_list(s.server->ssl, unconst("P-256")), 1);
        two_fail(&s, table[i].sentence);
        two_clear(&s);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_way_resumes_the_one_before),
        CASE(without_the_wish_nothing_is_kept),
        CASE(a_simulated_ticket_is_never_too_old),
        CASE(a_ticket_that_the_server_does_not_know_is_a_failure),
        CASE(a_session_that_the_server_has_dropped_is_a_failure),
        CASE(a_session_id_does_not_pass_for_a_ticket),
        CASE(a_key_share_is_sent_in_the_mode_that_has_one),
    };

    return RUN(cases);
}
