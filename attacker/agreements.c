#include "attacker/agreements.h"

#include "attacker/agreement_attack.h"

/* The one that it belongs to, which may begin with it; NULL when there are too many. */
static struct agreement *find(struct agreements *all, const struct agreement_message *m,
                              uint64_t time_ns)
{
    for (size_t i = 0; i < all->num; i++) {
        if (bytes_equal(bytes_of(all->list[i]->id, AGREEMENT_ID_SIZE), m->id))
            return all->list[i];
    }
    if (all->num == AGREEMENTS_MAX)
        return NULL;
    return all->list[all->num++] = agreement_new(m, time_ns);
}

/* Who sends has made the connection, so its other end is where the next member listens. */
static void take(struct agreements *all, const struct connection *c, enum side side,
                 const struct agreement_message *m, const struct chunk *chunk)
{
    struct agreement *a = find(all, m, chunk->time_ns);

    if (!a) {
        all->left_out++;
        return;
    }
    agreement_take(a, m, chunk);
    if (side == SIDE_CLIENT && m->type == AGREEMENT_VALUE && m->members == a->members)
        a->listens[agreement_next(a, m->sender) - 1] = c->server;
}

static void let_go(struct agreement_watch *w, struct agreements *all, enum side side)
{
    w->over[side] = true;
    all->held -= w->held[side].len;
    buffer_clear(&w->held[side]);
}

static void hold(struct agreement_watch *w, struct agreements *all, enum side side,
                 struct bytes bytes)
{
    buffer_append(&w->held[side], bytes);
    all->held += bytes.len;
}

/* keep leaves of what is held what no message was read from, in memory of just its size: so the
 * limit counts what is really held. */
static void keep(struct agreement_watch *w, struct agreements *all, enum side side,
                 struct bytes left)
{
    struct buffer kept = {0};

    buffer_append(&kept, left);
    all->held -= w->held[side].len - left.len;
    buffer_clear(&w->held[side]);
    w->held[side] = kept;
}

void agreement_watch_bytes(struct agreement_watch *w, struct agreements *all,
                           const struct connection *c, enum side side, const struct chunk *chunk)
{
    struct agreement_message m;
    enum progress progress;

    if (w->over[side])
        return;
    if (w->held[side].len == 0 && !agreement_message_begins(chunk->data)) {
        w->over[side] = true;
        return;
    }
    if (chunk->data.len > AGREEMENTS_MAX_HELD - all->held) {
        all->left_out++;
        let_go(w, all, side);
        return;
    }
    hold(w, all, side, chunk->data);

    struct reader r = reader_of(buffer_view(&w->held[side]));

    while ((progress = agreement_message_read(&r, &m)) == PROGRESS_DONE)
        take(all, c, side, &m, chunk);
    if (progress == PROGRESS_MALFORMED)
        let_go(w, all, side);
    else if (r.left.len < w->held[side].len)
        keep(w, all, side, r.left);
}

void agreement_watch_gap(struct agreement_watch *w, struct agreements *all, enum side side)
{
    let_go(w, all, side);
}

void agreement_watch_end(struct agreement_watch *w, struct agreements *all)
{
    let_go(w, all, SIDE_CLIENT);
    let_go(w, all, SIDE_SERVER);
}

void agreements_tell(struct agreements *all, const struct leaks *leaks, struct sinks *sinks,
                     struct run_summary *summary)
{
    for (size_t i = 0; i < all->num; i++) {
        agreement_attack(all->list[i], leaks);
        summary->agreements++;
        summary->agreements_opened += all->list[i]->outcome == OUTCOME_DECRYPTED;
        sinks_agreement(sinks, all->list[i]);
    }
}

void agreements_clear(struct agreements *all)
{
    for (size_t i = 0; i < all->num; i++)
        agreement_free(all->list[i]);
    *all = (struct agreements){0};
}
