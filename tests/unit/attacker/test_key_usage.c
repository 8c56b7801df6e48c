/* What a certificate permits its key, held against what the key was used for. */
#include "attacker/key_usage.h"

#include "tests/support/check.h"
#include "tests/support/key_maker.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char PERMITS[] = "What does the server's certificate permit its key?";
static const char AGREES[] = "Is that what the key was used for?";

/* Which key, with which Key Usage, in which suite; and what is to be said. */
struct scene {
    const char *key; /* a curve, or "RSA" */
    const char *usage;
    uint16_t suite;
    const char *permits;
    const char *agrees; /* NULL: nothing */
};

static const char *result_of(const struct evidence *e, const char *step)
{
    for (size_t i = 0; i < e->num_steps; i++) {
        if (strcmp(e->steps[i].step, step) == 0)
            return e->steps[i].result;
    }
    return NULL;
}

static void assert_begins(const char *text, const char *beginning)
{
    if (!text || strncmp(text, beginning, strlen(beginning)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", text ? text : "nothing", beginning);
}

static void assert_told(const struct scene *scene)
{
    EVP_PKEY *key = strcmp(scene->key, "RSA") == 0 ? make_rsa(1024) : make_curve(scene->key);
    struct bytes der = make_certificate(key, "server", scene->usage);
    struct handshake h = {.suite = suite_find(scene->suite)};
    struct evidence e = {0};

    assert_true(certificate_read(der, &h.certificate));
    key_usage_note(&e, &h, 9);
    assert_int_equal(e.steps[0].frame, 9);
    assert_begins(result_of(&e, PERMITS), scene->permits);
    if (scene->agrees)
        assert_begins(result_of(&e, AGREES), scene->agrees);
    else
        assert_null(result_of(&e, AGREES));
    evidence_clear(&e);
    certificate_clear(&h.certificate);
    exact_free(der);
    EVP_PKEY_free(key);
}

static void a_use_that_is_permitted_is_told_as_such(void **state)
{
    static const struct scene scenes[] = {
        {"RSA", "keyEncipherment", 0x009c,
         "keyEncipherment. By itself, an RSA key can do both, decrypt and sign",
         "yes: the two agreed to use it to decrypt (key transport), and keyEncipherment"},
        {"RSA", "digitalSignature,keyEncipherment", 0xc02f, "digitalSignature, keyEncipherment",
         "yes: the two agreed to use it to sign, and digitalSignature permits that"},
        {"RSA", "digitalSignature", 0x009e, "digitalSignature", "yes: the two agreed"},
        {"P-256", "digitalSignature", 0x1301,
         "digitalSignature. By itself, a key on a curve can sign or agree on keys, and decrypts",
         "yes: the two agreed to use it to sign"},
        {"P-256", "keyAgreement", 0xc004, "keyAgreement",
         "yes: the two agreed to use it to agree on keys, and keyAgreement permits that"},
        {"ED25519", "digitalSignature", 0xc02b,
         "digitalSignature. By itself, an EdDSA key can only sign", "yes: "},
        {"RSA", "keyEncipherment", 0x00ac, "keyEncipherment", "yes: "}, /* RSA_PSK */
        {"RSA", "keyEncipherment", 0x0003, "keyEncipherment", "yes: "}, /* RSA_EXPORT */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(scenes); i++)
        assert_told(&scenes[i]);
}

static void a_use_that_is_not_permitted_is_told_as_such(void **state)
{
    static const struct scene scenes[] = {
        {"RSA", "digitalSignature", 0x009c, "digitalSignature",
         "no: the two agreed to use it to decrypt (key transport), which takes keyEncipherment"},
        {"RSA", "keyEncipherment", 0xc02f, "keyEncipherment",
         "no: the two agreed to use it to sign, which takes digitalSignature"},
        {"P-256", "keyAgreement", 0x1301, "keyAgreement",
         "no: the two agreed to use it to sign, which takes digitalSignature"},
        {"P-256", "digitalSignature", 0xc004, "digitalSignature",
         "no: the two agreed to use it to agree on keys, which takes keyAgreement"},
        {"RSA", "digitalSignature", 0x0003, "digitalSignature",
         "that depends: digitalSignature lets it sign a temporary key"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(scenes); i++)
        assert_told(&scenes[i]);
}

static void without_a_key_usage_everything_is_permitted(void **state)
{
    static const struct scene scene = {
        "RSA", NULL, 0x009c, "anything: it has no Key Usage, which would limit it. By itself, an",
        "yes: the two agreed to use it to decrypt (key transport)"};

    (void)state;
    assert_told(&scene);
}

/* A suite that is not known, and one in which a certificate has no part. */
static void where_no_use_is_known_none_is_judged(void **state)
{
    static const struct scene scenes[] = {
        {"RSA", "digitalSignature", 0xfefe, "digitalSignature", NULL},
        {"RSA", "digitalSignature", 0x00a8, "digitalSignature", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(scenes); i++)
        assert_told(&scenes[i]);
}

static void without_a_certificate_nothing_is_told(void **state)
{
    struct handshake h = {.suite = suite_find(0x009c)};
    struct evidence e = {0};

    (void)state;
    key_usage_note(&e, &h, 9);
    assert_int_equal(e.num_steps, 0);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_use_that_is_permitted_is_told_as_such),
        CASE(a_use_that_is_not_permitted_is_told_as_such),
        CASE(without_a_key_usage_everything_is_permitted),
        CASE(where_no_use_is_known_none_is_judged),
        CASE(without_a_certificate_nothing_is_told),
    };

    return RUN(cases);
}
