#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/packet_builder.h"
#include "tests/support/rewriter_tcp.h"

/* renumber adds one number to all of the client's sequence numbers and another to the server's,
 * and to the acknowledgements of each. */
static void renumber(struct segments *list, uint32_t client, uint32_t server)
{
    for (size_t i = 0; i < list->num; i++) {
        struct segment *segment = &list->at[i];
        bool from_client = segment_is_from_client(list, segment);

        segment->sequence += from_client ? client : server;
        if (segment->flags & TCP_FLAG_ACK)
            segment->acknowledge += from_client ? server : client;
    }
}

/* first_of is the sequence number of a side's first segment. */
static uint32_t first_of(const struct segments *list, bool client)
{
    for (size_t i = 0; i < list->num; i++) {
        if (segment_is_from_client(list, &list->at[i]) == client)
            return list->at[i].sequence;
    }
    fail_msg("one side says nothing");
    return 0;
}

void change_wrap(struct segments *list, size_t amount)
{
    uint32_t start = 0 - (uint32_t)amount;

    renumber(list, start - first_of(list, true), start - first_of(list, false));
}

void change_no_syn(struct segments *list, size_t amount)
{
    (void)amount;
    while (list->at[0].payload.len == 0)
        segments_remove(list, 0);
}

void change_no_acks(struct segments *list, size_t amount)
{
    (void)amount;
    for (size_t i = 0; i < list->num; i++) {
        struct segment *segment = &list->at[i];

        if (segment->flags & TCP_FLAG_SYN)
            continue;
        segment->flags &= (uint8_t)~TCP_FLAG_ACK;
        segment->acknowledge = 0;
    }
}

/* cut_the_end removes the first FIN and what comes behind it, but for data. */
static void cut_the_end(struct segments *list)
{
    size_t i = 0;

    while (i < list->num && !(list->at[i].flags & TCP_FLAG_FIN))
        i++;
    while (i < list->num) {
        list->at[i].flags &= (uint8_t)~TCP_FLAG_FIN;
        if (list->at[i].payload.len == 0)
            segments_remove(list, i);
        else
            i++;
    }
}

void change_reset(struct segments *list, size_t amount)
{
    struct segment end = {0};

    (void)amount;
    for (size_t i = 0; i < list->num; i++) {
        if (list->at[i].flags & TCP_FLAG_FIN && end.flags == 0)
            end = list->at[i];
    }
    cut_the_end(list);
    end.flags = TCP_FLAG_RST | TCP_FLAG_ACK;
    segments_add(list, &end, (struct bytes){0});
}

void change_no_fin(struct segments *list, size_t amount)
{
    (void)amount;
    cut_the_end(list);
}

void change_half_close(struct segments *list, size_t amount)
{
    size_t last_data = 0; /* the server's */
    size_t fin = 0;

    (void)amount;
    for (size_t i = 0; i < list->num; i++) {
        const struct segment *segment = &list->at[i];

        if (segment_is_from_client(list, segment))
            continue;
        if (segment->payload.len > 0)
            last_data = i;
        if (segment->flags & TCP_FLAG_FIN && segment->payload.len == 0)
            fin = i;
    }
    for (; fin > last_data + 1; fin--) {
        struct segment kept = list->at[fin];

        list->at[fin] = list->at[fin - 1];
        list->at[fin - 1] = kept;
    }
    segments_retime(list);
}

/* readdress gives the two sides other endpoints. */
static void readdress(struct segments *list, struct endpoint client, struct endpoint server)
{
    struct endpoint first = list->at[0].from;

    for (size_t i = 0; i < list->num; i++) {
        bool from_client = endpoint_equal(&list->at[i].from, &first);

        list->at[i].from = from_client ? client : server;
        list->at[i].to = from_client ? server : client;
    }
}

void change_ports(struct segments *list, size_t amount)
{
    struct endpoint client = list->at[0].from;
    struct endpoint server = list->at[0].to;

    (void)amount;
    client.port = 443;
    server.port = 50000;
    readdress(list, client, server);
}

void change_to_ipv6(struct segments *list, size_t amount)
{
    (void)amount;
    readdress(list, ipv6("fd00::1", list->at[0].from.port), ipv6("fd00::2", list->at[0].to.port));
}

void change_again(struct segments *list, size_t amount)
{
    struct segments again = {0};
    uint64_t later = list->at[list->num - 1].time_ns - list->at[0].time_ns + 1000000000;

    (void)amount;
    segments_copy(&again, list);
    renumber(&again, 0x12345678, 0x87654321);
    for (size_t i = 0; i < again.num; i++)
        again.at[i].time_ns += later;
    segments_copy(list, &again);
    segments_clear(&again);
}

/* add_again adds the second conversation to a first one that never ends. */
static void add_again(struct segments *list, size_t amount, bool begins)
{
    struct segments again = {0};

    segments_copy(&again, list);
    change_again(&again, amount);
    for (size_t i = 0; i < list->num; i++)
        segments_remove(&again, 0);
    if (!begins)
        change_no_syn(&again, 0);
    cut_the_end(list);
    segments_copy(list, &again);
    segments_clear(&again);
}

void change_again_unended(struct segments *list, size_t amount)
{
    add_again(list, amount, true);
}

void change_again_unmarked(struct segments *list, size_t amount)
{
    add_again(list, amount, false);
}

/* --- Others on the same wire ---------------------------------------------------------- */

static const char request[] = "GET /index.html HTTP/1.1\r\nHost: bank.example\r\n\r\n";
static const char response[] = "HTTP/1.1 301 Moved\r\nLocation: https://bank.example/\r\n\r\n";

enum { NOISE_LEN = 400 };

/* One more connection: it speaks a segment wherever the rewritten one does. */
struct other {
    struct endpoint from;
    struct endpoint to;
    uint32_t sequence[2];
    size_t turn;
};

static void fill_with_noise(struct buffer *out, unsigned short dice[3])
{
    for (size_t i = 0; i < NOISE_LEN; i++) {
        uint8_t byte = (uint8_t)((unsigned long)nrand48(dice) >> 16);

        buffer_append(out, bytes_of(&byte, 1));
    }
}

static void speak(struct segments *list, struct other *other, uint64_t time_ns,
                  struct bytes payload)
{
    bool back = other->turn % 2 == 1;
    struct segment segment = {
        .time_ns = time_ns,
        .from = back ? other->to : other->from,
        .to = back ? other->from : other->to,
        .sequence = other->sequence[back],
        .acknowledge = other->sequence[!back],
        .flags = TCP_FLAG_ACK,
    };

    if (other->turn < 2) {
        segment.flags = other->turn == 0 ? TCP_FLAG_SYN : TCP_FLAG_SYN | TCP_FLAG_ACK;
        payload.len = 0;
    }
    other->sequence[back] += segment_span(segments_add(list, &segment, payload));
    other->turn++;
}

void change_crowd(struct segments *list, size_t amount)
{
    unsigned short dice[3] = {3, 1, 4};
    struct segments crowd = {0};
    struct other http = {.from = ipv4("10.9.8.7", 1080), .to = ipv4("10.9.8.6", 80)};
    struct other noise = {.from = ipv4("10.9.8.7", 1081), .to = ipv4("10.9.8.6", 443)};

    (void)amount;
    for (size_t i = 0; i < list->num; i++) {
        uint64_t time_ns = list->at[i].time_ns;
        const char *words = http.turn % 2 == 0 ? request : response;
        struct buffer bytes = {0};

        segments_add(&crowd, &list->at[i], buffer_view(&list->at[i].payload));
        speak(&crowd, &http, time_ns, bytes_of(words, strlen(words)));
        fill_with_noise(&bytes, dice);
        speak(&crowd, &noise, time_ns, buffer_view(&bytes));
        buffer_clear(&bytes);
    }
    segments_swap(list, &crowd);
    segments_clear(&crowd);
}
