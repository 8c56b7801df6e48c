#include "attacker/story/sink.h"

#include <assert.h>
#include <stdlib.h>

#include "capture/alloc.h"

bool sinks_add(struct sinks *sinks, const struct sink_kind *kind, const char *argument, bool colour,
               struct complaint *why)
{
    assert(sinks->num_sinks < SINKS_MAX);

    void *state = kind->open(argument, colour, why);
    if (!state)
        return false;
    sinks->kinds[sinks->num_sinks] = kind;
    sinks->states[sinks->num_sinks++] = state;
    return true;
}

void *sinks_session_opened(struct sinks *sinks, const struct session *s)
{
    void **of_session = alloc_zero(SINKS_MAX * sizeof(*of_session));

    for (size_t i = 0; i < sinks->num_sinks; i++) {
        if (sinks->kinds[i]->session_opened)
            of_session[i] = sinks->kinds[i]->session_opened(sinks->states[i], s);
    }
    return (void *)of_session;
}

void sinks_plaintext(struct sinks *sinks, void *of_session, enum side from, struct bytes data,
                     uint64_t time_ns)
{
    void **each = of_session;

    for (size_t i = 0; i < sinks->num_sinks; i++) {
        if (sinks->kinds[i]->plaintext)
            sinks->kinds[i]->plaintext(sinks->states[i], each[i], from, data, time_ns);
    }
}

void sinks_secret_found(struct sinks *sinks, void *of_session, const struct found_secret *secret)
{
    void **each = of_session;

    for (size_t i = 0; i < sinks->num_sinks; i++) {
        if (sinks->kinds[i]->secret_found)
            sinks->kinds[i]->secret_found(sinks->states[i], each[i], secret);
    }
}

void sinks_skipped(struct sinks *sinks, void *of_session, enum side from, uint64_t sealed_len)
{
    void **each = of_session;

    for (size_t i = 0; i < sinks->num_sinks; i++) {
        if (sinks->kinds[i]->skipped)
            sinks->kinds[i]->skipped(sinks->states[i], each[i], from, sealed_len);
    }
}

void sinks_verdict(struct sinks *sinks, void *of_session, const struct session *s, uint64_t id)
{
    void **each = of_session;

    for (size_t i = 0; i < sinks->num_sinks; i++) {
        if (sinks->kinds[i]->verdict)
            sinks->kinds[i]->verdict(sinks->states[i], each[i], s, id);
    }
    free((void *)each);
}

void sinks_agreement(struct sinks *sinks, const struct agreement *a)
{
    for (size_t i = 0; i < sinks->num_sinks; i++) {
        if (sinks->kinds[i]->agreement)
            sinks->kinds[i]->agreement(sinks->states[i], a);
    }
}

bool sinks_finished(struct sinks *sinks, const struct run_summary *summary, struct complaint *why)
{
    bool all = true;

    for (size_t i = 0; i < sinks->num_sinks; i++) {
        struct complaint of_this;

        if (!sinks->kinds[i]->finished(sinks->states[i], summary, &of_this)) {
            if (all)
                *why = of_this;
            all = false;
        }
    }
    *sinks = (struct sinks){0};
    return all;
}

void sinks_abandon(struct sinks *sinks)
{
    const struct run_summary nothing = {0};
    struct complaint passed_over;

    bool written = sinks_finished(sinks, &nothing, &passed_over);
    (void)written; /* there is a complaint already, which led here */
}
