#include "attacker/session_secret.h"

/* The bits of a master secret and of an early one, behind those of enum traffic_label. */
#define TOLD_MASTER (1u << TRAFFIC_NUM_LABELS)
#define TOLD_EARLY  (1u << (TRAFFIC_NUM_LABELS + 1))

static void tell(struct session *s, unsigned bit, const char *label, struct bytes value)
{
    const struct found_secret secret = {
        .label = label,
        .client_random = bytes_of(s->handshake.client_random, RANDOM_LEN),
        .value = value,
    };

    if (value.len == 0 || s->secrets_told & bit)
        return;
    s->secrets_told |= bit;
    s->listener.secret_found(s->listener.context, s, &secret);
}

void session_secret_tell(struct session *s)
{
    const struct traffic_secrets *traffic = &s->secret.traffic;

    if (!s->listener.secret_found)
        return;
    if (s->early.num_opened > 0)
        tell(s, TOLD_EARLY, keylog_label_of_early(),
             bytes_of(s->early.secret.value, s->early.secret.len));
    if (s->secret.kind == SECRET_MASTER)
        tell(s, TOLD_MASTER, keylog_label_of_master(), secret_view(&s->secret));
    for (int i = 0; s->secret.kind == SECRET_TRAFFIC && i < TRAFFIC_NUM_LABELS; i++)
        tell(s, 1u << i, keylog_label_of_traffic((enum traffic_label)i),
             bytes_of(traffic->value[i], traffic->len[i]));
}
