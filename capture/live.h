/*
 * live.h - from an interface into a capture file.
 *
 * libpcap does both ends; this adds the settings that make a recording complete (nanoseconds where
 * the interface has them, a large kernel buffer, delivery at once), and sentences for people.
 * Next: recording.h, which says when it starts and stops.
 */
#ifndef KEYFALL_CAPTURE_LIVE_H
#define KEYFALL_CAPTURE_LIVE_H

#include <stdint.h>
#include <stdio.h>

#include "capture/capture_options.h"

struct live;

/*
 * live_open arms the interface and opens the output file: from here on no packet is missed. NULL
 * with *why filled: no such interface, no right to record, a filter that does not compile, a file
 * that can't be written. Freed by live_close.
 */
struct live *live_open(const struct capture_options *o, struct complaint *why);

/* live_descriptor can be polled: it is readable when packets are there. */
int live_descriptor(const struct live *l);

/*
 * live_take writes the packets that are there, `max` at most, and does not wait for more. The
 * answer is how many they were; -1 with *why filled when the interface or the file has failed.
 */
int live_take(struct live *l, int max, struct complaint *why);

struct live_counts {
    uint64_t seen;    /* matched the filter */
    uint64_t written; /* are in the file */
    uint64_t dropped; /* the kernel had no room for, so they are not */
};

struct live_counts live_counts(const struct live *l);

/* live_close finishes the file; false with *why filled when it could not be written to its end. */
bool live_close(struct live *l, struct complaint *why);

/* live_list_interfaces writes a line for each interface, with libpcap's description. */
bool live_list_interfaces(FILE *out, struct complaint *why);

#endif
