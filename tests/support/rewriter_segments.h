/*
 * rewriter_segments.h - a recording as the list of TCP segments in it.
 *
 * First stage of the rewriter: a plain recording is taken apart into segments; the changes of
 * rewriter_tcp.h and rewriter_loss.h alter the list; rewriter_packets.h makes packets of it again.
 * Nothing of capture/'s parsing is used, so that it is not tested against itself.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_SEGMENTS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_SEGMENTS_H

#include "capture/alloc.h"
#include "capture/endpoint.h"
#include "capture/tcp.h"

struct segment {
    uint64_t time_ns;
    struct endpoint from;
    struct endpoint to;
    uint32_t sequence;
    uint32_t acknowledge;
    uint8_t flags; /* enum tcp_flag, and SEGMENT_PUSH */
    struct buffer payload;
};

#define SEGMENT_PUSH 0x08

/* Zero is an empty list; it owns its payloads. */
struct segments {
    struct segment *at;
    size_t num;
    size_t room;
};

/* segments_read reads all TCP segments of a recording with Ethernet and IPv4 or IPv6, without
 * tunnels and fragments; whatever else is in it fails the test. */
void segments_read(struct segments *list, const char *path);

void segments_clear(struct segments *list);

/* segments_add puts a copy of `like` with this payload at the end, which may be a view of like's
 * own. The copy is returned, and stays where it is until the next one is added. */
struct segment *segments_add(struct segments *list, const struct segment *like,
                             struct bytes payload);

/* segments_copy adds a whole list to another one. */
void segments_copy(struct segments *list, const struct segments *from);

/* segments_swap lets two lists change places; changes build a new list and swap it in. */
void segments_swap(struct segments *a, struct segments *b);

/* segments_remove takes out the segment with this number, from 0. */
void segments_remove(struct segments *list, size_t number);

/* segments_retime sorts the times, not the segments: a recording's clock does not run backwards. */
void segments_retime(struct segments *list);

/* segment_is_from_client: is it from whoever sent the first segment of the list? */
bool segment_is_from_client(const struct segments *list, const struct segment *segment);

/* segment_span is how many sequence numbers it takes: its payload, and one for a SYN or a FIN. */
uint32_t segment_span(const struct segment *segment);

/* segments_stream gives the bytes that one side says, in order of their sequence numbers. The
 * list must hold each byte once, as a plain recording without a retransmission does. */
struct buffer segments_stream(const struct segments *list, bool client);

#endif
