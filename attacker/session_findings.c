#include "attacker/session_findings.h"

#include "attacker/session_dtls.h"
#include "attacker/session_early.h"

/* note_rift: what comes of a search that has not ended. */
static void note_rift(struct session *s, const struct rift *rift)
{
    s->more_records_missing |= rift->num_holes > 0;
    if (s->found.found && !s->cipher_unsupported)
        s->search_limited |= rift->untried || rift->too_long;
}

/* note_cut_record: a record that was begun and never ended is missing its end. */
static void note_cut_record(struct session *s, const struct direction *d)
{
    struct reader r = reader_of(buffer_view(&d->stream.held));

    if (d->lost || d->ended || d->rift.open || record_stream_waiting(&d->stream) == 0 ||
        !reader_skip(&r, d->stream.taken))
        return;
    s->bytes_missing += record_missing(r.left);
    s->more_records_missing |= d->sealed;
}

void session_findings_take(struct session *s, struct findings *out)
{
    const struct direction *client = &s->directions[SIDE_CLIENT];
    const struct direction *server = &s->directions[SIDE_SERVER];

    note_cut_record(s, client);
    note_cut_record(s, server);
    note_rift(s, &client->rift);
    note_rift(s, &server->rift);
    *out = (struct findings){
        .handshake = &s->handshake,
        .leaks = &s->found,
        .any_leak_given = leaks_any(s->leaks),
        .from_the_middle = s->from_the_middle,
        .cipher_unsupported = s->cipher_unsupported,
        .traffic_known = secret_traffic_known(&s->secret),
        .finished = {s->finished_verified[SIDE_CLIENT], s->finished_verified[SIDE_SERVER]},
        .waited_too_long = s->waited_too_long,
        .memory_limit = s->memory_limit,
        .records = client->records + server->records,
        .records_opened = client->records_opened + server->records_opened,
        .bytes_missing = s->bytes_missing,
        .cut_by_snaplen = s->cut_by_snaplen,
        .datagrams_missing = session_dtls_misses(s),
        .records_missing = s->records_missing,
        .more_records_missing = s->more_records_missing,
        .holes_reached = s->holes_reached,
        .holes_crossed = s->holes_crossed,
        .keys_torn = s->keys_torn,
        .search_limited = s->search_limited,
        .search_limit = client->rift.too_long || server->rift.too_long ? SEARCH_MAX_BYTES : 0,
        .malformed_frame = s->malformed_frame,
        .alert_seen = s->alert_seen,
        .alert = s->alert,
        .alert_from = s->alert_from,
        .early_opened = s->early.num_opened,
        .early_shut = session_early_under_way(s, SIDE_CLIENT) ? 0 : s->early.num_shut,
        .early_source = s->early.secret.source,
        .early_published = s->early.secret.published,
    };
}
