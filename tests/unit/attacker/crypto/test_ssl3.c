#include "attacker/crypto/ssl3.h"

#include "attacker/crypto/record_mac.h"
#include "attacker/crypto/secret.h"
#include "tests/support/check.h"
#include "tests/support/sample_handshake.h"
#include "tests/support/ssl3_by_hand.h"

static struct bytes counting(uint8_t *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)(7 * i + 1);
    return bytes_of(at, len);
}

static void keys_of_every_length_are_what_the_rfc_says(void **state)
{
    uint8_t at[128];
    struct bytes all = counting(at, sizeof(at));
    uint8_t ours[420];
    uint8_t by_hand[420];

    (void)state;
    for (size_t len = 0; len <= 416; len += 13) {
        memset(ours, 0xaa, sizeof(ours));
        memset(by_hand, 0xaa, sizeof(by_hand));
        assert_true(ssl3_expand(ours, len, bytes_first(all, 48), bytes_of(all.at + 64, 64)));
        ssl3_derive(by_hand, len, bytes_first(all, 48), bytes_of(all.at + 64, 64));
        assert_memory_equal(ours, by_hand, sizeof(ours));
    }
    assert_false(ssl3_expand(ours, 417, bytes_first(all, 48), all)); /* 'Z' was the last letter */
}

/* RFC 6101 section 5.6.9, written out. */
static void write_digest(struct writer *out, const char *hash, struct writer *w)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t len = 0;

    assert_int_equal(EVP_Q_digest(NULL, hash, NULL, w->out.at, w->out.len, digest, &len), 1);
    buffer_clear(&w->out);
    write_bytes(out, bytes_of(digest, len));
}

static void write_half(struct writer *out, const char *hash, size_t padding, struct bytes messages,
                       const char *sender, struct bytes master)
{
    struct writer inner = {0};
    struct writer outer = {0};

    write_bytes(&inner, messages);
    write_text(&inner, sender);
    write_bytes(&inner, master);
    write_repeated(&inner, 0x36, padding);
    write_bytes(&outer, master);
    write_repeated(&outer, 0x5c, padding);
    write_digest(&outer, hash, &inner);
    write_digest(out, hash, &outer);
}

static void a_finished_covers_messages_sender_and_master(void **state)
{
    struct handshake h = {0};
    uint8_t at[MASTER_SECRET_LEN];
    struct bytes master = counting(at, sizeof(at));
    struct writer messages = {0};

    (void)state;
    assert_true(saw_hex(&h, SIDE_CLIENT, 99, "010203"));
    assert_true(saw_hex(&h, SIDE_SERVER, 100, ""));
    write_hex(&messages, "63 000003 010203 64 000000");
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        const char *sender = side == SIDE_CLIENT ? "CLNT" : "SRVR";
        uint8_t ours[SSL3_VERIFY_DATA_LEN];
        struct writer expected = {0};

        write_half(&expected, "MD5", 48, writer_view(&messages), sender, master);
        write_half(&expected, "SHA1", 40, writer_view(&messages), sender, master);
        assert_true(ssl3_verify_data(ours, &h, h.messages + 2, master, side));
        assert_int_equal(expected.out.len, sizeof(ours));
        assert_memory_equal(ours, expected.out.at, sizeof(ours));
        buffer_clear(&expected.out);
        assert_false(ssl3_verify_data(ours, &h, h.messages + 2, bytes_first(master, 47), side));
    }
    buffer_clear(&messages.out);
    handshake_clear(&h);
}

static void another_hash_has_no_pad(void **state)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    struct record_mac mac = {0};

    (void)state;
    assert_false(ssl3_hash_start(context, "SHA256", bytes_of("key", 3), SSL3_PAD_1));
    assert_false(ssl3_hash_start(context, "no such hash", bytes_of("key", 3), SSL3_PAD_1));
    assert_false(record_mac_start(&mac, "SHA256", bytes_of("key", 3), true));
    record_mac_clear(&mac);
    EVP_MD_CTX_free(context);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(keys_of_every_length_are_what_the_rfc_says),
        CASE(a_finished_covers_messages_sender_and_master),
        CASE(another_hash_has_no_pad),
    };

    return RUN(cases);
}
