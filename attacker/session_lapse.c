#include "attacker/session_lapse.h"

#define CHANGE_CIPHER_SPEC_LEN (RECORD_HEADER_LEN + 1)

/* keep_end keeps the end of `b`, from which the next record may take its IV. */
static void keep_end(struct rift *rift, struct bytes b)
{
    struct reader r = reader_of(b);

    rift->before_len = b.len < SEAL_MAX_BEFORE ? b.len : SEAL_MAX_BEFORE;
    (void)(reader_skip(&r, b.len - rift->before_len) &&
           reader_copy(&r, rift->before, rift->before_len));
}

void session_lapse_damaged(struct direction *d, const struct record *record)
{
    d->rift.damaged++;
    d->rift.damaged_len += RECORD_HEADER_LEN + record->fragment.len;
    keep_end(&d->rift, record->fragment);
}

struct seal_lapse session_lapse_in_order(const struct direction *d)
{
    const struct rift *rift = &d->rift;

    return (struct seal_lapse){
        .most = rift->damaged,
        .likely = rift->damaged,
        .bytes = rift->damaged_len,
        .before = bytes_of(rift->before, rift->before_len),
    };
}

void session_lapse_over(struct direction *d)
{
    for (size_t i = 0; i < SESSION_UNSEEN_CHANGES; i++)
        seal_free(d->rift.next[i]);
    d->rift = (struct rift){0};
}

/*
 * bridge_mac: encrypt-then-MAC puts a MAC behind the last block of a record. When nothing but some
 * of that MAC is missing, the block was recorded all the same, in front of the hole:
 *
 *     ... last block | M A .. hole .. C | record
 *
 * The answer is `before`, or what it would be with zeros in place of the hole.
 */
static struct bytes bridge_mac(struct rift *rift, const struct seal *seal, struct bytes before)
{
    struct reader front = reader_of(bytes_of(rift->before, rift->before_len));
    struct reader behind = reader_of(before);
    size_t len = seal->cipher->iv_len + seal->mac_len;

    if (!seal->encrypt_then_mac || rift->num_holes == 0 || before.len > seal->mac_len ||
        rift->latest_hole > seal->mac_len - before.len)
        return before;

    size_t hole = (size_t)rift->latest_hole;
    size_t front_len = len - hole - before.len;

    if (rift->before_len < front_len || !reader_skip(&front, rift->before_len - front_len) ||
        !reader_copy(&front, rift->bridged, front_len) ||
        !reader_copy(&behind, rift->bridged + front_len + hole, before.len))
        return before;
    memset(rift->bridged + front_len, 0, hole);
    return bytes_of(rift->bridged, len);
}

/* begun_is_change: the hole begins in a ChangeCipherSpec; no other record is as short. */
static bool begun_is_change(const struct rift *rift)
{
    return rift->begun == CHANGE_CIPHER_SPEC_LEN;
}

struct seal_lapse session_lapse_in_hole(struct rift *rift, const struct seal *seal, uint64_t loose,
                                        struct bytes before)
{
    const uint64_t longest = RECORD_HEADER_LEN + RECORD_MAX_FRAGMENT;
    uint64_t shortest = RECORD_HEADER_LEN + seal_min_fragment(seal);
    bool tls13 = seal->version >= TLS_1_3;
    uint64_t known = rift->begun > 0 && !(tls13 && begun_is_change(rift)) ? 1 : 0;
    uint64_t rest = loose - rift->begun;
    /* In TLS 1.3 a ChangeCipherSpec may be among it, which is not sealed and has no number. */
    uint64_t sealed =
        tls13 && rest >= CHANGE_CIPHER_SPEC_LEN ? rest - CHANGE_CIPHER_SPEC_LEN : rest;
    struct seal_lapse lapse = {
        .fewest = known + (sealed + longest - 1) / longest,
        .most = known + rest / shortest + rift->damaged,
        .bytes = rift->damaged_len + loose,
        .before = bridge_mac(rift, seal, before),
        .before_is_own = rift->num_holes > 0 && !rift->whole_shut,
    };

    lapse.likely = lapse.fewest + rift->damaged;
    if (rift->damaged > 0 || rift->hole == 0)
        lapse.fewest = 0; /* what stands there need not have been sent by this side */
    return lapse;
}

struct seal_lapse session_lapse_behind_change(struct rift *rift, const struct seal *next,
                                              uint64_t loose, struct bytes before)
{
    struct seal_lapse lapse = session_lapse_in_hole(rift, next, loose, before);
    uint64_t clear = CHANGE_CIPHER_SPEC_LEN + (begun_is_change(rift) ? 0 : rift->begun);

    lapse.fewest = 0;
    lapse.likely = 0;
    if (next->version < TLS_1_3) {
        lapse.bytes -= clear < lapse.bytes ? clear : lapse.bytes;
        lapse.change_unseen = !begun_is_change(rift);
    }
    return lapse;
}

void session_lapse_cross(struct rift *rift, struct bytes front, uint64_t missing)
{
    keep_end(rift, front);
    rift->loose += front.len + missing;
    rift->hole += missing;
    rift->latest_hole = missing;
    rift->num_holes++;
    rift->searched = 0;
    rift->whole_shut = false;
}
