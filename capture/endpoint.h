/*
 * endpoint.h - who is talking? An address and a port.
 */
#ifndef KEYFALL_CAPTURE_ENDPOINT_H
#define KEYFALL_CAPTURE_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

struct endpoint {
    uint8_t address[16]; /* IPv4 in the first 4 bytes, the rest zero */
    uint8_t family;      /* 4 or 6 */
    uint16_t port;
};

/* Room for "[" 45 characters "]:65535" and the final zero. */
#define ENDPOINT_TEXT_SIZE 56

/* endpoint_text writes "127.0.0.1:443" or "[::1]:443" (RFC 5952) and returns `out`. */
char *endpoint_text(const struct endpoint *e, char out[static ENDPOINT_TEXT_SIZE]);

/* endpoint_equal: the same address, family and port. */
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

#endif
