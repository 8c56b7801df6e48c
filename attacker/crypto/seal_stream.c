/*
 * Stream ciphers, which is to say RC4: content and MAC, XORed with a keystream that goes on from
 * record to record. RFC 5246 section 6.2.3.1.
 *
 *     keystream   |== used ==|==== kept, to be used again ====|-- made when it is needed -->
 *
 * Where records are missing, the place in the keystream depends on how many they were, so several
 * places are tried. Keystream can't be made backwards; so the latest part of it is kept.
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "attacker/crypto/seal.h"
#include "capture/alloc.h"

/* 128 KiB: the place moves by the 5 bytes of a header for each record more or less that may be
 * missing, so this allows for some 20000 of them to be in doubt; a power of two. */
enum { KEYSTREAM_KEPT = 128 * 1024, KEYSTREAM_STEP = 4096 };

struct keystream {
    uint64_t made; /* bytes so far; the latest KEYSTREAM_KEPT of them are here: */
    uint8_t kept[KEYSTREAM_KEPT];
};

void seal_start_stream(struct seal *seal)
{
    seal->keystream = alloc_zero(sizeof(*seal->keystream));
}

void seal_free_stream(struct seal *seal)
{
    if (seal->keystream)
        OPENSSL_cleanse(seal->keystream, sizeof(*seal->keystream));
    free(seal->keystream);
}

size_t seal_stream_memory(const struct seal *seal)
{
    return seal->keystream ? sizeof(*seal->keystream) : 0;
}

uint64_t seal_stream_cost(const struct seal *seal, uint64_t at)
{
    const struct keystream *k = seal->keystream;

    if (!k)
        return 0;
    if (at + KEYSTREAM_KEPT < k->made)
        return UINT64_MAX / 2;
    return at > k->made ? at - k->made : 0;
}

/* make_up_to makes keystream in steps, which divide KEYSTREAM_KEPT, up to `end` at least. */
static bool make_up_to(struct seal *seal, uint64_t end)
{
    static const uint8_t zeros[KEYSTREAM_STEP];
    struct keystream *k = seal->keystream;

    while (k->made < end) {
        uint8_t *next = k->kept + k->made % KEYSTREAM_KEPT;

        if (!bulk_cipher_decrypt(&seal->bulk, next, NULL, bytes_of(zeros, sizeof(zeros))))
            return false;
        k->made += KEYSTREAM_STEP;
    }
    return true;
}

bool seal_open_stream(struct seal *seal, struct bytes *plain, const struct record *record)
{
    const struct keystream *k = seal->keystream;
    struct reader r = reader_of(record->fragment);
    struct bytes content = bytes_of(seal->plain, record->fragment.len);
    struct bytes mac;
    uint8_t byte;

    if (content.len > sizeof(seal->plain) ||
        !make_up_to(seal, seal->at.keystream + record->fragment.len) ||
        seal->at.keystream + KEYSTREAM_KEPT < k->made)
        return false;
    for (size_t i = 0; reader_u8(&r, &byte); i++)
        seal->plain[i] = byte ^ k->kept[(seal->at.keystream + i) % KEYSTREAM_KEPT];
    if (!seal_take_mac(&content, &mac, seal->mac_len) || !seal_mac_ok(seal, record, content, mac))
        return false;
    seal->at.keystream += record->fragment.len;
    *plain = content;
    return true;
}
