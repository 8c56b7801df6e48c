#include "tests/support/rewriter_whole.h"

#include <stdlib.h>

#include "tests/support/check.h"

void whole_read(struct whole *whole, const struct specimen *specimen)
{
    whole->specimen = specimen;
    segments_read(&whole->segments, specimen->recording);
    whole->streams[0] = segments_stream(&whole->segments, true);
    whole->streams[1] = segments_stream(&whole->segments, false);
    findings_take(&whole->findings, specimen->recording, specimen->leak);
}

void whole_clear(struct whole *whole)
{
    segments_clear(&whole->segments);
    buffer_clear(&whole->streams[0]);
    buffer_clear(&whole->streams[1]);
    findings_clear(&whole->findings);
}

static const char *text_of(const json_t *session, const char *key)
{
    const char *text = json_string_value(json_object_get(session, key));

    return text ? text : "null";
}

static size_t number_of(const json_t *session, const char *key)
{
    return (size_t)json_integer_value(json_object_get(session, key));
}

static size_t common_start(struct bytes a, struct bytes b)
{
    size_t len = 0;

    while (len < a.len && len < b.len && a.at[len] == b.at[len])
        len++;
    return len;
}

static size_t common_end(struct bytes a, struct bytes b)
{
    size_t len = 0;

    while (len < a.len && len < b.len && a.at[a.len - 1 - len] == b.at[b.len - 1 - len])
        len++;
    return len;
}

/* is_rest: is `said` what is left of `all` when one stretch of it is taken out? */
static bool is_rest(struct bytes said, struct bytes all)
{
    return said.len <= all.len && common_start(said, all) + common_end(said, all) >= said.len;
}

/* is_thinned: is `said` what is left of `all` when any stretches are taken out? */
static bool is_thinned(struct bytes said, struct bytes all)
{
    size_t next = 0;

    for (size_t i = 0; i < all.len && next < said.len; i++)
        next += said.at[next] == all.at[i];
    return next == said.len;
}

char *whole_dishonest(const struct whole *whole, const struct findings *found)
{
    const json_t *original = json_array_get(whole->findings.sessions, 0);
    const json_t *session = json_array_get(found->sessions, 0);
    const char *outcome = text_of(session, "outcome");

    if (json_array_size(found->sessions) != 1)
        return alloc_format("%zu sessions\n%s", json_array_size(found->sessions),
                            found->complaints);
    if (strcmp(outcome, "decrypted") == 0)
        return alloc_text("all is said to be open, and something is missing");
    if (json_is_null(json_object_get(session, "reason")))
        return alloc_format("%s without a reason", outcome);
    if (strcmp(outcome, "partial") == 0 && strcmp(text_of(original, "outcome"), "decrypted") != 0)
        return alloc_text("more is open than without the hole");
    if (strcmp(outcome, "partial") != 0 &&
        found->said[0][0].len + found->said[0][1].len + number_of(session, "client_bytes") > 0)
        return alloc_format("%s, and bytes are given out", outcome);
    if (number_of(session, "client_bytes") != found->said[0][0].len ||
        number_of(session, "server_bytes") != found->said[0][1].len)
        return alloc_text("other numbers of bytes than there are");
    for (size_t side = 0; side < 2; side++) {
        if (!is_thinned(buffer_view(&found->said[0][side]),
                        buffer_view(&whole->findings.said[0][side])))
            return alloc_format("wrong bytes from side %zu", side);
    }
    return NULL;
}

/* incomplete: null when all is open that the hole leaves; otherwise a sentence, to be freed. */
static char *incomplete(const struct whole *whole, const struct hole *hole,
                        const struct damage *damage, const struct findings *found)
{
    const json_t *original = json_array_get(whole->findings.sessions, 0);
    const json_t *session = json_array_get(found->sessions, 0);
    size_t here = hole->client ? 0 : 1;
    const struct buffer *said = &found->said[0][here];
    const struct buffer *all = &whole->findings.said[0][here];
    size_t opened = number_of(original, "records_decrypted") - damage->sealed_records;

    if (strcmp(text_of(original, "outcome"), "decrypted") != 0)
        return NULL;
    if (strcmp(text_of(session, "outcome"), "partial") != 0 ||
        strcmp(text_of(session, "reason"), "packets_missing") != 0)
        return alloc_format("%s, %s", text_of(session, "outcome"), text_of(session, "reason"));
    if (!bytes_equal(buffer_view(&found->said[0][1 - here]),
                     buffer_view(&whole->findings.said[0][1 - here])))
        return alloc_text("the other side suffers");
    if (!is_rest(buffer_view(said), buffer_view(all)) ||
        said->len + damage->sealed_bytes < all->len)
        return alloc_format("%zu of %zu bytes and not at least all but %zu", said->len, all->len,
                            damage->sealed_bytes);
    if (number_of(session, "records_decrypted") != opened)
        return alloc_format("%zu records open and not %zu", number_of(session, "records_decrypted"),
                            opened);
    return NULL;
}

/* loses_iv: is something missing of the block that the next record needs? */
static bool loses_iv(const struct specimen *specimen, const struct hole *hole,
                     const struct damage *damage)
{
    size_t end = damage->last_end - specimen->mac_behind;

    return hole->end + specimen->block > end && hole->start < end;
}

/* damage_at is what a hole costs this specimen. */
static struct damage damage_at(const struct whole *whole, const struct hole *hole)
{
    const struct specimen *specimen = whole->specimen;
    size_t side = hole->client ? 0 : 1;
    struct damage damage =
        damage_of(buffer_view(&whole->streams[side]), hole, specimen->hidden_records[side] > 0);

    if (specimen->block > 0 && damage.sealed_records > 0 && loses_iv(specimen, hole, &damage)) {
        damage.sealed_records += damage.next_bytes > 0;
        damage.sealed_bytes += damage.next_bytes;
    }
    return damage;
}

char *whole_misjudged(const struct whole *whole, const struct hole *hole,
                      const struct findings *found)
{
    struct damage damage = damage_at(whole, hole);
    char *sentence;

    if (!hole_shows(&whole->segments, hole))
        return NULL;
    sentence = whole_dishonest(whole, found);
    if (!sentence && !damage.in_handshake)
        sentence = incomplete(whole, hole, &damage, found);
    return sentence;
}

size_t whole_lose_some(const struct whole *whole, struct segments *segments, unsigned short dice[3])
{
    size_t num_records = 0;

    /* From the end on, so that the numbers in front of it stay those of the whole list. */
    for (size_t i = whole->segments.num; i > 0; i--) {
        struct hole hole = hole_of_segment(&whole->segments, i - 1);
        struct damage damage = damage_at(whole, &hole);

        if (hole.start == hole.end || damage.in_handshake || nrand48(dice) % 4 != 0)
            continue;
        segments_remove(segments, i - 1);
        num_records += damage.sealed_records;
    }
    return num_records;
}

char *whole_lacking(const struct whole *whole, size_t num_damaged, const struct findings *found)
{
    const json_t *original = json_array_get(whole->findings.sessions, 0);
    const json_t *session = json_array_get(found->sessions, 0);
    size_t opened = number_of(session, "records_decrypted");
    size_t all = number_of(original, "records_decrypted");
    char *sentence = whole_dishonest(whole, found);

    if (!sentence && opened + num_damaged < all)
        sentence = alloc_format("%zu records open, of %zu of which at most %zu are damaged", opened,
                                all, num_damaged);
    return sentence;
}
