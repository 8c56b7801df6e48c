/*
 * secret_line.h - a secret that was found, as one line of a key log:
 * "LABEL <client random> <secret>", in hex. RFC 9850 section 2.
 */
#ifndef KEYFALL_ATTACKER_STORY_SECRET_LINE_H
#define KEYFALL_ATTACKER_STORY_SECRET_LINE_H

#include "attacker/session.h"
#include "capture/alloc.h"

/* secret_line_append appends the line to *out, with its end. The caller wipes it. */
void secret_line_append(struct buffer *out, const struct found_secret *secret);

#endif
