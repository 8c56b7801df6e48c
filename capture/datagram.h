/*
 * datagram.h - one IP datagram that was sent in pieces, and how much of it has come.
 *
 * Each byte is known in one of three ways: missing, seen on the wire but cut off by the snap
 * length, or recorded. Fragments may come in any order, twice, and overlapping; of two copies of a
 * byte the first one recorded wins, as in TCP. (RFC 5722 has a host that receives overlapping
 * fragments of IPv6 throw all away; an onlooker rather shows what he has.) The work for a fragment
 * depends on its own length alone, so a datagram in 8191 pieces costs no more than one in two.
 */
#ifndef KEYFALL_CAPTURE_DATAGRAM_H
#define KEYFALL_CAPTURE_DATAGRAM_H

#include "capture/ip.h"

/* struct datagram: zero is one of which nothing has come. */
struct datagram {
    uint8_t *data;    /* `room` bytes of payload */
    uint8_t *known;   /* and what is known of each */
    size_t room;      /* both are zero where nothing was written yet */
    size_t arrived;   /* bytes that are not missing */
    size_t end;       /* of the fragment that reaches furthest */
    bool end_known;   /* the last fragment has come, so that is the end of the datagram */
    uint8_t protocol; /* of what it carries, as its first fragment says */
};

/* datagram_add takes a fragment. False when it contradicts those that are here already, or itself:
 * then it was left out. */
bool datagram_add(struct datagram *d, const struct ip_packet *fragment) MUST_CHECK;

/* datagram_complete: nothing is missing, though some of it may be cut off. */
bool datagram_complete(const struct datagram *d);

/* datagram_holds: is the fragment here already, byte by byte? Asked of complete ones. */
bool datagram_holds(const struct datagram *d, const struct ip_packet *fragment);

/*
 * datagram_give makes `packet`, its last fragment, the whole datagram: the payload is what was
 * recorded up to the first hole, a view that lives as long as the datagram, and `cut` all the rest.
 */
void datagram_give(const struct datagram *d, struct ip_packet *packet);

/* datagram_memory: bytes that it takes. */
size_t datagram_memory(const struct datagram *d);

/* datagram_clear frees the memory and leaves one of which nothing has come. */
void datagram_clear(struct datagram *d);

#endif
