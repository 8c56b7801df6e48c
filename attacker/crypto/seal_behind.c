/*
 * The number of a record in front of which others are missing.
 *
 *     opened | ... `bytes` of records that are missing or did not open ... | record
 *       n    |       lost: fewest .. most                                  | n + lost + 1
 *
 * The MAC or tag covers the number, so a wrong one does not verify. What else the cipher takes over
 * from the record in front: CBC before TLS 1.1 its last block, which may have been recorded even
 * where the rest was not; a stream cipher the place in the keystream, which follows from the number
 * of bytes and of headers in between.
 */
#include "attacker/crypto/seal.h"

/* What an attempt costs besides the bytes it looks at: setting up cipher and MAC. */
#define ATTEMPT_COST 256

static bool chains_iv(const struct seal *seal)
{
    return seal->cipher->sealing == SEALING_CBC && seal->version < TLS_1_1;
}

/* take_iv finds the last block that was encrypted in front of the record. */
static bool take_iv(struct seal *seal, struct bytes before)
{
    size_t block = seal->cipher->iv_len;
    size_t from_end = block + (seal->encrypt_then_mac ? seal->mac_len : 0);
    struct reader r = reader_of(before);

    return before.len >= from_end && reader_skip(&r, before.len - from_end) &&
           reader_copy(&r, seal->at.iv, block);
}

/* move puts the seal `lost` records behind `start`. With encrypt-then-MAC, a record verifies
 * without the right IV. None lost: what lies between was not sent by this side, and changes
 * nothing. */
static bool move(struct seal *seal, const struct seal_position *start, uint64_t lost,
                 const struct seal_lapse *lapse)
{
    seal->at = *start;
    if (lost == 0)
        return true;
    seal->at.sequence += lost;
    seal->at.keystream += lapse->bytes - lost * RECORD_HEADER_LEN;
    return lapse->bytes >= lost * RECORD_HEADER_LEN &&
           (!chains_iv(seal) || take_iv(seal, lapse->before) || seal->encrypt_then_mac);
}

/* spend takes the cost off the credit, or, when there is not enough, what it took to find out. */
static bool spend(uint64_t *credit, uint64_t cost)
{
    bool enough = cost <= *credit;
    uint64_t spent = enough ? cost : ATTEMPT_COST;

    *credit -= spent < *credit ? spent : *credit;
    return enough;
}

/* An attempt at one record: what it takes, and what came of it. */
struct attempt {
    struct seal *seal;
    struct seal_position start;
    const struct record *record;
    const struct seal_lapse *lapse;
    uint64_t *credit;
    struct bytes plain;
    uint8_t type;
};

static bool try_number(struct attempt *a, uint64_t lost)
{
    struct seal *seal = a->seal;

    return lost >= a->lapse->fewest && lost <= a->lapse->most && spend(a->credit, ATTEMPT_COST) &&
           move(seal, &a->start, lost, a->lapse) &&
           spend(a->credit, a->record->fragment.len + seal_stream_cost(seal, seal->at.keystream)) &&
           seal_open(seal, &a->plain, &a->type, a->record);
}

/* told_by_nonce: most senders count their explicit nonces, so that the nonce tells the number. */
static bool told_by_nonce(const struct attempt *a, uint64_t *lost)
{
    uint64_t nonce;

    if (a->start.sequence == 0 || !seal_aead_nonce(a->seal, &nonce, a->record))
        return false;
    *lost = nonce - a->start.explicit_nonce - 1;
    return true;
}

/* find tries the likely numbers first: those above, which a larger hole has, before those below. */
static bool find(struct attempt *a, uint64_t *lost)
{
    const struct seal_lapse *lapse = a->lapse;

    if (told_by_nonce(a, lost) && try_number(a, *lost))
        return true;
    for (*lost = lapse->likely; *lost <= lapse->most && *a->credit > 0; ++*lost) {
        if (try_number(a, *lost))
            return true;
    }
    for (*lost = lapse->likely; *lost > lapse->fewest && *a->credit > 0;) {
        if (try_number(a, --*lost))
            return true;
    }
    return false;
}

enum seal_answer seal_open_behind(struct seal *seal, struct bytes *plain, uint8_t *type,
                                  const struct record *record, const struct seal_lapse *lapse,
                                  uint64_t *credit, uint64_t *lost)
{
    struct attempt a = {
        .seal = seal, .start = seal->at, .record = record, .lapse = lapse, .credit = credit};

    if (!find(&a, lost)) {
        seal->at = a.start;
        return SEAL_SHUT;
    }
    if (chains_iv(seal) && seal->encrypt_then_mac && *lost > 0)
        return SEAL_PROVEN;
    *plain = a.plain;
    *type = a.type;
    return SEAL_OPENED;
}
