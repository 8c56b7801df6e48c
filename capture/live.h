/*
 * live.h - from an interface into the files of a recording.
 *
 * libpcap does it; this adds the settings that make a recording complete (nanoseconds where the
 * interface has them, a large kernel buffer that is well used), counts that can be believed, and
 * sentences for people. Next: series.h, where the packets go; recording.h, when it starts and
 * stops.
 */
#ifndef KEYFALL_CAPTURE_LIVE_H
#define KEYFALL_CAPTURE_LIVE_H

#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

#include "capture/capture_options.h"
#include "capture/series.h"
#include "capture/tally.h"

/*
 * The kernel hands packets over in blocks: a full one at once, another one when it is so old. Not
 * longer, because whoever reads along waits for it; not shorter, because a block then holds little
 * and all are soon in use while this program is held up.
 */
#define LIVE_BLOCK_MS 50

struct live;

/*
 * live_open arms the interface: from here on no packet is missed. NULL with *why filled: no such
 * interface, no right to record, a filter that does not compile. Freed by live_close.
 */
struct live *live_open(const struct capture_options *o, struct complaint *why);

/* live_format says of which kind the packets are; it lives until live_close. */
pcap_t *live_format(const struct live *l);

/* live_descriptor can be polled: it is readable when packets are there. */
int live_descriptor(const struct live *l);

/*
 * live_take writes the packets that are there, `max` at most, and does not wait for more. The
 * answer is how many they were; -1 with *why filled when a file has failed.
 */
int live_take(struct live *l, struct series *to, int max, struct complaint *why);

/*
 * live_is_lost: the interface has gone away, or can't be read from. The block that the kernel was
 * filling at that moment is yet to be handed over, and live_take takes it as always.
 */
bool live_is_lost(const struct live *l);

/* live_explain says why it is lost and where the packets are that came before; answers false. */
bool live_explain(const struct live *l, const struct series *to, struct complaint *why);

/* live_count fills in what was dropped since live_open. */
void live_count(const struct live *l, struct tally *t);

/* live_close ends the recording, and takes NULL. */
void live_close(struct live *l);

/* live_list_interfaces writes a line for each interface, with libpcap's description. */
bool live_list_interfaces(FILE *out, struct complaint *why);

#endif
