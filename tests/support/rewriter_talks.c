#include "tests/support/rewriter_talks.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "capture/capture_file.h"
#include "capture/reassembly.h"
#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_batch.h"

/* --- A set of talks ----------------------------------------------------------------- */

/* endpoint_of reads "127.0.0.1:443" or "[::1]:443", but for the port. */
static struct endpoint endpoint_of(const char *text)
{
    struct endpoint e = {.family = text[0] == '[' ? 6 : 4};
    char *address = alloc_text(text + (text[0] == '['));

    *strrchr(address, e.family == 6 ? ']' : ':') = '\0';
    if (inet_pton(e.family == 6 ? AF_INET6 : AF_INET, address, e.address) != 1)
        fail_msg("no endpoint: %s", text);
    free(address);
    return e;
}

void talks_add(struct talks *talks, const char *endpoint, struct buffer said[2])
{
    if (said[0].len + said[1].len == 0)
        return;

    struct endpoint e = endpoint_of(endpoint);

    talks->at = alloc_resize(talks->at, (talks->num + 1) * sizeof(*talks->at));
    talks->at[talks->num++] =
        (struct talk){batch_way(&e), batch_conversation(&e), {said[0], said[1]}, false};
}

void talks_clear(struct talks *talks)
{
    for (size_t i = 0; i < talks->num; i++) {
        buffer_clear(&talks->at[i].said[0]);
        buffer_clear(&talks->at[i].said[1]);
    }
    free(talks->at);
    *talks = (struct talks){0};
}

static bool same(const struct buffer *a, const struct buffer *b)
{
    return bytes_equal(buffer_view(a), buffer_view(b));
}

static bool is_like(const struct talk *a, const struct talk *b)
{
    return (same(&a->said[0], &b->said[0]) && same(&a->said[1], &b->said[1])) ||
           (same(&a->said[0], &b->said[1]) && same(&a->said[1], &b->said[0]));
}

bool talks_have(const struct talks *talks, const struct talk *talk)
{
    for (size_t i = 0; i < talks->num; i++) {
        const struct talk *other = &talks->at[i];

        if (other->way == talk->way && other->conversation == talk->conversation &&
            is_like(other, talk))
            return true;
    }
    return false;
}

/* match marks a talk of this rewriting that is like `a` and not marked yet; false without one. */
static bool match(const struct talk *a, struct talks *b, size_t way)
{
    for (size_t i = 0; i < b->num; i++) {
        struct talk *talk = &b->at[i];

        if (talk->way == way && !talk->matched && is_like(a, talk)) {
            talk->matched = true;
            return true;
        }
    }
    return false;
}

struct difference talks_compare(const struct talks *a, size_t way_of_a, size_t times,
                                struct talks *b, size_t way_of_b)
{
    struct difference d = {0};

    for (size_t i = 0; i < b->num; i++)
        b->at[i].matched = false;
    for (size_t i = 0; i < a->num; i++) {
        for (size_t time = 0; time < times && a->at[i].way == way_of_a; time++) {
            d.num++;
            d.lost += !match(&a->at[i], b, way_of_b);
        }
    }
    for (size_t i = 0; i < b->num; i++)
        d.others += b->at[i].way == way_of_b && !b->at[i].matched;
    return d;
}

/* --- What the reassembly makes of it -------------------------------------------------- */

struct heard_talk {
    struct talks *talks;
    char endpoint[ENDPOINT_TEXT_SIZE];
    struct buffer said[2];
};

static void *on_opened(void *context, const struct connection *c)
{
    struct heard_talk *talk = alloc_zero(sizeof(*talk));

    talk->talks = context;
    endpoint_text(&c->client, talk->endpoint);
    return talk;
}

static void on_bytes(void *conversation, enum side from, const struct chunk *chunk)
{
    struct heard_talk *talk = conversation;

    buffer_append(&talk->said[from], chunk->data);
}

static void on_gap(void *conversation, enum side from, const struct gap *gap)
{
    const struct heard_talk *talk = conversation;

    (void)from;
    print_error("%s: %llu bytes are missing\n", talk->endpoint, (unsigned long long)gap->missing);
}

static void on_closed(void *conversation)
{
    struct heard_talk *talk = conversation;

    talks_add(talk->talks, talk->endpoint, talk->said);
    free(talk);
}

void talks_read(struct talks *talks, const char *recording)
{
    const struct stream_listener listener = {talks, on_opened, on_bytes, on_gap, on_closed};
    const struct reassembly_options options = {0};
    struct reassembly *reassembly = reassembly_new(&listener, &options);
    struct complaint why;
    struct packet packet;
    struct capture_file *file = capture_file_open(recording, 1, &why);

    if (!file)
        fail_msg("%s", why.text);
    while (capture_file_next(file, &packet, &why) == CAPTURE_PACKET)
        reassembly_packet(reassembly, &packet);
    reassembly_finish(reassembly);
    assert_int_equal(reassembly_counts(reassembly)->gaps, 0);
    capture_file_close(file);
    reassembly_free(reassembly);
}

/* --- What the attacker opens ------------------------------------------------------------ */

static struct buffer extracted(const char *folder, const json_t *session, const char *side)
{
    char *path = alloc_format("%s/session-%lld-%s.bin", folder,
                              json_integer_value(json_object_get(session, "id")), side);
    struct buffer said = file_read(path);

    free(path);
    return said;
}

void talks_open(struct talks *talks, const char *recording, const char *leaks)
{
    char *folder = scratch_new();
    struct run_result result;
    json_t *sessions;
    json_t *session;
    size_t i;

    run_line(&result, "keyfall-attacker --json --extract %s %s %s", folder, leaks, recording);
    assert_status(&result, 0);
    sessions = run_sessions(&result, NULL);
    json_array_foreach(sessions, i, session)
    {
        if (json_is_null(json_object_get(session, "secret_source")))
            continue;

        struct buffer said[2] = {extracted(folder, session, "client"),
                                 extracted(folder, session, "server")};

        talks_add(talks, json_string_value(json_object_get(session, "client")), said);
    }
    json_decref(sessions);
    run_clear(&result);
    scratch_free(folder);
}
