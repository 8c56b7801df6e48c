#include "tests/support/premaster_box.h"

#include <openssl/rsa.h>

#include "tests/support/check.h"
#include "tests/support/message_writer.h"

static struct bytes encrypt(EVP_PKEY *key, struct bytes content, int padding)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    uint8_t box[2048]; /* 16384 bits */
    size_t len = sizeof(box);

    assert_int_equal(EVP_PKEY_encrypt_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, padding), 1);
    assert_int_equal(EVP_PKEY_encrypt(context, box, &len, content.at, content.len), 1);
    EVP_PKEY_CTX_free(context);
    return exact_copy(bytes_of(box, len));
}

struct bytes box_of(EVP_PKEY *key, struct bytes content)
{
    return encrypt(key, content, RSA_PKCS1_PADDING);
}

struct bytes raw_box_of(EVP_PKEY *key, struct bytes block)
{
    return encrypt(key, block, RSA_NO_PADDING);
}

struct bytes premaster_of(uint16_t version)
{
    struct writer w = {0};

    write_uint(&w, version, 2);
    for (unsigned i = 0; i < 46; i++)
        write_uint(&w, 0xa0 + i, 1);
    return writer_take(&w);
}
