#include "attacker/session_psk.h"

#include <stdlib.h>

#include "attacker/session_keys.h"

struct psk_trial {
    struct secret premaster;
    size_t tried;
    size_t num_fitting;
};

/* fitting is one of the keys that can be it; NULL when there are not so many. */
static const struct psk *fitting(const struct session *s, size_t which)
{
    return psks_fitting(&s->leaks->psks, s->handshake.client_params.psk_identity, which);
}

void session_psk_begin(struct session *s)
{
    size_t num_fitting = 0;

    if (s->found.source != LEAK_PSK || s->secret.kind != SECRET_PREMASTER ||
        s->renegotiation.num > 0)
        return;
    while (fitting(s, num_fitting))
        num_fitting++;
    if (num_fitting < 2)
        return;
    session_psk_clear(s);
    s->psk_trial = alloc_zero(sizeof(*s->psk_trial));
    *s->psk_trial =
        (struct psk_trial){.premaster = s->secret, .tried = 1, .num_fitting = num_fitting};
}

bool session_psk_next(struct session *s, enum side from)
{
    struct psk_trial *trial = s->psk_trial;
    const struct psk *psk = trial ? fitting(s, trial->tried) : NULL;

    if (!psk || !s->directions[from].seal || !psk_replace(&trial->premaster, &s->handshake, psk))
        return false;
    trial->tried++;
    session_keys_replace(s, &trial->premaster);
    return s->directions[from].seal != NULL;
}

void session_psk_settle(struct session *s, uint64_t frame)
{
    if (!s->psk_trial)
        return;
    evidence_add(&s->evidence, frame, "Which of the pre-shared keys that fit is it?",
                 "number %zu of %zu: this record verifies with the keys that it makes",
                 s->psk_trial->tried, s->psk_trial->num_fitting);
    session_psk_clear(s);
}

size_t session_psk_memory(const struct session *s)
{
    return s->psk_trial ? sizeof(*s->psk_trial) : 0;
}

void session_psk_clear(struct session *s)
{
    if (!s->psk_trial)
        return;
    secret_clear(&s->psk_trial->premaster);
    free(s->psk_trial);
    s->psk_trial = NULL;
}
