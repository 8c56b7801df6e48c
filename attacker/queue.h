/*
 * queue.h - the order in which the verdicts of a run leave: that of the conversations' first
 * packets.
 *
 * The links are in the conversations themselves. Nothing is owned here; a conversation leaves the
 * queue before it is freed.
 */
#ifndef KEYFALL_ATTACKER_QUEUE_H
#define KEYFALL_ATTACKER_QUEUE_H

#include "attacker/conversation.h"

/* Zero is empty. */
struct queue {
    struct conversation *first;
    struct conversation *last;
};

/* queue_join puts `c` at the end. */
void queue_join(struct queue *q, struct conversation *c);

/* queue_join_in_order puts it where its first packet belongs. */
void queue_join_in_order(struct queue *q, struct conversation *c);

void queue_leave(struct queue *q, struct conversation *c);

#endif
