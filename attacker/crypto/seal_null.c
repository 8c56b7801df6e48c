/* No encryption: the content is in the clear, and a MAC stands behind it. RFC 5246 6.2.3.1. */
#include "attacker/crypto/seal.h"

bool seal_open_null(struct seal *seal, struct bytes *plain, const struct record *record)
{
    struct reader r = reader_of(record->fragment);
    struct bytes content;
    struct bytes mac;

    if (record->fragment.len < seal->mac_len ||
        !reader_bytes(&r, &content, record->fragment.len - seal->mac_len) ||
        !reader_bytes(&r, &mac, seal->mac_len) || !seal_mac_ok(seal, record, content, mac))
        return false;
    *plain = content;
    return true;
}
