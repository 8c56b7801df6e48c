#include "attacker/crypto/ssl3.h"

#include <openssl/crypto.h>

#include "attacker/crypto/secret.h"
#include "attacker/crypto/transcript.h"

#define MD5_LEN    16
#define SHA1_LEN   20
#define SENDER_LEN 4

/* 'A' up to 'Z': so many pieces of MD5 there can be. */
#define MAX_PIECES 26

/* RFC 6101 section 5.2.3.1: 48 bytes for MD5, 40 for SHA. */
static size_t pad_len(const char *hash)
{
    if (strcmp(hash, "MD5") == 0)
        return 48;
    return strcmp(hash, "SHA1") == 0 ? 40 : 0;
}

bool ssl3_hash_start(EVP_MD_CTX *context, const char *hash, struct bytes secret, enum ssl3_pad pad)
{
    uint8_t padding[48];
    EVP_MD *md = EVP_MD_fetch(NULL, hash, NULL);

    memset(padding, (int)pad, sizeof(padding));
    bool started = md && pad_len(hash) > 0 && EVP_DigestInit_ex2(context, md, NULL) == 1 &&
                   EVP_DigestUpdate(context, secret.at, secret.len) == 1 &&
                   EVP_DigestUpdate(context, padding, pad_len(hash)) == 1;
    EVP_MD_free(md);
    return started;
}

static bool update(EVP_MD_CTX *context, struct bytes b)
{
    return EVP_DigestUpdate(context, b.at, b.len) == 1;
}

/* expand_piece computes one MD5; `salt` is "A", "BB", "CCC" and so on. */
static bool expand_piece(uint8_t out[static MD5_LEN], EVP_MD_CTX *context, struct bytes salt,
                         struct bytes secret, struct bytes seed)
{
    uint8_t sha[SHA1_LEN];

    return EVP_DigestInit_ex2(context, EVP_sha1(), NULL) == 1 && update(context, salt) &&
           update(context, secret) && update(context, seed) &&
           EVP_DigestFinal_ex(context, sha, NULL) == 1 &&
           EVP_DigestInit_ex2(context, EVP_md5(), NULL) == 1 && update(context, secret) &&
           update(context, bytes_of(sha, sizeof(sha))) &&
           EVP_DigestFinal_ex(context, out, NULL) == 1;
}

bool ssl3_expand(uint8_t *out, size_t out_len, struct bytes secret, struct bytes seed)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t salt[MAX_PIECES];
    uint8_t piece[MD5_LEN];
    bool expanded = context && out_len <= (size_t)MAX_PIECES * MD5_LEN;

    for (size_t done = 0, i = 0; expanded && done < out_len; done += MD5_LEN, i++) {
        size_t len = out_len - done < MD5_LEN ? out_len - done : MD5_LEN;

        memset(salt, (int)('A' + i), i + 1);
        expanded = expand_piece(piece, context, bytes_of(salt, i + 1), secret, seed);
        if (expanded)
            memcpy(out + done, piece, len);
    }
    OPENSSL_cleanse(piece, sizeof(piece));
    EVP_MD_CTX_free(context);
    return expanded;
}

/*
 * finished_hash is one of the two halves:
 *
 *     hash( master | pad_2 | hash( messages | sender | master | pad_1 ) )
 */
static bool finished_hash(uint8_t *out, const char *hash, const struct handshake *h,
                          const struct message *end, struct bytes sender_and_master)
{
    uint8_t tail[SENDER_LEN + MASTER_SECRET_LEN + 48];
    uint8_t inner[TRANSCRIPT_MAX_LEN];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    struct reader r = reader_of(sender_and_master);
    size_t tail_len = sender_and_master.len + pad_len(hash);

    memset(tail, SSL3_PAD_1, sizeof(tail));
    memcpy(tail, sender_and_master.at, sender_and_master.len);
    size_t len = transcript_hash_with(inner, hash, h, end, bytes_of(tail, tail_len));
    bool computed = context && len > 0 && reader_skip(&r, SENDER_LEN) &&
                    ssl3_hash_start(context, hash, r.left, SSL3_PAD_2) &&
                    update(context, bytes_of(inner, len)) &&
                    EVP_DigestFinal_ex(context, out, NULL) == 1;

    OPENSSL_cleanse(tail, sizeof(tail));
    EVP_MD_CTX_free(context);
    return computed;
}

bool ssl3_verify_data(uint8_t out[static SSL3_VERIFY_DATA_LEN], const struct handshake *h,
                      const struct message *end, struct bytes master, enum side side)
{
    uint8_t sender[SENDER_LEN + MASTER_SECRET_LEN];

    if (master.len != MASTER_SECRET_LEN)
        return false;
    memcpy(sender, side == SIDE_CLIENT ? "CLNT" : "SRVR", SENDER_LEN);
    memcpy(sender + SENDER_LEN, master.at, MASTER_SECRET_LEN);

    struct bytes both = bytes_of(sender, sizeof(sender));
    bool computed = finished_hash(out, "MD5", h, end, both) &&
                    finished_hash(out + MD5_LEN, "SHA1", h, end, both);
    OPENSSL_cleanse(sender, sizeof(sender));
    return computed;
}
