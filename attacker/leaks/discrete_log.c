#include "attacker/leaks/discrete_log.h"

#include <pthread.h>
#include <stdlib.h>

#include "attacker/leaks/diffie_hellman.h"
#include "attacker/leaks/ephemeral.h"
#include "attacker/leaks/group_evidence.h"
#include "attacker/tls/exchange_name.h"
#include "attacker/tls/known_prime.h"

/* A public value whose exponent is known. */
struct solved {
    BIGNUM *value;
    BIGNUM *exponent;
};

/* A group that was met. */
struct tried {
    struct group_attack *attack;
    struct solved *solved;
    size_t num_solved;
    bool withstood; /* all the time that there is for a group */
    uint64_t spent_ms;
    unsigned tried_bits;
    struct tried *next; /* which was met before */
};

struct discrete_log {
    pthread_mutex_t lock;
    uint64_t milliseconds;
    bool (*stop)(void);
    struct tried *youngest;
    size_t num_tried;
};

struct discrete_log *discrete_log_new(uint64_t milliseconds, bool (*stop)(void))
{
    struct discrete_log *d = alloc_zero(sizeof(*d));

    (void)pthread_mutex_init(&d->lock, NULL);
    d->milliseconds = milliseconds;
    d->stop = stop;
    return d;
}

static void free_tried(struct tried *t)
{
    for (size_t i = 0; i < t->num_solved; i++) {
        BN_free(t->solved[i].value);
        BN_clear_free(t->solved[i].exponent);
    }
    free(t->solved);
    group_attack_free(t->attack);
    free(t);
}

void discrete_log_free(struct discrete_log *d)
{
    if (!d)
        return;
    while (d->youngest) {
        struct tried *t = d->youngest;

        d->youngest = t->next;
        free_tried(t);
    }
    (void)pthread_mutex_destroy(&d->lock);
    free(d);
}

/* --- What was met before ---------------------------------------------------------------------- */

static void forget_oldest(struct discrete_log *d)
{
    struct tried **last = &d->youngest;

    if (!*last)
        return;
    while ((*last)->next)
        last = &(*last)->next;
    free_tried(*last);
    *last = NULL;
    d->num_tried--;
}

static struct tried *find(const struct discrete_log *d, const BIGNUM *p, const BIGNUM *g)
{
    struct tried *t = d->youngest;

    while (t && (BN_cmp(t->attack->p, p) != 0 || BN_cmp(t->attack->g, g) != 0))
        t = t->next;
    return t;
}

/* meet finds the group again, or looks at it for the first time. */
static struct tried *meet(struct discrete_log *d, const struct handshake *h)
{
    const struct known_prime *known = known_prime_find(h->server_params.p);
    BIGNUM *p = number_of_bytes(h->server_params.p);
    BIGNUM *g = number_of_bytes(h->server_params.g);
    struct tried *t = find(d, p, g);

    if (!t) {
        if (d->num_tried == DISCRETE_LOG_MAX_GROUPS)
            forget_oldest(d);
        t = alloc_zero(sizeof(*t));
        t->attack = group_attack_new(p, g, known && known->safe, d->milliseconds, d->stop);
        t->spent_ms = budget_spent(&t->attack->budget) / 1000000;
        t->next = d->youngest;
        d->youngest = t;
        d->num_tried++;
    }
    BN_free(p);
    BN_free(g);
    return t;
}

static void keep(struct tried *t, const BIGNUM *value, const BIGNUM *exponent)
{
    if (t->num_solved == DISCRETE_LOG_MAX_EXPONENTS)
        return;
    t->solved = alloc_resize(t->solved, (t->num_solved + 1) * sizeof(*t->solved));
    t->solved[t->num_solved++] = (struct solved){number_copy(value), number_copy(exponent)};
}

static const BIGNUM *exponent_of(const struct tried *t, const BIGNUM *value)
{
    for (size_t i = 0; i < t->num_solved; i++) {
        if (BN_cmp(t->solved[i].value, value) == 0)
            return t->solved[i].exponent;
    }
    return NULL;
}

/* --- The question ------------------------------------------------------------------------- */

/* One handshake in a group. */
struct question {
    struct tried *t;
    const struct handshake *h;
    BIGNUM *values[2]; /* the server's, the client's */
    struct secret *out;
    struct evidence *e;
};

/* agree goes on with the exponent of one of the values, and the other one. */
static enum answer agree(const struct question *q, size_t whose, const BIGNUM *exponent)
{
    struct bytes peer = whose == 0 ? q->h->client_value : q->h->server_value;

    bool computed =
        diffie_hellman_raise(q->t->attack->p, exponent, peer, false, SECRET_PREMASTER, q->out);

    return ephemeral_conclude(q->h, computed, q->out, q->e);
}

/* recall: an exponent that is known opens each session in which it was used. */
static bool recall(const struct question *q, enum answer *answer)
{
    for (size_t i = 0; i < 2; i++) {
        const BIGNUM *exponent = exponent_of(q->t, q->values[i]);

        if (!exponent)
            continue;
        evidence_add(
            q->e, 0, "Does an exponent follow from the public values?",
            "yes: the %s has sent its value before in this recording, and the exponent was "
            "found then",
            i == 0 ? "server" : "client");
        *answer = agree(q, i, exponent);
        return true;
    }
    return false;
}

/* attack lets the group have what is left of its time. */
static enum answer attack(const struct discrete_log *d, const struct question *q,
                          uint64_t *spent_ms)
{
    struct tried *t = q->t;
    const BIGNUM *values[] = {q->values[0], q->values[1]};
    uint64_t prepared_ms = t->num_solved == 0 && !t->withstood ? t->spent_ms : 0;
    uint64_t left_ms = d->milliseconds > prepared_ms ? d->milliseconds - prepared_ms : 0;
    bool before = t->withstood;
    struct group_solution s;
    enum answer answer = ANSWER_WITHSTOOD;

    if (group_attack_solve(t->attack, &s, values, left_ms, !before)) {
        *spent_ms = prepared_ms + budget_spent(&t->attack->budget) / 1000000;
        group_evidence_found(t->attack, &s, q->h, *spent_ms, q->e);
        if (s.way != WAY_SMALL_SUBGROUP)
            keep(t, q->values[s.whose], s.exponent);
        answer = agree(q, s.whose, s.exponent);
    } else if (s.no_power[0] && s.no_power[1]) {
        group_evidence_no_power(q->h, q->e);
        answer = ANSWER_BROKEN;
    } else if (!before) {
        t->withstood = true;
        t->spent_ms = prepared_ms + budget_spent(&t->attack->budget) / 1000000;
        t->tried_bits = s.tried_bits;
    }
    group_solution_clear(&s);
    if (answer == ANSWER_WITHSTOOD) {
        *spent_ms = t->spent_ms;
        group_evidence_withstood(t->attack, t->tried_bits, q->h, *spent_ms, before, q->e);
    }
    return answer;
}

static BIGNUM *reduced(struct bytes wire, const BIGNUM *p)
{
    BIGNUM *value = number_of_bytes(wire);
    BN_CTX *context = alloc_checked(BN_CTX_new());

    number_must(BN_nnmod(value, value, p, context) == 1);
    BN_CTX_free(context);
    return value;
}

static enum answer ask(struct discrete_log *d, const struct handshake *h, struct secret *out,
                       struct evidence *e, uint64_t *spent_ms)
{
    struct question q = {.t = meet(d, h), .h = h, .out = out, .e = e};
    enum answer answer;

    q.values[0] = reduced(h->server_value, q.t->attack->p);
    q.values[1] = reduced(h->client_value, q.t->attack->p);
    group_evidence_facts(q.t->attack, h, e);
    if (!recall(&q, &answer))
        answer = attack(d, &q, spent_ms);
    if (answer == ANSWER_WITHSTOOD && !(group_hides(h->server_params.p, h->server_value) &&
                                        group_hides(h->server_params.p, h->client_value)))
        answer = ANSWER_BROKEN; /* that the secret was not found says nothing for the exchange */
    BN_free(q.values[0]);
    BN_free(q.values[1]);
    return answer;
}

enum answer discrete_log_ask(struct discrete_log *d, const struct handshake *h, struct secret *out,
                             struct evidence *e, uint64_t *spent_ms)
{
    static const char step[] = "Is there a group of integers modulo p to attack?";
    unsigned bits = group_prime_bits(h->server_params.p);

    if (!d || (h->version < TLS_1_3 && handshake_is_resumption(h)))
        return ANSWER_NOT_GIVEN;
    if (h->server_params.p.len == 0) {
        group_evidence_none(h, e);
        return ANSWER_NOT_GIVEN;
    }
    if (bits > DISCRETE_LOG_MAX_BITS) {
        evidence_add(e, 0, step, "yes, but p has %u bits: more than %d are not looked at", bits,
                     DISCRETE_LOG_MAX_BITS);
        return ANSWER_NOT_GIVEN;
    }
    if (bits < 2 || h->server_value.len == 0 || h->client_value.len == 0) {
        evidence_add(e, 0, step,
                     bits < 2 ? "no: p is 0 or 1"
                              : "yes, but a public value is missing from the recording");
        return ANSWER_BROKEN;
    }
    (void)pthread_mutex_lock(&d->lock);
    enum answer answer = ask(d, h, out, e, spent_ms);
    (void)pthread_mutex_unlock(&d->lock);
    return answer;
}
