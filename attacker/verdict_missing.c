/* The sentences about what is not in the recording. */
#include <stdio.h>

#include "attacker/verdict_settle.h"

/* part_torn names what of the hellos is among it, as a clause. */
static const char *part_torn(const struct handshake *h)
{
    bool torn[2] = {false, false};

    for (size_t i = 0; i < h->num_messages; i++)
        torn[h->messages[i].from] |= h->messages[i].torn;
    if (torn[SIDE_CLIENT] && torn[SIDE_SERVER])
        return " (a part of both hellos among them)";
    if (torn[SIDE_CLIENT])
        return " (a part of the ClientHello among them)";
    return torn[SIDE_SERVER] ? " (a part of the ServerHello among them)" : "";
}

/* say_missing is the part of the sentence that counts: "1448 bytes ... (and 1 whole record)". */
static void say_missing(char *out, size_t size, const struct findings *f)
{
    int len = snprintf(out, size, "%llu byte%s of this conversation %s not in the recording%s",
                       (unsigned long long)f->bytes_missing, f->bytes_missing == 1 ? "" : "s",
                       f->bytes_missing == 1 ? "is" : "are", part_torn(f->handshake));

    if (f->records_missing > 0 && len > 0 && (size_t)len < size)
        (void)snprintf(out + len, size - (size_t)len, ", and with %s %s%llu protected record%s",
                       f->bytes_missing == 1 ? "it" : "them",
                       f->more_records_missing ? "at least " : "",
                       (unsigned long long)f->records_missing, f->records_missing == 1 ? "" : "s");
}

/* part_missing names the message without which no leak can be tried; NULL when all were seen. */
static const char *part_missing(const struct handshake *h)
{
    if (!h->client_hello)
        return "the ClientHello";
    if (!h->server_hello)
        return "the ServerHello";
    if (h->version < TLS_1_3 && !h->client_key_exchange && !handshake_is_resumption(h))
        return "the ClientKeyExchange";
    return NULL;
}

/* say_limit tells what ended the search for a record that verifies. */
static void say_limit(char *out, size_t size, const struct findings *f)
{
    if (f->search_limit > 0)
        (void)snprintf(out, size,
                       "the search for a record that verifies was ended after %zu bytes without "
                       "one, which is the limit",
                       f->search_limit);
    else
        (void)snprintf(out, size,
                       "the search for a record that verifies was not carried through: there is a "
                       "limit to what it may cost");
}

/* settle_shut: packets are missing, and no record opened. */
static void settle_shut(struct verdict *v, const char *missing, const struct findings *f)
{
    const char *part = part_missing(f->handshake);
    char limit[160];

    say_limit(limit, sizeof(limit), f);
    if (part)
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING,
                       "%s, and %s is among what is missing: without it, the leaks that were given "
                       "lead nowhere.",
                       missing, part);
    else if (f->search_limited)
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING, "%s, and %s.", missing,
                       limit);
    else
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING,
                       "%s, and no record was found that verifies with what is left.", missing);
}

/* why_shut says what a kind of cipher needs to go on, and does not always have. */
static const char *why_shut(const struct handshake *h)
{
    if (!h->suite || h->version >= TLS_1_3)
        return "";
    if (h->suite->cipher->sealing == SEALING_STREAM)
        return " (a stream cipher goes on only where its place in the keystream can be told)";
    if (h->suite->cipher->sealing == SEALING_CBC && h->version < TLS_1_1)
        return " (in CBC before TLS 1.1 the end of the record before is needed, too)";
    return "";
}

/* settle_holes: packets are missing, and behind some of the holes the records open again. */
static void settle_holes(struct verdict *v, const char *missing, const struct findings *f)
{
    unsigned long long reached = f->holes_reached;
    unsigned long long shut = f->holes_reached - f->holes_crossed;
    char limit[160];

    say_limit(limit, sizeof(limit), f);
    if (reached == 0)
        verdict_settle(v, OUTCOME_PARTIAL, REASON_PACKETS_MISSING,
                       "%s: the end of it was not recorded.", missing);
    else if (shut > 0 && f->search_limited)
        verdict_settle(v, OUTCOME_PARTIAL, REASON_PACKETS_MISSING,
                       "%s. Behind %llu of %llu hole%s %s; the rest is open.", missing, shut,
                       reached, reached == 1 ? "" : "s", limit);
    else if (shut > 0)
        verdict_settle(v, OUTCOME_PARTIAL, REASON_PACKETS_MISSING,
                       "%s. Behind %llu of %llu hole%s no whole record was found that verifies%s; "
                       "the rest is open.",
                       missing, shut, reached, reached == 1 ? "" : "s", why_shut(f->handshake));
    else
        verdict_settle(v, OUTCOME_PARTIAL, REASON_PACKETS_MISSING,
                       "%s. Behind %s the records open again, from the first that is whole and "
                       "verifies.",
                       missing, reached == 1 ? "the hole" : "each hole");
}

/* settle_torn: the keys are computed from the messages of the handshake, and one is missing. */
static void settle_torn(struct verdict *v, const char *missing, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    const char *why = h->version >= TLS_1_3       ? "in TLS 1.3"
                      : h->extended_master_secret ? "with the extended master secret"
                                                  : "if they agreed there on the extended master "
                                                    "secret";

    verdict_settle(
        v, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING,
        "%s. A part of the handshake is among what is missing, and %s, all of it goes into the "
        "keys. Only the secrets themselves, from a key log, would open it.",
        missing, why);
}

void verdict_settle_limited(struct verdict *v, enum outcome outcome, const struct findings *f)
{
    char limit[160];

    say_limit(limit, sizeof(limit), f);
    verdict_settle(v, outcome, REASON_MALFORMED,
                   "%llu of %llu protected records opened; behind those that did not, %s.",
                   (unsigned long long)f->records_opened, (unsigned long long)f->records, limit);
}

/* settle_datagrams: records say which ones they are, so behind a hole the next one just opens. */
static void settle_datagrams(struct verdict *v, enum outcome outcome, const struct findings *f)
{
    const char *part = part_missing(f->handshake);
    unsigned long long missing = f->records_missing;
    unsigned long long opened = f->records_opened;
    unsigned long long records = f->records;

    if (outcome == OUTCOME_UNDECRYPTABLE && part)
        verdict_settle(v, outcome, REASON_PACKETS_MISSING,
                       "Datagrams of the handshake are not in the recording, and %s is among them: "
                       "without it, the leaks that were given lead nowhere.",
                       part);
    else if (outcome == OUTCOME_UNDECRYPTABLE)
        verdict_settle(v, outcome, REASON_PACKETS_MISSING,
                       "Datagrams are not in the recording, and what is left of the handshake does "
                       "not give keys with which a record verifies.");
    else if (missing > 0)
        verdict_settle(v, outcome, REASON_PACKETS_MISSING,
                       "%llu protected record%s of this conversation %s not in the recording, as "
                       "the numbers of the others tell: datagrams were lost. Of those that are, "
                       "%llu of %llu open.",
                       missing, missing == 1 ? "" : "s", missing == 1 ? "is" : "are", opened,
                       records);
    else
        verdict_settle(v, outcome, REASON_PACKETS_MISSING,
                       "Datagrams of the handshake are not in the recording. %llu of %llu "
                       "protected records open.",
                       opened, records);
}

void verdict_settle_missing(struct verdict *v, enum outcome outcome, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    bool all_of_it_counts =
        h->version >= TLS_1_3 || h->extended_master_secret || h->extended_master_secret_unknown;
    bool computed = f->leaks->found && f->leaks->source != LEAK_KEYLOG;
    char missing[240];

    say_missing(missing, sizeof(missing), f);
    if (f->memory_limit > 0)
        verdict_settle(v, outcome, REASON_PACKETS_MISSING,
                       "All open sessions together came to hold %zu MiB, which is the limit, and "
                       "this was the oldest of them: what followed in it was not read.",
                       f->memory_limit >> 20);
    else if (f->cut_by_snaplen)
        verdict_settle(
            v, outcome, REASON_PACKETS_TRUNCATED,
            "Packets were cut when they were recorded (snap length), and the end of them is "
            "needed. Record again with -s 262144.");
    else if (h->datagrams)
        settle_datagrams(v, outcome, f);
    else if (outcome == OUTCOME_UNDECRYPTABLE && computed && f->keys_torn && all_of_it_counts)
        settle_torn(v, missing, f);
    else if (outcome == OUTCOME_UNDECRYPTABLE)
        settle_shut(v, missing, f);
    else
        settle_holes(v, missing, f);
}
