/*
 * rewriter_packets.h - packets made of TCP segments, and what networks do to packets.
 *
 * Second stage of the rewriter. Each function below works on the whole list, so that they can be
 * put behind each other: IP packets, then fragments (rewriter_fragments.h), then a tunnel
 * (rewriter_tunnels.h), then the link (rewriter_links.h), then the file (rewriter_file.h).
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_PACKETS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_PACKETS_H

#include "tests/support/message_writer.h"
#include "tests/support/rewriter_segments.h"

struct packet_made {
    uint64_t time_ns;
    struct buffer bytes;
    size_t wire_len; /* more than bytes.len where a snap length cut it */
};

/* Zero is an empty list; it owns the bytes. */
struct packets {
    struct packet_made *at;
    size_t num;
    size_t room;
};

void packets_clear(struct packets *list);

/* packets_add puts a packet at the end and takes over what the writer wrote. */
void packets_add(struct packets *list, uint64_t time_ns, struct writer *w);

/* packets_swap lets two lists change places. */
void packets_swap(struct packets *a, struct packets *b);

/* What stands between the IP header and TCP, and what is wrong with it. */
enum ip_form {
    IP_PLAIN,
    IP_WITH_OPTIONS,    /* IPv4: options; IPv6: hop-by-hop, routing and destination headers */
    IP_WRONG_CHECKSUMS, /* IPv4's and TCP's, as offloading leaves them */
    IP_WITHOUT_LENGTH,  /* 0, as cards that cut the segments themselves leave it */
};

/* packets_of_segments makes an IP packet of each segment. */
void packets_of_segments(struct packets *out, const struct segments *segments, enum ip_form form);

/* put_ip_header writes an IPv4 or IPv6 header from one address to the other, without options, for
 * `length` bytes of `protocol`. */
void put_ip_header(struct writer *w, const struct endpoint *from, const struct endpoint *to,
                   uint8_t protocol, size_t length);

/* put_checksum writes the checksum of RFC 1071 over all that stands from `start` on, and over what
 * `sum` begins with, into the two bytes at `at`, which are zero until then. */
void put_checksum(struct writer *w, uint32_t sum, size_t start, size_t at);

#endif
