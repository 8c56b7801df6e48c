#include "attacker/crypto/transcript.h"

#include <openssl/evp.h>

#include "tests/support/check.h"
#include "tests/support/sample_handshake.h"

/* digest_of hashes what was written, by itself. */
static void is_digest(const struct handshake *h, const struct message *end, const char *name,
                      struct writer *expected)
{
    uint8_t ours[TRANSCRIPT_MAX_LEN];
    uint8_t direct[EVP_MAX_MD_SIZE];
    size_t len = 0;

    assert_int_equal(
        EVP_Q_digest(NULL, name, NULL, expected->out.at, expected->out.len, direct, &len), 1);
    assert_int_equal(transcript_hash(ours, name, h, end), len);
    assert_memory_equal(ours, direct, len);
}

static void write_message(struct writer *w, uint8_t type, const char *body)
{
    struct bytes b = unhex(body);
    struct bytes whole = message_of(type, b);

    write_bytes(w, whole);
    exact_free(whole);
    exact_free(b);
}

/* Types without a parser, so that the bodies may be anything. */
#define FIRST_TYPE  99
#define SECOND_TYPE 100

static void the_transcript_is_all_messages_with_their_headers(void **state)
{
    static const char *const hashes[] = {"SHA256", "SHA384", "MD5-SHA1", "SHA1"};
    struct handshake h = {0};
    struct writer w = {0};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        is_digest(&h, transcript_end(&h), hashes[i], &w); /* nothing was said yet */
    assert_true(saw_hex(&h, SIDE_CLIENT, FIRST_TYPE, "0102"));
    assert_true(saw_hex(&h, SIDE_SERVER, SECOND_TYPE, ""));
    write_message(&w, FIRST_TYPE, "0102");
    write_message(&w, SECOND_TYPE, "");
    for (size_t i = 0; i < 4; i++)
        is_digest(&h, transcript_end(&h), hashes[i], &w);
    buffer_clear(&w.out);
    handshake_clear(&h);
}

static void the_transcript_ends_in_front_of_a_message(void **state)
{
    struct handshake h = {0};
    struct writer w = {0};

    (void)state;
    assert_true(saw_hex(&h, SIDE_CLIENT, FIRST_TYPE, "0102"));
    assert_true(saw_hex(&h, SIDE_CLIENT, HANDSHAKE_FINISHED, "aabb"));
    write_message(&w, FIRST_TYPE, "0102");
    is_digest(&h, h.finished[SIDE_CLIENT], "SHA256", &w);
    write_message(&w, HANDSHAKE_FINISHED, "aabb");
    is_digest(&h, transcript_end(&h), "SHA256", &w);
    buffer_clear(&w.out);
    handshake_clear(&h);
}

static void a_hello_request_does_not_count(void **state)
{
    struct handshake h = {0};
    struct writer w = {0};

    (void)state;
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_HELLO_REQUEST, ""));
    assert_true(saw_hex(&h, SIDE_CLIENT, FIRST_TYPE, "0102"));
    assert_true(saw_hex(&h, SIDE_SERVER, HANDSHAKE_HELLO_REQUEST, ""));
    write_message(&w, FIRST_TYPE, "0102");
    is_digest(&h, transcript_end(&h), "SHA256", &w);
    buffer_clear(&w.out);
    handshake_clear(&h);
}

/* RFC 8446 section 4.4.1: message_hash 1 | 00 00 Hash.length | Hash(ClientHello1) */
static void after_a_retry_the_first_hello_counts_as_its_hash(void **state)
{
    struct sample_choice choice = {
        .version = TLS_1_3, .suite = 0x1301, .group = 0x001d, .retry = true};
    struct handshake h = {0};
    struct writer w = {0};
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t len = 0;

    (void)state;
    saw_hellos(&h, &choice);
    choice.retry = false;
    saw_hellos(&h, &choice);
    assert_int_equal(h.num_messages, 4);
    assert_int_equal(EVP_Q_digest(NULL, "SHA256", NULL, h.messages[0].whole.at,
                                  h.messages[0].whole.len, digest, &len),
                     1);
    write_hex(&w, "fe 000020");
    write_bytes(&w, bytes_of(digest, len));
    for (size_t i = 1; i < 4; i++)
        write_bytes(&w, h.messages[i].whole);
    is_digest(&h, transcript_end(&h), "SHA256", &w);
    buffer_clear(&w.out);
    handshake_clear(&h);
}

static void a_hash_that_libcrypto_does_not_have_gives_nothing(void **state)
{
    uint8_t out[TRANSCRIPT_MAX_LEN];
    struct handshake h = {0};

    (void)state;
    assert_int_equal(transcript_hash(out, "no such hash", &h, transcript_end(&h)), 0);
}

/* RFC 6101 section 5.6.9: SSL 3.0 hashes more than the messages. */
static void a_tail_is_hashed_behind_the_messages(void **state)
{
    struct handshake h = {0};
    struct writer w = {0};
    uint8_t with_tail[TRANSCRIPT_MAX_LEN];
    uint8_t direct[EVP_MAX_MD_SIZE];
    size_t len = 0;

    (void)state;
    assert_true(saw_hex(&h, SIDE_CLIENT, FIRST_TYPE, "0102"));
    write_message(&w, FIRST_TYPE, "0102");
    write_text(&w, "CLNT");
    assert_int_equal(
        transcript_hash_with(with_tail, "MD5", &h, transcript_end(&h), bytes_of("CLNT", 4)), 16);
    assert_int_equal(EVP_Q_digest(NULL, "MD5", NULL, w.out.at, w.out.len, direct, &len), 1);
    assert_memory_equal(with_tail, direct, len);
    buffer_clear(&w.out);
    handshake_clear(&h);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_transcript_is_all_messages_with_their_headers),
        CASE(the_transcript_ends_in_front_of_a_message),
        CASE(a_hello_request_does_not_count),
        CASE(after_a_retry_the_first_hello_counts_as_its_hash),
        CASE(a_hash_that_libcrypto_does_not_have_gives_nothing),
        CASE(a_tail_is_hashed_behind_the_messages),
    };

    return RUN(cases);
}
