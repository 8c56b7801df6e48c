/*
 * belonging.h - is this segment of the connection that we know, or of the next one?
 *
 * The same two can talk again on the same ports, and the recording need not hold how the connection
 * before ended, or how the next one began. What tells them apart is how far a segment's numbers
 * are from those that are known. Asked by reassembly.c.
 */
#ifndef KEYFALL_CAPTURE_BELONGING_H
#define KEYFALL_CAPTURE_BELONGING_H

#include "capture/arrival.h"
#include "capture/flow_table.h"

/* belonging_to_ended: is it a late packet of the connection that has ended? */
bool belonging_to_ended(const struct flow *flow, enum side from, const struct arrival *a);

/*
 * belonging_syn: is this SYN of the open connection, as a retransmission, as the answer to the
 * other side's, or recorded late? If not, the same two have begun a new one. RFC 9293 section
 * 3.10.7.4.
 */
bool belonging_syn(const struct open_connection *c, enum side from, const struct tcp_segment *s);

/*
 * belonging_nowhere: are both numbers of this segment, which is no SYN, far from all that is known
 * of the open connection? A pause of the recording, or damage, seldom moves both that far.
 */
bool belonging_nowhere(const struct open_connection *c, enum side from,
                       const struct tcp_segment *s);

/*
 * belonging_reset: would the receiver believe this reset? It has to have just the next number
 * (RFC 9293 section 3.10.7.4): as the recording knows it, or the other side.
 */
bool belonging_reset(const struct open_connection *c, enum side from, const struct tcp_segment *s);

#endif
