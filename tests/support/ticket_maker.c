#include "tests/support/ticket_maker.h"

#include <openssl/evp.h>

#include "tests/support/check.h"
#include "tests/support/message_writer.h"

const struct ticket_shape TICKET_OPENSSL = {false, "SHA256"};
const struct ticket_shape TICKET_RFC5077 = {true, "SHA256"};
const struct ticket_shape TICKET_GNUTLS = {true, "SHA1"};

static void count(uint8_t *out, size_t len, uint8_t from)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(from + i);
}

struct ticket_key ticket_key_made(size_t mac_len, size_t cipher_len)
{
    struct ticket_key key = {.mac_len = mac_len, .cipher_len = cipher_len};

    count(key.name, sizeof(key.name), 0x10);
    count(key.mac, mac_len, 0x40);
    count(key.cipher, cipher_len, 0x80);
    return key;
}

/* write_sealed fills `state` up to whole blocks and encrypts it. */
static void write_sealed(struct writer *w, const struct ticket_key *key, const uint8_t *iv,
                         struct bytes state)
{
    const EVP_CIPHER *cipher = key->cipher_len == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    struct writer padded = {0};
    int len;

    write_bytes(&padded, state);
    while (padded.out.len % 16 > 0)
        write_uint(&padded, 0, 1);
    assert_int_equal(EVP_EncryptInit_ex2(context, cipher, key->cipher, iv, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(context, 0), 1);
    assert_int_equal(
        EVP_EncryptUpdate(context, padded.out.at, &len, padded.out.at, (int)padded.out.len), 1);
    write_bytes(w, writer_view(&padded));
    buffer_clear(&padded.out);
    EVP_CIPHER_CTX_free(context);
}

struct bytes ticket_made(const struct ticket_key *key, const struct ticket_shape *shape,
                         struct bytes state)
{
    uint8_t iv[16];
    uint8_t mac[EVP_MAX_MD_SIZE];
    size_t mac_len;
    struct writer w = {0};

    count(iv, sizeof(iv), 0xc0);
    write_bytes(&w, bytes_of(key->name, sizeof(key->name)));
    write_bytes(&w, bytes_of(iv, sizeof(iv)));
    if (shape->with_length)
        write_open(&w, 2);
    write_sealed(&w, key, iv, state);
    if (shape->with_length)
        write_close(&w);
    assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, shape->hash, NULL, key->mac, key->mac_len,
                              w.out.at, w.out.len, mac, sizeof(mac), &mac_len));
    write_bytes(&w, bytes_of(mac, mac_len));
    return writer_take(&w);
}

struct bytes ticket_state_made(uint16_t suite)
{
    struct writer w = {0};

    write_hex(&w, "0303");
    write_uint(&w, suite, 2);
    write_hex(&w, "00");
    write_repeated(&w, 0x5e, 48);
    write_hex(&w, "00 5f000000"); /* an anonymous client, and the time */
    return writer_take(&w);
}
