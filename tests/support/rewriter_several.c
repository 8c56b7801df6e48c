#include "tests/support/rewriter_several.h"

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter.h"

enum { FIRST_PORT = 20000 };

void several_add(struct several *several, const struct segments *list)
{
    uint16_t port = (uint16_t)(FIRST_PORT + several->num);
    size_t first = several->segments.num;

    assert_true(several->num < SEVERAL_MAX && list->num > 0);
    segments_copy(&several->segments, list);
    for (size_t i = 0; i < list->num; i++) {
        struct segment *segment = &several->segments.at[first + i];
        bool from_client = segment_is_from_client(list, &list->at[i]);

        *(from_client ? &segment->from.port : &segment->to.port) = port;
    }
    several->clients[several->num++] = several->segments.at[first].from;
}

/* is_of: is this session one of the client? Without a hello either side may be taken for it. */
static bool is_of(const json_t *session, const struct endpoint *client)
{
    char text[ENDPOINT_TEXT_SIZE];
    const char *sides[] = {"client", "server"};
    bool found = false;

    endpoint_text(client, text);
    for (size_t i = 0; i < 2; i++)
        found |= strcmp(json_string_value(json_object_get(session, sides[i])), text) == 0;
    return found;
}

/* take_part moves what was found of one client. */
static void take_part(struct findings *part, struct findings *all, const struct endpoint *client)
{
    size_t i;
    json_t *session;

    *part = (struct findings){.status = all->status,
                              .complaints = alloc_text(all->complaints),
                              .sessions = json_array(),
                              .summary = json_incref(all->summary)};
    json_array_foreach(all->sessions, i, session)
    {
        size_t number = json_array_size(part->sessions);

        if (!is_of(session, client))
            continue;
        (void)json_array_append(part->sessions, session);
        memcpy(part->said[number], all->said[i], sizeof(part->said[number]));
        memset(all->said[i], 0, sizeof(all->said[i]));
    }
}

void several_find(struct several *several, const char *leak, struct findings found[SEVERAL_MAX])
{
    static const struct rewriting plain = {.name = "plain"};
    char *folder = scratch_new();
    char *path = alloc_format("%s/several.pcap", folder);
    struct findings all;
    size_t num_sessions = 0;

    rewrite_segments(&plain, &several->segments, path);
    findings_take(&all, path, leak);
    for (size_t i = 0; i < several->num; i++) {
        take_part(&found[i], &all, &several->clients[i]);
        num_sessions += json_array_size(found[i].sessions);
    }
    assert_int_equal(num_sessions, json_array_size(all.sessions));
    findings_clear(&all);
    segments_clear(&several->segments);
    several->num = 0;
    free(path);
    scratch_free(folder);
}
