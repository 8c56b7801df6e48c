/*
 * session_lapse.h - what lies between the last record of a direction that opened and the next one?
 * Called by session.c and session_search.c alone.
 *
 *     opened | damaged | damaged | begun ... hole ... behind it | record
 *                                |<---------- loose ----------->|
 *
 * Nothing of it opened; but how many bytes it has, and what stands at its end, tells which numbers
 * the next record can have, and what it takes over from the record in front: seal_open_behind.
 */
#ifndef KEYFALL_ATTACKER_SESSION_LAPSE_H
#define KEYFALL_ATTACKER_SESSION_LAPSE_H

#include "attacker/session.h"

/* session_lapse_damaged notes a record that was recorded whole and did not open. */
void session_lapse_damaged(struct direction *d, const struct record *record);

/* session_lapse_cross notes a hole: `front` was left in front of it, and no record ends in that. */
void session_lapse_cross(struct rift *rift, struct bytes front, uint64_t missing);

/* session_lapse_in_order is what lies in front of the next record, when the stream is in order. */
struct seal_lapse session_lapse_in_order(const struct direction *d);

/* session_lapse_in_hole is that with a hole in it: `loose` bytes in which no record is known.
 * `before` are the last of them, back to the hole if there are not many. The answer is valid until
 * the next call. */
struct seal_lapse session_lapse_in_hole(struct rift *rift, const struct seal *seal, uint64_t loose,
                                        struct bytes before);

/* session_lapse_behind_change is the same where the keys have changed to those of `next`, right in
 * front of the record or somewhere else in the hole. Up to TLS 1.2 a ChangeCipherSpec was in it
 * then, and what is in front of that was said in the clear. */
struct seal_lapse session_lapse_behind_change(struct rift *rift, const struct seal *next,
                                              uint64_t loose, struct bytes before);

/* session_lapse_over: a record has opened, and what lay in front of it is settled. */
void session_lapse_over(struct direction *d);

#endif
