/*
 * The MAC of a record, and what it covers besides the content.
 *
 *     TLS      sequence number 8 | type 1 | version 2 | length 2 | content      RFC 5246 6.2.3.1
 *     SSL 3.0  sequence number 8 | type 1 |             length 2 | content      RFC 6101 5.2.3.1
 *
 * In DTLS the number has two bytes of epoch and six of sequence. OpenSSL before 0.9.8f left the
 * epoch out, and said 3.1 for the version.
 *
 * In a record with a connection ID, RFC 9146 section 5, nothing that is authenticated can be taken
 * for that of another record:
 *
 *     8 times 0xff | 25 | length of the ID 1 | 25 | version 2 | number 8 | ID | length 2 | content
 */
#include "attacker/crypto/seal.h"
#include "attacker/crypto/traffic_secret.h"
#include "attacker/tls/version.h"

#define SEQUENCE_WITHOUT_EPOCH ((UINT64_C(1) << 48) - 1)

/* RFC 6066 section 7: what is left of an HMAC, when both sides wish to save bytes. */
#define TRUNCATED_HMAC_LEN 10

bool seal_start_mac(struct seal *seal, const struct seal_terms *terms, const uint8_t *key)
{
    const char *hash = terms->suite->mac_hash;
    bool ssl3 = terms->version < TLS_1_0;

    if (!hash)
        return true;

    size_t hash_len = traffic_hash_len(hash);
    seal->mac_len = terms->truncated_hmac && !ssl3 ? TRUNCATED_HMAC_LEN : hash_len;
    return record_mac_start(&seal->mac, hash, bytes_of(key, hash_len), ssl3);
}

/* put writes the last `width` bytes of a number; returns where they end. */
static size_t put(uint8_t *out, size_t at, uint64_t number, size_t width)
{
    for (size_t i = 0; i < width; i++)
        out[at + i] = (uint8_t)(number >> (8 * (width - 1 - i)));
    return at + width;
}

static size_t header_with_id(uint8_t out[static SEAL_PSEUDO_HEADER_MAX], const struct seal *seal,
                             const struct record *record, size_t len)
{
    struct bytes id = record->connection_id;
    size_t end = put(out, 0, UINT64_MAX, 8);

    end = put(out, end, record->type, 1);
    end = put(out, end, id.len, 1);
    end = put(out, end, record->type, 1);
    end = put(out, end, record->version, 2);
    end = put(out, end, seal->at.sequence, 8);
    if (id.len > 0)
        memcpy(out + end, id.at, id.len);
    return put(out, end + id.len, len, 2);
}

size_t seal_pseudo_header(uint8_t out[static SEAL_PSEUDO_HEADER_MAX], const struct seal *seal,
                          const struct record *record, size_t len)
{
    size_t end;

    if (record->type == CONTENT_CONNECTION_ID)
        return header_with_id(out, seal, record, len);
    end = put(out, 0, seal->at.sequence, 8);
    end = put(out, end, record->type, 1);
    if (seal->version >= TLS_1_0)
        end = put(out, end, record->version, 2);
    return put(out, end, len, 2);
}

static bool is_mac(struct seal *seal, const struct record *record, struct bytes content,
                   struct bytes mac)
{
    uint8_t header[SEAL_PSEUDO_HEADER_MAX];
    uint8_t expected[EVP_MAX_MD_SIZE];
    size_t header_len = seal_pseudo_header(header, seal, record, content.len);
    size_t len = record_mac_compute(&seal->mac, expected, bytes_of(header, header_len), content);

    return len >= seal->mac_len && bytes_equal(bytes_of(expected, seal->mac_len), mac);
}

/* is_mac_of_tls10: as OpenSSL before 0.9.8f made it. */
static bool is_mac_of_tls10(struct seal *seal, const struct record *record, struct bytes content,
                            struct bytes mac)
{
    uint64_t number = seal->at.sequence;
    struct record as_tls10 = *record;

    as_tls10.version = TLS_1_0;
    seal->at.sequence &= SEQUENCE_WITHOUT_EPOCH;
    bool equal = is_mac(seal, &as_tls10, content, mac);
    seal->at.sequence = number;
    return equal;
}

bool seal_mac_ok(struct seal *seal, const struct record *record, struct bytes content,
                 struct bytes mac)
{
    return is_mac(seal, record, content, mac) ||
           (record->version == DTLS_1_0_OPENSSL && is_mac_of_tls10(seal, record, content, mac));
}

bool seal_take_mac(struct bytes *content, struct bytes *mac, size_t mac_len)
{
    struct reader r = reader_of(*content);
    struct bytes kept;

    if (content->len < mac_len || !reader_bytes(&r, &kept, content->len - mac_len) ||
        !reader_bytes(&r, mac, mac_len))
        return false;
    *content = kept;
    return true;
}
