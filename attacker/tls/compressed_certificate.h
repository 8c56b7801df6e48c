/*
 * compressed_certificate.h - a Certificate message, made shorter: RFC 8879.
 *
 * zlib is linked here; brotli and zstd are not, and are told by their names.
 */
#ifndef KEYFALL_ATTACKER_TLS_COMPRESSED_CERTIFICATE_H
#define KEYFALL_ATTACKER_TLS_COMPRESSED_CERTIFICATE_H

#include "capture/alloc.h"

struct compressed_certificate {
    uint16_t algorithm;
    uint32_t len; /* of the Certificate message's body, as is claimed */
    struct bytes compressed;
};

/* compressed_certificate_read parses the message's body; false when it is malformed. */
bool compressed_certificate_read(struct bytes body, struct compressed_certificate *out) MUST_CHECK;

/* compressed_certificate_can_undo: is the algorithm one that is linked here? */
bool compressed_certificate_can_undo(const struct compressed_certificate *c);

/* compressed_certificate_undo appends the Certificate message's body to *out; false when it is not
 * as long as is claimed, or longer than any handshake message may be here. */
bool compressed_certificate_undo(const struct compressed_certificate *c,
                                 struct buffer *out) MUST_CHECK;

/* compressed_certificate_algorithm names it: "zlib", "brotli", "zstd", or "an unknown way". */
const char *compressed_certificate_algorithm(uint16_t algorithm);

#endif
