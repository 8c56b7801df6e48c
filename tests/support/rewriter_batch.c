#include "tests/support/rewriter_batch.h"

#include <glob.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

enum { FILE_HEADER_LEN = 24 };

#define A_SECOND ((uint64_t)1000000000)

/* --- Reading --------------------------------------------------------------------------- */

static bool is_of(const struct segment *a, const struct segment *b)
{
    return (endpoint_equal(&a->from, &b->from) && endpoint_equal(&a->to, &b->to)) ||
           (endpoint_equal(&a->from, &b->to) && endpoint_equal(&a->to, &b->from));
}

/* take_first moves the segments of the list's first conversation to another list. */
static void take_first(struct segments *out, struct segments *list)
{
    struct segments rest = {0};

    for (size_t i = 0; i < list->num; i++)
        segments_add(is_of(&list->at[i], &list->at[0]) ? out : &rest, &list->at[i],
                     buffer_view(&list->at[i].payload));
    segments_swap(list, &rest);
    segments_clear(&rest);
}

void batch_read(struct batch *batch)
{
    glob_t found;

    *batch = (struct batch){.now_ns = A_SECOND};
    assert_int_equal(glob("fixtures/*/recording.pcap", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct segments list = {0};

        /* TCP carries nothing of DTLS; and tickets of GnuTLS have keys by the hour, which does not
         * stay as it was. */
        if (strstr(found.gl_pathv[i], "-dtls") || strstr(found.gl_pathv[i], "tickets-gnutls"))
            continue;
        segments_read(&list, found.gl_pathv[i]);
        while (list.num > 0) {
            batch->conversations = alloc_resize(batch->conversations,
                                                (batch->num + 1) * sizeof(*batch->conversations));
            batch->fixtures =
                alloc_resize(batch->fixtures, (batch->num + 1) * sizeof(*batch->fixtures));
            batch->conversations[batch->num] = (struct segments){0};
            batch->fixtures[batch->num] = i;
            take_first(&batch->conversations[batch->num++], &list);
        }
        segments_clear(&list);
    }
    globfree(&found);
}

void batch_clear(struct batch *batch)
{
    for (size_t i = 0; i < batch->num; i++)
        segments_clear(&batch->conversations[i]);
    free(batch->conversations);
    free(batch->fixtures);
    *batch = (struct batch){0};
}

/* --- Writing --------------------------------------------------------------------------- */

/* Bytes of the address that are free in whatever the rewriter makes: of the rewriting, and behind
 * it, of the conversation. Two fixtures may have used the same ports. */
static uint8_t *numbers_in(struct endpoint *endpoint)
{
    return &endpoint->address[endpoint->family == 6 ? 8 : 1];
}

size_t batch_way(const struct endpoint *endpoint)
{
    struct endpoint copy = *endpoint;

    return *numbers_in(&copy);
}

size_t batch_conversation(const struct endpoint *endpoint)
{
    struct endpoint copy = *endpoint;

    return numbers_in(&copy)[1];
}

void batch_leave_out(struct batch *batch, size_t conversation)
{
    segments_clear(&batch->conversations[conversation]);
}

static void number(struct endpoint *endpoint, size_t way, size_t conversation)
{
    uint8_t *numbers = numbers_in(endpoint);

    numbers[0] = (uint8_t)way;
    numbers[1] = (uint8_t)conversation;
}

/* add_conversation adds one, in the addresses of its rewriting, and moves the clock on. */
static void add_conversation(struct batch *batch, struct segments *all, size_t conversation,
                             const struct rewriting *how, size_t way)
{
    struct segments list = {0};
    uint64_t start;

    segments_copy(&list, &batch->conversations[conversation]);
    if (how->link == LINK_RAW_ONE_FAMILY) /* then of the one that all can have */
        change_to_ipv6(&list, 0);
    for (size_t i = 0; i < REWRITING_MAX_CHANGES && how->changes[i].apply; i++)
        how->changes[i].apply(&list, how->changes[i].amount);
    start = list.at[0].time_ns;
    for (size_t i = 0; i < list.num; i++) {
        list.at[i].time_ns += batch->now_ns - start;
        number(&list.at[i].from, way, conversation);
        number(&list.at[i].to, way, conversation);
    }
    batch->now_ns = list.at[list.num - 1].time_ns + A_SECOND;
    segments_copy(all, &list);
    segments_clear(&list);
}

/* can_follow: a file of the simple forms can go on with the packets of another. */
static bool can_follow(const struct buffer *recording, const struct buffer *file,
                       enum file_form form)
{
    return recording->len == 0 ||
           (form < FILE_PCAPNG && memcmp(recording->at, file->at, FILE_HEADER_LEN) == 0);
}

bool batch_add(struct batch *batch, size_t share, const struct rewriting *how, size_t way,
               struct buffer *recording)
{
    struct rewriting changed = *how;
    struct segments all = {0};
    char *folder = scratch_new();
    char *path = alloc_format("%s/rewritten.pcap", folder);
    struct buffer file;
    bool fits;

    for (size_t i = 0; i < batch->num; i++) {
        if (batch->fixtures[i] % BATCH_NUM_SHARES == share && batch->conversations[i].num > 0)
            add_conversation(batch, &all, i, how, way);
    }
    changed.changes[0].apply = NULL;
    rewrite_segments(&changed, &all, path);
    file = file_read(path);
    fits = can_follow(recording, &file, how->file);
    if (fits) {
        buffer_drop(&file, recording->len == 0 ? 0 : FILE_HEADER_LEN);
        buffer_append(recording, buffer_view(&file));
    }
    segments_clear(&all);
    buffer_clear(&file);
    free(path);
    scratch_free(folder);
    return fits;
}
