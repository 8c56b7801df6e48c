#include "attacker/story/exposure.h"

#include <stdio.h>
#include <stdlib.h>

#include "attacker/leaks/remembered.h"
#include "capture/alloc.h"

/* Two more kinds of names, which nobody is told of. */
enum { KIND_CONVERSATION = NUM_EXPOSURE_KINDS, KIND_TEXT };

/* Something as it is seen in a session. */
struct sight {
    uint64_t session;
    uint64_t time_ns;
    uint64_t server; /* these two are short for a text that is compared alone */
    uint64_t whole;  /* the ticket, where the name is that of its key */
};

/* Seen in one session. */
struct trace {
    struct sight sight;
    bool several; /* tickets of that name */
};

/* Seen in several. What is told of comes first, so that the one leads to the other. */
struct finding {
    struct exposed exposed;
    struct sight first;
    uint64_t latest_session;
    bool several;
};

struct exposure {
    struct remembered *traces;
    struct remembered *findings;
    struct remembered *links; /* from the name of a session to that of the first in its chain */
};

static void clear_finding(void *finding)
{
    struct finding *f = finding;

    free(f->exposed.server);
}

struct exposure *exposure_new(void)
{
    struct exposure *e = alloc_zero(sizeof(*e));

    e->traces = remembered_new(EXPOSURE_MAX_TRACES, sizeof(struct trace), NULL);
    e->findings = remembered_new(EXPOSURE_MAX_FINDINGS, sizeof(struct finding), clear_finding);
    e->links = remembered_new(EXPOSURE_MAX_TRACES, sizeof(struct remembered_key), NULL);
    return e;
}

void exposure_free(struct exposure *e)
{
    if (!e)
        return;
    remembered_free(e->traces);
    remembered_free(e->findings);
    remembered_free(e->links);
    free(e);
}

void exposure_limit(struct exposure *e, size_t traces, size_t findings)
{
    remembered_limit(e->traces, traces);
    remembered_limit(e->findings, findings);
    remembered_limit(e->links, traces);
}

uint64_t exposure_forgotten(const struct exposure *e)
{
    return remembered_forgotten(e->traces) + remembered_forgotten(e->findings) +
           remembered_forgotten(e->links);
}

/* --- What is seen ------------------------------------------------------------------- */

/* short_for: with so few of them, two that are equal by chance are not to be expected. */
static uint64_t short_for(struct bytes text)
{
    const struct remembered_key key = remembered_key_of(KIND_TEXT, text);
    uint64_t number;

    memcpy(&number, key.digest, sizeof(number));
    return number;
}

static void list(struct exposed *x, uint64_t session)
{
    if (x->num_listed < EXPOSURE_MAX_LISTED)
        x->sessions[x->num_listed++] = session;
    x->num_sessions++;
}

/* promote makes a finding of a trace. */
static struct finding *promote(struct exposure *e, const struct remembered_key *key,
                               const struct trace *t, const struct exposure_use *use)
{
    struct finding *f = remembered_add(e->findings, key);
    struct exposed *x = &f->exposed;

    f->first = t->sight;
    f->several = t->several;
    f->latest_session = t->sight.session;
    x->kind = (enum exposure_kind)key->kind;
    x->first_ns = x->last_ns = t->sight.time_ns;
    x->server = alloc_text(use->server);
    (void)snprintf(x->group, sizeof(x->group), "%s", use->group ? use->group : "");
    list(x, t->sight.session);
    remembered_drop(e->traces, key);
    return f;
}

/* extend adds one more sight of a finding. */
static void extend(struct finding *f, const struct sight *sight)
{
    struct exposed *x = &f->exposed;

    f->several |= f->first.whole != sight->whole;
    x->several_servers |= f->first.server != sight->server;
    if (sight->time_ns < x->first_ns)
        x->first_ns = sight->time_ns;
    if (sight->time_ns > x->last_ns)
        x->last_ns = sight->time_ns;
    if (sight->session != f->latest_session)
        list(x, sight->session);
    f->latest_session = sight->session;
}

/* see files it; the answer is the finding that it belongs to, or NULL. */
static struct finding *see(struct exposure *e, const struct remembered_key *key, uint64_t whole,
                           const struct exposure_use *use)
{
    const struct sight sight = {use->session, use->time_ns,
                                short_for(bytes_of(use->server, strlen(use->server))), whole};
    struct finding *f = remembered_find(e->findings, key);
    struct trace *t = f ? NULL : remembered_find(e->traces, key);

    if (!f && !t) {
        t = remembered_add(e->traces, key);
        t->sight = sight;
        return NULL;
    }
    if (t && t->sight.session == use->session) {
        t->several |= t->sight.whole != whole;
        return NULL;
    }
    if (t)
        f = promote(e, key, t, use);
    extend(f, &sight);
    return f;
}

bool exposure_is_new(struct exposure *e, struct bytes randoms)
{
    const struct remembered_key key = remembered_key_of(KIND_CONVERSATION, randoms);

    if (remembered_find(e->traces, &key))
        return false;
    (void)remembered_add(e->traces, &key);
    return true;
}

void exposure_see_value(struct exposure *e, enum exposure_kind kind, struct bytes value,
                        const struct exposure_use *use)
{
    const struct remembered_key key = remembered_key_of((uint8_t)kind, value);

    if (value.len > 0)
        (void)see(e, &key, 0, use);
}

void exposure_see_ticket(struct exposure *e, struct bytes ticket, const struct exposure_use *use)
{
    struct bytes name = bytes_first(ticket, EXPOSURE_KEY_NAME_LEN);

    if (ticket.len <= EXPOSURE_KEY_NAME_LEN)
        return;

    const struct remembered_key key = remembered_key_of(EXPOSURE_TICKET_KEY, name);
    struct finding *f = see(e, &key, short_for(ticket), use);
    if (f)
        memcpy(f->exposed.key_name, name.at, name.len);
}

/* --- Chains ------------------------------------------------------------------------------ */

static void add_link(struct exposure *e, struct bytes name, const struct remembered_key *root)
{
    const struct remembered_key key = remembered_key_of(EXPOSURE_CHAIN, name);
    struct remembered_key *link = remembered_find(e->links, &key);

    if (!link)
        link = remembered_add(e->links, &key);
    *link = *root;
}

void exposure_see_chain(struct exposure *e, struct bytes from, const struct bytes *next,
                        size_t num_next, const struct exposure_use *use)
{
    struct bytes first = from;

    for (size_t i = 0; i < num_next && first.len == 0; i++)
        first = next[i];
    if (first.len == 0)
        return;

    struct remembered_key root = remembered_key_of(EXPOSURE_CHAIN, first);
    const struct remembered_key *known = from.len > 0 ? remembered_find(e->links, &root) : NULL;
    if (known)
        root = *known;
    for (size_t i = 0; i < num_next; i++) {
        if (next[i].len > 0)
            add_link(e, next[i], &root);
    }
    (void)see(e, &root, 0, use);
}

/* --- What is told -------------------------------------------------------------------------- */

const struct exposed *exposure_next(const struct exposure *e, const struct exposed *before)
{
    const struct finding *f = remembered_next(e->findings, before);

    /* One ticket that is used again has a key, too, but that is its chain's story. */
    while (f && f->exposed.kind == EXPOSURE_TICKET_KEY && !f->several)
        f = remembered_next(e->findings, f);
    return f ? &f->exposed : NULL;
}

const struct exposed *exposure_longest(const struct exposure *e, enum exposure_kind kind)
{
    const struct exposed *longest = NULL;

    for (const struct exposed *x = NULL; (x = exposure_next(e, x));) {
        if (x->kind == kind &&
            (!longest || x->last_ns - x->first_ns > longest->last_ns - longest->first_ns))
            longest = x;
    }
    return longest;
}
