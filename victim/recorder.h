/*
 * recorder.h - what would a tap between the two ends have recorded?
 *
 * Recording needs privileges that a reader of this program may not have, and a kernel under load
 * drops packets. So the program that carries the bytes also writes them down: it is told who talks
 * to whom and each burst of bytes, and makes the packets of a network that loses nothing: SYN to
 * FIN, segments, acknowledgements. libpcap writes the file: Ethernet, snap length 262144,
 * nanoseconds.
 *
 * A recorder that is NULL stands for "nobody records": every function takes it and does nothing.
 * Left out: loss, reordering, retransmission. Next: segment.h, the bytes of one packet.
 */
#ifndef KEYFALL_VICTIM_RECORDER_H
#define KEYFALL_VICTIM_RECORDER_H

#include "capture/complaint.h"
#include "capture/segment.h"
#include "capture/stream.h"
#include "victim/timeline.h"

/* How many there are of what each side (enum side) of a conversation has one of. */
#define NUM_SIDES 2

/* struct tapped is one TCP connection in a recording; its owner keeps it for the time it lasts. */
struct tapped {
    struct endpoint endpoint[NUM_SIDES];
    uint8_t mac[NUM_SIDES][SEGMENT_MAC_SIZE];
    uint32_t next_seq[NUM_SIDES];    /* of the next byte this side sends; wraps as in TCP */
    uint32_t num_unacked[NUM_SIDES]; /* segments of this side that the other did not acknowledge */
    uint16_t next_ip_id[NUM_SIDES];
};

/*
 * tapped_init gives a connection its addresses, both of the same family, and draws the rest from
 * the seed: hardware addresses that all connections of a run share, and the initial sequence
 * numbers and IP identifications of the connection with this label.
 */
void tapped_init(struct tapped *tapped, const struct endpoint *client,
                 const struct endpoint *server, const struct seed *seed, const char *label);

struct recorder;

/*
 * recorder_open starts a recording in the file `path`, "-" being standard output. `timeline` is
 * borrowed until recorder_close. NULL with *why filled when the file can't be written.
 */
struct recorder *recorder_open(const char *path, struct timeline *timeline,
                               struct complaint *why) MUST_CHECK;

/* recorder_connect writes the three packets that open a connection. RFC 9293 section 3.5. */
void recorder_connect(struct recorder *r, struct tapped *tapped);

/*
 * recorder_burst writes what one side sent in one go, cut into segments; every second segment and
 * the last one are acknowledged. An empty burst is no packet.
 */
void recorder_burst(struct recorder *r, struct tapped *tapped, enum side from, struct bytes data);

/* recorder_hang_up closes a connection, `first` being the side that does so first. */
void recorder_hang_up(struct recorder *r, struct tapped *tapped, enum side first);

/* recorder_packets is how many packets were written so far. */
uint64_t recorder_packets(const struct recorder *r);

/* recorder_failed: something could not be written, so there is no use in going on. */
bool recorder_failed(const struct recorder *r);

/*
 * recorder_close ends the file and frees the recorder; the pointer is dead afterwards. False with
 * *why filled when a part of the recording could not be written, a full disk for instance.
 */
bool recorder_close(struct recorder *r, struct complaint *why) MUST_CHECK;

#endif
