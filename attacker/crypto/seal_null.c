/* No encryption: the content is in the clear, and a MAC stands behind it. RFC 5246 6.2.3.1. */
#include "attacker/crypto/seal.h"

bool seal_open_null(struct seal *seal, struct bytes *plain, const struct record *record)
{
    struct bytes content = record->fragment;
    struct bytes mac;

    if (!seal_take_mac(&content, &mac, seal->mac_len) || !seal_mac_ok(seal, record, content, mac))
        return false;
    *plain = content;
    return true;
}
