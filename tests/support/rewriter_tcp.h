/*
 * rewriter_tcp.h - the same conversation, otherwise cut up, ordered, numbered and ended.
 *
 * Nothing is lost by these changes: what a reassembler makes of the list afterwards must be the
 * bytes from before. What loses bytes is in rewriter_loss.h. All of them expect a plain recording
 * of one connection that begins with its first SYN.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_TCP_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_TCP_H

#include "tests/support/rewriter_segments.h"

/* A change alters the list in place. What `amount` means is each one's own; 0 where it has none. */
typedef void change(struct segments *list, size_t amount);

/* --- Boundaries: rewriter_boundaries.c --------------------------------------------- */

/* Segments of at most `amount` bytes. */
change change_cut;

/* Segments as long as one side goes on speaking, at most `amount` bytes. */
change change_merge;

/* --- Order and copies: rewriter_order.c -------------------------------------------- */

/* Within each `amount` segments with data the order is another one. */
change change_shuffle;

/* The order of each `amount` segments with data is turned around. */
change change_reverse;

/* Everything the client sends is recorded `amount` segments later. */
change change_skew;

/* Every segment comes twice. */
change change_double;

/* Each segment with data is repeated `amount` segments later. */
change change_repeat_late;

/* What two neighbouring segments carried is sent again by one from the middle of the first to the
 * middle of the second. */
change change_repeat_otherwise;

/* Each segment begins with the last `amount` bytes of the one before. */
change change_overlap;

/* The same, but these bytes are wrong. */
change change_overlap_differently;

/* Behind each segment with data: a keep-alive with `amount` bytes, 0 or 1, and its answer. */
change change_keep_alive;

/* --- The connection's own marks: rewriter_marks.c ----------------------------------- */

/* Both sides' numbers pass 2^32 within the conversation, `amount` bytes behind the SYN. */
change change_wrap;

/* The three segments that begin a connection are missing. */
change change_no_syn;

/* Nobody acknowledges anything, but for the handshake. */
change change_no_acks;

/* It ends with an RST and not with FINs. */
change change_reset;

/* It does not end. */
change change_no_fin;

/* The server's FIN comes as soon as it has said all, and the client goes on: half-closed. */
change change_half_close;

/* The server is at port 50000 and the client at 443. */
change change_ports;

/* Between fd00::1 and fd00::2 instead of IPv4 addresses. */
change change_to_ipv6;

/* The same conversation again on the same ports, a second later, with other numbers. */
change change_again;

/* The same, and the first one was never ended. */
change change_again_unended;

/* The same, and the three segments that begin the second one are missing. */
change change_again_unmarked;

/* Other connections in between: HTTP, and bytes of no meaning. */
change change_crowd;

#endif
