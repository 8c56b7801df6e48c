#include "attacker/story/survey.h"

#include <stdio.h>
#include <stdlib.h>

#include "attacker/story/server_label.h"
#include "attacker/tls/exchange_name.h"
#include "attacker/tls/offered_psk.h"
#include "attacker/tls/session_ticket.h"

struct survey *survey_new(void)
{
    struct survey *v = alloc_zero(sizeof(*v));

    v->exposure = exposure_new();
    server_falls_init(&v->servers, SERVER_FALLS_MAX);
    v->certificates = server_label_memory_new();
    return v;
}

void survey_free(struct survey *v)
{
    if (!v)
        return;
    exposure_free(v->exposure);
    server_falls_clear(&v->servers);
    remembered_free(v->certificates);
    free(v);
}

static void see_values(struct survey *v, const struct handshake *h, struct exposure_use use)
{
    struct bytes modulus = h->server_params.modulus;
    char group[GROUP_TEXT_SIZE];

    use.group = exchange_group_name(h, group);
    if (modulus.len > 0) {
        (void)snprintf(group, sizeof(group), "%u-bit RSA", group_prime_bits(modulus));
        exposure_see_value(v->exposure, EXPOSURE_SERVER_VALUE, modulus, &use);
        return;
    }
    if (!exchange_is_ephemeral(h))
        return;
    /* Of a value that hides nothing everybody knows the number, used again or not. */
    if (group_hides(h->server_params.p, h->server_value))
        exposure_see_value(v->exposure, EXPOSURE_SERVER_VALUE, h->server_value, &use);
    if (group_hides(h->server_params.p, h->client_value))
        exposure_see_value(v->exposure, EXPOSURE_CLIENT_VALUE, h->client_value, &use);
}

/* see_ticket: one that is too short to have a session in it names no key. */
static void see_ticket(struct survey *v, struct bytes ticket, const struct exposure_use *use)
{
    if (session_ticket_holds_state(ticket))
        exposure_see_ticket(v->exposure, ticket, use);
}

/* see_again_13: TLS 1.3 hands tickets out sealed, so they are seen when they are used alone. A key
 * that was agreed on elsewhere has no age, and stays in use as long as the two like. */
static void see_again_13(struct survey *v, const struct handshake *h,
                         const struct exposure_use *use)
{
    struct offered_psk offered;

    if (!h->psk_chosen || !offered_psk_read(h->client_hello, h->psk_selected, &offered) ||
        offered.age == 0)
        return;
    see_ticket(v, offered.identity, use);
    exposure_see_chain(v->exposure, offered.identity, NULL, 0, use);
}

/* see_again: what a session takes up, and by what it can be taken up itself. */
static void see_again(struct survey *v, const struct handshake *h, const struct exposure_use *use)
{
    bool resumes = handshake_is_resumption(h);
    struct session_ticket handed_over = {0};
    struct bytes from = {0};
    struct bytes next[2] = {{0}};

    if (resumes && h->ticket_offered.len > 0) {
        see_ticket(v, h->ticket_offered, use);
        from = h->ticket_offered;
    } else if (resumes) {
        from = h->session_id_chosen;
    } else {
        next[0] = h->session_id_chosen;
    }
    if (session_ticket_handed_over(h, &handed_over)) {
        see_ticket(v, handed_over.ticket, use);
        next[1] = handed_over.ticket;
    }
    exposure_see_chain(v->exposure, from, next, sizeof(next) / sizeof(*next), use);
}

/* see_exposure: once for each conversation, however often the recording holds it. */
static void see_exposure(struct survey *v, const struct session *s, uint64_t id, const char *server)
{
    const struct handshake *h = &s->handshake;
    const struct exposure_use use = {id, s->connection.start_ns, server, NULL};
    uint8_t randoms[2 * RANDOM_LEN];

    if (!h->client_hello || !h->server_hello)
        return;
    memcpy(randoms, h->client_random, RANDOM_LEN);
    memcpy(randoms + RANDOM_LEN, h->server_random, RANDOM_LEN);
    if (!exposure_is_new(v->exposure, bytes_of(randoms, sizeof(randoms))))
        return;
    see_values(v, h, use);
    if (h->version >= TLS_1_3)
        see_again_13(v, h, &use);
    else
        see_again(v, h, &use);
}

void survey_take(struct survey *v, const struct session *s, uint64_t id)
{
    const struct verdict *verdict = &s->verdict;
    uint64_t bytes = s->directions[SIDE_CLIENT].bytes + s->directions[SIDE_SERVER].bytes;
    char *server = server_label_new(v->certificates, s);

    server_falls_add(&v->servers, server, bytes, verdict->opened_by, verdict->forward_secret);
    for (int i = 0; i < NUM_OPENED_BY; i++) {
        if (!(verdict->opened_by & 1u << i))
            continue;
        if (v->fallen[i]++ == 0)
            v->first_fallen[i] = id;
    }
    see_exposure(v, s, id, server);
    free(server);
}
