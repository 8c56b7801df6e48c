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

void sinks_skipped(struct sinks *sinks, void *of_session, enum side from)
{
    void **each = of_session;

    for (size_t i = 0; i < sinks->num_sinks; i++) {
        if (sinks->kinds[i]->skipped)
            sinks->kinds[i]->skipped(sinks->states[i], each[i], from);
    }
}

void sinks_verdict(struct sinks *sinks, void *of_session, const struct session *s, uint64_t id)
{
    void **each = of_session;

    for (size_t i = 0; i < sinks->num_sinks; i++)
        sinks->kinds[i]->verdict(sinks->states[i], each[i], s, id);
    free((void *)each);
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
