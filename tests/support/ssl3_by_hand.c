#include "tests/support/ssl3_by_hand.h"

#include <openssl/evp.h>

#include "tests/support/check.h"

/* digest hashes what was written, and empties the writer. */
static struct bytes digest(uint8_t out[static EVP_MAX_MD_SIZE], const char *hash, struct writer *w)
{
    size_t len = 0;

    assert_int_equal(EVP_Q_digest(NULL, hash, NULL, w->out.at, w->out.len, out, &len), 1);
    buffer_clear(&w->out);
    return bytes_of(out, len);
}

void ssl3_derive(uint8_t *out, size_t out_len, struct bytes secret, struct bytes randoms)
{
    uint8_t sha[EVP_MAX_MD_SIZE];
    uint8_t md5[EVP_MAX_MD_SIZE];

    for (size_t round = 0; round * 16 < out_len; round++) {
        size_t left = out_len - round * 16;
        struct writer w = {0};

        write_repeated(&w, (uint8_t)('A' + round), round + 1);
        write_bytes(&w, secret);
        write_bytes(&w, randoms);
        struct bytes inner = digest(sha, "SHA1", &w);
        write_bytes(&w, secret);
        write_bytes(&w, inner);
        (void)digest(md5, "MD5", &w);
        memcpy(out + round * 16, md5, left < 16 ? left : 16);
    }
}

void ssl3_export(uint8_t *out, size_t out_len, struct bytes weak, struct bytes randoms)
{
    uint8_t md5[EVP_MAX_MD_SIZE];
    struct writer w = {0};

    write_bytes(&w, weak);
    write_bytes(&w, randoms);
    (void)digest(md5, "MD5", &w);
    memcpy(out, md5, out_len);
}

void ssl3_mac(struct writer *out, const char *hash, struct bytes key, uint64_t sequence,
              uint8_t type, struct bytes content)
{
    size_t padding = strcmp(hash, "MD5") == 0 ? 48 : 40;
    uint8_t at[EVP_MAX_MD_SIZE];
    struct writer w = {0};

    write_bytes(&w, key);
    write_repeated(&w, 0x36, padding);
    write_uint(&w, sequence, 8);
    write_uint(&w, type, 1);
    write_uint(&w, content.len, 2);
    write_bytes(&w, content);
    struct bytes inner = digest(at, hash, &w);
    write_bytes(&w, key);
    write_repeated(&w, 0x5c, padding);
    write_bytes(&w, inner);
    write_bytes(out, digest(at, hash, &w));
}
