#include "tests/support/record_sealer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/cipher_by_hand.h"
#include "tests/support/message_writer.h"
#include "tests/support/ssl3_by_hand.h"

static size_t hmac(uint8_t *out, const char *hash, struct bytes key, struct bytes data)
{
    unsigned len = 0;

    assert_non_null(
        HMAC(EVP_get_digestbyname(hash), key.at, (int)key.len, data.at, data.len, out, &len));
    return len;
}

/* p_hash: A(0) = seed, A(i) = HMAC(A(i-1)), output HMAC(A(i) + seed); it is xored into `out`. */
static void p_hash(uint8_t *out, size_t out_len, const char *hash, struct bytes secret,
                   struct bytes seed)
{
    uint8_t a[EVP_MAX_MD_SIZE];
    size_t a_len = hmac(a, hash, secret, seed);

    for (size_t done = 0; done < out_len;) {
        uint8_t piece[EVP_MAX_MD_SIZE];
        struct writer w = {0};

        write_bytes(&w, bytes_of(a, a_len));
        write_bytes(&w, seed);
        size_t len = hmac(piece, hash, secret, writer_view(&w));
        for (size_t i = 0; i < len && done < out_len; i++)
            out[done++] ^= piece[i];
        a_len = hmac(a, hash, secret, bytes_of(a, a_len));
        buffer_clear(&w.out);
    }
}

void hmac_prf(uint8_t *out, size_t out_len, const char *hash, struct bytes secret,
              const char *label, struct bytes seed)
{
    struct writer w = {0};

    write_text(&w, label);
    write_bytes(&w, seed);
    memset(out, 0, out_len);
    if (strcmp(hash, "MD5-SHA1") == 0) {
        size_t half = (secret.len + 1) / 2; /* RFC 2246 section 5: the halves may share a byte */

        p_hash(out, out_len, "MD5", bytes_first(secret, half), writer_view(&w));
        p_hash(out, out_len, "SHA1",
               half > 0 ? bytes_of(secret.at + secret.len - half, half) : secret, writer_view(&w));
    } else {
        p_hash(out, out_len, hash, secret, writer_view(&w));
    }
    buffer_clear(&w.out);
}

void expand_label(uint8_t *out, size_t out_len, const struct sealing_plan *plan,
                  struct bytes secret, const char *label, struct bytes context)
{
    uint8_t block[EVP_MAX_MD_SIZE];
    struct writer w = {0};

    write_uint(&w, out_len, 2);
    write_open(&w, 1);
    write_text(&w, plan->draft == 18 || plan->draft == 19 ? "TLS 1.3, " : "tls13 ");
    write_text(&w, label);
    write_close(&w);
    write_block(&w, context, 1);
    write_uint(&w, 1, 1); /* the counter of RFC 5869 section 2.3 */
    assert_true(out_len <= hmac(block, plan->prf, secret, writer_view(&w)));
    memcpy(out, block, out_len);
    buffer_clear(&w.out);
}

static void take_pair(struct reader *r, enum side from, uint8_t *out, size_t len)
{
    struct bytes pair[2] = {{0}, {0}};

    assert_true(reader_bytes(r, &pair[SIDE_CLIENT], len));
    assert_true(reader_bytes(r, &pair[SIDE_SERVER], len));
    if (len > 0)
        memcpy(out, pair[from].at, len);
}

/* swapped puts the client's random in front of the server's. */
static struct bytes swapped(uint8_t out[static 64], struct bytes server_client_random)
{
    memcpy(out, server_client_random.at + 32, 32);
    memcpy(out + 32, server_client_random.at, 32);
    return bytes_of(out, 64);
}

/* export_key makes the final key out of the short one. RFC 2246 section 6.3.1. */
static void export_key(struct sealer *s, enum side from, struct bytes server_client_random)
{
    const struct sealing_plan *plan = &s->plan;
    uint8_t at[64];
    uint8_t ivs[32];
    uint8_t weak[8];
    struct bytes client_server = swapped(at, server_client_random);
    struct bytes own_first = from == SIDE_CLIENT ? client_server : server_client_random;

    memcpy(weak, s->key, plan->key_len);
    if (plan->version < TLS_1_0) {
        ssl3_export(s->key, plan->export_key_len, bytes_of(weak, plan->key_len), own_first);
        ssl3_export(s->iv, plan->block_len, (struct bytes){0}, own_first);
        return;
    }
    hmac_prf(s->key, plan->export_key_len, plan->prf, bytes_of(weak, plan->key_len),
             from == SIDE_CLIENT ? "client write key" : "server write key", client_server);
    hmac_prf(ivs, 2 * plan->block_len, plan->prf, (struct bytes){0}, "IV block", client_server);
    memcpy(s->iv, from == SIDE_CLIENT ? ivs : ivs + plan->block_len, plan->block_len);
}

void sealer_start(struct sealer *s, const struct sealing_plan *plan, struct bytes secret,
                  enum side from, struct bytes server_client_random)
{
    uint8_t block[512];

    *s = (struct sealer){.plan = *plan};
    if (plan->mac)
        s->mac_len = (size_t)EVP_MD_get_size(EVP_get_digestbyname(plan->mac));
    if (plan->version >= TLS_1_3) {
        expand_label(s->key, plan->key_len, plan, secret, "key", (struct bytes){0});
        expand_label(s->iv, 12, plan, secret, "iv", (struct bytes){0});
        return;
    }

    size_t iv_len = plan->way == SEALER_EXPLICIT_NONCE ? 4
                    : plan->way == SEALER_XOR_NONCE    ? 12
                    : plan->version <= TLS_1_0         ? plan->block_len
                                                       : 0;
    if (plan->version < TLS_1_0)
        ssl3_derive(block, 256, secret, server_client_random);
    else
        hmac_prf(block, sizeof(block), plan->prf, secret, "key expansion", server_client_random);
    struct reader r = reader_of(bytes_of(block, sizeof(block)));
    take_pair(&r, from, s->mac_key, s->mac_len);
    take_pair(&r, from, s->key, plan->key_len);
    take_pair(&r, from, s->iv, plan->export_key_len > 0 ? 0 : iv_len);
    if (plan->export_key_len > 0)
        export_key(s, from, server_client_random);
}

/* header writes what is authenticated besides the content. */
static void header(struct writer *w, const struct sealer *s, uint8_t type, size_t len)
{
    if (s->connection_id.len > 0) { /* RFC 9146 section 5.3 */
        write_hex(w, "ffffffffffffffff 19");
        write_uint(w, s->connection_id.len, 1);
        write_hex(w, "19");
        write_uint(w, s->mac_version, 2);
        write_uint(w, s->sequence, 8);
        write_bytes(w, s->connection_id);
        write_uint(w, len, 2);
        return;
    }
    write_uint(w, s->sequence, 8);
    write_uint(w, type, 1);
    write_uint(w, s->mac_version ? s->mac_version : s->plan.version, 2);
    write_uint(w, len, 2);
}

static void write_mac(struct writer *out, const struct sealer *s, uint8_t type, struct bytes data)
{
    uint8_t mac[EVP_MAX_MD_SIZE];
    struct writer w = {0};

    if (s->plan.version < TLS_1_0) {
        ssl3_mac(out, s->plan.mac, bytes_of(s->mac_key, s->mac_len), s->sequence, type, data);
        return;
    }

    header(&w, s, type, data.len);
    write_bytes(&w, data);
    size_t len = hmac(mac, s->plan.mac, bytes_of(s->mac_key, s->mac_len), writer_view(&w));
    write_bytes(out, bytes_of(mac, s->plan.truncated_hmac ? 10 : len));
    buffer_clear(&w.out);
}

static void write_padding(struct writer *w, const struct sealer *s)
{
    size_t block = s->plan.block_len;
    size_t padding = block - w->out.len % block + s->more_padding;

    assert_true(padding <= 256);
    if (s->plan.version < TLS_1_0) { /* anything will do, but the length */
        write_repeated(w, 0xee, padding - 1);
        write_uint(w, s->claim_padding ? s->claim_padding : padding - 1, 1);
        return;
    }
    write_repeated(w, (uint8_t)(padding - 1), padding);
    if (s->spoil_padding)
        w->out.at[w->out.len - padding] ^= 1;
    if (s->claim_padding)
        w->out.at[w->out.len - 1] = (uint8_t)s->claim_padding;
}

/* seal_stream begins the keystream anew each time, and throws away what was used before. */
static void seal_stream(struct writer *out, struct sealer *s, uint8_t type, struct bytes content)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, s->plan.cipher, NULL);
    struct writer plain = {0};
    int len = 0;

    write_repeated(&plain, 0, s->keystream);
    write_bytes(&plain, content);
    write_mac(&plain, s, type, content);
    assert_int_equal(EVP_EncryptInit_ex2(c, cipher, s->key, NULL, NULL), 1);
    assert_int_equal(EVP_EncryptUpdate(c, plain.out.at, &len, plain.out.at, (int)plain.out.len), 1);
    buffer_drop(&plain.out, s->keystream);
    s->keystream += plain.out.len;
    write_bytes(out, writer_view(&plain));
    buffer_clear(&plain.out);
    EVP_CIPHER_free(cipher);
    EVP_CIPHER_CTX_free(c);
}

static void encrypt_cbc(struct writer *out, struct sealer *s, struct bytes plain)
{
    uint8_t *sealed = alloc_zero(plain.len);

    cipher_encrypt_cbc(sealed, s->plan.cipher, s->key, s->iv, plain);
    write_bytes(out, bytes_of(sealed, plain.len));
    memcpy(s->iv, sealed + plain.len - s->plan.block_len, s->plan.block_len);
    free(sealed);
}

static void seal_cbc(struct writer *out, struct sealer *s, uint8_t type, struct bytes content)
{
    struct writer plain = {0};
    struct writer body = {0};

    if (s->plan.version >= TLS_1_1) {
        for (size_t i = 0; i < s->plan.block_len; i++)
            s->iv[i] = (uint8_t)(0xc0 + i + s->sequence); /* any will do, each record its own */
        write_bytes(&body, bytes_of(s->iv, s->plan.block_len));
    }
    write_bytes(&plain, content);
    if (!s->plan.encrypt_then_mac)
        write_mac(&plain, s, type, content);
    write_padding(&plain, s);
    encrypt_cbc(&body, s, writer_view(&plain));
    if (s->plan.encrypt_then_mac) {
        struct bytes sealed = exact_copy(writer_view(&body));

        write_mac(&body, s, type, sealed);
        exact_free(sealed);
    }
    write_bytes(out, writer_view(&body));
    buffer_clear(&plain.out);
    buffer_clear(&body.out);
}

static void encrypt_aead(struct writer *out, const struct sealer *s, const uint8_t *nonce,
                         struct bytes additional, struct bytes plain)
{
    uint8_t *sealed = alloc_zero(plain.len + 1);
    uint8_t tag[16];

    cipher_encrypt_aead(sealed, bytes_of(tag, s->plan.tag_len), s->plan.cipher, s->key, nonce,
                        additional, plain);
    write_bytes(out, bytes_of(sealed, plain.len));
    write_bytes(out, bytes_of(tag, s->plan.tag_len));
    free(sealed);
}

static void seal_aead(struct writer *out, const struct sealer *s, uint8_t type,
                      struct bytes content)
{
    bool tls13 = s->plan.version >= TLS_1_3;
    struct writer plain = {0};
    struct writer additional = {0};
    uint8_t nonce[12];

    write_bytes(&plain, content);
    if (tls13) {
        write_uint(&plain, type, 1);
        write_repeated(&plain, 0, s->more_padding);
        write_hex(&additional, "17 0303");
        write_uint(&additional, plain.out.len + s->plan.tag_len, 2);
        if (s->plan.draft > 0 && s->plan.draft < 25)
            buffer_drop(&additional.out, additional.out.len);
    } else {
        header(&additional, s, type, content.len);
    }

    memcpy(nonce, s->iv, sizeof(nonce));
    for (size_t i = 0; i < 8; i++) {
        uint8_t byte = (uint8_t)(s->sequence >> (8 * (7 - i)));

        if (s->plan.way == SEALER_XOR_NONCE)
            nonce[4 + i] ^= byte;
        else
            write_uint(out, nonce[4 + i] = byte ^ 0xa5, 1); /* any will do, each record its own */
    }
    encrypt_aead(out, s, nonce, writer_view(&additional), writer_view(&plain));
    buffer_clear(&plain.out);
    buffer_clear(&additional.out);
}

/* inner puts the type behind the content, and some zeros. RFC 9146 section 4. */
static struct bytes inner(const struct sealer *s, uint8_t type, struct bytes content)
{
    struct writer w = {0};

    write_bytes(&w, content);
    if (s->connection_id.len > 0) {
        write_uint(&w, type, 1);
        write_repeated(&w, 0, s->sequence % 3);
    }
    return writer_take(&w);
}

struct bytes sealer_seal(struct sealer *s, uint8_t type, struct bytes plain)
{
    struct bytes content = inner(s, type, plain);
    bool tls13 = s->plan.version >= TLS_1_3;
    uint16_t in_place_of_13 = s->plan.draft > 0 && s->plan.draft < 22 ? TLS_1_0 : TLS_1_2;
    struct writer w = {0};

    write_uint(&w, tls13 ? 23 : type, 1);
    write_uint(&w, tls13 ? in_place_of_13 : s->plan.version, 2);
    write_open(&w, 2);
    switch (s->plan.way) {
    case SEALER_NULL:
        write_bytes(&w, content);
        write_mac(&w, s, type, content);
        break;
    case SEALER_STREAM:
        seal_stream(&w, s, type, content);
        break;
    case SEALER_CBC:
        seal_cbc(&w, s, type, content);
        break;
    case SEALER_EXPLICIT_NONCE:
    case SEALER_XOR_NONCE:
        seal_aead(&w, s, type, content);
        break;
    }
    write_close(&w);
    s->sequence++;
    exact_free(content);
    return writer_take(&w);
}
