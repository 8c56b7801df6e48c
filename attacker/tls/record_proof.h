/*
 * record_proof.h - how much speaks for it that a direction is TLS, when nobody saw it begin?
 *
 * TLS is records and nothing else: once it goes, each one begins where the one before ends, up to
 * the last byte. So what goes on with something else is no TLS. And every time that it could have
 * gone on with something else, and did not, is a step of the proof:
 *
 *   each record header where the record in front of it ends, and the first one too;
 *   the first one, when it is the first thing that was recorded, or behind a hole;
 *   the end of the stream, when it is the end of a record.
 *
 * In random bytes a header stands at an offset with 2^-21 (460 825 of 2^40 values), and one more of
 * the same version behind it with 2^-23. Three steps are what the shortest conversations have. They
 * are there by chance in one of 2^35 streams (a record from the first byte to the last), behind one
 * of 2^44 holes (two records), or at 2^-59 of the offsets (two records in front of the end); and
 * only if all bytes up to the end go on so.
 *
 * Bytes are not always random: in a table of numbers, or in a capture file, a step may be taken by
 * chance once in ten times. But there such headers stand everywhere, and most of them lead nowhere.
 * Where any did that, 12 steps are asked for. What ends with something else all the same, a stray
 * byte that damaged the recording, say, is still TLS if it was longer than a packet can be: 64 KiB,
 * which no file that holds packets has without something between them.
 */
#ifndef KEYFALL_ATTACKER_TLS_RECORD_PROOF_H
#define KEYFALL_ATTACKER_TLS_RECORD_PROOF_H

#include "attacker/tls/record_walk.h"

/* Zero is none. */
struct record_proof {
    struct record_walk walk;
    unsigned steps_before; /* that were taken in front of the walk */
    uint64_t steps_passed; /* the most of those in front of a hole */
    bool is_adrift;        /* a header may be in the hole: the next one was not found yet */
    bool is_refuted;       /* it went on with something else */
};

/* record_proof_begin begins in front of a record that stands amid a conversation, with the steps
 * that were taken; or in front of a hello, whose records need not be of one version. */
void record_proof_begin(struct record_proof *p, bool amid_conversation, unsigned steps_before);

/* record_proof_go_on goes on where the next header was found, behind a hole that made it drift. */
void record_proof_go_on(struct record_proof *p, unsigned steps_before);

/* record_proof_bytes and record_proof_gap take what comes next. */
void record_proof_bytes(struct record_proof *p, struct bytes more);
void record_proof_gap(struct record_proof *p, uint64_t missing);

/* record_proof_is_certain: whatever may come, this is TLS. */
bool record_proof_is_certain(const struct record_proof *p);

/* record_proof_suffices: is it TLS, now that nothing comes any more? `misled`: what looked like
 * headers in this connection, and was none. */
bool record_proof_suffices(const struct record_proof *p, uint64_t misled);

#endif
