/* The sentence about a key log that has some of a session's secrets, and not all. */
#include <stdio.h>

#include "attacker/verdict_settle.h"

static bool is_known(const struct findings *f, int label)
{
    return (f->traffic_known & 1u << label) != 0;
}

/* name_missing writes their names: "A", "A and B", "A, B and C". */
static void name_missing(char *out, size_t size, const struct findings *f)
{
    size_t len = 0;
    int left = 0;

    for (int i = 0; i < TRAFFIC_NUM_LABELS; i++)
        left += !is_known(f, i);
    for (int i = 0; i < TRAFFIC_NUM_LABELS && len < size; i++) {
        if (is_known(f, i))
            continue;
        left--;
        len += (size_t)snprintf(out + len, size - len, "%s%s",
                                keylog_label_of_traffic((enum traffic_label)i),
                                left > 1    ? ", "
                                : left == 1 ? " and "
                                            : "");
    }
}

bool verdict_settle_some_secrets(struct verdict *v, const struct findings *f)
{
    const unsigned all = (1u << TRAFFIC_NUM_LABELS) - 1;
    bool checked = is_known(f, TRAFFIC_CLIENT_HANDSHAKE) || is_known(f, TRAFFIC_SERVER_HANDSHAKE);
    char missing[160] = "";

    if (f->leaks->source != LEAK_KEYLOG || f->handshake->version < TLS_1_3 ||
        f->traffic_known == all || f->records_opened == f->records)
        return false;
    name_missing(missing, sizeof(missing), f);
    verdict_settle(v, f->records_opened > 0 ? OUTCOME_PARTIAL : OUTCOME_UNDECRYPTABLE,
                   REASON_NO_KEY,
                   "The key log has some secrets of this session, but not %s. With those that it "
                   "has, %llu of %llu protected records open%s.",
                   missing, (unsigned long long)f->records_opened, (unsigned long long)f->records,
                   checked ? "" : "; the handshake stays shut, and no Finished could be checked");
    return true;
}
