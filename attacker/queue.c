#include "attacker/queue.h"

/* join puts `c` behind `before`, or in front of all when that is NULL. */
static void join(struct queue *q, struct conversation *c, struct conversation *before)
{
    c->before = before;
    c->behind = before ? before->behind : q->first;
    if (before)
        before->behind = c;
    else
        q->first = c;
    if (c->behind)
        c->behind->before = c;
    else
        q->last = c;
    c->queued = true;
}

void queue_join(struct queue *q, struct conversation *c)
{
    join(q, c, q->last);
}

void queue_join_in_order(struct queue *q, struct conversation *c)
{
    struct conversation *before = q->last;

    while (before && before->first_frame > c->first_frame)
        before = before->before;
    join(q, c, before);
}

void queue_leave(struct queue *q, struct conversation *c)
{
    if (c->before)
        c->before->behind = c->behind;
    else
        q->first = c->behind;
    if (c->behind)
        c->behind->before = c->before;
    else
        q->last = c->before;
    c->queued = false;
}
