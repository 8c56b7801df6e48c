#include "attacker/tls/key_exchange.h"

#define CURVE_TYPE_NAMED 3 /* RFC 8422 section 5.4 */

/* take_vector reads a length of `width` bytes and that many bytes, as a view. */
static bool take_vector(struct reader *r, struct bytes *out, size_t width)
{
    struct reader body;

    if (!reader_block(r, &body, width))
        return false;
    *out = body.left;
    return true;
}

static bool read_finite_field(struct reader *r, struct server_key_exchange *x)
{
    return take_vector(r, &x->p, 2) && take_vector(r, &x->g, 2) &&
           take_vector(r, &x->public_value, 2) && x->p.len > 0 && x->g.len > 0 &&
           x->public_value.len > 0;
}

static bool read_curve(struct reader *r, struct server_key_exchange *x)
{
    uint8_t curve_type;

    return reader_u8(r, &curve_type) && curve_type == CURVE_TYPE_NAMED &&
           reader_u16(r, &x->named_curve) && take_vector(r, &x->public_value, 1) &&
           x->public_value.len > 0;
}

/* read_temporary_key: n and e of RFC 2246 section 7.4.3. */
static bool read_temporary_key(struct reader *r, struct server_key_exchange *x)
{
    return take_vector(r, &x->modulus, 2) && take_vector(r, &x->exponent, 2) &&
           x->modulus.len > 0 && x->exponent.len > 0;
}

/* read_params reads what the signature covers; *known is false when the suite has something else.
 */
static bool read_params(struct reader *r, const struct suite *suite, struct server_key_exchange *x,
                        bool *known)
{
    *known = true;
    if (suite->key_exchange == KX_RSA_EXPORT)
        return read_temporary_key(r, x);
    if (!suite_is_ephemeral(suite)) {
        *known = suite_uses_psk(suite);
        return true;
    }
    return suite_is_curve(suite) ? read_curve(r, x) : read_finite_field(r, x);
}

bool key_exchange_read_server(struct bytes body, const struct suite *suite, uint16_t version,
                              struct server_key_exchange *out)
{
    struct reader r = reader_of(body);
    struct server_key_exchange x = {0};
    struct bytes identity_hint;
    bool known;
    bool is_signed = suite->authentication != AUTH_ANON && suite->authentication != AUTH_PSK;

    if (suite_uses_psk(suite)) {
        is_signed = false;
        if (!take_vector(&r, &identity_hint, 2))
            return false;
    }

    struct bytes at_params = r.left;
    if (!read_params(&r, suite, &x, &known))
        return false;
    x.params = bytes_first(at_params, at_params.len - r.left.len);

    if (!known)
        (void)reader_rest(&r); /* of another kind: its content is not looked at */
    else if (is_signed && ((version >= TLS_1_2 && !reader_u16(&r, &x.signature_scheme)) ||
                           !take_vector(&r, &x.signature, 2)))
        return false;
    if (!reader_done(&r))
        return false;
    *out = x;
    return true;
}

/* read_public_value: Yc. Absent when the client's certificate holds it (RFC 5246 7.4.7.2). */
static bool read_public_value(struct reader *r, const struct suite *suite, struct bytes *out)
{
    if (reader_done(r))
        return !suite_is_ephemeral(suite);
    return take_vector(r, out, suite_is_curve(suite) ? 1 : 2);
}

static bool read_encrypted_premaster(struct reader *r, uint16_t version, struct bytes *out)
{
    if (version <= SSL_3_0) {
        *out = reader_rest(r);
        return true;
    }
    return take_vector(r, out, 2);
}

bool key_exchange_read_client(struct bytes body, const struct suite *suite, uint16_t version,
                              struct client_key_exchange *out)
{
    struct reader r = reader_of(body);
    struct client_key_exchange x = {0};
    enum key_exchange kx = suite->key_exchange;
    bool read = true;

    if (suite_uses_psk(suite) && !take_vector(&r, &x.psk_identity, 2))
        return false;
    if (kx == KX_RSA || kx == KX_RSA_EXPORT || kx == KX_RSA_PSK)
        read = read_encrypted_premaster(&r, version, &x.encrypted_premaster);
    else if (suite_is_ephemeral(suite) || kx == KX_DH || kx == KX_ECDH)
        read = read_public_value(&r, suite, &x.public_value);
    else if (kx != KX_PSK)
        (void)reader_rest(&r); /* of another kind: its content is not looked at */
    if (!read || !reader_done(&r))
        return false;
    *out = x;
    return true;
}
