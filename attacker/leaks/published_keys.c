#include "attacker/leaks/published_keys.h"

/*
 * All zero is what an array holds into which nobody has written a key. HMAC fills up a short key
 * with zeros (RFC 2104 section 2), so one length stands for all.
 *
 *   CVE-2020-13777  GnuTLS 3.6.4 to 3.6.13 sealed with it until the first rotation of its key, and
 *                   for a client that comes early, that is always
 *   Hebrok et al.   "We Really Need to Talk About Session Tickets", USENIX Security 2023: servers
 *                   all over a large cloud sealed with it, AES-256; some others with half a key of
 *                   ASCII digits, as in the list of TLS-Scanner
 */
static const struct {
    const char *told;
    struct ticket_key key;
} keys[] = {
    {"all zero, AES-256, as in CVE-2020-13777 (GnuTLS 3.6.4 to 3.6.13)",
     {.mac_len = 32, .cipher_len = 32}},
    {"all zero, AES-128", {.mac_len = 32, .cipher_len = 16}},
    {"sixteen digits \"1\" and then zeros, AES-256 (Hebrok et al., USENIX Security 2023)",
     {.mac_len = 32, .cipher_len = 32, .mac = "1111111111111111", .cipher = "1111111111111111"}},
    {"eight digits \"1\" and then zeros, AES-128 (Hebrok et al., USENIX Security 2023)",
     {.mac_len = 16, .cipher_len = 16, .mac = "11111111", .cipher = "11111111"}},
};

const char *published_keys_get(size_t which, struct ticket_key *out)
{
    if (which >= sizeof(keys) / sizeof(keys[0]))
        return NULL;
    *out = keys[which].key;
    return keys[which].told;
}
