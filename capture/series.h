/*
 * series.h - into which file does the next packet go?
 *
 * Into the one that the user named; or, when that would grow too big (--file-size) or too old
 * (--file-seconds), into the next of a series: rec.pcap becomes rec-00001.pcap, rec-00002.pcap, and
 * so on, so that a shell's rec-*.pcap names them in their order. Each is a whole capture by itself.
 * With a limit to their number (--files) the oldest goes when a new one begins: a ring.
 *
 * Files of an earlier recording are never touched, nor is theirs continued: two recordings under
 * one name would be read as one. From the 100000th file on the names grow by a digit, because an
 * order that takes `ls -v` to see is better than a recording that stops.
 *
 * Next: packet_file.h, one such file.
 */
#ifndef KEYFALL_CAPTURE_SERIES_H
#define KEYFALL_CAPTURE_SERIES_H

#include <pcap/pcap.h>
#include <sys/types.h>

#include "capture/capture_options.h"

struct series;

/*
 * series_new opens the one file, while there still are the rights to do so; when it is new, it then
 * belongs to the user who called sudo. Of several it makes none yet. Both arguments are borrowed
 * until series_free. NULL with *why filled when there can be no such file.
 */
struct series *series_new(const struct capture_options *o, pcap_t *format, struct complaint *why);

/*
 * series_owner is the owner of the folder into which several files go, so that they can be made as
 * that user. 0, which is root, when nobody can say, and for the one file, which is open already.
 */
uid_t series_owner(const struct series *s);

/*
 * series_begin makes the first of several files: now that the rights of root are given up it shows
 * whether those that are left suffice for all of them. False with *why filled when they don't, or
 * when such files are there already.
 */
bool series_begin(struct series *s, struct complaint *why);

/*
 * series_add writes a packet to the file that is its turn. False with *why filled when that can't
 * be; all files are whole then, and nothing may be added.
 */
bool series_add(struct series *s, const struct pcap_pkthdr *header, const uint8_t *data,
                struct complaint *why);

/* series_flush lets a reader see what was added; false as above. */
bool series_flush(struct series *s, struct complaint *why);

/* Packets and bytes written to all files, with those that are deleted. */
uint64_t series_packets(const struct series *s);
uint64_t series_len(const struct series *s);

/* series_current is the name of the file being written, or NULL when there is one file alone. */
const char *series_current(const struct series *s);

/* series_describe says where the packets are, for a sentence; to be freed with free(). */
char *series_describe(const struct series *s);

/* series_close finishes the file being written; false with *why filled when that could not be. */
bool series_close(struct series *s, struct complaint *why);

/* series_free closes, and takes NULL. */
void series_free(struct series *s);

#endif
