/*
 * Block ciphers in CBC mode. RFC 5246 section 6.2.3.2; SSL 3.0: RFC 6101 section 5.2.3.2.
 *
 *     [IV] | encrypted( content | MAC | padding | padding_length )
 *     [IV] | encrypted( content | padding | padding_length ) | MAC       encrypt-then-MAC, RFC 7366
 *
 * The IV is sent from TLS 1.1 on; before, it is the last block of the record before.
 */
#include "attacker/crypto/seal.h"

/*
 * strip_padding takes padding and padding_length off. In TLS all of them must hold the same number;
 * in SSL 3.0 the padding may be anything, but is shorter than a block.
 */
static bool strip_padding(struct bytes *content, const struct seal *seal)
{
    struct reader r = reader_of(*content);
    struct reader padding;
    struct bytes kept;
    uint8_t length;

    if (content->len == 0 || !reader_skip(&r, content->len - 1) || !reader_u8(&r, &length) ||
        (size_t)length + 1 > content->len)
        return false;
    r = reader_of(*content);
    if (!reader_bytes(&r, &kept, content->len - length - 1))
        return false;
    if (seal->version < TLS_1_0 && length >= seal->cipher->iv_len)
        return false;
    for (padding = r; seal->version >= TLS_1_0 && !reader_done(&padding);) {
        uint8_t value;

        if (!reader_u8(&padding, &value) || value != length)
            return false;
    }
    *content = kept;
    return true;
}

static bool decrypt(struct seal *seal, struct bytes *plain, struct bytes iv, struct bytes sealed)
{
    if (sealed.len == 0 || sealed.len > sizeof(seal->plain) ||
        sealed.len % seal->cipher->iv_len != 0 ||
        !bulk_cipher_decrypt(&seal->bulk, seal->plain, iv.at, sealed))
        return false;
    *plain = bytes_of(seal->plain, sealed.len);
    return true;
}

/* keep_last_block: it is the next record's IV, before TLS 1.1. */
static bool keep_last_block(struct seal *seal, struct bytes sealed)
{
    size_t block = seal->cipher->iv_len;
    struct reader r = reader_of(sealed);

    return sealed.len >= block && reader_skip(&r, sealed.len - block) &&
           reader_copy(&r, seal->at.iv, block);
}

bool seal_prove_cbc(struct seal *seal, const struct record *record)
{
    struct bytes sealed = record->fragment;
    struct bytes mac;

    if (!seal_take_mac(&sealed, &mac, seal->mac_len) || !seal_mac_ok(seal, record, sealed, mac) ||
        sealed.len % seal->cipher->iv_len != 0 || !keep_last_block(seal, sealed))
        return false;
    seal->at.sequence++;
    seal->mac_order_unknown = false;
    return true;
}

static bool open_in_order(struct seal *seal, struct bytes *plain, const struct record *record)
{
    size_t block = seal->cipher->iv_len;
    struct bytes fragment = record->fragment;
    struct bytes content;
    struct bytes mac;
    struct bytes iv = bytes_of(seal->at.iv, block);

    if (seal->encrypt_then_mac && (!seal_take_mac(&fragment, &mac, seal->mac_len) ||
                                   !seal_mac_ok(seal, record, fragment, mac)))
        return false;

    struct reader r = reader_of(fragment);
    if (seal->version >= TLS_1_1 && !reader_bytes(&r, &iv, block))
        return false;
    struct bytes sealed = r.left;
    if (!decrypt(seal, &content, iv, sealed) || !strip_padding(&content, seal))
        return false;
    if (!seal->encrypt_then_mac &&
        (!seal_take_mac(&content, &mac, seal->mac_len) || !seal_mac_ok(seal, record, content, mac)))
        return false;
    if (!keep_last_block(seal, sealed))
        return false;
    *plain = content;
    return true;
}

/* Where the order is not known, both are tried, and the MAC decides. */
bool seal_open_cbc(struct seal *seal, struct bytes *plain, const struct record *record)
{
    bool agreed = seal->encrypt_then_mac;
    bool opened = open_in_order(seal, plain, record);

    if (!opened && seal->mac_order_unknown) {
        seal->encrypt_then_mac = !agreed;
        opened = open_in_order(seal, plain, record);
        if (!opened)
            seal->encrypt_then_mac = agreed;
    }
    if (opened)
        seal->mac_order_unknown = false;
    return opened;
}
