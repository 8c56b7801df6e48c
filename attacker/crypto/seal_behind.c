/*
 * The number of a record in front of which others are missing.
 *
 *     opened | ... `bytes` of records that are missing or did not open ... | record
 *       n    |       lost: fewest .. most                                  | n + lost + 1
 *
 * The MAC or tag covers the number, so a wrong one does not verify. What else the cipher takes over
 * from the record in front: CBC before TLS 1.1 its last block, which may have been recorded even
 * where the rest was not; a stream cipher the place in the keystream, which follows from the number
 * of bytes and of headers in between. Where the keys have changed in between, it is not known how
 * many of those bytes are sealed; then the place has to be found by trying, too.
 */
#include "attacker/crypto/master_secret.h"
#include "attacker/crypto/seal.h"
#include "attacker/tls/handshake.h"

/* What an attempt costs besides the bytes it looks at: setting up cipher and MAC. */
#define ATTEMPT_COST 256

static bool chains_iv(const struct seal *seal)
{
    return seal->cipher->sealing == SEALING_CBC && seal->version < TLS_1_1;
}

/* end_with_iv: so long is the end of a record that holds its last encrypted block. */
static size_t end_with_iv(const struct seal *seal)
{
    return seal->cipher->iv_len + (seal->encrypt_then_mac ? seal->mac_len : 0);
}

/* take_iv finds the last block that was encrypted in front of the record. */
static bool take_iv(struct seal *seal, struct bytes before)
{
    size_t from_end = end_with_iv(seal);
    struct reader r = reader_of(before);

    return before.len >= from_end && reader_skip(&r, before.len - from_end) &&
           reader_copy(&r, seal->at.iv, seal->cipher->iv_len);
}

/* iv_is_sure: with encrypt-then-MAC the MAC does not cover the IV. It is right all the same when no
 * record is lost in front, or when it was recorded, at the end of the record in front. */
static bool iv_is_sure(const struct seal *seal, const struct seal_lapse *lapse, uint64_t lost)
{
    return !chains_iv(seal) || !seal->encrypt_then_mac || lost == 0 ||
           (lapse->before_is_own && lapse->before.len >= end_with_iv(seal));
}

/* An attempt at one record: what it takes, and what came of it. */
struct attempt {
    struct seal *seal;
    struct seal_position start;
    const struct record *record;
    const struct seal_lapse *lapse;
    uint64_t sealed; /* bytes of the lapse that are sealed, headers included */
    uint64_t *credit;
    bool untried;      /* the credit was not enough for an attempt */
    bool proven_alone; /* it verifies, and was not decrypted */
    struct bytes plain;
    uint8_t type;
};

/* move puts the seal `lost` records behind its start. None lost: what lies between was not sent by
 * this side, and changes nothing. */
static bool move(const struct attempt *a, uint64_t lost)
{
    struct seal *seal = a->seal;

    seal->at = a->start;
    if (lost == 0)
        return true;
    seal->at.sequence += lost;
    seal->at.keystream += a->sealed - lost * RECORD_HEADER_LEN;
    return a->sealed >= lost * RECORD_HEADER_LEN &&
           (!chains_iv(seal) || take_iv(seal, a->lapse->before) || seal->encrypt_then_mac);
}

/* spend takes the cost off the credit, or, when there is not enough, what it took to find out. */
static bool spend(struct attempt *a, uint64_t cost)
{
    bool enough = cost <= *a->credit;
    uint64_t spent = enough ? cost : ATTEMPT_COST;

    *a->credit -= spent < *a->credit ? spent : *a->credit;
    a->untried |= !enough;
    return enough;
}

/* open_here: with encrypt-then-MAC, a record verifies without the right IV. Where only the record
 * shows that this is the order, its IV was sought in another place. */
static bool open_here(struct attempt *a, uint64_t lost)
{
    struct seal *seal = a->seal;
    bool agreed = seal->encrypt_then_mac;

    a->proven_alone = !iv_is_sure(seal, a->lapse, lost);
    if (a->proven_alone && seal_prove_cbc(seal, a->record))
        return true;
    if (a->proven_alone && !seal->mac_order_unknown)
        return false;
    if (!seal_open(seal, &a->plain, &a->type, a->record))
        return false;
    a->proven_alone = lost > 0 && chains_iv(seal) && seal->encrypt_then_mac && !agreed;
    return true;
}

static bool try_number(struct attempt *a, uint64_t lost)
{
    struct seal *seal = a->seal;

    return lost >= a->lapse->fewest && lost <= a->lapse->most && spend(a, ATTEMPT_COST) &&
           move(a, lost) &&
           spend(a, a->record->fragment.len + seal_stream_cost(seal, seal->at.keystream)) &&
           open_here(a, lost);
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

/* find_number tries the likely ones first: those above, which a larger hole has, before those
 * below. */
static bool find_number(struct attempt *a, uint64_t *lost)
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

/* try_finished_alone: where the Finished is all that was said behind the change of keys, its length
 * is the place in the keystream. */
static bool try_finished_alone(struct attempt *a, uint64_t finished, uint64_t *lost)
{
    a->sealed = finished;
    *lost = 1;
    return finished <= a->lapse->bytes && try_number(a, *lost);
}

/*
 * find_place tries each place in the keystream with each number:
 *
 *     opened | in the clear, ChangeCipherSpec | Finished | ... `lost` - 1 records ... | record
 *                                             |<---------- sealed ------------------->|
 */
static bool find_place(struct attempt *a, uint64_t finished, uint64_t *lost)
{
    for (*lost = 2; *lost <= a->lapse->most; ++*lost) {
        uint64_t fewest = finished + (*lost - 1) * (RECORD_HEADER_LEN + a->seal->mac_len);

        for (a->sealed = a->lapse->bytes; a->sealed >= fewest; a->sealed--) {
            if (*a->credit == 0)
                return false;
            if (try_number(a, *lost))
                return true;
        }
    }
    return false;
}

static bool find(struct attempt *a, uint64_t *lost)
{
    uint64_t finished =
        RECORD_HEADER_LEN + HANDSHAKE_HEADER_LEN + VERIFY_DATA_LEN + a->seal->mac_len;
    bool places = a->seal->keystream && a->lapse->change_unseen;

    if (places && try_finished_alone(a, finished, lost))
        return true;
    a->sealed = a->lapse->bytes;
    return find_number(a, lost) || (places && find_place(a, finished, lost));
}

enum seal_answer seal_open_behind(struct seal *seal, struct bytes *plain, uint8_t *type,
                                  const struct record *record, const struct seal_lapse *lapse,
                                  uint64_t *credit, uint64_t *lost)
{
    struct attempt a = {
        .seal = seal, .start = seal->at, .record = record, .lapse = lapse, .credit = credit};

    if (!find(&a, lost)) {
        seal->at = a.start;
        return a.untried || *credit == 0 ? SEAL_UNTRIED : SEAL_SHUT;
    }
    if (a.proven_alone)
        return SEAL_PROVEN;
    *plain = a.plain;
    *type = a.type;
    return SEAL_OPENED;
}
