/*
 * tally.h - how many packets were recorded, and how many were not?
 *
 * "Seen" is what the recorder owes an account of: what was written and what was dropped. The
 * kernel's own count of what it saw is not used: it goes on behind the last packet that was asked
 * for (--count), and with "-i any" it counts what crosses the loopback twice.
 */
#ifndef KEYFALL_CAPTURE_TALLY_H
#define KEYFALL_CAPTURE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

struct tally {
    uint64_t written; /* packets */
    uint64_t len;     /* bytes of all files, with their headers */
    uint64_t dropped; /* matched, but found no room in the kernel's buffer */
    uint64_t missed;  /* the interface itself had no room for; whether they matched nobody knows */
};

/* tally_report is the last word: "9 packets seen, 8 written, 1 dropped by the kernel". free() it.
 */
char *tally_report(const struct tally *t);

/* tally_is_complete: nothing was dropped on the way, by whomever. */
bool tally_is_complete(const struct tally *t);

/*
 * tally_line is the state while it runs, in at most 77 columns, so that it can be written over in
 * place: packets, bytes, dropped, for how long, and the file when `file` is not NULL. free() it.
 */
char *tally_line(const struct tally *t, uint64_t seconds, const char *file);

#endif
