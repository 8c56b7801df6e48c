/*
 * packet_file.h - one capture file while it is being written.
 *
 * libpcap makes the bytes; when they leave for the disk is decided here: whole packets only, from
 * one buffer into which any packet fits. So at every moment it is known where in the file the last
 * whole packet ends. When the disk is full, the piece of a packet behind that place is cut off, and
 * the file can be read to its end.
 */
#ifndef KEYFALL_CAPTURE_PACKET_FILE_H
#define KEYFALL_CAPTURE_PACKET_FILE_H

#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

#include "capture/complaint.h"

struct packet_file;

/*
 * packet_file_new takes `stream`, open and empty, and begins a capture file of `format`'s link
 * type, snap length and precision in it. `name` is for sentences, and copied. NULL with *why filled
 * when not even a file header can be written; the stream is closed then. Closed by
 * packet_file_close.
 */
struct packet_file *packet_file_new(pcap_t *format, FILE *stream, const char *name,
                                    struct complaint *why);

/*
 * packet_file_add puts a packet behind the others. False with *why filled when the file can't be
 * written any more; what is in it is whole then, and nothing may be added.
 */
bool packet_file_add(struct packet_file *f, const struct pcap_pkthdr *header, const uint8_t *data,
                     struct complaint *why);

/*
 * packet_file_flush writes what was added, so that a reader can follow; false as above. After a
 * failure, of which the caller knows, there is nothing to flush.
 */
bool packet_file_flush(struct packet_file *f, struct complaint *why);

/* What the file takes, in bytes, with what is still to be flushed. */
uint64_t packet_file_len(const struct packet_file *f);

/* The packets in it, with those still to be flushed. After a failure: those that are whole. */
uint64_t packet_file_packets(const struct packet_file *f);

/* packet_file_close closes and frees; what was not flushed may be lost. */
void packet_file_close(struct packet_file *f);

/* packet_record_len is how many bytes of a file the packet takes, with the header in front. */
uint64_t packet_record_len(const struct pcap_pkthdr *header);

#endif
