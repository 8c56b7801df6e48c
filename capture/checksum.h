/*
 * checksum.h - is this packet as it was sent?
 *
 * The Internet checksum: sums of 16-bit words in one's complement (RFC 1071). Nobody asks unless
 * --verify-checksums was given, because most wrong ones are no errors: the packets that a host
 * sends are recorded before its network card fills the checksums in.
 *
 * What can't be verified is taken for right: packets of which the snap length cut something off,
 * and those whose length is 0, which are still to be cut into segments by the card.
 */
#ifndef KEYFALL_CAPTURE_CHECKSUM_H
#define KEYFALL_CAPTURE_CHECKSUM_H

#include "capture/ip.h"

/* checksum_header_ok: is the IP header as it was sent? That of IPv6 has no checksum. RFC 791
 * section 3.1. */
bool checksum_header_ok(const struct ip_packet *packet);

/*
 * checksum_payload_ok: are the TCP segment or UDP datagram `whole` in the packet, and the addresses
 * around it, as they were sent? RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1.
 */
bool checksum_payload_ok(const struct ip_packet *packet, struct bytes whole);

#endif
