/*
 * nested.h - TLS inside of TLS: what a session says, once it is open, may be another conversation.
 *
 * A client speaks TLS to a proxy, asks it for a tunnel (CONNECT), and through that speaks TLS to
 * somebody else. So the plaintext of a session is watched as the bytes of a connection are, by a
 * conversation of its own, up to where TLS must have begun. Other plaintext costs no more than
 * that.
 */
#ifndef KEYFALL_ATTACKER_NESTED_H
#define KEYFALL_ATTACKER_NESTED_H

#include "attacker/conversation.h"

/* 16 KiB without any TLS in them: plain talk in front of a tunnel is a request and an answer. */
#define NESTED_PATIENCE 16384

/* A tunnel in a tunnel is a proxy behind a proxy; three are more than anybody has use for, and each
 * costs a pass over the bytes. */
#define NESTED_MAX_DEPTH 3

/*
 * nested_bytes: `from`, as the TLS of `c` has it, said these in the session of `c`. nested_gap:
 * something is missing in front of what comes next, so many bytes as it was sealed, or 0 when that
 * is not known. The conversation in c->carried, if there is one, is the run's as others are.
 */
void nested_bytes(struct conversation *c, enum side from, const struct chunk *chunk);
void nested_gap(struct conversation *c, enum side from, uint64_t sealed_len);

/* nested_is_over: in a conversation that was carried, TLS should have begun by now. Nothing more is
 * handed to it, and it may be freed. */
bool nested_is_over(const struct conversation *carried);

#endif
