#include "victim/preshared.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "capture/alloc.h"

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c | 0x20) : NULL; /* letters in either case */

    return found ? (int)(found - digits) : -1;
}

static bool read_hex(struct preshared *psk, const char *hex)
{
    size_t len = strlen(hex);

    if (len == 0 || len % 2 != 0 || len / 2 > sizeof(psk->key))
        return false;
    psk->key_len = len / 2;
    for (size_t i = 0; i < psk->key_len; i++) {
        int high = hex_value(hex[2 * i]);
        int low = hex_value(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        psk->key[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool preshared_read(struct preshared *psk, struct complaint *why, const char *text)
{
    const char *colon = strrchr(text, ':');
    const char *identity = colon ? text : PRESHARED_DEFAULT_IDENTITY;
    size_t identity_len = colon ? (size_t)(colon - text) : strlen(identity);

    *psk = (struct preshared){0};
    if (identity_len == 0 || identity_len > PSK_MAX_IDENTITY_LEN)
        return complaint_say(why,
                             "--psk: the identity in front of the colon must have 1 to %d bytes",
                             PSK_MAX_IDENTITY_LEN);
    memcpy(psk->identity, identity, identity_len);
    if (!read_hex(psk, colon ? colon + 1 : text))
        return complaint_say(why,
                             "--psk: write the key as 2 to %d hexadecimal digits, two a byte, "
                             "with or without an identity and a colon in front",
                             2 * PSK_MAX_PSK_LEN);
    return true;
}

bool preshared_make(struct preshared *psk, struct complaint *why)
{
    *psk =
        (struct preshared){.identity = PRESHARED_DEFAULT_IDENTITY, .key_len = PRESHARED_RANDOM_LEN};
    if (RAND_priv_bytes(psk->key, PRESHARED_RANDOM_LEN) != 1)
        return complaint_say(why, "libcrypto has no random numbers; give a key with --psk");
    return true;
}

char *preshared_text(const struct preshared *psk)
{
    static const char digits[] = "0123456789abcdef";
    size_t identity_len = strlen(psk->identity);
    char *text = alloc_zero(identity_len + 1 + 2 * psk->key_len + 1);
    char *at = text + identity_len;

    memcpy(text, psk->identity, identity_len);
    *at++ = ':';
    for (size_t i = 0; i < psk->key_len; i++) {
        *at++ = digits[psk->key[i] >> 4];
        *at++ = digits[psk->key[i] & 0x0f];
    }
    return text;
}

void preshared_clear(struct preshared *psk)
{
    OPENSSL_cleanse(psk, sizeof(*psk));
}
