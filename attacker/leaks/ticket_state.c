#include "attacker/leaks/ticket_state.h"

#include "attacker/crypto/psk_schedule.h"
#include "attacker/crypto/traffic_secret.h"
#include "attacker/tls/version.h"

static bool take_secret(struct ticket_state *s, struct bytes secret)
{
    if (secret.len > sizeof(s->secret))
        return false;
    s->len = secret.len;
    memcpy(s->secret, secret.at, secret.len);
    return true;
}

/* take_session files what a format without a key schedule of its own says; false when these three
 * cannot belong together. */
static bool take_session(struct ticket_state *s, uint16_t version, uint16_t suite_id,
                         struct bytes secret)
{
    s->suite_id = suite_id;
    s->suite = suite_find(suite_id);
    s->tls13 = version == TLS_1_3;
    if (!s->tls13)
        return secret.len == MASTER_SECRET_LEN && take_secret(s, secret);
    s->hash = s->suite && s->suite->version_min >= TLS_1_3 ? s->suite->prf_hash : NULL;
    return s->hash && secret.len == traffic_hash_len(s->hash) && take_secret(s, secret);
}

/* --- OpenSSL ------------------------------------------------------------------------- */

#define DER_INTEGER      0x02
#define DER_OCTET_STRING 0x04
#define DER_SEQUENCE     0x30

/* read_length: one byte up to 127, else the number of bytes that follow. ITU-T X.690 8.1.3. */
static bool read_length(struct reader *r, uint64_t *len)
{
    uint8_t first;

    if (!reader_u8(r, &first))
        return false;
    *len = first;
    return first < 0x80 || (first > 0x80 && first <= 0x84 && reader_uint(r, len, first & 0x7f));
}

/* read_der takes an element with this tag. */
static bool read_der(struct reader *r, uint8_t tag, struct bytes *out)
{
    struct reader ahead = *r;
    uint8_t is;
    uint64_t len;

    if (!reader_u8(&ahead, &is) || is != tag || !read_length(&ahead, &len) ||
        !reader_bytes(&ahead, out, (size_t)len))
        return false;
    *r = ahead;
    return true;
}

/* read_number reads an element that is a number of 16 bits at the most. */
static bool read_number(struct reader *r, uint8_t tag, uint16_t *out)
{
    struct bytes element;
    uint64_t n;

    if (!read_der(r, tag, &element) || element.len == 0 || element.len > 3)
        return false;

    struct reader digits = reader_of(element);
    if (!reader_uint(&digits, &n, element.len) || n > UINT16_MAX)
        return false;
    *out = (uint16_t)n;
    return true;
}

/* read_openssl: version 1 of the structure | TLS version | suite | session ID | secret | what does
 * not matter here. See i2d_SSL_SESSION(3). */
static bool read_openssl(struct bytes plain, struct ticket_state *s)
{
    struct reader r = reader_of(plain);
    struct bytes session;
    struct bytes id;
    struct bytes secret;
    uint16_t structure;
    uint16_t version;
    uint16_t suite_id;

    if (!read_der(&r, DER_SEQUENCE, &session))
        return false;
    r = reader_of(session);
    s->format = "OpenSSL's SSL_SESSION";
    return read_number(&r, DER_INTEGER, &structure) && structure == 1 &&
           read_number(&r, DER_INTEGER, &version) && read_number(&r, DER_OCTET_STRING, &suite_id) &&
           read_der(&r, DER_OCTET_STRING, &id) && read_der(&r, DER_OCTET_STRING, &secret) &&
           take_session(s, version, suite_id, secret);
}

/* --- GnuTLS ------------------------------------------------------------------------------ */

/* Its magic number is this and the number of the release, three bytes: 0x030709 is 3.7.9. */
#define GNUTLS_MAGIC       0xfadebadd
#define GNUTLS_MAX_RELEASE 0xffffff

/* Its own numbers: of hashes (gnutls_mac_algorithm_t) and of the version that is TLS 1.3. */
#define GNUTLS_SHA256  6
#define GNUTLS_SHA384  7
#define GNUTLS_TLS_1_3 5

/* skip_numbers passes over numbers of four bytes. */
static bool skip_numbers(struct reader *r, size_t n)
{
    return reader_skip(r, 4 * n);
}

/*
 * open_gnutls finds the security parameters in a packed session.
 *
 *     magic 4 | time 4 | expiry 4 | kind of credentials 1 | credentials 4+n |
 *     parameters 4+n: entity 4, hash 4, client's and server's way to prove themselves 4 4,
 *                     session ID 1+n, version 4, kinds of certificates 4 4, and the rest
 */
static bool open_gnutls(struct bytes plain, uint32_t *version, struct reader *rest)
{
    struct reader r = reader_of(plain);
    struct reader credentials;
    struct reader parameters;
    struct reader id;
    uint32_t magic;

    if (!reader_u32(&r, &magic) || magic - GNUTLS_MAGIC > GNUTLS_MAX_RELEASE ||
        !skip_numbers(&r, 2) || !reader_skip(&r, 1) || !reader_block(&r, &credentials, 4) ||
        !reader_block(&r, &parameters, 4) || !skip_numbers(&parameters, 4) ||
        !reader_block(&parameters, &id, 1) || !reader_u32(&parameters, version) ||
        !skip_numbers(&parameters, 2))
        return false;
    *rest = parameters;
    return true;
}

/* read_gnutls: up to TLS 1.2 the rest begins with suite 2 | master secret 1+48. */
static bool read_gnutls(struct bytes plain, struct ticket_state *s)
{
    struct reader r;
    struct reader master;
    uint32_t version;
    uint16_t suite_id;

    s->format = "GnuTLS's packed session";
    return open_gnutls(plain, &version, &r) && version != GNUTLS_TLS_1_3 &&
           reader_u16(&r, &suite_id) && reader_block(&r, &master, 1) &&
           take_session(s, TLS_1_2, suite_id, master.left);
}

/*
 * read_gnutls_tls13: the secret from which the ticket's key follows stands in front of the session.
 *
 *     hash 2 | age 4 | lifetime 4 | resumption secret 1+n | nonce 1+n | packed session 2+n | time
 * 12
 */
static bool read_gnutls_tls13(struct bytes plain, struct ticket_state *s)
{
    struct reader r = reader_of(plain);
    struct reader secret;
    struct reader nonce;
    struct reader session;
    struct reader rest;
    uint32_t version;
    uint16_t hash;

    s->format = "GnuTLS's packed session";
    s->tls13 = true;
    if (!reader_u16(&r, &hash) || (hash != GNUTLS_SHA256 && hash != GNUTLS_SHA384) ||
        !skip_numbers(&r, 2) || !reader_block(&r, &secret, 1) || !reader_block(&r, &nonce, 1) ||
        !reader_block(&r, &session, 2) || !open_gnutls(session.left, &version, &rest))
        return false;
    s->hash = hash == GNUTLS_SHA256 ? "SHA256" : "SHA384";
    s->len = traffic_hash_len(s->hash);
    return version == GNUTLS_TLS_1_3 && secret.left.len == s->len &&
           psk_of_ticket(s->secret, s->hash, secret.left, nonce.left);
}

/* --- RFC 5077 ------------------------------------------------------------------------------ */

/* Client authentication: none, by a certificate, by a pre-shared key. */
enum { CLIENT_ANONYMOUS, CLIENT_CERTIFICATE, CLIENT_PSK };

static bool skip_client(struct reader *r)
{
    struct reader skipped;
    uint8_t how;

    if (!reader_u8(r, &how) || how > CLIENT_PSK)
        return false;
    return how == CLIENT_ANONYMOUS || reader_block(r, &skipped, how == CLIENT_CERTIFICATE ? 3 : 2);
}

/* read_rfc5077: version 2 | suite 2 | compression 1 | master secret 48 | client 1+n | time 4. */
static bool read_rfc5077(struct bytes plain, struct ticket_state *s)
{
    struct reader r = reader_of(plain);
    struct bytes master;
    uint16_t version;
    uint16_t suite_id;

    s->format = "StatePlaintext of RFC 5077";
    return reader_u16(&r, &version) && version_below(version) >= TLS_1_0 &&
           version_below(version) <= TLS_1_2 && reader_u16(&r, &suite_id) && reader_skip(&r, 1) &&
           reader_bytes(&r, &master, MASTER_SECRET_LEN) && skip_client(&r) && reader_skip(&r, 4) &&
           take_session(s, version, suite_id, master);
}

bool ticket_state_read(struct bytes plain, struct ticket_state *out)
{
    static bool (*const formats[])(struct bytes plain, struct ticket_state * s) = {
        read_openssl, read_gnutls, read_gnutls_tls13, read_rfc5077};

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        *out = (struct ticket_state){0};
        if (formats[i](plain, out))
            return true;
    }
    *out = (struct ticket_state){0};
    return false;
}
