/*
 * rewriter_fragments.h - IP packets cut into fragments, and what happens to those on their way.
 *
 * RFC 791 section 3.2 and RFC 8200 section 4.5.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_FRAGMENTS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_FRAGMENTS_H

#include "tests/support/rewriter_packets.h"

enum fragment_order {
    FRAGMENTS_NONE,
    FRAGMENTS_IN_ORDER,
    FRAGMENTS_REVERSED,
    FRAGMENTS_SHUFFLED,
    FRAGMENTS_DOUBLED,
    FRAGMENTS_OVERLAPPED, /* before the last one comes one that says otherwise of known bytes */
    FRAGMENTS_LATE,       /* the last one comes behind the first ones of the next packet */
};

/* packets_fragment cuts what stands behind the fixed IP headers into pieces of `size` bytes, a
 * multiple of 8. IPv6 packets must have no extension headers. */
void packets_fragment(struct packets *list, enum fragment_order order, size_t size);

#endif
