#include "attacker/crypto/transcript.h"

#include <openssl/evp.h>

#include "attacker/tls/openssl_dtls.h"

const struct message *transcript_end(const struct handshake *h)
{
    return h->messages ? h->messages + h->num_messages : NULL;
}

/* hash_first_hello puts message_hash in place of the first ClientHello. RFC 8446 section 4.4.1. */
static bool hash_first_hello(EVP_MD_CTX *context, const EVP_MD *md, struct bytes hello)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len;

    if (EVP_Digest(hello.at, hello.len, digest, &len, md, NULL) != 1)
        return false;

    uint8_t header[HANDSHAKE_HEADER_LEN] = {HANDSHAKE_MESSAGE_HASH, 0, 0, (uint8_t)len};
    return EVP_DigestUpdate(context, header, sizeof(header)) == 1 &&
           EVP_DigestUpdate(context, digest, len) == 1;
}

static bool hash_bytes(EVP_MD_CTX *context, struct bytes b)
{
    return EVP_DigestUpdate(context, b.at, b.len) == 1;
}

static bool hash_messages(EVP_MD_CTX *context, const EVP_MD *md, const struct handshake *h,
                          const struct message *end)
{
    bool first = true;

    if (h->hashes_before_cookie && !hash_bytes(context, buffer_view(&h->before_cookie)))
        return false;
    for (const struct message *m = h->messages; m < end; m++) {
        if (m->type == HANDSHAKE_HELLO_REQUEST)
            continue;
        if (first && h->retry_request && !draft_is_before(h->draft, DRAFT_RETRY_IS_HASHED)) {
            if (!hash_first_hello(context, md, m->whole))
                return false;
        } else if (!hash_bytes(context, openssl_dtls_hashed(h, m))) {
            return false;
        }
        first = false;
    }
    return true;
}

size_t transcript_hash(uint8_t out[static TRANSCRIPT_MAX_LEN], const char *hash,
                       const struct handshake *h, const struct message *end)
{
    return transcript_hash_with(out, hash, h, end, (struct bytes){0});
}

size_t transcript_hash_with(uint8_t out[static TRANSCRIPT_MAX_LEN], const char *hash,
                            const struct handshake *h, const struct message *end, struct bytes tail)
{
    EVP_MD *md = EVP_MD_fetch(NULL, hash, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned len = 0;

    if (!md || !context || EVP_DigestInit_ex2(context, md, NULL) != 1 ||
        !hash_messages(context, md, h, end) || !hash_bytes(context, tail) ||
        EVP_DigestFinal_ex(context, out, &len) != 1)
        len = 0;
    EVP_MD_CTX_free(context);
    EVP_MD_free(md);
    return len;
}
