#include "attacker/leaks/ticket_seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#define IV_LEN    16
#define BLOCK_LEN 16

static const struct mac {
    const char *name;
    const char *hash; /* as libcrypto knows it */
    size_t len;
} macs[] = {
    {"HMAC-SHA-256", "SHA256", 32},
    {"HMAC-SHA-1", "SHA1", 20},
};

bool ticket_seal_names(const struct ticket_key *key, struct bytes ticket)
{
    return bytes_equal(bytes_first(ticket, TICKET_NAME_LEN), bytes_of(key->name, TICKET_NAME_LEN));
}

/* is_made_with: is the end of the ticket the MAC of all in front of it? */
static bool is_made_with(const struct ticket_key *key, const struct mac *mac, struct bytes ticket)
{
    uint8_t expected[EVP_MAX_MD_SIZE];
    struct reader r = reader_of(ticket);
    struct bytes covered;
    size_t len = 0;

    return ticket.len > mac->len && reader_bytes(&r, &covered, ticket.len - mac->len) &&
           EVP_Q_mac(NULL, "HMAC", NULL, mac->hash, NULL, key->mac, key->mac_len, covered.at,
                     covered.len, expected, sizeof(expected), &len) &&
           bytes_equal(bytes_of(expected, len), r.left);
}

/* take_sealed takes the ciphertext, which is all of `r`, with or without its length in front: whole
 * blocks cannot be both. */
static bool take_sealed(struct reader *r, struct bytes *sealed)
{
    struct reader block;

    if (r->left.len % BLOCK_LEN == 0)
        *sealed = reader_rest(r);
    else if (reader_block(r, &block, 2) && reader_done(r))
        *sealed = block.left;
    else
        return false;
    return sealed->len > 0 && sealed->len % BLOCK_LEN == 0;
}

/* decrypt: `sealed` is no longer than a ticket can be, 2^16 bytes. */
static bool decrypt(const struct ticket_key *key, struct bytes iv, struct bytes sealed,
                    struct buffer *state)
{
    const EVP_CIPHER *cipher = key->cipher_len == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t *plain = alloc_zero(sealed.len);
    int len = 0;
    bool opened = context && EVP_DecryptInit_ex2(context, cipher, key->cipher, iv.at, NULL) == 1 &&
                  EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
                  EVP_DecryptUpdate(context, plain, &len, sealed.at, (int)sealed.len) == 1 &&
                  (size_t)len == sealed.len;

    EVP_CIPHER_CTX_free(context);
    if (opened)
        buffer_append(state, bytes_of(plain, sealed.len));
    OPENSSL_cleanse(plain, sealed.len);
    free(plain);
    return opened;
}

static bool open_with(const struct ticket_key *key, const struct mac *mac, struct bytes ticket,
                      struct buffer *state)
{
    struct reader r = reader_of(ticket);
    struct bytes covered;
    struct bytes iv;
    struct bytes sealed;

    if (!is_made_with(key, mac, ticket) || !reader_bytes(&r, &covered, ticket.len - mac->len))
        return false;
    r = reader_of(covered);
    return reader_skip(&r, TICKET_NAME_LEN) && reader_bytes(&r, &iv, IV_LEN) &&
           take_sealed(&r, &sealed) && decrypt(key, iv, sealed, state);
}

bool ticket_seal_open(const struct ticket_key *key, struct bytes ticket, struct buffer *state,
                      const char **mac)
{
    for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++) {
        if (open_with(key, &macs[i], ticket, state)) {
            *mac = macs[i].name;
            return true;
        }
    }
    return false;
}
