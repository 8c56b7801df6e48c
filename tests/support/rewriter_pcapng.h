/*
 * rewriter_pcapng.h - the last stage of the rewriter once more: a pcapng file, and gzip around any.
 *
 * draft-ietf-opsawg-pcapng section 4, RFC 1952.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_PCAPNG_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_PCAPNG_H

#include "tests/support/rewriter_packets.h"

enum pcapng_form {
    PCAPNG_PLAIN,      /* little-endian, one interface with microseconds */
    PCAPNG_BIG_ENDIAN, /* and nanoseconds */
    PCAPNG_MIXED,      /* three interfaces that differ in link type, snap length and clock; blocks
                          of kinds that nobody knows between the packets. For Ethernet frames */
    PCAPNG_SECTIONS,   /* a new section for each packet, in turns in either byte order */
    PCAPNG_OBSOLETE,   /* packet blocks of the obsolete kind */
    PCAPNG_SIMPLE,     /* packet blocks without a time */
};

/* pcapng_of_packets writes the whole file. */
void pcapng_of_packets(struct writer *w, const struct packets *list, uint32_t link_type,
                       enum pcapng_form form);

/* pcapng_put_section begins a section; numbers are little-endian, or else big-endian. */
void pcapng_put_section(struct writer *w, bool big_endian);

/* pcapng_put_interface describes one. `resolution` is if_tsresol: 6 for microseconds. */
void pcapng_put_interface(struct writer *w, bool big_endian, uint16_t link_type,
                          uint8_t resolution);

/* pcapng_put_block writes any block, with `body` padded. */
void pcapng_put_block(struct writer *w, bool big_endian, uint32_t type, struct bytes body);

/* pcapng_put_secrets writes a little-endian secrets block with this TLS key log. */
void pcapng_put_secrets(struct writer *w, struct bytes keylog);

/* gzip_of compresses into `num_members` members behind each other; for exact_free. */
struct bytes gzip_of(struct bytes plain, size_t num_members);

#endif
