/*
 * capture_file.h - a capture file as a row of packets.
 *
 * libpcap reads pcap files, pcapng.h the newer kind, and either may be compressed, see input.h.
 * What they have in common is here: sentences for people, frame numbers, links that are not read,
 * and the promise that a damaged file still yields every whole packet in front of the damage. Next:
 * link.h, what is in a packet.
 */
#ifndef KEYFALL_CAPTURE_CAPTURE_FILE_H
#define KEYFALL_CAPTURE_CAPTURE_FILE_H

#include "capture/complaint.h"
#include "capture/packet.h"

struct capture_file;

enum capture_step {
    CAPTURE_PACKET,    /* *out is the next packet */
    CAPTURE_SECRETS,   /* the file holds a key log here: capture_file_secrets */
    CAPTURE_COMPLAINT, /* *why says what is not used of it; there may be more behind */
    CAPTURE_END,       /* there are no more */
    CAPTURE_DAMAGED,   /* there is no more that can be read; *why says what is wrong */
};

/*
 * capture_file_open opens `path`, "-" being standard input. `first_frame` is the number that its
 * first packet gets (1, or one more than the last of the file before it in the same recording).
 * NULL with *why filled: no such file, empty, no capture file, a link type that is not supported.
 */
struct capture_file *capture_file_open(const char *path, uint64_t first_frame,
                                       struct complaint *why) MUST_CHECK;

/* capture_file_next reads one packet; its bytes are valid until the next call. Packets from links
 * that are not supported are passed over, and complained of once, at the end. */
enum capture_step capture_file_next(struct capture_file *f, struct packet *out,
                                    struct complaint *why) MUST_CHECK;

/* capture_file_secrets is the text of a key log, after CAPTURE_SECRETS and until the next call. */
struct bytes capture_file_secrets(const struct capture_file *f);

/* capture_file_next_secrets goes on to the next key log in the file; false when there is none. */
bool capture_file_next_secrets(struct capture_file *f, struct bytes *out) MUST_CHECK;

/* capture_file_num_packets counts the packets so far, with those that were passed over. */
uint64_t capture_file_num_packets(const struct capture_file *f);

/* capture_file_on_idle: see input_on_idle. */
void capture_file_on_idle(struct capture_file *f, void (*idle)(void *context), void *context);

/* capture_file_close takes NULL too. */
void capture_file_close(struct capture_file *f);

#endif
