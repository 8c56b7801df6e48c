#include "attacker/tls/offered_psk.h"

#include "tests/support/check.h"
#include "tests/support/sample_handshake.h"

/* How the extension is made: the second identity and its binder have the longer names. */
struct shape {
    size_t num_identities;
    size_t num_binders;
    bool behind;    /* something stands behind the binders */
    bool no_binder; /* nor the list of them */
};

static void write_lists(struct writer *w, const struct shape *shape)
{
    write_open(w, 2);
    for (size_t i = 0; i < shape->num_identities; i++) {
        write_open(w, 2);
        write_repeated(w, (uint8_t)(0xa0 + i), 10 + i);
        write_close(w);
        write_uint(w, 1000 + i, 4);
    }
    write_close(w);
    if (shape->no_binder)
        return;
    write_open(w, 2);
    for (size_t i = 0; i < shape->num_binders; i++) {
        write_open(w, 1);
        write_repeated(w, (uint8_t)(0xb0 + i), 32 + i);
        write_close(w);
    }
    write_close(w);
    if (shape->behind)
        write_uint(w, 0, 1);
}

static struct bytes hello_of(struct writer *w, const struct shape *shape)
{
    write_hex(w, "0303");
    write_repeated(w, 0xc1, RANDOM_LEN);
    write_hex(w, "00 0002 1301 01 00");
    write_open(w, 2);
    write_uint(w, EXTENSION_PRE_SHARED_KEY, 2);
    write_open(w, 2);
    write_lists(w, shape);
    write_close(w);
    write_close(w);
    return writer_take(w);
}

static bool reads(struct bytes body, size_t which, struct offered_psk *out, struct handshake *h)
{
    *h = (struct handshake){0};
    *out = (struct offered_psk){0};
    return saw(h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, body) &&
           offered_psk_read(h->client_hello, which, out);
}

static void each_identity_has_the_binder_at_its_own_place(void **state)
{
    const struct shape two = {.num_identities = 2, .num_binders = 2};
    struct writer w = {0};
    struct bytes body = hello_of(&w, &two);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct offered_psk psk;
        struct handshake h;

        assert_true(reads(body, i, &psk, &h));
        assert_int_equal(psk.identity.len, 10 + i);
        assert_int_equal(*psk.identity.at, 0xa0 + i);
        assert_int_equal(psk.age, 1000 + i);
        assert_int_equal(psk.binder.len, 32 + i);
        assert_int_equal(*psk.binder.at, 0xb0 + i);
        /* Up to the length of the list of binders, which is not among it. */
        assert_int_equal(psk.bound.len, HANDSHAKE_HEADER_LEN + body.len - 2 - (1 + 32) - (1 + 33));
        assert_ptr_equal(psk.bound.at, h.client_hello->whole.at);
        handshake_clear(&h);
    }
    exact_free(body);
}

static void what_is_not_offered_or_has_no_binder_is_none(void **state)
{
    static const struct {
        struct shape shape;
        size_t which;
    } rows[] = {
        {{.num_identities = 2, .num_binders = 2}, 2},
        {{.num_identities = 2, .num_binders = 1}, 1},
        {{.num_identities = 1, .num_binders = 2}, 1},
        {{.num_identities = 0, .num_binders = 0}, 0},
        {{.num_identities = 1, .num_binders = 1, .behind = true}, 0},
        {{.num_identities = 1, .no_binder = true}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct writer w = {0};
        struct bytes body = hello_of(&w, &rows[i].shape);
        struct offered_psk psk;
        struct handshake h;

        assert_false(reads(body, rows[i].which, &psk, &h));
        handshake_clear(&h);
        exact_free(body);
    }
}

/* Each length that is one too long makes the whole hello malformed, or the offer. */
static void a_length_that_lies_is_refused(void **state)
{
    const struct shape one = {.num_identities = 1, .num_binders = 1};
    struct writer w = {0};
    struct bytes body = hello_of(&w, &one);

    (void)state;
    for (size_t i = 0; i < w.num_lengths; i++) {
        const struct length_field *field = &w.lengths[i];
        uint64_t length = 0;
        struct reader r = reader_of(body);
        struct offered_psk psk;
        struct handshake h;

        assert_true(reader_skip(&r, field->at) && reader_uint(&r, &length, field->width));
        struct bytes lie = lying(body, field, length + 1);
        assert_false(reads(lie, 0, &psk, &h));
        handshake_clear(&h);
        exact_free(lie);
    }
    exact_free(body);
}

static void without_the_extension_or_the_end_there_is_none(void **state)
{
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, true);
    const struct shape one = {.num_identities = 1, .num_binders = 1};
    struct offered_psk psk;
    struct handshake h;

    (void)state;
    assert_false(reads(body, 0, &psk, &h));
    handshake_clear(&h);
    exact_free(body);
    assert_false(offered_psk_read(NULL, 0, &psk));

    struct writer torn_writer = {0};
    body = hello_of(&torn_writer, &one);
    struct bytes whole = message_of(HANDSHAKE_CLIENT_HELLO, body);
    h = (struct handshake){0};
    assert_true(handshake_see_torn(&h, SIDE_CLIENT, bytes_first(whole, whole.len - 1), 1, 1));
    assert_false(offered_psk_read(h.client_hello, 0, &psk));
    handshake_clear(&h);
    exact_free(whole);
    exact_free(body);
}

/* A session has one identity, whichever message named it. */
static void the_identity_of_a_session_is_that_of_the_key_it_took(void **state)
{
    const struct shape three = {.num_identities = 3, .num_binders = 3};
    struct writer w = {0};
    struct bytes body = hello_of(&w, &three);
    struct offered_psk psk;
    struct handshake h;

    (void)state;
    assert_true(reads(body, 1, &psk, &h));
    h.version = TLS_1_3;
    assert_int_equal(offered_psk_identity(&h).len, 0);
    h.psk_chosen = true;
    h.psk_selected = 1;
    assert_true(bytes_equal(offered_psk_identity(&h), psk.identity));
    h.psk_selected = 3;
    assert_int_equal(offered_psk_identity(&h).len, 0);
    h.version = TLS_1_2;
    h.client_params.psk_identity = bytes_of("alice", 5);
    assert_true(bytes_equal(offered_psk_identity(&h), bytes_of("alice", 5)));
    handshake_clear(&h);
    exact_free(body);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_identity_has_the_binder_at_its_own_place),
        CASE(what_is_not_offered_or_has_no_binder_is_none),
        CASE(a_length_that_lies_is_refused),
        CASE(without_the_extension_or_the_end_there_is_none),
        CASE(the_identity_of_a_session_is_that_of_the_key_it_took),
    };

    return RUN(cases);
}
