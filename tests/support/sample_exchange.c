#include "tests/support/sample_exchange.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"

static void saw_certificate_of(struct handshake *h, EVP_PKEY *key)
{
    if (!key)
        return;

    struct bytes der = make_certificate(key, "kitchen.example", NULL);
    saw_certificate(h, der);
    exact_free(der);
}

void exchange_of_rsa(struct handshake *h, uint16_t suite, EVP_PKEY *certified, struct bytes box)
{
    const struct sample_choice choice = {.version = TLS_1_2, .suite = suite};
    struct writer w = {0};

    saw_hellos(h, &choice);
    saw_certificate_of(h, certified);
    assert_true(saw_hex(h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, ""));
    if (suite_uses_psk(suite_find(suite)))
        write_block(&w, bytes_of("alice", 5), 2);
    write_block(&w, box, 2);
    struct bytes body = writer_take(&w);
    assert_true(saw(h, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, body));
    exact_free(body);
}

static void write_number(struct writer *w, const EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;
    uint8_t at[1024];

    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
    int len = BN_bn2bin(n, at);
    write_block(w, bytes_of(at, (size_t)len), 2);
    BN_free(n);
}

static void write_params(struct writer *w, const struct exchange_plan *plan)
{
    if (plan->curve) {
        struct bytes value = public_value_of(plan->server);

        write_uint(w, 3, 1);
        write_uint(w, plan->curve, 2);
        write_block(w, value, 1);
        exact_free(value);
        return;
    }
    write_number(w, plan->server, OSSL_PKEY_PARAM_FFC_P);
    write_number(w, plan->server, OSSL_PKEY_PARAM_FFC_G);
    write_number(w, plan->server, OSSL_PKEY_PARAM_PUB_KEY);
}

/* The signature covers both randoms and the parameters: RFC 5246 section 7.4.3. */
static void write_signature(struct writer *w, const struct handshake *h,
                            const struct exchange_plan *plan)
{
    struct writer covered = {0};

    if (!plan->signer)
        return;
    write_bytes(&covered, bytes_of(h->client_random, RANDOM_LEN));
    write_bytes(&covered, bytes_of(h->server_random, RANDOM_LEN));
    write_bytes(&covered, writer_view(w));
    struct bytes signature = sign_with(plan->signer, plan->hash, plan->pss, writer_view(&covered));
    if (plan->version >= TLS_1_2)
        write_uint(w, plan->scheme, 2);
    write_block(w, signature, 2);
    exact_free(signature);
    buffer_clear(&covered.out);
}

void exchange_of_dh(struct handshake *h, const struct exchange_plan *plan)
{
    const struct sample_choice choice = {.version = plan->version, .suite = plan->suite};
    struct writer w = {0};

    saw_hellos(h, &choice);
    saw_certificate_of(h, plan->certified);
    write_params(&w, plan);
    write_signature(&w, h, plan);
    struct bytes body = writer_take(&w);
    assert_true(saw(h, SIDE_SERVER, HANDSHAKE_SERVER_KEY_EXCHANGE, body));
    exact_free(body);
    assert_true(saw_hex(h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, ""));

    if (plan->curve) {
        struct bytes value = public_value_of(plan->client);
        write_block(&w, value, 1);
        exact_free(value);
    } else {
        write_number(&w, plan->client, OSSL_PKEY_PARAM_PUB_KEY);
    }
    body = writer_take(&w);
    assert_true(saw(h, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, body));
    exact_free(body);
}

void exchange_of_export(struct handshake *h, EVP_PKEY *certified, EVP_PKEY *temporary,
                        EVP_PKEY *signer, struct bytes box)
{
    const struct sample_choice choice = {.version = TLS_1_0, .suite = 0x0003};
    const struct exchange_plan plan = {.version = TLS_1_0, .signer = signer, .hash = "MD5-SHA1"};
    struct writer w = {0};

    saw_hellos(h, &choice);
    saw_certificate_of(h, certified);
    write_number(&w, temporary, OSSL_PKEY_PARAM_RSA_N);
    write_number(&w, temporary, OSSL_PKEY_PARAM_RSA_E);
    write_signature(&w, h, &plan);
    struct bytes body = writer_take(&w);
    assert_true(saw(h, SIDE_SERVER, HANDSHAKE_SERVER_KEY_EXCHANGE, body));
    exact_free(body);
    assert_true(saw_hex(h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, ""));
    write_block(&w, box, 2);
    body = writer_take(&w);
    assert_true(saw(h, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, body));
    exact_free(body);
}

const struct evidence_step *step_of(const struct evidence *e, const char *step)
{
    for (size_t i = 0; i < e->num_steps; i++) {
        if (strcmp(e->steps[i].step, step) == 0)
            return &e->steps[i];
    }
    for (size_t i = 0; i < e->num_steps; i++)
        print_error("%s %s\n", e->steps[i].step, e->steps[i].result);
    fail_msg("no step asks: %s", step);
    return NULL;
}

const char *result_of(const struct evidence *e, const char *step)
{
    return step_of(e, step)->result;
}

void says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' does not say '%s'", text, part);
}
